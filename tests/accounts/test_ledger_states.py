"""Whatever an account is asked to do, in whatever order: it never falls below zero, and its entries are its balance."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.accounts.small_accounts import book, credit, pay, reason, reverse
from yibao.accounts.booking import account_in
from yibao.accounts.commands import AccountCommand
from yibao.accounts.handling import AccountAnswer
from yibao.journal.memory import MemoryStore

ACCOUNTS = st.sampled_from(["A1", "A2"])
DECISIONS = st.sampled_from(["D1", "D2", "D3"])
MONTHS = st.sampled_from(["2024-01", "2024-02", "2024-03"])
KEYS = st.none() | st.sampled_from(["k1", "k2"])
# Few amounts, so that balances are met to the fen.
FEN = st.integers(0, 6)


class Accounts(RuleBasedStateMachine):
    """Two accounts beside a naive account book in dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = MemoryStore()
        self.balances = {"A1": 0, "A2": 0}
        self.credited: set[tuple[str, str]] = set()
        self.paid: dict[str, tuple[str, int]] = {}
        self.keyed: dict[tuple[str, str], tuple[object, AccountAnswer]] = {}

    def ask(self, command: AccountCommand, asked: object) -> str | None:
        """Why it was refused, None if it was done now, `again` if it had been done under the key before."""
        answer = book(self.ledger, command)
        key = command.recording.key
        before = None if key is None else self.keyed.get((command.account, key))
        if before is not None:
            same = before[0] == asked
            assert reason(answer) == (None if same else "key_reused")
            assert not same or answer.entry == before[1].entry
            return "again"
        if key is not None and answer.entry is not None:
            self.keyed[command.account, key] = (asked, answer)
        return reason(answer)

    @rule(account=ACCOUNTS, month=MONTHS, fen=FEN, key=KEYS)
    def credits(self, account: str, month: str, fen: int, key: str | None) -> None:
        refused = self.ask(credit(month, fen, key, account), ("credit", month))
        if refused == "again":
            return
        due = "month_credited" if (account, month) in self.credited else None if fen else "nothing_to_credit"
        assert refused == due
        if refused is None:
            self.credited.add((account, month))
            self.balances[account] += fen

    @rule(account=ACCOUNTS, decision=DECISIONS, fen=FEN, key=KEYS)
    def pays(self, account: str, decision: str, fen: int, key: str | None) -> None:
        refused = self.ask(pay(decision, fen, key, account), ("pay", decision))
        if refused == "again":
            return
        if decision in self.paid:
            assert refused == "already_paid"
        elif fen == 0:
            assert refused == "nothing_to_pay"
        elif fen > self.balances[account]:
            assert refused == "account_overdrawn"
        else:
            assert refused is None
            self.paid[decision] = (account, fen)
            self.balances[account] -= fen

    @rule(account=ACCOUNTS, decision=DECISIONS, key=KEYS)
    def reverses(self, account: str, decision: str, key: str | None) -> None:
        refused = self.ask(reverse(decision, key, account), ("reverse", decision))
        if refused == "again":
            return
        if self.paid.get(decision, ("", 0))[0] == account:
            assert refused is None
            self.balances[account] += self.paid.pop(decision)[1]
        else:
            assert refused == "no_such_payment"

    @invariant()
    def entries_are_the_balance(self) -> None:
        for name, held in self.balances.items():
            account = account_in(self.ledger, name)
            assert account.balance_fen == held == sum(entry.amount_fen for entry in account.entries)
            assert all(entry.balance_after_fen >= 0 for entry in account.entries)


Accounts.TestCase.settings = settings(max_examples=100, stateful_step_count=30)
TestAccounts = Accounts.TestCase
