"""What is remembered keeps within its room, and what was forgotten is gone: counted by the objects that are alive."""

from __future__ import annotations

import gc

import pytest

from tests.support.bundled import policy
from tests.support.random_claims import ClaimDraw
from yibao.coverage import rete
from yibao.coverage.decision import Decider as CoverageDecider
from yibao.coverage.inference import RESULT_BYTES, ClaimPart, Inference, Result
from yibao.coverage.profile import Profile
from yibao.coverage.program import Program, compile_program
from yibao.coverage.room import Room
from yibao.decision.decider import Decider
from yibao.model.selection import above_of

pytestmark = pytest.mark.skipif(not rete.available(), reason="durable_rules can't be had on this Python")


def alive(*kinds: type) -> int:
    gc.collect()
    return sum(type(one) in kinds for one in gc.get_objects())


def whole_program() -> Program:
    return compile_program(policy().rules, above_of(policy().rules), "all", policy().vocabulary, policy().catalogues)


def test_what_is_remembered_keeps_within_its_room() -> None:
    room = Room(120_000)
    engine, draw = Inference(whole_program(), room), ClaimDraw(policy(), 3)
    for _ in range(40):
        engine.judge(draw.claim(unknown=0.0, lines=4))
        assert room.taken <= room.most
    assert engine.remembered > 5


def test_results_that_no_remembered_profile_comes_to_are_gone() -> None:
    others = alive(Result)
    room = Room(120_000)
    engine, draw = Inference(whole_program(), room), ClaimDraw(policy(), 4)
    for _ in range(60):
        engine.judge(draw.claim(unknown=0.0, lines=4))
    assert 0 < alive(Result) - others <= room.most // RESULT_BYTES


def test_lines_of_a_claim_that_was_forgotten_on_the_way_count_no_more() -> None:
    """The claims asked for most often were seen first, are the first to go, and may go while their lines are judged."""
    others = alive(Profile, ClaimPart)
    engine, draw = Inference(whole_program(), Room(120_000)), ClaimDraw(policy(), 5)
    often = draw.claim(unknown=0.0)
    for _ in range(20):
        engine.judge(draw.near(often, drift=0.0, unknown=0.0, lines=12))
        engine.judge(draw.claim(unknown=0.0, lines=12))
    assert engine.remembered == alive(Profile, ClaimPart) - others


@pytest.mark.parametrize("most", [0, 1, 5_000, 20_000])
def test_however_little_room_there_is_every_line_is_judged(most: int) -> None:
    engine, draw = Inference(whole_program(), Room(most)), ClaimDraw(policy(), 6)
    assert [len(engine.judge(draw.claim(unknown=0.1, lines=30))) for _ in range(20)] == [30] * 20


def test_engines_of_one_decider_share_its_room() -> None:
    room = Room(200_000)
    first, second = Inference(whole_program(), room), Inference(whole_program(), room)
    draw = ClaimDraw(policy(), 7)
    for _ in range(40):
        first.judge(draw.claim(unknown=0.0, lines=4))
    alone = first.taken
    for _ in range(40):
        second.judge(draw.claim(unknown=0.0, lines=4))
    assert first.taken < alone
    assert min(first.remembered, second.remembered) > 5
    assert first.taken + second.taken == room.taken <= room.most
    del second
    gc.collect()
    assert room.taken == first.taken


def test_certificates_keep_no_profile_that_was_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    others = alive(Profile)
    monkeypatch.setattr("yibao.coverage.decision.MOST_BYTES", 1)
    decider, draw = Decider(policy()), ClaimDraw(policy(), 8)
    for _ in range(30):
        decider.decide_to_json(draw.claim(unknown=0.0, lines=3))
    assert alive(Profile) - others == 0


def test_programs_that_were_forgotten_are_forgotten_for_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    others = alive(Inference)
    monkeypatch.setattr("yibao.coverage.decision.MOST_PROGRAMS", 2)
    coverage, draw = CoverageDecider(policy()), ClaimDraw(policy(), 9)
    programs = set()
    for _ in range(30):
        claim = draw.claim(unknown=0.0)
        coverage.judge(claim)
        programs.add(tuple(rule.key for rule in coverage.rules(claim)))
    assert len(programs) > 2
    assert alive(Inference) - others <= 2
