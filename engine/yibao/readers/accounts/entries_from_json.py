"""Entries of an account as a ledger kept them, back to the model. Whether they add up is for `yibao.accounts`."""

from __future__ import annotations

import datetime

import msgspec

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.model.accounts import Entry
from yibao.model.case import Document


def entry_from_document(document: Document) -> Entry:
    """The entry that a ledger kept. Raises ProblemsFound when the document is none of ours."""
    try:
        entry = msgspec.convert(document, Entry)
        datetime.date.fromisoformat(entry.occurred_on)
        datetime.date.fromisoformat(entry.at[:10])
    except (msgspec.ValidationError, ValueError) as error:
        place = Place(path="ledger")
        raise ProblemsFound([problem_of("ledger-damaged", f"an entry can't be read: {error}", place)]) from None
    return entry
