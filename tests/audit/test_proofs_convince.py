"""What the engine decides convinces a checker that knows nothing of the engine, and the checker stays small."""

from __future__ import annotations

import datetime
import json
import time
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import yibao.audit.proofs.standing as checker_of_certificates
from tests.settlement.worked import YEAR, of_drugs, parameter, place, plan, segment
from tests.support.bundled import decider, document, policy
from tests.support.random_bundles import random_claim, random_policy
from tests.support.random_claims import ClaimDraw
from tests.support.random_policies import Draw
from yibao.api import check_proof, read_claim
from yibao.authoring.examples import claim_of
from yibao.basics.problems import ProblemsFound
from yibao.decision.decider import Decider
from yibao.model.claim import Claim

MOST_LINES = 200
UNKNOWN = (0.0, 0.02, 0.05, 0.1, 0.3, 0.6)
PLACES = ("insured.insured_area", "encounter.treatment_area")


def found(decider: Decider, claim: Claim) -> list[str]:
    """What the checker finds in the decision, which it is given as the JSON that a file would hold."""
    decision = json.loads(json.dumps(decider.decide(claim)))
    return [str(finding) for finding in check_proof(decision, claim, decider.policy)]


def without(claim: Claim, *paths: str) -> Claim:
    return evolve(claim, facts={path: value for path, value in claim.facts.items() if path not in paths})


def test_every_complete_claim_of_the_bundle_convinces() -> None:
    for name in policy().claims:
        assert found(decider(), read_claim(document(name), policy())) == []


def test_every_example_beside_a_rule_convinces() -> None:
    for examples in policy().examples.values():
        for example in examples:
            assert found(decider(), claim_of(policy(), example)) == []


def test_every_example_beside_a_plan_convinces() -> None:
    paid_by = set()
    for shipped in policy().plans:
        for example in shipped.examples:
            claim = claim_of(policy(), example)
            assert found(decider(), claim) == [], example.place
            settlement = decider().decide(claim)["settlement"]
            paid_by.add((settlement["plan"]["layer"], settlement["plan"]["id"]) if settlement else None)
    assert paid_by >= {(shipped.layer, shipped.id) for shipped in policy().plans}


def test_a_settlement_that_lacks_any_one_fact_convinces() -> None:
    outcomes = set()
    for base in policy().plans[::4]:
        claim = claim_of(policy(), base.examples[0])
        for path in sorted({*claim.facts} - {*PLACES}):
            assert found(decider(), without(claim, path)) == [], (base.called, path)
            outcomes.add(decider().decide(without(claim, path))["outcome"])
    assert {"covered", "undetermined"} <= outcomes


def test_a_settlement_that_lacks_a_parameter_convinces() -> None:
    late = parameter("r", "rate", "85%").replace("from: 2023-01-01", "from: 2030-01-01")
    judge = Decider(place(plan(segment(pays="share(base, table(r))")), late))
    claim = read_claim(of_drugs(1_000), judge.policy)
    assert [one["fact"] for one in judge.decide(claim)["missing"]] == ["parameter:990000/r"]
    assert found(judge, claim) == []


def test_a_stay_settled_in_parts_convinces() -> None:
    judge = Decider(place(plan(segment(), year=f"{YEAR}, split: true")))
    document = of_drugs(1_000, 2_000, encounter__admitted_on="2023-12-20", encounter__discharged_on="2024-01-10")
    for line, day in zip(document["lines"], ("2023-12-21", "2024-01-09"), strict=True):
        line["charged_on"] = day
    claim = read_claim(document, judge.policy)
    segments = judge.decide(claim)["settlement"]["segments"]
    assert [(one["benefit_year"], one["pays_fen"]) for one in segments] == [(2023, 800), (2024, 1_600)]
    assert found(judge, claim) == []


def test_of_two_plans_that_apply_no_decision_follows() -> None:
    claims = of_drugs(1_000)
    one = Decider(place(plan(segment(), name="one")))
    decision = one.decide(read_claim(claims, one.policy))
    two = place(plan(segment(), name="one"), plan(segment(), name="other", when="encounter.kind == inpatient"))
    forged = {**decision, "policy": {**decision["policy"], "digest": two.digest}}
    with pytest.raises(ProblemsFound, match="two-plans-apply"):
        check_proof(forged, read_claim(claims, two), two)


@pytest.mark.parametrize("first_seed", range(0, 40, 10))
def test_random_claims_under_the_shipped_policy_convince(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 10):
        draw = ClaimDraw(policy(), seed)
        for unknown in UNKNOWN:
            assert found(decider(), draw.claim(unknown)) == [], (seed, unknown)


@pytest.mark.parametrize("first_seed", range(0, 400, 100))
def test_random_policies_convince(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 100):
        draw = Draw(seed)
        judge = Decider(random_policy(draw))
        for unknown in (0.0, 0.15, 0.4):
            assert found(judge, random_claim(draw, unknown)) == [], (seed, unknown)


def test_both_engines_write_a_proof_that_convinces() -> None:
    draw = ClaimDraw(policy(), 1)
    for unknown in UNKNOWN:
        claim = draw.claim(unknown)
        assert found(decider("reference"), claim) == []


@pytest.mark.parametrize("absent", [PLACES[:1], PLACES[1:], PLACES])
def test_a_claim_without_its_places_convinces(absent: tuple[str, ...]) -> None:
    claim = without(read_claim(document(), policy()), *absent, "encounter.kind")
    assert decider().decide(claim)["outcome"] == "undetermined"
    assert found(decider(), claim) == []


@pytest.mark.parametrize("year", [1990, 2005, 2020, 2024])
def test_a_decision_by_what_was_published_then_convinces(year: int) -> None:
    then = Decider(policy(), as_of=datetime.date(year, 6, 1))
    assert found(then, read_claim(document(), policy())) == []


def test_a_profile_too_large_to_complete_convinces() -> None:
    claim = read_claim(document(), policy())
    bare = evolve(
        without(claim, *(path for path in claim.facts if path not in PLACES)),
        lines=tuple(evolve(line, facts={}) for line in claim.lines),
    )
    assert decider().decide(bare)["missing_is"] == "sufficient"
    assert found(decider(), bare) == []


def test_what_a_certificate_is_checked_by_fits_on_a_few_screens() -> None:
    lines = Path(checker_of_certificates.__file__).read_text("utf-8").splitlines()
    assert len(lines) < MOST_LINES


def test_checking_takes_less_than_a_keystroke() -> None:
    claim = read_claim(document(), policy())
    decision = decider().decide(claim)
    taken = []
    for _time in range(5):
        begun = time.perf_counter()
        check_proof(decision, claim, policy())
        taken.append(time.perf_counter() - begun)
    assert min(taken) < 0.25


@pytest.mark.parametrize("content", [b"[]", b"{}", b"3", b'{"lines": []}'])
def test_what_is_no_decision_is_refused(content: bytes) -> None:
    with pytest.raises(ProblemsFound) as refused:
        check_proof(content, read_claim(document(), policy()), policy())
    assert [problem.code for problem in refused.value.problems] == ["not-a-decision"]


@pytest.mark.parametrize("value", [None, True, 3, "x", [], [[]], {}, {"a": 1}, [{"line_id": "1"}]])
@pytest.mark.parametrize("part", ["policy", "lines", "proofs", "outcome", "amounts"])
def test_a_decision_of_any_shape_is_found_to_differ(part: str, value: Any) -> None:
    claim = read_claim(document(), policy())
    assert check_proof({**decider().decide(claim), part: value}, claim, policy())
