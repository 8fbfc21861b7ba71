"""Many processes that append to one case at once leave numbers without a gap, and every event once."""

from __future__ import annotations

import json
import multiprocessing

from yibao.audit.verify import verify
from yibao.journal import SequenceTaken
from yibao.journal.opening import open_existing_journal, open_journal

WRITERS, ROUNDS = 8, 500


def write_rounds(name: str, writer: int) -> None:
    """Append single events to one case, looking again whenever another writer was faster."""
    with open_existing_journal(name) as journal:
        for number in range(ROUNDS):
            while True:
                try:
                    journal.append("C1", journal.last_sequence("C1"), [{"writer": writer, "round": number}])
                    break
                except SequenceTaken:
                    continue


def test_eight_processes_append_five_hundred_events_each_to_one_case(name: str) -> None:
    open_journal(name, create=True).close()
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=write_rounds, args=(name, writer)) for writer in range(WRITERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=300)
    assert [process.exitcode for process in processes] == [0] * WRITERS
    with open_existing_journal(name) as journal:
        stored = [(event.position, event.sequence, json.loads(event.body)) for event in journal.stored()]
        with journal.examined() as examined:
            assert list(verify(examined, journal.head())) == []
    assert [(position, sequence) for position, sequence, _event in stored] == [
        (number, number) for number in range(1, WRITERS * ROUNDS + 1)
    ]
    for writer in range(WRITERS):
        written = [event["round"] for _position, _sequence, event in stored if event["writer"] == writer]
        assert written == list(range(ROUNDS))
