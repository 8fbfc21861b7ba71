"""`python -m tests.bench.stores`: commands and imports on a SQLite journal beside a bare sqlite3 loop that writes the
same rows, and beside the `eventsourcing` library; every commit is on the disk before it counts (WAL, synchronous FULL).

The stores take turns in one run, and the best of several rounds counts. Prints a table; a missed target is told. What
waits for the disk is the same for all, and weighs more the slower the disk is: the processor's time is shown beside.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.bench.clocks import Clock, Seconds
from tests.bench.targets import as_table
from yibao.casebook import Casebook
from yibao.journal import Appended
from yibao.journal.sqlite import Journal
from yibao.law import in_force

BATCH = 100
CHART = "out-of-province-outpatient"
AT = "2022-05-20"
CHANGE = {"change": {"event": "open", "reason": "姓名录入有误"}, "claim_id": "A-17"}


def main() -> int:
    """Time the stores in turns and print what is reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.stores", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few events and rounds, to see that everything runs")
    arguments = parser.parse_args()
    events, rounds = (200, 2) if arguments.quick else (3_000, 5)
    bodies = list(_recorded(events))
    best: dict[str, Seconds] = {}
    for number in range(1, rounds + 1):
        for name, timed in TIMED.items():
            print(f"… round {number} of {rounds}: {name}", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory() as folder:
                took = timed(Path(folder), bodies)
            least = best.get(name, took)
            best[name] = Seconds(min(took.wall, least.wall), min(took.processor, least.processor))
    print(_table(best, events))
    return 0


def _recorded(count: int) -> Iterator[dict[str, Any]]:
    """Events as a case really has them, so that every store writes the same bytes."""
    with tempfile.TemporaryDirectory() as folder, Casebook.at(str(Path(folder) / "cases.sqlite"), LAW) as book:
        book.open(CHART, "C1", at=AT)
        for _number in range(count - 1):
            book.do("C1", "correct", CHANGE, at=AT, actor="clerk-zhao")
        with closing(Journal.open(Path(folder) / "cases.sqlite", create=False)) as journal:
            yield from (dict(event) for event in journal.events("C1"))


def _bare_single(folder: Path, events: Sequence[dict[str, Any]]) -> Seconds:
    return _bare(folder, events, 1)


def _bare_batches(folder: Path, events: Sequence[dict[str, Any]]) -> Seconds:
    return _bare(folder, events, BATCH)


def _bare(folder: Path, events: Sequence[dict[str, Any]], size: int) -> Seconds:
    """The rows that a journal of ours holds, written by nothing but sqlite3."""
    path = folder / "journal.sqlite"
    with closing(Journal.open(path, create=True)) as journal:
        for first in range(0, len(events), BATCH):
            journal.append("C1", first, events[first : first + BATCH])
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT position, case_id, sequence, body, digest, link FROM event").fetchall()
        (schema,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'event'"
        ).fetchone()
    with closing(sqlite3.connect(folder / "bare.sqlite", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(schema)
        connection.execute("CREATE TABLE head (only_one INTEGER PRIMARY KEY, position INTEGER, link BLOB)")
        connection.execute("INSERT INTO head VALUES (1, 0, x'')")
        clock = Clock()
        for first in range(0, len(rows), size):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", rows[first : first + size])
            connection.execute("UPDATE head SET position = ?, link = ?", (first + size, rows[first][5]))
            connection.execute("COMMIT")
        return clock.read()


def _append_single(folder: Path, events: Sequence[dict[str, Any]]) -> Seconds:
    return _append(folder, events, 1)


def _append_batches(folder: Path, events: Sequence[dict[str, Any]]) -> Seconds:
    return _append(folder, events, BATCH)


def _append(folder: Path, events: Sequence[dict[str, Any]], size: int) -> Seconds:
    with closing(Journal.open(folder / "journal.sqlite", create=True)) as journal:
        # The others have their connection and tables before the clock starts; so has this one, once it has written.
        journal.append("C0", 0, events[:1])
        clock = Clock()
        for first in range(0, len(events), size):
            journal.append_together([Appended("C1", first, events[first : first + size])])
        return clock.read()


def _commands(folder: Path, events: Sequence[dict[str, Any]]) -> Seconds:
    """Whole commands: the case read, the event judged by its chart, recorded."""
    with Casebook.at(str(folder / "cases.sqlite"), LAW) as book:
        clock = Clock()
        book.open(CHART, "C1", at=AT)
        for _number in range(len(events) - 1):
            book.do("C1", "correct", CHANGE, at=AT, actor="clerk-zhao")
        return clock.read()


def _library_single(folder: Path, events: Sequence[dict[str, Any]]) -> Seconds:
    return _library(folder, events, 1)


def _library_batches(folder: Path, events: Sequence[dict[str, Any]]) -> Seconds:
    return _library(folder, events, BATCH)


def _library(folder: Path, events: Sequence[dict[str, Any]], size: int) -> Seconds:
    from tests.bench.peers.eventsourced import seconds_to_record

    return seconds_to_record(folder, events, size)


TIMED: dict[str, Callable[[Path, Sequence[dict[str, Any]]], Seconds]] = {
    "bare sqlite3, one by one": _bare_single,
    "journal, one by one": _append_single,
    "whole commands, one by one": _commands,
    "eventsourcing, one by one": _library_single,
    "bare sqlite3, batches of 100": _bare_batches,
    "journal, batches of 100": _append_batches,
    "eventsourcing, batches of 100": _library_batches,
}
RATIOS = (
    ("journal ÷ bare sqlite3, one by one", "journal, one by one", "bare sqlite3, one by one", 0.8),
    ("whole commands ÷ bare sqlite3, one by one", "whole commands, one by one", "bare sqlite3, one by one", 0.8),
    ("journal ÷ eventsourcing, one by one", "journal, one by one", "eventsourcing, one by one", 1.2),
    ("whole commands ÷ eventsourcing, one by one", "whole commands, one by one", "eventsourcing, one by one", 1.2),
    ("journal ÷ eventsourcing, batches of 100", "journal, batches of 100", "eventsourcing, batches of 100", 2.0),
    ("journal ÷ bare sqlite3, batches of 100", "journal, batches of 100", "bare sqlite3, batches of 100", None),
)


def _table(best: dict[str, Seconds], events: int) -> str:
    rates = [
        [name, f"{events / took.wall:,.0f}", f"{took.processor / events * 1e6:.1f}"] for name, took in best.items()
    ]
    ratios = []
    for what, ours, beside, least in RATIOS:
        reached = best[beside].wall / best[ours].wall
        met = "" if least is None else "met" if reached >= least else "MISSED"
        target = "–" if least is None else f"≥ {least:g}"
        ratios.append([what, f"{reached:.2f}", f"{best[beside].processor / best[ours].processor:.2f}", target, met])
    stores = as_table(["store", "events a second", "processor µs an event"], rates)
    return f"{stores}\n\n{as_table(['ratio', 'reached', 'of the processor', 'target', ''], ratios)}"


LAW = in_force()

if __name__ == "__main__":
    sys.exit(main())
