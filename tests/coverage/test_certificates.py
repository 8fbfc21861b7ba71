"""A certificate convinces somebody who runs no engine: each literal named fails, and together they suffice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.bundled import decider, policy
from tests.support.random_claims import ClaimDraw
from tests.support.random_policies import VOCABULARY, Draw
from yibao.coverage.judgement import Judgement
from yibao.coverage.kleene import truth_of
from yibao.coverage.proof import certificate
from yibao.coverage.reference import Reference
from yibao.language.printing import text_of
from yibao.model.expressions import Atom, Condition, Not
from yibao.model.policy import Rule
from yibao.model.selection import above_of
from yibao.model.walks import conjunction

Truth = bool | None


def known_only(literals: list[str], condition: Condition) -> Truth:
    """The condition when nothing is known but that these literals are false."""

    def of(name: str) -> Truth:
        if name in literals:
            return False
        return True if f"not {name}" in literals or f"not ({name})" in literals else None

    def atom(one: Atom) -> Truth:
        text = text_of(one)
        negated = _negated(one)
        return True if negated in literals else of(text)

    return truth_of(condition, atom, of)


def _negated(atom: Atom) -> str:
    return text_of(Not(atom))


def check(rules: tuple[Rule, ...], judgement: Judgement, above: Any) -> None:
    """What a checker does with a certificate: look at every rule once."""
    _name, body = certificate(rules, judgement)
    assert sorted([*body["applies"], *body["fails"], *body["open"]]) == sorted(rule.key for rule in rules)
    for rule in rules:
        condition = conjunction(rule.in_force, rule.when)
        actual = truth_of(condition, lambda one: judgement.atoms[text_of(one)], lambda name: judgement.findings[name])
        if rule.key in body["applies"]:
            assert actual is True
        elif rule.key in body["fails"]:
            assert actual is False
            assert known_only(body["fails"][rule.key], condition) is False, body["fails"][rule.key]
        else:
            assert actual is None
            assert body["open"][rule.key]
    for key, upper in body["silenced"].items():
        assert upper in above[key]
        assert upper in body["applies"]
    for rule in rules:
        silent = any(upper in body["applies"] for upper in above[rule.key])
        assert (rule.key in body["silenced"]) is (silent and rule.key in body["applies"])


@pytest.mark.parametrize("first_seed", range(0, 200, 50))
def test_certificates_of_random_policies_convince(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 50):
        draw = Draw(seed)
        rules = draw.rules()
        for judgement in Reference(rules, rules, VOCABULARY, {}).judge(draw.claim(unknown=0.1)):
            check(rules, judgement, above_of(rules))


@pytest.mark.parametrize("seed", range(5))
def test_certificates_of_the_shipped_policy_convince(seed: int) -> None:
    draw, above = ClaimDraw(policy(), seed), above_of(policy().rules)
    for number in range(10):
        claim = draw.claim(unknown=0.05 * (number % 2))
        for judgement in decider().judge(claim):
            check(decider().rules(claim), judgement, above)
