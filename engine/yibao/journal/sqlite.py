"""The journal in a SQLite file: the one door to sqlite3.

Every commit is on the disk before it is acknowledged (write-ahead log, full synchronisation). Events are appended and
never changed: the tables refuse it. A case's events are numbered from 1 without a gap, and a writer that read an older
state of the case than the file holds is turned away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Self

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.journal.kept import KeptJournal
from yibao.journal.sessions import Result, Row, Session, in_transaction
from yibao.journal.sqlite_layout import LAYOUT, STEPS, TABLES, TRIGGERS, NotCarriedOver, create

BUSY_SECONDS = 30
_MEMORY = ":memory:"
_AGAIN = "what was being committed may or may not be kept: send the command again, with its key"
_WHILE_WRITING = ("SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")


class SqliteSession:
    """One connection to a file."""

    lock: ClassVar[str] = ""
    as_bytes: ClassVar[str] = "CAST({} AS BLOB)"
    as_text: ClassVar[str] = "CAST({} AS TEXT)"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, statement: str, *values: object) -> list[Row]:
        return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: object) -> Row | None:
        found: Row | None = self._connection.execute(statement, values).fetchone()
        return found

    def run(self, statement: str, *values: object) -> None:
        self._connection.execute(statement, values)

    def run_many(self, statement: str, rows: Sequence[Row]) -> None:
        self._connection.executemany(statement, rows)

    def stream(self, statement: str, *values: object) -> Iterator[Row]:
        return self._connection.execute(statement, values)

    def begin_reading(self) -> None:
        self._connection.execute("BEGIN")

    def begin_writing(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def roll_back(self) -> None:
        # SQLite leaves the transaction by itself when the disk is full or fails.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def faults(self) -> list[str]:
        found = [said for (said,) in self.rows("PRAGMA integrity_check") if said != "ok"]
        defined = {sql for (sql,) in self.rows("SELECT sql FROM sqlite_master WHERE type = 'table'")}
        if defined != set(TABLES):
            found.append("the tables are not defined as in a journal")
        return found

    def missing_guards(self) -> list[str]:
        there = {sql for (sql,) in self.rows("SELECT sql FROM sqlite_master WHERE type = 'trigger'")}
        return [statement.split()[2] for statement in TRIGGERS if statement not in there]

    def close(self) -> None:
        self._connection.close()


class Journal(KeptJournal):
    """The events of all cases in one file."""

    # The number by which SQLite files say what they are.
    application_id: ClassVar[int] = 0x79696261
    failure: ClassVar[type[Exception]] = sqlite3.DatabaseError

    @classmethod
    def open(cls, path: Path, create: bool) -> Self:
        """The journal in the file. A file that is not there is made when `create` is set, else read as empty.

        A file of an older layout is brought to this one. Raises ProblemsFound for a file that is no journal, is of a
        newer layout, or can't be read.
        """
        # An absolute path is a file to SQLite, whatever it is called: `:memory:` and `file:…` would be forgotten.
        journal = cls(str(path), str(path.absolute()) if create or path.exists() else _MEMORY)
        with journal._read():
            return journal

    @classmethod
    def empty(cls, name: str) -> Self:
        """A journal of that name which is not there: it has no events, and keeps none."""
        return cls(name, _MEMORY)

    def __init__(self, name: str, file: str) -> None:
        super().__init__(name)
        self._file = file

    def _connect(self) -> SqliteSession:
        connection = sqlite3.connect(
            self._file, uri=False, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        session = SqliteSession(connection)
        try:
            self._prepare(session)
        except BaseException:
            connection.close()
            raise
        return session

    def _transacted(self, session: Session, work: Callable[[Session], Result]) -> Result:
        if self._file == _MEMORY:
            raise self._problem("no-such-journal", "there is no such file, so nothing can be kept in it", None)
        return in_transaction(session, work)

    def _problems_of(self, failure: Exception, writing: bool) -> ProblemsFound:
        # The names have a second part that says more, such as SQLITE_IOERR_WRITE.
        kind = "_".join(getattr(failure, "sqlite_errorname", "").split("_")[:2])
        if kind == "SQLITE_BUSY":
            return self._problem("journal-busy", f"another program held the journal for {BUSY_SECONDS} seconds", None)
        if kind == "SQLITE_FULL":
            hint = "make room, and send the command again"
            return self._problem("journal-full", "there is no room for more events", hint)
        if kind == "SQLITE_CONSTRAINT":
            return self.damaged(str(failure))
        if writing and kind in _WHILE_WRITING:
            return self._problem("journal-write-failed", str(failure), _AGAIN)
        return self._problem("journal-unreadable", str(failure), None)

    def _prepare(self, session: Session) -> None:
        session.run("PRAGMA synchronous = FULL")
        if _number(session, "user_version") == 0:
            self._create(session)
        if _number(session, "application_id") != self.application_id:
            raise self.damaged("the file is a database of something else")
        found = _number(session, "user_version")
        if found > LAYOUT:
            message = f"the file has the layout {found}; this program knows layouts up to {LAYOUT}"
            raise self._problem("journal-too-new", message, "open it with the release that wrote it, or a later one")
        if found < LAYOUT:
            self._bring_forward(session)

    def _create(self, session: Session) -> None:
        if session.row("SELECT 1 FROM sqlite_master") and _number(session, "application_id") != self.application_id:
            raise self.damaged("the file is a database of something else")
        session.run("PRAGMA journal_mode = WAL")
        in_transaction(session, self._create_once)

    def _create_once(self, session: Session) -> None:
        # Another process may have made the tables while this one waited for its turn.
        if _number(session, "user_version") == 0:
            create(session)
            session.run(f"PRAGMA application_id = {self.application_id}")
            session.run(f"PRAGMA user_version = {LAYOUT}")

    def _bring_forward(self, session: Session) -> None:
        try:
            in_transaction(session, _steps_forward)
        except NotCarriedOver as error:
            raise self.damaged(str(error)) from None

    def _problem(self, code: str, message: str, hint: str | None) -> ProblemsFound:
        return ProblemsFound([problem_of(code, message, Place(path=self.name), hint)])


def _steps_forward(session: Session) -> None:
    for layout in range(_number(session, "user_version"), LAYOUT):
        STEPS[layout](session)
    session.run(f"PRAGMA user_version = {LAYOUT}")


def _number(session: Session, pragma: str) -> int:
    row = session.row(f"PRAGMA {pragma}")
    return 0 if row is None else int(row[0])
