"""Engines in processes of their own, so that none disturbs or brings down another; the parent asks them in turn."""

from __future__ import annotations

import importlib
import multiprocessing
from multiprocessing.connection import Connection

from attrs import frozen

from tests.bench.draw import drawn_claims
from tests.bench.tasks import Effort, Engine, Timing, timed_round, warm_up, wrong_answers

COMPARE, TIME = "compare", "time"
_SHORTEST_ANSWER_S = 5.0


class NoEngine(Exception):
    """The engine is not installed, or ended, or took too long."""


@frozen
class Opening:
    """How to open an engine: the function of a module, and what it is given."""

    module: str
    function: str
    arguments: tuple[int, ...] = ()


class Worker:
    """One engine in its process. Raises NoEngine wherever the engine does not answer."""

    def __init__(self, opening: Opening, effort: Effort, longest_s: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._opening, self._longest_s = opening, longest_s
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, opening, effort), daemon=True)
        self._process.start()
        theirs.close()
        self.title = str(self._answer(str))

    def compare(self) -> list[str]:
        """The answers that differ from the judge's, in words."""
        self._connection.send(COMPARE)
        found = self._answer(list)
        return [str(one) for one in found] if isinstance(found, list) else []

    def time(self) -> dict[str, Timing]:
        """One round of every task, by name."""
        self._connection.send(TIME)
        found = self._answer(dict)
        return {str(name): timing for name, timing in found.items()} if isinstance(found, dict) else {}

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join(_SHORTEST_ANSWER_S)

    def _answer(self, expected: type) -> object:
        if not self._connection.poll(self._longest_s):
            self.close()
            raise NoEngine(f"no answer within {self._longest_s:.0f} s")
        try:
            found = self._connection.recv()
        except EOFError:
            self._process.join(_SHORTEST_ANSWER_S)
            raise NoEngine(f"its process ended with {self._process.exitcode}") from None
        if isinstance(found, ImportError):
            raise NoEngine(f"not installed: {found}")
        if not isinstance(found, expected):
            raise NoEngine(f"answered {found!r}")
        return found


def _serve(connection: Connection, opening: Opening, effort: Effort) -> None:
    try:
        engine: Engine = getattr(importlib.import_module(opening.module), opening.function)(*opening.arguments)
    except ImportError as error:
        connection.send(ImportError(str(error)))
        return
    connection.send(engine.title)
    prepared = None
    while True:
        if connection.recv() == COMPARE:
            rows = list(drawn_claims(effort.compared))
            connection.send([wrong for task in engine.tasks for wrong in wrong_answers(task, rows)[:3]])
            continue
        if prepared is None:
            prepared = _prepared(engine, effort)
        connection.send({task.name: timed_round(task, prepared[task.name], effort) for task in engine.tasks})


def _prepared(engine: Engine, effort: Effort) -> dict[str, list[object]]:
    rows = list(drawn_claims(effort.claims))
    found = {}
    for task in engine.tasks:
        found[task.name] = task.choose([task.prepare(task.view(row)) for row in rows[: task.most]])
        warm_up(task, found[task.name])
    return found
