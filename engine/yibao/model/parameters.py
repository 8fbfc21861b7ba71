"""Parameters: dated, cited values that settlement looks up, each a scalar or a small decision table.

A value is added and never overwritten: a parameter keeps every period, and the claim's own date chooses one. What a
parameter does not say is unknown, never zero.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod

from attrs import field, frozen

from yibao.basics.periods import Period
from yibao.basics.problems import Place
from yibao.model.citations import Citation
from yibao.model.expressions import FactTerm
from yibao.model.facts import Title


class Unit(Enum):
    """What a parameter's values are. Files write yuan and percentages; the model holds whole fen and fractions."""

    YUAN = "yuan"
    RATE = "rate"
    FACTOR = "factor"
    BANDS = "bands"
    COUNT = "count"
    DAYS = "days"
    MONTHS = "months"


class HitPolicy(Enum):
    """How rows that match become one value, in the words of DMN 1.3, section 8.2.11."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    COLLECT_SUM = "COLLECT+"
    COLLECT_LEAST = "COLLECT<"
    COLLECT_GREATEST = "COLLECT>"


@frozen
class Band:
    """A stretch of money up to `upto_fen` (None: without an end) and the rate at which it is paid."""

    upto_fen: int | None
    rate: Fraction


Bands = tuple[Band, ...]
# Whole fen, a whole number of things or days, a rate or factor, or marginal bands.
ParameterValue = int | Fraction | Bands


@frozen
class AnyValue:
    """The key is not looked at, so that even an unknown one matches."""


@frozen
class CodesMatch:
    """The key is one of the codes; with `none`, also a fact that is known not to be."""

    codes: frozenset[str]
    none: bool


@frozen
class RangeMatch:
    """The key is a whole number from `low` to `high`, both included (`high` None: without an end)."""

    low: int
    high: int | None


Match = AnyValue | CodesMatch | RangeMatch
# A row that names more combinations than this is looked for among the rows, and so is one after this many of all rows.
MOST_EXACT_OF_A_ROW = 1_000
MOST_EXACT = 20_000


@frozen(kw_only=True)
class Key:
    """One input column: a fact, or a quantity that the plan defines. Codes belong to `table` where it is set."""

    name: str
    is_number: bool
    table: str | None


@frozen(kw_only=True)
class ParameterRow:
    """One row of a decision table: what each key must match, and the value. `place` is a YAML line or a sheet cell."""

    matches: tuple[Match, ...]
    value: ParameterValue
    place: Place = field(eq=False)


@frozen(kw_only=True)
class ParameterVersion:
    """The rows in force during one half-open period. Without rows the value of that period is known to be missing,
    for the reason `unknown`."""

    period: Period
    published: datetime.date
    rows: tuple[ParameterRow, ...]
    unknown: Title | None
    incomplete: Title | None
    cites: tuple[Citation, ...]
    illustrative: bool
    place: Place = field(eq=False)

    @cached_property
    def by_exact_keys(self) -> Mapping[tuple[object, ...], ParameterRow]:
        """The first row that names each combination of keys one by one. Rows with `*` or an open range are not here."""
        found: dict[tuple[object, ...], ParameterRow] = {}
        for row in self.rows:
            named = [_named_by(match) for match in row.matches]
            if 0 < prod(map(len, named)) <= MOST_EXACT_OF_A_ROW and len(found) <= MOST_EXACT:
                for keys in product(*named):
                    found.setdefault(keys, row)
        return found


def _named_by(match: Match) -> tuple[object, ...] | range:
    """The values that a match names one by one; none for those that it only bounds."""
    match match:
        case CodesMatch(codes, none):
            return (*sorted(codes), *((None,) if none else ()))
        case RangeMatch(low, high) if high is not None:
            return range(low, high + 1)
        case _:
            return ()


@frozen(kw_only=True)
class Parameter:
    """One parameter of one layer. `by` is the date of the claim that chooses the version."""

    name: str
    layer: str
    title: Title
    unit: Unit
    by: FactTerm
    keys: tuple[Key, ...]
    hit: HitPolicy
    carries: tuple[str, ...]
    versions: tuple[ParameterVersion, ...]
    place: Place = field(eq=False)
