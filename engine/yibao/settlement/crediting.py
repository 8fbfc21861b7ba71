"""What an individual account is credited for a month: the credit of the person's place, worked out from the facts.

A credit is a plan without payers, and is chosen, worked out and told as one.
"""

from __future__ import annotations

import datetime
from typing import Any

from attrs import evolve, frozen

from yibao.model.claim import Claim
from yibao.model.credits import MONTH
from yibao.model.policy import Policy
from yibao.settlement.absence import Missed
from yibao.settlement.arithmetic import whole
from yibao.settlement.document import parameter_document, parameters_read
from yibao.settlement.inputs import Splits
from yibao.settlement.program import Program
from yibao.settlement.result import Unsettled
from yibao.settlement.run import Run
from yibao.settlement.settler import Settler
from yibao.settlement.steps import cited, credit_told
from yibao.settlement.telling import Seen

# A credit is about a person and a month: there is no bill.
NO_LINES = Splits(lines=(), billed=(), full_self_pay=(), over_ceiling=(), first_self_pay=(), in_scope=(), absent=())


@frozen(kw_only=True, eq=False)
class Credited:
    """What one month comes to, in fen, and the run that it is told from. `month` is its first day."""

    month: datetime.date
    amount_fen: int
    program: Program
    run: Run

    def document(self) -> dict[str, Any]:
        """The credit with its rule, its working in words, its citations and the parameters that were read."""
        plan = self.program.plan
        parameters = [parameter_document(found) for found in parameters_read([self.run])]
        told = credit_told(self.program, Seen(self.run, None))
        return {
            "credit": plan.id,
            "layer": plan.layer,
            "title": plan.title.document(),
            "month": month_text(self.month),
            "amount_fen": self.amount_fen,
            "values": [form.document(filled) for form, filled in told],
            "cites": cited(plan.cites),
            "parameters": parameters,
            "illustrative": plan.illustrative or any(read["illustrative"] for read in parameters),
        }


class Crediting:
    """Works out credits under one policy. `as_of` leaves out what was published later."""

    def __init__(self, policy: Policy, as_of: datetime.date | None) -> None:
        self._credits = Settler(evolve(policy, plans=tuple(credit.plan for credit in policy.credits)), as_of)

    def credit(self, person: Claim, month: datetime.date) -> Credited | Unsettled | None:
        """The credit of a person for the month that begins on the day; what is missing for it; None where the policy
        has none for this person.

        Raises ProblemsFound where the policy itself is wrong about the person, such as two credits that apply.
        """
        asked = evolve(person, facts={**person.facts, MONTH: month})
        program = self._credits.program_for(asked)
        if program is None:
            return None
        if isinstance(program, Missed):
            return Unsettled(program.absent)
        run = Run(asked, NO_LINES, 1, None, program.sizes)
        amount = program.named[program.plan.id].ask(run)
        if isinstance(amount, Missed):
            return Unsettled(amount.absent)
        return Credited(month=month, amount_fen=whole(amount), program=program, run=run)


def month_text(day: datetime.date) -> str:
    """The month of a day as it is written, such as 2024-03."""
    return day.isoformat()[:7]
