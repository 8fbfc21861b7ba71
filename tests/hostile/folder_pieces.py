"""Pieces of hostile policy folders, and the case that is made of them."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Mapping

from tests.hostile.running import Case, Complaint
from tests.hostile.small_world import bundle

Files = Mapping[str, bytes]
HOME = "policy/national"
TITLE = "title: {zh: 甲, en: A}"
CITES = "cites: [{source: S0, grade: A}]"
FACT = "type: bool, title: {zh: 甲, en: A}, meaning: {zh: 甲, en: A}, source: S0"
DAY = datetime.date(2000, 1, 1)


def case(
    name: str, make: Callable[[], Files], *expected: Complaint, and_more: bool = False, seconds: float = 2.0
) -> Case:
    return Case(name=name, make=make, read=_read, expected=expected, and_more=and_more, seconds=seconds)


def _read(files: object) -> object:
    assert isinstance(files, dict)
    return bundle(files)


def rule(name: str, when: str = "line.purpose == cosmetic", then: str = "{admit: true}", more: str = "") -> str:
    """The text of a good rule of this name."""
    return (
        f"rule: {name}\n{TITLE}\n{CITES}\nabout: line\nin_force: {{by: line.charged_on, from: 2000-01-01}}\n"
        f"when: {when}\nthen: {then}\n{more}"
    )


def rules(*texts: str) -> Files:
    names = [text.partition("\n")[0].partition(": ")[2] for text in texts]
    return {f"{HOME}/{name}.yaml": text.encode() for name, text in zip(names, texts, strict=True)}


def versions(count: int, shared: str = "") -> str:
    """A rule of so many versions, each in force for a day."""
    days = [DAY + datetime.timedelta(days=number) for number in range(count + 1)]
    dated = "".join(f"  - {{from: {one}, to: {other}{shared}}}\n" for one, other in itertools.pairwise(days))
    text = rule("many-versions", more=f"versions:\n{dated}")
    return text.replace("in_force: {by: line.charged_on, from: 2000-01-01}", "in_force: {by: line.charged_on}")


def definition(name: str, when: str) -> str:
    return f"definition: {name}\n{TITLE}\nabout: line\nwhen: {when}\n"


def table(rows: str, more: str = "") -> Files:
    return {"policy/tables/large.yaml": f"table: large\n{TITLE}\nsource: S0\n{more}codes:\n{rows}".encode()}


def catalogue(rows: str, columns: str = "[purpose]") -> Files:
    head = f"catalogue: large\n{TITLE}\n{CITES}\nby: line.charged_on\ncolumns: {columns}\nrows:\n"
    return {f"{HOME}/large.yaml": (head + rows).encode()}


def facts(fields: str, of: str = "claim") -> Files:
    return {"policy/facts/large.yaml": f"facts: {of}\nsource: S0\nfields:\n{fields}".encode()}


def layer(name: str, extends: str, folder: str | None = None) -> Files:
    return {f"policy/{folder or name}/layer.yaml": f'layer: "{name}"\n{TITLE}\nextends: "{extends}"\n'.encode()}


def counted(count: int) -> str:
    return ", ".join(f"k{at}" for at in range(count))
