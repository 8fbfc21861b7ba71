"""What must hold of a chart as a whole: every state can be reached, and every case can come to an end.

The state-machine library checks none of this for a chart that it loads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from yibao.basics.problems import Place, did_you_mean, unknown_name
from yibao.model.chart import Bound, Chart, OperationKind, Reliance, Step
from yibao.model.outcomes import OUTCOMES
from yibao.readers.documents.forms import Problems


def check_chart(chart: Chart, problems: Problems) -> None:
    """Note in `problems` what keeps a case of the chart, whose names are known to meet, from getting to its end."""
    # A withdrawal ends a case too, but every case must be able to come to an end of the procedure itself.
    withdrawn = {operation.target for operation in chart.operations.values() if operation.target is not None}
    led_to = {target for _source, target, _name, _place in _ways(chart)}
    finals = [state.name for state in chart.states.values() if state.final]
    ends = [name for name in finals if name in led_to or name not in withdrawn]
    for source, target, name, place in _ways(chart):
        if chart.states[source].final:
            problems.add("final-state-left", f"the step `{name}` leaves `{source}`, which is final", place)
        if source == target:
            problems.add("idle-step", f"the step `{name}` leads nowhere else", place)
    if not ends:
        message = "no state at the end of a step is final: a case would never end but by withdrawal"
        problems.add("no-final-state", message, chart.place)
        return
    onward = _onward(chart.steps, chart.steps)
    reached, ending = _reached([chart.initial], onward) | withdrawn, _reached(ends, _turned(onward)) | withdrawn
    for state in chart.states.values():
        if state.name not in reached:
            problems.add("orphan-state", f"no way leads from `{chart.initial}` to `{state.name}`", state.place)
        elif state.name not in ending:
            problems.add("trap-state", f"from `{state.name}` no way leads to a final state", state.place)
    _check_decides_once(chart, onward, problems)
    _check_decided_before(chart, problems)
    _check_leading_back(chart, problems)
    if any(step.decided_as for step in chart.steps):
        _check_every_outcome_ends(chart, ends, problems)


def _check_decides_once(chart: Chart, onward: Mapping[str, list[str]], problems: Problems) -> None:
    """A claim is decided once; what changes a decision afterwards are operations, which say what is owed."""
    open_ways = {source: targets for source, targets in onward.items() if not chart.states[source].final}
    decided = _reached([step.target for step in chart.steps if step.decides], open_ways)
    for step in chart.steps:
        if step.decides and not decided.isdisjoint(source for source in step.sources if source in open_ways):
            message = f"the step `{step.name}` decides a claim that was decided before"
            hint = "the operation `redecide` makes a new decision, and `reverse` takes one back"
            problems.add("decided-twice", message, step.place, hint)


def _check_decided_before(chart: Chart, problems: Problems) -> None:
    """A step that asks what the decision says comes after a step that decides, on every way to it."""
    undecided = _undecided(chart)
    for step in chart.steps:
        if step.decided_as and not undecided.isdisjoint(step.sources):
            message = f"the step `{step.name}` asks what was decided, and a way without a decision leads to it"
            problems.add("not-decided-before", message, step.place)


def _undecided(chart: Chart) -> set[str]:
    """The states to which a way without a decision leads."""
    return _reached([chart.initial], _onward([step for step in chart.steps if not step.decides], chart.steps))


def _check_leading_back(chart: Chart, problems: Problems) -> None:
    """A new decision leads back to where steps follow a decision, and none of them may be too late by then."""
    operation = chart.operations.get(OperationKind.REDECIDE.value)
    if operation is None or operation.back_to is None:
        return
    if operation.back_to in _undecided(chart):
        message = f"a new decision leads back to `{operation.back_to}`, and a way without a decision leads there"
        problems.add("not-decided-before", message, operation.place)
    if chart.states[operation.back_to].final:
        message = f"a new decision leads back to `{operation.back_to}`, which is final: no step follows it"
        problems.add("back-to-final", message, operation.place)
    again = _reached([operation.back_to], _onward(chart.steps, chart.steps))
    for name in operation.back_from:
        if name == operation.back_to or name not in again:
            message = f"no way leads from `{operation.back_to}` to `{name}`, from where a new decision should lead back"
            problems.add("back-from-elsewhere", message, operation.place)
    for step in (step for step in chart.steps if not again.isdisjoint(step.sources)):
        for deadline in step.deadlines:
            if deadline.overdue is not None or (deadline.refuses and deadline.bound is Bound.AT_MOST):
                message = f"`{step.name}` is taken again after a new decision, when `{deadline.name}` may have passed"
                problems.add("late-when-taken-again", message, deadline.place)


def _check_every_outcome_ends(chart: Chart, ends: Iterable[str], problems: Problems) -> None:
    """Whatever was decided, also anew, a way to an end is left without the steps that ask for other outcomes."""
    outcomes = outcomes_by_state(chart)
    for outcome in OUTCOMES:
        # The deadline of a step that the outcome rules out does not run.
        fitting = [step for step in chart.steps if step.is_open_to(outcome)]
        ending = _reached(ends, _turned(_onward(fitting, fitting)))
        for name in (name for name in chart.states if outcome in outcomes.get(name, ()) and name not in ending):
            message = f"from `{name}` no way leads to a final state for a claim decided as `{outcome}`"
            problems.add("trap-for-outcome", message, chart.states[name].place)


def outcomes_by_state(chart: Chart) -> Mapping[str, tuple[str, ...]]:
    """As what a claim may be decided that rests in a state, also anew; a state is left out where it is undecided.

    A new decision changes the outcome wherever the case then stays.
    """
    backs = {operation.back_to for operation in chart.operations.values()}
    left = {state for operation in chart.operations.values() for state in operation.back_from}
    decided = [step.target for step in chart.steps if step.decides]
    ways = _onward(chart.steps, chart.steps)
    # A case that came to a state without passing where a new decision leads back to stays there.
    around = _reached(decided, {source: targets for source, targets in ways.items() if source not in backs})
    anew = around | (_reached(decided, ways) - left)
    found: dict[str, tuple[str, ...]] = {}
    for outcome in OUTCOMES:
        fitting = [step for step in chart.steps if step.is_open_to(outcome)]
        for name in _reached(anew, _onward(fitting, fitting)):
            found[name] = (*found.get(name, ()), outcome)
    return found


def check_charts_together(charts: Mapping[str, Chart], problems: Problems) -> None:
    """Note what a chart says of another that is not so."""
    for chart in charts.values():
        for step in chart.steps:
            if step.reliance is not None:
                _check_reliance(step.reliance, charts, problems)


def _check_reliance(reliance: Reliance, charts: Mapping[str, Chart], problems: Problems) -> None:
    other = charts.get(reliance.chart)
    if other is None:
        problem = unknown_name("chart", reliance.chart, charts, reliance.place)
        problems.add(problem.code, problem.message, problem.place, problem.hint)
        return
    for state in reliance.states:
        if state not in other.states:
            message = f"the chart `{other.name}` has no state `{state}`"
            problems.add("unknown-state", message, reliance.place, did_you_mean(state, other.states))


def _ways(chart: Chart) -> Iterator[tuple[str, str, str, Place]]:
    """Every way between two states: of steps, and of deadlines that move the case when they pass."""
    for step in chart.steps:
        for source in step.sources:
            yield source, step.target, step.name, step.place
            for deadline in step.deadlines:
                if deadline.overdue is not None:
                    yield source, deadline.overdue, deadline.name, deadline.place


def _onward(steps: Iterable[Step], passing: Iterable[Step]) -> dict[str, list[str]]:
    """Where one comes from each state by taking `steps`, and when deadlines of `passing` go by."""
    onward: dict[str, list[str]] = {}
    for step in steps:
        for source in step.sources:
            onward.setdefault(source, []).append(step.target)
    for step in passing:
        overdue = [deadline.overdue for deadline in step.deadlines if deadline.overdue is not None]
        for source in step.sources:
            onward.setdefault(source, []).extend(overdue)
    return onward


def _turned(ways: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The same ways, the other way round."""
    back: dict[str, list[str]] = {}
    for source, targets in ways.items():
        for target in targets:
            back.setdefault(target, []).append(source)
    return back


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
