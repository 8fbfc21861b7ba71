"""Whatever is altered in a journal's tables is found, and said where: every column of every table, rows that are
deleted, doubled or swapped, a cut tail, a replaced bundle; and by a head kept elsewhere a rewritten journal, too."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.journal.recorded import CHARTS, record
from yibao.audit.verify import Alteration, verify
from yibao.basics.problems import ProblemsFound
from yibao.journal import Head
from yibao.journal.chain import beginning, next_link
from yibao.journal.opening import open_existing_journal
from yibao.journal.sqlite import Journal
from yibao.journal.sqlite_layout import TRIGGERS

COLUMNS = {
    "event": ("position", "case_id", "sequence", "body", "digest", "link"),
    "head": ("position", "link", "carried_over"),
    "bundle": ("digest", "kind", "content", "checksum"),
    "invoice": ("issuer", "number", "case_id", "position", "live"),
    "snapshot": ("case_id", "sequence", "document", "checksum"),
}
KEYS = {"event": 1, "head": 0, "bundle": 1, "invoice": 2, "snapshot": 1}
MUTATIONS = 1_000


class Template:
    """A recorded journal as one file, to be copied, and its heads."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "template.sqlite"
        with Journal.open(self.path, create=True) as journal:
            self.heads = record(journal)
        connection = sqlite3.connect(self.path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template(tmp_path_factory.mktemp("template"))


def alterations(path: Path, kept: Head | None = None) -> list[Alteration]:
    with open_existing_journal(str(path)) as journal, journal.examined() as examined:
        return list(verify(examined, kept))


class Altering:
    """A copy of the journal in the hands of somebody who can write to its file, and puts the triggers back."""

    def __init__(self, template: Template, path: Path) -> None:
        shutil.copyfile(template.path, path)
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.execute("PRAGMA ignore_check_constraints = ON")
        for trigger in TRIGGERS:
            self.connection.execute(f"DROP TRIGGER {trigger.split()[2]}")

    def __enter__(self) -> sqlite3.Connection:
        return self.connection

    def __exit__(self, *_raised: object) -> None:
        for trigger in TRIGGERS:
            self.connection.execute(trigger)
        self.connection.close()


def test_a_journal_that_nobody_altered_has_nothing_to_find(template: Template, tmp_path: Path) -> None:
    with Altering(template, tmp_path / "copy.sqlite"):
        pass
    for kept in (None, Head(0, "0" * 64), *template.heads):
        assert alterations(tmp_path / "copy.sqlite", kept) == []


def flipped(value: Any, draw: random.Random) -> Any:
    """The value with one bit changed. A text stays one, whatever its bytes are."""
    if isinstance(value, int):
        return value ^ (1 << draw.randrange(3)) if value > 1 else draw.choice((2, 3, 1 - value))
    content = bytearray(value.encode() if isinstance(value, str) else value)
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return bytes(content)


def mutations(connection: sqlite3.Connection, draw: random.Random) -> Iterator[str]:
    """One alteration, and what it was; nothing when it would have changed nothing."""
    table = draw.choice([name for name, columns in COLUMNS.items() for _column in columns])
    column = draw.choice(COLUMNS[table])
    rows = connection.execute(f"SELECT {', '.join(COLUMNS[table])} FROM {table} ORDER BY 1, 2").fetchall()
    kind = draw.choice(("flip", "flip", "delete", "double", "swap", "cut"))
    chosen = draw.randrange(len(rows))
    key = " AND ".join(f"{name} = ?" for name in COLUMNS[table][: KEYS[table]]) or "true"
    where = rows[chosen][: KEYS[table]]
    at = COLUMNS[table].index(column)
    if kind == "flip":
        value = flipped(rows[chosen][at], draw)
        sign = "CAST(? AS TEXT)" if isinstance(rows[chosen][at], str) else "?"
        connection.execute(f"UPDATE OR IGNORE {table} SET {column} = {sign} WHERE {key}", (value, *where))
    elif kind == "delete" and table != "snapshot":  # nobody misses a snapshot
        connection.execute(f"DELETE FROM {table} WHERE {key}", where)
    elif kind == "double" and table != "head":
        double(connection, table, rows[chosen], draw)
    elif kind == "swap" and len(rows) > 1:
        swap(connection, table, column, rows[chosen], rows[chosen - 1], key)
    elif kind == "cut":
        connection.execute("DELETE FROM event WHERE position > ?", (draw.randrange(32),))
    if changed := connection.total_changes:
        yield f"{kind} {table}.{column} of row {chosen + 1} ({changed})"


def double(connection: sqlite3.Connection, table: str, row: tuple[Any, ...], draw: random.Random) -> None:
    """The row a second time, under a key that is free."""
    free: tuple[Any, ...]
    if table == "event":
        free = (33, row[1], 9, *row[3:]) if draw.random() < 0.5 else (33, "S-9", 1, *row[3:])
    elif table == "bundle":
        free = (row[0][:-1] + ("0" if row[0][-1] != "0" else "1"), *row[1:])
    else:
        free = (row[0], row[1] + "0", *row[2:]) if table == "invoice" else ("S-4", *row[1:])
    connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(free))})", free)


