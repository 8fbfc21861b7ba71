"""A range of seeds of the simulation, in blocks side by side, that goes on where an earlier run was stopped."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from tests.simulation.agencies import Simulation
from tests.simulation.books import Broken
from yibao.basics.problems import Fault, ProblemsFound

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("engine", "policy/facts", "policy/tables", "tests/simulation", "tests/cases", "tests/procedure")
BLOCK = 100
# A world that breaks down is a finding like a promise that is not kept.
BREAKDOWNS = (
    Broken,
    Fault,
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


def again(seed: int) -> str:
    """The command that shows a seed again."""
    return f"python -m tests.simulation --from {seed} --to {seed + 1} --processes 1"


def walk(first: int, end: int) -> Found:
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


def walked(first: int, end: int, processes: int) -> Iterator[Found]:
    """The blocks of a range in the order of their seeds."""
    blocks = [(start, min(start + BLOCK, end)) for start in range(first, end, BLOCK)]
    if processes == 1:
        yield from (walk(*block) for block in blocks)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(_walk, blocks)


def resumed(path: Path, first: int) -> Found:
    """How far a run with this very code came."""
    if path.is_file():
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["sources"] == sources():
            return Found(known["reached"], Counter(known["counts"]))
        print(f"{path.name} was written with other code: starting again", flush=True)
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


def _walk(block: tuple[int, int]) -> Found:
    return walk(*block)
