"""What every command is answered with: the event that it leads to, the refusal, and what its sender is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import asdict, evolve, frozen

from yibao.basics.problems import Fault
from yibao.cases.commands import Command, Law, OpenCase, SendEvent, command_digest
from yibao.cases.events import History, event_document
from yibao.model.case import Case, Document, Invoice
from yibao.model.chart import Chart, OperationKind
from yibao.model.events import (
    CaseEvent,
    CaseOpened,
    CaseRedecided,
    CaseWithdrawn,
    DeadlinePassed,
    Envelope,
    FactsCorrected,
    KeyVoided,
    SettlementReversed,
    StepDeleted,
    StepRefused,
    StepTaken,
)
from yibao.model.refusals import Refusal, RefusalReason

# A retry under these is a new attempt: the key stays free, so that the caller can read again and repeat.
_UNBOUND = frozenset({RefusalReason.VERSION_CONFLICT, RefusalReason.KEY_REUSED})


@frozen(kw_only=True)
class Around:
    """What a command meets in its journal.

    `answered` is the event that answered an earlier command of the case under a key. `others` are the histories of
    other cases, and `holder` is the case in which an invoice backs a live settlement.
    """

    history: History
    answered: Callable[[str], CaseEvent | None]
    others: Callable[[str], History]
    holder: Callable[[Invoice], str | None]


@frozen(kw_only=True)
class Recorded:
    """An event to be recorded, the document that a journal keeps of it, and the history of the case after it."""

    event: CaseEvent
    document: Document
    after: History


@frozen(kw_only=True)
class Answer:
    """What the caller is told, and what is to be recorded (None when nothing is: a repetition, an unknown case)."""

    document: Document
    refused: bool
    recorded: Recorded | None

    @property
    def event(self) -> CaseEvent | None:
        """The event to be recorded."""
        return None if self.recorded is None else self.recorded.event


def shared_reasons(command: Command, version: int, around: Around) -> set[RefusalReason]:
    """What any command can be refused for."""
    reasons = set()
    submission, case = command.submission, around.history.case
    if submission.expected_version is not None and submission.expected_version != version:
        reasons.add(RefusalReason.VERSION_CONFLICT)
    if submission.key is not None:
        void = case is not None and submission.key in case.void
        if void or around.answered(submission.key) is not None:
            reasons.add(RefusalReason.KEY_REUSED)
    return reasons


def envelope_of(history: History, command: Command, chart: Chart, law: Law, state: str | None) -> Envelope:
    """The envelope of the event that a command leads to; `state` is the case's after it."""
    return Envelope(
        case_id=command.case_id,
        sequence=history.sequence + 1,
        version=version_of(history.case) + 1,
        state=state,
        at=command.submission.at,
        actor=command.submission.actor,
        key=command.submission.key,
        command=command_digest(command),
        policy_digest=law.policy_digest,
        chart_digest=chart.digest,
        previous=history.last_digest,
    )


def nothing_recorded(document: Document, refused: bool) -> Answer:
    """An answer that leaves no event."""
    return Answer(document=document, refused=refused, recorded=None)


def accepted(history: History, event: CaseEvent) -> Answer:
    """The answer to a command that led to an event."""
    recorded = _recorded(history, event)
    case = recorded.after.case
    if case is None:
        raise Fault("an event without a case was recorded")
    return Answer(document=told(event, case.chart, case.version), refused=False, recorded=recorded)


def _recorded(history: History, event: CaseEvent) -> Recorded:
    document = event_document(event)
    return Recorded(event=event, document=document, after=history.with_event(event, document))


def refused(history: History, command: Command, chart: Chart | None, law: Law, refusal: Refusal) -> Answer:
    """The refusal, recorded as an event of its own when there is a case to record it in."""
    if chart is None:
        return nothing_recorded(refusal.document(), refused=True)
    envelope = envelope_of(history, command, chart, law, refusal.state)
    envelope = evolve(envelope, version=version_of(history.case))
    if refusal.reason in _UNBOUND:
        envelope = evolve(envelope, key=None)
    event = StepRefused(
        envelope=envelope,
        event=refusal.event,
        data={} if not isinstance(command, OpenCase | SendEvent) else command.data,
        change=command.change if isinstance(command, SendEvent) else None,
        refusal=refusal.document(),
    )
    return Answer(document=event.refusal, refused=True, recorded=_recorded(history, event))


def told(event: CaseEvent, chart: str, version: int) -> dict[str, Any]:
    """What the sender of a command is told about the event that it led to: the same, whenever it is asked."""
    if isinstance(event, StepRefused):
        return dict(event.refusal)
    kept = event.envelope
    return {
        "case": kept.case_id,
        "chart": chart,
        "event": _event_of(event),
        "step": event.step if isinstance(event, StepTaken | StepDeleted | DeadlinePassed) else None,
        "state": _state_after(event),
        "version": version if kept.version is None else kept.version,
        "at": kept.at,
        "actor": kept.actor,
        "decision": event.decision if isinstance(event, StepTaken | CaseRedecided) else None,
        **_particulars(event),
    }


def unknown_case(case_id: str, event: str | None) -> Refusal:
    """The refusal for a case that was never opened."""
    return Refusal(reason=RefusalReason.UNKNOWN_CASE, case_id=case_id, state=None, event=event)


def _event_of(event: CaseEvent) -> str | None:
    """The name by which the event was sent; None for what nobody sends."""
    match event:
        case CaseOpened() | DeadlinePassed():
            return None
        case StepTaken() | StepRefused():
            return event.event
        case SettlementReversed():
            return event.operation
        case FactsCorrected():
            return OperationKind.CORRECT.value
        case CaseWithdrawn():
            return OperationKind.WITHDRAW.value
        case CaseRedecided():
            return OperationKind.REDECIDE.value
        case KeyVoided():
            return OperationKind.REVERSE_UNKNOWN.value
        case StepDeleted():
            return OperationKind.DELETE.value


def _state_after(event: CaseEvent) -> str | None:
    """The state after the event; release 0.2.0 wrote it into opened and taken steps only, and knew no other events."""
    match event:
        case CaseOpened():
            return event.state
        case StepTaken():
            return event.target
        case _:
            return event.envelope.state


def _particulars(event: CaseEvent) -> dict[str, Any]:
    """What only some kinds of event have to tell."""
    match event:
        case StepTaken(relied_on=relied_on) if relied_on is not None:
            return {"relied_on": asdict(relied_on)}
        case CaseRedecided():
            return {"supersedes": event.supersedes, "owed": event.owed}
        case SettlementReversed():
            return {"reverses": event.reverses, "mirrored": event.mirrored}
        case DeadlinePassed():
            return {"deadline": event.deadline, "last_day": event.last_day}
        case _:
            return {}


def version_of(case: Case | None) -> int:
    """The version of a case; nothing for one that was never opened."""
    return 0 if case is None else case.version
