"""Looking for alterations of a journal: the chain of each case, the links, gaps, order, head, bundles, invoices.

Every row is looked at and everything found is told, with its place; nothing is repaired, nothing decided again. Memory
does not grow with the journal. Whoever rewrites a whole journal consistently is found only by a head kept elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from attrs import frozen

from yibao.basics.digest import canonical_json
from yibao.journal import Head
from yibao.journal.bundles import NoBundle, bundle_from
from yibao.journal.chain import (
    beginning,
    digest_of_body,
    named,
    names_bundles,
    names_previous,
    next_link,
    snapshot_checksum,
)
from yibao.journal.examining import Examined, ExaminedBundle, ExaminedEvent, ExaminedHead, ExaminedInvoice
from yibao.journal.invoices import Movement, NoInvoice, movements_of
from yibao.model.case import Document, Invoice


@frozen(kw_only=True)
class Alteration:
    """Something that is not as an append left it. `position`, `case_id` and `sequence` say where, as far as known."""

    code: str
    message: str
    position: int | None
    case_id: str | None
    sequence: int | None

    def document(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "position": self.position,
            "case": self.case_id,
            "sequence": self.sequence,
        }

    def __str__(self) -> str:
        place = "" if self.position is None else f"position {self.position}"
        case = "" if self.case_id is None else f" (case {self.case_id}, event {self.sequence})"
        return f"{place}{case}: {self.code}: {self.message}".lstrip(": ")


def verify(examined: Examined, kept_head: Head | None) -> Iterator[Alteration]:
    """Everything in a journal that is not as an append left it, compared with a head that was kept, if one was.

    Where the tables themselves are damaged, that is all: their rows could be anything.
    """
    if faults := examined.faults():
        yield from (_found("tables-damaged", said) for said in faults)
        return
    yield from (_found("guard-missing", f"the trigger {name} is not there") for name in examined.missing_guards())
    yield from _head_row(examined)
    yield from _Walk(examined).walk()
    if kept_head is not None:
        yield from _kept_head(examined, kept_head)
    for bundle in examined.bundles():
        yield from _bundle(examined, bundle)
    for invoice in examined.invoices():
        yield from _invoice(examined, invoice)
    yield from _snapshots(examined)


class _Walk:
    """One walk over all events in the order of the journal."""

    def __init__(self, examined: Examined) -> None:
        self._examined = examined
        heads = examined.heads()
        self._head = heads[-1] if heads else ExaminedHead(0, beginning(0), 0)
        self._link = beginning(self._head.carried_over)
        self._position = 0
        self._bundles: dict[str, bool] = {}

    def walk(self) -> Iterator[Alteration]:
        for event in self._examined.events():
            yield from self._event(event)
            self._link, self._position = event.link, event.position
        if self._position != self._head.position:
            said = f"the journal ends at {self._position}, and its head says {self._head.position}"
            yield _found("head-differs", said)
        elif self._link != self._head.link:
            yield _found("head-differs", "the head has another link than the last event")

    def _event(self, event: ExaminedEvent) -> Iterator[Alteration]:
        if event.position != self._position + 1:
            yield _at(event, "position-gap", f"the event before has the position {self._position}")
        if digest_of_body(event.body) != event.digest:
            yield _at(event, "event-changed", "the event is not the one whose digest was kept")
        link = next_link(self._link, event.digest, event.position, event.sequence, event.case_id)
        if link != event.link:
            said = "the event, its place or the link before it is not the one that was linked"
            yield _at(event, "link-broken", said)
        if event.sequence > 1 and event.previous_position is None:
            yield _at(event, "event-missing", f"the event {event.sequence - 1} of the case is not there")
        elif event.previous_position is not None and event.previous_position >= event.position:
            said = f"the event before it in the case stands at {event.previous_position}"
            yield _at(event, "out-of-order", said)
        document = _document(event.body)
        if document is None:
            yield _at(event, "event-unreadable", "the event is no document in its one spelling")
        else:
            yield from self._named(event, document)

    def _named(self, event: ExaminedEvent, document: Document) -> Iterator[Alteration]:
        """What the event itself says of its place, its bundles and its invoice."""
        names, previous = names_previous(document)
        before = None if event.previous_digest is None else named(event.previous_digest)
        if names and previous != before:
            yield _at(event, "chain-broken", "the event does not name the one before it in its case")
        envelope = document.get("envelope")
        if isinstance(envelope, dict):
            said = (envelope.get("case_id", event.case_id), envelope.get("sequence", event.sequence))
            if said != (event.case_id, event.sequence):
                yield _at(event, "out-of-order", f"the event says that it is number {said[1]} of the case {said[0]}")
        # What was carried over from the layout without bundles names some that were never kept.
        if event.position > self._head.carried_over:
            missing = [digest for digest in names_bundles(document) if not self._has_bundle(digest)]
            yield from (_at(event, "bundle-missing", f"the bundle {digest} is not there") for digest in missing)
        yield from _movements(self._examined, event, document)

    def _has_bundle(self, digest: str) -> bool:
        # A journal names few bundles, however many events it has.
        if digest not in self._bundles:
            self._bundles[digest] = self._examined.has_bundle(digest)
        return self._bundles[digest]


def _document(body: bytes) -> Document | None:
    try:
        document: object = json.loads(body)
        return document if isinstance(document, dict) and canonical_json(document) == body else None
    except (ValueError, TypeError, RecursionError):
        return None


def _head_row(examined: Examined) -> Iterator[Alteration]:
    heads = examined.heads()
    if len(heads) != 1:
        yield _found("head-differs", f"the journal has {len(heads)} heads")
    if any(not 0 <= head.carried_over <= head.position for head in heads):
        yield _found("head-differs", "more events are said to be carried over than there are")


def _kept_head(examined: Examined, kept: Head) -> Iterator[Alteration]:
    """The link that was kept elsewhere, against the one that stands there now."""
    if kept.position == 0:
        return
    event = examined.event_at(kept.position)
    if event is None:
        said = f"the journal once had {kept.position} events, and the last of them is not there"
        yield _found("kept-head-differs", said, kept.position)
    elif event.link.hex() != kept.link:
        yield _at(event, "kept-head-differs", "up to here the journal is not the one whose head was kept")


def _bundle(examined: Examined, bundle: ExaminedBundle) -> Iterator[Alteration]:
    called = f"the bundle {bundle.digest}"
    if sha256(bundle.content).digest() != bundle.checksum:
        yield _found("bundle-changed", f"{called} has other bytes than those that were kept")
    try:
        read = bundle_from(bundle.content)
    except NoBundle as error:
        yield _found("bundle-changed", f"{called}: {error}")
        return
    if read.digest != bundle.digest:
        yield _found("bundle-changed", f"{called} is another one: {read.digest}")
    if read.kind.value != bundle.kind:
        yield _found("bundle-changed", f"{called} is kept as `{bundle.kind}` and is `{read.kind.value}`")
    if read.extends is not None and not examined.has_bundle(read.extends):
        yield _found("bundle-missing", f"{called} extends {read.extends}, which is not there")


def _movements(examined: Examined, event: ExaminedEvent, document: Document) -> Iterator[Alteration]:
    """What an event says of an invoice, against what is kept: no older than the event, and as the event left it."""
    try:
        movements = movements_of(document)
    except NoInvoice as error:
        yield _at(event, "invoices-differ", str(error))
        return
    for invoice in dict.fromkeys(movement.invoice for movement in movements):
        kept = examined.invoice(invoice.issuer, invoice.number)
        if kept is None or kept.position < event.position:
            yield _at(event, "invoices-differ", f"what the event says of the invoice {invoice.number} is not kept")


def _invoice(examined: Examined, kept: ExaminedInvoice) -> Iterator[Alteration]:
    """What is kept of an invoice, against the event that is said to have moved it last."""
    event = examined.event_at(kept.position)
    document = None if event is None else _document(event.body)
    moved = _last_movement(document, Invoice(kept.issuer, kept.number))
    if event is None or moved is None:
        said = f"no event says what is kept of the invoice {kept.number} of {kept.issuer}"
        yield _found("invoices-differ", said, kept.position)
    elif (event.case_id, moved.claims) != (kept.case_id, bool(kept.live)):
        yield _at(event, "invoices-differ", f"the event says otherwise of the invoice {kept.number} of {kept.issuer}")


def _last_movement(document: Document | None, invoice: Invoice) -> Movement | None:
    try:
        movements = () if document is None else movements_of(document)
    except NoInvoice:
        return None
    return next((each for each in reversed(movements) if each.invoice == invoice), None)


def _snapshots(examined: Examined) -> Iterator[Alteration]:
    for each in examined.snapshots():
        if each.digest is None or each.checksum != snapshot_checksum(
            each.digest, each.case_id, each.sequence, each.document
        ):
            said = (
                f"the snapshot of the case {each.case_id} is not one of its event {each.sequence}; drop the snapshots"
            )
            yield _found("snapshot-differs", said)


def _at(event: ExaminedEvent, code: str, message: str) -> Alteration:
    return Alteration(
        code=code, message=message, position=event.position, case_id=event.case_id, sequence=event.sequence
    )


def _found(code: str, message: str, position: int | None = None) -> Alteration:
    return Alteration(code=code, message=message, position=position, case_id=None, sequence=None)
