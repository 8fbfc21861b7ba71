"""A case on its way through a chart: the events that make it, what they add up to, and why a step is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from attrs import frozen

from yibao.model.citations import Citation
from yibao.model.facts import Title

Document = Mapping[str, Any]


class RefusalReason(Enum):
    """Why a command is refused, in the order of precedence: of several reasons the first is the one given."""

    UNKNOWN_CASE = "unknown_case"
    CASE_EXISTS = "case_exists"
    VERSION_CONFLICT = "version_conflict"
    KEY_REUSED = "key_reused"
    CASE_CLOSED = "case_closed"
    UNKNOWN_EVENT = "unknown_event"
    ALREADY_TAKEN = "already_taken"
    SKIPPED_STEP = "skipped_step"
    CONFLICTING_FACT = "conflicting_fact"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    ACTOR_NOT_ALLOWED = "actor_not_allowed"
    DOCUMENT_MISSING = "document_missing"
    CONDITION_NOT_MET = "condition_not_met"
    DUPLICATE_INVOICE = "duplicate_invoice"


_PRECEDENCE = {reason: rank for rank, reason in enumerate(RefusalReason)}


def foremost(reasons: set[RefusalReason]) -> RefusalReason:
    """The reason to give when several hold. Raises ValueError when none does."""
    return min(reasons, key=lambda reason: _PRECEDENCE[reason])


@frozen(kw_only=True)
class FailedCondition:
    """A guard that does not hold, or a bar that does, with the facts it looked at and the absent facts it needs."""

    condition: str
    title: Title
    cites: tuple[Citation, ...]
    facts: Document
    missing: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        return {
            "condition": self.condition,
            "title": self.title.document(),
            "cites": [cite.document() for cite in self.cites],
            "facts": dict(self.facts),
            "missing": list(self.missing),
        }


@frozen(kw_only=True)
class Conflict:
    """A value in an event's data that contradicts what the case has established."""

    fact: str
    line_id: str | None
    established: object
    given: object

    def document(self) -> dict[str, Any]:
        return {
            "fact": self.fact,
            "line_id": self.line_id,
            "established": self.established,
            "given": self.given,
        }


@frozen(kw_only=True)
class PossibleStep:
    """An event that the state allows, and the documents and conditions that it still needs.

    `until` is the last day on which it can be taken; None where no deadline runs.
    """

    event: str
    needs: tuple[str, ...]
    until: str | None

    def document(self) -> dict[str, Any]:
        return {"event": self.event, "needs": list(self.needs), "until": self.until}


@frozen(kw_only=True)
class Refusal:
    """Why a command was not carried out, and what can be done instead. The case is exactly as it was."""

    reason: RefusalReason
    case_id: str
    state: str | None
    event: str | None
    missing_steps: tuple[str, ...] = ()
    missing_documents: tuple[str, ...] = ()
    failed: tuple[FailedCondition, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    possible_now: tuple[PossibleStep, ...] = ()

    def document(self) -> dict[str, Any]:
        """The refusal as the outer contract writes it."""
        return {
            "refused": self.reason.value,
            "case": self.case_id,
            "state": self.state,
            "event": self.event,
            "missing_steps": list(self.missing_steps),
            "missing_documents": list(self.missing_documents),
            "failed": [condition.document() for condition in self.failed],
            "conflicts": [conflict.document() for conflict in self.conflicts],
            "possible_now": [step.document() for step in self.possible_now],
        }


@frozen(kw_only=True)
class Envelope:
    """What every event of a case carries.

    `sequence` counts all events of the case from 1. `at` is when it was recorded, as given by the caller. `command`
    is the digest of what was asked, by which a repeated `key` is recognised. The digests of policy and chart are those
    in force. `previous` is the digest of the event before, None for the first.
    """

    case_id: str
    sequence: int
    at: str
    actor: str | None
    key: str | None
    command: str
    policy_digest: str
    chart_digest: str
    previous: str | None


@frozen(kw_only=True)
class CaseOpened:
    """The case began, in the chart's initial state, with these facts."""

    envelope: Envelope
    chart: str
    state: str
    data: Document


@frozen(kw_only=True)
class StepTaken:
    """An event took a step. `decision` is the decision document of a step that decides the claim."""

    envelope: Envelope
    event: str
    step: str
    source: str
    target: str
    data: Document
    decision: Document | None


@frozen(kw_only=True)
class StepRefused:
    """An attempt that changed nothing. `event` is None for an attempt to open the case again."""

    envelope: Envelope
    event: str | None
    data: Document
    refusal: Document


CaseEvent = CaseOpened | StepTaken | StepRefused


@frozen(kw_only=True)
class TakenStep:
    """One line of the case's history."""

    step: str
    event: str
    at: str
    actor: str | None

    def document(self) -> dict[str, Any]:
        return {"step": self.step, "event": self.event, "at": self.at, "actor": self.actor}


@frozen(kw_only=True)
class Case:
    """What the events of a case add up to. Refused attempts leave no trace in it.

    `version` counts the events that changed it: 1 after opening. `claim` is the claim document as established so far.
    """

    case_id: str
    chart: str
    state: str
    version: int
    opened_at: str
    opened_by: str | None
    claim: Document
    taken: tuple[TakenStep, ...]
    decision: Document | None

    def document(self) -> dict[str, Any]:
        return {
            "case": self.case_id,
            "chart": self.chart,
            "state": self.state,
            "version": self.version,
            "opened_at": self.opened_at,
            "opened_by": self.opened_by,
            "steps": [step.document() for step in self.taken],
            "claim": self.claim,
            "decision": self.decision,
        }
