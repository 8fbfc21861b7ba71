"""Half-open periods of days: the first day belongs to them and the last does not."""

from __future__ import annotations

import datetime

import pytest

from yibao.basics.periods import Period, is_nameable

ONE, TWO, THREE, FOUR = (datetime.date(2024, 1, day) for day in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("day", "inside"),
    [(ONE, False), (TWO, True), (THREE, True), (FOUR, False)],
)
def test_a_day_lies_in_a_period(day: datetime.date, inside: bool) -> None:
    assert (day in Period(TWO, FOUR)) is inside
    assert (day in Period(TWO)) is (day >= TWO)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Period(ONE, TWO), Period(TWO, THREE), False),
        (Period(ONE, THREE), Period(TWO, FOUR), True),
        (Period(ONE, FOUR), Period(TWO, THREE), True),
        (Period(ONE), Period(FOUR), True),
        (Period(ONE), Period(TWO, THREE), True),
        (Period(THREE), Period(ONE, TWO), False),
        (Period(TWO), Period(ONE, TWO), False),
        (Period(TWO), Period(ONE, THREE), True),
    ],
)
def test_two_periods_share_a_day(one: Period, other: Period, expected: bool) -> None:
    assert one.overlaps(other) is expected
    assert other.overlaps(one) is expected


def test_a_period_is_printed_with_its_open_end() -> None:
    assert str(Period(ONE, TWO)) == "[2024-01-01, 2024-01-02)"
    assert str(Period(ONE)) == "[2024-01-01, …)"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (datetime.date(1899, 12, 31), False),
        (datetime.date(1900, 1, 1), True),
        (datetime.date(2199, 12, 31), True),
        (datetime.date(2200, 1, 1), False),
    ],
)
def test_the_days_that_can_be_named(day: datetime.date, expected: bool) -> None:
    assert is_nameable(day) is expected
