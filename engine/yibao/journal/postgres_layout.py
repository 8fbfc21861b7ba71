"""The tables of a journal in PostgreSQL: the same as in SQLite, with what this database calls things.

They stand in the first schema of the connection's search path. A text is ordered by its bytes, as in SQLite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yibao.journal.chain import beginning
from yibao.journal.sessions import Session

LAYOUT = 2
OF_JOURNALS = "yibao journal"


def _guarded(table: str, name: str, doing: str, condition: str = "") -> str:
    each = "STATEMENT" if doing == "TRUNCATE" else "ROW"
    return (
        f"CREATE TRIGGER {table}_is_never_{name} BEFORE {doing} ON {table} FOR EACH {each} {condition} "
        "EXECUTE FUNCTION journal_is_append_only()"
    )


_TABLES = (
    "CREATE TABLE layout (purpose text NOT NULL PRIMARY KEY, number integer NOT NULL)",
    """CREATE TABLE event (
        position bigint NOT NULL PRIMARY KEY CHECK (position >= 1),
        case_id text COLLATE "C" NOT NULL,
        sequence bigint NOT NULL CHECK (sequence >= 1),
        body text NOT NULL,
        digest bytea NOT NULL CHECK (length(digest) = 32),
        link bytea NOT NULL CHECK (length(link) = 32),
        UNIQUE (case_id, sequence)
    )""",
    """CREATE TABLE head (
        only_one integer NOT NULL PRIMARY KEY CHECK (only_one = 1),
        position bigint NOT NULL,
        link bytea NOT NULL CHECK (length(link) = 32),
        carried_over bigint NOT NULL
    )""",
    """CREATE TABLE bundle (
        digest text COLLATE "C" NOT NULL PRIMARY KEY,
        kind text NOT NULL,
        content bytea NOT NULL,
        checksum bytea NOT NULL CHECK (length(checksum) = 32)
    )""",
    """CREATE TABLE invoice (
        issuer text COLLATE "C" NOT NULL,
        number text COLLATE "C" NOT NULL,
        case_id text NOT NULL,
        position bigint NOT NULL,
        live integer NOT NULL CHECK (live IN (0, 1)),
        PRIMARY KEY (issuer, number)
    )""",
    """CREATE TABLE snapshot (
        case_id text COLLATE "C" NOT NULL PRIMARY KEY,
        sequence bigint NOT NULL,
        document text NOT NULL,
        checksum bytea NOT NULL CHECK (length(checksum) = 32)
    )""",
    """CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
)
_TRIGGERS = (
    *(
        _guarded(table, name, doing)
        for table in ("event", "bundle")
        for name, doing in (("changed", "UPDATE"), ("deleted", "DELETE"))
    ),
    *(_guarded(table, "deleted", "DELETE") for table in ("head", "invoice")),
    *(_guarded(table, "emptied", "TRUNCATE") for table in ("event", "bundle", "head", "invoice")),
    _guarded(
        "head",
        "set_back",
        "UPDATE",
        "WHEN (NEW.position <= OLD.position OR NEW.carried_over <> OLD.carried_over)",
    ),
    _guarded("invoice", "set_back", "UPDATE", "WHEN (NEW.position < OLD.position)"),
)
TRIGGERS = tuple(statement.split()[2] for statement in _TRIGGERS)
COLUMNS = tuple(
    (table, name, kind, True)
    for table, columns in (
        ("layout", (("purpose", "text"), ("number", "integer"))),
        (
            "event",
            (
                ("position", "bigint"),
                ("case_id", "text"),
                ("sequence", "bigint"),
                ("body", "text"),
                ("digest", "bytea"),
                ("link", "bytea"),
            ),
        ),
        ("head", (("only_one", "integer"), ("position", "bigint"), ("link", "bytea"), ("carried_over", "bigint"))),
        ("bundle", (("digest", "text"), ("kind", "text"), ("content", "bytea"), ("checksum", "bytea"))),
        (
            "invoice",
            (("issuer", "text"), ("number", "text"), ("case_id", "text"), ("position", "bigint"), ("live", "integer")),
        ),
        ("snapshot", (("case_id", "text"), ("sequence", "bigint"), ("document", "text"), ("checksum", "bytea"))),
    )
    for name, kind in columns
)
"""Every column of a journal: its table, its name, its type, and that it is never null."""
FIND_COLUMNS = (
    "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull "
    "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
    "WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'layout'::regclass) "
    "AND c.relname IN ('layout', 'event', 'head', 'bundle', 'invoice', 'snapshot') AND a.attnum > 0 "
    "AND NOT a.attisdropped"
)
FIND_TRIGGERS = (
    "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'layout'::regclass) "
    "AND t.tgenabled IN ('O', 'A')"
)


def create(session: Session) -> None:
    """The tables of a new journal; inside a transaction."""
    for statement in (*_TABLES, *_TRIGGERS):
        session.run(statement)
    session.run("INSERT INTO layout (purpose, number) VALUES (?, ?)", OF_JOURNALS, LAYOUT)
    session.run("INSERT INTO head (only_one, position, link, carried_over) VALUES (1, 0, ?, 0)", beginning(0))


STEPS: Mapping[int, Callable[[Session], None]] = {}
"""What makes a journal of each older layout one of the next. None has stood in PostgreSQL before this one."""
