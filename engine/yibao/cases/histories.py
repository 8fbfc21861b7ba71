"""The histories of cases in a journal, kept while many commands are carried out, so that each event is read once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Lock

from attrs import frozen

from yibao.basics.problems import ProblemsFound
from yibao.cases.answering import Recorded
from yibao.cases.events import NOTHING, History
from yibao.cases.snapshots import EVERY, history_of, snapshot_of
from yibao.journal import EventStore
from yibao.model.case import Document
from yibao.model.events import CaseEvent
from yibao.readers.charts.events_from_json import event_from_document

MOST_KEPT = 1_000


@frozen
class Told:
    """What a journal told of a case at one moment: its history, and the events that answered a command under a key.

    Of events that a snapshot stands for only the numbers are known.
    """

    history: History
    answers: Mapping[str, Document | int]

    def with_events(self, history: History, later: Sequence[Document]) -> Told:
        """The history gone on to another by later events."""
        answers = {key: event for event in later if (key := _key_of(event)) is not None}
        return Told(history, {**self.answers, **answers} if answers else self.answers)

    @property
    def numbers(self) -> Mapping[str, int]:
        """The numbers of the events that answered a command, by their keys."""
        return {
            key: answer if isinstance(answer, int) else answer["envelope"]["sequence"]
            for key, answer in self.answers.items()
        }


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
            known = self._kept.get(case_id)
        before = self._from_snapshot(case_id) if known is None else known
        later = self._journal.events_after(case_id, before.history.sequence)
        if not later and not before.history.sequence:
            return before
        found = before.with_events(before.history.with_documents(later), later)
        with self._lock:
            self._keep(case_id, found)
        return found

    def answered(self, case_id: str, told: Told, key: str) -> CaseEvent | None:
        """The event that answered a command under a key, None where none did. Raises ProblemsFound."""
        answer = told.answers.get(key)
        if isinstance(answer, int):
            answer = next(iter(self._journal.events_after(case_id, answer - 1)), None)
        return None if answer is None else event_from_document(answer)

    def went_on(self, case_id: str, before: Told, recorded: Recorded) -> None:
        """Note an event that was just recorded, so that it need not be read back."""
        with self._lock:
            if self._kept.get(case_id) is not before:
                return
            after = before.with_events(recorded.after, [recorded.document])
            self._keep(case_id, after)
        if after.history.sequence % EVERY == 0:
            # The event is recorded: that its snapshot can't be kept must not look as if it were not.
            with suppress(ProblemsFound):
                self._journal.keep_snapshot(snapshot_of(case_id, after.history, after.numbers))

    def _from_snapshot(self, case_id: str) -> Told:
        snapshot = self._journal.snapshot(case_id)
        found = None if snapshot is None else history_of(snapshot)
        return Told(NOTHING, {}) if found is None else Told(*found)

    def _keep(self, case_id: str, found: Told) -> None:
        self._kept[case_id] = found
        self._kept.move_to_end(case_id)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


def _key_of(event: Document) -> str | None:
    key = event["envelope"]["key"]
    return key if isinstance(key, str) else None
