"""A calendar of working days, as a document and as lines for people."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from yibao.cli import words
from yibao.cli.speaker import Speaker
from yibao.model.calendar import Calendar, YearSchedule


def calendar_document(calendar: Calendar, as_of: datetime.date | None) -> dict[str, object]:
    """The calendar with its years, the newest last. Of a day: what was published by it."""
    known = calendar.published_by(as_of)
    return {
        "calendar": f"{calendar.layer}/{calendar.name}",
        "title": calendar.title.document(),
        "layer": calendar.layer,
        "file": str(calendar.place),
        "as_of": _written(as_of),
        "first": _written(known.first),
        "published_until": _written(known.until),
        "years": [_year_document(schedule) for schedule in _published(calendar, as_of)],
    }


def calendar_lines(calendar: Calendar, as_of: datetime.date | None, speaker: Speaker) -> Iterator[str]:
    """The calendar for people: a paragraph for each notice."""
    yield f"{calendar.layer}/{calendar.name}{speaker.colon}{speaker.say(calendar.title)}"
    until = calendar.published_by(as_of).until
    yield speaker.headed(words.PUBLISHED_UNTIL, _written(until) or speaker.say(words.NONE))
    schedules = [*_published(calendar, as_of)]
    standing = {schedule.year: schedule for schedule in schedules}
    for schedule in schedules:
        yield ""
        mark = "" if standing[schedule.year] is schedule else f" ({speaker.say(words.CHANGED_LATER)})"
        yield f"{schedule.year}{mark}"
        for holiday in schedule.holidays:
            span = f"{holiday.first}" if holiday.first == holiday.last else f"{holiday.first} … {holiday.last}"
            yield f"  {holiday.name}{speaker.colon}{span}"
        if schedule.working_weekends:
            yield f"  {speaker.headed(words.WORKING_WEEKENDS, speaker.listed(map(str, schedule.working_weekends)))}"
        yield f"  {speaker.headed(words.PUBLISHED, schedule.published.isoformat())}"
        yield from (f"  {speaker.source(cite.document())}" for cite in schedule.cites)
    yield str(calendar.place)


def _published(calendar: Calendar, as_of: datetime.date | None) -> Iterator[YearSchedule]:
    return (schedule for schedule in calendar.schedules if as_of is None or schedule.published <= as_of)


def _year_document(schedule: YearSchedule) -> dict[str, object]:
    return {
        "year": schedule.year,
        "published": schedule.published.isoformat(),
        "holidays": [
            {"name": holiday.name, "first": holiday.first.isoformat(), "last": holiday.last.isoformat()}
            for holiday in schedule.holidays
        ],
        "working_weekends": [day.isoformat() for day in schedule.working_weekends],
        "cites": [cite.document() for cite in schedule.cites],
        "file": str(schedule.place),
    }


def _written(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()
