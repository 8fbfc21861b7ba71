"""What must hold of a chart as a whole: its names meet, every state can be reached, and every case can end.

The state-machine library checks none of this for a chart that it loads.
"""

from __future__ import annotations

from collections.abc import Iterable

from yibao.basics.problems import Place, did_you_mean
from yibao.model.chart import Chart, Step
from yibao.readers.forms import Problems


def check_chart(chart: Chart, initial_place: Place, problems: Problems) -> None:
    """Note in `problems` everything that keeps the chart from being run."""
    known = _check_names(chart, initial_place, problems)
    _check_unique(chart, problems)
    if known:
        _check_ways(chart, problems)


def _check_names(chart: Chart, initial_place: Place, problems: Problems) -> bool:
    """Whether every state that is named is declared."""
    named = [(chart.initial, initial_place)]
    named += [(state, step.place) for step in chart.steps for state in (step.source, step.target)]
    unknown = [(state, place) for state, place in named if state not in chart.states]
    for state, place in unknown:
        problems.add("unknown-state", f"no state is called `{state}`", place, did_you_mean(state, chart.states))
    return not unknown


def _check_unique(chart: Chart, problems: Problems) -> None:
    names: dict[str, Step] = {}
    events: dict[str, Step] = {}
    for step in chart.steps:
        if step.name in names:
            message = f"a step `{step.name}` stands at line {names[step.name].place.line} already"
            problems.add("duplicate-name", message, step.place)
        if step.event in events:
            message = f"the event `{step.event}` already takes the step `{events[step.event].name}`"
            problems.add("duplicate-event", message, step.place)
        names.setdefault(step.name, step)
        events.setdefault(step.event, step)


def _check_ways(chart: Chart, problems: Problems) -> None:
    finals = [state.name for state in chart.states.values() if state.final]
    if not finals:
        problems.add("no-final-state", "no state is final: a case would never end", chart.place)
        return
    for step in chart.steps:
        if chart.states[step.source].final:
            message = f"the step `{step.name}` leaves `{step.source}`, which is final"
            problems.add("final-state-left", message, step.place)
        if step.source == step.target:
            problems.add("idle-step", f"the step `{step.name}` leads nowhere else", step.place)
    for state in chart.states.values():
        if chart.way(chart.initial, state.name) is None:
            problems.add("orphan-state", f"no way leads from `{chart.initial}` to `{state.name}`", state.place)
        elif not state.final and not _reaches(chart, state.name, finals):
            problems.add("trap-state", f"from `{state.name}` no way leads to a final state", state.place)


def _reaches(chart: Chart, start: str, ends: Iterable[str]) -> bool:
    return any(chart.way(start, end) is not None for end in ends)
