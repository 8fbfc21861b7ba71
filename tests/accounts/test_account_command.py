"""`yibao account` as it is typed: what it prints, the file it keeps, and how it ends."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.bundled import document
from yibao.cli import main

Run = Callable[..., tuple[int, Any]]
SHANGHAI: dict[str, Any] = {"insured__insured_area": "310000", "encounter__treatment_area": "310000"}
EMPLOYEE = {
    "insured": {
        "scheme": "employee",
        "person_type": "active",
        "enrolment_status": "normal",
        "insured_area": "310000",
        "contribution_base_fen": 800_000,
    }
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Types `yibao …` in a folder with a person and a visit; gives the exit code, and the JSON document or the text."""
    monkeypatch.chdir(tmp_path)
    written = {"person": EMPLOYEE, "visit": document("outpatient-visit-2023", **SHANGHAI)}
    for name, content in written.items():
        Path(f"{name}.json").write_text(json.dumps(content), "utf-8")

    def typed(*words: str, as_json: bool = True) -> tuple[int, Any]:
        code = main([*words, *(["--json"] if as_json else [])])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if as_json else printed.out

    return typed


def credit(run: Run, month: str, *more: str) -> tuple[int, Any]:
    words = ("account", "credit", "A1", "--person", "person.json", "--ledger", "l.sqlite", "--at", f"{month}-05")
    return run(*words, "--month", month, *more)


def booked(run: Run, action: str, *more: str) -> tuple[int, Any]:
    return run(
        "account", action, "A1", "--decision", "decision.json", "--ledger", "l.sqlite", "--at", "2024-01-31", *more
    )


@pytest.fixture
def decided(run: Run) -> Run:
    """A decision that takes 1,000.00 from the account, which holds the credits of six months: 960.00."""
    Path("decision.json").write_text(json.dumps(run("decide", "visit.json")[1]), "utf-8")
    for month in ("2023-07", "2023-08", "2023-09", "2023-10", "2023-11", "2023-12"):
        assert credit(run, month)[0] == 0
    return run


def test_a_credit_is_explained_and_kept(run: Run) -> None:
    code, entry = credit(run, "2024-03")
    assert code == 0
    assert (entry["kind"], entry["amount_fen"], entry["balance_after_fen"]) == ("credit", 16_000, 16_000)
    assert (entry["month"], entry["rule"], entry["at"]) == ("2024-03", "national/own-contribution", "2024-03-05")
    assert entry["explanation"]["parameters"][0]["value"] == "2%"
    assert entry["policy"].startswith("sha256:")
    assert credit(run, "2024-03")[1]["refused"] == "month_credited"
    assert credit(run, "2024-03")[0] == 4


def test_a_claim_tells_of_a_person_as_well(run: Run) -> None:
    Path("claim.json").write_text(json.dumps(document("outpatient-visit-2023", **SHANGHAI)), "utf-8")
    words = ("account", "credit", "A1", "--claim", "claim.json", "--month", "2024-03", "--ledger", "l.sqlite")
    assert run(*words) == (3, {"missing": ["insured.contribution_base_fen"]})
    assert not Path("l.sqlite").exists()


def test_a_person_without_a_credit_is_refused_and_no_file_is_made(run: Run) -> None:
    Path("person.json").write_text('{"insured": {"scheme": "resident", "insured_area": "310000"}}', "utf-8")
    code, refusal = credit(run, "2024-03")
    assert (code, refusal["refused"]) == (4, "nothing_to_credit")
    assert not Path("l.sqlite").exists()


def test_a_payment_beyond_the_balance_is_refused_until_the_account_holds_it(decided: Run) -> None:
    code, refusal = booked(decided, "pay")
    assert (code, refusal["refused"], refusal["balance_fen"]) == (4, "account_overdrawn", 96_000)
    assert refusal["amount_fen"] == 100_000
    assert credit(decided, "2024-01")[0] == 0
    code, entry = booked(decided, "pay", "--key", "k1")
    assert (code, entry["amount_fen"], entry["balance_after_fen"]) == (0, -100_000, 12_000)
    assert entry["occurred_on"] == "2023-11-20"
    assert booked(decided, "pay", "--key", "k1") == (0, entry)
    assert booked(decided, "pay")[1]["refused"] == "already_paid"


