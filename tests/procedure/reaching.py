"""How far a chart lets a claim come, read as generously as the chart can be read.

A guard that holds at last held when its step was taken, or could have: facts are only added. A bar of an earlier step
may have let the unknown pass, so only the bars of the deciding step count. Deadlines, actors and other cases stand in
nobody's way. What this lets through to a decision is all that the chart itself could, and more.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import prod
from random import Random

from attrs import field, frozen

from yibao.language.truth import Truth, asked
from yibao.model.chart import Chart, Guard, Step
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Condition
from yibao.model.facts import UNKNOWN, Given
from yibao.model.walks import facts_in

Facts = Mapping[str, Given]
DOCUMENTS = "documents"
_AROUND = ("filing", "filing.referral")


@frozen
class Asked:
    """A condition with its answers so far: it is asked once for each combination of the facts that it reads."""

    condition: Condition
    paths: tuple[str, ...]
    answers: dict[tuple[Given, ...], Truth] = field(factory=dict)

    def of(self, facts: Facts) -> Truth:
        key = tuple(facts.get(path, UNKNOWN) for path in self.paths)
        if key not in self.answers:
            self.answers[key] = asked(self.condition, {})(*claim_and_line(dict(zip(self.paths, key, strict=True))))
        return self.answers[key]


def ask(condition: Condition) -> Asked:
    return Asked(condition, tuple(sorted({fact.path for fact in facts_in(condition)})))


def claim_and_line(facts: Facts) -> tuple[Claim, Line]:
    """A claim of one line with these facts and no others."""
    given = {path: value for path, value in facts.items() if value is not UNKNOWN}
    line = Line(line_id="1", facts={path: value for path, value in given.items() if path.startswith("line.")})
    return Claim(claim_id=None, facts=given, lines=(line,), digest=""), line


@frozen(kw_only=True)
class Way:
    """One way from the beginning of a chart through its deciding step: what must hold on it, and what must not."""

    guards: tuple[Asked, ...]
    bars: tuple[Asked, ...]
    documents: frozenset[str]

    def lets_through(self, facts: Facts) -> bool:
        handed_in = facts.get(DOCUMENTS, UNKNOWN)
        return (
            (not self.documents or (isinstance(handed_in, frozenset) and self.documents <= handed_in))
            and all(guard.of(facts) is True for guard in self.guards)
            and not any(bar.of(facts) is True for bar in self.bars)
        )


def ways_to_a_decision(chart: Chart, about: frozenset[str]) -> tuple[Way, ...]:
    """Every way to a step that decides, of which only the conditions are kept that read facts of `about` alone."""
    known: dict[str, Asked] = {}

    def kept(guards: Iterable[Guard]) -> tuple[Asked, ...]:
        found = (known.setdefault(guard.name, ask(guard.condition)) for guard in guards)
        return tuple(one for one in found if about.issuperset(one.paths))

    return tuple(
        Way(
            guards=kept(guard for step in way for guard in step.guards if not guard.bars),
            bars=kept(guard for guard in way[-1].guards if guard.bars),
            documents=frozenset(code for step in way for code in step.documents) if DOCUMENTS in about else frozenset(),
        )
        for way in _simple_ways(chart, chart.initial, frozenset({chart.initial}))
    )


def _simple_ways(chart: Chart, state: str, seen: frozenset[str]) -> Iterator[tuple[Step, ...]]:
    for step in chart.steps_from(state):
        if step.decides:
            yield (step,)
        elif step.target not in seen:
            yield from ((step, *rest) for rest in _simple_ways(chart, step.target, seen | {step.target}))


def facts_around(chart: Chart, paths: frozenset[str], known: Iterable[str]) -> frozenset[str]:
    """The facts, and all others of `known` that a condition that counts reads together with one of them.

    Where they say of an object whether it is there and nothing of what is in it, all that is in it is one of them.
    """
    empty = {path for path in paths if not any(other.startswith(f"{path}.") for other in paths)}
    values, found = frozenset(known), paths
    for step in chart.steps:
        for guard in step.guards:
            read = frozenset(fact.path for fact in facts_in(guard.condition))
            touches = any(path in paths or any(path.startswith(f"{around}.") for around in empty) for path in read)
            if touches and read <= values and (step.decides or not guard.bars):
                found |= read
    return found


def combinations(domains: Mapping[str, tuple[Given, ...]], most: int, seed: int, good: list[Facts]) -> Iterator[Facts]:
    """Every combination of the values that a claim can have; beyond `most` of them, that many drawn with the seed.

    Half of those drawn differ in up to three values from one that the caller has put among the `good`.
    """
    if prod(map(len, domains.values())) > most:
        every = _drawn(domains, most, Random(seed), good)
    else:
        every = (dict(zip(domains, row, strict=True)) for row in product(*domains.values()))
    return (facts for facts in every if all(_fits(around, facts) for around in _AROUND))


def _drawn(
    domains: Mapping[str, tuple[Given, ...]], most: int, random: Random, good: list[Facts]
) -> Iterator[dict[str, Given]]:
    for number in range(most):
        start = random.choice(good) if good and number % 2 else {}
        changed = random.sample(sorted(domains), min(3, len(domains))) if start else sorted(domains)
        facts = {**start, **{name: random.choice(domains[name]) for name in changed}}
        for around in (each for each in _AROUND if facts.get(each, True) is not True):
            facts |= {path: facts[around] for path in facts if path.startswith(f"{around}.")}
        yield facts


def _fits(around: str, facts: Facts) -> bool:
    """Whether what is said of an object fits what is said in it: nothing of one that is none or unknown."""
    if around not in facts:
        return True
    inner = [value for path, value in facts.items() if path.startswith(f"{around}.")]
    whole = facts[around]
    return whole is True or all(value is whole for value in inner)


def days(*written: str) -> tuple[datetime.date, ...]:
    return tuple(datetime.date.fromisoformat(day) for day in written)
