"""A procedure as data: states, the steps between them, what each step requires, and what can be done beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from attrs import field, frozen

from yibao.basics.problems import Place
from yibao.model.citations import Citation
from yibao.model.expressions import Condition
from yibao.model.facts import Title

DECIDED = "claim_is_decided"
RELIED = "relied_case_is_ready"
ACTOR = "actor_is_somebody_else"
OPENING = "open"


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


class Bound(Enum):
    """Which side of a span of time a deadline guards."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"


@frozen(kw_only=True)
class Deadline:
    """How long after one day another day of a step may come, at most or at least.

    `after` and `on` are paths of date facts; the first of them is not counted. `parameter` names a parameter of the
    policy in days or months. `rolls`: the last day moves past days off (Civil Code, article 203). A deadline that does
    not refuse is noted when it passes; `overdue` is the state into which a passed deadline moves the case, if any.
    Its name is unique in the chart.
    """

    name: str
    title: Title
    after: str
    on: str
    bound: Bound
    parameter: str
    working_days: bool
    rolls: bool
    refuses: bool
    overdue: str | None
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)


@frozen(kw_only=True)
class Reliance:
    """A case of another chart that a step waits for: one filing serves many claims.

    `case_fact` is the path of the text that names the case; it must rest in one of `states`. `brings` are the paths of
    the facts that are taken over from it.
    """

    case_fact: str
    chart: str
    states: tuple[str, ...]
    brings: tuple[str, ...]
    title: Title
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)


@frozen(kw_only=True)
class Step:
    """The way from any of `sources` to `target`, taken by `event`.

    `documents` are codes that the claim's documents must contain; `facts` are the paths that the data of the event
    usually establish. `decides`: taking it decides the claim; an undetermined claim does not pass. `differs_from` are
    the steps that somebody else must have taken.
    """

    name: str
    event: str
    sources: tuple[str, ...]
    target: str
    title: Title
    acts: str
    documents: tuple[str, ...]
    guards: tuple[Guard, ...]
    deadlines: tuple[Deadline, ...]
    reliance: Reliance | None
    differs_from: tuple[str, ...]
    facts: tuple[str, ...]
    decides: bool
    carries: tuple[str, ...]
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)

    @property
    def requirements(self) -> tuple[str, ...]:
        """One word for each thing the step requires: documents, guards and bars, deadlines that refuse, another case,
        another actor, and a decided claim."""
        documents = tuple(f"document_{code}" for code in self.documents)
        guards = tuple(f"guard_{guard.name}" for guard in self.guards)
        deadlines = tuple(f"deadline_{deadline.name}" for deadline in self.deadlines if deadline.refuses)
        others = {RELIED: self.reliance is not None, ACTOR: bool(self.differs_from), DECIDED: self.decides}
        return documents + guards + deadlines + tuple(name for name, due in others.items() if due)


class OperationKind(Enum):
    """What can be done to a case beside its steps; the value is the name of the event."""

    CORRECT = "correct"
    WITHDRAW = "withdraw"
    REDECIDE = "redecide"
    REVERSE = "reverse"
    REVERSE_UNKNOWN = "reverse_unknown"
    DELETE = "delete"


# What can be done to a decision: due in a chart that has a step that decides, and meaningless in any other.
AFTER_A_DECISION = (OperationKind.REDECIDE, OperationKind.REVERSE, OperationKind.REVERSE_UNKNOWN)
IN_EVERY_CHART = (OperationKind.CORRECT, OperationKind.WITHDRAW)


@frozen(kw_only=True)
class Operation:
    """What can be done to a case beside its steps, and by whom.

    Only a withdrawal has `sources`, the states in which it is possible, and a `target`.
    """

    kind: OperationKind
    title: Title
    acts: str
    sources: tuple[str, ...]
    target: str | None
    carries: tuple[str, ...]
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)


@frozen(kw_only=True)
class Chart:
    """One procedure. `steps` stand in the order of the procedure; `actors` are the people and offices who act.

    `operations` are by the name of their event.
    """

    name: str
    title: Title
    summary: Title
    actors: Mapping[str, Title]
    initial: str
    states: Mapping[str, State]
    steps: tuple[Step, ...]
    operations: Mapping[str, Operation]
    carries: tuple[str, ...]
    cites: tuple[Citation, ...]
    illustrative: bool
    digest: str
    place: Place = field(eq=False)

    def step_of(self, event: str) -> Step | None:
        """The step that an event takes, or None for an event that the chart does not know."""
        return next((step for step in self.steps if step.event == event), None)

    def step_named(self, name: str) -> Step | None:
        """The step of that name, or None."""
        return next((step for step in self.steps if step.name == name), None)

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that leave a state, in the order of the procedure."""
        return tuple(step for step in self.steps if state in step.sources)

    def way(self, start: str, ends: Sequence[str]) -> tuple[Step, ...] | None:
        """The fewest steps that lead from a state to one of others: none if it is among them, None when nothing does.

        Of several equally short ways it is the one whose steps come first in the procedure.
        """
        ways: dict[str, tuple[Step, ...]] = {start: ()}
        frontier = [start]
        while frontier:
            state = frontier.pop(0)
            if state in ends:
                return ways[state]
            for step in self.steps_from(state):
                if step.target not in ways:
                    ways[step.target] = (*ways[state], step)
                    frontier.append(step.target)
        return None