def test_what_was_paid_is_given_back_once(decided: Run) -> None:
    credit(decided, "2024-01")
    booked(decided, "pay")
    code, entry = booked(decided, "reverse", "--on", "2024-02-01")
    assert (code, entry["amount_fen"], entry["reverses"], entry["occurred_on"]) == (0, 100_000, 8, "2024-02-01")
    assert booked(decided, "reverse", "--on", "2024-02-01")[1]["refused"] == "no_such_payment"


def test_a_payment_is_not_given_back_before_it_was_made(decided: Run) -> None:
    credit(decided, "2024-01")
    booked(decided, "pay")
    code, found = booked(decided, "reverse", "--on", "2023-11-19", "--key", "k9")
    (problem,) = found["problems"]
    assert (code, problem["code"], problem["path"]) == (2, "dates-out-of-order", "--on")
    assert problem["message"] == "the payment 8 is of 2023-11-20, and the reversal of 2023-11-19 lies before it"
    code, entry = booked(decided, "reverse", "--on", "2023-11-20", "--key", "k9")
    assert (code, entry["sequence"], entry["occurred_on"]) == (0, 9, "2023-11-20")


def test_a_statement_that_ends_before_it_begins_is_refused(decided: Run) -> None:
    asked = ("account", "statement", "A1", "--ledger", "l.sqlite", "--from", "2023-12-01", "--to")
    code, found = decided(*asked, "2023-11-30")
    assert (code, found["problems"][0]["code"], found["problems"][0]["path"]) == (2, "dates-out-of-order", "--to")
    code, shown = decided(*asked, "2023-12-01")
    assert (code, shown["entries"]) == (0, [])


def test_a_statement_adds_up(decided: Run) -> None:
    code, shown = decided(
        "account", "statement", "A1", "--ledger", "l.sqlite", "--from", "2023-08-01", "--to", "2023-09-30"
    )
    assert code == 0
    assert (shown["opening_balance_fen"], shown["closing_balance_fen"], shown["balance_fen"]) == (
        16_000,
        48_000,
        96_000,
    )
    text = decided("account", "statement", "A1", "--ledger", "l.sqlite", "--lang", "en", as_json=False)[1]
    assert text.splitlines()[-1] == "Closing balance: 960.00 yuan"


def test_a_ledger_that_does_not_add_up_is_a_finding_of_the_statement(decided: Run) -> None:
    connection = sqlite3.connect("l.sqlite")
    connection.execute("DROP TRIGGER event_is_never_changed")
    (body,) = connection.execute("SELECT body FROM event WHERE sequence = 6").fetchone()
    changed = body.replace("16000", "17000")
    digest = hashlib.sha256(changed.encode()).digest()
    connection.execute("UPDATE event SET body = ?, digest = ? WHERE sequence = 6", (changed, digest))
    connection.commit()
    connection.close()
    code, found = decided("account", "statement", "A1", "--ledger", "l.sqlite")
    assert code == 1
    assert {problem["code"] for problem in found["problems"]} == {"ledger-damaged"}
    assert credit(decided, "2024-01")[0] == 2


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"settlement": None}, "decision-differs", "/decision_id"),
        ({"decision_id": "sha256:0"}, "decision-differs", "/decision_id"),
        ({"proofs": None}, "not-a-decision", None),
    ],
)
def test_a_decision_that_was_changed_is_not_paid(
    decided: Run, change: dict[str, Any], code: str, pointer: str | None
) -> None:
    decision = json.loads(Path("decision.json").read_text("utf-8"))
    Path("decision.json").write_text(json.dumps({**decision, **change}), "utf-8")
    ended, found = booked(decided, "pay")
    assert ended == 2
    assert [(problem["code"], problem.get("pointer")) for problem in found["problems"]] == [(code, pointer)]


