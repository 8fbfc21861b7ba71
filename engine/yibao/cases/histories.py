"""The histories of cases in a journal, kept while many commands are carried out, so that each event is read once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock

from attrs import frozen

from yibao.cases.answering import Recorded
from yibao.cases.events import NOTHING, History
from yibao.journal import EventStore
from yibao.model.case import Document
from yibao.model.events import CaseEvent
from yibao.readers.charts.events_from_json import event_from_document

MOST_KEPT = 1_000


@frozen
class Told:
    """What a journal told of a case at one moment: its history, and what answered a command under a key."""

    history: History
    answers: Mapping[str, Document]

    def with_events(self, history: History, later: Sequence[Document]) -> Told:
        """The history gone on to another by later events."""
        answers = {key: event for event in later if (key := _key_of(event)) is not None}
        return Told(history, {**self.answers, **answers} if answers else self.answers)

    def answered(self, key: str) -> CaseEvent | None:
        """The event that answered a command under a key, None where none did. Raises ProblemsFound."""
        document = self.answers.get(key)
        return None if document is None else event_from_document(document)


class Histories:
    """The histories of the cases of one journal. Several threads may use it.

    What others have appended since is read each time; what was read before is kept, for the cases asked for last.
    """

    def __init__(self, journal: EventStore) -> None:
        self._journal = journal
        self._kept: OrderedDict[str, Told] = OrderedDict()
        self._lock = Lock()

    def of(self, case_id: str) -> History:
        """The history of a case as the journal has it now. Raises ProblemsFound when the journal can't be read."""
        return self.told(case_id).history

    def told(self, case_id: str) -> Told:
        """What the journal tells of a case now. Raises ProblemsFound when it can't be read."""
        with self._lock:
            before = self._kept.get(case_id, Told(NOTHING, {}))
        later = self._journal.events_after(case_id, before.history.sequence)
        if not later and not before.history.sequence:
            return before
        found = before.with_events(before.history.with_documents(later), later)
        with self._lock:
            self._keep(case_id, found)
        return found

    def went_on(self, case_id: str, before: Told, recorded: Recorded) -> None:
        """Note an event that was just recorded, so that it need not be read back."""
        with self._lock:
            if self._kept.get(case_id) is before:
                self._keep(case_id, before.with_events(recorded.after, [recorded.document]))

    def _keep(self, case_id: str, found: Told) -> None:
        self._kept[case_id] = found
        self._kept.move_to_end(case_id)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


def _key_of(event: Document) -> str | None:
    key = event["envelope"]["key"]
    return key if isinstance(key, str) else None
