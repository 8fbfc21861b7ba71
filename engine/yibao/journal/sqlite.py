"""The journal in a SQLite file: the one door to sqlite3.

Every commit is on the disk before it is acknowledged (write-ahead log, full synchronisation). Events are appended and
never changed: the tables refuse it. A case's events are numbered from 1 without a gap, and a writer that read an older
state of the case than the file holds is turned away.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, NoReturn, Self

from yibao.basics.digest import canonical_json
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.journal import Appended, SequenceTaken
from yibao.model.case import Document

SCHEMA_VERSION = 1
BUSY_SECONDS = 30
_SCHEMA = (
    """CREATE TABLE event (
        case_id TEXT NOT NULL,
        sequence INTEGER NOT NULL CHECK (sequence >= 1),
        body TEXT NOT NULL,
        PRIMARY KEY (case_id, sequence)
    ) STRICT""",
    """CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    # An insert that replaces a row would delete it without asking the trigger above.
    """CREATE TRIGGER event_is_never_replaced BEFORE INSERT ON event
    WHEN EXISTS (SELECT 1 FROM event WHERE case_id = NEW.case_id AND sequence = NEW.sequence)
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)


class Journal:
    """The events of all cases in one file. Use it as a context manager, in one thread."""

    # The number by which SQLite files say what they are.
    application_id: ClassVar[int] = 0x79696261

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, path: Path, create: bool) -> Self:
        """The journal in the file. A file that is not there is made when `create` is set, else read as empty.

        Raises ProblemsFound for a file that is no journal, or that can't be read.
        """
        # An absolute path is a file to SQLite, whatever it is called: `:memory:` and `file:…` would be forgotten.
        name = str(path.absolute()) if create or path.exists() else ":memory:"
        with _reported(str(path)):
            connection = sqlite3.connect(name, uri=False, timeout=BUSY_SECONDS, isolation_level=None)
            journal = cls(connection, str(path))
            try:
                journal._prepare()
            except BaseException:
                connection.close()
                raise
        return journal

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def events(self, case_id: str) -> tuple[Document, ...]:
        """The events of a case, oldest first; none for a case that the journal does not know."""
        with _reported(self._path):
            rows = self._connection.execute(
                "SELECT sequence, body FROM event WHERE case_id = ? ORDER BY sequence", (case_id,)
            ).fetchall()
        for expected, (sequence, _body) in enumerate(rows, start=1):
            if sequence != expected:
                raise _damaged(self._path, f"the event {expected} of the case {case_id} is not there")
        return tuple(self._document(case_id, sequence, body) for sequence, body in rows)

    def append(self, case_id: str, expected_sequence: int, events: Sequence[Document]) -> None:
        """Keep the events, all or none, as those that follow number `expected_sequence` (0 for a new case).

        Raises SequenceTaken when the case has more events than that.
        """
        self.append_together([Appended(case_id, expected_sequence, events)])

    def append_together(self, parts: Iterable[Appended]) -> None:
        """Keep events of several cases, all or none. Raises SequenceTaken when one of them has more than was read."""
        with _reported(self._path), self._transaction():
            for part in parts:
                last = self._one("SELECT coalesce(max(sequence), 0) FROM event WHERE case_id = ?", part.case_id)
                if last != part.expected_sequence:
                    raise SequenceTaken(f"the case {part.case_id} has {last} events, not {part.expected_sequence}")
                rows = [
                    (part.case_id, sequence, canonical_json(event).decode())
                    for sequence, event in enumerate(part.events, start=part.expected_sequence + 1)
                ]
                self._connection.executemany("INSERT INTO event (case_id, sequence, body) VALUES (?, ?, ?)", rows)

    def cases(self) -> tuple[str, ...]:
        """The names of all cases, sorted."""
        with _reported(self._path):
            rows = self._connection.execute("SELECT DISTINCT case_id FROM event ORDER BY case_id").fetchall()
        return tuple(row[0] for row in rows)

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA synchronous = FULL")
        if self._one("PRAGMA user_version") == 0:
            self._create()
        if self._one("PRAGMA application_id") != self.application_id:
            raise _damaged(self._path, "the file is a database of something else")
        if (found := self._one("PRAGMA user_version")) != SCHEMA_VERSION:
            raise _damaged(self._path, f"the file has the layout {found}; this program knows {SCHEMA_VERSION}")

    def _create(self) -> None:
        if self._one("SELECT count(*) FROM sqlite_master WHERE name <> 'event' AND tbl_name <> 'event'"):
            raise _damaged(self._path, "the file is a database of something else")
        self._connection.execute("PRAGMA journal_mode = WAL")
        with self._transaction():
            # Another process may have made the tables while this one waited for its turn.
            if self._one("PRAGMA user_version") == 0:
                for statement in (f"PRAGMA application_id = {self.application_id}", *_SCHEMA):
                    self._connection.execute(statement)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _one(self, statement: str, *values: str) -> object:
        row = self._connection.execute(statement, values).fetchone()
        return None if row is None else row[0]

    def _document(self, case_id: str, sequence: int, body: str) -> Document:
        try:
            document: Any = json.loads(body, parse_float=_no_number_of_ours, parse_constant=_no_number_of_ours)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise _damaged(self._path, f"the event {sequence} of the case {case_id} can't be read")
        return document


def _no_number_of_ours(text: str) -> NoReturn:
    """No event of ours holds a float, so whoever wrote one was somebody else."""
    raise ValueError(text)


@contextmanager
def _reported(path: str) -> Iterator[None]:
    """What SQLite says of the file, as a problem of the file."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        busy = getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY")
        code = "journal-busy" if busy else "journal-unreadable"
        message = f"another program held the journal for {BUSY_SECONDS} seconds" if busy else str(error)
        raise ProblemsFound([problem_of(code, message, Place(path=path))]) from None


def _damaged(path: str, message: str) -> ProblemsFound:
    return ProblemsFound([problem_of("journal-damaged", message, Place(path=path))])
