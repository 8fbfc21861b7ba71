"""What a decision says of the settlement, told again from the splits that the checker itself worked out.

A settlement has no certificate and needs none. Nothing of it is inferred: a plan is chosen by conditions on facts and
then evaluated, and whoever evaluates it again has checked it. That is done by the evaluator of plans
(`yibao.settlement`), which the decider uses too. It is trusted here, as the truth of an atom is.
"""

from __future__ import annotations

import datetime

from attrs import frozen

from yibao.audit.proofs.told import Absent, LineTold, Said
from yibao.model.claim import Claim
from yibao.model.policy import Policy
from yibao.settlement.document import settlement_document
from yibao.settlement.inputs import Column, Splits
from yibao.settlement.result import Settled, Unsettled
from yibao.settlement.settler import Settler


@frozen(kw_only=True)
class SettlementTold:
    """The contract's `settlement` object, None where there is none; what a settlement that is due lacks; whether it
    rests on an illustration."""

    document: Said | None
    missing: Absent
    illustrative: bool


NO_SETTLEMENT = SettlementTold(document=None, missing={}, illustrative=False)


def settlement_told(policy: Policy, claim: Claim, as_of: datetime.date | None, lines: list[LineTold]) -> SettlementTold:
    """The settlement of a claim of which each line is decided.

    Raises ProblemsFound where the policy is wrong about the claim, such as two plans that apply.
    """
    settled = Settler(policy, as_of).settle(claim, _splits(claim, lines))
    match settled:
        case None:
            return NO_SETTLEMENT
        case Unsettled(absent):
            missing: Absent = {}
            for one in absent:
                line_ids, asking = missing.setdefault(one.fact, (set(), set()))
                line_ids.update([] if one.line_id is None else [one.line_id])
                asking.add(one.asked_by)
            return SettlementTold(document=None, missing=missing, illustrative=False)
        case Settled():
            document = settlement_document(settled)
            return SettlementTold(document=document, missing={}, illustrative=settled.illustrative)


def _splits(claim: Claim, lines: list[LineTold]) -> Splits:
    """The parts of the lines as the checker worked them out."""

    def column(name: str) -> Column:
        return tuple(line.amounts[name] for line in lines)

    return Splits(
        lines=claim.lines,
        billed=column("billed_fen"),
        full_self_pay=column("full_self_pay_fen"),
        over_ceiling=column("over_ceiling_fen"),
        first_self_pay=column("first_self_pay_fen"),
        in_scope=column("in_scope_fen"),
        absent=tuple(tuple(sorted(line.unsplit)) for line in lines),
    )
