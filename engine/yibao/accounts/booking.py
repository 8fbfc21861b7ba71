"""Booking a command in a ledger: read the account, answer, record, and begin again when another writer was faster.

A ledger keeps two kinds of lists: the entries of an account, and for each decision when it was paid and given back. A
payment is added to both or to neither, so that one settlement is never paid by two accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from yibao.accounts.commands import AccountCommand, CreditMonth
from yibao.accounts.entries import Account, account_of, entry_document
from yibao.accounts.handling import AccountAnswer, handle, refusal
from yibao.journal import Appended, SequenceTaken
from yibao.model.accounts import AccountRefusalReason, Entry
from yibao.model.case import Document

MOST_ATTEMPTS = 50
_ACCOUNT, _DECISION = "account/", "decision/"


class LedgerStore(Protocol):
    """What a ledger offers. `append_together` keeps all or none, and raises SequenceTaken when a list has grown."""

    def events(self, case_id: str) -> Sequence[Document]: ...

    def cases(self) -> Sequence[str]: ...

    def append_together(self, parts: Sequence[Appended]) -> object: ...


def book(ledger: LedgerStore, command: AccountCommand) -> AccountAnswer:
    """The answer to a command, after its entry has been recorded.

    When others write to the same account all the time, it gives up after a bounded number of attempts with a refusal.
    Raises ProblemsFound when the ledger can't be read or its entries do not add up, and for a reversal before its
    payment.
    """
    account = account_in(ledger, command.account)
    for _attempt in range(MOST_ATTEMPTS):
        account = account_in(ledger, command.account)
        settled = () if isinstance(command, CreditMonth) else ledger.events(_DECISION + command.decision_id)
        # Paid and given back take turns.
        paid = len(settled) % 2 == 1
        answer = handle(account, command, paid)
        if answer.entry is None or not answer.new:
            return answer
        try:
            ledger.append_together(_parts(account, command, answer.entry, len(settled)))
        except SequenceTaken:
            continue
        return answer
    return refusal(account, AccountRefusalReason.ACCOUNT_BUSY)


def account_in(ledger: LedgerStore, name: str) -> Account:
    """The account as its entries in the ledger make it; without entries where nothing was credited to it.

    Raises ProblemsFound (`ledger-damaged`) when they do not add up.
    """
    return account_of(name, ledger.events(_ACCOUNT + name))


def accounts_in(ledger: LedgerStore) -> tuple[str, ...]:
    """The names of the accounts of a ledger, sorted."""
    return tuple(name.removeprefix(_ACCOUNT) for name in ledger.cases() if name.startswith(_ACCOUNT))


def _parts(account: Account, command: AccountCommand, entry: Entry, settled: int) -> list[Appended]:
    parts = [Appended(_ACCOUNT + account.name, len(account.entries), [entry_document(entry)])]
    if not isinstance(command, CreditMonth):
        turn = {"account": account.name, "entry": entry.sequence, "kind": entry.kind.value}
        parts.append(Appended(_DECISION + command.decision_id, settled, [turn]))
    return parts
