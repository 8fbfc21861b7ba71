"""The deadlines of a step for one claim: the days between which it may be taken, and whether it was early or late.

A deadline refuses what is surely early or late and nothing else: while a day or a length is unknown it does not run,
and while a calendar that was counted is not published the day is provisional and refuses nobody. What a length is and
which calendar counts is asked of the policy, through what the caller hands in.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

from attrs import frozen

from yibao.model.calendar import Calendar
from yibao.model.chart import Bound, Deadline
from yibao.model.claim import Claim
from yibao.model.deadlines import LONGEST, DeadlineDay, DeadlineUnit, last_day

_ONE_DAY = datetime.timedelta(days=1)


@frozen(kw_only=True)
class Length:
    """How long a deadline of a claim is: a number of days or months."""

    number: int
    months: bool


LengthOf = Callable[[str, Claim], Length | None]
"""The length that a parameter has for a claim; None where it is not known."""


@frozen(kw_only=True)
class Reckoning:
    """By what deadlines are reckoned. `as_of` is the day of the command: what was published later is not looked at."""

    length_of: LengthOf
    calendar: Calendar | None
    as_of: datetime.date | None


@frozen(kw_only=True)
class Running:
    """A deadline that runs for a claim.

    `last` is the last day in time, or the first day of one that guards against being early. `on` is the day that was
    held against it, None while it is not known.
    """

    deadline: Deadline
    last: DeadlineDay
    on: datetime.date | None

    @property
    def is_early(self) -> bool:
        """Whether the step is surely too early."""
        return self._is_sure_of(Bound.AT_LEAST) and self.on is not None and self.on < self.last.day

    @property
    def is_late(self) -> bool:
        """Whether the step is surely too late."""
        return self._is_sure_of(Bound.AT_MOST) and self.on is not None and self.on > self.last.day

    @property
    def is_missed(self) -> bool:
        """Whether the step is refused for it."""
        return self.is_early or (self.is_late and self.deadline.refuses)

    def has_passed(self, day: datetime.date) -> bool:
        """Whether its last day is surely over on a day, and its own day is not known to be in time."""
        over = self._is_sure_of(Bound.AT_MOST) and self.last.day < day
        return over and (self.on is None or self.is_late)

    def _is_sure_of(self, bound: Bound) -> bool:
        return self.deadline.bound is bound and not self.last.provisional


def running(deadline: Deadline, claim: Claim, reckoning: Reckoning) -> Running | None:
    """The deadline as it runs for the claim; None while it does not run."""
    start, on = claim.given(deadline.after), claim.given(deadline.on)
    length = reckoning.length_of(deadline.parameter, claim)
    if not isinstance(start, datetime.date) or length is None:
        return None
    end = _end(deadline, start, length, reckoning)
    return (
        None if end is None else Running(deadline=deadline, last=end, on=on if isinstance(on, datetime.date) else None)
    )


def _end(deadline: Deadline, start: datetime.date, length: Length, reckoning: Reckoning) -> DeadlineDay | None:
    """The day that the length leads to; the day itself where it is nothing. None beyond what can be reckoned."""
    if length.number == 0:
        return DeadlineDay(day=start, provisional=False, calendar=None, published_until=None)
    counts = DeadlineUnit.WORKING_DAYS if deadline.working_days else DeadlineUnit.CALENDAR_DAYS
    needs_calendar = deadline.working_days or deadline.rolls
    if not 0 < length.number <= LONGEST or (needs_calendar and reckoning.calendar is None):
        return None
    try:
        return last_day(
            start,
            length.number,
            DeadlineUnit.MONTHS if length.months else counts,
            reckoning.calendar,
            rolls=deadline.rolls,
            as_of=reckoning.as_of,
        )
    except ValueError:
        return None
