"""How events get into a journal: what is worked out before the transaction, and what is done inside it.

Inside, the head is held against other writers, so that positions have no gap and the links form one chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from hashlib import sha256

from attrs import frozen

from yibao.basics.digest import canonical_json
from yibao.basics.problems import Fault
from yibao.journal import Appended, Head, InvoiceTaken, SequenceTaken
from yibao.journal.bundles import Bundle
from yibao.journal.chain import digest_of_body, next_link
from yibao.journal.invoices import Movement, movements_of
from yibao.journal.sessions import Row, Session

_HEAD = "SELECT position, link FROM head WHERE only_one = 1"
_LAST = "SELECT coalesce(max(sequence), 0) FROM event WHERE case_id = ?"
_KEEP_EVENT = "INSERT INTO event (position, case_id, sequence, body, digest, link) VALUES (?, ?, ?, {}, ?, ?)"
_MOVE_HEAD = "UPDATE head SET position = ?, link = ? WHERE only_one = 1"
_HOLDER = "SELECT case_id, live FROM invoice WHERE issuer = ? AND number = ?"
_CLAIM = "INSERT INTO invoice (case_id, position, live, issuer, number) VALUES (?, ?, ?, ?, ?)"
_MOVE_INVOICE = "UPDATE invoice SET case_id = ?, position = ?, live = ? WHERE issuer = ? AND number = ?"
_HAS_BUNDLE = "SELECT 1 FROM bundle WHERE digest = ?"
_KEEP_BUNDLE = "INSERT INTO bundle (digest, kind, content, checksum) VALUES (?, ?, ?, ?)"


# One event as it will be kept, but for its place: its canonical bytes, their digest, and what it does to invoices. A
# bare tuple, as imports make many.
_Written = tuple[bytes, bytes, tuple[Movement, ...]]


@frozen
class Appending:
    """Events that are ready to be appended: all that does not need the journal has been done."""

    parts: Sequence[tuple[str, int, Sequence[_Written]]]
    bundles: Mapping[str, Bundle]


def ready(parts: Iterable[Appended], bundles: Mapping[str, Bundle]) -> Appending:
    """The events in their canonical bytes. Raises TypeError for a float, NoInvoice for what is no invoice."""
    return Appending(
        [(part.case_id, part.expected_sequence, list(map(_written, part.events))) for part in parts], bundles
    )


def append(session: Session, appending: Appending, known: AbstractSet[str]) -> Head:
    """Append inside a transaction; the head after it. `known` are bundles that the journal surely has.

    Raises SequenceTaken and InvoiceTaken, after which the transaction has to be rolled back.
    """
    head = session.row(_HEAD + session.lock)
    if head is None:
        raise Fault("the journal has no head")
    position, link = head
    rows: list[Row] = []
    sequences: dict[str, int] = {}
    for case_id, expected, events in appending.parts:
        last = sequences[case_id] if case_id in sequences else _last_sequence(session, case_id)
        if last != expected:
            raise SequenceTaken(f"the case {case_id} has {last} events, not {expected}")
        for sequence, (body, digest, movements) in enumerate(events, start=expected + 1):
            position += 1
            link = next_link(link, digest, position, sequence, case_id)
            rows.append((position, case_id, sequence, body, digest, link))
            for movement in movements:
                _move(session, movement, case_id, position)
        sequences[case_id] = expected + len(events)
    if rows:
        keep_events(session, rows)
        session.run(_MOVE_HEAD, position, link)
    for name, bundle in appending.bundles.items():
        if name not in known:
            _keep_bundle(session, name, bundle)
    return Head(position, link.hex())


def keep_events(session: Session, rows: Sequence[Row]) -> None:
    """Insert rows of events: position, case, sequence, body as bytes, digest, link."""
    session.run_many(_keep_event(session.as_text), rows)


@cache
def _keep_event(as_text: str) -> str:
    return _KEEP_EVENT.format(as_text.format("?"))


def _written(document: Mapping[str, object]) -> _Written:
    body = canonical_json(document)
    return body, digest_of_body(body), movements_of(document)


def _last_sequence(session: Session, case_id: str) -> int:
    row = session.row(_LAST, case_id)
    return 0 if row is None else int(row[0])


def _move(session: Session, movement: Movement, case_id: str, position: int) -> None:
    """Keep what an event says of an invoice. The row tells who held it last, and whether it still does."""
    invoice = movement.invoice
    row = session.row(_HOLDER, invoice.issuer, invoice.number)
    holder = row[0] if row is not None and row[1] else None
    if movement.claims and holder not in (None, case_id):
        raise InvoiceTaken(invoice, str(holder))
    if not movement.claims and holder != case_id:
        raise Fault(f"the case {case_id} frees the invoice {invoice.number}, which it does not hold")
    statement = _CLAIM if row is None else _MOVE_INVOICE
    session.run(statement, case_id, position, int(movement.claims), invoice.issuer, invoice.number)


def _keep_bundle(session: Session, digest: str, bundle: Bundle) -> None:
    if session.row(_HAS_BUNDLE, digest) is not None:
        return
    if bundle.digest != digest:
        raise Fault(f"the bundle that is called {digest} has the digest {bundle.digest}")
    content = bundle.content()
    session.run(_KEEP_BUNDLE, digest, bundle.kind.value, content, sha256(content).digest())
