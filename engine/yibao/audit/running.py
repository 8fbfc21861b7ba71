"""Work on all cases of a journal, range by range, in one process or in several; what is found comes in order.

Memory grows with the number of processes and not with the journal. Which process did what shows in nothing.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Generic, TypeVar

from attrs import frozen

from yibao.audit.laws import AtHand, Laws
from yibao.audit.surroundings import Others
from yibao.basics.problems import Problem, ProblemsFound
from yibao.journal import StoredEvent
from yibao.journal.kept import KeptJournal
from yibao.journal.opening import open_existing_journal

CASES_AT_ONCE = 200
_WAITING_EACH = 3
Found = TypeVar("Found")


@frozen
class Range:
    """The cases whose names follow `after`, up to `until` with it; to the last one where that is None."""

    after: str
    until: str | None


@frozen
class Desk:
    """What a process has at hand: the journal, the laws of it that were read, other cases."""

    journal: KeptJournal
    laws: Laws
    others: Others


@frozen(kw_only=True)
class Work(Generic[Found]):
    """What is done with the events of some cases, one case after the other.

    It is sent to other processes, so that it is a function with plain values. `events` says of what was found how many
    events it is about, to show how far the work has come.
    """

    journal: str
    at_hand: AtHand
    do: Callable[[Desk, Iterator[StoredEvent]], Found]
    events: Callable[[Found], int]


def work_on_case(work: Work[Found], case_id: str) -> Found | None:
    """What is found in one case; None for a case that was never opened. Raises ProblemsFound."""
    with open_existing_journal(work.journal) as journal:
        if journal.last_sequence(case_id) == 0:
            return None
        return work.do(_desk(journal, work.at_hand), (each for each in journal.stored_of(case_id)))


def work_on_all(work: Work[Found], processes: int, done: Callable[[int, int], None]) -> Iterator[Found]:
    """What is found in each range of the journal, in order. `done` is told the events worked on, and all there are.

    Raises ProblemsFound when the journal can't be read.
    """
    with open_existing_journal(work.journal) as journal:
        total, so_far = journal.head().position, 0
        ranges = _ranges(journal)
        done(0, total)
        for found in _found(work, journal, ranges, processes):
            so_far += work.events(found)
            done(so_far, total)
            yield found


def _found(work: Work[Found], journal: KeptJournal, ranges: Iterator[Range], processes: int) -> Iterator[Found]:
    first, second = next(ranges, None), next(ranges, None)
    if first is None:
        return
    if processes == 1 or second is None:
        desk = _desk(journal, work.at_hand)
        for each in (first, *([] if second is None else [second])):
            yield work.do(desk, _stored(journal, each))
        for each in ranges:
            yield work.do(desk, _stored(journal, each))
        return
    # A new interpreter each: what the parent holds open is not inherited.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(work.journal, work.at_hand)) as pool:
        waiting = deque(pool.submit(_do, work.do, each) for each in (first, second))
        for each in ranges:
            waiting.append(pool.submit(_do, work.do, each))
            if len(waiting) > processes * _WAITING_EACH:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())


def _ranges(journal: KeptJournal) -> Iterator[Range]:
    after = ""
    for name in journal.case_at_every(CASES_AT_ONCE):
        yield Range(after, name)
        after = name
    yield Range(after, None)


_desks: list[Desk] = []
"""The desk of a process that was begun for work, and none in any other."""


def _begin(name: str, at_hand: AtHand) -> None:
    _desks.append(_desk(open_existing_journal(name), at_hand))


def _do(do: Callable[[Desk, Iterator[StoredEvent]], Found], each: Range) -> Found | tuple[Problem, ...]:
    """What is found in a range; the problems of a journal that can't be read, as an exception would not travel well."""
    desk = _desks[0]
    try:
        return do(desk, _stored(desk.journal, each))
    except ProblemsFound as error:
        return error.problems


def _result(future: Future[Found | tuple[Problem, ...]]) -> Found:
    found = future.result()
    if isinstance(found, tuple):
        raise ProblemsFound(found)
    return found


def _stored(journal: KeptJournal, each: Range) -> Iterator[StoredEvent]:
    return journal.stored_by_case(each.after, each.until)


def _desk(journal: KeptJournal, at_hand: AtHand) -> Desk:
    return Desk(journal, Laws(journal, at_hand), Others(journal))
