"""Events of a case as a journal kept them, back to the model. What they add up to is for `yibao.cases`."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.model.case import CaseEvent, CaseOpened, Document, StepRefused, StepTaken

KINDS: Mapping[str, type[CaseEvent]] = {
    "opened": CaseOpened,
    "step_taken": StepTaken,
    "step_refused": StepRefused,
}


def event_from_document(document: Document) -> CaseEvent:
    """The event that a journal kept. Raises ProblemsFound when the document is none of ours."""
    kind = KINDS.get(str(document.get("kind")))
    try:
        if kind is None:
            raise msgspec.ValidationError(f"an event of kind {document.get('kind')!r} is not known")
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        place = Place(path="journal")
        raise ProblemsFound([problem_of("journal-damaged", f"an event can't be read: {error}", place)]) from None
