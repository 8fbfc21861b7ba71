"""The values and segments of a plan for the naive evaluator (`docs/settlement.md`, 3 and 4), in exact fractions.

An unknown value is an exception that lists what is missing. Where `trail` is a list, each turn taken on the way (which
operand of a `min`, which branch, which band, whether a limit cut) is noted in it: claims with one trail lie in one
stretch.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import attrs
from attrs import evolve, field, frozen, mutable

from tests.settlement.naive_reading import (
    COMPARE,
    Missing,
    Sight,
    all_of,
    answer,
    could_answer,
    decided,
    holds,
    tried,
    value,
)
from yibao.model.amounts import (
    Amount,
    Banded,
    Both,
    Choice,
    CompareAmounts,
    CompletedYears,
    Dimension,
    Earlier,
    Either,
    Fixed,
    Greatest,
    Least,
    Less,
    Looked,
    Named,
    Neither,
    OfFact,
    OfFacts,
    OfSegment,
    Plus,
    SegmentPart,
    Series,
    Share,
    SumOfLines,
    Test,
    Times,
    WholeQuotient,
)  # fmt: skip
from yibao.model.claim import Claim, Line
from yibao.model.expressions import FactTerm
from yibao.model.facts import UNKNOWN, Given
from yibao.model.parameters import Parameter
from yibao.model.plan import BandRounding, NamedValue, Plan, Segment, Ties
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
class Values:
    """The values of a plan for a claim, or for one part of a split stay. `speaking` has the parameters of each name in
    the layers of the plan's chain, the most local first. What segments did is told by who inherits from this."""

    policy: Policy
    plan: Plan
    speaking: Mapping[str, Sequence[Parameter]]
    claim: Claim
    lines: Sequence[SplitLine]
    number: int
    before: Values | None
    trail: list[object] | None
    known: dict[str, Quantity | Missing] = field(factory=dict)
    steps: dict[str, NamedValue | Segment] = field(init=False)
    sight: Sight = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.steps = {step.name: step for step in self.plan.steps}
        self.sight = Sight(policy=self.policy, claim=self.claim, line=None)

    def of_segment(self, part: SegmentPart, name: str) -> int:
        raise NotImplementedError

    def took(self, turn: object) -> None:
        if self.trail is not None:
            self.trail.append(turn)

    def named(self, name: str) -> Quantity:
        """A named value of the plan, worked out once."""
        if name not in self.known:
            self.known[name] = tried(lambda: self.worth(self.steps[name].amount, At(step=name)))
        return told(self.known[name])

    def worth(self, node: Amount, at: At) -> Quantity:
        """The value of a node. Raises Missing."""
        match node:
            case Fixed(written, _):
                return written
            case Named("base", _):
                return told(at.base)
            case Named("personal", _):
                return told(at.personal)
            case Named("part", _):
                return self.number
            case Named(name, _):
                return self.named(name)
            case Earlier(name, _):
                return 0 if self.before is None else self.before.named(name)
            case OfFact(term, dimension):
                return self._fact(term, dimension, at)
            case CompletedYears(start, end):
                return self._years(start, end, at)
            case Looked():
                return self._looked(node, at)
            case SumOfLines():
                return self._sum(node, at)
            case OfSegment(part, name):
                return self.of_segment(part, name)
            case Banded():
                return self._banded(node, at)
            case Choice(test, then, otherwise):
                return self._choice(test, then, otherwise, at)
            case Series(number, listed, last):
                return self._series(number, listed, last, at)
        return self._worked(node, at)

    def _worked(self, node: Amount, at: At) -> Quantity:
        """What works with other values: all of them are read, but a 0 that decides needs no other."""

        def read(*nodes: Amount) -> list[Quantity | Missing]:
            return [tried(lambda each=each: self.worth(each, at)) for each in nodes]

        match node:
            case Plus(parts, _):
                return sum(all_of(read(*parts)))
            case Least(parts, _):
                found = read(*parts)
                return 0 if 0 in found else self._chosen(min, all_of(found))
            case Greatest(parts, _):
                return self._chosen(max, all_of(read(*parts)))
            case Less(whole, deduction, _):
                found = read(whole, deduction)
                if found[0] == 0:
                    return 0
                first, second = all_of(found)
                self.took(("less", first > second))
                return max(first - second, 0)
            case Times(left, right, _):
                found = read(left, right)
                return 0 if 0 in found else found[0] * found[1] if all_of(found) else 0
            case WholeQuotient(number, divisor):
                (found,) = all_of(read(number))
                self.took(("quotient", found // divisor))
                return found // divisor
            case Share(whole, rate):
                found = read(whole, rate)
                if 0 in found:
                    return 0
                amount, part = all_of(found)
                if part > 1:
                    raise Refused("rate-above-whole")
                self.took(("rate", part))
                return self._rounded(amount * part)
        raise TypeError(f"no value: {node}")

    def _chosen(self, choose: Callable[[list[Quantity]], Quantity], found: list[Quantity]) -> Quantity:
        self.took(("chosen", found.index(choose(found))))
        return choose(found)

    def _rounded(self, exact: Fraction | int) -> int:
        self.took("rounded")
        floor = exact // 1
        twice = 2 * (exact - floor)
        up = twice > 1 or (twice == 1 and (self.plan.rounding.ties is Ties.UP or floor % 2 == 1))
        return int(floor) + up

    def _asked(self, at: At) -> str:
        return f"{self.plan.id}/{at.step}"

    def _gaps(self, at: At, *paths: str) -> Missing:
        return Missing((path, None, self._asked(at)) for path in paths)

    def _fact(self, term: object, dimension: Dimension, at: At) -> Quantity:
        found = value(term, self.sight)
        if dimension is Dimension.CODE and found is not UNKNOWN:
            return found
        if found is UNKNOWN or found is None:
            absent = list(self.sight.absent(term, self._asked(at)))
            raise Missing(absent) if absent else self._gaps(at, *(fact.path for fact in facts_in(term)))
        return Fraction(found, 10_000) if dimension is Dimension.RATE else max(found, 0)

    def _years(self, start: FactTerm, end: FactTerm, at: At) -> int:
        born, day = (self.claim.facts.get(fact.path, UNKNOWN) for fact in (start, end))
        lacking = [f.path for f, found in ((start, born), (end, day)) if not isinstance(found, datetime.date)]
        if lacking:
            raise self._gaps(at, *lacking)
        years = 0
        while _birthday(born, years + 1) <= day:
            years += 1
        self.took(("years", years))
        return years

    def _looked(self, node: Looked, at: At) -> Quantity:
        """The most local layer that has an entry for its day speaks."""
        speaking = self.speaking[node.parameter]
        for parameter in speaking:
            day = self.claim.facts.get(parameter.by.path, UNKNOWN)
            if day is UNKNOWN:
                raise self._gaps(at, *{p.by.path for p in speaking if p.by.path not in self.claim.facts})
            if day is not None and any(day in version.period for version in parameter.versions):
                return self._answered(parameter, day, node, at)
        raise self._gaps(at, f"parameter:{speaking[0].layer}/{node.parameter}")

    def _answered(self, parameter: object, day: datetime.date, node: Looked, at: At) -> Quantity:
        given = [tried(lambda key=key: self._key(key, at)) for key in node.keys or [key.name for key in parameter.keys]]
        keys: list[Given] = [UNKNOWN if isinstance(key, Missing) else key for key in given]
        found = answer(parameter, day, keys)
        if found is None and could_answer(parameter, day, keys):
            all_of(given)
        if found is None:
            raise self._gaps(at, f"parameter:{parameter.layer}/{parameter.name}")
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
            raise self._gaps(at, name)
        return self.claim.facts[name]

    def _sum(self, node: SumOfLines, at: At) -> int:
        """A line whose part is 0 adds nothing whatever it is, so it is asked nothing."""
        added = []
        for each in self.lines:
            part = each.parts[node.part.value]
            chosen = False
            if part != 0:
                sight = evolve(self.sight, line=each.line)
                chosen = tried(lambda sight=sight: holds(node.where, sight, self._asked(at)))
            if chosen is True and part is None:
                chosen = Missing((path, each.line.line_id, self._asked(at)) for path in each.absent)
            added.append(chosen if isinstance(chosen, Missing) else part if chosen else 0)
        return sum(all_of(added))

    def _banded(self, node: Banded, at: At) -> int:
        """Stretch by stretch; beyond the last edge nothing is paid."""
        asked = [node.amount, node.bands, *([] if node.start is None else [node.start])]
        found = [tried(lambda each=each: self.worth(each, at)) for each in asked]
        if found[0] == 0:
            return 0
        amount, bands, begin = (*all_of(found), 0)[:3]
        low, pieces = begin, []
        for place, band in enumerate(bands):
            high = begin + amount if band.upto_fen is None else min(band.upto_fen, begin + amount)
            if high > low:
                pieces.append((high - low) * band.rate)
                self.took(("band", place, band.rate))
                low = high
        if self.plan.rounding.bands is BandRounding.EACH:
            return sum(self._rounded(piece) for piece in pieces)
        return self._rounded(sum(pieces))

    def _choice(self, test: Test, then: Amount, otherwise: Amount, at: At) -> Quantity:
        """While the condition is open both branches may be read, so both tell what they lack."""
        truth = tried(lambda: self.true(test, at))
        if isinstance(truth, Missing):
            branches = [tried(lambda each=each: self.worth(each, at)) for each in (then, otherwise)]
            all_of([truth, *branches])
        self.took(("branch", truth))
        return self.worth(then if truth else otherwise, at)

    def _series(self, number: Amount, listed: Sequence[Amount], last: Amount, at: At) -> Quantity:
        place = self.worth(number, at)
        if place < 1:
            raise self._gaps(at, *self._facts_under(number))
        self.took(("place", place))
        return self.worth(listed[place - 1] if place <= len(listed) else last, at)

    def _facts_under(self, node: object) -> set[str]:
        """The facts and parameters that a value hangs on, through the values that it names."""
        if isinstance(node, FactTerm):
            return {node.path}
        if isinstance(node, Named | Earlier):
            return self._facts_under(self.steps[node.name].amount) if node.name in self.steps else set()
        if isinstance(node, Looked):
            parameter = f"parameter:{self.speaking[node.parameter][0].layer}/{node.parameter}"
            return {parameter, *(path for key in node.keys for path in self._facts_under(key))}
        inner = node if isinstance(node, tuple) else attrs.astuple(node, recurse=False) if attrs.has(type(node)) else ()
        return {path for each in inner for path in self._facts_under(each)}

    def true(self, test: Test, at: At) -> bool:
        """Whether a test of the plan is true. Raises Missing."""
        match test:
            case OfFacts(condition):
                return holds(condition, self.sight, self._asked(at))
            case Neither(inner):
                return not self.true(inner, at)
            case Both(tests) | Either(tests):
                truths = [tried(lambda each=each: self.true(each, at)) for each in tests]
                return decided(truths, by=isinstance(test, Either))
            case CompareAmounts(sign, left, right):
                found = all_of(tried(lambda each=each: self.worth(each, at)) for each in (left, right))
                return None not in found and COMPARE[sign](*found)


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
