"""`python -m tests.mutation [GROUP …]` mutates a part of the kernel, or all of it, and tells what no test noticed.

mutmut changes a copy of the code, below `mutants/`, and runs on each change the tests that reach it. Survivors that are
explained in `survivors.md`, because no test could tell them from the code, are counted apart. Exit code 0 when nine of
ten changes were noticed in every module, and none beside the explained ones is left in a module that had none.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tests.mutation.kernel import GROUPS, Group
from tests.mutation.outcome import Tally, explained, survivors, tallies
from tests.mutation.tree import WORK, prepare

LEAST_PERCENT = 90
SURVIVORS = Path(__file__).resolve().parent / "survivors.md"


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(group.name for group in GROUPS))
    parser.add_argument("--module", help="only this module of the groups, such as yibao/language/terms.py")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    chosen = [group for group in GROUPS if not arguments.groups or group.name in arguments.groups]
    return max(_run(group, arguments.module, arguments.workers) for group in chosen)


def _run(group: Group, module: str | None, workers: int) -> int:
    prepare(group, (module,) if module else group.modules)
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(workers)]
    ended = subprocess.run(command, cwd=WORK, capture_output=True, text=True, check=False)
    found = tallies(WORK / "mutants")
    if not found or ended.returncode != 0:
        print(ended.stdout[-4_000:], ended.stderr[-4_000:], sep="\n")
        return 1
    known = explained(SURVIVORS)
    left = [(name, change) for name, change in survivors(WORK, found) if change not in known]
    for name, change in left:
        print(f"{name}\n- {change.was}\n+ {change.becomes}\n")
    return _told(found, {name for name, _change in left})


def _told(found: list[Tally], left: set[str]) -> int:
    """Print a line for each module; 1 when too much went unnoticed in one."""
    worst = 0
    print(f"{'module':44}{'changes':>9}{'noticed':>9}{'explained':>11}{'left':>6}{'noticed %':>11}", flush=True)
    for tally in found:
        open_here = sum(name in left for name in tally.survived)
        percent = 100 * tally.noticed // max(1, tally.noticed + open_here)
        explained_here = len(tally.survived) - open_here
        counts = f"{tally.changes:>9}{tally.noticed:>9}{explained_here:>11}{open_here:>6}{percent:>11}"
        print(f"{tally.module:44}{counts}", flush=True)
        worst = max(worst, int(percent < LEAST_PERCENT))
    return worst


if __name__ == "__main__":
    sys.exit(main())
