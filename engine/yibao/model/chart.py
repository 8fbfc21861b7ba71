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
DECIDED_AS = "decided_as_required"
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
    `ahead`: its passing is noted while the step still lies ahead too, and not only where the step is possible. Its name
    is unique in the chart.
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
    ahead: bool
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)

    def is_same_period(self, other: Deadline) -> bool:
        """Whether the other one always ends on the same day, as the same period does that has two ends."""
        return _period(self) == _period(other)


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
    usually establish. `decides`: taking it decides the claim; an undetermined claim does not pass. `decided_as` are the
    outcomes of which the live decision must have one; empty where the step does not ask. `differs_from` are the steps
    that somebody else must have taken.
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
    decided_as: tuple[str, ...]
    carries: tuple[str, ...]
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)

    def is_open_to(self, outcome: str | None) -> bool:
        """Whether a decision with this outcome, or one that is still to be made (None), lets the step be taken."""
        return outcome is None or not self.decided_as or outcome in self.decided_as

    @property
    def requirements(self) -> tuple[str, ...]:
        """One word for each thing the step requires: documents, guards and bars, deadlines that refuse, another case,
        another actor, a claim that can be decided, and a decision with one of some outcomes."""
        documents = tuple(f"document_{code}" for code in self.documents)
        guards = tuple(f"guard_{guard.name}" for guard in self.guards)
        deadlines = tuple(f"deadline_{deadline.name}" for deadline in self.deadlines if deadline.refuses)
        others = {
            RELIED: self.reliance is not None,
            ACTOR: bool(self.differs_from),
            DECIDED: self.decides,
            DECIDED_AS: bool(self.decided_as),
        }
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

    Only a withdrawal has `sources`, the states in which it is possible, and a `target`. Only a new decision has
    `keeps`, the paths of facts whose established values it leaves as they are, `differs_from`, the steps that somebody
    else must have taken, and `back_to`, the state from which the steps after a decision are taken again by a case
    that rests in one of `back_from`; None where they stand.
    """

    kind: OperationKind
    title: Title
    acts: str
    sources: tuple[str, ...]
    target: str | None
    back_to: str | None
    back_from: tuple[str, ...]
    keeps: tuple[str, ...]
    differs_from: tuple[str, ...]
    carries: tuple[str, ...]
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)


@frozen(kw_only=True)
class Chart:
    """One procedure. `steps` stand in the order of the procedure; `actors` are the people and offices who act.

    `operations` are by the name of their event. `unnamed_invoice`: it decides on the paper of an invoice, although its
    issuer and number may be unknown, so that nobody can tell whether it was used before.
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
    unnamed_invoice: bool
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

    def steps_ahead(self, state: str, outcome: str | None) -> tuple[Step, ...]:
        """The steps that a state does not allow, and to which other steps lead from it, in the order of the procedure.

        `outcome` is that of the live decision, None while nothing is decided: it closes the steps that ask for others.
        """
        open_steps = [step for step in self.steps if step.is_open_to(outcome)]
        reached, frontier = {state}, [state]
        while frontier:
            here = frontier.pop()
            found = {step.target for step in open_steps if here in step.sources} - reached
            reached |= found
            frontier.extend(found)
        return tuple(step for step in open_steps if state not in step.sources and not reached.isdisjoint(step.sources))

    def are_alternatives(self, step: Step, other: Step) -> bool:
        """Whether a case that took one of the two steps comes to the other by no further step."""
        return self.way(step.target, other.sources) is None and self.way(other.target, step.sources) is None


def _period(deadline: Deadline) -> tuple[object, ...]:
    return deadline.after, deadline.bound, deadline.parameter, deadline.working_days, deadline.rolls
