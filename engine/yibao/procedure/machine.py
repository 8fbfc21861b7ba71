"""The one door to python-statemachine: it moves a case from state to state, and nothing else does.

The library sees text that we generate from a checked chart (never a file of an author's), names that can't meet names
of its own, and a model of plain fields whose guards are booleans that were computed before. Its defaults that would
ignore an impossible event or swallow an exception are switched off. It gets no delays and no trusted code.
It is loaded when a case first moves: deciding a claim does without it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import SimpleNamespace, new_class
from typing import TYPE_CHECKING, Any, cast

from yibao.basics.problems import Fault
from yibao.model.chart import Chart

if TYPE_CHECKING:
    from statemachine import StateChart

_MOST_CHARTS_KEPT = 64
Move = Callable[[Chart, str, str, Mapping[str, bool]], str]
"""Where an event leads in a chart from a state, by the outcomes of its step's requirements. Raises NotAllowed."""
TransitionTable = Mapping[tuple[str, str], tuple[str, tuple[str, ...]]]
"""By state and event: the state that the event leads to, and the requirements of its step."""


class NotAllowed(Exception):
    """The chart has no step for this event in this state, or one of the step's requirements does not hold."""


def take(chart: Chart, state: str, event: str, outcomes: Mapping[str, bool]) -> str:
    """The state that `event` leads to from `state`.

    `outcomes` says of each requirement of the event's step (`Step.requirements`) whether it holds. Raises NotAllowed
    when the chart does not allow the event there, and Fault for a state that is not in the chart or an outcome that
    was not given.
    """
    from statemachine.exceptions import TransitionNotAllowed

    if state not in chart.states:
        raise Fault(f"the chart {chart.name} has no state {state}")
    step = chart.step_of(event)
    lacking = [] if step is None else [name for name in step.requirements if name not in outcomes]
    if lacking:
        raise Fault(f"nobody said whether {', '.join(lacking)} holds for {event}")
    model = SimpleNamespace(state=_state(state), **_fields(chart, outcomes))
    machine = _machine_class(_text_of(chart))(model)
    try:
        machine.send(_event(event))
    except TransitionNotAllowed:
        raise NotAllowed(f"{event} is not possible in {state}") from None
    return _bare(str(model.state))


def library_document(chart: Chart) -> dict[str, Any]:
    """The chart in the library's own declarative form: states, events, and guards that are bare field names."""
    states: dict[str, Any] = {}
    for state in chart.states.values():
        transitions = [
            {
                "event": _event(step.event),
                "target": _state(step.target),
                "cond": [_field(step.name, name) for name in step.requirements],
            }
            for step in chart.steps_from(state.name)
        ] + [
            {"event": _event(name), "target": _state(operation.target), "cond": []}
            for name, operation in chart.operations.items()
            if operation.target is not None and state.name in operation.sources
        ]
        entry: dict[str, Any] = {"initial": state.name == chart.initial, "final": state.final}
        states[_state(state.name)] = entry | ({"transitions": transitions} if transitions else {})
    return {"name": "procedure", "states": states}


def transition_table(chart: Chart) -> TransitionTable:
    """Where each event leads from each state and what must hold for it, read off the machine that the library built.

    For replaying many transitions: it says what `take` says, and is some hundred times faster.
    """
    requirements = {_field(step.name, name): name for step in chart.steps for name in step.requirements}
    return {
        (_bare(state.id), _bare(str(transition.event))): (
            _bare(transition.target.id),
            tuple(requirements[str(condition)] for condition in transition.cond),
        )
        for state in _machine_class(_text_of(chart)).states
        for transition in state.transitions
    }


def take_in_table(table: TransitionTable, state: str, event: str, outcomes: Mapping[str, bool]) -> str:
    """The state that `event` leads to from `state`, as `take` says it for the chart of the table. Raises NotAllowed."""
    way = table.get((state, event))
    if way is not None:
        target, requirements = way
        for name in requirements:
            if outcomes[name] is not True:
                break
        else:
            return target
    raise NotAllowed(f"{event} is not possible in {state}")


def move_by_table(chart: Chart) -> Move:
    """A way to move cases of one chart and no other by its table: for replaying many transitions."""
    table = transition_table(chart)

    def move(_chart: Chart, state: str, event: str, outcomes: Mapping[str, bool]) -> str:
        return take_in_table(table, state, event, outcomes)

    return move


def _text_of(chart: Chart) -> str:
    # With a line break in it the text can't be taken for the name of a file, so the library never looks for one.
    return json.dumps(library_document(chart), sort_keys=True, indent=1)


@lru_cache(maxsize=_MOST_CHARTS_KEPT)
def _machine_class(text: str) -> type[StateChart[SimpleNamespace]]:
    from statemachine.io import load

    loaded = load(text, format="json")
    strict = {
        "allow_event_without_transition": False,
        "catch_errors_as_events": False,
        "atomic_configuration_update": True,
    }
    return cast("type[StateChart[SimpleNamespace]]", new_class("Procedure", (loaded,), exec_body=_body_of(strict)))


def _body_of(attributes: Mapping[str, bool]) -> Callable[[dict[str, Any]], None]:
    return lambda namespace: namespace.update(attributes)


def _fields(chart: Chart, outcomes: Mapping[str, bool]) -> dict[str, bool]:
    """A field for every requirement of every step; what was not asked about does not hold."""
    return {
        _field(step.name, name): outcomes.get(name, False) is True for step in chart.steps for name in step.requirements
    }


# Prefixes keep the names of charts apart from the attributes and callbacks that the library looks up by name.


def _state(name: str) -> str:
    return f"state_{name}"


def _bare(name: str) -> str:
    """The name of a state or event without its prefix."""
    return name.partition("_")[2]


def _event(name: str) -> str:
    return f"event_{name}"


def _field(step: str, requirement: str) -> str:
    return f"holds_{step}_{requirement}"
