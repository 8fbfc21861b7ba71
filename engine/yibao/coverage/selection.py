"""The program of a claim: the rules of the nation and of the claim's two places, as published by a day."""

from __future__ import annotations

import datetime

from yibao.model.policy import Policy, Rule, Side


def rules_for(
    policy: Policy, insured_chain: tuple[str, ...], treatment_chain: tuple[str, ...], as_of: datetime.date | None
) -> tuple[Rule, ...]:
    """The rules that can matter, in order of their keys.

    A rule of a layer speaks when the layer is in the chain of its own side. `as_of` leaves out what was published
    later; None takes everything.
    """
    return tuple(
        rule
        for rule in policy.rules
        if _speaks(rule, insured_chain, treatment_chain) and (as_of is None or rule.published <= as_of)
    )


def _speaks(rule: Rule, insured_chain: tuple[str, ...], treatment_chain: tuple[str, ...]) -> bool:
    match rule.side:
        case Side.NATIONAL:
            return True
        case Side.INSURED:
            return rule.layer in insured_chain
        case Side.TREATMENT:
            return rule.layer in treatment_chain
