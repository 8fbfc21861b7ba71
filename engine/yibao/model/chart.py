"""A procedure as data: states, the steps between them, what each step requires, and the scenarios that show it."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from yibao.basics.problems import Place
from yibao.model.citations import Citation
from yibao.model.expressions import Condition
from yibao.model.facts import Title

DECIDED = "claim_is_decided"


@frozen(kw_only=True)
class Guard:
    """A named condition of a step. Its name is unique in the chart.

    A guard must surely hold (unknown fails it, and names the fact). A bar (`bars` is True) must not surely hold:
    it refuses what is known to be wrong and lets the unknown pass.
    """

    name: str
    title: Title
    condition: Condition
    bars: bool
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)


@frozen(kw_only=True)
class State:
    """A resting point of a case. `waits_for` says who acts next; a final state has nobody.

    `nhsa` is the public code of the state in the national interface, where there is one.
    """

    name: str
    title: Title
    final: bool
    waits_for: str | None
    nhsa: str | None
    place: Place = field(eq=False)


@frozen(kw_only=True)
class Step:
    """The one way from `source` to `target`, taken by `event`.

    `documents` are codes that the claim's documents must contain; `facts` are the paths that the data of the event
    usually establish. `decides`: taking it decides the claim; an undetermined claim does not pass.
    """

    name: str
    event: str
    source: str
    target: str
    title: Title
    acts: str
    documents: tuple[str, ...]
    guards: tuple[Guard, ...]
    facts: tuple[str, ...]
    decides: bool
    carries: tuple[str, ...]
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)

    @property
    def requirements(self) -> tuple[str, ...]:
        """One word for each thing the step requires: its documents, its guards and bars, and a decided claim."""
        documents = tuple(f"document_{code}" for code in self.documents)
        guards = tuple(f"guard_{guard.name}" for guard in self.guards)
        return documents + guards + ((DECIDED,) if self.decides else ())


@frozen(kw_only=True)
class Chart:
    """One procedure. `steps` stand in the order of the procedure; `actors` are the people and offices who act."""

    name: str
    title: Title
    summary: Title
    actors: Mapping[str, Title]
    initial: str
    states: Mapping[str, State]
    steps: tuple[Step, ...]
    carries: tuple[str, ...]
    cites: tuple[Citation, ...]
    illustrative: bool
    digest: str
    place: Place = field(eq=False)

    def step_of(self, event: str) -> Step | None:
        """The step that an event takes, or None for an event that the chart does not know."""
        return next((step for step in self.steps if step.event == event), None)

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that leave a state, in the order of the procedure."""
        return tuple(step for step in self.steps if step.source == state)

    def way(self, start: str, end: str) -> tuple[Step, ...] | None:
        """The fewest steps that lead from one state to another: none for the same state, None when nothing does.

        Of several equally short ways it is the one whose steps come first in the procedure.
        """
        ways: dict[str, tuple[Step, ...]] = {start: ()}
        frontier = [start]
        while frontier and end not in ways:
            state = frontier.pop(0)
            for step in self.steps_from(state):
                if step.target not in ways:
                    ways[step.target] = (*ways[state], step)
                    frontier.append(step.target)
        return ways.get(end)


@frozen(kw_only=True)
class ExpectedRefusal:
    """What a scenario says of a refused move. A part that is None is not looked at."""

    reason: str
    missing_steps: tuple[str, ...] | None
    missing_documents: tuple[str, ...] | None
    failed: tuple[str, ...] | None
    asks: tuple[str, ...] | None


@frozen(kw_only=True)
class Move:
    """One event sent to the case of a scenario, with its data; `refused` is None when the step is to be taken."""

    event: str
    data: Mapping[str, object]
    refused: ExpectedRefusal | None
    place: Place = field(eq=False)


@frozen(kw_only=True)
class Scenario:
    """What is told beside a chart: a case is opened, events are sent to it, and it ends in a state."""

    sentence: str
    chart: str
    opening: Mapping[str, object]
    moves: tuple[Move, ...]
    state: str
    outcome: str | None
    place: Place = field(eq=False)
