"""Time that passes: the deadlines of a case that have gone by, noted once each, and where they move the case."""

from __future__ import annotations

from collections.abc import Iterator

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
from yibao.cases.possibilities import day_of, outcome_of, reckoning_at, what_lies_ahead
from yibao.model.case import Case, Passed
from yibao.model.chart import Chart, Deadline, Step
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
    target = _target(step, passed, case)
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
    day = day_of(at)
    due = [
        (found.last.day, place, step, found)
        for place, (step, found) in enumerate(_running(case, law, at))
        if found.has_passed(day) and not _is_noted(step, found, case, chart)
    ]
    if not due:
        return None
    _day, _place, step, found = min(due, key=lambda entry: (entry[0], entry[1]))
    return step, found


def _running(case: Case, law: Law, at: str) -> Iterator[tuple[Step, Running]]:
    """The deadlines of the steps that are possible, and then those of later steps that are noted ahead."""
    claim, reckoning = law.read_claim(case.claim), reckoning_at(law, at)
    for step in law.chart_of(case).steps_from(case.state):
        if step.is_open_to(outcome_of(case)):
            found = (running(deadline, claim, reckoning) for deadline in step.deadlines)
            yield from ((step, each) for each in found if each is not None)
    for each in what_lies_ahead(case, law, at):
        if each.running.deadline.ahead:
            yield each.step, each.running


def _is_noted(step: Step, found: Running, case: Case, chart: Chart) -> bool:
    """Whether the passing of a deadline needs no further note.

    One that is noted ahead is noted once in a case, wherever it rests and comes back to, and so is a period that has
    two ends; any other once for each stay in a state. What moves the case does so although it was noted on the way.
    """
    deadline, last_day = found.deadline, found.last.day.isoformat()
    noted = [each for each in case.passed if each.last_day == last_day]
    moves = _target(step, found, case) is not None
    if moves or not deadline.ahead:
        return any(each.since == case.since and _is_of(each, step, deadline) for each in noted)
    return any(_is_of(each, step, deadline) or _is_other_end(each, step, deadline, chart) for each in noted)


def _target(step: Step, found: Running, case: Case) -> str | None:
    """Where the passing moves the case: only from where the step could have been taken."""
    return found.deadline.overdue if case.state in step.sources else None


def _is_of(noted: Passed, step: Step, deadline: Deadline) -> bool:
    return (noted.step, noted.deadline) == (step.name, deadline.name)


def _is_other_end(noted: Passed, step: Step, deadline: Deadline, chart: Chart) -> bool:
    """Whether what was noted is the same period, held against a step that is taken instead of this one."""
    other = chart.step_named(noted.step)
    if other is None or other.name == step.name or not chart.are_alternatives(step, other):
        return False
    return any(each.name == noted.deadline and each.is_same_period(deadline) for each in other.deadlines)
