"""`case tick` and `case list` over a whole journal: a case that can't be read keeps no other waiting, and is named at
the end."""

from __future__ import annotations

import json
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from yibao import Casebook, InForce, ProblemsFound, in_force
from yibao.basics.problems import Place, problem_of
from yibao.cases.carrying_out import told_of_each
from yibao.cli import main
from yibao.model.case import Document
from yibao.model.scenarios import Move

HANDLING = "agency-handling"
AFTER = "2024-04-30"
CASES = ("A1", "A2", "A3")


@cache
def law() -> InForce:
    """The bundled policy and charts, read once."""
    return in_force()


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Three applications of 18 March 2024, accepted and then forgotten; their thirty working days end on 29 April."""
    path = tmp_path / "cases.sqlite"
    good = law().scenarios()[HANDLING][0]
    with Casebook.at(str(path), law()) as book:
        for number, case_id in enumerate(CASES):
            book.open(HANDLING, case_id, good.opening, at="2024-03-18")
            for move in good.moves[:2]:
                assert isinstance(move, Move)
                data = json.loads(json.dumps(move.data).replace("130100240000007", f"13010024000000{number}"))
                assert not book.do(case_id, move.event, data, at="2024-03-18", actor=move.actor).refused
    return path


def alter(path: Path, case_id: str) -> None:
    """Change an event of a case, as somebody does who has the file in hands."""
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER event_is_never_changed")
    connection.execute(
        "UPDATE event SET body = replace(body, '2024-03-18', '2024-03-19') WHERE case_id = ?", (case_id,)
    )
    connection.commit()
    connection.close()


def lose(path: Path, case_id: str) -> None:
    """Take the first event of a case away."""
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER event_is_never_deleted")
    connection.execute("DELETE FROM event WHERE case_id = ? AND sequence = 1", (case_id,))
    connection.commit()
    connection.close()


def tick(path: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["case", "tick", "--at", AFTER, "--journal", str(path), *words])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def events(path: Path, case_id: str) -> int:
    with sqlite3.connect(path) as connection:
        found: tuple[int] = connection.execute("SELECT count(*) FROM event WHERE case_id = ?", (case_id,)).fetchone()
    connection.close()
    return found[0]


def test_a_list_names_what_can_be_read_and_what_can_not(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alter(journal, "A2")
    capsys.readouterr()
    code = main(["case", "list", "--journal", str(journal), "--json"])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code == 2
    assert [(each["case"], each["state"]) for each in document["cases"]] == [("A1", "accepted"), ("A3", "accepted")]
    (problem,) = document["problems"]
    assert (problem["code"], "A2" in problem["message"]) == ("journal-damaged", True)
    assert main(["case", "list", "--journal", str(journal)]) == 2
    printed = capsys.readouterr()
    assert [line.split("\t")[0] for line in printed.out.splitlines()] == ["A1", "A3"]
    assert "A2" in printed.err


def test_a_case_whose_first_event_is_gone_is_named_and_not_forgotten(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lose(journal, "A2")
    capsys.readouterr()
    assert main(["case", "list", "--journal", str(journal)]) == 2
    printed = capsys.readouterr()
    assert [line.split("\t")[0] for line in printed.out.splitlines()] == ["A1", "A3"]
    assert "the case A2 was left out: the event 1 of the case A2 is not there" in printed.err
    code, out, _err = tick(journal, capsys, "--json")
    document = json.loads(out)
    assert (code, [each["case"] for each in document["passed"]]) == (2, ["A1", "A3"])
    assert [problem["code"] for problem in document["problems"]] == ["journal-damaged"]
    with Casebook.at(str(journal), law()) as book:
        assert book.cases() == CASES


def test_all_that_can_be_read_is_noted_and_what_can_not_is_named(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alter(journal, "A2")
    code, out, _err = tick(journal, capsys, "--json")
    document: dict[str, Any] = json.loads(out)
    assert code == 2
    assert [(each["case"], each["deadline"]) for each in document["passed"]] == [
        ("A1", "paid_in_time"),
        ("A3", "paid_in_time"),
    ]
    (problem,) = document["problems"]
    assert problem["code"] == "journal-damaged"
    assert problem["message"].startswith("the case A2 was left out: the event 1 of the case A2 was changed")
    assert [events(journal, case_id) for case_id in CASES] == [4, 3, 4]
    # Once more: nothing is noted twice, and the case is still named.
    code, out, _err = tick(journal, capsys, "--json")
    assert (code, json.loads(out)["passed"], len(json.loads(out)["problems"])) == (2, [], 1)


def test_it_is_told_to_people_too(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alter(journal, "A1")
    code, out, err = tick(journal, capsys, "--lang", "en")
    assert code == 2
    assert out.splitlines()[:4] == [
        "Deadline passed: Time for the agency to finish (paid_in_time)",
        "  step: Payment (pay)",
        "  last day: 2024-04-29",
        "  Case A2: Accepted (accepted), version 4",
    ]
    assert "journal-damaged: the case A1 was left out" in err
    assert err.endswith("1 problem found\n")


def test_where_every_case_is_read_nothing_is_said_of_problems(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = tick(journal, capsys, "--json")
    assert (code, err, sorted(json.loads(out))) == (0, "", ["at", "passed"])
    assert tick(journal, capsys, "--lang", "en") == (0, "No deadline has passed\n", "")


def test_a_book_raises_at_the_end_and_has_noted_the_others(journal: Path) -> None:
    alter(journal, "A1")
    with Casebook.at(str(journal), law()) as book:
        with pytest.raises(ProblemsFound) as raised:
            book.tick(at=AFTER)
        assert [problem.message.split(":")[0] for problem in raised.value.problems] == ["the case A1 was left out"]
        for case_id in ("A2", "A3"):
            case = book.show(case_id)
            assert case is not None
            assert [each.deadline for each in case.passed] == ["paid_in_time"]
        following = book.next("A3", at=AFTER)
        assert following is not None
        assert [each["event"] for each in following.document()["deadlines_ahead"]] == [
            "pay",
            "notify_not_covered",
            "reject",
        ]


def test_what_is_wrong_with_the_journal_itself_ends_it_and_keeps_what_was_noted() -> None:
    asked: list[str] = []

    def noted_of(case_id: str) -> tuple[Document, ...]:
        asked.append(case_id)
        if case_id == "A2":
            raise ProblemsFound([problem_of("journal-full", "there is no room", Place(path="cases"))])
        return ({"case": case_id},)

    noted, problems = told_of_each(CASES, noted_of)
    assert (noted, asked) == (({"case": "A1"},), ["A1", "A2"])
    assert [(each.code, each.message) for each in problems] == [("journal-full", "there is no room")]


def test_next_shows_what_runs_for_later_steps(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["case", "next", "A1", "--at", AFTER, "--journal", str(journal)]
    assert main([*words, "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert (
        "Deadlines of later steps:\n"
        "  Payment (pay)\n"
        "    Time for the agency to finish (paid_in_time)\n"
        "      last day: 2024-04-29 (over)\n"
    ) in told
    assert main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert all(step["until"] is None for step in document["possible_now"])
    assert document["deadlines_ahead"][0] == {
        "deadline": "paid_in_time",
        "title": {"zh": "经办机构办理期限", "en": "Time for the agency to finish"},
        "step": "payment",
        "event": "pay",
        "until": "2024-04-29",
        "provisional": False,
        "passed": True,
    }


def test_the_recorded_time_may_go_back_and_the_order_is_that_of_the_journal(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tick(journal, capsys)[0] == 0
    words = ["--journal", str(journal), "--json"]
    assert main(["case", "tick", "--at", "2024-03-01", *words]) == 0
    assert (
        main(["case", "do", "A1", "withdraw", "--data", '{"change": {"reason": "误报"}}', "--at", "2024-03-01", *words])
        == 0
    )
    capsys.readouterr()
    assert main(["case", "show", "A1", "--history", *words]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [event["envelope"]["at"] for event in shown["events"]] == ["2024-03-18"] * 3 + [AFTER, "2024-03-01"]
    assert [each["deadline"] for each in shown["passed_deadlines"]] == ["paid_in_time"]
    assert main(["audit", "replay", *words]) == 0
