"""What a visit comes to if it is settled only in a later benefit year, when the deductible and the caps begin anew.

Only where the plan's benefit year goes by the day of settlement does waiting carry a visit over; a year that goes by
another day, or by the day of each charge, stays the year of the care.
"""

from __future__ import annotations

import datetime

from attrs import evolve, frozen

from yibao.decision.decider import UNDETERMINED, Decider
from yibao.model.case import Document
from yibao.model.claim import Claim
from yibao.model.facts import Title, Value
from yibao.settlement.program import Program

BALANCE = "account.balance_fen"
CREDITED_THIS_YEAR = "account.current_year_balance_fen"
SETTLED_ON = "encounter.settled_on"
ACROSS = Title(
    zh="跨待遇年度：届时才结算的，起付线和限额重新累计",
    en="in the next benefit year: if the visit is settled only then, the deductible and the caps begin anew",
)
NO_PLAN = Title(zh="届时没有适用的待遇方案", en="no plan applies then")
_SHOWN = ("fund_total_fen", "account_fen", "cash_fen")


@frozen(kw_only=True)
class NextYear:
    """Settles one visit on later days. `program` is the plan that it is settled by now, on the day `settled_on`."""

    decider: Decider
    claim: Claim
    program: Program
    settled_on: datetime.date

    def begins_by(self, day: datetime.date) -> bool:
        """Whether a settlement on the day falls in a later benefit year."""
        year = self.program.plan.benefit_year
        carried = year.by.path == SETTLED_ON and not year.split
        return carried and self.program.year_of(day) > self.program.year_of(self.settled_on)

    def settled(self, day: datetime.date, balance_fen: int, credited_fen: int) -> Document | None:
        """What the visit comes to if it is settled on the day, by the law of that day; None within the same year.

        The account then holds `balance_fen`, of which `credited_fen` came in the new year.
        """
        if not self.begins_by(day):
            return None
        decision = self.decider.decide(self._later(day, balance_fen, credited_fen))
        settlement = decision["settlement"]
        undetermined = decision["outcome"] == UNDETERMINED
        missing = sorted({one["fact"] for one in decision["missing"]}) if undetermined else []
        amounts = settlement["amounts"] if settlement is not None and not undetermined else dict.fromkeys(_SHOWN)
        return {
            "title": ACROSS.document(),
            "benefit_year": self.program.year_of(day),
            **{name: amounts[name] for name in _SHOWN},
            "missing": missing,
            "because": NO_PLAN.document() if settlement is None and not undetermined else None,
        }

    def _later(self, day: datetime.date, balance_fen: int, credited_fen: int) -> Claim:
        """The visit as it is settled on a later day, with nothing accumulated in its year."""
        declared = self.decider.policy.vocabulary.facts.values()
        anew: dict[str, Value] = {fact.path: 0 for fact in declared if fact.accumulator}
        facts = {**self.claim.facts, **anew, SETTLED_ON: day, BALANCE: balance_fen}
        if isinstance(self.claim.given(CREDITED_THIS_YEAR), int):
            facts[CREDITED_THIS_YEAR] = credited_fen
        return evolve(self.claim, facts=facts)
