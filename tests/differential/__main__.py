"""Runs a campaign: the two engines against each other on a range of seeds.

`python -m tests.differential profiles --from 0 --to 1000` draws claims of the shipped policy, two lines a seed;
`policies` draws a random policy a seed, with four claims. `money` settles a claim for each shipped plan a seed, by
both evaluators; `plans` draws a random plan a seed, with eight claims. `proofs` has what is decided of a claim a seed
checked by who runs no engine. A run that is stopped goes on where it was; the same command on a finished range says
so. Exit code 1 at the first difference, with the seed and the command that shows it again.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.differential.campaign import BLOCKS, LEAST_OF_EACH, ROOT, Progress, run, unreached
from tests.differential.tally import Tally

STATE = ROOT / ".differential"


def main() -> int:
    """Run what the command line names."""
    arguments = _arguments()
    progress, found = run(
        arguments.kind, arguments.first, arguments.end, arguments.processes, arguments.state, arguments.keep
    )
    if found is not None and found.seed is not None:
        print(f"\nseed {found.seed}: {found.difference}\n")
        again = f"--from {found.seed} --to {found.seed + 1} --processes 1"
        print(f"To see it again: python -m tests.differential {arguments.kind} {again}")
        return 1
    _report(progress)
    if arguments.record is not None:
        arguments.record.write_text(json.dumps(progress.document(), ensure_ascii=False, indent=1), encoding="utf-8")
    seldom = unreached(progress)
    if seldom:
        print(f"Fewer than {LEAST_OF_EACH} times:", *seldom, sep="\n  ")
    return 1 if seldom else 0


def _report(progress: Progress) -> None:
    tally = Tally(progress.counts)
    seeds = progress.reached - progress.first
    print(f"\n{progress.kind}: {seeds:,} seeds from {progress.first} in {progress.seconds} s; no difference")
    print(tally.table())
    if progress.kind == "profiles":
        print(tally.rules())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.differential", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=list(BLOCKS))
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="SEED", help="the first seed (0)")
    parser.add_argument("--to", dest="end", type=int, required=True, metavar="SEED", help="the seed to stop before")
    parser.add_argument("--processes", type=int, default=2, help="side by side (2)")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write the counts to a file as well")
    parser.add_argument("--state", type=Path, default=STATE, metavar="FOLDER", help="how far runs came (.differential)")
    parser.add_argument("--keep", action="store_true", help="go on although the code has changed since")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
