"""What mutmut wrote down about a run, and the survivors that are explained."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

# mutmut's exit codes: a test failed, or the change ended the process or kept it busy for too long.
_SURVIVED, _NO_TESTS = 0, 33
_DIFF = re.compile(r"^-(?!-- )(?P<was>.*)$|^\+(?!\+\+ )(?P<becomes>.*)$", re.MULTILINE)
_SHOW = (
    "import json, sys; from mutmut.mutation.diff_apply import get_diff_for_mutant as diff;"
    "print(json.dumps([diff(name) for name in sys.argv[1:]]))"
)
_BLOCK = re.compile(r"```diff\n(.*?)```", re.DOTALL)


@frozen
class Change:
    """A mutation: the text of the lines before and after, without what surrounds them."""

    was: str
    becomes: str


@frozen(kw_only=True)
class Tally:
    """The mutations of one module."""

    module: str
    changes: int
    noticed: int
    survived: tuple[str, ...]


def tallies(folder: Path) -> list[Tally]:
    """One for each module that was mutated."""
    found = []
    for path in sorted(folder.rglob("*.py.meta")):
        codes: dict[str, int | None] = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        if not codes:
            continue
        unnoticed = tuple(name for name, code in codes.items() if code in (None, _SURVIVED, _NO_TESTS))
        module = path.relative_to(folder / "src").with_suffix("").as_posix()
        noticed = len(codes) - len(unnoticed)
        found.append(Tally(module=module, changes=len(codes), noticed=noticed, survived=unnoticed))
    return found


def survivors(work: Path, found: Sequence[Tally]) -> list[tuple[str, Change]]:
    """The mutations that no test noticed, by mutmut's names. One process shows all: it starts slowly."""
    names = [name for tally in found for name in tally.survived]
    command = [sys.executable, "-c", _SHOW, *names]
    shown = subprocess.run(command, cwd=work, capture_output=True, text=True, check=True)
    return [(name, _change(diff)) for name, diff in zip(names, json.loads(shown.stdout), strict=True)]


def explained(path: Path) -> frozenset[Change]:
    """The mutations that a document explains, each in a block of its own."""
    return frozenset(_change(block) for block in _BLOCK.findall(path.read_text(encoding="utf-8")))


def _change(diff: str) -> Change:
    lines = list(_DIFF.finditer(diff))
    was = "\n".join(line["was"].strip() for line in lines if line["was"] is not None)
    becomes = "\n".join(line["becomes"].strip() for line in lines if line["becomes"] is not None)
    return Change(was, becomes)
