"""Reading a whole journal, row by row: checked on the way, or as the rows are, for whoever looks for alterations.

Memory does not grow with the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from yibao.basics.problems import ProblemsFound
from yibao.journal import StoredEvent
from yibao.journal.chain import beginning
from yibao.journal.sessions import Row, Session

Damaged = Callable[[str], ProblemsFound]
_COLUMNS = "position, case_id, sequence, {body}, digest, link"


def checked(session: Session, damaged: Damaged) -> Iterator[StoredEvent]:
    """All events in the order of the journal. Raises at the first whose digest, place or link is not right."""
    head = session.row("SELECT position, link, carried_over FROM head WHERE only_one = 1")
    if head is None:
        raise damaged("the journal has no head")
    last, last_link, carried_over = head
    link, position = beginning(carried_over), 0
    columns = _COLUMNS.format(body=session.as_bytes.format("body"))
    for row in session.stream(f"SELECT {columns} FROM event ORDER BY position"):
        event = StoredEvent._make(row)
        position += 1
        digest = sha256(event.body).digest()
        # The same as `next_link`, written out: with the digest, this is most of what a row costs.
        link = sha256(link + digest + f"{position} {event.sequence} {event.case_id}".encode()).digest()
        if link != event.link or digest != event.digest or position != event.position:
            raise damaged(f"the event at {position} is missing, or was changed")
        yield event
    if (position, link) != (last, last_link):
        raise damaged(f"the journal ends at {position}, and should end at {last}")


def checked_within_cases(session: Session, after: str, until: str | None, damaged: Damaged) -> Iterator[StoredEvent]:
    """The events of one case after the other. Raises at the first whose digest or number is not right."""
    columns = _COLUMNS.format(body=session.as_bytes.format("body"))
    bound, values = ("", (after,)) if until is None else (" AND case_id <= ?", (after, until))
    statement = f"SELECT {columns} FROM event WHERE case_id > ?{bound} ORDER BY case_id, sequence"
    yield from _numbered(session.stream(statement, *values), damaged)


def checked_of_case(session: Session, case_id: str, damaged: Damaged) -> Iterator[StoredEvent]:
    """The events of one case. Raises at the first whose digest or number is not right."""
    columns = _COLUMNS.format(body=session.as_bytes.format("body"))
    statement = f"SELECT {columns} FROM event WHERE case_id = ? ORDER BY sequence"
    yield from _numbered(session.rows(statement, case_id), damaged)


def _numbered(rows: Iterable[Row], damaged: Damaged) -> Iterator[StoredEvent]:
    case_id, sequence = "", 0
    for row in rows:
        event = StoredEvent._make(row)
        sequence = sequence + 1 if event.case_id == case_id else 1
        case_id = event.case_id
        if event.sequence != sequence:
            raise damaged(f"the event {sequence} of the case {case_id} is not there")
        if sha256(event.body).digest() != event.digest:
            raise damaged(f"the event {sequence} of the case {case_id} was changed")
        yield event


class ExaminedEvent(NamedTuple):
    """One row as it is, beside the place and the digest of the event before it in its case, if there is one."""

    position: int
    case_id: str
    sequence: int
    body: bytes
    digest: bytes
    link: bytes
    previous_position: int | None
    previous_digest: bytes | None


class ExaminedHead(NamedTuple):
    """The row that says where the journal ends."""

    position: int
    link: bytes
    carried_over: int


class ExaminedBundle(NamedTuple):
    """One bundle as it is."""

    digest: str
    kind: str
    content: bytes
    checksum: bytes


class ExaminedInvoice(NamedTuple):
    """What the journal keeps of one invoice."""

    issuer: str
    number: str
    case_id: str
    position: int
    live: int


class ExaminedSnapshot(NamedTuple):
    """One snapshot as it is, beside the digest of the event that it names, if there is one."""

    case_id: str
    sequence: int
    document: str
    checksum: bytes
    digest: bytes | None


class Examined:
    """The rows of a journal as they are, all of one moment."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def heads(self) -> list[ExaminedHead]:
        """Where the journal ends; more or fewer than one when the journal was tampered with."""
        rows = self._session.rows("SELECT position, link, carried_over FROM head ORDER BY position")
        return [ExaminedHead._make(row) for row in rows]

    def events(self) -> Iterator[ExaminedEvent]:
        """All events in the order of the journal."""
        statement = (
            f"SELECT e.position, {self._bytes('e.case_id')}, e.sequence, {self._bytes('e.body')}, e.digest, e.link, "
            "p.position, p.digest FROM event e LEFT JOIN event p "
            "ON p.case_id = e.case_id AND p.sequence = e.sequence - 1 ORDER BY e.position"
        )
        for position, case_id, *rest in self._session.stream(statement):
            yield ExaminedEvent._make((position, _text(case_id), *rest))

    def event_at(self, position: int) -> ExaminedEvent | None:
        """The event at a place of the journal, without the one before it."""
        row = self._session.row(
            f"SELECT position, {self._bytes('case_id')}, sequence, {self._bytes('body')}, digest, link "
            "FROM event WHERE position = ?",
            position,
        )
        return None if row is None else ExaminedEvent._make((row[0], _text(row[1]), *row[2:], None, None))

    def bundles(self) -> Iterator[ExaminedBundle]:
        """All bundles, one after the other."""
        names = self._session.rows(f"SELECT {self._bytes('digest')} FROM bundle ORDER BY digest")
        statement = f"SELECT {self._bytes('kind')}, content, checksum FROM bundle WHERE {self._bytes('digest')} = ?"
        for (name,) in names:
            for kind, content, checksum in self._session.rows(statement, name):
                yield ExaminedBundle(_text(name), _text(kind), content, checksum)

    def has_bundle(self, digest: str) -> bool:
        return self._session.row("SELECT 1 FROM bundle WHERE digest = ?", digest) is not None

    def invoices(self) -> Iterator[ExaminedInvoice]:
        """What the journal keeps of every invoice."""
        for row in self._session.stream(f"SELECT {self._invoice_columns()} FROM invoice ORDER BY issuer, number"):
            yield _invoice(row)

    def invoice(self, issuer: str, number: str) -> ExaminedInvoice | None:
        statement = f"SELECT {self._invoice_columns()} FROM invoice WHERE issuer = ? AND number = ?"
        row = self._session.row(statement, issuer, number)
        return None if row is None else _invoice(row)

    def snapshots(self) -> Iterator[ExaminedSnapshot]:
        """All snapshots."""
        statement = (
            f"SELECT {self._bytes('s.case_id')}, s.sequence, {self._bytes('s.document')}, s.checksum, e.digest "
            "FROM snapshot s LEFT JOIN event e ON e.case_id = s.case_id AND e.sequence = s.sequence ORDER BY s.case_id"
        )
        for case_id, sequence, document, checksum, digest in self._session.stream(statement):
            yield ExaminedSnapshot(_text(case_id), sequence, _text(document), checksum, digest)

    def faults(self) -> list[str]:
        """What is wrong with the tables themselves: damage to the file, and definitions that are not ours."""
        return self._session.faults()

    def missing_guards(self) -> list[str]:
        """The triggers that keep the tables append-only and are not there."""
        return self._session.missing_guards()

    def _bytes(self, column: str) -> str:
        # A text that somebody has changed need not be a text any more.
        return self._session.as_bytes.format(column)

    def _invoice_columns(self) -> str:
        return ", ".join((*map(self._bytes, ("issuer", "number", "case_id")), "position", "live"))


def _invoice(row: Row) -> ExaminedInvoice:
    issuer, number, case_id, position, live = row
    return ExaminedInvoice(_text(issuer), _text(number), _text(case_id), position, live)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "backslashreplace")
