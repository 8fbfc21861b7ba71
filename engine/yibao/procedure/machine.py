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
    return str(model.state).removeprefix("state_")


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
        ]
        entry: dict[str, Any] = {"initial": state.name == chart.initial, "final": state.final}
        states[_state(state.name)] = entry | ({"transitions": transitions} if transitions else {})
    return {"name": "procedure", "states": states}


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


def _event(name: str) -> str:
    return f"event_{name}"


def _field(step: str, requirement: str) -> str:
    return f"holds_{step}_{requirement}"
