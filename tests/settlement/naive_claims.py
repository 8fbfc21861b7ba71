"""What the values of a plan read of a claim, for the naive evaluator (`docs/settlement.md`, 1, 3 and 7): facts, years,
parameters by their keys, and sums over the lines."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs
from attrs import evolve, field, frozen, mutable

from tests.settlement.naive_reading import (
    Missing,
    Sight,
    all_of,
    answer,
    could_answer,
    holds,
    tried,
    value,
)
from yibao.model.amounts import (
    Amount,
    Dimension,
    Earlier,
    Looked,
    Named,
    OfFact,
    SumOfLines,
)  # fmt: skip
from yibao.model.claim import Claim, Line
from yibao.model.expressions import FactTerm
from yibao.model.facts import UNKNOWN, Given
from yibao.model.parameters import Parameter
from yibao.model.plan import NamedValue, Plan, Segment
from yibao.model.policy import Policy
from yibao.model.walks import facts_in

Quantity = int | Fraction | str | None


class Refused(Exception):
    """The policy is wrong about the claim: the code of the problem."""


@frozen(kw_only=True)
class SplitLine:
    """A line with the parts that coverage made of it, in fen by name; None for what is unknown for lack of `absent`."""

    line: Line
    parts: Mapping[str, int | None]
    absent: tuple[str, ...] = ()


@frozen(kw_only=True)
class At:
    """Where a value stands: the step, and the base of its segment."""

    step: str
    base: int | Missing = 0
    personal: int | Missing = 0


@mutable(kw_only=True, eq=False)
class Reads:
    """A plan, a claim (or one part of a split stay), and what the one reads of the other. `speaking` has the parameters
    of each name in the layers of the plan's chain, the most local first."""

    policy: Policy
    plan: Plan
    speaking: Mapping[str, Sequence[Parameter]]
    claim: Claim
    lines: Sequence[SplitLine]
    number: int
    before: Reads | None
    trail: list[object] | None
    known: dict[str, Quantity | Missing] = field(factory=dict)
    steps: dict[str, NamedValue | Segment] = field(init=False)
    sight: Sight = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.steps = {step.name: step for step in self.plan.steps}
        self.sight = Sight(policy=self.policy, claim=self.claim, line=None)

    def worth(self, node: Amount, at: At) -> Quantity:
        """What the value of a node is; those who inherit know."""
        raise NotImplementedError

    def took(self, turn: object) -> None:
        if self.trail is not None:
            self.trail.append(turn)

    def named(self, name: str) -> Quantity:
        """A named value of the plan, worked out once."""
        if name not in self.known:
            self.known[name] = tried(lambda: self.worth(self.steps[name].amount, At(step=name)))
        return told(self.known[name])

    def asked(self, at: At) -> str:
        return f"{self.plan.id}/{at.step}"

    def gaps(self, at: At, *paths: str) -> Missing:
        return Missing((path, None, self.asked(at)) for path in paths)

    def fact_read(self, term: object, dimension: Dimension, at: At) -> Quantity:
        found = value(term, self.sight)
        if dimension is Dimension.CODE and found is not UNKNOWN:
            return found
        if found is UNKNOWN or found is None:
            absent = list(self.sight.absent(term, self.asked(at)))
            raise Missing(absent) if absent else self.gaps(at, *(fact.path for fact in facts_in(term)))
        return Fraction(found, 10_000) if dimension is Dimension.RATE else max(found, 0)

    def years_read(self, start: FactTerm, end: FactTerm, at: At) -> int:
        born, day = (self.claim.facts.get(fact.path, UNKNOWN) for fact in (start, end))
        lacking = [f.path for f, found in ((start, born), (end, day)) if not isinstance(found, datetime.date)]
        if lacking:
            raise self.gaps(at, *lacking)
        years = 0
        while _birthday(born, years + 1) <= day:
            years += 1
        self.took(("years", years))
        return years

    def looked_read(self, node: Looked, at: At) -> Quantity:
        """The most local layer that has an entry for its day speaks."""
        speaking = self.speaking[node.parameter]
        for parameter in speaking:
            day = self.claim.facts.get(parameter.by.path, UNKNOWN)
            if day is UNKNOWN:
                raise self.gaps(at, *{p.by.path for p in speaking if p.by.path not in self.claim.facts})
            if day is not None and any(day in version.period for version in parameter.versions):
                return self._answered(parameter, day, node, at)
        raise self.gaps(at, f"parameter:{speaking[0].layer}/{node.parameter}")

    def _answered(self, parameter: object, day: datetime.date, node: Looked, at: At) -> Quantity:
        given = [tried(lambda key=key: self._key(key, at)) for key in node.keys or [key.name for key in parameter.keys]]
        keys: list[Given] = [UNKNOWN if isinstance(key, Missing) else key for key in given]
        found = answer(parameter, day, keys)
        if found is None and could_answer(parameter, day, keys):
            all_of(given)
        if found is None:
            raise self.gaps(at, f"parameter:{parameter.layer}/{parameter.name}")
        return found

    def _key(self, key: Amount | str, at: At) -> Given:
        """A value of the plan or a fact; a fact that is known not to be is `none`."""
        fact = key.term if isinstance(key, OfFact) else None
        name = key if isinstance(key, str) else fact.path if isinstance(fact, FactTerm) else None
        if name is None:
            return self.worth(key, at)
        if name in self.steps:
            return self.named(name)
        if name not in self.claim.facts:
            raise self.gaps(at, name)
        return self.claim.facts[name]

    def sum_read(self, node: SumOfLines, at: At) -> int:
        """A line whose part is 0 adds nothing whatever it is, so it is asked nothing."""
        added = []
        for each in self.lines:
            part = each.parts[node.part.value]
            chosen = False
            if part != 0:
                sight = evolve(self.sight, line=each.line)
                chosen = tried(lambda sight=sight: holds(node.where, sight, self.asked(at)))
            if chosen is True and part is None:
                chosen = Missing((path, each.line.line_id, self.asked(at)) for path in each.absent)
            added.append(chosen if isinstance(chosen, Missing) else part if chosen else 0)
        return sum(all_of(added))

    def facts_under(self, node: object) -> set[str]:
        """The facts and parameters that a value hangs on, through the values that it names."""
        if isinstance(node, FactTerm):
            return {node.path}
        if isinstance(node, Named | Earlier):
            return self.facts_under(self.steps[node.name].amount) if node.name in self.steps else set()
        if isinstance(node, Looked):
            parameter = f"parameter:{self.speaking[node.parameter][0].layer}/{node.parameter}"
            return {parameter, *(path for key in node.keys for path in self.facts_under(key))}
        inner = node if isinstance(node, tuple) else attrs.astuple(node, recurse=False) if attrs.has(type(node)) else ()
        return {path for each in inner for path in self.facts_under(each)}


def told(found: Quantity | Missing) -> Quantity:
    """The value. Raises Missing where there is none."""
    if isinstance(found, Missing):
        raise found
    return found


def _birthday(born: datetime.date, years: int) -> datetime.date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return datetime.date(born.year + years, 3, 1)
