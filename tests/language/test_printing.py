"""Every form of the representation has one spelling, with brackets where the tree needs them and nowhere else."""

from __future__ import annotations

import datetime
from typing import cast

import pytest

from tests.language.small_names import (
    AMOUNT,
    AREA,
    CAP,
    DAY,
    ENDED,
    GOODS,
    ITEM,
    RATE,
    RESCUE,
    SEALS,
    SOLD,
    STARTED,
    URGENT,
)
from yibao.basics.periods import Period
from yibao.language.printing import text_of
from yibao.model.expressions import (
    Aggregate,
    Aggregation,
    Always,
    Among,
    And,
    Arithmetic,
    Compare,
    Computed,
    Condition,
    Constant,
    DaysBetween,
    Finding,
    ForAllLines,
    ForAnyLine,
    Holds,
    InCatalogue,
    InForce,
    IsNone,
    Not,
    Operator,
    Or,
    Prefix,
    Scope,
    ShiftedDate,
    Term,
)
from yibao.model.facts import Kind

YES, NO = Always(True), Always(False)
FOUND = Finding("approved", Scope.CLAIM)
TRUE = Constant(True, Kind.BOOLEAN)
FEN = Kind.FEN


def code(text: str) -> Constant:
    return Constant(text, Kind.CODE)


def computed(operation: Arithmetic, left: Term, right: Term) -> Computed:
    return Computed(operation, left, right, FEN)


