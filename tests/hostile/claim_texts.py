"""Claims that are wrong on purpose, as texts, bytes and documents. Those of `tests/facts` are not here.

They stand in `claims/`, one a line: `it` says what is hostile, `refused` the problems in their order (`code pointer`,
or `code line:column` where the text is no JSON). The few that are too long to be written down are made here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from attrs import frozen

Complaints = tuple[tuple[str, str], ...]
FOLDER = Path(__file__).resolve().parent / "claims"


class Reach(Enum):
    """Where a mistake shows: in any document, in a whole claim only, in its refunds, or beside the catalogues."""

    DOCUMENT = "document"
    WHOLE = "whole"
    REFUNDS = "refunds"
    CATALOGUES = "catalogues"


@frozen
class Hostile:
    """One hostile claim. Its complaints may be the first of more (`and_more`)."""

    name: str
    content: bytes
    complaints: Complaints
    reach: Reach = Reach.DOCUMENT
    and_more: bool = False
    seconds: float = 4.0


_FILES = {
    "syntax.json": Reach.DOCUMENT,
    "texts.json": Reach.DOCUMENT,
    "documents.json": Reach.DOCUMENT,
    "without-lines.json": Reach.WHOLE,
    "refunds.json": Reach.REFUNDS,
    "catalogues.json": Reach.CATALOGUES,
}


def written() -> Iterator[Hostile]:
    """All of them."""
    for name, reach in _FILES.items():
        for entry in json.loads((FOLDER / name).read_text(encoding="utf-8")):
            yield Hostile(entry["it"], _content(entry), complaints(entry["refused"]), reach)
    yield from _long()


def complaints(said: Sequence[str]) -> Complaints:
    """Pairs of code and place from `code place`; a place that is left out is the whole document."""
    pairs = (words.partition(" ") for words in said)
    return tuple((code, place) for code, _, place in pairs)


def _content(entry: Mapping[str, Any]) -> bytes:
    if "text" in entry:
        return str(entry["text"]).encode()
    if "latin-1" in entry:
        return str(entry["latin-1"]).encode("latin-1")
    return json.dumps(entry["claim"], ensure_ascii=False).encode()


def _long() -> Iterator[Hostile]:
    """The claims that would fill a page."""
    line, one = '{"lines": [{"line_id": "1", "amount_fen": %s}]}', '"lines": [{"line_id": "1"}]'
    amount = ("out-of-range", "/lines/0/amount_fen")
    for name, digits in (
        ("an amount of 10^400, written out", "1" + "0" * 400),
        ("an amount of -10^400, written out", "-1" + "0" * 400),
        ("an amount with a million digits", "1" * 1_000_000),
    ):
        yield Hostile(name, (line % digits).encode(), (amount,))
    for depth, problem in ((31, ("unknown-field", "/x")), (32, ("json-too-deep", ""))):
        text = f'{{"x": {"[" * depth}{"]" * depth}, {one}}}'
        yield Hostile(f"{depth} lists in lists", text.encode(), (problem,))
    yield Hostile("brackets that close before they open", b"]" * 50 + b"[" * 50, (("json-syntax", "1:1"),))
    yield _of(
        "a hundred lines of one name",
        {"lines": [{"line_id": "1"}] * 100},
        *(("duplicate-line", f"/lines/{at}/line_id") for at in sorted(range(1, 100), key=str)),
    )
    yield _of(
        "a code of a hundred thousand letters",
        {"encounter": {"cause": "d" * 100_000}, "lines": [{"line_id": "1"}]},
        ("unknown-code", "/encounter/cause"),
    )
    yield _of(
        "a thousand and one papers",
        {"documents": ["id_card"] * 1_001, "lines": [{"line_id": "1"}]},
        ("too-many", "/documents"),
    )
    back = ({"line_id": f"r{at}", "amount_fen": -2, "refund_of": "1"} for at in range(100))
    yield _of(
        "a hundred refunds of two fen each",
        {"lines": [{"line_id": "1", "amount_fen": 100}, *back]},
        ("refund-too-large", "/lines/100/amount_fen"),
        reach=Reach.REFUNDS,
    )


def _of(name: str, document: object, *problems: tuple[str, str], reach: Reach = Reach.DOCUMENT) -> Hostile:
    return Hostile(name, json.dumps(document).encode(), problems, reach)
