"""What is done to a case beside its steps: correct, withdraw, redecide, reverse, delete.

Each is a new event; nothing that was recorded is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yibao.cases.after_a_decision import redecide, reverse, reverse_unknown
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
from yibao.cases.attempts import Attempt, Outcome
from yibao.cases.before_a_decision import correct, delete, withdraw
from yibao.cases.changes import change_of
from yibao.cases.commands import Law, SendEvent
from yibao.cases.judging import Judge
from yibao.cases.possibilities import operations_possible, steps_possible
from yibao.model.chart import Operation, OperationKind
from yibao.model.refusals import Refusal, foremost

_OPERATIONS: Mapping[OperationKind, Callable[[Attempt], Outcome]] = {
    OperationKind.CORRECT: correct,
    OperationKind.WITHDRAW: withdraw,
    OperationKind.REDECIDE: redecide,
    OperationKind.REVERSE: reverse,
    OperationKind.REVERSE_UNKNOWN: reverse_unknown,
    OperationKind.DELETE: delete,
}


def operate(command: SendEvent, operation: Operation, law: Law, around: Around) -> Answer:
    """The answer to an operation on a case. Raises ProblemsFound where what it is about was not said."""
    case = around.history.case
    if case is None:
        return nothing_recorded(unknown_case(command.case_id, command.event).document(), refused=True)
    change = change_of(command, operation.kind)
    chart = law.chart_of(case)
    attempt = Attempt(
        operation=operation,
        command=command,
        change=change,
        case=case,
        chart=chart,
        law=law,
        around=around,
        judge=Judge(law),
    )
    outcome = _OPERATIONS[operation.kind](attempt)
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
