"""Merging the data of an event into the facts of a case.

Objects merge key by key, lines by `line_id`, sets of codes by union. A value that contradicts an established one is a
conflict, and a merge with conflicts merges nothing. Both sides have been read and checked before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from yibao.basics.digest import canonical_json
from yibao.basics.problems import Fault
from yibao.model.case import Document
from yibao.model.refusals import Conflict

PROCEDURE = "procedure"
_LINES = "lines"
_LINE = "line"
_LINE_ID = "line_id"
_UNKNOWN = object()


@frozen(kw_only=True)
class Merged:
    """The document after merging; with conflicts it is the established one, untouched.

    `agreeing` has what does not conflict all the same, so that a refusal can say what else is missing.
    """

    document: Document
    agreeing: Document
    conflicts: tuple[Conflict, ...]


def merge(established: Document, given: Document) -> Merged:
    """`established` with what `given` adds to it."""
    conflicts: list[Conflict] = []
    merged = _objects(established, given, _Where(), conflicts)
    if conflicts:
        return Merged(document=established, agreeing=merged, conflicts=tuple(conflicts))
    return Merged(document=merged, agreeing=merged, conflicts=())


def other_procedure(own: str, document: Document) -> tuple[Conflict, ...]:
    """The conflict of facts that are of another procedure than the case's own."""
    given = document.get(PROCEDURE)
    return () if given == own else (Conflict(fact=PROCEDURE, line_id=None, established=own, given=given),)


def replaced(established: Document, given: Document) -> dict[str, Any]:
    """`established` with what `given` says instead: objects key by key, lines by `line_id`, anything else whole."""
    merged = dict(established)
    for key, value in given.items():
        before = merged.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            merged[key] = replaced(before, value)
        elif key == _LINES and before is not None:
            merged[key] = _replaced_lines(before, value)
        else:
            merged[key] = value
    return merged


def changed_at(paths: Sequence[str], established: Document, given: Document) -> tuple[Conflict, ...]:
    """What `given` says otherwise than `established` of the facts at paths, of the lines too: a line that was not there
    brings facts that contradict its absence. What was unknown may become known."""
    found: list[Conflict] = []
    before = {line[_LINE_ID]: line for line in _list_of_lines(established.get(_LINES) or [])}
    for path in paths:
        keys = tuple(path.split("."))
        if keys[0] != _LINE:
            found += _changed(keys, None, established, given)
            continue
        for line in _list_of_lines(given.get(_LINES) or []):
            line_id = line[_LINE_ID]
            there = before.get(line_id, dict.fromkeys(keys[1:2]))
            found += _changed(keys, line_id, {_LINE: there}, {_LINE: line})
    return tuple(found)


def _changed(keys: tuple[str, ...], line_id: str | None, established: Document, given: Document) -> list[Conflict]:
    before, after = _at(keys, established), _at(keys, given)
    if before is _UNKNOWN or _same(before, after):
        return []
    told = None if after is _UNKNOWN else after
    return [Conflict(fact=".".join(keys), line_id=line_id, established=before, given=told)]


def _same(one: object, other: object) -> bool:
    """Whether two values say the same; lists are sets of codes."""
    if isinstance(one, list) and isinstance(other, list):
        return set(one) == set(other)
    return one == other


def _at(keys: tuple[str, ...], document: Document) -> object:
    """What a document says at a path; below what is none, everything is none."""
    value: object = document
    for key in keys:
        if not isinstance(value, Mapping):
            return value
        value = value.get(key, _UNKNOWN)
    return value


@frozen(kw_only=True)
class _Where:
    """The path of an object: its keys, and the line that it belongs to."""

    keys: tuple[str, ...] = ()
    line_id: str | None = None

    def under(self, key: str) -> _Where:
        return _Where(keys=(*self.keys, key), line_id=self.line_id)


def _objects(established: Document, given: Document, where: _Where, conflicts: list[Conflict]) -> dict[str, Any]:
    merged = dict(established)
    # In the order in which a journal keeps them, so that a replay finds the same conflicts in the same order.
    for key, value in sorted(given.items()):
        if key not in established:
            merged[key] = value
        elif key == _LINES and not where.keys:
            merged[key] = _lines(established[key], value, conflicts)
        else:
            merged[key] = _values(established[key], value, where.under(key), conflicts)
    return merged


def _values(established: object, given: object, where: _Where, conflicts: list[Conflict]) -> object:
    if isinstance(established, Mapping) and isinstance(given, Mapping):
        return _objects(established, given, where, conflicts)
    if isinstance(established, list) and isinstance(given, list):
        return established + [code for code in given if code not in established]
    if canonical_json(established) != canonical_json(given):
        conflicts.append(
            Conflict(fact=".".join(where.keys), line_id=where.line_id, established=established, given=given)
        )
    return established


def _lines(established: object, given: object, conflicts: list[Conflict]) -> list[Document]:
    merged = {line[_LINE_ID]: line for line in _list_of_lines(established)}
    for line in _list_of_lines(given):
        line_id = line[_LINE_ID]
        where = _Where(keys=(_LINE,), line_id=line_id)
        merged[line_id] = _objects(merged[line_id], line, where, conflicts) if line_id in merged else line
    return list(merged.values())


def _replaced_lines(established: object, given: object) -> list[Document]:
    merged = {line[_LINE_ID]: line for line in _list_of_lines(established)}
    for line in _list_of_lines(given):
        merged[line[_LINE_ID]] = replaced(merged.get(line[_LINE_ID], {}), line)
    return list(merged.values())


def _list_of_lines(value: object) -> list[Document]:
    if not isinstance(value, list) or not all(isinstance(line, Mapping) and _LINE_ID in line for line in value):
        raise Fault("lines that were not checked reached a case")
    return value
