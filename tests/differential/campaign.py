"""A campaign: a range of seeds in blocks, on several processes, that stops at the first difference and goes on where
an earlier run was stopped.

How far it came is written after every block to a file named after the range. The file holds a digest of the policy,
the engines and these tests: a range walked through with other code counts for nothing, and starts again.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from tests.differential import convincing, invented, money, shipped
from tests.differential.tally import Difference, Tally
from yibao.basics.problems import Fault

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("engine", "policy", "tests/differential", "tests/settlement", "tests/support")
BLOCKS = {"profiles": 500, "policies": 100, "money": 100, "plans": 50, "proofs": 100}
CHECKS: dict[str, Callable[[int, Tally, bool], None]] = {
    "profiles": shipped.check,
    "policies": invented.check,
    "money": money.check_shipped,
    "plans": money.check_invented,
    "proofs": convincing.check,
}
# An engine that breaks down on a seed is a finding like any other.
BREAKDOWNS = (Fault, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
# A rule has to apply, stand and be silenced this often, and a range is long enough to ask for it from so many seeds on.
LEAST_OF_EACH = 100
LONG_ENOUGH = 100_000


@frozen(kw_only=True)
class Progress:
    """How far a range was walked through, what was seen, and with which code; `seconds` of work so far."""

    kind: str
    first: int
    end: int
    reached: int
    seconds: int
    sources: str
    counts: Counter[str] = field(factory=Counter)

    def document(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "first": self.first,
            "end": self.end,
            "reached": self.reached,
            "seconds": self.seconds,
            "sources": self.sources,
            "counts": dict(sorted(self.counts.items())),
        }


@frozen(kw_only=True)
class Found:
    """What a block of seeds came to: its counts, or the seed that differs and how."""

    end: int
    counts: Counter[str]
    seed: int | None = None
    difference: str | None = None


def run(kind: str, first: int, end: int, processes: int, folder: Path, keep: bool) -> tuple[Progress, Found | None]:
    """Walk through the seeds from `first` up to `end`. The second result is the difference that ended it, if any.

    `keep` goes on from where a run with other code stopped.
    """
    path = folder / f"{kind}-{first}-{end}.json"
    progress = _resumed(
        path, Progress(kind=kind, first=first, end=end, reached=first, seconds=0, sources=_sources()), keep
    )
    if progress.reached == end:
        print(f"{kind} {first} to {end}: finished before ({path.name})", flush=True)
        return progress, None
    if progress.reached > first:
        print(f"{kind} {first} to {end}: goes on at seed {progress.reached}", flush=True)
    started, before = time.monotonic(), progress.seconds
    for found in _walked(kind, progress.reached, end, processes):
        if found.difference is not None:
            return progress, found
        seconds = before + int(time.monotonic() - started)
        progress = evolve(progress, reached=found.end, seconds=seconds, counts=progress.counts + found.counts)
        write(path, progress)
        rate = (progress.reached - first) / max(1, seconds)
        print(f"{kind}: seed {progress.reached:,} of {end:,}, {rate:.1f} seeds a second", flush=True)
    return progress, None


def unreached(progress: Progress) -> list[str]:
    """What happened to some rule of the shipped policy too seldom; nothing is asked of a short range."""
    long_enough = progress.end - progress.first >= LONG_ENOUGH
    asked = progress.kind == "profiles" and long_enough
    return shipped.unreached(Tally(progress.counts), LEAST_OF_EACH) if asked else []


def walk(kind: str, first: int, end: int, thorough: bool = True) -> Found:
    """One block of seeds, here and now."""
    tally = Tally()
    for seed in range(first, end):
        try:
            CHECKS[kind](seed, tally, thorough)
        except Difference as error:
            return Found(end=end, counts=tally.counts, seed=seed, difference=str(error))
        except BREAKDOWNS:
            return Found(end=end, counts=tally.counts, seed=seed, difference=traceback.format_exc())
    return Found(end=end, counts=tally.counts)


def _walked(kind: str, first: int, end: int, processes: int) -> Iterator[Found]:
    """The blocks in order of their seeds, worked out side by side."""
    starts = range(first, end, BLOCKS[kind])
    blocks = [(kind, start, min(start + BLOCKS[kind], end)) for start in starts]
    if processes == 1:
        yield from (walk(*block) for block in blocks)
        return
    # A process of its own from the start: nothing of an engine is inherited.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(_walk_block, blocks)


def _walk_block(block: tuple[str, int, int]) -> Found:
    return walk(*block)


def _resumed(path: Path, fresh: Progress, keep: bool) -> Progress:
    if not path.is_file():
        return fresh
    known = json.loads(path.read_text(encoding="utf-8"))
    if known["sources"] != fresh.sources and not keep:
        print(f"{path.name} was written with other code: starting again (--keep goes on instead)", flush=True)
        return fresh
    return evolve(fresh, reached=known["reached"], seconds=known["seconds"], counts=Counter(known["counts"]))


def write(path: Path, progress: Progress) -> None:
    """Keep how far a run came. Whole or not at all, so that a run can be stopped at any time."""
    path.parent.mkdir(exist_ok=True)
    written = path.with_suffix(".new")
    written.write_text(json.dumps(progress.document(), ensure_ascii=False, indent=1), encoding="utf-8")
    written.replace(path)


def _sources() -> str:
    """The digest of all that a campaign's result depends on."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".yaml", ".json") and "__pycache__" not in path.parts:
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
