"""Why a command to a case is refused, and what is possible instead."""

from __future__ import annotations

from enum import Enum
from typing import Any

from attrs import frozen

from yibao.model.case import Document
from yibao.model.citations import Citation
from yibao.model.facts import Title


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

    `until` is the last day on which it can be taken, and `earliest` the first; None where no deadline runs. Both are
    provisional while the calendar of a day that was counted is not published.
    """

    event: str
    needs: tuple[str, ...]
    earliest: str | None
    until: str | None
    provisional: bool

    def document(self) -> dict[str, Any]:
        return {
            "event": self.event,
            "needs": list(self.needs),
            "earliest": self.earliest,
            "until": self.until,
            "provisional": self.provisional,
        }


@frozen(kw_only=True)
class Refusal:
    """Why a command was not carried out, and what can be done instead. The case is exactly as it was.

    `operations` are what can be done beside the steps of the procedure. `invoice_with` is the case in which the invoice
    backs a settlement already.
    """

    reason: RefusalReason
    case_id: str
    state: str | None
    event: str | None
    missing_steps: tuple[str, ...] = ()
    missing_documents: tuple[str, ...] = ()
    failed: tuple[FailedCondition, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    possible_now: tuple[PossibleStep, ...] = ()
    operations: tuple[PossibleStep, ...] = ()
    invoice_with: str | None = None

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
            "operations": [operation.document() for operation in self.operations],
            "invoice_with": self.invoice_with,
        }
