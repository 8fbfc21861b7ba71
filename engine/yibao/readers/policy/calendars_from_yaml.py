"""A `calendar:` document to a Calendar: days off and weekend days worked, year by year, each with its notice.

What is written wrong is noted at its place. Whether a notice says what the file says of it can't be seen here.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from yibao.basics.periods import FIRST_DAY, LAST_DAY, Period
from yibao.basics.problems import Place
from yibao.model.calendar import Calendar, Holiday, YearSchedule, is_weekend
from yibao.model.policy import Layer
from yibao.readers.documents.forms import Form, Problems, date_of, overlapping
from yibao.readers.documents.yaml_nodes import Node
from yibao.readers.policy.bundle_documents import BundleDocuments
from yibao.readers.policy.cites_from_yaml import check_grade, cites_of
from yibao.readers.policy.layers import check_file_name, layer_of

MOST_YEARS = 300
MOST_CHANGES = 20
MOST_DAYS = 100
_ONE_DAY = datetime.timedelta(days=1)


def calendars_of(gathered: BundleDocuments, layers: Mapping[str, Layer], problems: Problems) -> dict[str, Calendar]:
    """The calendars of a bundle by name, each of the layer that its file lies in."""
    found: dict[str, Calendar] = {}
    for path, node in gathered.of("calendar"):
        layer = layer_of(path, layers, problems)
        item = None if layer is None else calendar_from_yaml(node, layer, problems)
        if item is None:
            continue
        if item.name in found:
            problems.add("duplicate-name", f"the calendar `{item.name}` is declared twice", item.place)
        check_file_name(path, item.name, item.place, problems)
        found[item.name] = item
    return found


def calendar_from_yaml(node: Node, layer: Layer, problems: Problems) -> Calendar | None:
    """The calendar of one file; None, after its problems are noted, when it can't be used."""
    before = len(problems.found)
    form = Form(node, problems, "a calendar")
    name, title = form.identifier("calendar", required=True), form.title("title", required=True)
    until = form.date("published_until", required=True)
    forms = form.forms("years", "a year", required=True, most=MOST_YEARS)
    years = [schedules for year in forms if (schedules := _schedules(year, layer, problems))]
    form.finish()
    if len(problems.found) > before or name is None or title is None or until is None:
        return None
    if not years:
        problems.add("missing-field", "a calendar has at least one year", form.place_of("years"))
        return None
    years.sort(key=lambda schedules: schedules[0].year)
    _check_years([schedules[0] for schedules in years], until, form.place_of("published_until"), problems)
    _check_days([schedules[-1] for schedules in years], problems)
    if len(problems.found) > before:
        return None
    return Calendar(
        name=name,
        layer=layer.name,
        title=title,
        published_until=until,
        schedules=tuple(schedule for schedules in years for schedule in schedules),
        place=form.place_of("calendar"),
    )


def _schedules(form: Form, layer: Layer, problems: Problems) -> list[YearSchedule]:
    """The schedule of a year, and under `changed:` those that later notices put in its place."""
    year = _year(form, problems)
    every = [_schedule(form, year, layer, problems)]
    for inner in form.forms("changed", "a changed year", most=MOST_CHANGES):
        every.append(_schedule(inner, year, layer, problems))
        inner.finish()
    form.finish()
    found = [schedule for schedule in every if schedule is not None]
    for earlier, later in pairwise(found):
        _check_days([earlier], problems)
        if later.published <= earlier.published:
            message = f"a change published on {later.published} can't follow what was published on {earlier.published}"
            problems.add("dates-out-of-order", message, later.place)
    return found


def _year(form: Form, problems: Problems) -> int | None:
    year = form.whole("year", required=True)
    if year is None or FIRST_DAY.year <= year <= LAST_DAY.year:
        return year
    message = f"a year is from {FIRST_DAY.year} to {LAST_DAY.year}"
    problems.add("out-of-range", message, form.place_of("year"))
    return None


