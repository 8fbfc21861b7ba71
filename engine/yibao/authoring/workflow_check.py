"""What a chart should say beyond being runnable: conditions that can change, facts asked for, scenarios of it all.

Reading a chart has checked its names and ways already (`yibao.readers.charts.chart_checks`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from yibao.authoring.unnamed_invoices import unnamed_invoices
from yibao.basics.problems import Problem, problem_of
from yibao.model.chart import ACTOR, DECIDED_AS, RELIED, Bound, Chart, OperationKind, Step
from yibao.model.expressions import Always
from yibao.model.refusals import RefusalReason
from yibao.model.scenarios import ExpectedRefusal, Move, Scenario, TimePasses
from yibao.model.walks import facts_in
from yibao.readers.charts.chart_checks import outcomes_by_state


def check_workflows(charts: Mapping[str, Chart], scenarios: Mapping[str, tuple[Scenario, ...]]) -> tuple[Problem, ...]:
    """What is wrong with the charts and not shown by their scenarios, chart by chart."""
    found: list[Problem] = []
    for name in sorted(charts):
        chart = charts[name]
        found.extend(_guards(chart))
        found.extend(unnamed_invoices(chart))
        if name in scenarios:
            found.extend(_Shown(chart, scenarios[name]).missing())
        else:
            found.append(problem_of("no-scenarios", f"no scenarios stand beside the chart `{name}`", chart.place))
    return tuple(found)


def _guards(chart: Chart) -> Iterator[Problem]:
    for step in chart.steps:
        before = (*(chart.way(chart.initial, step.sources) or ()), step)
        established = {path for each in before for path in _told_by(each)}
        for guard in step.guards:
            if isinstance(guard.condition, Always):
                message = f"the condition `{guard.name}` never changes: it asks about no fact"
                yield problem_of("constant-condition", message, guard.place)
            if guard.bars:
                continue
            for path in sorted({fact.path for fact in facts_in(guard.condition)} - established):
                message = f"`{guard.name}` needs `{path}`, which no step up to `{step.name}` lists under `facts:`"
                yield problem_of("fact-not-asked", message, guard.place)


def _told_by(step: Step) -> tuple[str, ...]:
    """The facts that a step establishes, with those that it takes over from another case."""
    return step.facts if step.reliance is None else (*step.facts, *step.reliance.brings)


@frozen
class _Refused:
    """A refused move, with the state that the case was in."""

    state: str
    event: str
    expected: ExpectedRefusal


class _Shown:
    """What the scenarios of one chart show."""

    def __init__(self, chart: Chart, scenarios: tuple[Scenario, ...]) -> None:
        self._chart = chart
        self._outcomes_in = outcomes_by_state(chart)
        self._ends = {scenario.state for scenario in scenarios}
        self._ticked = set[str]()
        self._led_back = set[str]()
        self._refused = [refused for scenario in scenarios for refused in self._moves(scenario)]
        moves = [move for scenario in scenarios for move in scenario.moves]
        self._accepted = {move.event for move in moves if isinstance(move, Move) and move.refused is None}

    def missing(self) -> Iterator[Problem]:
        """What no scenario shows: an end, a skip, a missing document, a condition that does not hold."""
        chart = self._chart
        for state in chart.states.values():
            if state.final and state.name not in self._ends:
                yield problem_of("end-not-shown", f"no scenario ends in `{state.name}`", state.place)
        for step in chart.steps:
            for name in chart.states:
                if chart.way(name, step.sources) and not self._shows(name, step, RefusalReason.SKIPPED_STEP):
                    message = f"no scenario tries `{step.event}` in `{name}`, where it skips a step"
                    yield problem_of("skip-not-shown", message, step.place)
            yield from self._requirements(step)
            yield from self._waits(step)
            yield from self._outcomes(step)
        for name, operation in chart.operations.items():
            if name not in self._accepted:
                yield problem_of("operation-not-shown", f"no scenario shows `{name}`", operation.place)
            if operation.keeps and not self._refuses(name, RefusalReason.CONFLICTING_FACT):
                message = f"no scenario shows `{name}` refused for a fact that it keeps"
                yield problem_of("operation-not-shown", message, operation.place)
            for resting in operation.back_from:
                if resting not in self._led_back:
                    message = f"no scenario shows `{name}` lead back from `{resting}`"
                    yield problem_of("operation-not-shown", message, operation.place)
            if operation.differs_from and not self._refuses(name, RefusalReason.ACTOR_NOT_ALLOWED):
                message = f"no scenario shows `{name}` refused to who has taken {', '.join(operation.differs_from)}"
                yield problem_of("actor-not-shown", message, operation.place)

    def _requirements(self, step: Step) -> Iterator[Problem]:
        earlier = {
            code for before in self._chart.way(self._chart.initial, step.sources) or () for code in before.documents
        }
        for code in step.documents:
            if code not in earlier and not self._shows(None, step, RefusalReason.DOCUMENT_MISSING, code):
                message = f"no scenario tries `{step.event}` without `{code}`"
                yield problem_of("document-not-shown", message, step.place)
        for guard in step.guards:
            if not self._shows(None, step, RefusalReason.CONDITION_NOT_MET, guard.name):
                message = f"no scenario shows `{step.event}` refused by `{guard.name}`"
                yield problem_of("condition-not-shown", message, guard.place)

    def _waits(self, step: Step) -> Iterator[Problem]:
        """What no scenario shows of deadlines, of another actor, and of another case."""
        for deadline in step.deadlines:
            reason = RefusalReason.TOO_LATE if deadline.bound is Bound.AT_MOST else RefusalReason.TOO_EARLY
            passes = not self._ticked.isdisjoint(step.sources)
            shown = self._shows(None, step, reason, deadline.name) if deadline.refuses else passes
            if not shown or (deadline.overdue is not None and not passes):
                yield problem_of("deadline-not-shown", f"no scenario shows `{deadline.name}` missed", deadline.place)
            if deadline.ahead and not any(step in self._chart.steps_ahead(state, None) for state in self._ticked):
                message = f"in no scenario time passes while `{step.name}`, whose `{deadline.name}` runs, lies ahead"
                yield problem_of("deadline-not-shown", message, deadline.place)
        if step.differs_from and not self._shows(None, step, RefusalReason.ACTOR_NOT_ALLOWED, ACTOR):
            message = f"no scenario shows `{step.event}` refused to who has taken {', '.join(step.differs_from)}"
            yield problem_of("actor-not-shown", message, step.place)
        if step.reliance is not None and not self._shows(None, step, RefusalReason.CONDITION_NOT_MET, RELIED):
            message = f"no scenario shows `{step.event}` refused while the case that it waits for is not ready"
            yield problem_of("reliance-not-shown", message, step.reliance.place)

    def _outcomes(self, step: Step) -> Iterator[Problem]:
        """What no scenario shows of a step that asks what was decided: it is taken, and it is refused."""
        if not step.decided_as:
            return
        if step.event not in self._accepted:
            message = f"no scenario takes `{step.event}`, which asks what was decided"
            yield problem_of("outcome-not-shown", message, step.place)
        others = (
            set(outcomes) - {*step.decided_as} for outcomes in map(self._outcomes_in.get, step.sources) if outcomes
        )
        if any(others) and not self._shows(None, step, RefusalReason.CONDITION_NOT_MET, DECIDED_AS):
            message = f"no scenario shows `{step.event}` refused because the claim was decided otherwise"
            yield problem_of("outcome-not-shown", message, step.place)

    def _refuses(self, operation: str, reason: RefusalReason) -> bool:
        """Whether a scenario shows the operation refused for that reason."""
        return any((refused.event, refused.expected.reason) == (operation, reason.value) for refused in self._refused)

    def _shows(self, state: str | None, step: Step, reason: RefusalReason, name: str | None = None) -> bool:
        """Whether a scenario shows the step refused, in that state or (None) in one from which it is taken."""
        states = step.sources if state is None else (state,)
        return any(
            refused.state in states
            and refused.event == step.event
            and refused.expected.reason == reason.value
            and (
                name is None
                or name in (refused.expected.missing_documents or ())
                or name in (refused.expected.failed or ())
            )
            for refused in self._refused
        )

    def _moves(self, scenario: Scenario) -> Iterator[_Refused]:
        """Every refused move with the state that the case was in, as far as the chart alone can tell it."""
        chart, state = self._chart, self._chart.initial
        way: list[tuple[str, str]] = []
        for move in scenario.moves:
            if isinstance(move, TimePasses):
                self._ticked.add(state)
                overdue = _moved_by_time(chart, state)
                state = state if overdue is None else overdue
                continue
            step = chart.step_of(move.event)
            if move.refused is not None:
                yield _Refused(state, move.event, move.refused)
            elif step is not None:
                way.append((state, step.name))
                state = step.target
            else:
                before, state = state, _state_after_operation(chart, state, move.event, way)
                if move.event == OperationKind.REDECIDE.value and state != before:
                    self._led_back.add(before)


def _moved_by_time(chart: Chart, state: str) -> str | None:
    """Where a passed deadline may move a case that rests in a state."""
    deadlines = (deadline for step in chart.steps_from(state) for deadline in step.deadlines)
    return next((deadline.overdue for deadline in deadlines if deadline.overdue is not None), None)


def _state_after_operation(chart: Chart, state: str, event: str, way: list[tuple[str, str]]) -> str:
    """Where an operation leaves a case that came this way; the way is shortened to what still stands."""
    target = chart.operations[event].target if event in chart.operations else None
    if target is not None:
        return target
    if event == OperationKind.DELETE.value and way:
        return way.pop()[0]
    decided = [place for place, (_state, name) in enumerate(way) if (step := chart.step_named(name)) and step.decides]
    if not decided:
        return state
    first: int | None = None
    if event in (OperationKind.REVERSE.value, OperationKind.REVERSE_UNKNOWN.value):
        first = decided[-1]
    elif event == OperationKind.REDECIDE.value and state in chart.operations[event].back_from:
        back_to = chart.operations[event].back_to
        first = next((place for place in range(decided[-1] + 1, len(way)) if way[place][0] == back_to), None)
    if first is None:
        return state
    back = way[first][0]
    del way[first:]
    return back
