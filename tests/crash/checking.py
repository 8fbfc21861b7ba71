"""What has to hold of a journal after a crash."""

from __future__ import annotations

import json

from yibao.audit.verify import verify
from yibao.journal.kept import KeptJournal

CASE = "C1"


def check_whole(journal: KeptJournal, acknowledged: int) -> int:
    """The number of events: all that were acknowledged and at most one more, each whole and in its place."""
    with journal.examined() as examined:
        found = [str(alteration) for alteration in verify(examined, None)]
    assert found == []
    count = 0
    for event in journal.stored():
        count += 1
        assert (event.position, event.sequence, json.loads(event.body)["n"]) == (count, count, count)
    assert acknowledged <= count <= acknowledged + 1, f"{acknowledged} acknowledged, {count} there"
    return count


def check_end(journal: KeptJournal, acknowledged: int) -> int:
    """The same of the end alone, for a journal that was checked not long ago."""
    count = journal.last_sequence(CASE)
    assert acknowledged <= count <= acknowledged + 1, f"{acknowledged} acknowledged, {count} there"
    assert journal.head().position == count
    last = journal.events_after(CASE, max(count - 3, 0))
    assert [event["n"] for event in last] == list(range(max(count - 3, 0) + 1, count + 1))
    return count
