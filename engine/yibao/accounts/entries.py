"""Entries as documents and back, and the account that they add up to, checked entry by entry."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import asdict, frozen

from yibao.basics.digest import digest_of_document
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.model.accounts import Entry, EntryKind
from yibao.model.case import Document
from yibao.readers.accounts.entries_from_json import entry_from_document


@frozen(kw_only=True)
class Account:
    """All entries of one account, oldest first; none for an account that nothing was credited to."""

    name: str
    entries: tuple[Entry, ...]
    last_digest: str | None

    @property
    def balance_fen(self) -> int:
        """What the account holds: what its entries add up to."""
        return self.entries[-1].balance_after_fen if self.entries else 0

    def keyed(self, key: str | None) -> Entry | None:
        """The entry that answered the command with this idempotency key."""
        return next((entry for entry in self.entries if key is not None and entry.key == key), None)

    def credited(self, month: str) -> Entry | None:
        """The credit of a month."""
        found = (entry for entry in self.entries if entry.kind is EntryKind.CREDIT and entry.month == month)
        return next(found, None)

    def live_payment(self, decision_id: str) -> Entry | None:
        """The payment of a decision that no reversal has given back."""
        reversed_ones = {entry.reverses for entry in self.entries}
        found = (
            entry
            for entry in self.entries
            if entry.kind is EntryKind.PAYMENT and entry.reference == decision_id
            if entry.sequence not in reversed_ones
        )
        return next(found, None)


def entry_document(entry: Entry) -> Document:
    """The entry as a ledger keeps it; the digest of this document is what the next entry names as `previous`."""
    return {**asdict(entry), "kind": entry.kind.value}


def account_of(name: str, documents: Sequence[Document]) -> Account:
    """The account that a ledger kept.

    Raises ProblemsFound (`ledger-damaged`) with every entry that is none of ours, or that does not follow from those
    before it: that takes more than there is, does not sum to its balance, or was changed.
    """
    entries: list[Entry] = []
    wrong: list[str] = []
    previous: str | None = None
    for document in documents:
        entry = entry_from_document(document)
        wrong += [f"the entry {len(entries) + 1} of {name} {said}" for said in _wrong(name, entries, entry, previous)]
        entries.append(entry)
        previous = digest_of_document(document)
    if wrong:
        raise ProblemsFound([problem_of("ledger-damaged", said, Place(path="ledger")) for said in wrong])
    return Account(name=name, entries=tuple(entries), last_digest=previous)


def _wrong(name: str, before: list[Entry], entry: Entry, previous: str | None) -> list[str]:
    """What is wrong with an entry beside those before it."""
    balance = before[-1].balance_after_fen if before else 0
    return [
        *(["has the number of another"] if entry.sequence != len(before) + 1 or entry.account != name else []),
        *(["does not follow the entry before it as that was written"] if entry.previous != previous else []),
        *(["does not sum to its balance"] if entry.balance_after_fen != balance + entry.amount_fen else []),
        *(["takes the balance below zero"] if entry.balance_after_fen < 0 else []),
        *([] if _fits(before, entry) else [f"is no {entry.kind.value}"]),
    ]


def _fits(before: list[Entry], entry: Entry) -> bool:
    """Whether the entry does what its kind does."""
    match entry.kind:
        case EntryKind.CREDIT:
            months = {other.month for other in before if other.kind is EntryKind.CREDIT}
            return entry.amount_fen > 0 and entry.month is not None and entry.month not in months
        case EntryKind.PAYMENT:
            return entry.amount_fen < 0
        case EntryKind.REVERSAL:
            paid = [other for other in before if other.sequence == entry.reverses and other.kind is EntryKind.PAYMENT]
            given_back = any(other.reverses == entry.reverses for other in before)
            return [-other.amount_fen for other in paid] == [entry.amount_fen] and not given_back
