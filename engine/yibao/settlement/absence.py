"""An unknown value of a plan: what it would have needed, and which steps asked for it."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen


@frozen(kw_only=True)
class Absent:
    """A fact by its path, or `parameter:layer/name`; the line that lacks it; and who asks, as `plan/step`."""

    fact: str
    line_id: str | None
    asked_by: str


@frozen
class Missed:
    """What an unknown value would have needed. Every value that reads it is unknown for the same reasons."""

    absent: tuple[Absent, ...]


def missed(fact: str, asked_by: str, line_id: str | None = None) -> Missed:
    """A value that is unknown for one reason."""
    return Missed((Absent(fact=fact, line_id=line_id, asked_by=asked_by),))


def together(values: Iterable[object]) -> Missed:
    """The reasons of all unknown values among those given, each once."""
    return Missed(tuple(dict.fromkeys(one for value in values if isinstance(value, Missed) for one in value.absent)))
