"""What an operation is about: each kind needs some of it, and takes nothing else. Reads no case."""

from __future__ import annotations

from collections.abc import Mapping

from yibao.basics.problems import Place, Problem, ProblemsFound, problem_of
from yibao.cases.commands import SendEvent
from yibao.model.chart import OperationKind
from yibao.model.events import Change

_TAKES_FACTS = (OperationKind.CORRECT, OperationKind.REDECIDE)
# What the change of an operation names, beside its reason.
_NAMES: Mapping[OperationKind, str] = {
    OperationKind.CORRECT: "event",
    OperationKind.DELETE: "event",
    OperationKind.REVERSE_UNKNOWN: "key",
}


def change_of(command: SendEvent, kind: OperationKind) -> Change:
    """What the operation is about. Raises ProblemsFound where something that its kind needs was not said, or more."""
    change = command.change
    given = {} if change is None else {"reason": change.reason or None, "event": change.event, "key": change.key}
    needed = {"reason"} | ({_NAMES[kind]} if kind in _NAMES else set())
    there = {name for name, value in given.items() if value is not None}
    problems = [_missing(command.event, name) for name in sorted(needed - there)]
    problems += [
        _unknown(f"`{command.event}` does not name `change.{name}`", f"/change/{name}")
        for name in sorted(there - needed)
    ]
    if kind not in _TAKES_FACTS:
        message = f"`{command.event}` brings no facts, only `change`"
        problems += [_unknown(message, f"/{name}") for name in sorted(command.data)]
    if change is None or problems:
        raise ProblemsFound(problems)
    return change


def no_change(command: SendEvent) -> None:
    """See that the data of a step say nothing that only operations say. Raises ProblemsFound."""
    if command.change is not None:
        message = f"`{command.event}` is a step; only operations say what they change"
        raise ProblemsFound([_unknown(message, "/change")])


def _missing(event: str, name: str) -> Problem:
    place = Place(path="data", pointer="/change")
    return problem_of("missing-field", f"`{event}` needs `change.{name}`", place)


def _unknown(message: str, pointer: str) -> Problem:
    return problem_of("unknown-field", message, Place(path="data", pointer=pointer))
