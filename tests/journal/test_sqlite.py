"""The journal in a SQLite file: what it refuses, what it says of other files, what it carries over from older ones."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from yibao.basics.problems import ProblemsFound
from yibao.journal import Snapshot
from yibao.journal import sqlite as journal_module
from yibao.journal.bundles import file_bundle
from yibao.journal.sqlite import Journal

CHART = file_bundle(b"chart: x")
INVOICE = {"issuer": "H1", "number": "1"}


def problem_codes(found: pytest.ExceptionInfo[ProblemsFound]) -> list[str]:
    return [problem.code for problem in found.value.problems]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cases.sqlite"


@pytest.mark.parametrize("name", [":memory:", "file:cases?mode=memory", "file:cases.sqlite?mode=ro", "%41.sqlite"])
def test_a_name_that_means_something_to_sqlite_is_a_file_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with Journal.open(Path(name), create=True) as journal:
        journal.append("C1", 0, [{"n": 1}])
    with Journal.open(Path(name), create=False) as journal:
        assert journal.events("C1") == ({"n": 1},)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = '{}'",
        "UPDATE event SET sequence = 9",
        "UPDATE event SET position = 9",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event SELECT 1, case_id, sequence, '{}', digest, link FROM event",
        "INSERT OR REPLACE INTO event SELECT 2, case_id, sequence, '{}', digest, link FROM event",
        "INSERT INTO event SELECT 3, 'C2', 1, body, digest, link FROM event",
        "INSERT INTO event SELECT 2, 'C1', 3, body, digest, link FROM event",
        "INSERT INTO event SELECT 1, case_id, 1, body, digest, link FROM event WHERE true "
        "ON CONFLICT DO UPDATE SET body = '{}'",
        "UPDATE head SET position = 0",
        "UPDATE head SET link = zeroblob(32)",
        "UPDATE head SET position = 9, carried_over = 1",
        "DELETE FROM head",
        "INSERT OR REPLACE INTO head VALUES (1, 0, zeroblob(32), 0)",
        "UPDATE bundle SET kind = 'folder'",
        "DELETE FROM bundle",
        "INSERT OR REPLACE INTO bundle SELECT digest, kind, zeroblob(9), checksum FROM bundle",
        "UPDATE invoice SET position = 0",
        "DELETE FROM invoice",
        "INSERT OR REPLACE INTO invoice VALUES ('H1', '1', 'C2', 5, 1)",
    ],
)
def test_nothing_is_changed_or_deleted_through_the_file(path: Path, statement: str) -> None:
    with Journal.open(path, create=True) as journal:
        journal.append("C1", 0, [{"n": 1, "invoice": INVOICE}], {CHART.digest: CHART})
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    connection.close()
    with Journal.open(path, create=False) as journal:
        assert journal.events("C1") == ({"n": 1, "invoice": INVOICE},)
        assert journal.bundle(CHART.digest) == CHART


def test_a_commit_is_on_the_disk_before_it_is_acknowledged(path: Path) -> None:
    with Journal.open(path, create=True) as journal:
        journal.append("C1", 0, [{"n": 1}])
        assert journal._writer is not None
        assert journal._writer.row("PRAGMA journal_mode") == ("wal",)
        assert journal._writer.row("PRAGMA synchronous") == (2,), "2 is FULL"


def test_a_journal_that_is_not_there_is_not_made_by_reading(path: Path) -> None:
    with Journal.open(path, create=False) as journal:
        assert journal.cases() == ()
    assert not path.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"this is no database, only some text that is long enough to look at" * 20, "journal-unreadable")],
)
def test_a_file_that_is_no_database_is_a_problem(path: Path, content: bytes, code: str) -> None:
    path.write_bytes(content)
    with pytest.raises(ProblemsFound) as found:
        Journal.open(path, create=True)
    assert problem_codes(found) == [code]
    assert path.read_bytes() == content


def test_a_database_of_something_else_is_a_problem_and_is_left_alone(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ProblemsFound) as found:
        Journal.open(path, create=True)
    assert problem_codes(found) == ["journal-damaged"]
    assert path.read_bytes() == before


def test_a_journal_of_a_later_layout_is_a_problem(path: Path) -> None:
    Journal.open(path, create=True).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 3")
    connection.close()
    with pytest.raises(ProblemsFound) as found:
        Journal.open(path, create=False)
    assert problem_codes(found) == ["journal-too-new"]
    assert "layout 3" in found.value.problems[0].message


def test_a_journal_in_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        Journal.open(tmp_path / "nowhere" / "cases.sqlite", create=True)
    assert problem_codes(found) == ["journal-unreadable"]


def to_body(body: str, sequence: int) -> str:
    """The statement of somebody who also works the digest out again."""
    return f"UPDATE event SET body = '{body}', digest = sha256('{body}') WHERE sequence = {sequence}"


def without_triggers(path: Path, *statements: str) -> None:
    """What somebody with the file in hands could do to it."""
    connection = sqlite3.connect(path)
    for name in ("changed", "deleted"):
        connection.execute(f"DROP TRIGGER event_is_never_{name}")
    connection.create_function("sha256", 1, lambda body: hashlib.sha256(body.encode()).digest())
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM event WHERE sequence = 1", "the event 1 of the case C1 is not there"),
        (to_body("{", 2), "the event 2 of the case C1 can't be read"),
        (to_body("[]", 1), "the event 1 of the case C1 can't be read"),
        (to_body("[" * 100_000, 1), "the event 1 of the case C1 can't be read"),
        ("UPDATE event SET body = '{\"n\":3}' WHERE sequence = 2", "the event 2 of the case C1 was changed"),
        (to_body('{"previous":null}', 2), "the event 2 of the case C1 does not follow the one before it"),
    ],
    ids=["missing", "cut off", "no object", "nested too deep", "changed", "of another event"],
)
def test_a_missing_or_unreadable_event_is_a_problem(path: Path, statement: str, says: str) -> None:
    with Journal.open(path, create=True) as journal:
        journal.append("C1", 0, [{"n": 1}, {"n": 2}])
    without_triggers(path, statement)
    with Journal.open(path, create=False) as journal, pytest.raises(ProblemsFound) as found:
        journal.events("C1")
    assert problem_codes(found) == ["journal-damaged"]
    assert says in found.value.problems[0].message


def test_a_case_whose_first_event_is_gone_is_still_named(path: Path) -> None:
    with Journal.open(path, create=True) as journal:
        for case_id in ("C1", "C2", "C3"):
            journal.append(case_id, 0, [{"n": 1}, {"n": 2}, {"n": 3}])
    without_triggers(path, "DELETE FROM event WHERE case_id = 'C2' AND sequence = 1")
    with Journal.open(path, create=False) as journal:
        assert journal.cases() == ("C1", "C2", "C3")
        assert list(journal.case_at_every(1)) == ["C2", "C3"]


def test_a_writer_that_waits_too_long_for_another_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Journal.open(path, create=True).close()
    monkeypatch.setattr(journal_module, "BUSY_SECONDS", 0)
    blocking = sqlite3.connect(path, isolation_level=None)
    blocking.execute("BEGIN IMMEDIATE")
    with Journal.open(path, create=False) as journal, pytest.raises(ProblemsFound) as found:
        journal.append("C1", 0, [{"n": 1}])
    blocking.execute("ROLLBACK")
    blocking.close()
    assert problem_codes(found) == ["journal-busy"]


def test_a_refusal_of_the_tables_themselves_is_damage(path: Path) -> None:
    """A head behind the events: whoever appends would give a place twice."""
    with Journal.open(path, create=True) as journal:
        journal.append("C1", 0, [{"n": 1}])
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER head_is_never_set_back")
    connection.execute("UPDATE head SET position = 0")
    connection.commit()
    connection.close()
    with Journal.open(path, create=False) as journal, pytest.raises(ProblemsFound) as found:
        journal.append("C1", 1, [{"n": 2}])
    assert problem_codes(found) == ["journal-damaged"]


def test_a_bundle_that_was_replaced_is_not_given_out(path: Path) -> None:
    other = file_bundle(b"chart: y")
    with Journal.open(path, create=True) as journal:
        journal.append("C1", 0, [{"n": 1}], {CHART.digest: CHART})
    for content, says in ((other.content(), "is another one"), (b"x" * 9, "can't be expanded")):
        connection = sqlite3.connect(path)
        connection.execute("DROP TRIGGER IF EXISTS bundle_is_never_changed")
        connection.execute("UPDATE bundle SET content = ?", (content,))
        connection.commit()
        connection.close()
        with Journal.open(path, create=False) as journal, pytest.raises(ProblemsFound) as found:
            journal.bundle(CHART.digest)
        assert problem_codes(found) == ["journal-damaged"]
        assert says in found.value.problems[0].message


@pytest.mark.parametrize("column", ["sequence", "document", "checksum"])
def test_a_wrong_snapshot_is_none(path: Path, column: str) -> None:
    with Journal.open(path, create=True) as journal:
        journal.append("C1", 0, [{"n": 1}, {"n": 1}])
        journal.keep_snapshot(Snapshot(case_id="C1", sequence=1, document={"sum": 1}))
    values = {"sequence": "2", "document": "'{\"sum\":2}'", "checksum": "zeroblob(32)"}
    connection = sqlite3.connect(path)
    connection.execute(f"UPDATE snapshot SET {column} = {values[column]}")
    connection.commit()
    connection.close()
    with Journal.open(path, create=False) as journal:
        assert journal.snapshot("C1") is None


def test_threads_share_a_journal(path: Path) -> None:
    def work(number: int) -> None:
        for n in range(20):
            journal.append(f"C{number}", n, [{"n": n}])
            assert len(journal.events(f"C{number}")) == n + 1

    with Journal.open(path, create=True) as journal:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert journal.head().position == 120
        assert [len(journal.events(f"C{number}")) for number in range(6)] == [20] * 6
        assert [event.position for event in journal.stored()] == list(range(1, 121))


def test_reading_goes_on_while_another_program_writes(path: Path) -> None:
    with Journal.open(path, create=True) as journal:
        journal.append("C1", 0, [{"n": 1}])
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert journal.events("C1") == ({"n": 1},)
        assert [event.position for event in journal.stored()] == [1]
        other.execute("ROLLBACK")
        other.close()


def of_layout_1(path: Path, rows: list[tuple[str, int, str]]) -> None:
    """A file such as 0.1.0 and 0.2.0 made it."""
    connection = sqlite3.connect(path)
    for statement in (
        "CREATE TABLE event (case_id TEXT NOT NULL, sequence INTEGER NOT NULL CHECK (sequence >= 1), "
        "body TEXT NOT NULL, PRIMARY KEY (case_id, sequence)) STRICT",
        "CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE TRIGGER event_is_never_replaced BEFORE INSERT ON event WHEN 0 BEGIN SELECT 1; END",
        "PRAGMA application_id = 0x79696261",
        "PRAGMA user_version = 1",
    ):
        connection.execute(statement)
    connection.executemany("INSERT INTO event VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()


def test_a_file_of_layout_1_is_carried_over_in_the_order_of_its_events(path: Path) -> None:
    of_layout_1(path, [("C2", 1, '{"n":1}'), ("C1", 1, '{"n":2}'), ("C2", 2, '{"n":3}')])
    with Journal.open(path, create=False) as journal:
        assert [(each.position, each.case_id, each.body) for each in journal.stored()] == [
            (1, "C2", b'{"n":1}'),
            (2, "C1", b'{"n":2}'),
            (3, "C2", b'{"n":3}'),
        ]
        journal.append("C1", 1, [{"n": 4}])
    fresh = path.with_name("fresh.sqlite")
    Journal.open(fresh, create=True).close()
    assert schema(path) == schema(fresh)


def schema(path: Path) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    connection.close()
    return found


def test_a_damaged_file_of_layout_1_is_left_as_it_is(path: Path) -> None:
    of_layout_1(path, [("C1", 2, '{"n":2}')])
    before = schema(path)
    with pytest.raises(ProblemsFound) as found:
        Journal.open(path, create=False)
    assert problem_codes(found) == ["journal-damaged"]
    assert schema(path) == before


def test_many_programs_that_open_an_older_file_at_once_carry_it_over_once(path: Path) -> None:
    of_layout_1(path, [(f"C{n}", 1, "{}") for n in range(2_000)])
    copies: list[int] = []

    def work() -> None:
        with Journal.open(path, create=False) as journal:
            copies.append(journal.head().position)

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert copies == [2_000] * 4
