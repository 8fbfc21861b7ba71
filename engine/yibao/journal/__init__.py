"""Journals: append-only stores of the events of cases. They keep and return documents, and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from attrs import frozen

from yibao.journal.bundles import Bundle
from yibao.model.case import Document, Invoice

NO_BUNDLES: Mapping[str, Bundle] = {}


class SequenceTaken(Exception):
    """Another writer has appended to the case since it was read; nothing was written."""


class InvoiceTaken(Exception):
    """The invoice backs a live settlement of the case `holder`; nothing was written."""

    def __init__(self, invoice: Invoice, holder: str) -> None:
        super().__init__(f"the invoice {invoice.number} of {invoice.issuer} backs the case {holder}")
        self.invoice = invoice
        self.holder = holder


@frozen
class Appended:
    """Events to be kept as those of one case that follow number `expected_sequence`.

    Without events it is a condition: nothing is kept unless the case still has that number.
    """

    case_id: str
    expected_sequence: int
    events: Sequence[Document]


@frozen
class Head:
    """Where a journal ends: how many events it has, and the link (64 hexadecimal digits) that binds them all.

    Whoever keeps a head elsewhere can tell later that nothing before it was changed, and that the tail was not cut.
    """

    position: int
    link: str

    def __str__(self) -> str:
        return f"{self.position}:{self.link}"


class StoredEvent(NamedTuple):
    """One event as a journal holds it: its place in the journal, its case, and its canonical bytes.

    A named tuple, as a journal of a million events is read row by row.
    """

    position: int
    case_id: str
    sequence: int
    body: bytes
    digest: bytes
    link: bytes


@frozen(kw_only=True)
class Snapshot:
    """What a case added up to after its event number `sequence`; a cache, which nobody needs."""

    case_id: str
    sequence: int
    document: Document


class EventStore(Protocol):
    """What the handling of cases asks of a journal.

    `events` gives the events of a case, oldest first, none for a case that it does not know; `events_after` those
    after a number. `append` keeps events as those that follow number `expected_sequence` (0 for a new case), all or
    none, with the bundles that they name (by digest) and that the journal does not have yet. It raises SequenceTaken
    when the case has another number of events, and InvoiceTaken when an event claims the invoice of another case.
    `append_together` does so for several cases, all or none. `holder_of` is the case whose live settlement an invoice
    backs. A snapshot is a cache: a store may keep none.
    """

    def events(self, case_id: str) -> Sequence[Document]: ...

    def events_after(self, case_id: str, sequence: int) -> Sequence[Document]: ...

    def append(
        self,
        case_id: str,
        expected_sequence: int,
        events: Sequence[Document],
        bundles: Mapping[str, Bundle] = NO_BUNDLES,
    ) -> Head: ...

    def append_together(self, parts: Sequence[Appended], bundles: Mapping[str, Bundle] = NO_BUNDLES) -> Head: ...

    def holder_of(self, invoice: Invoice) -> str | None: ...

    def snapshot(self, case_id: str) -> Snapshot | None: ...

    def keep_snapshot(self, snapshot: Snapshot) -> None: ...
