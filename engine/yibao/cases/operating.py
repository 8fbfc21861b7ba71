"""What is done to a case beside its steps: correct, withdraw, redecide, reverse, delete.

Each is a new event; nothing that was recorded is changed. Amounts that are taken back are those that were recorded,
with every sign turned, and are never worked out again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.cases.amounts import difference, mirrored
from yibao.cases.answering import (
    Answer,
    Around,
    accepted,
    envelope_of,
    nothing_recorded,
    refused,
    shared_reasons,
    unknown_case,
)
from yibao.cases.changes import change_of
from yibao.cases.commands import Law, SendEvent
from yibao.cases.folding import Contradicts, composed, with_correction
from yibao.cases.judging import Judge, invoice_of
from yibao.cases.merging import other_procedure, replaced
from yibao.cases.possibilities import (
    barred_by_own_steps,
    circumstances_of,
    is_possible,
    operations_possible,
    steps_possible,
)
from yibao.model.case import Case
from yibao.model.chart import DECIDED, RELIED, Chart, Operation, OperationKind
from yibao.model.claim import Claim
from yibao.model.events import (
    CaseEvent,
    CaseRedecided,
    CaseWithdrawn,
    Change,
    Envelope,
    FactsCorrected,
    KeyVoided,
    SettlementReversed,
    StepDeleted,
)
from yibao.model.facts import Title
from yibao.model.refusals import Conflict, FailedCondition, Refusal, RefusalReason, foremost
from yibao.procedure.explain import check_step, same_actor

NOT_YET_DECIDED, SETTLEMENT_IS_LIVE, LAST_STEP = "not_yet_decided", "settlement_is_live", "is_the_last_step"
_TITLES: Mapping[str, Title] = {
    NOT_YET_DECIDED: Title(zh="尚未作出裁决（已裁决的，应先撤销结算或者重新裁决）", en="Nothing is decided yet"),
    SETTLEMENT_IS_LIVE: Title(zh="有有效的裁决", en="There is a live decision"),
    LAST_STEP: Title(zh="只能删除最后一步", en="Only the last step can be deleted"),
    DECIDED: Title(zh="费用已能作出裁决", en="The claim can be decided"),
}


@frozen(kw_only=True)
class _Outcome:
    """What stands in the way of an operation, and the event that it leads to when nothing does."""

    reasons: frozenset[RefusalReason]
    failed: tuple[FailedCondition, ...]
    documents: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    holder: str | None
    event: Callable[[Envelope], CaseEvent] | None
    state: str


def operate(command: SendEvent, operation: Operation, law: Law, around: Around) -> Answer:
    """The answer to an operation on a case. Raises ProblemsFound where what it is about was not said."""
    case = around.history.case
    if case is None:
        return nothing_recorded(unknown_case(command.case_id, command.event).document(), refused=True)
    change = change_of(command, operation.kind)
    chart = law.chart_of(case)
    outcome = _Operation(command, change, case, chart, law, around).outcome(operation)
    reasons = shared_reasons(command, case.version, around) | outcome.reasons
    if reasons or outcome.event is None:
        refusal = Refusal(
            reason=foremost(reasons),
            case_id=case.case_id,
            state=case.state,
            event=command.event,
            missing_documents=outcome.documents,
            failed=outcome.failed,
            conflicts=outcome.conflicts,
            possible_now=steps_possible(case, law, around.others, command.submission.at),
            operations=operations_possible(case, chart),
            invoice_with=outcome.holder,
        )
        return refused(around.history, command, chart, law, refusal)
    envelope = envelope_of(around.history, command, chart, law, outcome.state)
    return accepted(around.history, outcome.event(envelope))


class _Operation:
    """One operation held against its case."""

    def __init__(self, command: SendEvent, change: Change, case: Case, chart: Chart, law: Law, around: Around) -> None:
        self._command, self._change, self._case = command, change, case
        self._chart, self._law, self._around = chart, law, around
        self._judge = Judge(law)

    def outcome(self, operation: Operation) -> _Outcome:
        match operation.kind:
            case OperationKind.CORRECT:
                return self._correct(operation)
            case OperationKind.WITHDRAW:
                return self._withdraw(operation)
            case OperationKind.REDECIDE:
                return self._redecide()
            case OperationKind.REVERSE:
                return self._reverse(OperationKind.REVERSE)
            case OperationKind.REVERSE_UNKNOWN:
                return self._reverse_unknown(operation)
            case OperationKind.DELETE:
                return self._delete(operation)

    def _correct(self, operation: Operation) -> _Outcome:
        if (barred := self._barred(operation)) is not None:
            return barred
        change = self._change
        layers = with_correction(self._case.layers, change.event or "", self._command.data)
        if layers is None:
            message = f"the case has no event `{change.event}` whose facts could be corrected"
            raise ProblemsFound([problem_of("unknown-event", message, Place(path="data", pointer="/change/event"))])
        try:
            document = composed(layers)
        except Contradicts as error:
            return self._refused(RefusalReason.CONFLICTING_FACT, conflicts=error.conflicts)
        if conflicts := other_procedure(self._chart.name, document):
            return self._refused(RefusalReason.CONFLICTING_FACT, conflicts=conflicts)
        claim = self._law.read_claim(document)
        documents, failed = self._steps_again(claim)
        if documents:
            return self._refused(RefusalReason.DOCUMENT_MISSING, failed, documents)
        if failed:
            return self._refused(RefusalReason.CONDITION_NOT_MET, failed)
        data = self._command.data
        return self._done(
            lambda envelope: FactsCorrected(envelope=envelope, change=change, data=data), self._case.state
        )

    def _steps_again(self, claim: Claim) -> tuple[tuple[str, ...], tuple[FailedCondition, ...]]:
        """What of the steps taken so far would not hold with the corrected facts."""
        submission = self._command.submission
        now = circumstances_of(
            self._case, claim, self._law, self._judge, self._around.others, submission.actor, submission.at
        )
        names = dict.fromkeys(taken.step for taken in self._case.taken)
        steps = [step for name in names if (step := self._chart.step_named(name)) is not None]
        checks = [check_step(step, now) for step in steps]
        documents = dict.fromkeys(code for check in checks for code in check.missing_documents)
        # A filing that has served this case may have moved on since; whether it was ready is not asked again.
        failed = tuple(
            condition
            for check in checks
            for condition in (*check.failed, *check.missed)
            if condition.condition != RELIED
        )
        return tuple(documents), failed

    def _withdraw(self, operation: Operation) -> _Outcome:
        if (barred := self._barred(operation)) is not None:
            return barred
        source, change = self._case.state, self._change
        target = self._law.move(self._chart, source, operation.kind.value, {})
        return self._done(
            lambda envelope: CaseWithdrawn(envelope=envelope, change=change, source=source, target=target), target
        )

    def _redecide(self) -> _Outcome:
        case, change, data = self._case, self._change, self._command.data
        before = case.decision
        if before is None:
            return self._refused(RefusalReason.CONDITION_NOT_MET, (_failure(SETTLEMENT_IS_LIVE, self._chart),))
        document = replaced(case.claim, data)
        if conflicts := other_procedure(self._chart.name, document):
            return self._refused(RefusalReason.CONFLICTING_FACT, conflicts=conflicts)
        claim = self._law.read_claim(document)
        if (why := self._judge.undecided(claim)) is not None:
            facts = {"problems": [str(problem) for problem in why.problems]} if why.problems else {}
            failed = _failure(DECIDED, self._chart, facts, why.missing)
            return self._refused(RefusalReason.CONDITION_NOT_MET, (failed,))
        if steps := barred_by_own_steps(case, self._chart, self._command.submission.actor):
            return self._refused(RefusalReason.ACTOR_NOT_ALLOWED, (same_actor(self._chart.cites, steps),))
        decision, invoice = self._judge.decision(claim), invoice_of(claim)
        moved = invoice != case.invoice
        holder = self._around.holder(invoice) if moved and invoice is not None else None
        if holder is not None:
            return self._refused(RefusalReason.DUPLICATE_INVOICE, holder=holder)
        return self._done(
            lambda envelope: CaseRedecided(
                envelope=envelope,
                change=change,
                data=data,
                decision=decision,
                supersedes=str(before["decision_id"]),
                owed=difference(before, decision),
                frees_invoice=case.invoice if moved else None,
                invoice=invoice if moved else None,
            ),
            case.state,
        )

    def _reverse(self, kind: OperationKind) -> _Outcome:
        case, change = self._case, self._change
        decision = case.decision
        if decision is None:
            return self._refused(RefusalReason.CONDITION_NOT_MET, (_failure(SETTLEMENT_IS_LIVE, self._chart),))
        target = next(step.source for step in reversed(case.taken) if step.decided)
        return self._done(
            lambda envelope: SettlementReversed(
                envelope=envelope,
                operation=kind.value,
                change=change,
                source=case.state,
                target=target,
                reverses=str(decision["decision_id"]),
                mirrored=mirrored(decision),
                frees_invoice=case.invoice,
            ),
            target,
        )

    def _reverse_unknown(self, operation: Operation) -> _Outcome:
        if (barred := self._barred(operation)) is not None:
            return barred
        case, change = self._case, self._change
        decided = next((step for step in reversed(case.taken) if step.decided), None)
        if decided is not None and decided.key == change.key:
            return self._reverse(OperationKind.REVERSE_UNKNOWN)
        if change.key is not None and self._around.answered(change.key) is not None:
            # The key answered something else, such as a refusal: there is no settlement to take back.
            return self._refused(RefusalReason.CONDITION_NOT_MET, (_failure(SETTLEMENT_IS_LIVE, self._chart),))
        return self._done(lambda envelope: KeyVoided(envelope=envelope, change=change), case.state)

    def _delete(self, operation: Operation) -> _Outcome:
        if (barred := self._barred(operation)) is not None:
            return barred
        case, change, last = self._case, self._change, self._case.taken[-1]
        if last.event != change.event:
            failed = _failure(LAST_STEP, self._chart, {"last_step": last.event})
            return self._refused(RefusalReason.CONDITION_NOT_MET, (failed,))
        return self._done(
            lambda envelope: StepDeleted(
                envelope=envelope, change=change, step=last.step, source=case.state, target=last.source
            ),
            last.source,
        )

    def _barred(self, operation: Operation) -> _Outcome | None:
        """Why the operation is not possible where the case is; None where it is."""
        case = self._case
        if is_possible(operation, case, self._chart):
            return None
        if case.decision is not None:
            return self._refused(RefusalReason.CONDITION_NOT_MET, (_failure(NOT_YET_DECIDED, self._chart),))
        if self._chart.states[case.state].final:
            return self._refused(RefusalReason.CASE_CLOSED)
        if operation.kind is OperationKind.DELETE:
            return self._refused(RefusalReason.CONDITION_NOT_MET, (_failure(LAST_STEP, self._chart),))
        return self._refused(RefusalReason.ALREADY_TAKEN)

    def _done(self, event: Callable[[Envelope], CaseEvent], state: str) -> _Outcome:
        return _Outcome(
            reasons=frozenset(), failed=(), documents=(), conflicts=(), holder=None, event=event, state=state
        )

    def _refused(
        self,
        reason: RefusalReason,
        failed: tuple[FailedCondition, ...] = (),
        documents: tuple[str, ...] = (),
        conflicts: tuple[Conflict, ...] = (),
        holder: str | None = None,
    ) -> _Outcome:
        return _Outcome(
            reasons=frozenset({reason}),
            failed=failed,
            documents=documents,
            conflicts=conflicts,
            holder=holder,
            event=None,
            state=self._case.state,
        )


def _failure(
    name: str, chart: Chart, facts: Mapping[str, object] | None = None, missing: tuple[str, ...] = ()
) -> FailedCondition:
    return FailedCondition(condition=name, title=_TITLES[name], cites=chart.cites, facts=facts or {}, missing=missing)
