"""Events of a case as a journal kept them, back to the model. What they add up to is for `yibao.cases`."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.model.case import Document
from yibao.model.events import (
    CaseEvent,
    CaseOpened,
    CaseRedecided,
    CaseWithdrawn,
    DeadlinePassed,
    FactsCorrected,
    KeyVoided,
    SettlementReversed,
    StepDeleted,
    StepRefused,
    StepTaken,
)

KINDS: Mapping[str, type[CaseEvent]] = {
    "opened": CaseOpened,
    "step_taken": StepTaken,
    "step_refused": StepRefused,
    "corrected": FactsCorrected,
    "withdrawn": CaseWithdrawn,
    "redecided": CaseRedecided,
    "settlement_reversed": SettlementReversed,
    "key_voided": KeyVoided,
    "step_deleted": StepDeleted,
    "deadline_passed": DeadlinePassed,
}
# What release 0.2.0 did not write yet, in the envelope and by the kind of event, with what its absence means.
_LATER_IN_ENVELOPE: Mapping[str, object] = {"version": None, "state": None}
_LATER: Mapping[str, Mapping[str, object]] = {
    "step_taken": {"brought": {}, "relied_on": None, "invoice": None},
    "step_refused": {"change": None},
}


def event_from_document(document: Document) -> CaseEvent:
    """The event that a journal kept. Raises ProblemsFound when the document is none of ours."""
    name = str(document.get("kind"))
    kind = KINDS.get(name)
    try:
        if kind is None:
            raise msgspec.ValidationError(f"an event of kind {document.get('kind')!r} is not known")
        return msgspec.convert(_as_written_now(name, document), kind)
    except msgspec.ValidationError as error:
        place = Place(path="journal")
        raise ProblemsFound([problem_of("journal-damaged", f"an event can't be read: {error}", place)]) from None


def _as_written_now(kind: str, document: Document) -> Document:
    """The document with what later releases write; its digest stays that of the document as it was kept."""
    envelope = document.get("envelope")
    if not isinstance(envelope, Mapping) or "version" in envelope:
        return document
    return {**_LATER.get(kind, {}), **document, "envelope": {**_LATER_IN_ENVELOPE, **envelope}}
