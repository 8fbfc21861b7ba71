"""Money by the hundred thousand: claims for every shipped plan, and for random ones, settled by both evaluators.

A seed of `money` is one claim for each shipped plan. Where a plan looks up something that the shipped policy does not
know, every second claim is settled as if an invented value stood there, so that the arithmetic behind it is seen too.
A seed of `plans` is one random plan with its parameters and a few claims.
"""

from __future__ import annotations

import random
from functools import cache

from attrs import frozen

from tests.differential.tally import Difference, Tally
from tests.settlement.money import Money, Wrong, reversal_cancels, shown_alike
from tests.settlement.naive import Naive
from tests.settlement.small_plans import bundle
from tests.support.bundled import policy
from tests.support.random_parameters import filled
from tests.support.random_plans import policy_of_seed
from tests.support.random_settlements import ClaimsOf
from yibao.model.plan import Plan
from yibao.model.policy import Policy
from yibao.settlement.settler import Settler

CLAIMS_OF_A_PLAN = 8
AREAS = ("990000", "990100")
# Of so many settlements one is written out, sent in the words of the national interface, and reversed.
REVERSED_EVERY = 25


@frozen(kw_only=True)
class World:
    """A plan, what draws claims for it, and both evaluators."""

    plan: Plan
    claims: ClaimsOf
    money: Money

    @property
    def name(self) -> str:
        return f"{self.plan.layer}/{self.plan.id} from {self.plan.in_force.period.start}"

    def check(self, seed: int, tally: Tally, thorough: bool) -> None:
        """The claim of a seed. `thorough` bills more as well. Raises Difference."""
        try:
            drawn = self.claims.drawn(seed)
            found = self.money.examine(drawn, random.Random(seed), tally.add, thorough)
            if found is not None and seed % REVERSED_EVERY == 0:
                scheme = drawn.claim.facts.get("insured.scheme")
                document = shown_alike(found)
                reversal_cancels(document, scheme if isinstance(scheme, str) else None, self.claims.policy.vocabulary)
                tally.add("reversed")
        except Wrong as error:
            raise Difference(f"{self.name}, claim {seed}: {error}") from error


def world_of(law: Policy, plan: Plan, area: str | None = None, invented: bool = False) -> World:
    return World(
        plan=plan,
        claims=ClaimsOf(law, plan, area),
        money=Money(settler=Settler(law, None), second=Naive(law), invented=invented),
    )


@cache
def shipped_worlds() -> tuple[tuple[World, World], ...]:
    """Each shipped plan as it is, and with its gaps filled; the same twice where it has none."""
    law, whole = policy(), filled(policy())
    plain = [world_of(law, plan) for plan in law.plans]
    return tuple((world, world_of(whole, world.plan, invented=True) if world.claims.gaps else world) for world in plain)


def check_shipped(seed: int, tally: Tally, thorough: bool) -> None:
    """One claim for every shipped plan. Raises Difference."""
    for worlds in shipped_worlds():
        worlds[seed % 2].check(seed, tally, thorough)


@cache
def _around() -> Policy:
    return bundle()


def check_invented(seed: int, tally: Tally, _thorough: bool) -> None:
    """One random plan and a few claims for it. Raises Difference."""
    law = policy_of_seed(seed, _around())
    world = world_of(law, law.plans[0], AREAS[seed % 2])
    tally.add("plans that split a stay", law.plans[0].benefit_year.split)
    for number in range(CLAIMS_OF_A_PLAN):
        world.check(number, tally, thorough=False)