def _schedule(form: Form, year: int | None, layer: Layer, problems: Problems) -> YearSchedule | None:
    """All holidays and working weekends of a year as one notice leaves them."""
    published, cites = form.date("published", required=True), cites_of(form, ())
    check_grade(form, cites, layer.illustrative)
    forms = form.forms("holidays", "a holiday", required=True, most=MOST_DAYS)
    holidays = [holiday for inner in forms if (holiday := _holiday(inner, year, problems))]
    worked = [*_working_weekends(form, year, problems)]
    if year is None or published is None:
        return None
    return YearSchedule(
        year=year,
        published=published,
        holidays=tuple(sorted(holidays, key=lambda holiday: holiday.first)),
        working_weekends=tuple(sorted(worked)),
        cites=cites,
        place=form.place_of("year"),
    )


def _holiday(form: Form, year: int | None, problems: Problems) -> Holiday | None:
    name, first, last = form.text("name", required=True), form.date("first", True), form.date("last", True)
    form.finish()
    if name is None or first is None or last is None:
        return None
    if last < first:
        message = f"the holiday ends on {last}, before it begins on {first}"
        problems.add("empty-period", message, form.place_of("last"))
        return None
    for day, written in ((first, "first"), (last, "last")):
        _check_of_year(day, year, form.place_of(written), problems)
    return Holiday(name=name, first=first, last=last, place=form.place)


def _working_weekends(form: Form, year: int | None, problems: Problems) -> Iterator[datetime.date]:
    seen: set[datetime.date] = set()
    for node in form.items("working_weekends", required=True, most=MOST_DAYS):
        day = date_of(node, problems, "an entry of `working_weekends`")
        if day is None:
            continue
        if not is_weekend(day):
            message = f"{day} lies from Monday to Friday, and is worked unless it is a holiday"
            problems.add("not-a-weekend", message, node.place)
        if day in seen:
            problems.add("duplicate-day", f"{day} is listed twice", node.place)
        _check_of_year(day, year, node.place, problems)
        seen.add(day)
        yield day


def _check_of_year(day: datetime.date, year: int | None, place: Place, problems: Problems) -> None:
    """A schedule speaks of its year, and of the December before it, from which holidays of New Year may begin."""
    if year is not None and day.year != year and (day.year, day.month) != (year - 1, 12):
        message = f"{day} lies neither in {year} nor in the December before it"
        problems.add("other-year", message, place)


def _check_years(first: list[YearSchedule], until: datetime.date, place: Place, problems: Problems) -> None:
    """Each year once, none left out between two, and the calendar published until some day of the last."""
    for earlier, later in pairwise(first):
        if later.year == earlier.year:
            hint = "write what a later notice changed under `changed:` of the year"
            problems.add("duplicate-year", f"the year {later.year} is written twice", later.place, hint)
        elif later.year != earlier.year + 1:
            message = f"nothing is said of the years between {earlier.year} and {later.year}"
            problems.add("period-gap", message, later.place)
    if until.year != first[-1].year:
        message = f"{until} does not lie in the last year of the calendar, {first[-1].year}"
        problems.add("published-until", message, place)


def _check_days(schedules: Iterable[YearSchedule], problems: Problems) -> None:
    """No day in two holidays, and none both off and worked, in one year or in two that share a December."""
    every = [*schedules]
    holidays = [holiday for schedule in every for holiday in schedule.holidays]
    for earlier, later in overlapping(holidays, lambda holiday: Period(holiday.first, holiday.last + _ONE_DAY)):
        message = f"the holidays {earlier.name} and {later.name} share {later.first}"
        problems.add("overlapping-dates", message, later.place)
    worked = {day for schedule in every for day in schedule.working_weekends}
    for holiday in holidays:
        for day in worked.intersection(holiday.days()):
            message = f"{day} is worked, and lies in the holiday {holiday.name}"
            problems.add("overlapping-dates", message, holiday.place)
