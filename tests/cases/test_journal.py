"""The journal keeps every event it acknowledged, changes none, and lets one writer at a time go on with a case."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.procedure.world import GOOD, law, opening, sending
from yibao.basics.problems import ProblemsFound
from yibao.cases.carrying_out import carry_out
from yibao.cases.events import history_of
from yibao.journal import SequenceTaken
from yibao.journal import sqlite as journal_module
from yibao.journal.sqlite import Journal


def problem_codes(found: pytest.ExceptionInfo[ProblemsFound]) -> list[str]:
    return [problem.code for problem in found.value.problems]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cases.sqlite"


def test_what_was_appended_is_read_back_after_reopening(path: Path) -> None:
    events: list[dict[str, Any]] = [
        {"kind": "opened", "note": "医保", "amount": 10**13},
        {"kind": "step_taken", "list": [1, None]},
    ]
    with Journal.open(path, create=True) as journal:
        journal.append("C1", 0, events)
        journal.append("C2", 0, [{"kind": "opened"}])
    with Journal.open(path, create=False) as journal:
        assert journal.events("C1") == tuple(events)
        assert journal.cases() == ("C1", "C2")
        assert journal.events("C3") == ()


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


def test_events_are_appended_in_sequence_all_or_none(path: Path) -> None:
    with Journal.open(path, create=True) as journal:
        journal.append("C1", 0, [{"n": 1}])
        for stale in (0, 2, 7):
            with pytest.raises(SequenceTaken):
                journal.append("C1", stale, [{"n": 2}, {"n": 3}])
        journal.append("C1", 1, [{"n": 2}, {"n": 3}])
        assert journal.events("C1") == ({"n": 1}, {"n": 2}, {"n": 3})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = '{}'",
        "UPDATE event SET sequence = 9",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event (case_id, sequence, body) VALUES ('C1', 1, '{}')",
        "INSERT INTO event (case_id, sequence, body) VALUES ('C1', 1, '{}') ON CONFLICT DO UPDATE SET body = '{}'",
    ],
)
def test_no_event_is_changed_or_deleted_through_the_file(path: Path, statement: str) -> None:
    with Journal.open(path, create=True) as journal:
        journal.append("C1", 0, [{"n": 1}])
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    connection.close()
    with Journal.open(path, create=False) as journal:
        assert journal.events("C1") == ({"n": 1},)


def test_a_commit_is_on_the_disk_before_it_is_acknowledged(path: Path) -> None:
    with Journal.open(path, create=True) as journal:
        assert journal._one("PRAGMA journal_mode") == "wal"
        assert journal._one("PRAGMA synchronous") == 2, "2 is FULL"


def test_a_failed_append_leaves_nothing_behind(path: Path) -> None:
    with Journal.open(path, create=True) as journal:
        with pytest.raises(TypeError):
            journal.append("C1", 0, [{"n": 1}, {"n": 0.5}])
        assert journal.events("C1") == ()
        journal.append("C1", 0, [{"n": 1}])


def test_a_journal_that_is_not_there_is_read_as_empty_and_not_made(path: Path) -> None:
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
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(ProblemsFound) as found:
        Journal.open(path, create=False)
    assert problem_codes(found) == ["journal-damaged"]
    assert "layout 2" in found.value.problems[0].message


def test_a_journal_in_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        Journal.open(tmp_path / "nowhere" / "cases.sqlite", create=True)
    assert problem_codes(found) == ["journal-unreadable"]


def without_triggers(path: Path, *statements: str) -> None:
    """What somebody with the file in hands could do to it."""
    connection = sqlite3.connect(path)
    for name in ("changed", "deleted", "replaced"):
        connection.execute(f"DROP TRIGGER event_is_never_{name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM event WHERE sequence = 1", "the event 1 of the case C1 is not there"),
        ("UPDATE event SET body = '{' WHERE sequence = 2", "the event 2 of the case C1 can't be read"),
        ("UPDATE event SET body = '[]' WHERE sequence = 1", "the event 1 of the case C1 can't be read"),
        (
            f"UPDATE event SET body = '{'[' * 100_000}' WHERE sequence = 1",
            "the event 1 of the case C1 can't be read",
        ),
    ],
    ids=["missing", "cut off", "no object", "nested too deep"],
)
def test_a_missing_or_unreadable_event_is_a_problem(path: Path, statement: str, says: str) -> None:
    with Journal.open(path, create=True) as journal:
        journal.append("C1", 0, [{"n": 1}, {"n": 2}])
    without_triggers(path, statement)
    with Journal.open(path, create=False) as journal, pytest.raises(ProblemsFound) as found:
        journal.events("C1")
    assert problem_codes(found) == ["journal-damaged"]
    assert says in found.value.problems[0].message


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


WRITERS, ROUNDS = 6, 20


def write_rounds(path: Path, writer: int) -> None:
    """Append single events to one case, reading again whenever another writer was faster."""
    with Journal.open(path, create=True) as journal:
        for round_number in range(ROUNDS):
            while True:
                try:
                    journal.append("C1", len(journal.events("C1")), [{"writer": writer, "round": round_number}])
                    break
                except SequenceTaken:
                    continue


def in_processes(target: Any, path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=target, args=(path, writer)) for writer in range(WRITERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    assert [process.exitcode for process in processes] == [0] * WRITERS


def test_many_processes_write_one_case_without_loss_gap_or_repetition(path: Path) -> None:
    in_processes(write_rounds, path)
    with Journal.open(path, create=False) as journal:
        events = journal.events("C1")
    assert len(events) == WRITERS * ROUNDS
    assert len({(event["writer"], event["round"]) for event in events}) == WRITERS * ROUNDS
    for writer in range(WRITERS):
        assert [event["round"] for event in events if event["writer"] == writer] == list(range(ROUNDS))


def race(path: Path, writer: int) -> None:
    """Try to open the same case and to take its first step, expecting the version that a fresh case has."""
    with Journal.open(path, create=True) as journal:
        carry_out(journal, opening(actor=str(writer)), law())
        data = GOOD["issue_referral"]
        carry_out(journal, sending("issue_referral", data, actor=str(writer), expected_version=1), law())


def test_of_many_processes_one_opens_the_case_and_one_takes_the_step(path: Path) -> None:
    in_processes(race, path)
    with Journal.open(path, create=False) as journal:
        events = journal.events("C1")
    kinds = [event["kind"] for event in events]
    assert kinds.count("opened") == kinds.count("step_taken") == 1
    reasons = [event["refusal"]["refused"] for event in events if event["kind"] == "step_refused"]
    assert sorted(reasons) == ["case_exists"] * (WRITERS - 1) + ["version_conflict"] * (WRITERS - 1)
    case = history_of(events).case
    assert case is not None
    assert (case.state, case.version) == ("referred", 2)
