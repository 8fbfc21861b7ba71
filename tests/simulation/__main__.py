"""Simulates a range of seeds: `python -m tests.simulation agencies --to 50000`, `… lives --to 20000`.

A run that is stopped goes on where it was. Exit code 1 at the first broken promise, with the seed and the command that
shows it again, and where a long run of lives saw something too seldom.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.simulation.campaign import KINDS, ROOT, Found, again, keep, resumed, walked
from tests.simulation.lives import unseen

# Each transition is taken, and each thing that a step asks for holds and fails, this often in so many lives.
LEAST_OF_EACH, MANY_LIVES = 10, 2_000


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("kind", choices=sorted(KINDS), help="what is simulated")
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="SEED", help="the first seed (0)")
    parser.add_argument("--to", dest="end", type=int, required=True, metavar="SEED", help="the seed to stop before")
    parser.add_argument("--processes", type=int, default=2, help="side by side (2)")
    parser.add_argument("--keep", action="store_true", help="go on from where a run with other code stopped")
    parser.add_argument(
        "--state", type=Path, default=ROOT / ".simulation", metavar="FOLDER", help="how far runs came (.simulation)"
    )
    arguments = parser.parse_args()
    kind: str = arguments.kind
    path = arguments.state / f"{kind}-{arguments.first}-{arguments.end}.json"
    done = resumed(path, arguments.first, arguments.keep)
    started, beginning = time.monotonic(), done.end
    for found in walked(kind, done.end, arguments.end, arguments.processes):
        if found.broken is not None:
            print(f"\nseed {found.seed}: {found.broken}\nTo see it again: {again(kind, found)}")
            return 1
        done = Found(found.end, done.counts + found.counts)
        keep(path, done)
        rate = (done.end - beginning) / max(0.1, time.monotonic() - started)
        print(f"{kind}: seed {done.end:,} of {arguments.end:,}, {rate:.1f} seeds a second", flush=True)
    print(f"\n{arguments.end - arguments.first:,} seeds from {arguments.first}; every promise kept")
    print("\n".join(f"{count:>12,}  {what}" for what, count in sorted(done.counts.items())))
    seldom = unseen(done.counts, LEAST_OF_EACH) if kind == "lives" and arguments.end >= MANY_LIVES else {}
    for what, count in seldom.items():
        print(f"seen {count} times, {LEAST_OF_EACH} were asked for: {what}")
    return 1 if seldom else 0


if __name__ == "__main__":
    sys.exit(main())
