"""What a claim may say: declared facts, the code tables behind them, and the vocabulary that holds both.

A fact is in one of three states: given (a value), none (known not to exist; `None` here) or unknown (`UNKNOWN`,
the key is absent). Facts are open-world: absent means unknown, never false.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import Enum
from functools import cached_property
from typing import Final

from attrs import field, frozen

from yibao.basics.periods import Period
from yibao.basics.problems import Place

Value = bool | int | str | datetime.date | frozenset[str] | None
LINE_PREFIX: Final = "line."


class Unknown(Enum):
    """The state of a fact whose key is absent."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN
Given = Value | Unknown


class Kind(Enum):
    """The kinds of value a fact can hold; each has a closed domain."""

    BOOLEAN = "bool"
    CODE = "code"
    CODES = "codes"
    DATE = "date"
    INTEGER = "integer"
    FEN = "fen"
    BASIS_POINTS = "basis_points"
    TEXT = "text"
    OBJECT = "object"


@frozen(kw_only=True)
class Title:
    """The same short text in Chinese and English."""

    zh: str
    en: str

    def document(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}

    def in_language(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


@frozen(kw_only=True)
class FactType:
    """A kind with its bounds. `table` names the code table of a closed code; an open code has none, and has exactly
    `digits` digits where that is set (division codes of areas), the first of which are a code of the table `begins`."""

    kind: Kind
    table: str | None = None
    low: int = 0
    high: int = 10**13
    longest: int = 200
    digits: int | None = None
    begins: str | None = None

    @property
    def is_number(self) -> bool:
        return self.kind in (Kind.INTEGER, Kind.FEN, Kind.BASIS_POINTS)


@frozen(kw_only=True)
class Lookup:
    """A fact that catalogues fill in when it is absent: the column of the row named by `key`."""

    column: str
    key: str
    by: str


@frozen(kw_only=True)
class FactDeclaration:
    """One declared fact. `nullable` includes the nullability of the objects it lies in: under a `null` object
    every fact is none. `inherits` names the claim fact that speaks for a line's fact when that is absent. An
    `accumulator` grows with each settlement, so a rule of coverage may not read it. `not_before` names the dates that
    this one may not precede where both are given; of a line's dates, those of every line. `not_above` names the amounts
    of the claim that this one is a part of."""

    path: str
    type: FactType
    nullable: bool
    title: Title
    meaning: Title
    unit: str | None
    source: str
    lookup: Lookup | None
    inherits: str | None
    place: Place = field(eq=False)
    null_allowed: bool = False
    accumulator: bool = False
    not_before: tuple[str, ...] = ()
    not_above: tuple[str, ...] = ()

    @property
    def about_line(self) -> bool:
        return self.path.startswith(LINE_PREFIX)


@frozen(kw_only=True)
class Code:
    """One row of a code table, with the public codes of the national interface where they exist."""

    code: str
    title: Title
    nhsa: tuple[str, ...]
    period: Period
    attributes: Mapping[str, str]
    place: Place = field(eq=False)


@frozen(kw_only=True)
class CodeTable:
    """A closed, dated list of codes."""

    name: str
    title: Title
    source: str
    codes: Mapping[str, Code]
    place: Place = field(eq=False)

    def of_nhsa(self, nhsa: str) -> Code | None:
        """The row that carries a public code, padding aside (`"1"` is `"01"`)."""
        wanted = nhsa.lstrip("0")
        for code in self.codes.values():
            if any(own.lstrip("0") == wanted for own in code.nhsa):
                return code
        return None


THEN: Final = "then"


@frozen(kw_only=True)
class Vocabulary:
    """All declared facts by path, and all code tables by name."""

    facts: Mapping[str, FactDeclaration]
    tables: Mapping[str, CodeTable]

    @cached_property
    def looked_up(self) -> tuple[FactDeclaration, ...]:
        """The facts that catalogues fill in."""
        return tuple(fact for fact in self.facts.values() if fact.lookup is not None)

    def can_begin(self, fact_type: FactType, code: str) -> bool:
        """Whether an open code begins with a code of its table, and goes on as that row's column `then` lists."""
        if fact_type.begins is None:
            return True
        for row in self.tables[fact_type.begins].codes.values():
            if code.startswith(row.code):
                listed = row.attributes.get(THEN, "").split()
                return not listed or any(code.startswith(row.code + next_digits) for next_digits in listed)
        return False

    def axis_of(self, path: str) -> str:
        """The path that stands for a missing fact: an inheriting line fact is missing only when its claim fact is."""
        declaration = self.facts[path]
        return declaration.inherits or path
