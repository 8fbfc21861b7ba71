"""A disk that is full or fails at the n-th write of a child, in all its forms; run with `faults.c` preloaded.

The child goes on after each failure as a program would: it reads, looks how far its case came, and tries again.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from tests.crash.appender import append_one
from tests.crash.checking import CASE, check_whole
from yibao.basics.problems import ProblemsFound
from yibao.journal.kept import KeptJournal
from yibao.journal.opening import open_existing_journal, open_journal

KINDS = ("no room", "input/output error", "half written", "half written and gone")
GONE = 3
EXPECTED = {"journal-full", "journal-write-failed"}
APPENDS = 8
WRITES = 80
FOR_GOOD = 1_000_000
_GONE_STATUS = 99


@frozen(kw_only=True)
class Point:
    """Where a fault strikes: at the n-th write after arming, in a new journal or one that has events, so many times."""

    kind: int
    nth: int
    how_many: int
    new: bool


def points(seed: int) -> Iterator[Point]:
    """Points without end, drawn from a seed; the kinds take turns."""
    draw, number = random.Random(seed), 0
    while True:
        new = draw.random() < 0.2
        nth = draw.randrange(1, 40 if new else WRITES)
        yield Point(kind=number % len(KINDS), nth=nth, how_many=draw.choice((1, 3, FOR_GOOD)), new=new)
        number += 1


def fault_points(folder: Path, wanted: int, seed: int) -> dict[str, Any]:
    """Tries points until `wanted` faults have struck; how many struck of each kind, and how many appends failed."""
    shim = ctypes.CDLL(None)
    if not hasattr(shim, "faults_arm"):
        raise SystemExit("run this with the library of faults.c preloaded")
    shim.faults_arm.argtypes = (ctypes.c_char_p, ctypes.c_long, ctypes.c_int, ctypes.c_long)
    template = folder / "template.sqlite"
    with open_journal(str(template), create=True) as journal:
        for sequence in range(4):
            append_one(journal, sequence)
    struck, failed = dict.fromkeys(KINDS, 0), 0
    for tried, point in enumerate(points(seed), start=1):
        told = _one_point(shim, template, folder / "struck" / "cases.sqlite", point)
        if told["fired"]:
            struck[KINDS[point.kind]] += 1
            failed += told["failed"]
        assert tried <= 4 * wanted, f"of {tried} points only {sum(struck.values())} struck"
        if sum(struck.values()) == wanted:
            return {"struck": struck, "failed_appends": failed, "tried": tried}
    raise AssertionError("not reached")


def _one_point(shim: Any, template: Path, path: Path, point: Point) -> dict[str, Any]:
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir()
    if not point.new:
        shutil.copyfile(template, path)
    hears, says = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(hears)
            _child(shim, path, point, says)
            status = 0
        finally:
            os._exit(status)
    os.close(says)
    with os.fdopen(hears, "rb") as pipe:
        lines = pipe.read().splitlines()
    _pid, ended = os.waitpid(child, 0)
    status = os.waitstatus_to_exitcode(ended)
    gone = point.kind == GONE and status == _GONE_STATUS
    assert status == 0 or gone, f"{point}: the child ended with {status}"
    told: dict[str, Any] = json.loads(lines[-1]) if lines else {"acknowledged": 0, "failed": 0}
    _check_afterwards(path, told["acknowledged"], gone)
    return {**told, "fired": 1 if gone else told["fired"]}


def _check_afterwards(path: Path, acknowledged: int, gone: bool) -> None:
    """Nothing acknowledged is lost, what is there is whole, and writing goes on."""
    if gone and not acknowledged:
        # Gone while the file was made: whatever is there, it can be opened and written.
        open_journal(str(path), create=True).close()
    with open_existing_journal(str(path)) as journal:
        count = check_whole(journal, acknowledged)
        assert gone or count == acknowledged
        append_one(journal, count)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def _child(shim: Any, path: Path, point: Point, says: int) -> None:
    """Append while writes fail. Says after each step how much was acknowledged; a gone child says no more."""
    folder = f"{path.parent}/".encode()
    told = {"acknowledged": 0, "failed": 0, "fired": 0}

    def say() -> None:
        os.write(says, json.dumps(told | {"fired": shim.faults_fired()}).encode() + b"\n")

    if point.new:
        shim.faults_arm(folder, point.nth, point.kind, point.how_many)
    journal = _opened(shim, path, told)
    if not point.new:
        told["acknowledged"] = journal.last_sequence(CASE)
        say()
        journal.append(CASE, told["acknowledged"], [])
        # Checkpoints are among what can fail, so they come often.
        assert journal._writer is not None
        journal._writer.run("PRAGMA wal_autocheckpoint = 8")
        shim.faults_arm(folder, point.nth, point.kind, point.how_many)
    for number in range(APPENDS):
        _append(journal, told)
        say()
        if point.how_many == FOR_GOOD and number == APPENDS - 3 and shim.faults_fired():
            shim.faults_disarm()
            before = told["acknowledged"]
            _append(journal, told)
            assert told["acknowledged"] == before + 1, "writing did not resume"
    journal.close()
    say()


def _opened(shim: Any, path: Path, told: dict[str, int]) -> KeptJournal:
    """The journal, tried again while it can't be made; at last with the room back."""
    for _attempt in range(5):
        try:
            return open_journal(str(path), create=True)
        except ProblemsFound:
            told["failed"] += 1
    shim.faults_disarm()
    return open_journal(str(path), create=True)


def _append(journal: KeptJournal, told: dict[str, int]) -> None:
    """Try to append the next event. When that fails, reading goes on, and tells how far the case came."""
    acknowledged = told["acknowledged"]
    try:
        append_one(journal, acknowledged)
        told["acknowledged"] += 1
    except ProblemsFound as error:
        codes = {problem.code for problem in error.problems}
        assert codes <= EXPECTED, codes
        told["failed"] += 1
        events = journal.events(CASE)
        assert acknowledged <= len(events) <= acknowledged + 1
        assert [event["n"] for event in events] == list(range(1, len(events) + 1))
        told["acknowledged"] = len(events)
