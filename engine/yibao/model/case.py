"""A case on its way through a chart, as its events make it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

Document = Mapping[str, Any]


INVOICE_FACTS = ("invoice.issuer", "invoice.number")
"""The facts of a claim that name its invoice."""


@frozen
class Invoice:
    """An invoice by who issued it and its number. It backs at most one live settlement of a journal."""

    issuer: str
    number: str


@frozen(kw_only=True)
class RecordedReliance:
    """Another case as a step found it: after its event number `sequence`, whose digest it names."""

    case_id: str
    chart: str
    state: str
    sequence: int
    digest: str


@frozen(kw_only=True)
class Layer:
    """The facts that one event brought, still standing. Later facts of a new decision replace what is below them."""

    sequence: int
    event: str
    data: Document
    replaces: bool


@frozen(kw_only=True)
class TakenStep:
    """One line of the case's history: a step that stands, with the state that it left."""

    sequence: int
    step: str
    event: str
    source: str
    at: str
    actor: str | None
    key: str | None
    decided: bool

    def document(self) -> dict[str, Any]:
        return {"step": self.step, "event": self.event, "at": self.at, "actor": self.actor}


@frozen(kw_only=True)
class Passed:
    """A deadline that passed while the case rested in a state since the event `since`."""

    deadline: str
    step: str
    last_day: str
    since: int

    def document(self) -> dict[str, Any]:
        return {"deadline": self.deadline, "step": self.step, "last_day": self.last_day}


@frozen(kw_only=True)
class Case:
    """What the events of a case add up to. Refused attempts leave no trace in it.

    `version` counts the events that changed it: 1 after opening. `claim` is the claim document as established so far,
    made of the `layers`. `decision` is the live one, backed by `invoice`. `void` are
    the keys of settlements that won't be taken any more. `since` is the event by which the case came to its state.
    `decided_anew_by` are those who made the decisions that superseded the first, None for one who was not named.
    """

    case_id: str
    chart: str
    state: str
    version: int
    since: int
    opened_at: str
    opened_by: str | None
    claim: Document
    layers: tuple[Layer, ...]
    taken: tuple[TakenStep, ...]
    decision: Document | None
    decided_anew_by: tuple[str | None, ...]
    invoice: Invoice | None
    void: tuple[str, ...]
    passed: tuple[Passed, ...]

    def document(self) -> dict[str, Any]:
        return {
            "case": self.case_id,
            "chart": self.chart,
            "state": self.state,
            "version": self.version,
            "opened_at": self.opened_at,
            "opened_by": self.opened_by,
            "steps": [step.document() for step in self.taken],
            "passed_deadlines": [passed.document() for passed in self.passed],
            "claim": self.claim,
            "decision": self.decision,
        }
