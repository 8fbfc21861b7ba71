"""The segments of a plan for the naive evaluator (`docs/settlement.md`, 4): what each pays, leaves, and can't reach."""

from __future__ import annotations

from attrs import evolve, field, frozen, mutable

from tests.settlement.naive_claims import At, told
from tests.settlement.naive_reading import Missing, all_of, tried
from tests.settlement.naive_values import Values
from yibao.model.amounts import SegmentPart
from yibao.model.plan import Counts, Segment


@frozen(kw_only=True)
class Paid:
    """What came of a segment. `base` is None where its condition is false, so that it was not read; `cut` is what the
    limit left of the base to pay on."""

    applies: bool
    base: int | Missing | None
    cut: int | Missing = 0
    paid: int | Missing = 0


@mutable(kw_only=True, eq=False)
class Part(Values):
    """One plan worked out for one claim, or for one part of a split stay."""

    segments: dict[str, Paid] = field(factory=dict)

    def segment(self, name: str) -> Paid:
        """A segment, worked out once."""
        if name not in self.segments:
            self.segments[name] = self._segment(self.steps[name])
        return self.segments[name]

    def _segment(self, segment: Segment) -> Paid:
        at = At(step=segment.name)
        applies = True if segment.when is None else tried(lambda: self.true(segment.when, at))
        if applies is False:
            return Paid(applies=False, base=None)
        base = tried(lambda: self.worth(segment.base, at))
        if base == 0:
            return Paid(applies=False, base=0)
        at = evolve(at, base=base)
        limit = None if segment.limit is None else tried(lambda: self.worth(segment.limit, at))
        if isinstance(applies, Missing) or isinstance(base, Missing):
            pays = tried(lambda: self.worth(segment.pays, at))
            unknown = _together(applies, base, pays, limit)
            return Paid(applies=True, base=base, cut=unknown, paid=unknown)
        cut = base if limit is None or segment.counts is Counts.PAID else _least(base, limit)
        pays = tried(lambda: self.worth(segment.pays, evolve(at, base=cut)))
        paid = _least(pays, cut, *([] if limit is None else [limit]))
        self.took(("limited", limit is not None and paid == limit))
        return Paid(applies=True, base=base, cut=cut, paid=paid)

    def of_segment(self, part: SegmentPart, name: str) -> int:
        """What a later step asks of a segment. One that does not apply leaves all of its base."""
        segment, found = self.steps[name], self.segment(name)
        if found.base is None and part in (SegmentPart.BASE, SegmentPart.LEFT):
            return self.worth(segment.base, At(step=name))
        match part:
            case SegmentPart.BASE:
                return told(found.base)
            case SegmentPart.PAID:
                return told(found.paid)
            case SegmentPart.LEFT:
                base, paid = all_of([found.base, found.paid])
                return base - paid
        return self._beyond(segment, found)

    def _beyond(self, segment: Segment, found: Paid) -> int:
        """What the limit kept the segment from."""
        if not found.applies or segment.limit is None:
            return 0
        base, _paid = all_of([found.base, found.paid])
        if segment.counts is Counts.BASE:
            return base - told(found.cut)
        at = At(step=segment.name, base=base)
        limit = self.worth(segment.limit, at)

        def reaches(amount: int) -> bool:
            pays = 0 if amount == 0 else self.worth(segment.pays, evolve(at, base=amount))
            return min(pays, amount) >= limit

        trail, self.trail = self.trail, None
        try:
            low, high = 0, base
            if not reaches(base):
                return 0
            while low < high:
                low, high = (low, (low + high) // 2) if reaches((low + high) // 2) else ((low + high) // 2 + 1, high)
        finally:
            self.trail = trail
        return base - low


def _least(*found: int | Missing) -> int | Missing:
    """The least, which is 0 as soon as one of them is."""
    return 0 if 0 in found else tried(lambda: min(all_of(found)))


def _together(*found: object) -> Missing:
    return Missing(gap for each in found if isinstance(each, Missing) for gap in each.gaps)
