"""The least and the greatest value of a term: the declared bounds of its facts, put together."""

from __future__ import annotations

import pytest

from tests.language.small_names import AMOUNT, CAP, ENDED, GOODS, NIGHTS, REFUND, STARTED, VOCABULARY
from yibao.basics.periods import FIRST_DAY, LAST_DAY
from yibao.language.bounds import MOST_DAYS, bounds_of
from yibao.model.expressions import (
    Aggregate,
    Aggregation,
    Always,
    Arithmetic,
    Computed,
    Constant,
    DaysBetween,
    FactTerm,
    Prefix,
    Term,
)
from yibao.model.facts import Kind


def computed(operation: Arithmetic, left: Term, right: Term) -> Term:
    return Computed(operation, left, right, Kind.FEN)


def over_lines(aggregation: Aggregation, fact: FactTerm | None) -> Term:
    return Aggregate(aggregation, fact, Always(True), Kind.INTEGER)


@pytest.mark.parametrize(
    ("term", "least", "greatest"),
    [
        (Constant(-7, Kind.INTEGER), -7, -7),
        (NIGHTS, -5, 400),
        (DaysBetween(STARTED, ENDED), -109_572, 109_572),
        (computed(Arithmetic.PLUS, NIGHTS, CAP), 5, 900),
        (computed(Arithmetic.MINUS, NIGHTS, CAP), -505, 390),
        (computed(Arithmetic.TIMES, NIGHTS, Constant(-3, Kind.INTEGER)), -1_200, 15),
        (computed(Arithmetic.MINIMUM, NIGHTS, CAP), -5, 400),
        (computed(Arithmetic.MAXIMUM, NIGHTS, CAP), 10, 500),
        (over_lines(Aggregation.COUNT, None), 0, 10_000),
        (over_lines(Aggregation.SUM, AMOUNT), 0, 10_000_000),
        (over_lines(Aggregation.SUM, CAP), 0, 5_000_000),
        (over_lines(Aggregation.SUM, NIGHTS), -50_000, 4_000_000),
        (over_lines(Aggregation.SUM, REFUND), -90_000, 0),
        (over_lines(Aggregation.MINIMUM, CAP), 10, 500),
        (over_lines(Aggregation.MAXIMUM, CAP), 10, 500),
    ],
)
def test_a_number_lies_between_two_others(term: Term, least: int, greatest: int) -> None:
    assert bounds_of(term, VOCABULARY) == (least, greatest)


def test_days_that_can_be_named_lie_no_further_apart() -> None:
    assert (LAST_DAY - FIRST_DAY).days <= MOST_DAYS


@pytest.mark.parametrize("term", [Constant("7", Kind.TEXT), Prefix(GOODS, 2)])
def test_what_is_no_number_has_no_bounds(term: Term) -> None:
    with pytest.raises(TypeError, match="no number: "):
        bounds_of(term, VOCABULARY)
