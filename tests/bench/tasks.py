"""What is timed: a task turns a drawn claim into the engine's own input, untimed, and decides it, timed.

Only the call is timed. Inputs are prepared before; an engine's output is compared with the judge's answers apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from tests.bench.draw import ClaimRow
from tests.bench.fused import Answer, fused

Input = TypeVar("Input")
Found = TypeVar("Found")


def every_line(row: ClaimRow) -> ClaimRow:
    """The claim as drawn."""
    return row


def first_line(row: ClaimRow) -> ClaimRow:
    """The claim with its first line alone."""
    return {**row, "lines": row["lines"][:1]}


@frozen(kw_only=True)
class Task(Generic[Input, Found]):
    """One thing to time.

    `view` is the part of the claim that is decided; at most `most` claims are, where preparing them takes long.
    `start` gives the call to time and is itself untimed; it is asked anew for every round, so that a task about cold
    calls starts cold. `choose` picks among the prepared inputs. A task is `warm` if it is timed on claims that it has
    seen before. `answers` reads the call's result for the comparison, made on every `compare_every`-th claim; None
    where there is nothing to compare.
    """

    name: str
    prepare: Callable[[ClaimRow], Input]
    start: Callable[[], Callable[[Input], Found]]
    answers: Callable[[Found], list[Answer]] | None
    view: Callable[[ClaimRow], ClaimRow] = every_line
    choose: Callable[[list[Input]], list[Input]] = field(default=list)
    warm: bool = True
    compare_every: int = 1
    most: int | None = None


# Each task has its own kind of input.
AnyTask = Task[Any, Any]


@frozen(kw_only=True)
class Engine:
    """An engine with its version, and what is timed of it."""

    title: str
    tasks: tuple[AnyTask, ...]


@frozen(kw_only=True)
class Timing:
    """One round in microseconds a call: percentiles by the clock, and the processor time of all threads."""

    p50: float
    p99: float
    processor: float
    calls: int


@frozen(kw_only=True)
class Effort:
    """How much is done: claims to prepare, claims to compare, rounds, and the seconds of one round of a task."""

    claims: int
    compared: int
    rounds: int
    shortest_s: float
    longest_s: float


def wrong_answers(task: Task[Input, Found], rows: Sequence[ClaimRow]) -> list[str]:
    """Where the task's answers differ from the judge's, told in words."""
    if task.answers is None:
        return []
    call, wrong = task.start(), []
    for row in map(task.view, rows[:: task.compare_every]):
        found, wanted = task.answers(call(task.prepare(row))), fused(row)
        if found != wanted:
            wrong.append(f"{task.name}: claim {row['number']}: {found} instead of {wanted}")
    return wrong


def warm_up(task: Task[Input, Found], inputs: Sequence[Input]) -> None:
    """Show a warm task its claims for the first time."""
    if task.warm:
        call = task.start()
        for one in inputs:
            call(one)


def timed_round(task: Task[Input, Found], inputs: Sequence[Input], effort: Effort) -> Timing:
    """One round over the inputs, ended early when it takes too long, repeated when it is too short to tell."""
    call = task.start()
    processor = time.process_time_ns()
    taken = _taken(call, inputs, effort, task.warm)
    return timing_of(taken, time.process_time_ns() - processor)


def _taken(call: Callable[[Input], Found], inputs: Sequence[Input], effort: Effort, again: bool) -> list[int]:
    """The nanoseconds of every call."""
    clock = time.perf_counter_ns
    longest, shortest = int(effort.longest_s * 1e9), int(effort.shortest_s * 1e9)
    taken: list[int] = []
    begun = clock()
    while True:
        for one in inputs:
            before = clock()
            call(one)
            after = clock()
            taken.append(after - before)
            if after - begun > longest:
                return taken
        if not again or clock() - begun > shortest:
            return taken


def timing_of(taken: list[int], processor: int) -> Timing:
    """So many times in nanoseconds, and the processor time of all of them together."""
    ordered, calls = sorted(taken), len(taken)
    return Timing(
        p50=_at(ordered, 50) / 1e3, p99=_at(ordered, 99) / 1e3, processor=processor / calls / 1e3, calls=calls
    )


def best_of(rounds: Sequence[Timing]) -> Timing:
    """The least of the rounds: what else a machine does only ever adds to a time."""
    return Timing(
        p50=min(one.p50 for one in rounds),
        p99=min(one.p99 for one in rounds),
        processor=min(one.processor for one in rounds),
        calls=sum(one.calls for one in rounds),
    )


def _at(ordered: list[int], percent: int) -> int:
    """The smallest value that at least so many percent of all reach."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
