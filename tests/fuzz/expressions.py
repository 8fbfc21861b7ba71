"""The expression language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz import world
from yibao.basics.problems import Place
from yibao.language.parsing import parse_condition, parse_value
from yibao.language.printing import text_of
from yibao.model.expressions import Scope
from yibao.model.facts import Kind
from yibao.readers.documents.locate import bundled_folder

NAME = "expressions"
LONGEST = 2_100
WORDS = (
    *("and", "or", "not", "in", "is none", "is not none", "true", "false", "where", "lines", "days", "{", "}", ","),
    *("any(lines, ", "all(lines, ", "count(lines where ", "sum(line.amount_fen where ", "min(", "max(", "prefix("),
    *("==", "!=", "<=", ">=", "<", ">", " + ", " - ", " * ", "80%", "2024-02-29", "9999-12-31", "0001-01-01"),
    *("line.amount_fen", "line.purpose", "cosmetic", "encounter.admitted_on", "filing.referral.seals", "hospital"),
    *("999999999999999999", " + 999999999 days", 'catalogue("', '"440300"', "encounter.emergency"),
)
HERE = Place(path="fuzz", line=1, column=1)
VALUES = (Kind.FEN, Kind.BASIS_POINTS)


def seeds() -> Iterator[bytes]:
    """Every condition and answer of the shipped rules and charts, each about the claim and about a line."""
    found: set[str] = set()
    for folder in (bundled_folder("policy"), bundled_folder("workflows")):
        for path in sorted(Path(folder).rglob("*.yaml")):
            text = path.read_text(encoding="utf-8")
            found.update(re.findall(r"^ *(?:when|share|ceiling|first_payment): +([^>|].*?)}?$", text, re.MULTILINE))
            found.update(re.findall(r"when: (.+?)}$", text, re.MULTILINE))
    for text in sorted(found):
        for choice in (b"\x00", b"\x01", b"\x02"):
            yield choice + text.encode()


def parse(data: bytes) -> None:
    """The first byte chooses what is asked for; what was read prints to a text that reads the same."""
    choice, text = data[:1], data[1:].decode("utf-8", "replace")
    about = Scope.LINE if choice <= b"\x00" else Scope.CLAIM
    names = world.names()
    if choice >= b"\x02":
        kind = VALUES[choice[0] % 2]
        term = parse_value(text, HERE, names, kind, Scope.LINE)
        assert parse_value(text_of(term), HERE, names, kind, Scope.LINE) == term
        return
    condition = parse_condition(text, HERE, names, about)
    printed = text_of(condition)
    if len(printed) <= 2_000:
        again = parse_condition(printed, HERE, names, about)
        assert text_of(again) == printed