def swap(connection: sqlite3.Connection, table: str, column: str, one: Any, other: Any, key: str) -> None:
    """Two rows exchange the value of a column, or all but their keys."""
    columns = (column,) if column not in COLUMNS[table][: KEYS[table]] else COLUMNS[table][KEYS[table] :]
    exchanged = [
        tuple(taken[at] if name in columns else own[at] for at, name in enumerate(COLUMNS[table]))
        for own, taken in ((one, other), (other, one))
    ]
    for row in (one, other):
        connection.execute(f"DELETE FROM {table} WHERE {key}", row[: KEYS[table]])
    connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(one))})", exchanged)


def test_a_thousand_alterations_of_every_column_are_found(template: Template, tmp_path: Path) -> None:
    unnoticed, done, tables = [], 0, set()
    for seed in range(2 * MUTATIONS):
        path = tmp_path / "copy.sqlite"
        with Altering(template, path) as connection:
            told = next(mutations(connection, random.Random(seed)), None)
            same = dump(path) == original(template.path)
        if told is None or same:
            continue
        done += 1
        tables.add(told.split()[1])
        if not alterations(path):
            unnoticed.append(f"seed {seed}: {told}")
        if done == MUTATIONS:
            break
    assert unnoticed == []
    assert done == MUTATIONS
    assert tables == {f"{table}.{column}" for table, columns in COLUMNS.items() for column in columns}


@cache
def original(path: Path) -> str:
    return dump(path)


def dump(path: Path) -> str:
    """All rows of a file, whatever stands in them."""
    connection = sqlite3.connect(path)
    connection.text_factory = bytes
    rows = [connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in COLUMNS]
    connection.close()
    return repr(rows)


CHANGED = """UPDATE event SET body = replace(body, '"n":3', '"n":7') WHERE position = 9"""


def found_in(template: Template, path: Path, *statements: str) -> list[tuple[str, int | None, str | None]]:
    """What verify finds after statements were run: code, position, case."""
    with Altering(template, path) as connection:
        connection.create_function("sha256", 1, lambda text: hashlib.sha256(text.encode()).digest())
        for statement in statements:
            connection.execute(statement)
    return [(each.code, each.position, each.case_id) for each in alterations(path)]


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([CHANGED], [("event-changed", 9, "S-1")]),
        (
            [CHANGED, "UPDATE event SET digest = sha256(body) WHERE position = 9"],
            [("link-broken", 9, "S-1"), ("chain-broken", 13, "S-1")],
        ),
        (
            ["UPDATE event SET body = body || ' ' WHERE position = 9"],
            [("event-changed", 9, "S-1"), ("event-unreadable", 9, "S-1"), ("invoices-differ", 9, None)],
        ),
        (
            ["UPDATE event SET link = zeroblob(32) WHERE position = 9"],
            [("link-broken", 9, "S-1"), ("link-broken", 10, "S-2")],
        ),
        (
            ["DELETE FROM event WHERE position = 16"],
            [
                ("position-gap", 17, "S-1"),
                ("link-broken", 17, "S-1"),
                ("event-missing", 20, "S-4"),
                ("chain-broken", 20, "S-4"),
            ],
        ),
        (["DELETE FROM event WHERE position > 30"], [("head-differs", None, None)]),
        (["UPDATE head SET link = zeroblob(32)"], [("head-differs", None, None)]),
        (["DELETE FROM head"], [("head-differs", None, None), ("head-differs", None, None)]),
        (["UPDATE head SET carried_over = 99"], [("head-differs", None, None), ("link-broken", 1, "S-1")]),
        (
            ["DELETE FROM bundle WHERE kind = 'extension'"],
            [("bundle-missing", position, None) for position in range(1, 33)],
        ),
        (["DELETE FROM bundle WHERE kind = 'folder'"], [("bundle-missing", None, None)]),
        (["UPDATE bundle SET checksum = zeroblob(32) WHERE kind = 'folder'"], [("bundle-changed", None, None)]),
        (["DELETE FROM invoice WHERE number = '90'"], [("invoices-differ", 17, "S-1")]),
        (["UPDATE invoice SET live = 0 WHERE number = '90'"], [("invoices-differ", 17, "S-1")]),
        (["UPDATE invoice SET case_id = 'S-2' WHERE number = '90'"], [("invoices-differ", 17, "S-1")]),
        (
            ["UPDATE invoice SET position = 5, live = 1 WHERE number = '0'"],
            [("invoices-differ", 9, "S-1")],
        ),
        (["INSERT INTO invoice VALUES ('H9', '1', 'S-1', 32, 1)"], [("invoices-differ", 32, None)]),
        (["UPDATE snapshot SET document = '{}' WHERE case_id = 'S-1'"], [("snapshot-differs", None, None)]),
        (["DELETE FROM snapshot"], []),
    ],
)
def test_what_is_found_says_where(
    template: Template, tmp_path: Path, statements: list[str], found: list[tuple[str, int | None, str | None]]
) -> None:
    told = found_in(template, tmp_path / "copy.sqlite", *statements)
    if len(found) == 32:
        told = [(code, position, None) for code, position, _case in told]
    assert told == found


