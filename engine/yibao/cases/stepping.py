"""Opening a case, and taking a step of its chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from yibao.basics.problems import Fault
from yibao.cases.answering import (
    Answer,
    Around,
    accepted,
    envelope_of,
    nothing_recorded,
    refused,
    shared_reasons,
    unknown_case,
    version_of,
)
from yibao.cases.commands import Law, OpenCase, SendEvent
from yibao.cases.events import History
from yibao.cases.judging import Judge, invoice_of
from yibao.cases.merging import PROCEDURE, Merged, merge
from yibao.cases.possibilities import circumstances_of, operations_possible, steps_possible
from yibao.model.case import Case, Document, Invoice, RecordedReliance
from yibao.model.chart import Chart, Reliance, Step
from yibao.model.claim import Claim
from yibao.model.events import CaseOpened, StepTaken
from yibao.model.refusals import Refusal, RefusalReason, foremost
from yibao.procedure.explain import Explanation, explain
from yibao.procedure.machine import NotAllowed


def open_case(command: OpenCase, law: Law, around: Around) -> Answer:
    """The answer to the opening of a case."""
    chart, history = law.chart(command.chart), around.history
    merged = merge({PROCEDURE: chart.name}, command.data)
    law.read_claim(merged.document)
    case = history.case
    reasons = shared_reasons(command, version_of(case), around)
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
            possible_now=() if case is None else steps_possible(case, law, around.others, command.submission.at),
            operations=() if case is None else operations_possible(case, law.chart_of(case)),
        )
        return refused(history, command, None if case is None else law.chart_of(case), law, refusal)
    envelope = envelope_of(history, command, chart, law, chart.initial)
    return accepted(history, CaseOpened(envelope=envelope, chart=chart.name, state=chart.initial, data=merged.document))


@frozen(kw_only=True)
class _Attempt:
    """An event held against its case: the facts with those that it brings, and what stands in its way."""

    merged: Merged
    brought: Document
    claim: Claim
    found: Explanation | None
    invoice: Invoice | None
    holder: str | None


def take_step(command: SendEvent, law: Law, around: Around) -> Answer:
    """The answer to an event of the chart, or to one that the chart does not know."""
    case = around.history.case
    if case is None:
        return nothing_recorded(unknown_case(command.case_id, command.event).document(), refused=True)
    chart, judge = law.chart_of(case), Judge(law)
    step = chart.step_of(command.event)
    attempt = _attempt(command, case, chart, step, law, judge, around)
    reasons = shared_reasons(command, case.version, around) | _reasons(chart, case, attempt)
    if reasons or attempt.found is None:
        found = attempt.found
        refusal = Refusal(
            reason=foremost(reasons),
            case_id=case.case_id,
            state=case.state,
            event=command.event,
            missing_steps=() if found is None else tuple(each.name for each in found.skipped),
            missing_documents=() if found is None else found.missing_documents,
            failed=() if found is None else found.failed,
            conflicts=attempt.merged.conflicts,
            possible_now=steps_possible(case, law, around.others, command.submission.at),
            operations=operations_possible(case, chart),
            invoice_with=attempt.holder,
        )
        return refused(around.history, command, chart, law, refusal)
    return accepted(around.history, _taken(command, case, chart, attempt, attempt.found, law, judge, around))


def _attempt(
    command: SendEvent, case: Case, chart: Chart, step: Step | None, law: Law, judge: Judge, around: Around
) -> _Attempt:
    given = merge(case.claim, command.data)
    brought: Document = {}
    if step is not None and step.reliance is not None:
        brought = _brought(step.reliance, law.read_claim(given.agreeing), around)
    merged = merge(given.agreeing, brought)
    claim = law.read_claim(merged.agreeing)
    submission = command.submission
    now = circumstances_of(case, claim, law, judge, around.others, submission.actor, submission.at)
    found = None if step is None else explain(chart, case.state, step, now)
    invoice = _invoice_due(case, step, claim)
    holder = None if invoice is None else around.holder(invoice)
    return _Attempt(
        merged=Merged(
            document=merged.document, agreeing=merged.agreeing, conflicts=(*given.conflicts, *merged.conflicts)
        ),
        brought=brought,
        claim=claim,
        found=found,
        invoice=invoice,
        holder=None if holder == case.case_id else holder,
    )


def _invoice_due(case: Case, step: Step | None, claim: Claim) -> Invoice | None:
    """The invoice that the step makes the backing of a decision: its own, or a live one whose invoice was not known."""
    unbacked = case.decision is not None and case.invoice is None
    return invoice_of(claim) if step is not None and (step.decides or unbacked) else None


def _reasons(chart: Chart, case: Case, attempt: _Attempt) -> set[RefusalReason]:
    """What the chart and the facts have against the step."""
    found = attempt.found
    held = {
        RefusalReason.CASE_CLOSED: chart.states[case.state].final,
        RefusalReason.UNKNOWN_EVENT: found is None,
        RefusalReason.CONFLICTING_FACT: bool(attempt.merged.conflicts),
        RefusalReason.DUPLICATE_INVOICE: attempt.holder is not None,
    }
    if found is not None:
        held |= {
            RefusalReason.ALREADY_TAKEN: found.behind,
            RefusalReason.SKIPPED_STEP: bool(found.skipped),
            RefusalReason.TOO_EARLY: found.early,
            RefusalReason.TOO_LATE: found.late,
            RefusalReason.ACTOR_NOT_ALLOWED: bool(found.same_actor),
            RefusalReason.DOCUMENT_MISSING: bool(found.missing_documents),
            RefusalReason.CONDITION_NOT_MET: found.unmet,
        }
    return {reason for reason, holds in held.items() if holds}


def _taken(
    command: SendEvent,
    case: Case,
    chart: Chart,
    attempt: _Attempt,
    found: Explanation,
    law: Law,
    judge: Judge,
    around: Around,
) -> StepTaken:
    """The event of a step that nothing stands against. The state machine says where it leads."""
    step = found.step
    try:
        target = law.move(chart, case.state, step.event, found.checks[-1].outcomes)
    except NotAllowed as error:
        raise Fault(f"the explanation allows a step that the state machine refuses: {error}") from None
    return StepTaken(
        envelope=envelope_of(around.history, command, chart, law, target),
        event=step.event,
        step=step.name,
        source=case.state,
        target=target,
        data=command.data,
        brought=attempt.brought,
        relied_on=None if step.reliance is None else _relied_on(step.reliance, attempt.claim, around),
        decision=judge.decision(attempt.claim) if step.decides else None,
        invoice=attempt.invoice,
    )


def _other(reliance: Reliance, claim: Claim, around: Around) -> History | None:
    """The history of the case that a step waits for; None where the claim does not name one."""
    named = claim.given(reliance.case_fact)
    return around.others(named) if isinstance(named, str) else None


def _brought(reliance: Reliance, claim: Claim, around: Around) -> Document:
    """The facts that are taken over from the case that a step waits for, where it is in a state that counts."""
    other = _other(reliance, claim, around)
    case = None if other is None else other.case
    if case is None or case.chart != reliance.chart or case.state not in reliance.states:
        return {}
    brought: dict[str, Any] = {}
    for path in reliance.brings:
        _copy(case.claim, tuple(path.split(".")), brought)
    return brought


def _copy(source: Document, path: tuple[str, ...], target: dict[str, Any]) -> None:
    """Copy what stands at a path; nothing where the source has nothing there."""
    head, rest = path[0], path[1:]
    if head not in source:
        return
    value = source[head]
    if not rest or value is None:
        target[head] = value
    elif isinstance(value, Mapping):
        inner = target.setdefault(head, {})
        if isinstance(inner, dict):
            _copy(value, rest, inner)


def _relied_on(reliance: Reliance, claim: Claim, around: Around) -> RecordedReliance:
    other = _other(reliance, claim, around)
    if other is None or other.case is None or other.last_digest is None:
        raise Fault("a step was taken that waits for a case which is not there")
    case = other.case
    return RecordedReliance(
        case_id=case.case_id, chart=case.chart, state=case.state, sequence=other.sequence, digest=other.last_digest
    )
