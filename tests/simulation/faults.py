"""A store that fails as disks and databases fail, when the seed says so."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.journal import NO_BUNDLES, Appended, Head, SequenceTaken
from yibao.journal.bundles import Bundle
from yibao.journal.memory import MemoryStore
from yibao.model.case import Document


class FaultyStore(MemoryStore):
    """A store that fails before it writes or after it, is busy, or was overtaken by another writer."""

    def __init__(self, chance: random.Random, rate: float) -> None:
        super().__init__()
        self._chance, self._rate = chance, rate
        self.failed: Counter[str] = Counter()

    def append_together(self, parts: Sequence[Appended], bundles: Mapping[str, Bundle] = NO_BUNDLES) -> Head:
        fault = self._chance.choice(("before", "after", "overtaken", "busy")) if self._happens() else None
        if fault == "overtaken":
            self.failed[fault] += 1
            raise SequenceTaken(parts[0].case_id)
        if fault in ("before", "busy"):
            self.failed[str(fault)] += 1
            raise _failure("journal-busy" if fault == "busy" else "journal-write-failed")
        head = super().append_together(parts, bundles)
        if fault == "after":
            self.failed[fault] += 1
            raise _failure("journal-write-failed")
        return head

    def events_after(self, case_id: str, sequence: int) -> Sequence[Document]:
        if self._happens():
            self.failed["reading"] += 1
            raise _failure("journal-unreadable")
        return super().events_after(case_id, sequence)

    def _happens(self) -> bool:
        return self._chance.random() < self._rate


def _failure(code: str) -> ProblemsFound:
    return ProblemsFound([problem_of(code, "the disk has failed", Place(path="journal"))])
