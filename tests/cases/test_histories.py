"""What was read of a case is kept, what others wrote is read; and a command meets each case as it was at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.cases.desk import AT, Desk
from tests.cases.small_procedures import GOOD, VISIT
from tests.procedure.world import opening, sending
from yibao.cases import histories as histories_module
from yibao.cases.carrying_out import carry_out
from yibao.cases.commands import Command
from yibao.cases.histories import Histories
from yibao.journal import NO_BUNDLES, Appended, Head
from yibao.journal.bundles import Bundle
from yibao.journal.memory import MemoryStore
from yibao.model.case import Document


class Watched(MemoryStore):
    """A store that notes how many events were read of which case, and lets others be faster with a command."""

    def __init__(self) -> None:
        super().__init__()
        self.read: dict[str, int] = {}
        self.faster: list[Command] = []

    def events_after(self, case_id: str, sequence: int) -> Sequence[Document]:
        found = super().events_after(case_id, sequence)
        self.read[case_id] = self.read.get(case_id, 0) + len(found)
        return found

    def append_together(self, parts: Sequence[Appended], bundles: Mapping[str, Bundle] = NO_BUNDLES) -> Head:
        if self.faster:
            command = self.faster.pop()
            carry_out(self, command, Desk().law)
        return super().append_together(parts, bundles)


def test_each_event_of_others_is_read_once() -> None:
    desk = Desk(Watched()).filed().good("apply", "accept")
    store = desk.store
    assert isinstance(store, Watched)
    known, store.read = Histories(store), {}
    for _time in range(3):
        assert known.of("C1").sequence == 3
    assert store.read == {"C1": 3}
    desk.good("review")
    store.read = {}
    assert known.of("C1").sequence == 4
    assert store.read == {"C1": 1}
    assert known.of("C1").case == desk.case()


def test_what_one_writes_is_not_read_back() -> None:
    store = Watched()
    known, desk = Histories(store), Desk(store).filed()
    carry_out(store, opening("C1", VISIT, at=AT), desk.law, known)
    known.of("C1")
    store.read = {}
    for event in ("apply", "accept"):
        carry_out(store, sending(event, GOOD[event], actor="zhao", at=AT), desk.law, known)
    assert store.read["C1"] == 0
    case = known.of("C1").case
    assert (case, store.read["C1"]) == (desk.case(), 0)


def test_the_cases_asked_for_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories_module, "MOST_KEPT", 2)
    desk = Desk(Watched()).filed("F1").filed("F2").filed("F3")
    store = desk.store
    assert isinstance(store, Watched)
    known = Histories(store)
    for name in ("F1", "F2", "F1", "F3"):
        known.of(name)
    store.read = {}
    for name in ("F1", "F3", "F2"):
        known.of(name)
    assert store.read == {"F1": 0, "F3": 0, "F2": 2}


def test_two_who_open_a_case_at_once_with_one_key_are_told_the_same() -> None:
    store = Watched()
    command = opening("C1", VISIT, at=AT, key="K1")
    store.faster = [command]
    answer = carry_out(store, command, Desk().law)
    assert (answer.refused, answer.event) == (False, None)
    assert answer.document == carry_out(store, command, Desk().law).document
    assert len(store.events("C1")) == 1


def test_two_who_send_one_event_at_once_with_one_key_are_told_the_same() -> None:
    desk = Desk(Watched()).filed().good("apply")
    assert isinstance(desk.store, Watched)
    command = sending("accept", actor="zhao", at=AT, key="K1")
    desk.store.faster = [command]
    answer = carry_out(desk.store, command, desk.law)
    assert (answer.refused, answer.document["state"], answer.event) == (False, "accepted", None)
    assert len(desk.store.events("C1")) == 3


def test_what_another_did_meanwhile_is_seen_before_the_answer() -> None:
    desk = Desk(Watched()).filed().good("apply")
    assert isinstance(desk.store, Watched)
    desk.store.faster = [sending("accept", actor="li", at=AT)]
    answer = carry_out(desk.store, sending("accept", actor="zhao", at=AT), desk.law)
    assert (answer.document["refused"], answer.document["missing_steps"]) == ("skipped_step", ["return"])
