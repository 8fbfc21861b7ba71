"""What a command met in its journal when it was answered: the other cases and invoices as they were then.

Other cases are read up to a place of the journal, so that nothing which came later is looked at.
"""

from __future__ import annotations

from collections import OrderedDict

from attrs import frozen

from yibao.audit.records import Recorded, followed, recorded_event
from yibao.cases.events import NOTHING, History
from yibao.journal import StoredEvent
from yibao.journal.kept import KeptJournal
from yibao.model.case import Invoice
from yibao.model.events import CaseRedecided, StepTaken

MOST_CASES_KEPT = 200


@frozen
class OtherEvent:
    """One event of another case: its place in the journal, what it says, and the case's history after it."""

    position: int
    recorded: Recorded
    history: History


class Others:
    """The other cases of a journal as they were at its places. The last ones asked for are kept, as far as read."""

    def __init__(self, journal: KeptJournal) -> None:
        self._journal = journal
        self._kept: OrderedDict[str, tuple[OtherEvent, ...]] = OrderedDict()

    def before(self, case_id: str, position: int) -> History:
        """The history of a case before a place of the journal. Raises ProblemsFound for events that can't be told."""
        histories = [each.history for each in self._events(case_id) if each.position < position]
        return histories[-1] if histories else NOTHING

    def earlier(self, case_id: str, position: int) -> int | None:
        """The place of the last event that a case had before a place of the journal; None where it had none."""
        return max((each.position for each in self._events(case_id) if each.position < position), default=None)

    def once_held(self, case_id: str, invoice: Invoice, position: int) -> bool:
        """Whether an invoice ever backed a settlement of a case before a place of the journal."""
        return any(
            isinstance(each.recorded.event, StepTaken | CaseRedecided) and each.recorded.event.invoice == invoice
            for each in self._events(case_id)
            if each.position < position
        )

    def _events(self, case_id: str) -> tuple[OtherEvent, ...]:
        if case_id not in self._kept:
            self._kept[case_id] = tuple(_told(self._journal.stored_of(case_id)))
            if len(self._kept) > MOST_CASES_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(case_id)
        return self._kept[case_id]


def _told(stored: tuple[StoredEvent, ...]) -> list[OtherEvent]:
    history, found = NOTHING, []
    for row in stored:
        recorded = recorded_event(row.body)
        history = followed(history, recorded.event, row.digest)
        found.append(OtherEvent(row.position, recorded, history))
    return found
