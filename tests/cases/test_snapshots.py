"""Snapshots of long cases: events are read once, and no answer depends on a snapshot being there, whole or right."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.procedure.world import law, opening, sending
from yibao.basics.digest import canonical_json
from yibao.cases.carrying_out import carry_out, case_in
from yibao.cases.histories import Histories
from yibao.cases.snapshots import EVERY
from yibao.journal.sqlite import Journal
from yibao.model.case import Document

ATTEMPTS = 2 * EVERY + 20


class Counting(Journal):
    """A journal that counts the events that are read from it."""

    read = 0

    def events_after(self, case_id: str, sequence: int) -> Sequence[Document]:
        found = super().events_after(case_id, sequence)
        self.read += len(found)
        return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A case with many refused attempts, the fourth of them under a key."""
    path = tmp_path / "journal.sqlite"
    with closing(Journal.open(path, create=True)) as journal:
        histories, own = Histories(journal), law()
        carry_out(journal, opening(), own, histories)
        for number in range(ATTEMPTS):
            carry_out(journal, sending("settle", key="K" if number == 3 else None), own, histories)
    return path


def test_after_a_snapshot_only_the_later_events_are_read(path: Path) -> None:
    with closing(Counting.open(path, create=False)) as journal:
        assert case_in(journal, "C1") is not None
        assert journal.read == (ATTEMPTS + 1) % EVERY


def test_the_case_is_byte_for_byte_the_same_without_snapshots(path: Path) -> None:
    with closing(Counting.open(path, create=False)) as journal:
        quick = case_in(journal, "C1")
        journal.drop_snapshots()
        slow = case_in(journal, "C1")
        assert journal.read > ATTEMPTS
    assert quick is not None
    assert slow is not None
    assert quick == slow
    assert canonical_json(quick.document()) == canonical_json(slow.document())


def test_a_key_from_before_the_snapshot_is_answered_as_the_first_time(path: Path) -> None:
    with closing(Journal.open(path, create=False)) as journal:
        repeated = carry_out(journal, sending("settle", key="K"), law())
        other = carry_out(journal, sending("register", key="K"), law())
        fourth = journal.events("C1")[4]
    assert repeated.event is None
    assert repeated.document == fourth["refusal"]
    assert other.document["refused"] == "key_reused"


@pytest.mark.parametrize("document", ["{}", '{"case": null, "last_digest": "x", "answers": {}}', '{"case": {"a": 1}}'])
def test_a_snapshot_that_does_not_fit_is_not_used(path: Path, document: str) -> None:
    with closing(Counting.open(path, create=False)) as journal:
        right = case_in(journal, "C1")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE snapshot SET document = ?", (document,))
        connection.commit()
    with closing(Counting.open(path, create=False)) as journal:
        assert case_in(journal, "C1") == right
        assert journal.read == ATTEMPTS + 1


def test_a_snapshot_of_another_release_is_not_used(path: Path) -> None:
    with closing(Counting.open(path, create=False)) as journal:
        right, kept = case_in(journal, "C1"), journal.snapshot("C1")
        assert kept is not None
        older = {key: value for key, value in kept.document["case"].items() if key != "passed"}
        changed = type(kept)(case_id="C1", sequence=kept.sequence, document={**kept.document, "case": older})
        journal.keep_snapshot(changed)
        journal.read = 0
        assert case_in(journal, "C1") == right
        assert journal.read == ATTEMPTS + 1
