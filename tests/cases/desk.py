"""A desk at which the cases of a test are handled: what is sent to it, and what the cases are afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import asdict

from tests.cases.small_procedures import CLERKS, FILED, FILING, GOOD, VISIT, small_law
from tests.procedure.world import doing, opening, passing, sending
from yibao.basics.digest import canonical_json
from yibao.basics.problems import Problem, ProblemsFound
from yibao.cases.carrying_out import carry_out, case_in, pass_time
from yibao.cases.commands import Command, Law
from yibao.journal import EventStore
from yibao.journal.memory import MemoryStore
from yibao.model.case import Case, Document

AT = "2024-04-01"


class Desk:
    """Sends commands to the cases of one journal, under one law."""

    def __init__(self, store: EventStore | None = None, law: Law | None = None) -> None:
        self.store = MemoryStore() if store is None else store
        self.law = small_law() if law is None else law

    def said(self, command: Command) -> Document:
        """What the sender of a command is told, which must not be a refusal."""
        answer = carry_out(self.store, command, self.law)
        assert not answer.refused, answer.document
        return answer.document

    def refused(self, command: Command) -> Document:
        """The refusal of a command, which has to leave its case byte for byte as it was."""
        before = self.bytes(command.case_id)
        answer = carry_out(self.store, command, self.law)
        assert answer.refused, answer.document
        assert self.bytes(command.case_id) == before
        return answer.document

    def problems(self, command: Command) -> list[Problem]:
        """What is wrong with a command that is not answered at all; nothing is recorded."""
        recorded = len(self.store.events(command.case_id))
        try:
            carry_out(self.store, command, self.law)
        except ProblemsFound as error:
            assert len(self.store.events(command.case_id)) == recorded
            return list(error.problems)
        raise AssertionError("the command was answered")

    def case(self, case_id: str = "C1") -> Case:
        case = case_in(self.store, case_id)
        assert case is not None
        return case

    def bytes(self, case_id: str) -> bytes:
        """All that a case is, also what is not shown of it; nothing for one that was never opened."""
        case = case_in(self.store, case_id)
        return b"" if case is None else canonical_json(asdict(case))

    def filed(self, case_id: str = "F1") -> Desk:
        """Open a filing and take it to where claims can rest on it."""
        self.said(opening(case_id, FILING, at=AT))
        self.said(sending("file", FILED, case_id, at=AT))
        return self

    def good(
        self, *events: str, case_id: str = "C1", number: str = "0001", keys: Mapping[str, str] | None = None
    ) -> Desk:
        """Send the events with all that they need; a case that is not there is opened first."""
        if case_in(self.store, case_id) is None:
            self.said(opening(case_id, VISIT, at=AT))
        for event in events:
            data: dict[str, Any] = dict(GOOD[event])
            if event == "settle":
                data["invoice"] = {"issuer": "H1", "number": number}
            key = None if keys is None else keys.get(event)
            self.said(sending(event, data, case_id, actor=CLERKS[event], at=AT, key=key))
        return self

    def do(self, operation: str, data: Mapping[str, Any] | None = None, case_id: str = "C1", **given: Any) -> Document:
        """Do an operation, which must not be refused."""
        return self.said(doing(operation, data, case_id, **{"at": AT, **given}))

    def refuses(
        self, operation: str, data: Mapping[str, Any] | None = None, case_id: str = "C1", **given: Any
    ) -> Document:
        """Try an operation, which has to be refused."""
        return self.refused(doing(operation, data, case_id, **{"at": AT, **given}))

    def day_comes(self, day: str, case_id: str = "C1") -> list[Document]:
        """What is noted of a case when a day comes."""
        return list(pass_time(self.store, case_id, passing(day).submission, self.law))


def visiting() -> Desk:
    """A desk with a filing F1, and no claim yet."""
    return Desk().filed()


def conditions(refusal: Document) -> list[str]:
    """The names of the conditions that failed."""
    return [failed["condition"] for failed in refusal["failed"]]


def operations(refusal: Document) -> list[str]:
    """What can be done beside the steps."""
    return [operation["event"] for operation in refusal["operations"]]
