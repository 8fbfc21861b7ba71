"""A command held against the history of its case: an event that may be recorded, or a refusal that says why not."""

from __future__ import annotations

from typing import Any

from attrs import evolve, frozen

from yibao.basics.problems import Fault, ProblemsFound
from yibao.cases.commands import Command, Law, OpenCase, TakeStep, command_digest
from yibao.cases.events import History
from yibao.cases.merging import Merged, merge
from yibao.model.case import (
    Case,
    CaseEvent,
    CaseOpened,
    Document,
    Envelope,
    PossibleStep,
    Refusal,
    RefusalReason,
    StepRefused,
    StepTaken,
    foremost,
)
from yibao.model.chart import Chart
from yibao.model.claim import Claim
from yibao.procedure.explain import Explanation, Undecided, explain, possible_now
from yibao.procedure.machine import NotAllowed, take

PROCEDURE = "procedure"
# A retry under these is a new attempt: the key stays free, so that the caller can read again and repeat.
_UNBOUND = frozenset({RefusalReason.VERSION_CONFLICT, RefusalReason.KEY_REUSED})


@frozen(kw_only=True)
class Answer:
    """What the caller is told, and the event to be recorded (None when nothing is: a repetition, an unknown case)."""

    document: Document
    refused: bool
    event: CaseEvent | None


def handle(history: History, command: Command, law: Law) -> Answer:
    """The answer to a command under a law.

    Raises ProblemsFound when the command names no known chart or its data make the claim contradict itself.
    """
    first = history.keyed(command.submission.key)
    if first is not None and first.envelope.command == command_digest(command):
        return Answer(document=_told(history, first), refused=isinstance(first, StepRefused), event=None)
    if isinstance(command, OpenCase):
        return _open(history, command, law)
    return _take(history, command, law)


def what_is_possible(case: Case, law: Law) -> tuple[PossibleStep, ...]:
    """The events that the case's state allows, each with what it still needs."""
    chart, judge = law.chart_of(case), _Judge(law)
    return possible_now(chart, case.state, law.read_claim(case.claim), law.catalogues, judge.undecided)


def unknown_case(case_id: str, event: str | None) -> Refusal:
    """The refusal for a case that was never opened."""
    return Refusal(reason=RefusalReason.UNKNOWN_CASE, case_id=case_id, state=None, event=event)


