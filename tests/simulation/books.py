"""The books that the simulation keeps of each case beside the handling of cases: what its events promise together."""

from __future__ import annotations

import random
from collections.abc import Sequence

from attrs import asdict

from yibao.basics.digest import canonical_json, digest_of_document
from yibao.cases.events import NOTHING
from yibao.model.case import Case, Document


class Broken(AssertionError):
    """A promise that was not kept."""


class Book:
    """What is known of a case beside the handling of cases: its sequence, versions, chain, keys and money."""

    def __init__(self) -> None:
        self.sequence, self.version, self.fund = 0, 0, 0
        self.last: str | None = None
        self.keyed: dict[str, Document] = {}
        self.after: dict[int, bytes] = {}
        self._history = NOTHING
        self._lately: list[Case | None] = [None]

    @property
    def folded(self) -> int:
        return self._history.sequence

    def case(self, later: Sequence[Document]) -> Case | None:
        self._history = self._history.with_documents(later)
        return self._history.case

    def remember(self, case: Case | None) -> None:
        self._lately = [*self._lately[-2:], case]
        if case is not None:
            self.after[self.folded] = canonical_json(asdict(case))

    def seen(self, chance: random.Random) -> Case | None:
        """The case as somebody has seen it, who may have looked a while ago."""
        return self._lately[-1] if chance.random() < 0.7 else chance.choice(self._lately)

    def add(self, document: Document) -> None:
        envelope, kind = document["envelope"], document["kind"]
        changed = kind != "step_refused"
        expected = (self.sequence + 1, self.version + changed, self.last)
        if (envelope["sequence"], envelope["version"], envelope["previous"]) != expected:
            raise Broken(f"an event does not follow the one before it: {envelope}")
        self.sequence, self.version, self.last = self.sequence + 1, self.version + changed, digest_of_document(document)
        key = envelope["key"]
        if key is not None:
            if key in self.keyed:
                raise Broken(f"the key {key} has led to two events")
            self.keyed[key] = envelope
        if kind == "step_taken" and document["decision"] is not None:
            self.fund += fund_of(document["decision"])
        if kind == "redecided":
            self.fund += document["owed"]["fund_total_fen"]
        if kind == "settlement_reversed":
            self.fund += document["mirrored"]["amounts"]["fund_total_fen"]


def fund_of(decision: Document) -> int:
    """What the fund pays by a decision."""
    found: int = decision["settlement"]["amounts"]["fund_total_fen"]
    return found