SUM = computed(Arithmetic.PLUS, AMOUNT, CAP)
PRODUCT = computed(Arithmetic.TIMES, AMOUNT, Constant(2, Kind.INTEGER))


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (YES, "true"),
        (NO, "false"),
        (FOUND, "approved"),
        (And((YES, NO)), "true and false"),
        (Or((YES, NO, FOUND)), "true or false or approved"),
        (And((And((YES, NO)), Or((NO, YES)))), "true and false and (false or true)"),
        (Or((And((YES, NO)), Or((NO, YES)), Not(YES))), "(true and false) or (false or true) or not true"),
        (Not(And((YES, NO))), "not (true and false)"),
        (Not(Or((YES, NO))), "not (true or false)"),
        (Not(Not(FOUND)), "not not approved"),
        (Not(Among(GOODS, (code("drug"), code("device")))), "line.goods not in {drug, device}"),
        (Not(IsNone(ENDED)), "visit.ended is not none"),
        (IsNone(ENDED), "visit.ended is none"),
        (Compare(Operator.EQUAL, URGENT, TRUE), "visit.urgent"),
        (Not(Compare(Operator.EQUAL, URGENT, TRUE)), "not visit.urgent"),
        (Compare(Operator.UNEQUAL, URGENT, TRUE), "visit.urgent != true"),
        (Compare(Operator.EQUAL, URGENT, Constant(False, Kind.BOOLEAN)), "visit.urgent == false"),
        (Compare(Operator.EQUAL, URGENT, RESCUE), "visit.urgent == line.rescue"),
        (Compare(Operator.LESS, AMOUNT, Constant(1, FEN)), "line.amount < 1"),
        (Among(GOODS, (code("drug"),)), "line.goods in {drug}"),
        (Holds(SEALS, "hospital"), "hospital in visit.seals"),
        (Holds(SEALS, "two words"), '"two words" in visit.seals'),
        (InCatalogue(ITEM, "sold-goods", SOLD), 'line.item in catalogue("sold-goods")'),
        (ForAnyLine(And((YES, NO))), "any(lines, true and false)"),
        (ForAllLines(Or((YES, NO))), "all(lines, true or false)"),
        (InForce(STARTED, Period(DAY)), "in_force(visit.started, 2024-03-01)"),
        (InForce(STARTED, Period(DAY, datetime.date(2025, 1, 1))), "in_force(visit.started, 2024-03-01, 2025-01-01)"),
    ],
)
def test_a_condition_has_one_spelling(condition: Condition, text: str) -> None:
    assert text_of(condition) == text


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (AMOUNT, "line.amount"),
        (TRUE, "true"),
        (Constant(7, FEN), "7"),
        (Constant(7, Kind.BASIS_POINTS), "0.07%"),
        (Constant(1_250, Kind.BASIS_POINTS), "12.50%"),
        (Constant(10_000, Kind.BASIS_POINTS), "100%"),
        (Constant(True, Kind.BASIS_POINTS), "true"),
        (Constant("7", Kind.BASIS_POINTS), '"7"'),
        (Constant(DAY, Kind.DATE), "2024-03-01"),
        (code("drug"), "drug"),
        (code("out-of-province"), "out-of-province"),
        (code("_x1"), "_x1"),
        (code("9-1"), '"9-1"'),
        (code("ends-"), '"ends-"'),
        (code("甲"), '"甲"'),
        (code(""), '""'),
        *((code(word), f'"{word}"') for word in ("and", "or", "not", "in", "is", "none", "true", "false", "where")),
        *((code(word), f'"{word}"') for word in ("days", "lines")),
        (Prefix(AREA, 2), "prefix(visit.area, 2)"),
        (DaysBetween(STARTED, ENDED), "days(visit.started, visit.ended)"),
        (ShiftedDate(ENDED, 30), "visit.ended + 30 days"),
        (ShiftedDate(ENDED, -30), "visit.ended - 30 days"),
        (ShiftedDate(ENDED, 0), "visit.ended + 0 days"),
        (SUM, "line.amount + line.cap"),
        (computed(Arithmetic.MINIMUM, SUM, PRODUCT), "min(line.amount + line.cap, line.amount * 2)"),
        (computed(Arithmetic.MAXIMUM, AMOUNT, CAP), "max(line.amount, line.cap)"),
        (computed(Arithmetic.MINUS, SUM, SUM), "line.amount + line.cap - (line.amount + line.cap)"),
        (computed(Arithmetic.PLUS, PRODUCT, PRODUCT), "line.amount * 2 + (line.amount * 2)"),
        (computed(Arithmetic.TIMES, SUM, Constant(2, FEN)), "(line.amount + line.cap) * 2"),
        (
            computed(Arithmetic.TIMES, computed(Arithmetic.MINUS, AMOUNT, CAP), Constant(2, FEN)),
            "(line.amount - line.cap) * 2",
        ),
        (computed(Arithmetic.TIMES, PRODUCT, Constant(2, FEN)), "line.amount * 2 * 2"),
        (
            computed(Arithmetic.TIMES, computed(Arithmetic.MINIMUM, AMOUNT, CAP), Constant(2, FEN)),
            "min(line.amount, line.cap) * 2",
        ),
        (
            computed(Arithmetic.PLUS, AMOUNT, computed(Arithmetic.MAXIMUM, AMOUNT, CAP)),
            "line.amount + max(line.amount, line.cap)",
        ),
        (Aggregate(Aggregation.COUNT, None, YES, Kind.INTEGER), "count(lines)"),
        (Aggregate(Aggregation.COUNT, AMOUNT, NO, Kind.INTEGER), "count(lines where false)"),
        (Aggregate(Aggregation.SUM, AMOUNT, YES, FEN), "sum(line.amount)"),
        (Aggregate(Aggregation.SUM, None, YES, FEN), "sum(lines)"),
        (Aggregate(Aggregation.MAXIMUM, RATE, Or((YES, NO)), Kind.BASIS_POINTS), "max(line.rate where true or false)"),
    ],
)
def test_a_term_has_one_spelling(term: Term, text: str) -> None:
    assert text_of(term) == text


def test_what_is_no_node_of_the_language_has_none() -> None:
    with pytest.raises(TypeError, match="no node of the language: <object object"):
        text_of(cast(Term, object()))
