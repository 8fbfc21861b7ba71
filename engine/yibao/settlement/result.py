"""What settlement decides of a claim, as typed records: the amounts, and the runs that the working is told from."""

from __future__ import annotations

import datetime

from attrs import frozen

from yibao.model.plan import Accumulation, PursePart
from yibao.settlement.absence import Absent
from yibao.settlement.program import Program
from yibao.settlement.run import Run

POOLED_FUND = "pooled_fund"
# What the part of a payer is counted in, by its kind.
FUND, HOSPITAL, THIRD_PARTY, PERSON = "fund", "hospital", "third_party", "person"


@frozen(kw_only=True, eq=False)
class PursePaid:
    """What one purse paid. `may_pay_fen` and `balance_fen` are None where they were not asked, or set no bound."""

    purse: PursePart
    pays_fen: int
    may_pay_fen: int | None
    balance_fen: int | None


@frozen(kw_only=True, eq=False)
class Accumulated:
    """What the settlement does to an accumulator. `before` and `after` are None where the claim does not say what it
    was; `amount` is known all the same."""

    accumulation: Accumulation
    before: int | None
    amount: int
    after: int | None


@frozen(kw_only=True, eq=False)
class Part:
    """A whole stay, or the part of one that lies in a benefit year."""

    run: Run
    benefit_year: int | None
    deductible_fen: int
    fund_fen: int
    pooled_fund_fen: int
    hospital_fen: int
    third_party_fen: int
    personal_fen: int
    purses: tuple[PursePaid, ...]
    accumulators: tuple[Accumulated, ...]


@frozen(kw_only=True)
class Amounts:
    """The amounts of the outer contract, in fen, over all parts."""

    billed_fen: int
    full_self_pay_fen: int
    over_ceiling_fen: int
    first_self_pay_fen: int
    in_scope_fen: int
    deductible_fen: int
    pooled_fund_fen: int
    fund_total_fen: int
    personal_fen: int
    hospital_fen: int
    third_party_fen: int
    account_fen: int
    family_account_fen: int
    cash_fen: int
    account_balance_after_fen: int | None


@frozen(kw_only=True, eq=False)
class Settled:
    """A settlement. `date` chose the plan."""

    program: Program
    date: datetime.date
    parts: tuple[Part, ...]
    amounts: Amounts

    @property
    def illustrative(self) -> bool:
        """Whether the plan, or an entry of a parameter that was read, is no confirmed law."""
        return self.program.plan.illustrative or any(
            found.version is not None and found.version.illustrative
            for part in self.parts
            for found in part.run.answers()
        )


@frozen
class Unsettled:
    """A settlement that is due and can't be made: what was read and missing."""

    absent: tuple[Absent, ...]
