"""An operation held against its case: what stands in its way, and the event that it leads to when nothing does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from yibao.cases.answering import Around
from yibao.cases.commands import Law, SendEvent
from yibao.cases.judging import Judge
from yibao.cases.possibilities import is_possible
from yibao.model.case import Case
from yibao.model.chart import DECIDED, Chart, Operation, OperationKind
from yibao.model.events import CaseEvent, Change, Envelope
from yibao.model.facts import Title
from yibao.model.refusals import Conflict, FailedCondition, RefusalReason

NOT_YET_DECIDED, SETTLEMENT_IS_LIVE, LAST_STEP = "not_yet_decided", "settlement_is_live", "is_the_last_step"
_TITLES: Mapping[str, Title] = {
    NOT_YET_DECIDED: Title(zh="尚未作出裁决（已裁决的，应先撤销结算或者重新裁决）", en="Nothing is decided yet"),
    SETTLEMENT_IS_LIVE: Title(zh="有有效的裁决", en="There is a live decision"),
    LAST_STEP: Title(zh="只能删除最后一步", en="Only the last step can be deleted"),
    DECIDED: Title(zh="费用已能作出裁决", en="The claim can be decided"),
}


@frozen(kw_only=True)
class Outcome:
    """What stands in the way of an operation, and the event that it leads to when nothing does.

    `state` is the case's afterwards. `holder` is the case that has the invoice, where that is what stands in the way.
    """

    reasons: frozenset[RefusalReason]
    failed: tuple[FailedCondition, ...]
    documents: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    holder: str | None
    event: Callable[[Envelope], CaseEvent] | None
    state: str


@frozen(kw_only=True)
class Attempt:
    """An operation, who sent it and what it is about, and the case that it is held against."""

    operation: Operation
    command: SendEvent
    change: Change
    case: Case
    chart: Chart
    law: Law
    around: Around
    judge: Judge

    def done(self, event: Callable[[Envelope], CaseEvent], state: str) -> Outcome:
        """Nothing stands in the way of the event, after which the case is in the state."""
        return Outcome(
            reasons=frozenset(), failed=(), documents=(), conflicts=(), holder=None, event=event, state=state
        )

    def refused(
        self,
        reason: RefusalReason,
        failed: tuple[FailedCondition, ...] = (),
        documents: tuple[str, ...] = (),
        conflicts: tuple[Conflict, ...] = (),
        holder: str | None = None,
    ) -> Outcome:
        """The operation is not possible, and nothing changes."""
        return Outcome(
            reasons=frozenset({reason}),
            failed=failed,
            documents=documents,
            conflicts=conflicts,
            holder=holder,
            event=None,
            state=self.case.state,
        )

    def unmet(
        self, condition: str, facts: Mapping[str, object] | None = None, missing: tuple[str, ...] = ()
    ) -> Outcome:
        """A condition of every operation of the kind does not hold."""
        failed = FailedCondition(
            condition=condition, title=_TITLES[condition], cites=self.chart.cites, facts=facts or {}, missing=missing
        )
        return self.refused(RefusalReason.CONDITION_NOT_MET, (failed,))

    def barred(self) -> Outcome | None:
        """Why the operation is not possible where the case is; None where it is."""
        case = self.case
        if is_possible(self.operation, case, self.chart):
            return None
        if case.decision is not None:
            return self.unmet(NOT_YET_DECIDED)
        if self.chart.states[case.state].final:
            return self.refused(RefusalReason.CASE_CLOSED)
        if self.operation.kind is OperationKind.DELETE:
            return self.unmet(LAST_STEP)
        return self.refused(RefusalReason.ALREADY_TAKEN)
