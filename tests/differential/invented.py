"""Random policies and claims under them: rules that nobody chose, on layers, sides, dates and both levels."""

from __future__ import annotations

from attrs import frozen

from tests.differential.comparing import Effort, Pair
from tests.differential.tally import Difference, Tally
from tests.support.completing import Completing
from tests.support.enumerating import Wrong, check_by_enumeration
from tests.support.layered_policies import LAYERED_VOCABULARY, VALUES, layered_policy, placed_claim, random_day
from tests.support.random_policies import Draw
from yibao.api import Decider
from yibao.coverage.contradictions import contradictions
from yibao.coverage.reference import Reference
from yibao.model.claim import Claim
from yibao.model.expressions import Scope
from yibao.model.policy import Answer, Conclude, Lift, Policy

UNKNOWN = (0.0, 0.1, 0.2, 0.35)
DEEP_EVERY = 50
MOST_ENUMERATED = 4_096


@frozen(kw_only=True)
class World:
    """A random policy, the claims drawn for it, and both engines."""

    policy: Policy
    claims: tuple[Claim, ...]
    pair: Pair
    draw: Draw


def world_of_seed(seed: int) -> World:
    """What a seed draws."""
    draw = Draw(seed)
    policy = layered_policy(draw)
    day = random_day(draw)
    return World(
        policy=policy,
        claims=tuple(placed_claim(draw, unknown) for unknown in UNKNOWN),
        pair=Pair(
            durable=Decider(policy, "durable", as_of=day),
            reference=Decider(policy, "reference", as_of=day),
            completing=Completing(LAYERED_VOCABULARY, VALUES, policy.rules),
        ),
        draw=draw,
    )


def check(seed: int, tally: Tally, thorough: bool) -> None:
    """Draw the policy of a seed and compare what is said of its claims; `thorough` looks at certificates and whole
    documents, and at every completion. Raises Difference."""
    world = world_of_seed(seed)
    checked = not any(contradictions(world.policy))
    _count(world.policy, checked, tally)
    deep = seed % DEEP_EVERY == 0
    for number, claim in enumerate(world.claims):
        effort = Effort(
            values=checked,
            documents=thorough and checked and number == seed % len(world.claims),
            certificates=thorough,
            completions=64 if deep else 2,
            answers=MOST_ENUMERATED if deep else 64,
        )
        seen = Tally()
        world.pair.compare(claim, effort, world.draw.random, seen)
        tally.include(seen.without_rules())
        if thorough:
            _enumerate(world, claim, tally)


def _enumerate(world: World, claim: Claim, tally: Tally) -> None:
    """Hold what is said of the claim against all its completions, where they are few enough."""
    law, durable = world.policy, world.pair.durable
    rules, completing = durable.rules(claim), world.pair.completing
    above = Reference(rules, law.rules, law.vocabulary, law.catalogues).above
    try:
        seen = check_by_enumeration(rules, above, claim, durable.judge(claim), completing, MOST_ENUMERATED)
    except Wrong as error:
        raise Difference(str(error)) from error
    if seen is not None:
        tally.add("claims enumerated")
        tally.add("completions enumerated", seen.completions)
        tally.add("lines enumerated", seen.lines)
        tally.add("lines enumerated, undetermined, exact", seen.exact)
        tally.add("lines enumerated, undetermined, sufficient", seen.sufficient)


def _count(law: Policy, checked: bool, tally: Tally) -> None:
    tally.add("policies")
    tally.add("policies that pass the check", checked)
    tally.add("policies with overrides", any(rule.overrides for rule in law.rules))
    tally.add("policies with a lift", any(isinstance(rule.answer, Lift) for rule in law.rules))
    for about in Scope:
        found = any(_finds(rule.answer) and rule.about is about for rule in law.rules)
        tally.add(f"policies with findings of a {about.value}", found)


def _finds(answer: Answer) -> bool:
    return isinstance(answer, Conclude)
