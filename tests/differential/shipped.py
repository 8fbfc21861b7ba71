"""Random claims of the shipped policy, aimed at its rules one after the other: seed *n* aims at rule *n* modulo their
number, starting from the examples that stand beside it."""

from __future__ import annotations

import datetime
import itertools
import random
from collections.abc import Iterator, Mapping
from functools import cache

from attrs import evolve, frozen

from tests.differential.comparing import Effort, Pair
from tests.differential.tally import STATES, Tally
from tests.support.bundled import policy
from tests.support.completing import Completing
from tests.support.random_claims import AREAS, ClaimDraw, Material, material_of
from yibao.api import Decider
from yibao.authoring.examples import claim_of
from yibao.basics.problems import ProblemsFound
from yibao.coverage.reference import Reference
from yibao.model.claim import Claim
from yibao.model.policy import Example, Policy, Rule, Side

PROFILES_PER_SEED = 2
DOCUMENT_SEEDS = 1_000
# A certificate is a function of rules and judgement, and the judgements of every seed are compared.
CERTIFICATES_EVERY = 5
DOCUMENT_EVERY = 10
DEEP_EVERY = 50
UNKNOWN = (0.0, 0.0, 0.01, 0.02, 0.04, 0.06)
# Claims drawn far from an example miss little: with much missing the reference enumerates for seconds.
FAR, LITTLE = 0.05, 0.02
DRIFT = (0.0, 0.0, 0.0, 0.02, 0.02, 0.05, 0.1, 0.2, 1.0)
DAY = datetime.timedelta(days=1)


@frozen(kw_only=True)
class Bench:
    """The shipped policy with what its claims are drawn from, and both engines for each day it is decided as of."""

    policy: Policy
    material: Material
    aims: Mapping[str, tuple[Claim, ...]]
    pairs: tuple[Pair, ...]
    silenceable: frozenset[str]


@cache
def bench() -> Bench:
    """Worked out once in a process."""
    law = policy()
    above = possible_silencers(law)
    material = material_of(law)
    completing = Completing(law.vocabulary, material.values, law.rules)
    published = sorted({rule.published for rule in law.rules})
    days = [None, *(day + step * DAY for day in published[1:] for step in (-1, 0))][:6]
    return Bench(
        policy=law,
        material=material,
        aims={rule.key: tuple(_aims(law, rule, above[rule.key])) for rule in law.rules},
        pairs=tuple(
            Pair(
                durable=Decider(law, "durable", as_of=day),
                reference=Decider(law, "reference", as_of=day),
                completing=completing,
            )
            for day in days
        ),
        silenceable=frozenset(key for key, upper in above.items() if upper),
    )


def check(seed: int, tally: Tally, thorough: bool) -> None:
    """Draw the claim of a seed and compare what is said of it; `thorough` looks at certificates, and at whole
    documents more often. Raises Difference."""
    made = bench()
    claim, draw = claim_of_seed(seed)
    pair = made.pairs[0] if draw.random() < 0.9 else draw.choice(made.pairs)
    deep = seed % DEEP_EVERY == 0
    effort = Effort(
        values=True,
        documents=seed < DOCUMENT_SEEDS or (thorough and seed % DOCUMENT_EVERY == 0),
        certificates=thorough and seed % CERTIFICATES_EVERY == 0,
        completions=64 if deep else 2,
        answers=4_096 if deep else 64,
    )
    pair.compare(claim, effort, draw, tally)


def claim_of_seed(seed: int) -> tuple[Claim, random.Random]:
    """The claim that a seed draws, and the source of whatever else is drawn for it."""
    made = bench()
    maker = ClaimDraw(made.policy, seed, made.material)
    chance = maker.random
    rule = made.policy.rules[seed % len(made.policy.rules)]
    aims = made.aims[rule.key] or made.material.bases
    unknown, drift = chance.choice(UNKNOWN), chance.choice(DRIFT)
    if drift > FAR:
        unknown = min(unknown, LITTLE)
    claim = maker.near(chance.choice(aims), drift, unknown, PROFILES_PER_SEED)
    facts = dict(claim.facts)
    for path in AREAS:
        if chance.random() < 0.2:
            facts[path] = chance.choice(made.material.values[path])
    claim = evolve(claim, facts=facts)
    return (_at_an_edge(claim, rule, chance) if chance.random() < 0.2 else claim), chance


def unreached(tally: Tally, least: int) -> list[str]:
    """What was seen fewer than `least` times of what can happen to each rule."""
    made = bench()
    found = []
    for rule, state in itertools.product(made.policy.rules, STATES):
        possible = state != "silenced" or rule.key in made.silenceable
        if possible and tally.of_rule(state, rule.key) < least:
            found.append(f"{rule.key} {state} {tally.of_rule(state, rule.key)} times")
    return found


def possible_silencers(law: Policy) -> Mapping[str, tuple[Rule, ...]]:
    """For each rule those above it that can apply where it does: in force on one day, and in one program."""
    everywhere = Reference(law.rules, law.rules, law.vocabulary, law.catalogues).above
    return {
        rule.key: tuple(upper for upper in everywhere[rule.key] if _can_meet(law, rule, upper)) for rule in law.rules
    }


def _can_meet(law: Policy, one: Rule, other: Rule) -> bool:
    if one.in_force.by == other.in_force.by and not one.in_force.period.overlaps(other.in_force.period):
        return False
    if Side.NATIONAL in (one.side, other.side) or one.side is not other.side:
        return True
    return one.layer in law.chain(other.layer) or other.layer in law.chain(one.layer)


def _aims(law: Policy, rule: Rule, above: tuple[Rule, ...]) -> Iterator[Claim]:
    """Claims to which the rule applies, and claims to which it applies together with a rule above it."""
    shown = _shown(law, rule)
    for example in shown:
        yield from _read(law, example)
    for upper, example in itertools.product(above, shown):
        for over in _shown(law, upper):
            yield from _read(law, evolve(over, given={**example.given, **over.given}, unknown=()))


def _shown(law: Policy, rule: Rule) -> list[Example]:
    return [example for example in law.examples.get(rule.id, ()) if example.fires == "yes"]


def _read(law: Policy, example: Example) -> Iterator[Claim]:
    try:
        yield claim_of(law, example)
    except ProblemsFound:
        # Two examples that can't be one claim.
        return


def _at_an_edge(claim: Claim, rule: Rule, chance: random.Random) -> Claim:
    """The claim on the day before, at or after an edge of the period in which the rule is in force."""
    period, path = rule.in_force.period, rule.in_force.by.path
    edge = chance.choice([day for day in (period.start, period.end) if day is not None])
    day = edge + chance.choice((-1, 0, 1)) * DAY
    if path.startswith("line."):
        return evolve(claim, lines=tuple(evolve(line, facts={**line.facts, path: day}) for line in claim.lines))
    return evolve(claim, facts={**claim.facts, path: day})