class _Judge:
    """Decides each claim once, however often it is asked about."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._found: dict[str, Document | Undecided] = {}

    def undecided(self, claim: Claim) -> Undecided | None:
        """Why the claim is not decided, or None when it is."""
        found = self._judged(claim)
        return found if isinstance(found, Undecided) else None

    def decision(self, claim: Claim) -> Document:
        found = self._judged(claim)
        if isinstance(found, Undecided):
            raise Fault("a step that decides was taken without a decision")
        return found

    def _judged(self, claim: Claim) -> Document | Undecided:
        if claim.digest not in self._found:
            self._found[claim.digest] = self._judge(claim)
        return self._found[claim.digest]

    def _judge(self, claim: Claim) -> Document | Undecided:
        if not claim.lines:
            return Undecided(missing=("lines",), problems=())
        try:
            decision = self._law.decide(claim)
        except ProblemsFound as error:
            return Undecided(missing=(), problems=error.problems)
        if decision["outcome"] == "undetermined":
            return Undecided(missing=tuple(sorted({entry["fact"] for entry in decision["missing"]})), problems=())
        return decision


def _open(history: History, command: OpenCase, law: Law) -> Answer:
    chart = law.chart(command.chart)
    merged = merge({PROCEDURE: chart.name}, command.data)
    law.read_claim(merged.document)
    case = history.case
    reasons = _shared_reasons(history, command, 0 if case is None else case.version)
    if case is not None:
        reasons.add(RefusalReason.CASE_EXISTS)
    if merged.conflicts:
        reasons.add(RefusalReason.CONFLICTING_FACT)
    if reasons:
        refusal = Refusal(
            reason=foremost(reasons),
            case_id=command.case_id,
            state=None if case is None else case.state,
            event=None,
            conflicts=merged.conflicts,
            possible_now=() if case is None else what_is_possible(case, law),
        )
        return _refused(history, command, None if case is None else law.chart_of(case), law, refusal)
    envelope = _envelope(history, command, chart, law)
    event = CaseOpened(envelope=envelope, chart=chart.name, state=chart.initial, data=merged.document)
    return _accepted(history, event)


def _take(history: History, command: TakeStep, law: Law) -> Answer:
    case = history.case
    if case is None:
        refusal = unknown_case(command.case_id, command.event)
        return Answer(document=refusal.document(), refused=True, event=None)
    chart, judge = law.chart_of(case), _Judge(law)
    merged = merge(case.claim, command.data)
    claim = law.read_claim(merged.agreeing)
    step = chart.step_of(command.event)
    found = None if step is None else explain(chart, case.state, step, claim, law.catalogues, judge.undecided)
    reasons = _shared_reasons(history, command, case.version) | _step_reasons(chart, case, merged, found)
    if reasons or found is None:
        refusal = Refusal(
            reason=foremost(reasons),
            case_id=case.case_id,
            state=case.state,
            event=command.event,
            missing_steps=() if found is None else tuple(step.name for step in found.skipped),
            missing_documents=() if found is None else found.missing_documents,
            failed=() if found is None else found.failed,
            conflicts=merged.conflicts,
            possible_now=what_is_possible(case, law),
        )
        return _refused(history, command, chart, law, refusal)
    event = _step_taken(_envelope(history, command, chart, law), command, case, chart, found, claim, judge)
    return _accepted(history, event)


def _shared_reasons(history: History, command: Command, version: int) -> set[RefusalReason]:
    """What any command can be refused for."""
    reasons = set()
    if (expected := command.submission.expected_version) is not None and expected != version:
        reasons.add(RefusalReason.VERSION_CONFLICT)
    if history.keyed(command.submission.key) is not None:
        reasons.add(RefusalReason.KEY_REUSED)
    return reasons


def _step_reasons(chart: Chart, case: Case, merged: Merged, found: Explanation | None) -> set[RefusalReason]:
    """What the chart and the facts have against the step."""
    held = {
        RefusalReason.CASE_CLOSED: chart.states[case.state].final,
        RefusalReason.UNKNOWN_EVENT: found is None,
        RefusalReason.ALREADY_TAKEN: found is not None and found.behind,
        RefusalReason.SKIPPED_STEP: found is not None and bool(found.skipped),
        RefusalReason.CONFLICTING_FACT: bool(merged.conflicts),
        RefusalReason.DOCUMENT_MISSING: found is not None and bool(found.missing_documents),
        RefusalReason.CONDITION_NOT_MET: found is not None and bool(found.failed),
    }
    return {reason for reason, holds in held.items() if holds}


def _step_taken(
    envelope: Envelope,
    command: TakeStep,
    case: Case,
    chart: Chart,
    found: Explanation,
    claim: Claim,
    judge: _Judge,
) -> StepTaken:
    """The event of a step that nothing stands against. The state machine says where it leads."""
    step = found.step
    try:
        target = take(chart, case.state, step.event, found.checks[-1].outcomes)
    except NotAllowed as error:
        raise Fault(f"the explanation allows a step that the state machine refuses: {error}") from None
    return StepTaken(
        envelope=envelope,
        event=step.event,
        step=step.name,
        source=case.state,
        target=target,
        data=command.data,
        decision=judge.decision(claim) if step.decides else None,
    )


def _envelope(history: History, command: Command, chart: Chart, law: Law) -> Envelope:
    return Envelope(
        case_id=command.case_id,
        sequence=history.next_sequence,
        at=command.submission.at,
        actor=command.submission.actor,
        key=command.submission.key,
        command=command_digest(command),
        policy_digest=law.policy_digest,
        chart_digest=chart.digest,
        previous=history.last_digest,
    )


def _accepted(history: History, event: CaseOpened | StepTaken) -> Answer:
    return Answer(document=_told(history.with_event(event), event), refused=False, event=event)


def _refused(history: History, command: Command, chart: Chart | None, law: Law, refusal: Refusal) -> Answer:
    """The refusal, recorded as an event of its own when there is a case to record it in."""
    if chart is None:
        return Answer(document=refusal.document(), refused=True, event=None)
    envelope = _envelope(history, command, chart, law)
    if refusal.reason in _UNBOUND:
        envelope = evolve(envelope, key=None)
    event = StepRefused(envelope=envelope, event=refusal.event, data=command.data, refusal=refusal.document())
    return Answer(document=event.refusal, refused=True, event=event)


def _told(history: History, event: CaseEvent) -> dict[str, Any]:
    """What the sender of a command is told about the event that it led to: the same, whenever it is asked."""
    if isinstance(event, StepRefused):
        return dict(event.refusal)
    if history.case is None:
        raise Fault("an event without a case was recorded")
    kept = event.envelope
    until_then = history.events[: kept.sequence]
    taken = event if isinstance(event, StepTaken) else None
    return {
        "case": kept.case_id,
        "chart": history.case.chart,
        "event": None if taken is None else taken.event,
        "step": None if taken is None else taken.step,
        "state": event.target if isinstance(event, StepTaken) else event.state,
        "version": sum(not isinstance(each, StepRefused) for each in until_then),
        "at": kept.at,
        "actor": kept.actor,
        "decision": None if taken is None else taken.decision,
    }
