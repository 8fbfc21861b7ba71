"""What must hold of a chart as a whole: every state can be reached, and every case can come to an end.

The state-machine library checks none of this for a chart that it loads.
"""

from __future__ import annotations

from collections.abc import Iterable

from yibao.model.chart import Chart
from yibao.readers.forms import Problems


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
    for state in chart.states.values():
        if chart.way(chart.initial, state.name) is None:
            problems.add("orphan-state", f"no way leads from `{chart.initial}` to `{state.name}`", state.place)
        elif not state.final and not _reaches(chart, state.name, finals):
            problems.add("trap-state", f"from `{state.name}` no way leads to a final state", state.place)


def _reaches(chart: Chart, start: str, ends: Iterable[str]) -> bool:
    return any(chart.way(start, end) is not None for end in ends)
