"""What is determined stays so whatever the missing facts turn out to be, and what is missing matters."""

from __future__ import annotations

import pytest
from attrs import evolve

from tests.support.random_policies import VOCABULARY, Draw
from yibao.coverage.judgement import VERDICT_QUESTIONS, Judgement
from yibao.coverage.reference import Reference
from yibao.model.claim import Claim


def completed(claim: Claim, draw: Draw) -> Claim:
    """The claim with every missing fact given some value of its domain."""
    facts = {**draw.facts(0.0, of_line=False), **claim.facts}
    inherited = {"line.code": facts["claim_code_of_lines"]}
    lines = tuple(
        evolve(line, facts={**draw.facts(0.0, of_line=True), **inherited, **line.facts})
        if "line.code" not in line.facts
        else evolve(line, facts={**draw.facts(0.0, of_line=True), **line.facts})
        for line in claim.lines
    )
    return evolve(claim, facts=facts, lines=lines)


def verdict(judgement: Judgement) -> tuple[object, ...]:
    if not judgement.admitted:
        return (judgement.admitted,)
    return (True, *(judgement.answers.get(question, ()) for question in VERDICT_QUESTIONS))


@pytest.mark.parametrize("first_seed", range(0, 200, 50))
def test_no_completion_contradicts_what_was_determined(first_seed: int) -> None:
    determined = 0
    for seed in range(first_seed, first_seed + 50):
        draw = Draw(seed)
        rules = draw.rules()
        reference = Reference(rules, rules, VOCABULARY, {})
        claim = draw.claim(unknown=0.2)
        judged = reference.judge(claim)
        for _completion in range(8):
            for before, after in zip(judged, reference.judge(completed(claim, draw)), strict=True):
                assert not after.verdict_open
                if not before.verdict_open:
                    determined += 1
                    assert verdict(before) == verdict(after), f"seed {seed}"
    assert determined > 100


def test_an_outcome_said_to_be_open_does_come_out_both_ways() -> None:
    """Where the missing facts are exact, completions with different verdicts exist; most are met by chance."""
    open_lines = met = 0
    for seed in range(450):
        draw = Draw(seed)
        rules = draw.rules()
        reference = Reference(rules, rules, VOCABULARY, {})
        claim = draw.claim(unknown=0.15)
        judged = reference.judge(claim)
        if not any(judgement.verdict_open and judgement.exact for judgement in judged):
            continue
        seen: list[set[tuple[object, ...]]] = [set() for _ in judged]
        for _completion in range(60):
            for line, after in enumerate(reference.judge(completed(claim, draw))):
                seen[line].add(verdict(after))
        for line, judgement in enumerate(judged):
            if judgement.verdict_open and judgement.exact:
                open_lines += 1
                met += len(seen[line]) > 1
    assert open_lines > 50
    assert met >= open_lines * 95 // 100, f"{met} of {open_lines} open lines came out both ways"
