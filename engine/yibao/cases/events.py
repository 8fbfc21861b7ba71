"""Events as documents and back, and the history of a case that they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import asdict, fields, frozen, has

from yibao.basics.digest import digest_of_document
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.cases.folding import DoesNotFollow, folded
from yibao.model.case import Case, Document
from yibao.model.events import CaseEvent
from yibao.readers.charts.events_from_json import KINDS, event_from_document

_NAMES = {kind: name for name, kind in KINDS.items()}
_FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in KINDS.values()}


def event_document(event: CaseEvent) -> dict[str, Any]:
    """The event as a journal keeps it; the digest of this document is what the next event names as `previous`."""
    # Field by field: what is a document already is taken as it is, as decisions are long.
    document: dict[str, Any] = {"kind": _NAMES[type(event)]}
    for name in _FIELDS[type(event)]:
        value = getattr(event, name)
        document[name] = asdict(value) if has(type(value)) else value
    return document


@frozen(kw_only=True)
class History:
    """What is known of a case after its first `sequence` events; no case for one that was never opened."""

    sequence: int
    case: Case | None
    last_digest: str | None

    def with_event(self, event: CaseEvent, document: Document) -> History:
        """The history with one more event, whose document is given. Raises DoesNotFollow."""
        return History(
            sequence=self.sequence + 1, case=folded(self.case, event), last_digest=digest_of_document(document)
        )

    def with_documents(self, documents: Iterable[Document]) -> History:
        """The history with the events that a journal kept after these.

        Raises ProblemsFound when a document is none of ours, or does not follow from those before it.
        """
        history = self
        for _event, _document, after in _told(self, documents):
            history = after
        return history


NOTHING = History(sequence=0, case=None, last_digest=None)


def folds(documents: Iterable[Document]) -> Iterator[tuple[CaseEvent, Case | None]]:
    """Each event that a journal kept of one case, with the case as it was after it. Raises ProblemsFound."""
    for event, _document, after in _told(NOTHING, documents):
        yield event, after.case


def _told(history: History, documents: Iterable[Document]) -> Iterator[tuple[CaseEvent, Document, History]]:
    for document in documents:
        event = event_from_document(document)
        try:
            history = history.with_event(event, document)
        except DoesNotFollow as error:
            raise ProblemsFound([problem_of("journal-damaged", str(error), Place(path="journal"))]) from None
        yield event, document, history
