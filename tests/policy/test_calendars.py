"""Calendars of working days: the shipped one beside two others, what is published when, and mistakes in a file."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable

import holidays
import pytest
from chinese_calendar import is_workday

from tests.support.bundled import document, narrow_policy, policy
from tests.support.small_bundles import small_bundle
from tests.support.small_calendars import calendar, mistakes, problems, text, year
from yibao.basics.problems import ProblemsFound
from yibao.model.calendar import Calendar
from yibao.model.citations import Grade
from yibao.readers.policy.calendars_from_yaml import MOST_CHANGES, MOST_DAYS, MOST_YEARS

NEW_YEAR = ("元旦", "2022-12-31", "2023-01-02")
ONE_DAY = datetime.timedelta(days=1)
YEAR_2023 = year(2023, "2022-12-08", NEW_YEAR, worked="2023-01-28, 2023-01-29")
YEAR_2024 = year(2024, "2023-10-25", ("元旦", "2024-01-01", "2024-01-01"))


def day(written: str) -> datetime.date:
    return datetime.date.fromisoformat(written)


def shipped() -> Calendar:
    return policy().calendars["working-days"]


def codes(*years: str, until: str = "2023-12-31") -> list[tuple[str, int | None]]:
    return [(problem.code, problem.place.line) for problem in problems(*years, until=until)]


@pytest.mark.parametrize("number", range(2006, 2027))
def test_every_day_of_every_year_is_as_two_other_calendars_say(number: int) -> None:
    """No difference in any year, so that there is none to explain."""
    known, other = shipped().published_by(None), holidays.country_holidays("CN", years=range(number - 1, number + 2))
    each, seen = datetime.date(number, 1, 1), 0
    while each.year == number:
        assert known.covers(each)
        assert known.is_working(each) == is_workday(each) == other.is_working_day(each), each
        each, seen = each + ONE_DAY, seen + 1
    assert seen in (365, 366)


def test_every_year_rests_on_a_notice_of_the_state_council() -> None:
    schedules = shipped().schedules
    assert sorted({schedule.year for schedule in schedules}) == [*range(2006, 2027)]
    for schedule in schedules:
        (cite,) = schedule.cites
        assert (cite.grade, "国务院" in cite.source, "发明电〔" in cite.source) == (Grade.OFFICIAL, True, True)
    numbers = [schedule.cites[0].source.partition("（")[2] for schedule in schedules]
    assert len({*numbers}) == len(numbers)


def test_a_notice_is_published_before_its_year_and_a_change_before_what_it_changes() -> None:
    changes = {}
    for schedule in shipped().schedules:
        if schedule.published.year == schedule.year:
            changes[schedule.year] = schedule.published
        else:
            assert schedule.published.year == schedule.year - 1
    assert changes == {2015: day("2015-05-13"), 2019: day("2019-03-22"), 2020: day("2020-01-27")}


@pytest.mark.parametrize(
    ("as_of", "first", "until"),
    [
        ("2005-12-15", None, None),
        ("2005-12-16", "2006-01-01", "2006-12-31"),
        ("2022-12-07", "2006-01-01", "2022-12-31"),
        ("2022-12-08", "2006-01-01", "2023-12-31"),
        ("2199-12-31", "2006-01-01", "2026-12-31"),
        (None, "2006-01-01", "2026-12-31"),
    ],
)
def test_a_year_is_known_from_the_day_of_its_notice(as_of: str | None, first: str | None, until: str | None) -> None:
    known = shipped().published_by(None if as_of is None else day(as_of))
    assert (known.first and known.first.isoformat(), known.until and known.until.isoformat()) == (first, until)


def test_of_a_day_that_is_not_published_only_weekends_are_known() -> None:
    known = shipped().published_by(day("2022-12-07"))
    assert not known.covers(day("2023-01-23"))
    assert [known.is_working(day(f"2023-01-{number}")) for number in (23, 27, 28, 29)] == [True, True, False, False]
    nothing = shipped().published_by(day("2000-01-01"))
    assert not nothing.covers(day("2006-01-02"))
    assert nothing.is_working(day("2006-01-02"))


def test_a_calendar_may_be_published_until_a_day_within_its_last_year() -> None:
    known = calendar(YEAR_2023, until="2023-06-30").published_by(None)
    assert (known.covers(day("2023-06-30")), known.covers(day("2023-07-01"))) == (True, False)


def test_a_later_year_whose_notice_came_first_waits_for_the_year_between() -> None:
    made = calendar(YEAR_2023.replace("2022-12-08", "2023-11-01"), YEAR_2024, until="2024-12-31")
    assert made.published_by(day("2023-10-25")).first == day("2024-01-01")
    assert made.published_by(day("2023-11-01")).first == day("2023-01-01")
    other = year(2025, "2023-10-26")
    three = calendar(YEAR_2023, YEAR_2024.replace("2023-10-25", "2024-01-01"), other, until="2025-12-31")
    assert three.published_by(day("2023-12-31")).until == day("2023-12-31")
    assert three.published_by(day("2024-01-01")).until == day("2025-12-31")


def test_years_may_be_written_in_any_order() -> None:
    assert calendar(YEAR_2024, YEAR_2023, until="2024-12-31") == calendar(YEAR_2023, YEAR_2024, until="2024-12-31")


CHANGE = "changed:\n  - {{published: {}, cites: [{{source: 改, grade: A}}], holidays: [{}], working_weekends: [{}]}}\n"
LONG = "{name: 元旦, first: 2022-12-31, last: 2023-01-03}"


def test_a_change_puts_a_whole_schedule_in_the_place_of_the_years_own() -> None:
    made = calendar(
        year(2023, "2022-12-08", NEW_YEAR, worked="2023-01-28", more=CHANGE.format("2022-12-20", LONG, "2023-01-29")),
        until="2023-12-31",
    )
    before, after = made.published_by(day("2022-12-19")), made.published_by(day("2022-12-20"))
    asked = [day(f"2023-01-{number:02}") for number in (2, 3, 28, 29)]
    assert [before.is_working(each) for each in asked] == [False, True, True, False]
    assert [after.is_working(each) for each in asked] == [False, False, False, True]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (year(2023, "2022-12-08", worked="2023-01-27"), [("not-a-weekend", 9)]),
        (year(2023, "2022-12-08", worked="2023-01-28, 2023-01-28"), [("duplicate-day", 9)]),
        (year(2023, "2022-12-08", worked="2022-11-26"), [("other-year", 9)]),
        (year(2023, "2022-12-08", worked="2024-01-06"), [("other-year", 9)]),
        (year(2023, "2022-12-08", ("假", "2023-05-03", "2023-05-01")), [("empty-period", 9)]),
        (year(2023, "2022-12-08", ("假", "2022-11-30", "2022-12-01")), [("other-year", 9)]),
        (year(2023, "2022-12-08", ("假", "2023-12-31", "2024-01-01")), [("other-year", 9)]),
        (
            year(2023, "2022-12-08", ("乙", "2023-05-03", "2023-05-05"), ("甲", "2023-05-01", "2023-05-03")),
            [("overlapping-dates", 9)],
        ),
        (
            year(2023, "2022-12-08", ("假", "2023-05-01", "2023-05-07"), worked="2023-05-06"),
            [("overlapping-dates", 9)],
        ),
        (year(1899, "2022-12-08"), [("out-of-range", 5)]),
        (year(2200, "2022-12-08"), [("out-of-range", 5)]),
        (year(2023, "2022-12-08").replace("grade: A", "grade: D"), [("unconfirmed-source", 7)]),
        (year(2023, "2022-12-08").replace("[{source: 2023年通知, grade: A}]", "[]"), [("missing-cite", 7)]),
        (year(2023, "2022-12-08").replace("published: 2022-12-08", "publishd: 2022-12-08"), [("unknown-field", 6)]),
        (year(2023, "2022-13-08"), [("wrong-type", 6)]),
        (year(2023, "2022-12-08", more=CHANGE.format("2022-12-08", LONG, "")), [("dates-out-of-order", 11)]),
        (year(2023, "2022-12-08", more=CHANGE.format("2022-12-09", LONG, "2023-01-01")), [("overlapping-dates", 11)]),
    ],
)
def test_a_mistake_in_a_year_is_told_with_its_place(made: str, expected: list[tuple[str, int]]) -> None:
    found = codes(made)
    assert [problem for problem in found if problem[0] != "missing-field"] == expected


def holidays_in_a_row(count: int) -> list[tuple[str, str, str]]:
    days = [(day("2023-01-01") + number * ONE_DAY).isoformat() for number in range(count)]
    return [("假", each, each) for each in days]


def changes(count: int) -> str:
    head, _, entry = CHANGE.partition("\n")
    days = [day("2022-12-09") + number * ONE_DAY for number in range(count)]
    return "\n".join([head, *(entry.format(each, "", "").rstrip() for each in days)]) + "\n"


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (lambda over: year(2023, "2022-12-08", *holidays_in_a_row(MOST_DAYS + over)), 9),
        (lambda over: year(2023, "2022-12-08", more=changes(MOST_CHANGES + over)), 11),
    ],
)
def test_a_year_holds_so_much_and_no_more(made: Callable[[int], str], line: int) -> None:
    assert codes(made(0)) == []
    assert codes(made(1)) == [("too-many", line)]


def test_a_calendar_has_as_many_years_as_can_be_named() -> None:
    assert codes(*(year(number, f"{number - 1}-12-01") for number in range(1901, 2200)), until="2199-12-31") == []
    assert codes(year(1900, "1900-01-01"), until="1900-12-31") == []
    found = codes(*(year(number, "2000-01-01") for number in range(1900, 1900 + MOST_YEARS + 1)))
    assert ("too-many", 5) in found


@pytest.mark.parametrize(
    ("removed", "place"),
    [
        ("calendar: working-days\n", (1, 1)),
        ("title: {zh: 工作日历, en: Working days}\n", (1, 1)),
        ("published_until: 2023-12-31\n", (1, 1)),
        ("  - year: 2023\n    published: 2022-12-08\n", (5, 5)),
        ("    published: 2022-12-08\n", (5, 5)),
        ("    cites: [{source: 2023年通知, grade: A}]\n", (5, 5)),
        ("name: 元旦, ", (9, 9)),
        ("first: 2022-12-31, ", (9, 9)),
        (", last: 2023-01-02", (9, 9)),
        ("    working_weekends: [2023-01-28, 2023-01-29]\n", (5, 5)),
    ],
)
def test_a_field_that_is_due_is_asked_for(removed: str, place: tuple[int, int]) -> None:
    whole = text(YEAR_2023, until="2023-12-31")
    less = whole.replace(removed, "  - published: 2022-12-08\n" if "year:" in removed else "")
    assert less != whole
    found = [(problem.code, problem.place.line, problem.place.column) for problem in mistakes(less)]
    assert found == [("missing-field", *place)]


def test_a_list_that_is_due_is_asked_for() -> None:
    assert codes(year(2023, "2022-12-08").replace("  holidays: []\n", "")) == [("missing-field", 5)]
    head, _, _ = text(YEAR_2023, until="2023-12-31").partition("years:")
    assert [(problem.code, problem.place.line) for problem in mistakes(head)] == [("missing-field", 1)]


def test_what_a_change_replaces_is_checked_as_well() -> None:
    wrong = year(2023, "2022-12-08", NEW_YEAR, worked="2023-01-01", more=CHANGE.format("2022-12-20", LONG, ""))
    assert codes(wrong) == [("overlapping-dates", 9)]


END_OF_DECEMBER = ("假", "2023-12-25", "2023-12-31")


@pytest.mark.parametrize(
    ("years", "until", "expected"),
    [
        ((YEAR_2023, YEAR_2023), "2023-12-31", ["duplicate-year", "overlapping-dates"]),
        ((YEAR_2023, year(2025, "2024-11-12")), "2025-12-31", ["period-gap"]),
        ((YEAR_2023,), "2024-01-01", ["published-until"]),
        ((YEAR_2023, YEAR_2024), "2023-12-31", ["published-until"]),
        ((), "2023-12-31", ["missing-field"]),
        # What the notice for 2024 says of December 2023 must fit what the notice for 2023 said.
        (
            (
                year(2023, "2022-12-08", ("假", "2023-12-25", "2023-12-31")),
                year(2024, "2023-10-25", worked="2023-12-30"),
            ),
            "2024-12-31",
            ["overlapping-dates"],
        ),
    ],
)
def test_a_mistake_between_years_is_told(years: tuple[str, ...], until: str, expected: list[str]) -> None:
    assert [code for code, _ in codes(*years, until=until)] == expected


def test_a_calendar_is_called_as_its_file_and_declared_once() -> None:
    written = text(YEAR_2023, until="2023-12-31")
    assert [*small_bundle(files={"policy/national/working-days.yaml": written}).calendars] == ["working-days"]
    assert small_bundle().calendars == {}
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(files={f"policy/national/{name}.yaml": written for name in ("working-days", "days")})
    assert sorted(problem.code for problem in caught.value.problems) == ["duplicate-name", "file-name"]
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(files={"policy/elsewhere/working-days.yaml": written})
    assert [problem.code for problem in caught.value.problems] == ["no-layer"]


def test_a_claim_is_decided_without_calendars() -> None:
    narrow = narrow_policy(json.dumps(document(), ensure_ascii=False).encode())
    assert (narrow.calendars, narrow.digest) == ({}, policy().digest)
