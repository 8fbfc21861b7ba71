"""Journals: append-only stores of the events of cases. They keep and return documents, and decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from yibao.model.case import Document


class SequenceTaken(Exception):
    """Another writer has appended to the case since it was read; nothing was written."""


@frozen
class Appended:
    """Events to be kept as those of one case that follow number `expected_sequence`."""

    case_id: str
    expected_sequence: int
    events: Sequence[Document]


class EventStore(Protocol):
    """What a journal offers.

    `events` gives the events of a case, oldest first, none for a case that it does not know. `append` keeps events as
    those that follow number `expected_sequence` (0 for a new case), all or none, and raises SequenceTaken when the
    case has more events than that.
    """

    def events(self, case_id: str) -> Sequence[Document]: ...

    def append(self, case_id: str, expected_sequence: int, events: Sequence[Document]) -> None: ...
