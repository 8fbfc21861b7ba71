"""Random values and tests of plans, in the form that the language gives them, over the names of `names_of_a_plan`."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from hypothesis import strategies as st

from yibao.model.amounts import (
    Amount,
    Banded,
    Both,
    Choice,
    CompareAmounts,
    CompletedYears,
    Dimension,
    Earlier,
    Either,
    Fixed,
    Greatest,
    Least,
    Less,
    LinePart,
    Looked,
    Named,
    Neither,
    OfFact,
    OfFacts,
    OfSegment,
    Plus,
    SegmentPart,
    Series,
    Share,
    SumOfLines,
    Test,
    Times,
    WholeQuotient,
)
from yibao.model.expressions import (
    Aggregate,
    Aggregation,
    Always,
    And,
    Compare,
    Condition,
    Constant,
    DaysBetween,
    FactTerm,
    IsNone,
    Not,
    Operator,
    Or,
)
from yibao.model.facts import Kind

AMOUNT, RATE, WHOLE, CODE = Dimension.AMOUNT, Dimension.RATE, Dimension.WHOLE, Dimension.CODE
WHOLE_RATE = Fixed(Fraction(1), RATE)
ADMITTED = FactTerm("encounter.admitted_on", Kind.DATE)
DISCHARGED = FactTerm("encounter.discharged_on", Kind.DATE)
BORN = FactTerm("insured.born_on", Kind.DATE)
LINE_CONDITIONS: tuple[Condition, ...] = (
    Always(True),
    Compare(Operator.EQUAL, FactTerm("line.category", Kind.CODE), Constant("drug", Kind.CODE)),
    Not(IsNone(FactTerm("line.ceiling_fen", Kind.FEN))),
)
EMERGENCY = Compare(Operator.EQUAL, FactTerm("encounter.emergency", Kind.BOOLEAN), Constant(True, Kind.BOOLEAN))
EMPLOYEE = Compare(Operator.EQUAL, FactTerm("insured.scheme", Kind.CODE), Constant("employee", Kind.CODE))
FACT_CONDITIONS: tuple[Condition, ...] = (EMERGENCY, EMPLOYEE, IsNone(FactTerm("filing", Kind.OBJECT)))

_codes = st.one_of(
    st.sampled_from(["active", "retired"]).map(lambda code: Fixed(code, CODE)),
    st.sampled_from([Named("kind", CODE), OfFact(FactTerm("insured.person_type", Kind.CODE), CODE)]),
)
_leaves = {
    AMOUNT: st.one_of(
        st.just(Fixed(0, AMOUNT)),
        st.sampled_from([Named(name, AMOUNT) for name in ("eligible", "deductible", "base")]),
        st.just(Earlier("deductible", AMOUNT)),
        st.just(OfFact(FactTerm("history.fund_paid_fen", Kind.FEN), AMOUNT)),
        st.builds(SumOfLines, st.sampled_from(LinePart), st.sampled_from(LINE_CONDITIONS)),
        st.builds(OfSegment, st.sampled_from(SegmentPart), st.just("pooled-fund")),
        st.just(Looked("cap", (), AMOUNT)),
    ),
    RATE: st.one_of(
        st.integers(0, 100_000).map(lambda points: Fixed(Fraction(points, 10_000), RATE)),
        st.sampled_from([Named("own-ratio", RATE), Earlier("own-ratio", RATE), Looked("ratio", (), RATE)]),
        st.just(OfFact(FactTerm("third_party.liability_bp", Kind.BASIS_POINTS), RATE)),
    ),
    WHOLE: st.one_of(
        st.integers(1, 10**13).map(lambda number: Fixed(number, WHOLE)),
        st.sampled_from([Named(name, WHOLE) for name in ("age", "stay", "part")]),
        st.just(OfFact(DaysBetween(ADMITTED, DISCHARGED), WHOLE)),
        st.just(OfFact(Aggregate(Aggregation.COUNT, None, LINE_CONDITIONS[1], Kind.INTEGER), WHOLE)),
        st.just(CompletedYears(BORN, ADMITTED)),
        st.just(Looked("window", (), WHOLE)),
    ),
    CODE: _codes,
}


@cache
def amounts(dimension: Dimension, depth: int) -> st.SearchStrategy[Amount]:
    """Values of a dimension, nested at most `depth` deep."""
    if depth == 0 or dimension is CODE:
        return _leaves[dimension]
    same = amounts(dimension, depth - 1)
    parts = st.lists(same, min_size=2, max_size=3).map(tuple)
    found: list[st.SearchStrategy[Amount]] = [
        _leaves[dimension],
        parts.map(lambda some: Plus(_flat(some), dimension)),
        st.builds(Less, same, same, st.just(dimension)),
        st.builds(Least, parts, st.just(dimension)),
        st.builds(Greatest, parts, st.just(dimension)),
        st.builds(Choice, questions(depth - 1), same, same, st.just(dimension)),
        st.builds(Series, _places(depth - 1), parts, same, st.just(dimension)),
    ]
    return st.one_of(*found, *_own(dimension, depth - 1))


def _places(depth: int) -> st.SearchStrategy[Amount]:
    """Places in a series: whole numbers from 1."""
    return amounts(WHOLE, depth).map(lambda number: Plus(_flat([number, Fixed(1, WHOLE)]), WHOLE))


def _own(dimension: Dimension, depth: int) -> list[st.SearchStrategy[Amount]]:
    """What only one dimension has."""
    numbers = amounts(WHOLE, depth)
    if dimension is WHOLE:
        return [
            st.builds(WholeQuotient, numbers, st.integers(1, 365)),
            st.builds(Times, numbers, numbers, st.just(WHOLE)),
        ]
    if dimension is RATE:
        rates = amounts(RATE, depth)
        by_person = st.tuples(_codes, numbers).map(lambda keys: Looked("by-person", keys, RATE))
        return [by_person, st.builds(Times, rates, st.one_of(rates, numbers), st.just(RATE))]
    money = amounts(AMOUNT, depth)
    bounded = amounts(RATE, depth).map(lambda rate: Least((rate, WHOLE_RATE), RATE))
    worth = money.filter(lambda amount: amount != Fixed(0, AMOUNT))
    return [
        st.builds(Share, money, bounded),
        st.builds(Banded, money, st.just(Looked("steps", (), RATE)), st.one_of(st.none(), money)),
        st.builds(Times, worth, numbers, st.just(AMOUNT)),
        st.builds(Times, numbers, worth, st.just(AMOUNT)),
    ]


@cache
def questions(depth: int) -> st.SearchStrategy[Test]:
    """Conditions over facts, over values of the plan, and over both."""
    facts = st.one_of(
        st.sampled_from(FACT_CONDITIONS),
        st.just(And((EMERGENCY, Not(EMPLOYEE)))),
        st.just(Or((EMERGENCY, EMPLOYEE))),
    ).map(OfFacts)
    compared = st.builds(
        CompareAmounts, st.sampled_from(Operator), st.just(Named("eligible", AMOUNT)), amounts(AMOUNT, depth)
    ) | st.builds(CompareAmounts, st.sampled_from(Operator), st.just(Named("stay", WHOLE)), amounts(WHOLE, depth))
    if depth == 0:
        return st.one_of(facts, compared)
    inner = questions(depth - 1)
    joined = st.tuples(compared, inner)
    return st.one_of(
        facts,
        compared,
        st.one_of(compared, joined.map(lambda some: Both(_members(some, Both, And)))).map(Neither),
        joined.map(lambda some: Both(_members(some, Both, And))),
        joined.map(lambda some: Either(_members(some, Either, Or))),
    )


def _flat(parts: tuple[Amount, ...]) -> tuple[Amount, ...]:
    """A sum of sums is one sum."""
    return tuple(part for each in parts for part in (each.parts if isinstance(each, Plus) else (each,)))


def _members(some: tuple[Test, ...], joint: type[Both | Either], of_facts: type[And | Or]) -> tuple[Test, ...]:
    """A chain inside a chain of the same word is one chain."""
    flat: list[Test] = []
    for each in some:
        if isinstance(each, Both | Either) and isinstance(each, joint):
            flat.extend(each.tests)
        elif (
            isinstance(each, OfFacts) and isinstance(each.condition, And | Or) and isinstance(each.condition, of_facts)
        ):
            flat.extend(OfFacts(condition) for condition in each.condition.conditions)
        else:
            flat.append(each)
    return tuple(flat)
