"""Ledgers and commands made in a test: what an account is asked to do, and how it answers."""

from __future__ import annotations

import datetime
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from yibao.accounts.booking import account_in, book
from yibao.accounts.commands import CreditMonth, PayDecision, Recording, ReversePayment
from yibao.accounts.handling import AccountAnswer
from yibao.journal.ledger import Ledger
from yibao.journal.memory import MemoryStore

DAY = datetime.date(2024, 3, 20)


def passing_ledger() -> AbstractContextManager[MemoryStore]:
    """A ledger that lasts as long as the test."""
    return nullcontext(MemoryStore())


def credit(month: str, fen: int, key: str | None = None, account: str = "A1", claim: str = "sha256:1") -> CreditMonth:
    """Credit an account for a month with an amount that the policy has worked out."""
    worked_out: dict[str, Any] = {"credit": "a-credit", "layer": "national", "amount_fen": fen}
    return CreditMonth(
        account=account,
        month=datetime.date.fromisoformat(f"{month}-01"),
        claim_digest=claim,
        policy_digest="sha256:2",
        credit=worked_out,
        recording=Recording(at=f"{month}-05", key=key),
    )


def pay(decision: str, fen: int, key: str | None = None, account: str = "A1") -> PayDecision:
    """Pay an amount for a decision."""
    return PayDecision(
        account=account,
        decision_id=decision,
        amount_fen=fen,
        settled_on=DAY,
        policy_digest="sha256:2",
        recording=Recording(at="2024-03-20", key=key),
    )


def reverse(decision: str, key: str | None = None, account: str = "A1") -> ReversePayment:
    """Give back what was paid for a decision."""
    recording = Recording(at="2024-04-01", key=key)
    return ReversePayment(account=account, decision_id=decision, reversed_on=DAY, recording=recording)


def reason(answer: AccountAnswer) -> str | None:
    """Why it was refused; None for what was done."""
    return None if answer.refusal is None else answer.refusal.reason.value


def balance(ledger: Ledger | MemoryStore, account: str = "A1") -> int:
    return account_in(ledger, account).balance_fen


__all__ = ["balance", "book", "credit", "passing_ledger", "pay", "reason", "reverse"]
