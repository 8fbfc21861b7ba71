"""The tables of a journal in SQLite, and how a file of an older layout becomes one of this layout.

Layout 1 had the events alone, without places and links. The tables refuse what an append never does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice

from yibao.journal.appending import keep_events
from yibao.journal.chain import beginning, digest_of_body, next_link
from yibao.journal.sessions import Row, Session

LAYOUT = 2
_ROWS_AT_ONCE = 1_000


class NotCarriedOver(Exception):
    """An older file holds events that do not follow each other, so that it can't become one of this layout."""


def _refusal(table: str, doing: str, event: str, condition: str = "") -> str:
    return (
        f"CREATE TRIGGER {table}_is_never_{doing} BEFORE {event} ON {table} {condition} "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    )


TABLES = (
    """CREATE TABLE event (
        position INTEGER PRIMARY KEY CHECK (position >= 1),
        case_id TEXT NOT NULL,
        sequence INTEGER NOT NULL CHECK (sequence >= 1),
        body TEXT NOT NULL,
        digest BLOB NOT NULL CHECK (length(digest) = 32),
        link BLOB NOT NULL CHECK (length(link) = 32),
        UNIQUE (case_id, sequence)
    ) STRICT""",
    """CREATE TABLE head (
        only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
        position INTEGER NOT NULL,
        link BLOB NOT NULL CHECK (length(link) = 32),
        carried_over INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE bundle (
        digest TEXT NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        content BLOB NOT NULL,
        checksum BLOB NOT NULL CHECK (length(checksum) = 32)
    ) STRICT""",
    """CREATE TABLE invoice (
        issuer TEXT NOT NULL,
        number TEXT NOT NULL,
        case_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        live INTEGER NOT NULL CHECK (live IN (0, 1)),
        PRIMARY KEY (issuer, number)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE snapshot (
        case_id TEXT NOT NULL PRIMARY KEY,
        sequence INTEGER NOT NULL,
        document TEXT NOT NULL,
        checksum BLOB NOT NULL CHECK (length(checksum) = 32)
    ) STRICT""",
)
# An insert that replaces a row deletes the old one without asking the triggers for deletion.
TRIGGERS = (
    _refusal("event", "changed", "UPDATE"),
    _refusal("event", "deleted", "DELETE"),
    _refusal(
        "event",
        "replaced",
        "INSERT",
        "WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM event) "
        "OR NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM event WHERE case_id = NEW.case_id)",
    ),
    _refusal("head", "set_back", "UPDATE", "WHEN NEW.position <= OLD.position OR NEW.carried_over <> OLD.carried_over"),
    _refusal("head", "deleted", "DELETE"),
    _refusal("head", "replaced", "INSERT", "WHEN EXISTS (SELECT 1 FROM head)"),
    _refusal("bundle", "changed", "UPDATE"),
    _refusal("bundle", "deleted", "DELETE"),
    _refusal("bundle", "replaced", "INSERT", "WHEN EXISTS (SELECT 1 FROM bundle WHERE digest = NEW.digest)"),
    _refusal("invoice", "set_back", "UPDATE", "WHEN NEW.position < OLD.position"),
    _refusal("invoice", "deleted", "DELETE"),
    _refusal(
        "invoice",
        "replaced",
        "INSERT",
        "WHEN EXISTS (SELECT 1 FROM invoice WHERE issuer = NEW.issuer AND number = NEW.number)",
    ),
)


def create(session: Session) -> None:
    """The tables of a new journal; inside a transaction."""
    for statement in (*TABLES, *TRIGGERS):
        session.run(statement)
    _set_head(session, 0, beginning(0), 0)


def _from_1_to_2(session: Session) -> None:
    """Give each event its place, in the order in which the events were appended, and the links between them."""
    for name in ("changed", "deleted", "replaced"):
        session.run(f"DROP TRIGGER event_is_never_{name}")
    session.run("ALTER TABLE event RENAME TO event_of_layout_1")
    for statement in TABLES:
        session.run(statement)
    (count,) = session.row("SELECT count(*) FROM event_of_layout_1") or (0,)
    link, position, sequences = beginning(count), 0, dict[str, int]()
    found = session.stream("SELECT case_id, sequence, body FROM event_of_layout_1 ORDER BY rowid")
    while chunk := list(islice(found, _ROWS_AT_ONCE)):
        rows: list[Row] = []
        for case_id, sequence, body in chunk:
            if sequence != sequences.get(case_id, 0) + 1:
                raise NotCarriedOver(f"the event {sequence} of the case {case_id} is not where it should be")
            sequences[case_id] = sequence
            written = body.encode()
            position, digest = position + 1, digest_of_body(written)
            link = next_link(link, digest, position, sequence, case_id)
            rows.append((position, case_id, sequence, written, digest, link))
        keep_events(session, rows)
    session.run("DROP TABLE event_of_layout_1")
    for statement in TRIGGERS:
        session.run(statement)
    _set_head(session, count, link, count)


def _set_head(session: Session, position: int, link: bytes, carried_over: int) -> None:
    statement = "INSERT INTO head (only_one, position, link, carried_over) VALUES (1, ?, ?, ?)"
    session.run(statement, position, link, carried_over)


STEPS: Mapping[int, Callable[[Session], None]] = {1: _from_1_to_2}
"""What makes a journal of each older layout one of the next; all steps that are due run in one transaction."""
