"""A parameter with all its entries, as a document and as lines for people."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from yibao.cli import words
from yibao.cli.speaker import Speaker
from yibao.language.parameter_texts import text_of_match, text_of_value
from yibao.model.facts import Title
from yibao.model.parameters import Parameter, ParameterRow, ParameterVersion
from yibao.settlement.lookup import entries_by, entry_on


def parameter_document(parameter: Parameter, as_of: datetime.date | None) -> dict[str, object]:
    """The parameter with its entries, the newest last. Of a day: those published by it, and the one in force on it."""
    entries = entries_by(parameter, as_of)
    current = None if as_of is None else entry_on(entries, as_of)
    return {
        "parameter": f"{parameter.layer}/{parameter.name}",
        "title": parameter.title.document(),
        "layer": parameter.layer,
        "unit": parameter.unit.value,
        "by": parameter.by.path,
        "keys": [key.name for key in parameter.keys],
        "hit": parameter.hit.value,
        "carries": list(parameter.carries),
        "file": str(parameter.place),
        "as_of": None if as_of is None else as_of.isoformat(),
        "in_force": None if current is None else _entry_document(parameter, current),
        "entries": [_entry_document(parameter, entry) for entry in entries],
    }


def row_document(parameter: Parameter, row: ParameterRow) -> dict[str, object]:
    """A row as files write it: what each key must be, and the value."""
    asked = zip(parameter.keys, row.matches, strict=True)
    return {
        "when": {key.name: text_of_match(match) for key, match in asked},
        "value": text_of_value(row.value, parameter.unit),
    }


def parameter_lines(parameter: Parameter, as_of: datetime.date | None, speaker: Speaker) -> Iterator[str]:
    """The parameter for people. The entry in force on the day is marked."""
    entries = entries_by(parameter, as_of)
    current = None if as_of is None else entry_on(entries, as_of)
    yield f"{parameter.layer}/{parameter.name}{speaker.colon}{speaker.say(parameter.title)}"
    yield speaker.headed(words.UNIT, speaker.say(words.UNITS[parameter.unit.value]))
    yield speaker.headed(words.CHOSEN_BY, speaker.named_fact(parameter.by.path))
    if parameter.keys:
        yield speaker.headed(words.KEYS, speaker.listed(speaker.named_fact(key.name) for key in parameter.keys))
        yield speaker.headed(words.HIT_POLICY, parameter.hit.value)
    if as_of is not None and current is None:
        yield f"{as_of}{speaker.colon}{speaker.say(words.NO_ENTRY)}"
    for entry in entries:
        yield ""
        mark = f"  ← {speaker.say(words.IN_FORCE_ON)} {as_of}" if entry is current else ""
        yield f"{entry.period}{mark}"
        yield from (f"  {line}" for line in _entry_lines(parameter, entry, speaker))
    yield str(parameter.place)


def _entry_lines(parameter: Parameter, entry: ParameterVersion, speaker: Speaker) -> Iterator[str]:
    if entry.unknown is not None:
        yield speaker.headed(words.NOTHING_KNOWN, speaker.say(entry.unknown))
    for row in entry.rows:
        value = text_of_value(row.value, parameter.unit)
        asked = zip(parameter.keys, row.matches, strict=True)
        keys = "; ".join(f"{key.name} = {text_of_match(match)}" for key, match in asked)
        yield f"{keys}{speaker.colon}{value}" if keys else value
    if entry.incomplete is not None:
        yield speaker.headed(words.INCOMPLETE, speaker.say(entry.incomplete))
    yield speaker.headed(words.PUBLISHED, entry.published.isoformat())
    if entry.illustrative:
        yield f"⚠ {speaker.say(words.ILLUSTRATIVE)}"
    yield from (speaker.source(cite.document()) for cite in entry.cites)


def _entry_document(parameter: Parameter, entry: ParameterVersion) -> dict[str, object]:
    end = entry.period.end
    scalar = entry.rows and not parameter.keys
    return {
        "from": entry.period.start.isoformat(),
        "to": None if end is None else end.isoformat(),
        "published": entry.published.isoformat(),
        "value": text_of_value(entry.rows[0].value, parameter.unit) if scalar else None,
        "rows": [row_document(parameter, row) for row in entry.rows if parameter.keys],
        "unknown": _document(entry.unknown),
        "incomplete": _document(entry.incomplete),
        "illustrative": entry.illustrative,
        "cites": [cite.document() for cite in entry.cites],
        "file": str(entry.place),
    }


def _document(title: Title | None) -> dict[str, str] | None:
    return None if title is None else title.document()
