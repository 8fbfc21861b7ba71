"""The four calls of an embedder, each with what it is told when things are right and when they are not."""

from __future__ import annotations

import datetime
import gc
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

import yibao
from tests.embedding.stays import AT, INPATIENT, OPENING, stay, walk
from tests.support.bundled import document, policy
from yibao import Casebook, InForce, ProblemsFound
from yibao.cases import histories
from yibao.cases.histories import Told
from yibao.journal import sqlite
from yibao.model.scenarios import Move

NEVER_OPENED = "C9"


def problems_of(call: Callable[[], object]) -> list[tuple[str, str]]:
    """The code and place of every problem that a call raises."""
    with pytest.raises(ProblemsFound) as raised:
        call()
    return [(problem.code, str(problem.place)) for problem in raised.value.problems]


def test_a_case_is_opened_moved_asked_and_shown(book: Casebook) -> None:
    opened = book.open(INPATIENT, "C1", OPENING, at="2022-03-01", actor="clerk")
    assert (opened.refused, opened.document["state"], opened.document["version"]) == (False, "opened", 1)
    moved = book.do("C1", "issue_referral", stay()["issue_referral"], at="2022-03-02", actor="Dr Wu")
    assert (moved.refused, moved.document["state"], moved.document["version"]) == (False, "referred", 2)
    following = book.next("C1", at="2022-03-02")
    assert following is not None
    assert [step.event for step in following.steps] == ["affix_seals"]
    assert following.steps[0].needs == ("hospital_seal", "social_security_window_seal")
    assert (following.waits_for, following.document()["version"]) == ("referring_hospital", 2)
    case = book.show("C1")
    assert case is not None
    assert (case.state, case.version, case.opened_by) == ("referred", 2, "clerk")
    assert [(step.event, step.at, step.actor) for step in case.taken] == [("issue_referral", "2022-03-02", "Dr Wu")]
    assert book.cases() == ("C1",)


def test_a_whole_stay_ends_with_the_decision_of_its_claim(book: Casebook) -> None:
    walk(book, "C1", until="issue_invoice")
    settled = book.do("C1", "settle", stay()["settle"], at=AT)
    assert settled.document["state"] == "settled"
    assert settled.document["decision"]["outcome"] == "covered"
    case = book.show("C1")
    assert case is not None
    assert case.decision == settled.document["decision"]


def test_what_the_procedure_forbids_is_an_answer(book: Casebook) -> None:
    book.open(INPATIENT, "C1", at=AT)
    skipped = book.do("C1", "settle", stay()["settle"], at=AT)
    assert (skipped.refused, skipped.document["refused"]) == (True, "skipped_step")
    assert skipped.document["missing_steps"] == ["referral", "seal", "registration", "treatment", "invoice"]
    assert [step["event"] for step in skipped.document["possible_now"]] == ["issue_referral"]
    assert book.open(INPATIENT, "C1", at=AT).document["refused"] == "case_exists"
    assert book.do("C1", "fly", at=AT).document["refused"] == "unknown_event"
    assert book.do(NEVER_OPENED, "settle", at=AT).document["refused"] == "unknown_case"


def test_a_case_that_was_never_opened_is_none(book: Casebook) -> None:
    assert book.show(NEVER_OPENED) is None
    assert book.next(NEVER_OPENED, at=AT) is None
    assert book.tick(at=AT, case_id=NEVER_OPENED) == ()


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"chart": "out-of-provinz"}, ("unknown-chart", "chart")),
        ({"chart": 7}, ("bad-name", "chart")),
        ({"case_id": " C1"}, ("bad-case-name", "case_id")),
        ({"case_id": ""}, ("bad-case-name", "case_id")),
        ({"case_id": None}, ("bad-case-name", "case_id")),
        ({"case_id": "C\n1"}, ("bad-case-name", "case_id")),
        ({"at": "2022-02-30"}, ("bad-time", "at")),
        ({"at": "yesterday"}, ("bad-time", "at")),
        ({"at": datetime.date(2022, 3, 1)}, ("bad-time", "at")),
        ({"actor": ""}, ("bad-name", "actor")),
        ({"key": "k" * 101}, ("bad-name", "key")),
        ({"key": b"k"}, ("bad-name", "key")),
        ({"expect_version": "1"}, ("bad-version", "expect_version")),
        ({"expect_version": True}, ("bad-version", "expect_version")),
        ({"expect_version": -1}, ("bad-version", "expect_version")),
        ({"data": b"{"}, ("json-syntax", "data:1:2")),
        ({"data": "{}"}, ("wrong-type", "data#")),
        ({"data": [1]}, ("wrong-type", "data#")),
        ({"data": {1: 2}}, ("wrong-type", "data#")),
        ({"data": {"insurd": {}}}, ("unknown-field", "data#/insurd")),
        ({"data": {"insured": {"born_on": 1.5}}}, ("wrong-type", "data#/insured/born_on")),
        ({"data": {"change": {"reason": "a slip"}}}, ("unknown-field", "data#/change")),
        ({"data": {"change": {1: "a slip", "reason": "a slip"}}}, ("unknown-field", "data#/change/1")),
    ],
)
def test_what_is_wrong_with_a_call_is_told_with_its_place(
    book: Casebook, given: dict[str, Any], problem: tuple[str, str]
) -> None:
    called: dict[str, Any] = {"chart": INPATIENT, "case_id": "C1", "at": AT, **given}
    assert problems_of(lambda: book.open(**called)) == [problem]
    assert book.cases() == ()


