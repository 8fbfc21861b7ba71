"""What a case can do now: the steps that its state allows, and the operations beside them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from yibao.cases.commands import Law
from yibao.cases.events import History
from yibao.cases.judging import Judge
from yibao.model.case import Case
from yibao.model.chart import Chart, Operation, OperationKind
from yibao.model.claim import Claim
from yibao.model.refusals import PossibleStep
from yibao.procedure.ahead import DeadlineAhead, deadlines_ahead
from yibao.procedure.deadlines import Reckoning
from yibao.procedure.explain import Circumstances, OtherCase, possible_now

Others = Callable[[str], History]


def circumstances_of(
    case: Case, claim: Claim, law: Law, judge: Judge, others: Others, actor: str | None, at: str
) -> Circumstances:
    """What a step of the case is held against, at a time."""

    def other(case_id: str) -> OtherCase | None:
        found = others(case_id).case
        return None if found is None or case_id == case.case_id else OtherCase(chart=found.chart, state=found.state)

    return Circumstances(
        claim=claim,
        catalogues=law.catalogues,
        undecided=judge.undecided,
        reckoning=reckoning_at(law, at),
        others=other,
        outcome=outcome_of(case),
        actor=actor,
        acted=_acted(case),
    )


def outcome_of(case: Case) -> str | None:
    """The outcome of the live decision; None while nothing is decided."""
    return None if case.decision is None else case.decision["outcome"]


def _acted(case: Case) -> Mapping[str, frozenset[str | None]]:
    """Who took each step that stands. Who decided anew counts as one who took the step that decided."""
    acted: dict[str, frozenset[str | None]] = {}
    for step in case.taken:
        others = case.decided_anew_by if step.decided else ()
        acted[step.step] = acted.get(step.step, frozenset()) | {step.actor, *others}
    return acted


def reckoning_at(law: Law, at: str) -> Reckoning:
    """By what deadlines are reckoned at a time: what of the calendar was published later is not looked at."""
    return Reckoning(length_of=law.length_of, calendar=law.calendar, as_of=day_of(at))


def day_of(at: str) -> datetime.date:
    """The day of a date or time in ISO form, in whatever time zone it was given."""
    return datetime.date.fromisoformat(at[: len("2024-01-01")])


def steps_possible(case: Case, law: Law, others: Others, at: str) -> tuple[PossibleStep, ...]:
    """The steps that the case's state allows, each with what it still needs."""
    chart = law.chart_of(case)
    claim = law.read_claim(case.claim)
    now = circumstances_of(case, claim, law, Judge(law), others, actor=None, at=at)
    return possible_now(chart, case.state, now)


def what_lies_ahead(case: Case, law: Law, at: str) -> tuple[DeadlineAhead, ...]:
    """The deadlines that run at a time for steps which the case can't take yet, nor has taken."""
    return deadlines_ahead(
        law.chart_of(case),
        case.state,
        outcome_of(case),
        {step.step for step in case.taken},
        law.read_claim(case.claim),
        reckoning_at(law, at),
    )


def operations_possible(case: Case, chart: Chart) -> tuple[PossibleStep, ...]:
    """The operations that the case allows beside its steps."""
    return tuple(
        PossibleStep(event=name, needs=(), earliest=None, until=None, provisional=False)
        for name, operation in chart.operations.items()
        if is_possible(operation, case, chart)
    )


def barred_by_own_steps(operation: Operation, case: Case, chart: Chart, actor: str | None) -> tuple[str, ...]:
    """The steps for which a new decision asks somebody else than its actor.

    What the chart asks of the operation is asked of who is not named too, for nobody can tell that they differ. What it
    asks of the deciding step is asked of those who are named.
    """
    decided = next((chart.step_named(step.step) for step in reversed(case.taken) if step.decided), None)
    barred = {
        step
        for step, actors in _acted(case).items()
        if (step in operation.differs_from and (actor is None or not actors.isdisjoint({None, actor})))
        or (decided is not None and step in decided.differs_from and actor is not None and actor in actors)
    }
    return tuple(step.name for step in chart.steps if step.name in barred)


def taken_over(case: Case, chart: Chart) -> tuple[str, ...]:
    """The paths of the facts by which steps that stand rely on another case: its name, and what was taken over."""
    steps = (chart.step_named(taken.step) for taken in case.taken)
    reliances = (step.reliance for step in steps if step is not None and step.reliance is not None)
    return tuple(dict.fromkeys(path for each in reliances for path in (each.case_fact, *each.brings)))


def is_possible(operation: Operation, case: Case, chart: Chart) -> bool:
    """Whether the case is where the operation is possible."""
    decided, final = case.decision is not None, chart.states[case.state].final
    match operation.kind:
        case OperationKind.CORRECT:
            return not decided and not final
        case OperationKind.WITHDRAW:
            return not decided and case.state in operation.sources
        case OperationKind.DELETE:
            return not decided and not final and bool(case.taken)
        case OperationKind.REDECIDE | OperationKind.REVERSE:
            return decided
        case OperationKind.REVERSE_UNKNOWN:
            return decided or not final
