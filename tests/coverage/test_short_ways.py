"""What is remembered, left out or spelt beforehand changes no answer: each short way is held against the long one."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.support.bundled import decider, document, policy
from tests.support.random_bundles import random_claim, random_policy
from tests.support.random_claims import ClaimDraw
from tests.support.random_policies import VOCABULARY, Draw
from yibao.api import read_claim
from yibao.basics.digest import canonical_json
from yibao.basics.money import rate_of_basis_points, share, share_in_basis_points
from yibao.coverage import rete, strata
from yibao.coverage.decision import Decider as CoverageDecider
from yibao.coverage.inference import Inference
from yibao.coverage.program import Program, compile_program, numbers_in
from yibao.coverage.reference import Reference
from yibao.coverage.room import Room
from yibao.coverage.slices import Candidates, components_of
from yibao.decision.decider import Decider
from yibao.model.claim import Claim
from yibao.model.selection import above_of
from yibao.model.walks import findings_in

needs_durable_rules = pytest.mark.skipif(not rete.available(), reason="durable_rules can't be had on this Python")


def random_programs(seeds: range) -> Iterator[tuple[Draw, Program]]:
    for seed in seeds:
        draw = Draw(seed)
        rules = draw.rules()
        yield draw, compile_program(rules, above_of(rules), "random", VOCABULARY, {})


@pytest.mark.parametrize("seed", range(6))
def test_the_bytes_of_a_decision_say_what_the_document_says(seed: int) -> None:
    draw = ClaimDraw(policy(), 500 + seed)
    for number in range(12):
        claim = draw.claim(unknown=(0.0, 0.03, 0.3)[number % 3], lines=3)
        assert decider().decide_to_json(claim) == canonical_json(decider().decide(claim)), f"claim {number}"


@pytest.mark.parametrize("base", sorted(policy().claims))
def test_the_bytes_of_the_bundled_claims_say_what_their_documents_say(base: str) -> None:
    for changes in ({}, {"insured__insured_area": ...}, {"line__amount_fen": ...}):
        claim = read_claim(document(base, **changes), policy())
        assert decider().decide_to_json(claim) == canonical_json(decider().decide(claim))


def test_claims_of_which_everything_is_known_are_written_without_records() -> None:
    """Else the tests above would hold the long way against itself."""
    coverage = CoverageDecider(policy())
    written = {base: coverage.known(read_claim(document(base), policy())) is not None for base in policy().claims}
    assert written["shanghai-inpatient"]
    assert not written["out-of-province-inpatient"], "documents are due, which is said beside the lines"
    without_amount = document("shanghai-inpatient", line__amount_fen=...)
    assert coverage.known(read_claim(without_amount, policy())) is None


@pytest.mark.parametrize("first_seed", [0, 40])
def test_the_bytes_under_random_policies_say_what_the_documents_say(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 40):
        draw = Draw(seed)
        judge = Decider(random_policy(draw))
        for unknown in (0.0, 0.15):
            claim = random_claim(draw, unknown)
            assert judge.decide_to_json(claim) == canonical_json(judge.decide(claim)), seed


@needs_durable_rules
def test_a_rule_that_may_apply_is_never_left_out() -> None:
    for draw, program in random_programs(range(150)):
        judges = Reference(program.rules, program.rules, VOCABULARY, {})
        candidates = Candidates(program, range(len(program.rules)))
        for unknown in (0.0, 0.2):
            for judgement in judges.judge(draw.claim(unknown)):
                possible = [judgement.atoms[text] is not False for text in program.atom_texts]
                asked = candidates.among(sum(1 << number for number, may_be in enumerate(possible) if may_be))
                assert not judgement.applies.maybe & ~asked


def test_a_component_has_all_rules_whose_findings_its_rules_read() -> None:
    for _draw, program in random_programs(range(150)):
        numbers = tuple(number for level in program.line_levels for number in level)
        components = components_of(program, numbers)
        assert sorted(components) == sorted(numbers)
        for number in numbers:
            own = components[number]
            assert own.rules >> number & 1
            for finding in findings_in(program.conditions[number]):
                concluding = set(program.concluding[finding.name]) & set(numbers)
                assert concluding <= set(numbers_in(own.rules))
                assert finding.name in own.read or concluding == set(program.concluding[finding.name])


@needs_durable_rules
@pytest.mark.parametrize("room", [1, 500_000])
def test_what_was_judged_before_changes_nothing(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims of one policy in any order, with hardly any room to remember them."""
    monkeypatch.setattr(strata, "MOST_REMEMBERED", room // 10_000 + 1)
    for draw, program in random_programs(range(40)):
        claims = [draw.claim(unknown) for unknown in (0.0, 0.1, 0.2) for _ in range(4)]
        order = random.Random(7).sample(claims, len(claims)) * 2
        used = Inference(program, Room(room))
        for claim in order:
            assert used.judge(claim) == Inference(program, Room(10_000_000)).judge(claim)


def test_certificates_beyond_their_room_are_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yibao.coverage.decision.MOST_PROOF_BYTES", 20_000)
    narrow = Decider(policy())
    draw = ClaimDraw(policy(), 11)
    claims: list[Claim] = [draw.claim(unknown=0.0) for _ in range(6)]
    wide = [Decider(policy()).decide(claim) for claim in claims]
    assert [narrow.decide(claim) for claim in claims] == wide
    assert [narrow.decide(claim) for claim in claims] == wide


@pytest.mark.parametrize("basis_points", [0, 1, 333, 5_000, 8_500, 9_999, 10_000])
def test_a_share_in_basis_points_is_the_share_of_that_rate(basis_points: int) -> None:
    for amount in (0, 1, 10, 99, 12_345, 10**13):
        assert share_in_basis_points(amount, basis_points) == share(amount, rate_of_basis_points(basis_points))
    for wrong in ((-1, basis_points), (1, -1), (1, 10_001)):
        with pytest.raises(ValueError, match=r"from 0 up|basis points"):
            share_in_basis_points(*wrong)
