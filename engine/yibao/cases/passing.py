"""Time that passes: the deadlines of a case that have gone by, noted once each, and where they move the case."""

from __future__ import annotations

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
from yibao.cases.commands import Law, PassTime
from yibao.cases.possibilities import day_of, reckoning_at
from yibao.model.case import Case
from yibao.model.chart import Bound, Chart, Step
from yibao.model.events import DeadlinePassed
from yibao.model.refusals import Refusal, foremost
from yibao.procedure.deadlines import Running, running

NOTHING_DUE = "nothing_due"


def pass_time(command: PassTime, law: Law, around: Around) -> Answer:
    """The answer to the passing of time: the first deadline that has gone by and is not noted yet, or none.

    Where several have, the command is sent again until nothing is due.
    """
    case = around.history.case
    if case is None:
        return nothing_recorded(unknown_case(command.case_id, None).document(), refused=True)
    chart = law.chart_of(case)
    if reasons := shared_reasons(command, case.version, around):
        refusal = Refusal(reason=foremost(reasons), case_id=case.case_id, state=case.state, event=None)
        return refused(around.history, command, chart, law, refusal)
    due = _due(case, chart, law, command.submission.at)
    if due is None:
        document = {"case": case.case_id, "chart": case.chart, "state": case.state, "version": case.version}
        return nothing_recorded({**document, "deadline": None}, refused=False)
    step, passed = due
    target = passed.deadline.overdue
    event = DeadlinePassed(
        envelope=envelope_of(around.history, command, chart, law, target or case.state),
        step=step.name,
        deadline=passed.deadline.name,
        last_day=passed.last.day.isoformat(),
        source=case.state,
        target=target,
    )
    return accepted(around.history, event)


def _due(case: Case, chart: Chart, law: Law, at: str) -> tuple[Step, Running] | None:
    """The deadline with the earliest last day among those that have passed and are not noted.

    One that was counted by a calendar that is not published has not surely passed, and waits. One whose day is known
    and in time was met, although the step is not entered yet. One that a correction moved is noted by its new day.
    """
    noted = {(each.step, each.deadline, each.last_day) for each in case.passed if each.since == case.since}
    claim, reckoning, day = law.read_claim(case.claim), reckoning_at(law, at), day_of(at)
    due = [
        (found.last.day, place, step, found)
        for place, step in enumerate(chart.steps_from(case.state))
        for deadline in step.deadlines
        if deadline.bound is Bound.AT_MOST and (found := running(deadline, claim, reckoning)) is not None
        if (step.name, deadline.name, found.last.day.isoformat()) not in noted
        if not found.last.provisional and found.last.day < day
        if found.on is None or found.is_late
    ]
    if not due:
        return None
    _day, _place, step, found = min(due, key=lambda entry: (entry[0], entry[1]))
    return step, found
