"""What a chart should say beyond being runnable: conditions that can change, facts asked for, scenarios of it all.

Reading a chart has checked its names and ways already (`yibao.readers.charts.chart_checks`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from yibao.basics.problems import Problem, problem_of
from yibao.model.case import RefusalReason
from yibao.model.chart import Chart, ExpectedRefusal, Scenario, Step
from yibao.model.expressions import Always
from yibao.model.walks import facts_in


def check_workflows(charts: Mapping[str, Chart], scenarios: Mapping[str, tuple[Scenario, ...]]) -> tuple[Problem, ...]:
    """What is wrong with the charts and not shown by their scenarios, chart by chart."""
    found: list[Problem] = []
    for name in sorted(charts):
        chart = charts[name]
        found.extend(_guards(chart))
        if name in scenarios:
            found.extend(_Shown(chart, scenarios[name]).missing())
        else:
            found.append(problem_of("no-scenarios", f"no scenarios stand beside the chart `{name}`", chart.place))
    return tuple(found)


def _guards(chart: Chart) -> Iterator[Problem]:
    for step in chart.steps:
        before = (*(chart.way(chart.initial, step.source) or ()), step)
        established = {path for each in before for path in each.facts}
        for guard in step.guards:
            if isinstance(guard.condition, Always):
                message = f"the condition `{guard.name}` never changes: it asks about no fact"
                yield problem_of("constant-condition", message, guard.place)
            if guard.bars:
                continue
            for path in sorted({fact.path for fact in facts_in(guard.condition)} - established):
                message = f"`{guard.name}` needs `{path}`, which no step up to `{step.name}` lists under `facts:`"
                yield problem_of("fact-not-asked", message, guard.place)


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
        self._ends = {scenario.state for scenario in scenarios}
        self._refused = [refused for scenario in scenarios for refused in self._moves(scenario)]

    def missing(self) -> Iterator[Problem]:
        """What no scenario shows: an end, a skip, a missing document, a condition that does not hold."""
        chart = self._chart
        for state in chart.states.values():
            if state.final and state.name not in self._ends:
                yield problem_of("end-not-shown", f"no scenario ends in `{state.name}`", state.place)
        for step in chart.steps:
            for name in chart.states:
                if chart.way(name, step.source) and not self._shows(name, step, RefusalReason.SKIPPED_STEP):
                    message = f"no scenario tries `{step.event}` in `{name}`, where it skips a step"
                    yield problem_of("skip-not-shown", message, step.place)
            yield from self._requirements(step)

    def _requirements(self, step: Step) -> Iterator[Problem]:
        earlier = {
            code for before in self._chart.way(self._chart.initial, step.source) or () for code in before.documents
        }
        for code in step.documents:
            if code not in earlier and not self._shows(step.source, step, RefusalReason.DOCUMENT_MISSING, code):
                message = f"no scenario tries `{step.event}` without `{code}`"
                yield problem_of("document-not-shown", message, step.place)
        for guard in step.guards:
            if not self._shows(step.source, step, RefusalReason.CONDITION_NOT_MET, guard.name):
                message = f"no scenario shows `{step.event}` refused by `{guard.name}`"
                yield problem_of("condition-not-shown", message, guard.place)

    def _shows(self, state: str, step: Step, reason: RefusalReason, name: str | None = None) -> bool:
        return any(
            refused.state == state
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
        state = self._chart.initial
        for move in scenario.moves:
            step = self._chart.step_of(move.event)
            if move.refused is not None:
                yield _Refused(state, move.event, move.refused)
            elif step is not None:
                state = step.target
