"""The program of a claim: the rules of the nation and of the claim's two places, as published by a day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from attrs import evolve

from yibao.basics.periods import Period
from yibao.model.expressions import InForce
from yibao.model.policy import Policy, Rule, Side


def rules_for(
    policy: Policy, insured_chain: tuple[str, ...], treatment_chain: tuple[str, ...], as_of: datetime.date | None
) -> tuple[Rule, ...]:
    """The rules that can matter, in order of their keys.

    A rule of a layer speaks when the layer is in the chain of its own side. `as_of` leaves out what was published
    later; None takes everything.
    """
    speaking = [rule for rule in policy.rules if _speaks(rule, insured_chain, treatment_chain)]
    if as_of is None:
        return tuple(speaking)
    later = [rule for rule in speaking if rule.published > as_of]
    return tuple(_as_published(rule, later) for rule in speaking if rule.published <= as_of)


def _as_published(rule: Rule, later: list[Rule]) -> Rule:
    """The rule without an end that only a version published later gave it."""
    end = rule.in_force.period.end
    for successor in later:
        same = successor.id == rule.id and successor.question == rule.question
        if same and end is not None and successor.in_force.period.start == end:
            return evolve(rule, in_force=InForce(rule.in_force.by, Period(rule.in_force.period.start)))
    return rule


def above_of(rules: tuple[Rule, ...]) -> Mapping[str, frozenset[str]]:
    """For each rule, the keys of all rules from which it can be reached by following `overrides` within its question.

    Overrides are the policy's, so a chain holds where its middle does not speak: only whether the upper rule applies
    counts.
    """
    upper: dict[str, set[str]] = {rule.key: set() for rule in rules}
    named: dict[tuple[str, str], list[Rule]] = {}
    for rule in rules:
        named.setdefault((rule.id, rule.question), []).append(rule)
    for rule in rules:
        for overridden in rule.overrides:
            for lower in named.get((overridden, rule.question), ()):
                upper[lower.key].add(rule.key)
    closed: dict[str, frozenset[str]] = {}
    for key in upper:
        reached, waiting = set[str](), [key]
        while waiting:
            for above in upper[waiting.pop()]:
                if above in closed:
                    reached |= {above, *closed[above]}
                elif above not in reached:
                    reached.add(above)
                    waiting.append(above)
        closed[key] = frozenset(reached)
    return closed


def _speaks(rule: Rule, insured_chain: tuple[str, ...], treatment_chain: tuple[str, ...]) -> bool:
    match rule.side:
        case Side.NATIONAL:
            return True
        case Side.INSURED:
            return rule.layer in insured_chain
        case Side.TREATMENT:
            return rule.layer in treatment_chain
