"""Carrying a command to a journal: read the case, answer, record, and begin again when another writer was faster."""

from __future__ import annotations

from yibao.cases.commands import Command, Law, TakeStep
from yibao.cases.events import History, event_document, history_of
from yibao.cases.handling import Answer, handle
from yibao.journal import EventStore, SequenceTaken
from yibao.model.case import Case, Refusal, RefusalReason

MOST_ATTEMPTS = 50


def carry_out(journal: EventStore, command: Command, law: Law) -> Answer:
    """The answer to a command, after what it led to has been recorded.

    When others write to the same case all the time, it gives up after a bounded number of attempts with a version
    conflict that is not recorded. Raises ProblemsFound as `handle` and the journal do.
    """
    history = history_of(())
    for _attempt in range(MOST_ATTEMPTS):
        history = history_of(journal.events(command.case_id))
        answer = handle(history, command, law)
        if answer.event is None:
            return answer
        try:
            journal.append(command.case_id, len(history.events), [event_document(answer.event)])
        except SequenceTaken:
            continue
        return answer
    return _crowded_out(history, command)


def case_in(journal: EventStore, case_id: str) -> Case | None:
    """The case as its events in the journal make it; None for a case that was never opened.

    Raises ProblemsFound when the journal can't be read.
    """
    return history_of(journal.events(case_id)).case


def _crowded_out(history: History, command: Command) -> Answer:
    refusal = Refusal(
        reason=RefusalReason.VERSION_CONFLICT,
        case_id=command.case_id,
        state=None if history.case is None else history.case.state,
        event=command.event if isinstance(command, TakeStep) else None,
    )
    return Answer(document=refusal.document(), refused=True, event=None)
