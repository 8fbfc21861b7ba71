"""The simulation of agencies keeps every promise on the first seeds, and is the same each time it is run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.simulation.agencies import Simulation
from tests.simulation.books import Book, Broken
from tests.simulation.campaign import again, agencies
from tests.simulation.faults import FaultyStore
from yibao.journal.memory import MemoryStore
from yibao.model.case import Document

SEEDS = 200
ROOT = Path(__file__).resolve().parents[2]
SHOWS_A_TRACE = "from tests.simulation.agencies import Simulation; print(Simulation(7).run())"


def test_every_promise_is_kept_on_the_first_seeds() -> None:
    found = agencies(0, SEEDS)
    assert found.broken is None, f"{found.broken}\nTo see it again: {again('agencies', found)}"
    # What would prove nothing if it never happened.
    for what in (
        *("settle done", "settle duplicate_invoice", "redecide done", "reverse done", "reverse_unknown done"),
        *("correct done", "delete done", "withdraw done", "apply too_late", "review actor_not_allowed"),
        *("duplicate", "outcome unknown", "before", "after", "overtaken", "busy", "reading"),
    ):
        assert found.counts[what] > 0, what


def test_the_same_seed_leaves_the_same_trace_whatever_the_order_of_sets() -> None:
    traces = set()
    for hash_seed in ("0", "1"):
        ran = subprocess.run(
            [sys.executable, "-c", SHOWS_A_TRACE],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        traces.add(ran.stdout.strip())
    assert traces == {Simulation(7).run()}
    assert Simulation(8).run() not in traces


def read(events: Sequence[Document]) -> None:
    """Enter events into a fresh book."""
    book = Book()
    for event in events:
        book.add(event)


def test_a_lost_event_a_gap_and_a_wrong_sum_are_noticed() -> None:
    world = Simulation(7)
    world.run()
    name, events = next((name, list(MemoryStore.events(world.store, name))) for name in ("V1", "V2", "V3"))
    assert len(events) > 2
    read(events)
    for damaged in (events[1:], [events[0], *events[2:]], [*events, events[-1]]):
        with pytest.raises(Broken):
            read(damaged)
    world.books[name].fund += 1
    with pytest.raises(Broken, match="add up to"):
        world._check_promises()
    world.books[name].fund -= 1
    key = next(key for case, key in world.acknowledged if case == name)
    del world.books[name].keyed[key]
    with pytest.raises(Broken, match="acknowledged"):
        world._check_promises()


def test_a_store_that_never_fails_answers_everything() -> None:
    calm = next(world for world in map(Simulation, range(50)) if world.store._rate == 0.0)
    calm.run()
    assert isinstance(calm.store, FaultyStore)
    assert calm.store.failed == Counter()
    assert calm.counts["outcome unknown"] == 0
