"""Calendars of working days: which weekdays are off and which weekend days are worked, year by year as published.

A calendar knows nothing beyond the years that were published. What is asked of other days is answered by weekends
alone, and `PublishedDays.covers` says that it was; arithmetic with periods is in `yibao.model.deadlines`.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property

from attrs import field, frozen

from yibao.basics.problems import Place
from yibao.model.citations import Citation
from yibao.model.facts import Title

_SATURDAY = 5
_ONE_DAY = datetime.timedelta(days=1)


def is_weekend(day: datetime.date) -> bool:
    """Whether the day is a Saturday or a Sunday."""
    return day.weekday() >= _SATURDAY


@frozen(kw_only=True)
class Holiday:
    """Days off in a row, `first` and `last` included, under the name that the notice gives them."""

    name: str
    first: datetime.date
    last: datetime.date
    place: Place = field(eq=False)

    def days(self) -> Iterator[datetime.date]:
        """Every day of the holiday, weekends among them."""
        day = self.first
        while day <= self.last:
            yield day
            day += _ONE_DAY


@frozen(kw_only=True)
class YearSchedule:
    """What one notice leaves of a year: all of its holidays, and the weekend days worked for them.

    A notice that changes a year in its course gives one more schedule of that year, published later. A schedule may
    reach into the December before its year.
    """

    year: int
    published: datetime.date
    holidays: tuple[Holiday, ...]
    working_weekends: tuple[datetime.date, ...]
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)


@frozen(kw_only=True)
class PublishedDays:
    """What of a calendar was published by some day: every day from `first` to `until`, or nothing where both are None.

    `days_off` are weekdays, `working_weekends` Saturdays and Sundays.
    """

    calendar: str
    first: datetime.date | None
    until: datetime.date | None
    days_off: frozenset[datetime.date]
    working_weekends: frozenset[datetime.date]

    def covers(self, day: datetime.date) -> bool:
        """Whether the schedule of the day was published, so that `is_working` is more than a guess by weekends."""
        return self.first is not None and self.until is not None and self.first <= day <= self.until

    def is_working(self, day: datetime.date) -> bool:
        """Whether the day is worked; of a day that is not covered, whether it is from Monday to Friday."""
        if is_weekend(day):
            return day in self.working_weekends
        return day not in self.days_off


@frozen(kw_only=True)
class Calendar:
    """A calendar of working days. `schedules` come in the order of their years, and those of one year as published.

    `published_until` is the last day of which the calendar says anything.
    """

    name: str
    layer: str
    title: Title
    published_until: datetime.date
    schedules: tuple[YearSchedule, ...]
    place: Place = field(eq=False)

    def published_by(self, as_of: datetime.date | None) -> PublishedDays:
        """What was published by a day (None: everything that the calendar holds)."""
        if as_of is None:
            return self._by_publication[-1][1]
        return self._by_publication[bisect_right(self._by_publication, as_of, key=lambda entry: entry[0]) - 1][1]

    @cached_property
    def _by_publication(self) -> tuple[tuple[datetime.date, PublishedDays], ...]:
        """What is known from each day of a publication on, before the first of them nothing."""
        turns = sorted({schedule.published for schedule in self.schedules})
        return tuple((turn, self._known(turn)) for turn in (datetime.date.min, *turns))

    def _known(self, turn: datetime.date) -> PublishedDays:
        current = {each.year: each for each in self.schedules if each.published <= turn}
        years = set(_unbroken(current))
        standing = [schedule for year, schedule in current.items() if year in years]
        first = datetime.date(min(years), 1, 1) if years else None
        until = min(self.published_until, datetime.date(max(years), 12, 31)) if years else None
        off = (day for schedule in standing for holiday in schedule.holidays for day in holiday.days())
        return PublishedDays(
            calendar=self.name,
            first=first,
            until=until,
            days_off=frozenset(day for day in off if not is_weekend(day)),
            working_weekends=frozenset(day for schedule in standing for day in schedule.working_weekends),
        )


def _unbroken(years: Iterable[int]) -> Iterator[int]:
    """The years from the first on, as far as none is missing between them."""
    ordered = sorted(years)
    return (year for number, year in enumerate(ordered) if year == ordered[0] + number)