def test_all_that_is_wrong_with_a_call_is_told_at_once(book: Casebook) -> None:
    wrong: dict[str, Any] = {"actor": " ", "key": "", "expect_version": 1.0, "data": {"insurd": 1}}
    assert problems_of(lambda: book.do("C1 ", "", at="now", **wrong)) == [
        ("bad-name", "actor"),
        ("bad-time", "at"),
        ("bad-case-name", "case_id"),
        ("unknown-field", "data#/insurd"),
        ("bad-name", "event"),
        ("bad-version", "expect_version"),
        ("bad-name", "key"),
    ]
    assert problems_of(lambda: book.next("C1", at="soon")) == [("bad-time", "at")]
    assert problems_of(lambda: book.show("")) == [("bad-case-name", "case_id")]
    assert problems_of(lambda: book.tick(at="soon", case_id="")) == [("bad-time", "at"), ("bad-case-name", "case_id")]


def test_data_may_be_bytes_or_a_document(book: Casebook) -> None:
    book.open(INPATIENT, "C1", b'{"insured": {"scheme": "employee"}}', at=AT)
    book.open(INPATIENT, "C2", {"insured": {"scheme": "employee"}}, at=AT)
    one, other = book.show("C1"), book.show("C2")
    assert one is not None
    assert other is not None
    assert one.claim == other.claim


def test_a_command_repeated_with_its_key_is_answered_as_the_first_time(name: str, law: InForce) -> None:
    data = stay()["issue_referral"]
    with Casebook.at(name, law) as book:
        opened = book.open(INPATIENT, "C1", OPENING, at=AT, key="open-1")
        first = book.do("C1", "issue_referral", data, at=AT, key="k-1")
        refused = book.do("C1", "settle", at=AT, key="k-2")
        assert book.do("C1", "affix_seals", stay()["affix_seals"], at=AT).document["version"] == 3
    # Later, by another process.
    with Casebook.at(name, law) as book:
        assert book.open(INPATIENT, "C1", OPENING, at="2022-05-01", key="open-1").document == opened.document
        assert book.do("C1", "issue_referral", data, at="2022-05-01", key="k-1").document == first.document
        assert book.do("C1", "settle", at="2022-05-01", key="k-2").document == refused.document
        other = book.do("C1", "issue_referral", at=AT, key="k-1")
        assert (other.refused, other.document["refused"]) == (True, "key_reused")
        case = book.show("C1")
    assert case is not None
    assert (case.state, case.version) == ("sealed", 3)


def test_a_command_is_refused_if_the_case_is_not_at_the_version_that_it_expects(book: Casebook) -> None:
    assert book.open(INPATIENT, "C1", OPENING, at=AT, expect_version=1).document["refused"] == "version_conflict"
    assert not book.open(INPATIENT, "C1", OPENING, at=AT, expect_version=0).refused
    late = book.do("C1", "issue_referral", stay()["issue_referral"], at=AT, expect_version=0)
    assert (late.refused, late.document["refused"]) == (True, "version_conflict")
    assert not book.do("C1", "issue_referral", stay()["issue_referral"], at=AT, expect_version=1).refused


def test_what_is_handed_out_is_the_callers_own(book: Casebook) -> None:
    walk(book, "C1", until="issue_invoice")
    first = book.do("C1", "settle", stay()["settle"], at=AT, key="k")
    outcome, state = first.document["decision"]["outcome"], first.document["state"]
    repeated = book.do("C1", "settle", stay()["settle"], at=AT, key="k")
    for mine in (first, repeated):
        decision = cast("dict[str, Any]", mine.document["decision"])
        decision["outcome"] = decision["lines"][0]["outcome"] = "mine"
    shown = book.show("C1")
    assert shown is not None
    cast("dict[str, Any]", shown.claim)["lines"][0]["amount_fen"] = 1
    cast("dict[str, Any]", shown.decision)["outcome"] = "mine"
    again = book.do("C1", "settle", stay()["settle"], at=AT, key="k").document
    assert (again["decision"]["outcome"], again["decision"]["lines"][0]["outcome"]) == (outcome, outcome)
    assert again["state"] == state
    kept = book.show("C1")
    assert kept is not None
    assert kept.claim["lines"][0]["amount_fen"] == 40_000
    assert kept.decision is not None
    assert kept.decision["outcome"] == outcome


