"""Carrying a command to a journal: read the case, answer, record, and begin again when another writer was faster."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from attrs import evolve

from yibao.basics.problems import Problem, ProblemsFound
from yibao.cases.answering import Answer, Around, Recorded, nothing_recorded
from yibao.cases.commands import Command, Law, PassTime, SendEvent, Submission
from yibao.cases.events import NOTHING, History
from yibao.cases.handling import handle
from yibao.cases.histories import Histories, Told
from yibao.cases.possibilities import operations_possible, steps_possible
from yibao.journal import Appended, EventStore, InvoiceTaken, SequenceTaken
from yibao.model.case import Case, Document
from yibao.model.events import CaseEvent, StepTaken
from yibao.model.refusals import PossibleStep, Refusal, RefusalReason

MOST_ATTEMPTS = 1_000
Row = TypeVar("Row")
_OF_EVERY_CASE = frozenset(
    ("journal-busy", "journal-closed", "journal-full", "journal-unreachable", "journal-write-failed")
)


def carry_out(journal: EventStore, command: Command, law: Law, histories: Histories | None = None) -> Answer:
    """The answer to a command, after what it led to has been recorded.

    `histories` are those of the journal, where many commands are carried out. When others write to the same case all
    the time, it gives up after a bounded number of attempts with a version conflict that is not recorded. Raises
    ProblemsFound as `handle` and the journal do.
    """
    known = Histories(journal) if histories is None else histories
    history = NOTHING
    for _attempt in range(MOST_ATTEMPTS):
        told = known.told(command.case_id)
        history = told.history
        answer = handle(command, law, _around(journal, known, told, command.case_id))
        recorded = answer.recorded
        if recorded is None:
            return answer
        try:
            journal.append_together(_parts(command, history, recorded), law.bundles(recorded.event.envelope))
        except (SequenceTaken, InvoiceTaken):
            continue
        known.went_on(command.case_id, told, recorded)
        return answer
    return _crowded_out(history, command)


def case_in(journal: EventStore, case_id: str) -> Case | None:
    """The case as its events in the journal make it; None for a case that was never opened.

    Raises ProblemsFound when the journal can't be read.
    """
    return Histories(journal).of(case_id).case


def pass_time(
    journal: EventStore, case_id: str, submission: Submission, law: Law, histories: Histories | None = None
) -> tuple[Document, ...]:
    """What was noted of a case when the day of a submission came: each deadline that has passed, earliest first.

    It needs no key, and a key in the submission is left out: what is noted is not noted again. Raises ProblemsFound as
    `carry_out`.
    """
    passed: list[Document] = []
    sent = evolve(submission, key=None)
    while True:
        answer = carry_out(journal, PassTime(case_id=case_id, submission=sent), law, histories)
        if answer.refused or answer.document["deadline"] is None:
            return tuple(passed)
        passed.append(answer.document)
        sent = evolve(sent, expected_version=None)


def told_of_each(
    cases: Iterable[str], tell: Callable[[str], Iterable[Row]]
) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """What is told of case after case, and why others could not be read: none keeps those after it waiting.

    Each of these problems names its case. What keeps the journal from every case stands last, and the rest is left.
    """
    told, problems = list[Row](), list[Problem]()
    for case_id in cases:
        try:
            told.extend(tell(case_id))
        except ProblemsFound as error:
            if any(problem.code in _OF_EVERY_CASE for problem in error.problems):
                problems.extend(error.problems)
                break
            left_out = f"the case {case_id} was left out: "
            problems.extend(evolve(each, message=left_out + each.message) for each in error.problems)
    return tuple(told), tuple(problems)


def what_is_possible(
    journal: EventStore, case: Case, law: Law, at: str
) -> tuple[tuple[PossibleStep, ...], tuple[PossibleStep, ...]]:
    """The steps that the case's state allows at a time, each with what it still needs; and the operations beside."""
    steps = steps_possible(case, law, Histories(journal).of, at)
    return steps, operations_possible(case, law.chart_of(case))


def _around(journal: EventStore, known: Histories, told: Told, case_id: str) -> Around:
    """What a command to a case meets in the journal, each case as it was at one moment."""
    others = {case_id: told.history}

    def other(name: str) -> History:
        if name not in others:
            others[name] = known.of(name)
        return others[name]

    def answered(key: str) -> CaseEvent | None:
        return known.answered(case_id, told, key)

    return Around(history=told.history, answered=answered, others=other, holder=journal.holder_of)


def _parts(command: Command, history: History, recorded: Recorded) -> list[Appended]:
    """The event and, where it relies on another case, the condition that this one has not moved on."""
    part, event = Appended(command.case_id, history.sequence, [recorded.document]), recorded.event
    if not isinstance(event, StepTaken) or event.relied_on is None:
        return [part]
    return [part, Appended(event.relied_on.case_id, event.relied_on.sequence, ())]


def _crowded_out(history: History, command: Command) -> Answer:
    refusal = Refusal(
        reason=RefusalReason.VERSION_CONFLICT,
        case_id=command.case_id,
        state=None if history.case is None else history.case.state,
        event=command.event if isinstance(command, SendEvent) else None,
    )
    return nothing_recorded(refusal.document(), refused=True)
