"""The journal in PostgreSQL: what it refuses, what is said when it can't be reached, and what is tried again."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import psycopg
import pytest

from tests.journal.recorded import record
from tests.support.postgres import Server
from yibao.audit.verify import verify
from yibao.basics.problems import ProblemsFound
from yibao.cli import main
from yibao.journal import postgres as postgres_module
from yibao.journal.bundles import file_bundle
from yibao.journal.kept import KeptJournal
from yibao.journal.opening import open_existing_journal, open_journal, shown
from yibao.journal.sessions import Session

CHART = file_bundle(b"chart: x")
INVOICE = {"issuer": "H1", "number": "1"}


ALTERED = {
    "event": (
        "position = 99 WHERE position = 9",
        "case_id = 'S-9' WHERE position = 9",
        "sequence = 99 WHERE position = 9",
        "body = body || ' ' WHERE position = 9",
        "digest = sha256('') WHERE position = 9",
        "link = sha256('') WHERE position = 9",
    ),
    "head": ("position = 99", "link = sha256('')", "carried_over = 3"),
    "bundle": ("digest = digest || '0'", "kind = 'x'", "content = sha256('')", "checksum = sha256('')"),
    "invoice": (
        "issuer = issuer || 'x'",
        "number = number || 'x'",
        "case_id = 'S-9'",
        "position = 32",
        "live = 1 - live",
    ),
    "snapshot": ("case_id = case_id || 'x'", "sequence = 3", "document = '{}'", "checksum = sha256('')"),
}
"""Every column of every table, set to something else."""


def problem_codes(found: pytest.ExceptionInfo[ProblemsFound]) -> list[str]:
    return [problem.code for problem in found.value.problems]


@pytest.fixture
def journal(database: str) -> Iterator[KeptJournal]:
    with open_journal(database, create=True) as found:
        yield found


def run(database: str, *statements: str) -> None:
    """What somebody with the rights of the owner could do."""
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = '{}'",
        "DELETE FROM event",
        "TRUNCATE event",
        "INSERT INTO event SELECT position, case_id, 2, body, digest, link FROM event "
        "ON CONFLICT (position) DO UPDATE SET body = '{}'",
        "UPDATE head SET position = 0",
        "UPDATE head SET position = 9, carried_over = 1",
        "DELETE FROM head",
        "TRUNCATE head",
        "UPDATE bundle SET kind = 'folder'",
        "DELETE FROM bundle",
        "UPDATE invoice SET position = 0",
        "DELETE FROM invoice",
        "TRUNCATE invoice",
    ],
)
def test_nothing_is_changed_or_deleted_by_whoever_may_write(
    server: Server, journal: KeptJournal, database: str, statement: str
) -> None:
    journal.append("C1", 0, [{"n": 1, "invoice": INVOICE}], {CHART.digest: CHART})
    with pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
        run(database, statement)
    assert journal.events("C1") == ({"n": 1, "invoice": INVOICE},)


def test_a_recorded_journal_is_intact_and_every_altered_column_is_found(database: str, journal: KeptJournal) -> None:
    heads = record(journal)
    with journal.examined() as examined:
        assert list(verify(examined, heads[-1])) == []
    for table, settings in ALTERED.items():
        for setting in settings:
            with psycopg.connect(database) as connection:
                connection.execute(b"SET LOCAL session_replication_role = replica")
                connection.execute(f"CREATE TABLE before_{table} AS SELECT * FROM {table}".encode())
                connection.execute(f"UPDATE {table} SET {setting}".encode())
            with journal.examined() as examined:
                assert list(verify(examined, None)), f"{table}: {setting}"
            with psycopg.connect(database) as connection:
                connection.execute(b"SET LOCAL session_replication_role = replica")
                connection.execute(f"DELETE FROM {table}".encode())
                connection.execute(f"INSERT INTO {table} SELECT * FROM before_{table}".encode())
                connection.execute(f"DROP TABLE before_{table}".encode())
    with journal.examined() as examined:
        assert list(verify(examined, heads[-1])) == []


def test_a_case_whose_first_event_is_gone_is_still_named(database: str, journal: KeptJournal) -> None:
    for case_id in ("C1", "C2", "C3"):
        journal.append(case_id, 0, [{"n": 1}, {"n": 2}, {"n": 3}])
    run(database, "ALTER TABLE event DISABLE TRIGGER event_is_never_deleted")
    run(database, "DELETE FROM event WHERE case_id = 'C2' AND sequence = 1")
    assert journal.cases() == ("C1", "C2", "C3")
    assert list(journal.case_at_every(1)) == ["C2", "C3"]


def test_guards_and_tables_that_were_changed_are_found(database: str, journal: KeptJournal) -> None:
    run(database, "ALTER TABLE event DISABLE TRIGGER event_is_never_deleted")
    with journal.examined() as examined:
        assert [each.code for each in verify(examined, None)] == ["guard-missing"]
    run(database, "ALTER TABLE event ALTER body DROP NOT NULL")
    with journal.examined() as examined:
        assert [each.code for each in verify(examined, None)] == ["tables-damaged"]


def test_a_later_layout_and_tables_of_something_else_are_problems(database: str) -> None:
    open_journal(database, create=True).close()
    run(database, "UPDATE layout SET number = 3")
    with pytest.raises(ProblemsFound) as found:
        open_existing_journal(database)
    assert problem_codes(found) == ["journal-too-new"]
    run(database, "UPDATE layout SET purpose = 'recipes'")
    with pytest.raises(ProblemsFound) as found:
        open_existing_journal(database)
    assert problem_codes(found) == ["journal-damaged"]


def test_what_others_made_the_server_give_up_is_tried_again(
    database: str, journal: KeptJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(postgres_module.time, "sleep", pauses.append)
    raised = [psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected, psycopg.errors.UniqueViolation]

    def work(session: Session) -> str:
        if raised:
            session.run("INSERT INTO event VALUES (1, 'C1', 1, '{}', sha256(''), sha256(''))")
            raise raised.pop()
        return "done"

    assert journal._written(work) == "done"
    assert len(pauses) == 3
    assert journal.events("C1") == ()
    for error, code in (
        (psycopg.errors.SerializationFailure, "journal-busy"),
        (psycopg.errors.UniqueViolation, "journal-damaged"),
        (psycopg.errors.DiskFull, "journal-full"),
        (psycopg.OperationalError, "journal-write-failed"),
    ):
        raised.extend([error] * postgres_module.MOST_ATTEMPTS)
        with pytest.raises(ProblemsFound) as found:
            journal._written(work)
        assert problem_codes(found) == [code]
        raised.clear()
    assert len(pauses) == 3 + 2 * (postgres_module.MOST_ATTEMPTS - 1)
    journal.append("C1", 0, [{"n": 1}])


def test_a_connection_that_the_server_ended_is_made_anew(database: str, journal: KeptJournal) -> None:
    journal.append("C1", 0, [{"n": 1}])
    assert journal.events("C1") == ({"n": 1},)
    run(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yibao'")
    for attempt in (lambda: journal.append("C1", 1, [{"n": 2}]), lambda: journal.events("C1")):
        with pytest.raises(ProblemsFound):
            attempt()
    journal.append("C1", 1, [{"n": 2}])
    assert journal.events("C1") == ({"n": 1}, {"n": 2})


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("postgresql://nobody:secret@127.0.0.1:1/none", "journal-unreachable"),
        ("mysql://host/name", "unsupported-journal"),
        ("postgresql://host:port/name", "unsupported-journal"),
    ],
)
def test_what_can_not_be_reached_is_a_problem_that_tells_no_password(
    name: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["case", "list", "--journal", name]) == 2
    said = capsys.readouterr().err
    assert code in said
    assert "secret" not in said


def test_without_its_driver_a_url_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "yibao.journal.postgres")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert main(["case", "list", "--journal", "postgresql://host/name"]) == 2
    assert "postgres-not-installed" in capsys.readouterr().err


def test_a_url_is_shown_without_who_asks() -> None:
    assert shown("postgresql://user:secret@host:5432/name?password=other") == "postgresql://host:5432/name"
    assert shown("postgresql:///name?host=/run/x") == "postgresql:///name"
    assert shown("cases.sqlite") == "cases.sqlite"


def test_the_command_line_runs_a_case_in_a_database(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--journal", database, "--json"]
    assert main(["case", "show", "C1", *words]) == 2
    assert "no-such-journal" in capsys.readouterr().out
    assert main(["case", "open", "out-of-province-inpatient", "--case", "C1", "--at", "2022-03-01", *words]) == 0
    assert main(["case", "do", "C1", "settle", "--at", "2022-03-02", *words]) == 4
    assert main(["case", "list", *words]) == 0
    assert main(["audit", "verify", *words]) == 0
