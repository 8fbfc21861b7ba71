"""A segment as a function of a run: what its payer pays of its base, and what a later one can ask of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from attrs import frozen

from yibao.model.amounts import SegmentPart
from yibao.model.plan import Counts
from yibao.settlement.absence import Missed, together
from yibao.settlement.arithmetic import whole
from yibao.settlement.run import PENDING, Ask, AskTruth, Quantity, Run, SegmentRun


@frozen(kw_only=True, eq=False)
class Paying:
    """A segment made ready. `falls` refuses a `pays` that falls while its base grows."""

    place: int
    when: AskTruth | None
    base: Ask
    pays: Ask
    limit: Ask | None
    counts: Counts
    falls: Callable[[int, int], None]

    def run(self, run: Run) -> SegmentRun:
        """The segment in this run, worked out once."""
        known = run.segments[self.place]
        if known is None:
            known = run.segments[self.place] = SegmentRun()
            self._work_out(run, known)
        return known

    def _work_out(self, run: Run, into: SegmentRun) -> None:
        applies = True if self.when is None else self.when(run)
        if applies is False:
            into.base = PENDING
            return
        base = into.base = self.base(run)
        if base == 0:
            return
        outer, run.base = run.base, base
        try:
            if isinstance(applies, Missed) or isinstance(base, Missed):
                into.paid = into.cut = self._unknown(run, applies, base)
            else:
                into.active = True
                self._pay(run, into, whole(base))
        finally:
            run.base = outer

    def _unknown(self, run: Run, *reasons: bool | Quantity) -> Missed:
        """Why the payment is unknown, and what else will be asked once that is known."""
        further = [self.pays(run), None if self.limit is None else self.limit(run)]
        return together([*reasons, *further])

    def _pay(self, run: Run, into: SegmentRun, base: int) -> None:
        into.cut = base
        if self.limit is not None and self.counts is Counts.BASE:
            limit = into.limit = self.limit(run)
            run.base = into.cut = limit if isinstance(limit, Missed) else min(base, whole(limit))
            if into.cut == 0:
                return
        pays = into.pays = self.pays(run)
        if pays == 0:
            return
        least: list[Quantity] = [pays, into.cut]
        if self.limit is not None and self.counts is Counts.PAID:
            run.base = base
            into.limit = self.limit(run)
            least.append(into.limit)
        if 0 in least:
            return
        unknown = [value for value in least if isinstance(value, Missed)]
        into.paid = together(unknown) if unknown else min(map(whole, least))

    def part(self, part: SegmentPart, run: Run) -> Quantity:
        """What a later step asks of the segment."""
        found = self.run(run)
        if part in (SegmentPart.BASE, SegmentPart.LEFT) and found.base is PENDING:
            # The segment does not apply and did not read its base; all of it is left for those that ask.
            found.base = self.base(run)
        match part:
            case SegmentPart.BASE:
                return found.base
            case SegmentPart.PAID:
                return found.paid
            case SegmentPart.LEFT:
                if isinstance(found.base, Missed) or isinstance(found.paid, Missed):
                    return together([found.base, found.paid])
                return whole(found.base) - whole(found.paid)
            case SegmentPart.BEYOND:
                if found.beyond is PENDING:
                    found.beyond = self._beyond(run, found)
                return found.beyond

    def _beyond(self, run: Run, found: SegmentRun) -> Quantity:
        """The part of the base that the limit kept the segment from: nothing, where the segment does not apply."""
        if self.limit is None or (not found.active and not isinstance(found.paid, Missed)):
            return 0
        if isinstance(found.base, Missed) or isinstance(found.paid, Missed):
            return together([found.base, found.paid])
        base = whole(found.base)
        if self.counts is Counts.BASE:
            return found.cut if isinstance(found.cut, Missed) else base - whole(found.cut)
        outer, run.base = run.base, base
        try:
            # A segment that pays nothing did not read its limit.
            limit = self.limit(run) if found.limit is None else found.limit
            return limit if isinstance(limit, Missed) else self._unreached(run, base, whole(limit))
        finally:
            run.base = outer

    def _unreached(self, run: Run, base: int, limit: int) -> Quantity:
        """The base without the least amount for which the segment would pay its limit; 0 if it does not reach it.

        The run goes on with what its look-ups found for the base itself; what they find for that least amount is noted
        apart. A look-up that the base itself did not ask keeps what it found: a value may have been worked out by it.
        """
        applied = list(run.found)
        least = self._least(run, base, limit)
        if not isinstance(least, Missed) and 0 < least < base:
            run.base = least
            self.pays(run)
            run.reached.extend(found for found in run.found if found is not None)
        run.found[:] = [now if was is None else was for was, now in zip(applied, run.found, strict=True)]
        return least if isinstance(least, Missed) else base - least

    def _least(self, run: Run, base: int, limit: int) -> int | Missed:
        """The least amount for which the segment would pay its limit; the whole base if it does not reach it."""
        seen: dict[int, int] = {}

        def pays(amount: int) -> int | Missed:
            run.base = amount
            found = self.pays(run) if amount else 0
            if isinstance(found, Missed):
                return found
            seen[amount] = min(whole(found), amount)
            return seen[amount]

        low, high = 0, base
        whole_base = pays(base)
        if isinstance(whole_base, Missed) or whole_base < limit:
            return whole_base if isinstance(whole_base, Missed) else base
        while low < high:
            middle = (low + high) // 2
            found = pays(middle)
            if isinstance(found, Missed):
                return found
            low, high = (low, middle) if found >= limit else (middle + 1, high)
        self._must_grow(seen)
        return low

    def _must_grow(self, seen: dict[int, int]) -> None:
        """Whether what is paid grew with the base wherever it was looked at."""
        amounts = sorted(seen)
        for smaller, greater in itertools.pairwise(amounts):
            if seen[smaller] > seen[greater]:
                self.falls(smaller, greater)
