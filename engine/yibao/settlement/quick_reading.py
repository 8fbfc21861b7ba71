"""What the short way reads: parameters by what was asked before, sums over lines, terms, and completed years.

Each raises Elsewhere where something is unknown, or where a parameter has no answer.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence

from yibao.language.truth import read
from yibao.model.amounts import LinePart
from yibao.model.claim import Claim
from yibao.model.expressions import Condition, Term
from yibao.model.facts import UNKNOWN, Given
from yibao.model.policy import Catalogue
from yibao.settlement.book import Layered, ScaledBands
from yibao.settlement.generating import Elsewhere
from yibao.settlement.inputs import PARTS, Row
from yibao.settlement.quick_conditions import of_line
from yibao.settlement.reading import MOST_KEPT, anniversaries


class Kept:
    """The answers of one look-up by its governing dates and keys; within bounds."""

    def __init__(self, layered: Layered) -> None:
        self._layered = layered
        self.known: dict[tuple[Given, ...], int | ScaledBands] = {}

    def ask(self, key: tuple[Given, ...]) -> int | ScaledBands:
        """The answer of the parameter. Raises Elsewhere where it has none."""
        governing = self._layered.governing
        days, keys = key[: len(governing)], key[len(governing) :]
        found = self._layered.find(dict(zip(governing, days, strict=True)), keys).quantity
        if found is None:
            raise Elsewhere
        if len(self.known) < MOST_KEPT:
            self.known[key] = found
        return found


def sum_of(
    part: LinePart, where: Condition, catalogues: Mapping[str, Catalogue]
) -> Callable[[Claim, Sequence[Row]], int]:
    """The sum of one part over the lines where the condition holds. A line whose part is 0 is asked nothing."""
    chosen, place = of_line(where, catalogues), PARTS.index(part.value)

    def total(claim: Claim, rows: Sequence[Row]) -> int:
        found = 0
        for line, row in zip(claim.lines, rows, strict=True):
            fen = row[place]
            if fen and chosen(claim, line):
                found += fen
        return found

    return total


def term_of(term: Term, catalogues: Mapping[str, Catalogue]) -> Callable[[Claim], Given]:
    """A term of the language as a function of the claim. Raises Elsewhere where it is unknown."""
    value_in = read(term, catalogues)

    def value(claim: Claim) -> Given:
        found = value_in(claim, None)
        if found is UNKNOWN:
            raise Elsewhere
        return found

    return value


def years(start: Given, end: Given) -> int:
    """Completed years between two days. Raises Elsewhere where one is none."""
    if isinstance(start, datetime.date) and isinstance(end, datetime.date):
        return anniversaries(start, end)
    raise Elsewhere
