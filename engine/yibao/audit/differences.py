"""How two documents of an event or a decision differ, told so that a person sees it: rules, fen, states, the rest.

Lines are compared by their ids, reasons by their rules. What is compared is data of two records; which of them is right
is not asked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from yibao.basics.digest import canonical_json
from yibao.model.case import Document

OUTCOME, STATE, RULE, AMOUNT, VALUE = "outcome", "state", "rule", "amount", "value"
MOST_TOLD = 50
_ORDER = {kind: rank for rank, kind in enumerate((STATE, OUTCOME, RULE, AMOUNT, VALUE))}
_STATES = frozenset({"state", "source", "target"})
_SUFFIX = "_fen"
_LONGEST = 200


@frozen(kw_only=True)
class Difference:
    """One thing that is not the same in what was recorded and in what came out again.

    `line_id` is the line it is about, if any. For a rule, `name` is its id, and what is recorded or comes out again is
    its effect, None where it does not appear. `fen` is again less recorded, for an amount that both have.
    """

    kind: str
    pointer: str
    line_id: str | None
    name: str
    recorded: object
    again: object
    fen: int | None

    def document(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "pointer": self.pointer,
            "line_id": self.line_id,
            "name": self.name,
            "recorded": self.recorded,
            "again": self.again,
            "fen": self.fen,
        }


def differences(recorded: Document, again: Document) -> tuple[Difference, ...]:
    """All differences of two events or decisions, the weightiest first, at most so many as somebody reads."""
    found = sorted(_objects(recorded, again, "", None), key=lambda each: _ORDER[each.kind])
    return tuple(found[:MOST_TOLD])


def parts_that_differ(recorded: Document, again: Document) -> tuple[str, ...]:
    """The top-level parts of two documents whose bytes differ."""
    return tuple(key for key in sorted({*recorded, *again}) if not _same(recorded.get(key), again.get(key)))


def rules_of(line: Mapping[str, Any]) -> dict[str, str]:
    """The rules that a line of a decision names as its reasons, each with its effect and what silences it."""
    found = {}
    for reason in _list(line.get("reasons")):
        if isinstance(reason, Mapping):
            silenced = reason.get("silenced_by")
            effect = f"{reason.get('effect')}" if silenced is None else f"{reason.get('effect')}, silenced"
            found[str(reason.get("rule"))] = effect
    return found


def _objects(
    recorded: Mapping[str, Any], again: Mapping[str, Any], pointer: str, line_id: str | None
) -> Iterator[Difference]:
    for key in sorted({*recorded, *again}):
        before, after = recorded.get(key), again.get(key)
        where = f"{pointer}/{key}"
        if _same(before, after):
            continue
        if key == "lines" and _has_ids(before) and _has_ids(after):
            yield from _lines(before, after, where)
        elif key == "reasons":
            yield from _rules(recorded, again, where, line_id)
        elif key == "proofs":
            yield _told(VALUE, where, line_id, key, None, None)
        else:
            yield from _values(before, after, where, line_id, key)


def _values(recorded: Any, again: Any, pointer: str, line_id: str | None, name: str) -> Iterator[Difference]:
    if isinstance(recorded, Mapping) and isinstance(again, Mapping):
        yield from _objects(recorded, again, pointer, line_id)
    elif isinstance(recorded, list) and isinstance(again, list) and len(recorded) == len(again):
        for at, (before, after) in enumerate(zip(recorded, again, strict=True)):
            if not _same(before, after):
                yield from _values(before, after, f"{pointer}/{at}", line_id, name)
    else:
        kind = AMOUNT if name.endswith(_SUFFIX) else STATE if name in _STATES else VALUE
        yield _told(OUTCOME if name == "outcome" else kind, pointer, line_id, name, recorded, again)


def _lines(recorded: Any, again: Any, pointer: str) -> Iterator[Difference]:
    before = {line["line_id"]: line for line in recorded}
    after = {line["line_id"]: (at, line) for at, line in enumerate(again)}
    for line_id in dict.fromkeys((*before, *after)):
        at, line = after.get(line_id, (None, None))
        if line is None or line_id not in before:
            there = "line" if line is None else None, None if line is None else "line"
            yield _told(VALUE, pointer, line_id, "line", *there)
        else:
            yield from _objects(before[line_id], line, f"{pointer}/{at}", line_id)


def _rules(
    recorded: Mapping[str, Any], again: Mapping[str, Any], pointer: str, line_id: str | None
) -> Iterator[Difference]:
    before, after = rules_of(recorded), rules_of(again)
    changed = [rule for rule in sorted({*before, *after}) if before.get(rule) != after.get(rule)]
    for rule in changed:
        yield _told(RULE, pointer, line_id, rule, before.get(rule), after.get(rule))
    if not changed:
        yield from _values(recorded.get("reasons"), again.get("reasons"), pointer, line_id, "reasons")


def _told(kind: str, pointer: str, line_id: str | None, name: str, recorded: object, again: object) -> Difference:
    fen = again - recorded if kind == AMOUNT and isinstance(recorded, int) and isinstance(again, int) else None
    return Difference(
        kind=kind,
        pointer=pointer,
        line_id=line_id,
        name=name,
        recorded=_in_short(recorded),
        again=_in_short(again),
        fen=fen,
    )


def _in_short(value: object) -> object:
    """A plain value as it is, anything longer as the beginning of its JSON."""
    if value is None or isinstance(value, bool | int):
        return value
    text = value if isinstance(value, str) else canonical_json(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _has_ids(lines: object) -> bool:
    return isinstance(lines, list) and all(
        isinstance(line, Mapping) and isinstance(line.get("line_id"), str) for line in lines
    )


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _same(one: object, other: object) -> bool:
    return canonical_json(one) == canonical_json(other)
