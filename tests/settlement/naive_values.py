"""The values of a plan for the naive evaluator (`docs/settlement.md`, 3), in exact fractions.

An unknown value is an exception that lists what is missing. Where `trail` is a list, each turn taken on the way (which
operand of a `min`, which branch, which band, whether a limit cut) is noted in it: claims with one trail lie in one
stretch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from attrs import mutable

from tests.settlement.naive_claims import At, Quantity, Reads, Refused, told
from tests.settlement.naive_reading import COMPARE, Missing, all_of, decided, holds, tried
from yibao.model.amounts import (
    Amount,
    Banded,
    Both,
    Choice,
    CompareAmounts,
    CompletedYears,
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
from yibao.model.plan import BandRounding, Ties


@mutable(kw_only=True, eq=False)
class Values(Reads):
    """The values of a plan for a claim. What segments did is told by who inherits from this."""

    def of_segment(self, part: SegmentPart, name: str) -> int:
        raise NotImplementedError

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
                return self.fact_read(term, dimension, at)
            case CompletedYears(start, end):
                return self.years_read(start, end, at)
            case Looked():
                return self.looked_read(node, at)
            case SumOfLines():
                return self.sum_read(node, at)
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
            raise self.gaps(at, *self.facts_under(number))
        self.took(("place", place))
        return self.worth(listed[place - 1] if place <= len(listed) else last, at)

    def true(self, test: Test, at: At) -> bool:
        """Whether a test of the plan is true. Raises Missing."""
        match test:
            case OfFacts(condition):
                return holds(condition, self.sight, self.asked(at))
            case Neither(inner):
                return not self.true(inner, at)
            case Both(tests) | Either(tests):
                truths = [tried(lambda each=each: self.true(each, at)) for each in tests]
                return decided(truths, by=isinstance(test, Either))
            case CompareAmounts(sign, left, right):
                found = all_of(tried(lambda each=each: self.worth(each, at)) for each in (left, right))
                return None not in found and COMPARE[sign](*found)
