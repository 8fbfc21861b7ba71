"""The calls of yibao that are timed: for each thing that a caller may want, the fastest there is.

When the package gets a faster one, this is the module to change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from yibao.api import Decider, read_claim
from yibao.coverage.judgement import Judgement
from yibao.model.claim import Claim
from yibao.model.policy import COVERAGE, Admit, Exclude, Policy, Rule

# A line's outcome, and the ids of the coverage rules that stand for it: the exclusions, or else the admissions.
Reasons = tuple[str, tuple[str, ...]]


def fast_reasons(decider: Decider) -> Callable[[Claim], list[Any]]:
    """The call that decides a claim and tells the ids of the reasons of each line, and no more.

    `Decider.brief` where the package has it, else `Decider.judge`. `reasons_in` reads the result of either.
    """
    found: Callable[[Claim], list[Any]] = getattr(decider, "brief", decider.judge)
    return found


def reasons_in(found: list[Any], rules: Mapping[str, Rule]) -> list[Reasons]:
    """The outcome and reasons of each line in what `fast_reasons` found; `rules` has the program's rules by key."""
    return [_reasons_of(one, rules) if isinstance(one, Judgement) else (one[0], one[1]) for one in found]


def _reasons_of(judgement: Judgement, rules: Mapping[str, Rule]) -> Reasons:
    wanted = Admit if judgement.admitted else Exclude
    standing = (rules[key] for key, truth in judgement.stands.items() if truth)
    ids = tuple(rule.id for rule in standing if rule.question == COVERAGE and isinstance(rule.answer, wanted))
    return ("covered" if judgement.admitted else "excluded"), ids


def rules_by_key(decider: Decider, claim: Claim) -> Mapping[str, Rule]:
    """The program of a claim."""
    return {rule.key: rule for rule in decider.rules(claim)}


def document_call(decider: Decider, policy: Policy) -> Callable[[bytes], bytes]:
    """The call from the bytes of a claim to the bytes of its whole decision document."""

    def decide(content: bytes) -> bytes:
        return decider.decide_to_json(read_claim(content, policy))

    return decide


def profile_of(decider: Decider, claim: Claim) -> tuple[object, ...]:
    """What tells the profiles of a claim's lines apart: the truth of every atom on each."""
    return tuple(tuple(judgement.atoms.values()) for judgement in decider.judge(claim))
