"""Which entry of a parameter is in force, and which of its values answers for given keys. Which layer speaks is decided
in `settlement.book`.

An unknown key is matched by `*` alone. A value is given where it is certain, whatever the unknown keys turn out to be.
"""

from __future__ import annotations

import datetime

from attrs import evolve

from yibao.basics.periods import Period
from yibao.model.facts import UNKNOWN, Given
from yibao.model.parameters import (
    AnyValue,
    CodesMatch,
    HitPolicy,
    Match,
    Parameter,
    ParameterRow,
    ParameterValue,
    ParameterVersion,
)


def entries_by(parameter: Parameter, as_of: datetime.date | None) -> tuple[ParameterVersion, ...]:
    """The entries published by a day, the newest last; all where no day is given.

    An end that only an entry published later gave is not known yet: the entry goes on to the next that is known.
    """
    if as_of is None:
        return parameter.versions
    known = [entry for entry in parameter.versions if entry.published <= as_of]
    later = {entry.period.start for entry in parameter.versions if entry.published > as_of}
    found: list[ParameterVersion] = []
    for number, entry in enumerate(known):
        if entry.period.end in later:
            end = known[number + 1].period.start if number + 1 < len(known) else None
            entry = evolve(entry, period=Period(entry.period.start, end))
        found.append(entry)
    return tuple(found)


def entry_on(entries: tuple[ParameterVersion, ...], day: datetime.date) -> ParameterVersion | None:
    """The entry in force on the day; None before the first and after the last."""
    return next((entry for entry in entries if day in entry.period), None)


def value_of(parameter: Parameter, version: ParameterVersion, keys: tuple[Given, ...]) -> ParameterValue | None:
    """The value for the keys, which stand in the order of the parameter's; None where it is not known.

    It is not known when no row matches, or when it depends on a key that is unknown.
    """
    written = tuple(_as_written(key) for key in keys)
    if parameter.hit is HitPolicy.UNIQUE:
        row = version.by_exact_keys.get(written) or _first(version, written, unknown=False)
        return None if row is None else row.value
    if parameter.hit is HitPolicy.FIRST:
        row = _first(version, written, unknown=True)
        return row.value if row is not None and row is _first(version, written, unknown=False) else None
    possible = [row for row in version.rows if _matches(row, written, unknown=True)]
    certain = all(_matches(row, written, unknown=False) for row in possible)
    return _collected(parameter.hit, possible) if possible and certain else None


def _first(version: ParameterVersion, keys: tuple[Given, ...], unknown: bool) -> ParameterRow | None:
    return next((row for row in version.rows if _matches(row, keys, unknown)), None)


def could_answer(version: ParameterVersion, keys: tuple[Given, ...]) -> bool:
    """Whether some row matches, if the unknown keys turn out as it asks."""
    written = tuple(_as_written(key) for key in keys)
    return any(_matches(row, written, unknown=True) for row in version.rows)


def _as_written(key: Given) -> Given:
    """Tables write a yes or no as the words `true` and `false`."""
    return str(key).lower() if isinstance(key, bool) else key


def _matches(row: ParameterRow, keys: tuple[Given, ...], unknown: bool) -> bool:
    """Whether the row matches, if one that asks anything of an unknown key is taken to match as `unknown` says."""
    return all(_is_met(match, key, unknown) for match, key in zip(row.matches, keys, strict=True))


def _is_met(match: Match, key: Given, unknown: bool) -> bool:
    if isinstance(match, AnyValue):
        return True
    if key is UNKNOWN:
        return unknown
    if isinstance(match, CodesMatch):
        return match.none if key is None else key in match.codes
    return isinstance(key, int) and match.low <= key and (match.high is None or key <= match.high)


def _collected(hit: HitPolicy, rows: list[ParameterRow]) -> ParameterValue:
    """The sum, the least or the greatest of the rows' values, of which none is a list of bands."""
    values = [row.value for row in rows if not isinstance(row.value, tuple)]
    if hit is HitPolicy.COLLECT_SUM:
        return sum(values[1:], values[0])
    return min(values) if hit is HitPolicy.COLLECT_LEAST else max(values)
