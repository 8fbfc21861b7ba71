"""Honest and forged decisions that are quickly checked: what is tried first when the checker itself is changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.audit.forging import lies
from tests.audit.honest import (
    PLACES,
    Honest,
    of_drawn_policies,
    of_small_bundles,
    of_small_plans,
    of_the_shipped_policy,
)
from yibao.api import check_proof
from yibao.basics.problems import ProblemsFound

PARTS = 6
ALTERED = range(0, 240, 25)


def first_disbelieved(made: tuple[Honest, ...]) -> str | None:
    """The first finding on an honest decision; None if all convince."""
    found = ((honest, check_proof(honest.decision, honest.claim, honest.policy)) for honest in made)
    return next((f"{honest.name}: {findings[0]}" for honest, findings in found if findings), None)


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_decided_under_drawn_policies_convinces(part: int) -> None:
    assert first_disbelieved(of_drawn_policies()[part::PARTS]) is None


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_decided_under_the_shipped_policy_convinces(part: int) -> None:
    assert first_disbelieved(of_the_shipped_policy()[part::PARTS]) is None


def test_what_small_plans_settle_or_can_not_settle_convinces() -> None:
    assert first_disbelieved(of_small_plans()) is None
    outcomes = [honest.decision["outcome"] for honest in of_small_plans()]
    assert outcomes == ["undetermined", "covered", "undetermined", "undetermined", "undetermined", "covered"]


def test_what_small_bundles_come_to_convinces() -> None:
    assert first_disbelieved(of_small_bundles()) is None
    decisions = [honest.decision for honest in of_small_bundles()]
    assert {decision["outcome"] for decision in decisions} == {
        *("covered", "partly_covered", "not_covered", "undetermined")
    }
    assert {(decision["illustrative"], decision["missing_is"]) for decision in decisions} > {
        (True, "exact"),
        (False, "sufficient"),
    }


def test_what_may_matter_in_no_two_places_at_once_is_not_asked_for() -> None:
    made = {honest.name: honest for honest in of_small_bundles()}
    missing = {name: [one["fact"] for one in honest.decision["missing"]] for name, honest in made.items()}
    both = missing[f"{PLACES} of 990000"]
    assert both == [*PLACES, "encounter.emergency", "encounter.transferred"]
    assert "encounter.planned" in missing[f"{PLACES[:1]} of 130000"]


@pytest.mark.parametrize("at", ALTERED)
def test_a_lie_of_each_kind_is_found_at_its_place(at: int) -> None:
    honest = of_drawn_policies()[at]
    for lie in {lie.kind: lie for lie in lies(honest.decision)}.values():
        forged = lie.told_in(honest.decision).decision
        found = [problem.place.pointer for problem in check_proof(forged, honest.claim, honest.policy)]
        assert (found == []) is (forged == honest.decision), f"{honest.name}, {lie.kind}: {lie.where}"


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"claim_digest": "sha256:0"}, "the decision was made of `sha256:0`, and here is `sha256:drawn`"),
        ({"claim_digest": [1, 2]}, "the decision was made of a list of 2, and here is `sha256:drawn`"),
        ({"policy": {}}, "the decision was made of `null`, and here is `sha256:random`"),
        ({"policy": {"digest": "sha256:1"}}, "the decision was made of `sha256:1`, and here is `sha256:random`"),
        ({"outcome": "x"}, "the decision has `x` where `{outcome}` follows from the claim and the policy"),
        (
            {"findings": {}},
            "the decision has an object where a list of {findings} follows from the claim and the policy",
        ),
        ({"more": 1}, "the decision has `1` where nothing follows from the claim and the policy"),
    ],
)
def test_a_finding_tells_both_sides(parts: dict[str, Any], message: str) -> None:
    honest = of_drawn_policies()[0]
    (found, *_) = check_proof({**honest.decision, **parts}, honest.claim, honest.policy)[::-1]
    told = {"outcome": honest.decision["outcome"], "findings": len(honest.decision["findings"])}
    assert found.message == message.format(**told)


@pytest.mark.parametrize(
    ("parts", "code", "pointer"),
    [
        ({"claim_digest": "sha256:0"}, "other-claim", "/claim_digest"),
        ({"policy": {"digest": "sha256:0"}}, "other-policy", "/policy/digest"),
    ],
)
def test_of_another_claim_or_policy_that_alone_is_said(parts: dict[str, Any], code: str, pointer: str) -> None:
    honest = of_drawn_policies()[0]
    (found,) = check_proof({**honest.decision, "outcome": "x", **parts}, honest.claim, honest.policy)
    assert (found.code, found.place.pointer, found.place.path) == (code, pointer, "decision")


def test_what_is_no_decision_is_told_what_writes_one() -> None:
    honest = of_drawn_policies()[0]
    with pytest.raises(ProblemsFound) as refused:
        check_proof({"lines": []}, honest.claim, honest.policy)
    (problem,) = refused.value.problems
    assert (problem.message, problem.hint) == ("this is no decision document", "`yibao decide --json` writes one")


def test_a_part_that_is_left_out_is_told_as_nothing() -> None:
    honest = of_drawn_policies()[0]
    rest = {key: value for key, value in honest.decision.items() if key != "enquiry"}
    (found,) = check_proof(rest, honest.claim, honest.policy)
    assert found.code == "decision-differs"
    assert found.message == "the decision has nothing where `false` follows from the claim and the policy"


def test_completions_are_gone_through_where_they_can_be() -> None:
    made = {honest.name: honest.decision for honest in of_small_bundles()}
    said = {
        name: (decision["outcome"], decision["missing_is"], [one["fact"] for one in decision["missing"]][:1])
        for name, decision in made.items()
    }
    assert said["admitted either way"] == ("covered", "exact", [])
    assert said["admitted before and after"] == ("undetermined", "exact", ["encounter.settled_on"])
    assert said["too many completions"] == ("undetermined", "sufficient", ["account.balance_fen"])
    assert said["excluded whatever the ceilings"] == ("not_covered", "exact", [])
    assert said["another admission is open"] == ("undetermined", "exact", ["encounter.emergency"])
