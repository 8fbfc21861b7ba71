"""The command that an event answered, found again from the event and the history before it.

An event does not keep what leaves no trace in it: which version was expected, which key was used a second time, the
chart that a second opening named. What would have led to the same is put there; the digest of the command in the
envelope says whether the rest is what was asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yibao.cases.answering import version_of
from yibao.cases.commands import Command, OpenCase, PassTime, SendEvent, Submission, command_digest
from yibao.cases.events import History
from yibao.cases.merging import PROCEDURE
from yibao.model.case import Case, Document
from yibao.model.chart import OperationKind
from yibao.model.events import (
    CaseEvent,
    CaseOpened,
    CaseRedecided,
    CaseWithdrawn,
    Change,
    DeadlinePassed,
    Envelope,
    FactsCorrected,
    KeyVoided,
    SettlementReversed,
    StepDeleted,
    StepRefused,
    StepTaken,
)
from yibao.model.refusals import RefusalReason

Answered = Mapping[str, CaseEvent]
"""By key, the events of the case that answered a command under it."""


def command_of(event: CaseEvent, history: History, answered: Answered) -> Command:
    """The command that an event answered, or would have if it were what it says."""
    kept = event.envelope
    match event:
        case CaseOpened():
            submission = _submission(kept, None)
            return _asked(kept, (_opening(kept, event.chart, data, submission) for data in _openings(event.data)))
        case StepTaken():
            return _sending(kept, event.event, event.data, None)
        case StepRefused():
            return _refused(event, history, answered)
        case FactsCorrected():
            return _sending(kept, OperationKind.CORRECT.value, event.data, event.change)
        case CaseWithdrawn():
            return _sending(kept, OperationKind.WITHDRAW.value, {}, event.change)
        case CaseRedecided():
            return _sending(kept, OperationKind.REDECIDE.value, event.data, event.change)
        case SettlementReversed():
            return _sending(kept, event.operation, {}, event.change)
        case KeyVoided():
            return _sending(kept, OperationKind.REVERSE_UNKNOWN.value, {}, event.change)
        case StepDeleted():
            return _sending(kept, OperationKind.DELETE.value, {}, event.change)
        case DeadlinePassed():
            return PassTime(case_id=kept.case_id, submission=_submission(kept, None))


def _refused(event: StepRefused, history: History, answered: Answered) -> Command:
    kept, reason = event.envelope, event.refusal.get("refused")
    # Any other version than the case's has the same refusal, and so has any key that is taken.
    version = version_of(history.case) + 1 if reason == RefusalReason.VERSION_CONFLICT.value else None
    submission = _submission(kept, version)
    if event.event is None and reason == RefusalReason.CASE_EXISTS.value:
        charts = _charts_named(event, history.case)
        return _asked(kept, (_opening(kept, chart, event.data, submission) for chart in charts))
    if event.event is None:
        command: Command = PassTime(case_id=kept.case_id, submission=submission)
    else:
        command = _sending(kept, event.event, event.data, event.change, version)
    if reason != RefusalReason.KEY_REUSED.value:
        return command
    key = _key_taken(command_digest(command), history.case, answered)
    used = Submission(at=kept.at, actor=kept.actor, key=key, expected_version=None)
    if isinstance(command, SendEvent):
        return SendEvent(
            case_id=command.case_id, event=command.event, data=command.data, change=command.change, submission=used
        )
    return PassTime(case_id=kept.case_id, submission=used)


def _key_taken(digest: str, case: Case | None, answered: Answered) -> str | None:
    """A key of the case under which another command was answered, or that is void; None where there is none."""
    if case is not None and case.void:
        return case.void[0]
    return next((key for key, first in answered.items() if first.envelope.command != digest), None)


def _openings(data: Document) -> Iterable[Document]:
    """The facts of an opening, with and without the procedure, which an opening adds where it was not said."""
    yield {key: value for key, value in data.items() if key != PROCEDURE}
    yield data


def _charts_named(event: StepRefused, case: Case | None) -> Iterable[str]:
    """The charts that a second opening can have named: that of the case, and what it said itself."""
    conflicts = event.refusal.get("conflicts")
    said = [conflict.get("established") for conflict in conflicts] if isinstance(conflicts, list) else []
    named = (None if case is None else case.chart, *said, event.data.get(PROCEDURE))
    return [chart for chart in named if isinstance(chart, str)]


def _asked(kept: Envelope, possible: Iterable[OpenCase]) -> OpenCase:
    """The one of the possible commands whose digest was kept, or else the first."""
    commands = list(possible)
    return next((command for command in commands if command_digest(command) == kept.command), commands[0])


def _opening(kept: Envelope, chart: str, data: Document, submission: Submission) -> OpenCase:
    return OpenCase(case_id=kept.case_id, chart=chart, data=data, submission=submission)


def _sending(
    kept: Envelope, event: str, data: Document, change: Change | None, version: int | None = None
) -> SendEvent:
    return SendEvent(case_id=kept.case_id, event=event, data=data, change=change, submission=_submission(kept, version))


def _submission(kept: Envelope, version: int | None) -> Submission:
    return Submission(at=kept.at, actor=kept.actor, key=kept.key, expected_version=version)
