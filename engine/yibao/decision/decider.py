"""From a policy and a claim to the decision: coverage of every line, then the settlement where one is due.

There is no settlement while a line is undetermined (decision 0011), nor where no plan applies.
"""

from __future__ import annotations

import datetime
from typing import Any

from yibao.coverage import document as documents
from yibao.coverage.brief import Answered
from yibao.coverage.decision import Decider as CoverageDecider
from yibao.coverage.judgement import Judgement
from yibao.coverage.known_claims import KnownClaim
from yibao.coverage.missing import INSURED_AREA, TREATMENT_AREA, Missing
from yibao.coverage.record import Coverage
from yibao.model.claim import Claim
from yibao.model.plan import Plan
from yibao.model.policy import Policy, Rule
from yibao.settlement.absence import Missed
from yibao.settlement.document import settlement_document, settlement_json
from yibao.settlement.generating import Elsewhere
from yibao.settlement.inputs import Splits
from yibao.settlement.program import Program
from yibao.settlement.result import Amounts, Settled, Unsettled
from yibao.settlement.settler import Settler

UNDETERMINED = "undetermined"


class Decider:
    """Decides claims under one policy. Programs, plans and profiles are worked out once and kept, within bounds.

    `engine` is `durable` or `reference`; None takes durable_rules where it can be installed. `as_of` leaves out what
    was published later. Raises ProblemsFound for an engine that is not there.
    """

    def __init__(self, policy: Policy, engine: str | None = None, as_of: datetime.date | None = None) -> None:
        self.policy = policy
        self.as_of = as_of
        self._coverage = CoverageDecider(policy, engine, as_of)
        self._settler = Settler(policy, as_of)

    def decide(self, claim: Claim) -> dict[str, Any]:
        """The decision document of a claim with its catalogue facts filled in. Never refuses a claim, never guesses.

        Raises ProblemsFound where the policy is wrong about the claim, such as two plans that apply.
        """
        coverage = self.cover(claim)
        settled = self.settle(coverage)
        document = settlement_document(settled) if isinstance(settled, Settled) else None
        return documents.document_of(coverage, _beside(settled), document)

    def decide_to_json(self, claim: Claim) -> bytes:
        """The same document as canonical JSON: keys sorted, no spaces, UTF-8. Many times faster."""
        if self._names_places(claim):
            known = self._coverage.known(claim)
            settled = None if known is None or not self.policy.plans else self._settler.settle(claim, splits_in(known))
            if known is not None and not isinstance(settled, Unsettled):
                illustrative = settled is not None and settled.illustrative
                return known.written(self.policy.digest, self.as_of, _spelt(settled), illustrative)
        coverage = self.cover(claim)
        found = self.settle(coverage)
        return self._coverage.to_json(coverage, _beside(found), _spelt(found))

    def cover(self, claim: Claim) -> Coverage:
        """What coverage decides of each line of a claim with its catalogue facts filled in."""
        return self._coverage.cover(claim)

    def settle(self, coverage: Coverage) -> Settled | Unsettled | None:
        """The settlement of a covered claim without its words; what is missing for it; None where none is due."""
        if not self.policy.plans or coverage.outcome == UNDETERMINED:
            return None
        return self._settler.settle(coverage.claim, splits_of(coverage))

    def settle_amounts(self, claim: Claim) -> Amounts | Unsettled | None:
        """The amounts of the settlement of a claim and nothing else; what is missing for it; None where none is due.

        The amounts that `decide` gives, many times faster where everything is known. Raises ProblemsFound where the
        policy is wrong about the claim.
        """
        if not self.policy.plans:
            return None
        if self._names_places(claim):
            parts = self._coverage.parts(claim)
            if parts is not None:
                try:
                    return self._settler.amounts(claim, parts)
                except Elsewhere:
                    pass
        settled = self.settle(self.cover(claim))
        return settled.amounts if isinstance(settled, Settled) else settled

    def plan_for(self, claim: Claim) -> Plan | Missed | None:
        """The plan that speaks for a claim, None where none does, or what must be known to tell.

        Raises ProblemsFound (`two-plans-apply`) where the policy leaves two.
        """
        chosen = self._settler.program_for(claim)
        return chosen.plan if isinstance(chosen, Program) else chosen

    def brief(self, claim: Claim) -> list[Answered]:
        """For each line its outcome, the ids of its reasons and those of the rules that answer with a value.

        The claim names both its places. What `decide` says of the lines at length, many times faster.
        """
        return self._coverage.brief(claim)

    def judge(self, claim: Claim) -> list[Judgement]:
        """What the engine says of each line: for comparing engines. The claim names both its places."""
        return self._coverage.judge(claim)

    def rules(self, claim: Claim) -> tuple[Rule, ...]:
        """The program of the claim: the rules that can matter for its two places."""
        return self._coverage.rules(claim)

    @staticmethod
    def _names_places(claim: Claim) -> bool:
        return isinstance(claim.facts.get(INSURED_AREA), str) and isinstance(claim.facts.get(TREATMENT_AREA), str)


def _beside(settled: Settled | Unsettled | None) -> documents.Settled:
    """What settlement adds to the document beside its own object."""
    match settled:
        case None:
            return documents.NO_SETTLEMENT
        case Unsettled(absent):
            missing = Missing()
            for one in absent:
                missing.add(one.fact, one.line_id, {one.asked_by})
            return documents.Settled(missing=missing, exact=False, illustrative=False)
        case Settled():
            nothing = documents.NO_SETTLEMENT.missing
            return documents.Settled(missing=nothing, exact=True, illustrative=settled.illustrative)


def _spelt(settled: Settled | Unsettled | None) -> bytes:
    """The canonical JSON of a settlement; of none, null."""
    return settlement_json(settled) if isinstance(settled, Settled) else b"null"


def splits_in(known: KnownClaim) -> Splits:
    """The final splits of the lines of a claim of which everything is known."""
    billed, full, over, first, rest = zip(*[parts for _outcome, parts, _values in known.decided], strict=True)
    return Splits(
        lines=known.claim.lines,
        billed=billed,
        full_self_pay=full,
        over_ceiling=over,
        first_self_pay=first,
        in_scope=rest,
        absent=((),) * len(billed),
    )


def splits_of(coverage: Coverage) -> Splits:
    """The final splits of the lines, as settlement takes them."""
    lines = coverage.lines
    amounts = [line.amounts for line in lines]
    return Splits(
        lines=coverage.claim.lines,
        billed=tuple([each.billed for each in amounts]),
        full_self_pay=tuple([each.full_self_pay for each in amounts]),
        over_ceiling=tuple([each.over_ceiling for each in amounts]),
        first_self_pay=tuple([each.first_self_pay for each in amounts]),
        in_scope=tuple([each.in_scope for each in amounts]),
        absent=tuple([tuple(line.amounts_missing.paths()) if line.amounts_missing else () for line in lines]),
    )
