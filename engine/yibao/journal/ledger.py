"""Ledgers: the entries of individual accounts in a SQLite file, kept as a journal keeps the events of cases.

A ledger is a kind of file of its own, so that neither can be taken for the other. Its cases are accounts.
"""

from __future__ import annotations

from typing import ClassVar

from yibao.journal.sqlite import Journal


class Ledger(Journal):
    """The entries of all accounts in one file. Use it as a context manager."""

    application_id: ClassVar[int] = 0x7962616C
