"""What is done to a case before anything is decided: correct its facts, withdraw it, delete its last step."""

from __future__ import annotations

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.cases.attempts import LAST_STEP, Attempt, Outcome
from yibao.cases.folding import Contradicts, composed, with_correction
from yibao.cases.merging import changed_at, other_procedure
from yibao.cases.possibilities import circumstances_of, taken_over
from yibao.model.chart import RELIED
from yibao.model.claim import Claim
from yibao.model.events import CaseWithdrawn, FactsCorrected, StepDeleted
from yibao.model.refusals import FailedCondition, RefusalReason
from yibao.procedure.explain import check_step


def correct(attempt: Attempt) -> Outcome:
    """The facts that an event brought, replaced by others. Raises ProblemsFound where no such event happened."""
    if (barred := attempt.barred()) is not None:
        return barred
    change, data, case = attempt.change, attempt.command.data, attempt.case
    layers = with_correction(case.layers, change.event or "", data)
    if layers is None:
        message = f"the case has no event `{change.event}` whose facts could be corrected"
        raise ProblemsFound([problem_of("unknown-event", message, Place(path="data", pointer="/change/event"))])
    try:
        document = composed(layers)
    except Contradicts as error:
        return attempt.refused(RefusalReason.CONFLICTING_FACT, conflicts=error.conflicts)
    # What a step took over from another case is that case's to correct; until then the step is deleted and taken anew.
    relied = changed_at(taken_over(case, attempt.chart), case.claim, document)
    if conflicts := (*other_procedure(attempt.chart.name, document), *relied):
        return attempt.refused(RefusalReason.CONFLICTING_FACT, conflicts=conflicts)
    documents, failed = _steps_again(attempt, attempt.law.read_claim(document))
    if documents:
        return attempt.refused(RefusalReason.DOCUMENT_MISSING, failed, documents)
    if failed:
        return attempt.refused(RefusalReason.CONDITION_NOT_MET, failed)
    return attempt.done(lambda envelope: FactsCorrected(envelope=envelope, change=change, data=data), case.state)


def _steps_again(attempt: Attempt, claim: Claim) -> tuple[tuple[str, ...], tuple[FailedCondition, ...]]:
    """What of the steps taken so far would not hold with the corrected facts."""
    case, submission = attempt.case, attempt.command.submission
    now = circumstances_of(
        case, claim, attempt.law, attempt.judge, attempt.around.others, submission.actor, submission.at
    )
    names = dict.fromkeys(taken.step for taken in case.taken)
    steps = [step for name in names if (step := attempt.chart.step_named(name)) is not None]
    checks = [check_step(step, now) for step in steps]
    documents = dict.fromkeys(code for check in checks for code in check.missing_documents)
    # A filing that has served this case may have moved on since; whether it was ready is not asked again.
    failed = tuple(
        condition for check in checks for condition in (*check.failed, *check.missed) if condition.condition != RELIED
    )
    return tuple(documents), failed


def withdraw(attempt: Attempt) -> Outcome:
    """The case given up: it ends."""
    if (barred := attempt.barred()) is not None:
        return barred
    source, change = attempt.case.state, attempt.change
    target = attempt.law.move(attempt.chart, source, attempt.operation.kind.value, {})
    return attempt.done(
        lambda envelope: CaseWithdrawn(envelope=envelope, change=change, source=source, target=target), target
    )


def delete(attempt: Attempt) -> Outcome:
    """The last step taken back; its facts fall away."""
    if (barred := attempt.barred()) is not None:
        return barred
    source, change, last = attempt.case.state, attempt.change, attempt.case.taken[-1]
    if last.event != change.event:
        return attempt.unmet(LAST_STEP, {"last_step": last.event})
    return attempt.done(
        lambda envelope: StepDeleted(
            envelope=envelope, change=change, step=last.step, source=source, target=last.source
        ),
        last.source,
    )
