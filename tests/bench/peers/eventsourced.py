"""The `eventsourcing` library: the documents of a case as events of an aggregate, on the library's own SQLite recorder
(write-ahead log, full synchronisation: its defaults)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from tests.bench.clocks import Clock, Seconds


class Case(Aggregate):
    """A case that only counts what happens to it."""

    @event("Opened")
    def __init__(self) -> None:
        self.count = 0

    @event("Recorded")
    def record(self, document: dict[str, Any]) -> None:
        self.count += 1


def seconds_to_record(folder: Path, events: Sequence[dict[str, Any]], size: int) -> Seconds:
    """How long the library takes to record the events in batches of a size."""
    application: Application[Any] = Application(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(folder / "library.sqlite"),
            "SQLITE_LOCK_TIMEOUT": "10",
        }
    )
    case = Case()
    application.save(case)
    clock = Clock()
    for first in range(0, len(events), size):
        for document in events[first : first + size]:
            case.record(document)
        application.save(case)
    return clock.read()
