"""An account is credited once a month, never pays more than it holds, and gives back once what it paid."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.accounts.small_accounts import balance, book, credit, passing_ledger, pay, reason, reverse
from yibao.accounts.booking import account_in, accounts_in
from yibao.accounts.statement import statement_of
from yibao.basics.problems import ProblemsFound
from yibao.journal import Appended, SequenceTaken
from yibao.journal.ledger import Ledger
from yibao.journal.sqlite import Journal


def test_a_credit_a_payment_and_a_reversal_add_up() -> None:
    with passing_ledger() as ledger:
        for command in (credit("2024-03", 16_000), pay("D1", 9_000), reverse("D1"), pay("D1", 9_000)):
            assert reason(book(ledger, command)) is None
        entries = account_in(ledger, "A1").entries
    assert [(entry.kind.value, entry.amount_fen, entry.balance_after_fen, entry.reverses) for entry in entries] == [
        ("credit", 16_000, 16_000, None),
        ("payment", -9_000, 7_000, None),
        ("reversal", 9_000, 16_000, 2),
        ("payment", -9_000, 7_000, None),
    ]
    assert entries[0].rule == "national/a-credit"
    assert entries[0].month == "2024-03"


def test_a_payment_may_empty_the_account_and_not_take_a_fen_more() -> None:
    with passing_ledger() as ledger:
        book(ledger, credit("2024-03", 16_000))
        answer = book(ledger, pay("D1", 16_001))
        assert answer.refusal is not None
        assert answer.refusal.document() == {
            "refused": "account_overdrawn",
            "account": "A1",
            "balance_fen": 16_000,
            "amount_fen": 16_001,
            "stands_against": None,
        }
        assert reason(book(ledger, pay("D1", 16_000))) is None
        assert balance(ledger) == 0
        assert reason(book(ledger, pay("D2", 1))) == "account_overdrawn"


def test_nothing_is_paid_from_an_account_that_nobody_credited() -> None:
    with passing_ledger() as ledger:
        assert reason(book(ledger, pay("D1", 1))) == "account_overdrawn"
        assert accounts_in(ledger) == ()


def test_a_month_is_credited_once() -> None:
    with passing_ledger() as ledger:
        book(ledger, credit("2024-03", 16_000))
        again = book(ledger, credit("2024-03", 17_000, claim="sha256:other"))
        assert reason(again) == "month_credited"
        assert again.refusal is not None
        assert again.refusal.stands_against == 1
        assert reason(book(ledger, credit("2024-04", 16_000))) is None
        assert balance(ledger) == 32_000


def test_a_credit_of_nothing_leaves_the_month_open() -> None:
    with passing_ledger() as ledger:
        assert reason(book(ledger, credit("2024-03", 0))) == "nothing_to_credit"
        assert reason(book(ledger, credit("2024-03", 16_000))) is None


def test_one_settlement_is_paid_once_by_whichever_account() -> None:
    with passing_ledger() as ledger:
        for account in ("A1", "A2"):
            book(ledger, credit("2024-03", 16_000, account=account))
        book(ledger, pay("D1", 9_000))
        assert reason(book(ledger, pay("D1", 9_000))) == "already_paid"
        assert reason(book(ledger, pay("D1", 9_000, account="A2"))) == "already_paid"
        assert reason(book(ledger, reverse("D1", account="A2"))) == "no_such_payment"
        book(ledger, reverse("D1"))
        assert reason(book(ledger, pay("D1", 9_000, account="A2"))) is None
        assert (balance(ledger), balance(ledger, "A2")) == (16_000, 7_000)


def test_a_payment_is_given_back_once() -> None:
    with passing_ledger() as ledger:
        book(ledger, credit("2024-03", 16_000))
        assert reason(book(ledger, reverse("D1"))) == "no_such_payment"
        book(ledger, pay("D1", 9_000))
        assert reason(book(ledger, reverse("D1"))) is None
        assert reason(book(ledger, reverse("D1"))) == "no_such_payment"
        assert balance(ledger) == 16_000


def test_a_settlement_that_takes_nothing_is_not_recorded() -> None:
    with passing_ledger() as ledger:
        book(ledger, credit("2024-03", 16_000))
        assert reason(book(ledger, pay("D1", 0))) == "nothing_to_pay"
        assert len(account_in(ledger, "A1").entries) == 1


def test_a_repetition_under_its_key_is_answered_as_the_first_time() -> None:
    with passing_ledger() as ledger:
        first = book(ledger, credit("2024-03", 16_000, key="k1"))
        book(ledger, pay("D1", 16_000, key="k2"))
        again = book(ledger, credit("2024-03", 99_999, key="k1"))
        assert (again.entry, again.new) == (first.entry, False)
        assert book(ledger, pay("D1", 16_000, key="k2")).new is False
        assert reason(book(ledger, pay("D2", 1, key="k1"))) == "key_reused"
        assert len(account_in(ledger, "A1").entries) == 2


def test_a_statement_shows_what_was_recorded_between_two_balances() -> None:
    with passing_ledger() as ledger:
        for command in (credit("2024-03", 16_000), pay("D1", 9_000), reverse("D1"), credit("2024-04", 16_000)):
            book(ledger, command)
        account = account_in(ledger, "A1")
    whole = statement_of(account, None, None)
    assert (whole["opening_balance_fen"], whole["closing_balance_fen"], whole["balance_fen"]) == (0, 32_000, 32_000)
    days = [entry.at for entry in account.entries]
    assert days == ["2024-03-05", "2024-03-20", "2024-04-01", "2024-04-05"]
    part = statement_of(account, pay("D1", 1).settled_on, reverse("D1").reversed_on.replace(month=4, day=1))
    assert [entry["kind"] for entry in part["entries"]] == ["payment", "reversal"]
    assert (part["opening_balance_fen"], part["closing_balance_fen"], part["balance_fen"]) == (16_000, 16_000, 32_000)


def changed(path: Path, sequence: int, fields: dict[str, Any]) -> None:
    """What somebody with the file in hands could do to an entry, who also works its digest out again."""
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER event_is_never_changed")
    where = ("account/A1", sequence)
    (body,) = connection.execute("SELECT body FROM event WHERE case_id = ? AND sequence = ?", where).fetchone()
    document = json.dumps({**json.loads(body), **fields})
    digest = hashlib.sha256(document.encode()).digest()
    connection.execute(
        "UPDATE event SET body = ?, digest = ? WHERE case_id = ? AND sequence = ?", (document, digest, *where)
    )
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("sequence", "fields", "says"),
    [
        (2, {"amount_fen": -1}, "does not sum to its balance"),
        (2, {"amount_fen": -20_000, "balance_after_fen": -4_000}, "takes the balance below zero"),
        (1, {"amount_fen": 20_000, "balance_after_fen": 20_000}, "does not follow the one before it"),
        (1, {"at": "2024-03-06"}, "does not follow the one before it"),
        (2, {"previous": None}, "does not follow the one before it"),
        (2, {"sequence": 3}, "has the number of another"),
        (2, {"account": "A2"}, "has the number of another"),
        (2, {"kind": "credit"}, "is no credit"),
        (2, {"kind": "reversal", "reverses": 1}, "is no reversal"),
        (2, {"amount_fen": "9000"}, "can't be read"),
        (2, {"at": "yesterday"}, "can't be read"),
    ],
)
def test_an_entry_that_was_changed_is_found(tmp_path: Path, sequence: int, fields: dict[str, Any], says: str) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger.open(path, create=True) as ledger:
        book(ledger, credit("2024-03", 16_000))
        book(ledger, pay("D1", 9_000))
    changed(path, sequence, fields)
    with Ledger.open(path, create=False) as ledger, pytest.raises(ProblemsFound) as found:
        book(ledger, pay("D2", 1))
    code = "journal-damaged" if says.endswith("the one before it") else "ledger-damaged"
    assert {problem.code for problem in found.value.problems} == {code}
    assert says in str(found.value)


def test_a_journal_is_no_ledger_and_a_ledger_no_journal(tmp_path: Path) -> None:
    for made, other in ((Ledger, Journal), (Journal, Ledger)):
        path = tmp_path / made.__name__
        made.open(path, create=True).close()
        with pytest.raises(ProblemsFound) as found:
            other.open(path, create=False)
        assert [problem.code for problem in found.value.problems] == ["journal-damaged"]


def test_entries_of_several_lists_are_kept_together_or_not_at_all() -> None:
    with passing_ledger() as ledger:
        ledger.append("decision/D1", 0, [{"n": 1}])
        with pytest.raises(SequenceTaken):
            ledger.append_together([Appended("account/A1", 0, [{"n": 1}]), Appended("decision/D1", 0, [{"n": 2}])])
        assert ledger.events("account/A1") == ()


def _pays(path: str, decision: str, barrier: Any, answers: Any) -> None:
    """One process: pay, at the same time as the other."""
    with Ledger.open(Path(path), create=False) as ledger:
        barrier.wait(30)
        answers.put(reason(book(ledger, pay(decision, 9_000))))


@pytest.mark.parametrize(
    ("decisions", "refused"), [(("D1", "D2"), "account_overdrawn"), (("D1", "D1"), "already_paid")]
)
def test_of_two_processes_that_pay_from_one_balance_one_is_refused(
    tmp_path: Path, decisions: tuple[str, str], refused: str
) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger.open(path, create=True) as ledger:
        book(ledger, credit("2024-03", 16_000))
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(2), context.Queue()
    writers = [context.Process(target=_pays, args=(str(path), each, barrier, answers)) for each in decisions]
    for writer in writers:
        writer.start()
    given = {answers.get(timeout=60) for _writer in writers}
    for writer in writers:
        writer.join(30)
    assert given == {None, refused}
    with Ledger.open(path, create=False) as ledger:
        assert balance(ledger) == 7_000


class AlwaysLate:
    """A ledger where somebody else is always faster."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.events, self.cases = ledger.events, ledger.cases

    def append_together(self, parts: Any) -> None:
        raise SequenceTaken("late")


def test_it_gives_up_when_others_write_all_the_time() -> None:
    with passing_ledger() as ledger:
        assert reason(book(AlwaysLate(ledger), credit("2024-03", 16_000))) == "account_busy"
