"""Eight processes send five hundred commands each to one case: none is lost, none is taken twice, and none waits for
ever.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.cases.desk import AT
from tests.cases.small_procedures import VISIT, small_law
from tests.procedure.world import doing, opening
from yibao.cases.carrying_out import carry_out, case_in
from yibao.cases.histories import Histories
from yibao.journal import NO_BUNDLES, Appended, EventStore, Head, SequenceTaken, Snapshot
from yibao.journal.bundles import Bundle
from yibao.journal.opening import open_journal
from yibao.model.case import Document, Invoice

WRITERS, COMMANDS = 8, 500
# Nobody has to send a command more often than this before it is taken.
MOST_TRIES = 10


class Counting:
    """A journal that counts how often its writer was overtaken."""

    def __init__(self, journal: EventStore) -> None:
        self._journal = journal
        self.overtaken = 0

    def events(self, case_id: str) -> Sequence[Document]:
        return self._journal.events(case_id)

    def events_after(self, case_id: str, sequence: int) -> Sequence[Document]:
        return self._journal.events_after(case_id, sequence)

    def append(
        self,
        case_id: str,
        expected_sequence: int,
        events: Sequence[Document],
        bundles: Mapping[str, Bundle] = NO_BUNDLES,
    ) -> Head:
        return self.append_together([Appended(case_id, expected_sequence, events)], bundles)

    def append_together(self, parts: Sequence[Appended], bundles: Mapping[str, Bundle] = NO_BUNDLES) -> Head:
        try:
            return self._journal.append_together(parts, bundles)
        except SequenceTaken:
            self.overtaken += 1
            raise

    def holder_of(self, invoice: Invoice) -> str | None:
        return self._journal.holder_of(invoice)

    def snapshot(self, case_id: str) -> Snapshot | None:
        return self._journal.snapshot(case_id)

    def keep_snapshot(self, snapshot: Snapshot) -> None:
        self._journal.keep_snapshot(snapshot)


def write(name: str, writer: int, report: Path) -> None:
    """Correct one line of the case again and again, each time until it is taken."""
    law, tries = small_law(), 0
    with open_journal(name, create=False) as kept:
        journal = Counting(kept)
        histories = Histories(journal)
        for number in range(COMMANDS):
            data = {"lines": [{"line_id": str(writer), "amount_fen": number}]}
            command = doing("correct", data, about="open", at=AT, key=f"{writer}-{number}", actor=str(writer))
            for attempt in range(1, MOST_TRIES + 1):
                if not carry_out(journal, command, law, histories).refused:
                    tries = max(tries, attempt)
                    break
            else:
                raise AssertionError(f"{command} was not taken after {MOST_TRIES} tries")
    report.write_text(json.dumps({"most tries": tries, "overtaken": journal.overtaken}))


def test_eight_processes_write_one_case_without_loss_gap_or_repetition(name: str, tmp_path: Path) -> None:
    with open_journal(name, create=True) as journal:
        carry_out(journal, opening("C1", VISIT, at=AT), small_law())
    context = multiprocessing.get_context("spawn")
    reports = [tmp_path / f"report-{writer}.json" for writer in range(WRITERS)]
    processes = [context.Process(target=write, args=(name, writer, report)) for writer, report in enumerate(reports)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=600)
    assert [process.exitcode for process in processes] == [0] * WRITERS
    with open_journal(name, create=False) as journal:
        events, case = journal.events("C1"), case_in(journal, "C1")
    assert len(events) == 1 + WRITERS * COMMANDS
    assert [event["envelope"]["version"] for event in events] == list(range(1, len(events) + 1))
    for writer in range(WRITERS):
        keys = [event["envelope"]["key"] for event in events if event["envelope"]["actor"] == str(writer)]
        assert keys == [f"{writer}-{number}" for number in range(COMMANDS)]
    assert case is not None
    amounts = {line["line_id"]: line["amount_fen"] for line in case.claim["lines"]}
    assert amounts == {str(writer): COMMANDS - 1 for writer in range(WRITERS)}
    print(*(json.loads(report.read_text()) for report in reports), sep="\n")
