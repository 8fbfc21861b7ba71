"""The last day of a period: days, working days, months and years counted from an event.

Counted as the Civil Code counts (民法典 articles 201 to 203): the day of the event is not counted; a month or year ends
on the day that corresponds to it, or on the month's last day where there is none; where the last day is off, the next
working day is the last. Whoever sets the deadline says whether it rolls on so, since other provisions can differ
(article 204). Nothing here knows what a deadline is for, or what day it is.
"""

from __future__ import annotations

import datetime
from calendar import monthrange
from enum import Enum

from attrs import frozen

from yibao.basics.periods import FIRST_DAY, LAST_DAY, is_nameable
from yibao.model.calendar import Calendar, PublishedDays

LONGEST = 10_000
_ONE_DAY = datetime.timedelta(days=1)
_MONTHS_OF_A_YEAR = 12


class DeadlineUnit(Enum):
    """What the length of a period counts."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    YEARS = "years"


@frozen(kw_only=True)
class DeadlineDay:
    """The last day of a period. `provisional`: some day looked at was not published, and is judged by weekends alone.

    `calendar` and `published_until` name what was asked; both are None where no calendar had to be, and
    `published_until` also where nothing of the calendar was published yet.
    """

    day: datetime.date
    provisional: bool
    calendar: str | None
    published_until: datetime.date | None


def last_day(
    start: datetime.date,
    length: int,
    unit: DeadlineUnit,
    calendar: Calendar | None,
    *,
    rolls: bool,
    as_of: datetime.date | None,
) -> DeadlineDay:
    """The last day of the period of `length` units that an event on `start` begins.

    `rolls`: a last day that is off gives way to the next working day; a period of working days ends on one anyway.
    `as_of` leaves out what of the calendar was published later (None: nothing). Without `rolls` only working days ask a
    calendar. Raises ValueError for a length outside 1 to 10,000, for days outside 1900 to 2199, and where the calendar
    that has to be asked is None.
    """
    if not 1 <= length <= LONGEST:
        raise ValueError(f"a period has from 1 to {LONGEST} units, not {length}")
    _check(start)
    if unit is not DeadlineUnit.WORKING_DAYS and not rolls:
        return DeadlineDay(day=_end(start, length, unit), provisional=False, calendar=None, published_until=None)
    if calendar is None:
        raise ValueError("working days and days that roll on are counted by a calendar")
    days = calendar.published_by(as_of)
    if unit is DeadlineUnit.WORKING_DAYS:
        first, end = start + _ONE_DAY, _working_day(start, length, days)
    else:
        first = _end(start, length, unit)
        end = first if days.is_working(first) else _working_day(first, 1, days)
    covered = days.covers(first) and days.covers(end)
    return DeadlineDay(day=end, provisional=not covered, calendar=days.calendar, published_until=days.until)


def _end(start: datetime.date, length: int, unit: DeadlineUnit) -> datetime.date:
    """The last day of a period that is not counted in working days, before it rolls on."""
    if unit is DeadlineUnit.CALENDAR_DAYS:
        return _check(start + datetime.timedelta(days=length))
    months = length * _MONTHS_OF_A_YEAR if unit is DeadlineUnit.YEARS else length
    years, before = divmod(start.month - 1 + months, _MONTHS_OF_A_YEAR)
    year, month = start.year + years, before + 1
    if year > LAST_DAY.year:
        raise _outside()
    return datetime.date(year, month, min(start.day, monthrange(year, month)[1]))


def _working_day(start: datetime.date, length: int, days: PublishedDays) -> datetime.date:
    """The working day that is number `length` after the start."""
    day, left = start, length
    while left:
        day = _check(day + _ONE_DAY)
        left -= days.is_working(day)
    return day


def _check(day: datetime.date) -> datetime.date:
    if not is_nameable(day):
        raise _outside()
    return day


def _outside() -> ValueError:
    return ValueError(f"a deadline lies from {FIRST_DAY} to {LAST_DAY}")