def test_a_decision_without_a_settlement_is_not_paid(run: Run) -> None:
    Path("visit.json").write_text(json.dumps(document("outpatient-visit-2023")), "utf-8")
    Path("decision.json").write_text(json.dumps(run("decide", "visit.json")[1]), "utf-8")
    code, found = booked(run, "pay")
    assert (code, found["problems"][0]["code"], found["problems"][0]["pointer"]) == (2, "no-settlement", "/settlement")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("credit", " A1", "--person", "person.json", "--month", "2024-03", "--ledger", "l.sqlite"), "bad-name"),
        (("credit", "A1", "--person", "person.json", "--month", "2024-3", "--ledger", "l.sqlite"), "usage"),
        (("credit", "A1", "--month", "2024-03", "--ledger", "l.sqlite"), "usage"),
        (("credit", "A1", "--person", "nobody.json", "--month", "2024-03", "--ledger", "l.sqlite"), "unreadable-file"),
        (("statement", "A1", "--ledger", "nowhere.sqlite"), "no-such-ledger"),
        (("statement", "A1", "--ledger", "person.json"), "journal-unreadable"),
    ],
)
def test_wrong_usage_is_a_problem_with_a_code(run: Run, words: tuple[str, ...], code: str) -> None:
    ended, found = run("account", *words)
    assert (ended, [problem["code"] for problem in found["problems"]]) == (2, [code])


def test_an_account_that_is_not_in_the_ledger_is_a_problem_that_names_the_nearest(decided: Run) -> None:
    code, found = decided("account", "statement", "A12", "--ledger", "l.sqlite")
    assert (code, found["problems"][0]["code"], found["problems"][0]["hint"]) == (
        2,
        "unknown-account",
        "did you mean `A1`?",
    )


def test_the_choice_is_shown_with_days_and_amounts(run: Run) -> None:
    claim = document("outpatient-visit-2023", insured__contribution_base_fen=800_000, **SHANGHAI)
    Path("visit.json").write_text(json.dumps(claim), "utf-8")
    code, choice = run("account", "options", "visit.json")
    assert code == 0
    assert [(option["option"], option["on"], option["cash_fen"]) for option in choice["options"][:2]] == [
        ("pay_now", "2023-11-20", 37_000),
        # 160.00 more of this year's account: (2,000 - 760 - 500) x 70 % = 518.00; 1,482.00 - 1,160.00 = 322.00.
        ("wait", "2023-12-01", 32_200),
    ]
    text = run("account", "options", "visit.json", "--lang", "en", as_json=False)[1]
    assert "Pay now: the account pays what it can, the rest is cash" in text
    assert "from the fund: 518.00 yuan, from the account: 1,160.00 yuan, cash: 322.00 yuan" in text


def test_there_is_no_choice_before_the_visit(run: Run) -> None:
    code, found = run("account", "options", "visit.json", "--on", "2023-11-19")
    assert (code, [(one["code"], one["path"]) for one in found["problems"]]) == (2, [("dates-out-of-order", "--on")])


def test_the_choice_says_in_words_that_waiting_reaches_into_the_next_benefit_year(run: Run) -> None:
    # Shanghai's year begins on 1 July, and its plan of 2023 ends with the year before.
    changed = {"encounter__settled_on": "2024-06-20", "insured__contribution_base_fen": 800_000, **SHANGHAI}
    Path("visit.json").write_text(json.dumps(document("outpatient-visit-2023", **changed)), "utf-8")
    text = run("account", "options", "visit.json", "--lang", "zh", as_json=False)[1]
    assert "▸ 2024-07-01  等下次入账后再付\n    余额：1,160.00 元、基金支付：518.00 元" in text
    assert "    跨待遇年度：届时才结算的，起付线和限额重新累计\n      届时没有适用的待遇方案" in text
