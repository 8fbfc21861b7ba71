"""Runs fuzz targets under atheris, one after the other, and prints what each did.

`python -m tests.fuzz claims charts --seconds 600` runs two of them, no name runs all. Exit code 0 when nothing was
found, 1 when something was, 2 where atheris is not installed. The inputs that reached something new are kept in a
folder and a later run goes on from them; what is found is written beside them, and `--input FILE` runs it again.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

from tests.fuzz.running import Outcome, run
from tests.fuzz.targets import targets

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".fuzz"
HEADINGS = ("target", "executions", "a second", "inputs kept", "edges", "findings")


def main() -> int:
    """Run what the command line names."""
    arguments = _arguments()
    names = arguments.names or list(targets())
    if arguments.input is not None:
        return _again(names, arguments.input)
    if importlib.util.find_spec("atheris") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        print(f"atheris is not installed: it may have no wheel for Python {version} on this system. Nothing was run.")
        return 2
    print(_row(HEADINGS), flush=True)
    outcomes = []
    for name in names:
        outcomes.append(run(targets()[name], arguments.seconds, arguments.keep))
        print(_row(_cells(outcomes[-1])), flush=True)
    found = [path for outcome in outcomes for path in outcome.found]
    for path in found:
        print(f"\n{path}\n{path.with_suffix('.txt').read_text(encoding='utf-8')}")
    broken = [outcome for outcome in outcomes if outcome.broken]
    for outcome in broken:
        print(f"\n{outcome.name} did not run:\n{outcome.broken}")
    return 1 if found or broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="TARGET", choices=[[], *targets()], help=", ".join(targets()))
    parser.add_argument("--seconds", type=int, default=60, help="for each target (60)")
    parser.add_argument("--keep", type=Path, default=KEPT, metavar="FOLDER", help="inputs and findings (.fuzz)")
    parser.add_argument("--input", type=Path, metavar="FILE", help="run one input without a fuzzer")
    return parser.parse_args()


def _again(names: list[str], path: Path) -> int:
    """Run one input; an exception that should not come out does."""
    for name in names:
        print(f"{name}: {'read' if targets()[name](path.read_bytes()) else 'refused'}")
    return 0


def _cells(outcome: Outcome) -> tuple[str, ...]:
    numbers = (outcome.executions, outcome.executions // max(1, outcome.seconds), outcome.kept, outcome.edges)
    return (outcome.name, *(f"{number:,}" for number in numbers), str(len(outcome.found)))


def _row(cells: tuple[str, ...]) -> str:
    name, *others = cells
    return f"{name:12}" + "".join(f"{cell:>14}" for cell in others)


if __name__ == "__main__":
    sys.exit(main())
