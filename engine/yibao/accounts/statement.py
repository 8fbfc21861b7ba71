"""A statement: the entries of an account in a period, with what it held before and after."""

from __future__ import annotations

import datetime

from yibao.accounts.entries import Account, entry_document
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.model.case import Document


def statement_of(account: Account, start: datetime.date | None, end: datetime.date | None) -> Document:
    """The entries recorded from `start` to `end`, both included, in the order of the ledger.

    The opening balance is what all entries recorded before `start` add up to, the closing balance that with the entries
    shown. Days are those of the times as they were given. Raises ProblemsFound (`dates-out-of-order`) for an end before
    the start.
    """
    if start is not None and end is not None and end < start:
        message = f"the statement ends on {end}, before it begins on {start}"
        raise ProblemsFound([problem_of("dates-out-of-order", message, Place(path="--to"))])
    first, last = start or datetime.date.min, end or datetime.date.max
    dated = [(datetime.date.fromisoformat(entry.at[:10]), entry) for entry in account.entries]
    opening = sum(entry.amount_fen for day, entry in dated if day < first)
    shown = [entry for day, entry in dated if first <= day <= last]
    return {
        "account": account.name,
        "from": None if start is None else start.isoformat(),
        "to": None if end is None else end.isoformat(),
        "opening_balance_fen": opening,
        "entries": [entry_document(entry) for entry in shown],
        "closing_balance_fen": opening + sum(entry.amount_fen for entry in shown),
        "balance_fen": account.balance_fen,
    }
