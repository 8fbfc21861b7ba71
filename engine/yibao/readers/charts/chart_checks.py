"""What must hold of a chart as a whole: every state can be reached, and every case can come to an end.

The state-machine library checks none of this for a chart that it loads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yibao.model.chart import Chart
from yibao.readers.documents.forms import Problems


def check_chart(chart: Chart, problems: Problems) -> None:
    """Note in `problems` what keeps a case of the chart, whose names are known to meet, from getting to its end."""
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
    onward: dict[str, list[str]] = {}
    back: dict[str, list[str]] = {}
    for step in chart.steps:
        onward.setdefault(step.source, []).append(step.target)
        back.setdefault(step.target, []).append(step.source)
    reached, ending = _reached([chart.initial], onward), _reached(finals, back)
    for state in chart.states.values():
        if state.name not in reached:
            problems.add("orphan-state", f"no way leads from `{chart.initial}` to `{state.name}`", state.place)
        elif state.name not in ending:
            problems.add("trap-state", f"from `{state.name}` no way leads to a final state", state.place)


def _reached(starts: Iterable[str], ways: Mapping[str, list[str]]) -> set[str]:
    """Every state that some way leads to, the beginnings among them."""
    reached = set(starts)
    waiting = list(reached)
    while waiting:
        for state in ways.get(waiting.pop(), ()):
            if state not in reached:
                reached.add(state)
                waiting.append(state)
    return reached
