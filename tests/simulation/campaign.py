"""A range of seeds of a simulation, in blocks side by side, that goes on where an earlier run was stopped."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import frozen

from tests.simulation.agencies import Simulation
from tests.simulation.books import Broken
from tests.simulation.lives import live
from yibao.basics.problems import Fault, ProblemsFound

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("engine", "policy/facts", "policy/tables", "tests/simulation", "tests/cases", "tests/procedure")
# The engine that draws lives keeps all that it drew, and slows down: a block begins anew.
BLOCKS = {"agencies": 100, "lives": 200}
# A world that breaks down is a finding like a promise that is not kept.
BREAKDOWNS = (
    Broken,
    Fault,
    AssertionError,
    ProblemsFound,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


@frozen
class Found:
    """What the seeds before `end` came to: what happened how often, or the seed that broke a promise and how."""

    end: int
    counts: Counter[str]
    seed: int | None = None
    broken: str | None = None


def again(kind: str, found: Found) -> str:
    """The command that shows again what was found. Lives are drawn by the first seed of their block."""
    first = found.seed or 0
    end = first + 1 if kind == "agencies" else found.end
    return f"python -m tests.simulation {kind} --from {first} --to {end} --processes 1"


def lives(first: int, end: int) -> Found:
    """The lives of one block, here and now."""
    try:
        return Found(end, live(first, end))
    except BREAKDOWNS:
        return Found(end, Counter(), first, traceback.format_exc())


def agencies(first: int, end: int) -> Found:
    """The seeds of one block, here and now."""
    counts: Counter[str] = Counter()
    for seed in range(first, end):
        world = Simulation(seed)
        try:
            world.run()
        except BREAKDOWNS:
            return Found(end, counts, seed, traceback.format_exc())
        counts.update(world.counts)
        counts.update(world.store.failed)
    return Found(end, counts)


KINDS: dict[str, Callable[[int, int], Found]] = {"agencies": agencies, "lives": lives}


def walked(kind: str, first: int, end: int, processes: int) -> Iterator[Found]:
    """The blocks of a range in the order of their seeds."""
    blocks = [(kind, start, min(start + BLOCKS[kind], end)) for start in range(first, end, BLOCKS[kind])]
    if processes == 1:
        yield from (_walk(block) for block in blocks)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(_walk, blocks)


def resumed(path: Path, first: int, keep_on: bool) -> Found:
    """How far a run with this very code came, or `keep_on`, with whatever code."""
    if path.is_file():
        known = json.loads(path.read_text(encoding="utf-8"))
        if keep_on or known["sources"] == sources():
            return Found(known["reached"], Counter(known["counts"]))
        print(f"{path.name} was written with other code: starting again (--keep goes on instead)", flush=True)
    return Found(first, Counter())


def keep(path: Path, found: Found) -> None:
    """Write how far a run came: whole or not at all, so that it can be stopped at any time."""
    path.parent.mkdir(exist_ok=True)
    written = path.with_suffix(".new")
    document = {"sources": sources(), "reached": found.end, "counts": dict(sorted(found.counts.items()))}
    written.write_text(json.dumps(document, indent=1), encoding="utf-8")
    written.replace(path)


def sources() -> str:
    """The digest of all that a trace depends on."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".yaml") and "__pycache__" not in path.parts:
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _walk(block: tuple[str, int, int]) -> Found:
    kind, first, end = block
    return KINDS[kind](first, end)
