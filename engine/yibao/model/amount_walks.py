"""Walking the values of plans: what a value is, what it is made of, and the conditions that it asks."""

from __future__ import annotations

from collections.abc import Iterator

from yibao.model.amounts import (
    Amount,
    Banded,
    Both,
    Choice,
    CompareAmounts,
    CompletedYears,
    Dimension,
    Either,
    Greatest,
    Least,
    Less,
    Looked,
    Neither,
    OfFacts,
    OfSegment,
    Plus,
    Series,
    Share,
    SumOfLines,
    Test,
    Times,
    WholeQuotient,
)
from yibao.model.expressions import Condition


def dimension_of(amount: Amount) -> Dimension:
    """Whether the value is an amount, a rate, a whole number or a code."""
    match amount:
        case Share() | Banded() | SumOfLines() | OfSegment():
            return Dimension.AMOUNT
        case CompletedYears() | WholeQuotient():
            return Dimension.WHOLE
        case _:
            return amount.dimension


def parts_of(amount: Amount) -> tuple[Amount, ...]:
    """The values that a value is directly made of; those inside its test (of a choice) are not among them."""
    match amount:
        case Plus(parts) | Least(parts) | Greatest(parts):
            return parts
        case Less(one, other) | Times(one, other) | Share(one, other) | Choice(_, one, other):
            return one, other
        case WholeQuotient(number):
            return (number,)
        case Looked(_, keys):
            return keys
        case Series(number, values, then):
            return number, *values, then
        case Banded(laid_out, bands, start):
            return (laid_out, bands) if start is None else (laid_out, bands, start)
        case _:
            return ()


def amounts_in(node: Amount | Test) -> Iterator[Amount]:
    """Every value in a value or test, itself and those in tests included, with repetitions."""
    match node:
        case OfFacts():
            return
        case CompareAmounts(_, left, right):
            yield from amounts_in(left)
            yield from amounts_in(right)
        case Neither(test):
            yield from amounts_in(test)
        case Both(tests) | Either(tests):
            for test in tests:
                yield from amounts_in(test)
        case _:
            yield node
            if isinstance(node, Choice):
                yield from amounts_in(node.condition)
            for part in parts_of(node):
                yield from amounts_in(part)


def conditions_in(node: Amount | Test) -> Iterator[Condition]:
    """Every condition over facts that a value or test asks."""
    match node:
        case OfFacts(condition):
            yield condition
        case Neither(test):
            yield from conditions_in(test)
        case Both(tests) | Either(tests):
            for test in tests:
                yield from conditions_in(test)
        case CompareAmounts(_, left, right):
            yield from conditions_in(left)
            yield from conditions_in(right)
        case SumOfLines(_, where):
            yield where
        case _:
            if isinstance(node, Choice):
                yield from conditions_in(node.condition)
            for part in parts_of(node):
                yield from conditions_in(part)
