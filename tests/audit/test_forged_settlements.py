"""Forged settlements of shipped plans, and of claims that can't be settled: not one convinces."""

from __future__ import annotations

import json
import random
from collections import Counter
from functools import cache
from typing import Any

import pytest

from tests.audit.forging import Forgery, Lie, from_other_claims, signed
from tests.audit.forging_settlements import from_other_plans, settlement_lies
from tests.settlement.worked import of_drugs, parameter, place, plan, read, segment
from tests.support.bundled import decider, policy
from yibao.api import check_proof
from yibao.authoring.examples import claim_of
from yibao.decision.decider import Decider
from yibao.model.claim import Claim
from yibao.model.plan import Plan
from yibao.model.policy import Policy


def dated(shipped: Plan) -> str:
    """A plan by place, name and first day."""
    return f"{shipped.called}@{shipped.in_force.period.start}"


PLANS = {dated(shipped): shipped for shipped in policy().plans}
SOME_PLANS = [*PLANS][::3]
FORGED = 500


@cache
def settled(named: str) -> tuple[Claim, dict[str, Any]]:
    """The first example of a plan that is settled by it, with its decision."""
    for example in PLANS[named].examples:
        claim = claim_of(policy(), example)
        speaking = decider().plan_for(claim)
        decision = as_file(decider(), claim)
        if decision["settlement"] and isinstance(speaking, Plan) and dated(speaking) == named:
            return claim, decision
    raise AssertionError(f"no example of {named} is settled by it")


def as_file(decider: Decider, claim: Claim) -> dict[str, Any]:
    decision: dict[str, Any] = json.loads(json.dumps(decider.decide(claim)))
    return decision


@cache
def unsettled() -> tuple[Policy, Claim, dict[str, Any]]:
    """A decision that lacks a fact, and a parameter which has no entry for the day."""
    late = parameter("r", "rate", "85%").replace("from: 2023-01-01", "from: 2030-01-01")
    reading = plan(segment(pays="share(base, table(r))", limit="history.fund_paid_fen"))
    open_place = place(reading, late)
    claim = read(of_drugs(1_000, 2_000, history=...), open_place)
    return open_place, claim, as_file(Decider(open_place), claim)


def believed(forgery: Forgery, claim: Claim, true: dict[str, Any], law: Policy) -> list[str]:
    """The forgery's kind and place, if nobody notices it."""
    assert forgery.decision["decision_id"] == signed(forgery.decision)["decision_id"]
    assert forgery.decision["decision_id"] != true["decision_id"]
    return [] if check_proof(forgery.decision, claim, law) else [f"{forgery.kind}: {forgery.where}"]


@cache
def forged(named: str) -> list[Forgery]:
    """One forgery of each kind that the settlement allows, drawn at random."""
    _claim, true = settled(named)
    others = [settled(other)[1] for other in SOME_PLANS if other != named]
    by_kind: dict[str, list[Lie]] = {}
    for lie in settlement_lies(true, others):
        by_kind.setdefault(lie.kind, []).append(lie)
    draw = random.Random(named)
    told = [draw.choice(by_kind[kind]).told_in(true) for kind in sorted(by_kind)]
    # Two things that are alike may change places.
    return [forgery for forgery in told if forgery.decision["decision_id"] != true["decision_id"]]


@pytest.mark.parametrize("named", SOME_PLANS)
def test_no_changed_settlement_convinces(named: str) -> None:
    claim, true = settled(named)
    assert check_proof(true, claim, policy()) == []
    assert [said for forgery in forged(named) for said in believed(forgery, claim, true, policy())] == []


@pytest.mark.parametrize("named", SOME_PLANS)
def test_what_follows_from_another_plan_or_parameter_does_not_convince(named: str) -> None:
    claim, true = settled(named)
    found = [*from_other_plans(policy(), claim)]
    kinds = {each.kind for each in found}
    assert "a plan that does not exist any more" in kinds
    assert ("a parameter of other values" in kinds) is bool(true["settlement"]["parameters"])
    assert [said for forgery in found for said in believed(forgery, claim, true, policy())] == []


@pytest.mark.parametrize("named", SOME_PLANS[::3])
def test_what_follows_from_another_history_or_account_does_not_convince(named: str) -> None:
    claim, true = settled(named)
    found = [*from_other_claims(decider(), claim)]
    assert any(forgery.where.startswith(("history.", "account.")) for forgery in found)
    assert [said for forgery in found for said in believed(forgery, claim, true, policy())] == []


def test_a_settlement_that_lacks_something_can_not_be_said_to_lack_less() -> None:
    law, claim, true = unsettled()
    assert [one["fact"] for one in true["missing"]] == ["history.fund_paid_fen", "parameter:990000/r"]
    assert (true["outcome"], true["settlement"]) == ("undetermined", None)
    assert check_proof(true, claim, law) == []
    told = [lie.told_in(true) for lie in settlement_lies(true, [settled(SOME_PLANS[0])[1]])]
    kinds = {forgery.kind for forgery in told}
    assert {"a missing parameter unsaid", "a missing fact unsaid", "nothing missing"} <= kinds
    assert "the settlement of another claim" in kinds
    assert [said for forgery in told for said in believed(forgery, claim, true, law)] == []


def test_settlements_are_forged_in_many_ways() -> None:
    kinds = Counter(forgery.kind for named in SOME_PLANS for forgery in forged(named))
    assert sum(kinds.values()) >= FORGED
    for kind in (
        "another payer",
        "another plan",
        "another value",
        "altered settlement plan id",
        "altered settlement segments base_fen",
        "altered settlement segments limit_fen",
        "altered settlement segments pays_fen",
        "altered settlement segments rate",
        "altered settlement segments working",
        "altered settlement values working",
        "left out settlement accumulators",
        "left out settlement purses",
        "more accumulated",
        "moved between purses",
        "moved between segments",
        "moved from pooled_fund_fen",
        "no settlement",
        "no settlement of an open claim",
        "the fund pays more, and every sum is right",
        "the settlement of another claim",
    ):
        assert kinds[kind] > 0, kind
