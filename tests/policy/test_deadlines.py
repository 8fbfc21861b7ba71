"""The last day of a period: what is counted, where months end, what rolls on, and when the answer is provisional."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Callable

import holidays
import pytest
from chinese_calendar import is_workday
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import small_calendars
from tests.support.bundled import policy
from yibao.basics.periods import FIRST_DAY, LAST_DAY
from yibao.model.calendar import Calendar, PublishedDays
from yibao.model.deadlines import LONGEST, DeadlineDay, DeadlineUnit, last_day

DAYS, WORKING = DeadlineUnit.CALENDAR_DAYS, DeadlineUnit.WORKING_DAYS
MONTHS, YEARS = DeadlineUnit.MONTHS, DeadlineUnit.YEARS
ONE_DAY = datetime.timedelta(days=1)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def days_from(first: str, last: str) -> list[datetime.date]:
    return [day(first) + number * ONE_DAY for number in range((day(last) - day(first)).days + 1)]


def shipped() -> Calendar:
    return policy().calendars["working-days"]


def counted(
    start: str, length: int, unit: DeadlineUnit, rolls: bool = False, as_of: str | None = None
) -> tuple[str, bool]:
    """The last day by the shipped calendar, and whether it is provisional."""
    found = last_day(day(start), length, unit, shipped(), rolls=rolls, as_of=None if as_of is None else day(as_of))
    return found.day.isoformat(), found.provisional


@pytest.mark.parametrize(
    ("start", "length", "unit", "last"),
    [
        ("2023-03-01", 1, DAYS, "2023-03-02"),
        ("2023-03-01", 30, DAYS, "2023-03-31"),
        ("2024-02-28", 2, DAYS, "2024-03-01"),
        ("2023-01-15", 1, MONTHS, "2023-02-15"),
        ("2023-01-31", 1, MONTHS, "2023-02-28"),
        ("2024-01-31", 1, MONTHS, "2024-02-29"),
        ("2023-02-28", 1, MONTHS, "2023-03-28"),
        ("2023-08-31", 1, MONTHS, "2023-09-30"),
        ("2023-12-31", 2, MONTHS, "2024-02-29"),
        ("2023-11-30", 13, MONTHS, "2024-12-30"),
        ("2023-12-05", 12, MONTHS, "2024-12-05"),
        ("2024-02-29", 1, YEARS, "2025-02-28"),
        ("2024-02-29", 4, YEARS, "2028-02-29"),
        ("2023-06-30", 3, YEARS, "2026-06-30"),
        ("2199-01-31", 1, MONTHS, "2199-02-28"),
    ],
)
def test_the_day_of_the_event_is_not_counted_and_a_month_without_its_day_ends_with_its_last(
    start: str, length: int, unit: DeadlineUnit, last: str
) -> None:
    found = last_day(day(start), length, unit, None, rolls=False, as_of=None)
    assert found == DeadlineDay(day=day(last), provisional=False, calendar=None, published_until=None)


@pytest.mark.parametrize(
    ("start", "length", "last"),
    [
        # The National Day of 2023, 29 September to 6 October: Saturday the 7th is worked.
        ("2023-09-19", 10, "2023-10-07"),
        ("2023-09-27", 1, "2023-09-28"),
        ("2023-09-28", 8, "2023-10-07"),
        # A Saturday that is worked after the Spring Festival, and the Sunday after it.
        ("2023-01-18", 10, "2023-01-28"),
        ("2023-01-18", 11, "2023-01-29"),
        # A plain weekend.
        ("2023-03-01", 10, "2023-03-13"),
        # Qingming on a Wednesday gives one day off.
        ("2023-04-01", 4, "2023-04-06"),
        # New Year's Day, off from 31 December 2022 on.
        ("2022-12-21", 10, "2023-01-03"),
    ],
)
def test_a_last_day_that_is_off_rolls_on_to_the_next_working_day(start: str, length: int, last: str) -> None:
    assert counted(start, length, DAYS, rolls=True) == (last, False)


def test_months_and_years_roll_on_as_days_do() -> None:
    assert counted("2023-09-01", 1, MONTHS, rolls=True) == ("2023-10-07", False)
    assert counted("2023-09-01", 1, MONTHS) == ("2023-10-01", False)
    assert counted("2022-10-01", 1, YEARS, rolls=True) == ("2023-10-07", False)


@pytest.mark.parametrize(
    ("start", "length", "last"),
    [
        ("2023-09-28", 1, "2023-10-07"),
        ("2023-09-28", 3, "2023-10-09"),
        # An event on a day off is no different.
        ("2023-10-01", 1, "2023-10-07"),
        ("2023-01-20", 2, "2023-01-29"),
        ("2020-01-23", 1, "2020-02-03"),
        # 30 working days from the submission of the form of a social security card.
        ("2023-08-28", 30, "2023-10-13"),
    ],
)
def test_working_days_leave_out_holidays_and_count_the_weekends_worked_for_them(
    start: str, length: int, last: str
) -> None:
    assert counted(start, length, WORKING) == counted(start, length, WORKING, rolls=True) == (last, False)


def test_a_result_names_the_calendar_and_how_far_it_was_published() -> None:
    found = last_day(day("2026-11-22"), 30, WORKING, shipped(), rolls=False, as_of=None)
    assert found == DeadlineDay(
        day=day("2027-01-01"), provisional=True, calendar="working-days", published_until=day("2026-12-31")
    )
    earlier = last_day(day("2025-03-01"), 3, WORKING, shipped(), rolls=False, as_of=day("2025-03-01"))
    assert earlier.published_until == day("2025-12-31")
    before = last_day(day("2005-03-01"), 3, WORKING, shipped(), rolls=False, as_of=day("2005-03-01"))
    assert (before.provisional, before.published_until) == (True, None)


@pytest.mark.parametrize("start", days_from("2026-10-01", "2026-12-31"), ids=str)
def test_thirty_working_days_in_the_last_published_quarter_are_sure_until_they_leave_it(start: datetime.date) -> None:
    """What is left of the year is counted by hand: 30 working days or more, or the answer is provisional."""
    left = [each for each in days_from("2026-10-01", "2026-12-31") if each > start and is_workday(each)]
    found = last_day(start, 30, WORKING, shipped(), rolls=False, as_of=None)
    if len(left) >= 30:
        assert (found.day, found.provisional) == (left[29], False)
    else:
        beyond = [each for each in days_from("2027-01-01", "2027-03-31") if each.weekday() < 5]
        assert (found.day, found.provisional) == ((left + beyond)[29], True)


def test_the_last_published_day_is_sure_and_the_next_is_not() -> None:
    assert counted("2026-11-22", 29, WORKING) == ("2026-12-31", False)
    assert counted("2026-11-22", 30, WORKING) == ("2027-01-01", True)
    assert counted("2026-12-30", 1, DAYS, rolls=True) == ("2026-12-31", False)
    assert counted("2026-12-31", 1, DAYS, rolls=True) == ("2027-01-01", True)
    # Without rolling no calendar is asked, so nothing is open.
    assert counted("2026-12-31", 1, DAYS) == ("2027-01-01", False)


def test_a_day_before_the_first_year_is_provisional_too() -> None:
    assert counted("2005-12-30", 2, WORKING) == ("2006-01-04", True)
    assert counted("2005-12-31", 1, WORKING) == ("2006-01-04", False)
    assert counted("2005-12-20", 10, DAYS, rolls=True) == ("2005-12-30", True)


@pytest.mark.parametrize(
    ("start", "length", "unit", "as_of", "last", "provisional"),
    [
        # The notice for 2026 was published on 4 November 2025.
        ("2025-12-25", 5, WORKING, "2025-11-03", "2026-01-01", True),
        ("2025-12-25", 5, WORKING, "2025-11-04", "2026-01-04", False),
        # Labour Day 2019 was lengthened on 22 March, the Spring Festival of 2020 on 27 January.
        ("2019-04-26", 3, WORKING, "2019-03-21", "2019-05-02", False),
        ("2019-04-26", 3, WORKING, "2019-03-22", "2019-04-30", False),
        ("2020-01-28", 3, DAYS, "2020-01-26", "2020-01-31", False),
        ("2020-01-28", 3, DAYS, "2020-01-27", "2020-02-03", False),
        # The notice for 2019 reached back into 2018: New Year's Eve off, the Saturday before it worked.
        ("2018-12-28", 1, WORKING, "2018-12-05", "2018-12-31", False),
        ("2018-12-28", 1, WORKING, "2018-12-06", "2018-12-29", False),
    ],
)
def test_as_of_a_day_only_what_was_published_by_then_is_known(
    start: str, length: int, unit: DeadlineUnit, as_of: str, last: str, provisional: bool
) -> None:
    assert counted(start, length, unit, rolls=True, as_of=as_of) == (last, provisional)


@pytest.mark.parametrize("length", [0, -1, LONGEST + 1])
@pytest.mark.parametrize("unit", DeadlineUnit)
def test_a_length_that_is_none_is_an_error(length: int, unit: DeadlineUnit) -> None:
    with pytest.raises(ValueError, match=f"from 1 to {LONGEST} units, not {length}"):
        last_day(day("2023-01-01"), length, unit, shipped(), rolls=False, as_of=None)


@pytest.mark.parametrize(
    ("start", "length", "unit", "rolls"),
    [
        (LAST_DAY, 1, DAYS, False),
        (LAST_DAY, 1, WORKING, False),
        (LAST_DAY, 1, MONTHS, False),
        (LAST_DAY, 1, YEARS, False),
        (day("2023-01-01"), LONGEST, YEARS, False),
        (day("2023-01-01"), LONGEST, MONTHS, False),
        (FIRST_DAY - ONE_DAY, 1, DAYS, False),
        (LAST_DAY + ONE_DAY, 1, WORKING, False),
        (datetime.date.max, 1, DAYS, True),
    ],
)
def test_days_outside_the_centuries_looked_at_are_an_error(
    start: datetime.date, length: int, unit: DeadlineUnit, rolls: bool
) -> None:
    with pytest.raises(ValueError, match="from 1900-01-01 to 2199-12-31"):
        last_day(start, length, unit, shipped(), rolls=rolls, as_of=None)


def test_the_longest_period_is_counted() -> None:
    assert counted("1990-01-01", LONGEST, DAYS) == ("2017-05-19", False)
    assert last_day(day("1990-01-01"), LONGEST, WORKING, shipped(), rolls=False, as_of=None).provisional


@pytest.mark.parametrize(("unit", "rolls"), [(WORKING, False), (DAYS, True), (MONTHS, True), (YEARS, True)])
def test_what_asks_a_calendar_needs_one(unit: DeadlineUnit, rolls: bool) -> None:
    with pytest.raises(ValueError, match="counted by a calendar"):
        last_day(day("2023-01-01"), 1, unit, None, rolls=rolls, as_of=None)


def worked(is_worked: Callable[[datetime.date], bool]) -> list[datetime.date]:
    return [each for each in days_from("2020-01-01", "2026-12-31") if is_worked(each)]


@pytest.mark.parametrize(
    "is_worked",
    [is_workday, holidays.country_holidays("CN", years=range(2019, 2028)).is_working_day],
    ids=["chinesecalendar", "holidays"],
)
def test_every_start_from_2020_to_2025_ends_as_two_other_calendars_say(
    is_worked: Callable[[datetime.date], bool],
) -> None:
    known = worked(is_worked)
    for start in days_from("2020-01-01", "2025-12-31"):
        after = bisect_right(known, start)
        for length in (1, 5, 10, 30, 60):
            found = last_day(start, length, WORKING, shipped(), rolls=False, as_of=None)
            assert (found.day, found.provisional) == (known[after + length - 1], False)
        tenth = start + 10 * ONE_DAY
        rolled = last_day(start, 10, DAYS, shipped(), rolls=True, as_of=None)
        assert (rolled.day, rolled.provisional) == (known[bisect_right(known, tenth - ONE_DAY)], False)


CLOSE = st.dates(min_value=day("2022-11-15"), max_value=day("2024-03-01"))
OFF = st.sets(st.dates(min_value=day("2023-01-01"), max_value=day("2023-12-31")), max_size=60)


def random_calendar(off: set[datetime.date], weekends: set[datetime.date], until: datetime.date) -> Calendar:
    """A calendar of 2023 with these single days off, and these weekend days worked that are not among them."""
    made = small_calendars.year(
        2023,
        "2022-12-08",
        *(("假", each.isoformat(), each.isoformat()) for each in sorted(off)),
        worked=", ".join(each.isoformat() for each in sorted(weekends - off) if each.weekday() >= 5),
    )
    return small_calendars.calendar(made, until=until.isoformat())


def walked(start: datetime.date, length: int, known: PublishedDays) -> tuple[datetime.date, bool]:
    """Day by day, asking of each whether it is worked and whether that is known."""
    left, provisional, each = length, False, start
    while left > 0:
        each += ONE_DAY
        provisional = provisional or not known.covers(each)
        left -= 1 if known.is_working(each) else 0
    return each, provisional


@settings(max_examples=60, deadline=None)
@given(OFF, OFF, st.dates(day("2023-01-01"), day("2023-12-31")), CLOSE, st.integers(1, 120))
def test_a_walk_day_by_day_ends_on_the_same_day(
    off: set[datetime.date], weekends: set[datetime.date], until: datetime.date, start: datetime.date, length: int
) -> None:
    made = random_calendar(off, weekends, until)
    known = made.published_by(None)
    found = last_day(start, length, WORKING, made, rolls=False, as_of=None)
    assert (found.day, found.provisional) == walked(start, length, known)
    plain = last_day(start, length, DAYS, made, rolls=False, as_of=None).day
    assert plain == start + length * ONE_DAY
    rolled = last_day(start, length, DAYS, made, rolls=True, as_of=None)
    assert (rolled.day, rolled.provisional) == walked(plain - ONE_DAY, 1, known)


@settings(max_examples=200, deadline=None)
@given(st.dates(day("1900-01-01"), day("2100-12-31")), st.integers(1, 300))
def test_a_period_of_months_ends_in_the_month_that_many_later_on_its_day_or_the_last(
    start: datetime.date, length: int
) -> None:
    first = start.replace(day=1)
    for _ in range(length):
        first = (first + 31 * ONE_DAY).replace(day=1)
    last_of_month = (first + 31 * ONE_DAY).replace(day=1) - ONE_DAY
    found = last_day(start, length, MONTHS, None, rolls=False, as_of=None).day
    assert found == min(first + (start.day - 1) * ONE_DAY, last_of_month)
    whole_years = last_day(start, 12 * (length % 50 + 1), MONTHS, None, rolls=False, as_of=None)
    assert last_day(start, length % 50 + 1, YEARS, None, rolls=False, as_of=None) == whole_years
