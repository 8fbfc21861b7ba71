"""A journal that is kept in a database: what it offers, whichever of the two databases holds it.

It may be used by several threads: one session writes and one reads, each behind a lock of its own, so that reading does
not wait for the disk, and goes on when writing fails. Whatever runs over the whole journal has a session to itself.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from threading import Lock
from types import TracebackType
from typing import ClassVar, NoReturn, Self

from yibao.basics.digest import canonical_json
from yibao.basics.problems import Fault, Place, ProblemsFound, problem_of
from yibao.journal import NO_BUNDLES, Appended, Head, Snapshot, StoredEvent
from yibao.journal.appending import append, ready
from yibao.journal.bundles import Bundle, NoBundle, bundle_from
from yibao.journal.chain import named, names_previous, snapshot_checksum
from yibao.journal.examining import Examined, checked, checked_of_case, checked_within_cases
from yibao.journal.sessions import Result, Session
from yibao.model.case import Document, Invoice

# Also of a case whose first event is gone, which must be missed and not forgotten. The index of the names answers it.
_CASES = "SELECT DISTINCT case_id FROM event ORDER BY case_id"


class KeptJournal(ABC):
    """The events of all cases of one journal. Use it as a context manager, from as many threads as you like.

    `failure` is what the driver of the database raises.
    """

    failure: ClassVar[type[Exception]]

    def __init__(self, name: str) -> None:
        self.name = name
        self._writing_lock, self._reading_lock = Lock(), Lock()
        self._writer: Session | None = None
        self._reader: Session | None = None
        self._known_bundles: set[str] = set()
        self._closed = False

    @abstractmethod
    def _connect(self) -> Session:
        """A new session."""

    @abstractmethod
    def _problems_of(self, failure: Exception, writing: bool) -> ProblemsFound:
        """What the driver raised, as problems."""

    @abstractmethod
    def _transacted(self, session: Session, work: Callable[[Session], Result]) -> Result:
        """The result of the work, done in one transaction that writes; all of it or nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it for good. Nothing else has to be done: what was acknowledged is kept."""
        with self._writing_lock, self._reading_lock:
            self._closed = True
            for session in (self._writer, self._reader):
                if session is not None:
                    session.close()
            self._writer = self._reader = None

    def append(
        self,
        case_id: str,
        expected_sequence: int,
        events: Sequence[Document],
        bundles: Mapping[str, Bundle] = NO_BUNDLES,
    ) -> Head:
        """Keep the events, all or none, as those that follow number `expected_sequence` (0 for a new case), with the
        bundles that are not there yet. Once it returns, they are on the disk.

        Raises SequenceTaken and InvoiceTaken, and ProblemsFound when they can't be written: of those that were being
        committed then nobody knows whether they are kept.
        """
        return self.append_together([Appended(case_id, expected_sequence, events)], bundles)

    def append_together(self, parts: Sequence[Appended], bundles: Mapping[str, Bundle] = NO_BUNDLES) -> Head:
        """Keep events of several cases, all or none; the head after them. Raises as `append` does."""
        appending = ready(parts, bundles)
        head = self._written(lambda session: append(session, appending, self._known_bundles))
        self._known_bundles.update(bundles)
        return head

    def events(self, case_id: str) -> tuple[Document, ...]:
        """The events of a case, oldest first; none for a case that the journal does not know.

        Raises ProblemsFound when one is missing, was changed, or does not follow from the one before it.
        """
        return self.events_after(case_id, 0)

    def events_after(self, case_id: str, sequence: int) -> tuple[Document, ...]:
        """The events of a case after number `sequence`, oldest first. Raises ProblemsFound as `events` does."""
        with self._read() as session:
            rows = session.rows(
                f"SELECT sequence, {session.as_bytes.format('body')}, digest FROM event "
                "WHERE case_id = ? AND sequence >= ? ORDER BY sequence",
                case_id,
                sequence,
            )
        documents: list[Document] = []
        before: str | None = None
        for expected, (found, body, digest) in enumerate(rows, start=max(sequence, 1)):
            if found != expected:
                raise self.damaged(f"the event {expected} of the case {case_id} is not there")
            if expected > sequence:
                document = self._document(body, digest, f"the event {expected} of the case {case_id}")
                names, previous = names_previous(document)
                if names and previous != before:
                    raise self.damaged(f"the event {expected} of the case {case_id} does not follow the one before it")
                documents.append(document)
            before = named(digest)
        return tuple(documents)

    def last_sequence(self, case_id: str) -> int:
        """How many events a case has."""
        with self._read() as session:
            row = session.row("SELECT coalesce(max(sequence), 0) FROM event WHERE case_id = ?", case_id)
        return 0 if row is None else int(row[0])

    def cases(self) -> tuple[str, ...]:
        """The names of all cases that have any event, sorted."""
        with self._read() as session:
            rows = session.rows(_CASES)
        return tuple(row[0] for row in rows)

    def head(self) -> Head:
        """Where the journal ends."""
        with self._read() as session:
            row = session.row("SELECT position, link FROM head WHERE only_one = 1")
        if row is None:
            raise self.damaged("the journal has no head")
        return Head(row[0], row[1].hex())

    def bundle(self, digest: str) -> Bundle | None:
        """The bundle that events name by this digest; None for one that is not kept. Raises ProblemsFound."""
        with self._read() as session:
            row = session.row("SELECT content FROM bundle WHERE digest = ?", digest)
        if row is None:
            return None
        try:
            bundle = bundle_from(row[0])
        except NoBundle as error:
            raise self.damaged(f"the bundle {digest}: {error}") from None
        if bundle.digest != digest:
            raise self.damaged(f"the bundle {digest} is another one")
        return bundle

    def holder_of(self, invoice: Invoice) -> str | None:
        """The case that an invoice backs a live settlement of."""
        with self._read() as session:
            row = session.row(
                "SELECT case_id FROM invoice WHERE issuer = ? AND number = ? AND live = 1",
                invoice.issuer,
                invoice.number,
            )
        return None if row is None else str(row[0])

    def stored(self) -> Iterator[StoredEvent]:
        """All events in the order of the journal, one after the other, each checked by its digest and its link.

        Raises ProblemsFound at the first that was changed, or is missing.
        """
        with self._own_session() as session:
            yield from checked(session, self.damaged)

    def stored_by_case(self, after: str = "", until: str | None = None) -> Iterator[StoredEvent]:
        """The events of one case after the other, of those whose names follow `after`, up to `until` with it.

        Each is checked by its digest, and its case for gaps. Raises ProblemsFound at the first that is not right.
        """
        with self._own_session() as session:
            yield from checked_within_cases(session, after, until, self.damaged)

    def stored_of(self, case_id: str) -> tuple[StoredEvent, ...]:
        """The events of one case, oldest first, each checked. Raises ProblemsFound as `stored_by_case` does."""
        with self._read() as session:
            return tuple(checked_of_case(session, case_id, self.damaged))

    def case_at_every(self, count: int) -> Iterator[str]:
        """The name of every case that has so many cases (`count`) or a multiple of it before it, in order."""
        with self._own_session() as session:
            for number, (case_id,) in enumerate(session.stream(_CASES)):
                if number and number % count == 0:
                    yield str(case_id)

    @contextmanager
    def examined(self) -> Iterator[Examined]:
        """The rows of the journal as they are, unchecked, all of one moment: for whoever looks for alterations."""
        with self._own_session() as session:
            yield Examined(session)

    def snapshot(self, case_id: str) -> Snapshot | None:
        """The snapshot of a case; None where there is none, or it does not stand at the event that it was taken at."""
        with self._read() as session:
            row = session.row(
                "SELECT snapshot.sequence, document, checksum, digest FROM snapshot JOIN event "
                "ON event.case_id = snapshot.case_id AND event.sequence = snapshot.sequence "
                "WHERE snapshot.case_id = ?",
                case_id,
            )
        if row is None or row[2] != snapshot_checksum(row[3], case_id, row[0], row[1]):
            return None
        return Snapshot(case_id=case_id, sequence=row[0], document=json.loads(row[1]))

    def keep_snapshot(self, snapshot: Snapshot) -> None:
        """Keep what a case added up to after one of its events, in place of an older snapshot of it.

        Raises Fault for an event that the case does not have, ProblemsFound as `append` does.
        """
        document = canonical_json(snapshot.document).decode()

        def work(session: Session) -> None:
            where = (snapshot.case_id, snapshot.sequence)
            row = session.row("SELECT digest FROM event WHERE case_id = ? AND sequence = ?", *where)
            if row is None:
                raise Fault(f"the case {snapshot.case_id} has no event {snapshot.sequence}")
            session.run("DELETE FROM snapshot WHERE case_id = ?", snapshot.case_id)
            statement = "INSERT INTO snapshot (case_id, sequence, document, checksum) VALUES (?, ?, ?, ?)"
            session.run(statement, *where, document, snapshot_checksum(row[0], *where, document))

        self._written(work)

    def drop_snapshots(self) -> None:
        """Forget all snapshots. No answer changes."""
        self._written(lambda session: session.run("DELETE FROM snapshot"))

    def damaged(self, message: str) -> ProblemsFound:
        """The problem of a journal that does not hold together."""
        return ProblemsFound([problem_of("journal-damaged", message, Place(path=self.name))])

    def _written(self, work: Callable[[Session], Result]) -> Result:
        with self._writing_lock:
            self._check_open()
            try:
                if self._writer is None:
                    self._writer = self._connect()
                return self._transacted(self._writer, work)
            except self.failure as error:
                raise self._problems_of(error, writing=True) from None

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with self._reading_lock:
            self._check_open()
            try:
                if self._reader is None:
                    self._reader = self._connect()
                yield self._reader
            except self.failure as error:
                raise self._problems_of(error, writing=False) from None

    @contextmanager
    def _own_session(self) -> Iterator[Session]:
        self._check_open()
        try:
            session = self._connect()
            try:
                session.begin_reading()
                yield session
            finally:
                session.close()
        except self.failure as error:
            raise self._problems_of(error, writing=False) from None

    def _check_open(self) -> None:
        if self._closed:
            raise ProblemsFound([problem_of("journal-closed", "the journal was closed", Place(path=self.name))])

    def _document(self, body: bytes, digest: bytes, called: str) -> Document:
        if sha256(body).digest() != digest:
            raise self.damaged(f"{called} was changed")
        try:
            document: object = json.loads(body, parse_float=_no_number_of_ours, parse_constant=_no_number_of_ours)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise self.damaged(f"{called} can't be read")
        return document


def _no_number_of_ours(text: str) -> NoReturn:
    """No event of ours holds a float, so whoever wrote one was somebody else."""
    raise ValueError(text)
