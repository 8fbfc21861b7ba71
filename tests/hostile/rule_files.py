"""The files of `rule_files/`, each put beside the good bundle.

The first remark of a file says what it is refused with (`code line:column`, several by semicolons; a code alone where
the place is in no file), a second one where it is put when that is not among the national rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.running import Case, Complaint
from tests.hostile.small_world import bundle

FOLDER = Path(__file__).resolve().parent / "rule_files"
_SAYS = re.compile(r"# refused: (?P<problems>.+)\n(# at: (?P<at>\S+)\n)?")


def warm_up() -> object:
    """What every case needs."""
    return bundle({})


def cases() -> Iterator[Case]:
    """One case for each file."""
    for path in sorted(FOLDER.glob("*.yaml")):
        content = path.read_bytes()
        said = _SAYS.match(content.decode("utf-8"))
        assert said is not None, f"{path.name} does not say what it is refused with"
        at = said["at"] or f"policy/national/{path.name}"
        yield Case(
            name=path.stem,
            make=lambda at=at, content=content: {at: content},
            read=bundle,
            expected=tuple(_complaint(words, at) for words in said["problems"].split("; ")),
        )


def _complaint(words: str, at: str) -> Complaint:
    code, _, place = words.partition(" ")
    if "/" in place:
        return code, place
    return code, f"{at}:{place}"
