"""The journal in PostgreSQL, for when many machines write: the one door to psycopg.

The row of the head is locked by whoever appends, so that positions have no gap. What the server gives up because of
others (serialization, deadlock, a key that was taken meanwhile) is tried again, a bounded number of times, after a
pause that is drawn at random so that two who met do not meet again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Self

import psycopg
from psycopg import errors
from psycopg.rows import TupleRow

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.journal.kept import KeptJournal
from yibao.journal.postgres_layout import (
    COLUMNS,
    FIND_COLUMNS,
    FIND_TRIGGERS,
    LAYOUT,
    OF_JOURNALS,
    STEPS,
    TRIGGERS,
    create,
)
from yibao.journal.sessions import Result, Row, Session, in_transaction

MOST_ATTEMPTS = 20
CONNECT_SECONDS = 10
BUSY_SECONDS = 30
_LONGEST_PAUSE_MS = 500
_ROWS_AT_ONCE = 1_000
_AGAIN = "what was being committed may or may not be kept: send the command again, with its key"
_OTHERS_WERE_FASTER = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)
_STILL_BUSY = (errors.LockNotAvailable, errors.SerializationFailure, errors.DeadlockDetected)
_NO_ROOM = (errors.DiskFull, errors.InsufficientResources)


class PostgresSession:
    """One connection to a server."""

    lock: ClassVar[str] = " FOR UPDATE"
    as_bytes: ClassVar[str] = "convert_to({}, 'UTF8')"
    as_text: ClassVar[str] = "convert_from({}, 'UTF8')"

    def __init__(self, connection: psycopg.Connection[TupleRow]) -> None:
        self._connection = connection
        self._streams = 0

    @property
    def broken(self) -> bool:
        return self._connection.closed

    def rows(self, statement: str, *values: object) -> list[Row]:
        return self._connection.execute(_ours(statement), values).fetchall()

    def row(self, statement: str, *values: object) -> Row | None:
        return self._connection.execute(_ours(statement), values).fetchone()

    def run(self, statement: str, *values: object) -> None:
        # A statement without values may hold several signs that would stand for one.
        self._connection.execute(_ours(statement), values or None)

    def run_many(self, statement: str, rows: Sequence[Row]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(_ours(statement), rows)

    def stream(self, statement: str, *values: object) -> Iterator[Row]:
        self._streams += 1
        with self._connection.cursor(name=f"stream_{self._streams}") as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            cursor.execute(_ours(statement), values)
            yield from cursor

    def begin_reading(self) -> None:
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def begin_writing(self) -> None:
        self.run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")

    def commit(self) -> None:
        self.run("COMMIT")

    def roll_back(self) -> None:
        if not self.broken:
            self.run("ROLLBACK")

    def faults(self) -> list[str]:
        expected = set(COLUMNS)
        found = {tuple(row) for row in self.rows(FIND_COLUMNS)}
        return [] if found == expected else ["the tables are not defined as in a journal"]

    def missing_guards(self) -> list[str]:
        there = {name for (name,) in self.rows(FIND_TRIGGERS)}
        return [name for name in TRIGGERS if name not in there]

    def close(self) -> None:
        self._connection.close()


class PostgresJournal(KeptJournal):
    """The events of all cases in one schema of a PostgreSQL database."""

    failure: ClassVar[type[Exception]] = psycopg.Error

    @classmethod
    def open(cls, url: str, name: str, create: bool) -> Self | None:
        """The journal at a URL, made if it is not there and `create` is set; None if it is not there else.

        `name` is what problems call it. Raises ProblemsFound when the server can't be reached, or what is there is no
        journal of ours.
        """
        journal = cls(url, name)
        try:
            session = journal._connect_at_all()
            try:
                there = journal._prepared(session, create)
            except BaseException:
                session.close()
                raise
        except psycopg.Error as error:
            raise journal._problems_of(error, writing=False) from None
        journal._reader = session
        if there:
            return journal
        journal.close()
        return None

    def __init__(self, url: str, name: str) -> None:
        super().__init__(name)
        self._url = url

    def _connect(self) -> Session:
        return self._connect_at_all()

    def _connect_at_all(self) -> PostgresSession:
        try:
            connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name="yibao"
            )
        except psycopg.Error as error:
            message = f"the server can't be used: {_said(error)}"
            hint = "see that it runs, and that the URL names its host, database and user"
            raise self._problem("journal-unreachable", message, hint) from None
        session = PostgresSession(connection)
        session.run(f"SET lock_timeout = {BUSY_SECONDS * 1000}")
        # Acknowledged means on the disk, whatever the server does by default.
        session.run("SET synchronous_commit = on")
        return session

    def _transacted(self, session: Session, work: Callable[[Session], Result]) -> Result:
        for attempt in range(1, MOST_ATTEMPTS + 1):
            try:
                return in_transaction(session, work)
            except _OTHERS_WERE_FASTER:
                if attempt == MOST_ATTEMPTS:
                    raise
            time.sleep(random.randrange(min(2**attempt, _LONGEST_PAUSE_MS)) / 1000)
        raise AssertionError("the last attempt returns or raises")

    def _problems_of(self, failure: Exception, writing: bool) -> ProblemsFound:
        if isinstance(failure, _STILL_BUSY):
            message = f"others held the journal for {BUSY_SECONDS} seconds, or wrote all the time"
            return self._problem("journal-busy", message, None)
        if isinstance(failure, _NO_ROOM):
            return self._problem("journal-full", _said(failure), "make room, and send the command again")
        if isinstance(failure, errors.IntegrityError):
            return self.damaged(_said(failure))
        self._forget_broken_sessions()
        if writing:
            return self._problem("journal-write-failed", _said(failure), _AGAIN)
        return self._problem("journal-unreadable", _said(failure), None)

    def _prepared(self, session: Session, create_it: bool) -> bool:
        """Whether the tables are there, and of this layout, once this returns."""
        if session.row("SELECT to_regclass('layout')") == (None,):
            if not create_it:
                return False
            in_transaction(session, _create_once)
        row = session.row("SELECT number FROM layout WHERE purpose = ?", OF_JOURNALS)
        if row is None:
            raise self.damaged("the database has tables of something else where the journal should be")
        if row[0] > LAYOUT:
            message = f"the database has the layout {row[0]}; this program knows layouts up to {LAYOUT}"
            raise self._problem("journal-too-new", message, "open it with the release that wrote it, or a later one")
        for layout in range(row[0], LAYOUT):
            in_transaction(session, STEPS[layout])
        return True

    def _forget_broken_sessions(self) -> None:
        """A connection that the server has ended is made anew the next time."""
        for name in ("_reader", "_writer"):
            session = getattr(self, name)
            if isinstance(session, PostgresSession) and session.broken:
                setattr(self, name, None)

    def _problem(self, code: str, message: str, hint: str | None) -> ProblemsFound:
        return ProblemsFound([problem_of(code, message, Place(path=self.name), hint)])


def _create_once(session: Session) -> None:
    # Whoever else makes the tables at the same time waits here, and then finds them.
    session.run("SELECT pg_advisory_xact_lock(2036949601)")
    if session.row("SELECT to_regclass('layout')") == (None,):
        create(session)


def _ours(statement: str) -> bytes:
    """The statement with the signs that psycopg has for values."""
    return statement.replace("?", "%s").encode()


def _said(failure: Exception) -> str:
    """The first line of what the server said."""
    lines = str(failure).strip().splitlines()
    return lines[0] if lines else type(failure).__name__
