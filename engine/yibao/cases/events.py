"""Events as documents and back, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import asdict, evolve, frozen

from yibao.basics.digest import digest_of_document
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.cases.merging import merge
from yibao.model.case import Case, CaseEvent, CaseOpened, Document, StepRefused, StepTaken, TakenStep
from yibao.readers.charts.events_from_json import KINDS, event_from_document

_NAMES = {kind: name for name, kind in KINDS.items()}


def event_document(event: CaseEvent) -> dict[str, Any]:
    """The event as a journal keeps it; the digest of this document is what the next event names as `previous`."""
    return {"kind": _NAMES[type(event)], **asdict(event)}


@frozen(kw_only=True)
class History:
    """All events of one case, oldest first; none for a case that was never opened."""

    events: tuple[CaseEvent, ...]
    case: Case | None
    last_digest: str | None

    @property
    def next_sequence(self) -> int:
        return len(self.events) + 1

    def keyed(self, key: str | None) -> CaseEvent | None:
        """The event that answered the command with this idempotency key."""
        return next((event for event in self.events if key is not None and event.envelope.key == key), None)

    def with_event(self, event: CaseEvent) -> History:
        """The history with one more event."""
        return History(
            events=(*self.events, event),
            case=folded(self.case, event),
            last_digest=digest_of_document(event_document(event)),
        )


class DoesNotFollow(Exception):
    """An event that can't come after the events before it."""


def history_of(documents: Sequence[Document]) -> History:
    """The history that a journal kept.

    Raises ProblemsFound when a document is none of ours, or does not follow from those before it.
    """
    events: list[CaseEvent] = []
    case: Case | None = None
    for event, after in folds(documents):
        events.append(event)
        case = after
    last_digest = digest_of_document(documents[-1]) if documents else None
    return History(events=tuple(events), case=case, last_digest=last_digest)


def folds(documents: Sequence[Document]) -> Iterator[tuple[CaseEvent, Case | None]]:
    """Each event that a journal kept of one case, with the case as it was after it. Raises ProblemsFound."""
    case: Case | None = None
    for document in documents:
        event = event_from_document(document)
        try:
            case = folded(case, event)
        except DoesNotFollow as error:
            raise ProblemsFound([problem_of("journal-damaged", str(error), Place(path="journal"))]) from None
        yield event, case


def folded(case: Case | None, event: CaseEvent) -> Case | None:
    """The case after one more event. A refused attempt leaves it as it was. Raises DoesNotFollow."""
    match event:
        case CaseOpened():
            return _opened(event)
        case StepTaken():
            return _moved(case, event)
        case StepRefused():
            return case


def _opened(event: CaseOpened) -> Case:
    return Case(
        case_id=event.envelope.case_id,
        chart=event.chart,
        state=event.state,
        version=1,
        opened_at=event.envelope.at,
        opened_by=event.envelope.actor,
        claim=event.data,
        taken=(),
        decision=None,
    )


def _moved(case: Case | None, event: StepTaken) -> Case:
    if case is None or case.state != event.source:
        raise DoesNotFollow(f"{_named(event)} does not follow from the events before it")
    merged = merge(case.claim, event.data)
    if merged.conflicts:
        raise DoesNotFollow(f"{_named(event)} contradicts the events before it")
    taken = TakenStep(step=event.step, event=event.event, at=event.envelope.at, actor=event.envelope.actor)
    return evolve(
        case,
        state=event.target,
        version=case.version + 1,
        claim=merged.document,
        taken=(*case.taken, taken),
        decision=case.decision if event.decision is None else event.decision,
    )


def _named(event: StepTaken) -> str:
    return f"the step {event.step} (event {event.envelope.sequence}) of the case {event.envelope.case_id}"
