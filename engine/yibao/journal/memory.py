"""A journal that forgets: the events of cases in lists, for trying things out. Writes to nothing, for one thread."""

from __future__ import annotations

from collections.abc import Sequence

from yibao.journal import SequenceTaken
from yibao.model.case import Document


class MemoryStore:
    """The events of cases, as long as the program runs."""

    def __init__(self) -> None:
        self._events: dict[str, list[Document]] = {}

    def events(self, case_id: str) -> Sequence[Document]:
        """The events of a case, oldest first; none for a case that nobody opened."""
        return tuple(self._events.get(case_id, ()))

    def append(self, case_id: str, expected_sequence: int, events: Sequence[Document]) -> None:
        """Keep the events after number `expected_sequence`. Raises SequenceTaken when the case has another number."""
        kept = self._events.setdefault(case_id, [])
        if len(kept) != expected_sequence:
            raise SequenceTaken(case_id)
        kept.extend(events)