def test_a_trigger_that_is_gone_is_missed(template: Template, tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite"
    shutil.copyfile(template.path, path)
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER bundle_is_never_deleted")
    connection.close()
    assert [each.code for each in alterations(path)] == ["guard-missing"]


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE other (x)"],
        ["CREATE TABLE free AS SELECT * FROM event", "DROP TABLE event", "ALTER TABLE free RENAME TO event"],
        ["UPDATE invoice SET live = 7"],
    ],
    ids=["another table", "a table without its constraints", "a value that the tables refuse"],
)
def test_tables_that_are_not_ours_are_found_and_not_read(
    template: Template, tmp_path: Path, statements: list[str]
) -> None:
    path = tmp_path / "copy.sqlite"
    shutil.copyfile(template.path, path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    assert {each.code for each in alterations(path)} == {"tables-damaged"}


def test_a_bundle_replaced_by_another_is_found(template: Template, tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite"
    with Altering(template, path) as connection:
        content = CHARTS[1].content()
        row = (content, hashlib.sha256(content).digest(), CHARTS[0].digest)
        connection.execute("UPDATE bundle SET content = ?, checksum = ? WHERE digest = ?", row)
    assert [each.code for each in alterations(path)] == ["bundle-changed"]


def rewritten(connection: sqlite3.Connection, position: int) -> None:
    """An event changed by somebody who then works out every digest, link and name of a previous event again."""
    link, previous = beginning(0), dict[str, str]()
    for at, case_id, sequence, body in connection.execute(
        "SELECT position, case_id, sequence, body FROM event ORDER BY position"
    ).fetchall():
        document = json.loads(body)
        document["envelope"]["previous"] = previous.get(case_id)
        if at == position:
            document["data"]["n"] = 99
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).digest()
        link = next_link(link, digest, at, sequence, case_id)
        previous[case_id] = f"sha256:{digest.hex()}"
        connection.execute(
            "UPDATE event SET body = ?, digest = ?, link = ? WHERE position = ?", (text, digest, link, at)
        )
    connection.execute("UPDATE head SET link = ?", (link,))
    connection.execute("DELETE FROM snapshot")


@pytest.mark.parametrize("position", [1, 9, 32])
def test_a_journal_rewritten_from_end_to_end_is_found_by_a_kept_head_alone(
    template: Template, tmp_path: Path, position: int
) -> None:
    path = tmp_path / "copy.sqlite"
    with Altering(template, path) as connection:
        rewritten(connection, position)
    assert alterations(path) == []
    for kept in template.heads:
        told = alterations(path, kept)
        assert [each.code for each in told] == (["kept-head-differs"] if kept.position >= position else [])


def test_a_tail_that_was_cut_with_its_head_is_found_by_a_kept_head_alone(template: Template, tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite"
    with Altering(template, path) as connection:
        connection.execute("DELETE FROM event WHERE position > 30")
        connection.execute("UPDATE head SET position = 30, link = (SELECT link FROM event WHERE position = 30)")
    assert alterations(path, template.heads[29]) == []
    told = alterations(path, template.heads[31])
    assert [(each.code, each.position) for each in told] == [("kept-head-differs", 32)]


def test_a_reader_of_all_events_stops_where_one_was_altered(template: Template, tmp_path: Path) -> None:
    for statement in (
        "DELETE FROM event WHERE position = 9",
        "UPDATE event SET digest = zeroblob(32) WHERE position = 9",
    ):
        path = tmp_path / "copy.sqlite"
        with Altering(template, path) as connection:
            connection.execute(statement)
        with open_existing_journal(str(path)) as journal:
            for reading in (journal.stored(), journal.stored_by_case()):
                with pytest.raises(ProblemsFound):
                    list(reading)