def test_a_claim_is_decided_beside_the_cases(book: Casebook) -> None:
    claim = document()
    assert book.decide(claim) == yibao.decide(claim, policy())
    assert problems_of(lambda: book.decide({**claim, "insurd": {}})) == [("unknown-field", "claim#/insurd")]
    assert book.cases() == ()


def until_paid(book: Casebook, law: InForce, case_id: str) -> None:
    """A stay in another province, paid in full on 15 March 2024 and not yet claimed; a month is given for that."""
    good = law.scenarios()["resident-other-province-inpatient"][0]
    book.open(good.chart, case_id, good.opening, at="2024-03-15")
    for move in good.moves:
        assert isinstance(move, Move)
        if move.event == "apply":
            return
        assert not book.do(case_id, move.event, move.data, at="2024-03-15").refused


def test_what_is_due_is_noted_once_in_every_case_or_in_one(book: Casebook, law: InForce) -> None:
    for case_id in ("C1", "C2", "C3"):
        until_paid(book, law, case_id)
    following = book.next("C1", at="2024-03-20")
    assert following is not None
    assert [(step.event, step.until) for step in following.steps] == [("apply", "2024-04-15")]
    assert book.tick(at="2024-04-15") == ()
    (noted,) = book.tick(at="2024-04-16", actor="night", case_id="C2")
    assert (noted["case"], noted["state"], noted["last_day"]) == ("C2", "lapsed", "2024-04-15")
    assert [each["case"] for each in book.tick(at="2024-04-16")] == ["C1", "C3"]
    assert book.tick(at="2024-04-17") == ()


def test_two_books_on_one_journal_see_what_the_other_does_at_once(name: str, law: InForce) -> None:
    with Casebook.at(name, law) as ours, Casebook.at(name, law) as theirs:
        ours.open(INPATIENT, "C1", OPENING, at=AT)
        for version, (event, data) in enumerate(stay().items(), start=1):
            whose = theirs if version % 2 else ours
            assert not whose.do("C1", event, data, at=AT, expect_version=version).refused
            assert ours.show("C1") == theirs.show("C1")
        assert ours.cases() == theirs.cases() == ("C1",)


def test_a_journal_that_another_program_holds_is_reported_and_read_all_the_same(
    tmp_path: Path, law: InForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0)
    path = tmp_path / "cases.sqlite"
    with Casebook.at(str(path), law) as book:
        book.open(INPATIENT, "C1", OPENING, at=AT)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        move = partial(book.do, "C1", "issue_referral", stay()["issue_referral"], at=AT, key="k")
        assert problems_of(move) == [("journal-busy", str(path))]
        case = book.show("C1")
        assert case is not None
        assert case.version == 1
        other.execute("ROLLBACK")
        other.close()
        assert move().document["version"] == 2


def test_a_closed_book_says_so(tmp_path: Path, law: InForce) -> None:
    path = str(tmp_path / "cases.sqlite")
    with Casebook.at(path, law) as book:
        book.open(INPATIENT, "C1", OPENING, at=AT)
    book.close()
    calls: list[Callable[[], object]] = [
        lambda: book.open(INPATIENT, "C2", at=AT),
        lambda: book.do("C1", "settle", at=AT),
        lambda: book.next("C1", at=AT),
        lambda: book.show("C1"),
        lambda: book.tick(at=AT),
        book.cases,
    ]
    assert [problems_of(call) for call in calls] == [[("journal-closed", path)]] * len(calls)


def test_a_book_keeps_a_bounded_number_of_cases_in_memory(book: Casebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "MOST_KEPT", 5)
    gc.collect()
    before = sum(isinstance(each, Told) for each in gc.get_objects())
    for number in range(20):
        book.open(INPATIENT, f"C{number}", OPENING, at=AT)
        book.show(f"C{number}")
        book.show(f"nobody-{number}")
    gc.collect()
    assert 0 < sum(isinstance(each, Told) for each in gc.get_objects()) - before <= 5
    first = book.show("C0")
    assert first is not None
    assert first.version == 1
