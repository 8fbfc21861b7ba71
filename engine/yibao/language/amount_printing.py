"""The values and tests of plans back to text, in one canonical spelling: what is printed parses to the same."""

from __future__ import annotations

from fractions import Fraction

from yibao.basics.money import WHOLE_BASIS_POINTS
from yibao.language.printing import text_of as text_of_facts
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
    Looked,
    Named,
    Neither,
    OfFact,
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
from yibao.model.expressions import Always, And, Or


def text_of(node: Amount | Test) -> str:
    """The expression that parses to `node`, where the names that it uses are known and its dimension is needed."""
    match node:
        case OfFacts(condition):
            return text_of_facts(condition)
        case CompareAmounts(operator, left, right):
            return f"{_operand(left, Choice)} {operator.value} {_operand(right, Choice)}"
        case Neither(test):
            return f"not {_member(test)}"
        case Both(tests):
            return " and ".join(_member(test) for test in tests)
        case Either(tests):
            return " or ".join(_member(test) for test in tests)
    return _amount(node)


def _member(test: Test) -> str:
    """A part of a chain, or what is denied: in brackets where it is a chain itself."""
    chain = isinstance(test, Both | Either) or (isinstance(test, OfFacts) and isinstance(test.condition, And | Or))
    return f"({text_of(test)})" if chain else text_of(test)


def _amount(amount: Amount) -> str:
    match amount:
        case Fixed(value, dimension):
            return _constant(value, dimension)
        case OfFact(term):
            return text_of_facts(term)
        case Named(name):
            return name
        case Plus(parts):
            return " + ".join(_operand(part, Choice) for part in parts)
        case Times(left, right):
            return f"{_operand(left, Choice, Plus)} * {_operand(right, Choice, Plus, Times, WholeQuotient)}"
        case WholeQuotient(number, divisor):
            return f"{_operand(number, Choice, Plus)} // {divisor}"
        case Choice(condition, then, otherwise):
            return f"if {text_of(condition)} then {text_of(then)} else {text_of(otherwise)}"
    return _call(amount)


def _call(amount: Amount) -> str:
    match amount:
        case Less(one, other):
            return f"less({text_of(one)}, {text_of(other)})"
        case Least(parts):
            return f"min({_listed(parts)})"
        case Greatest(parts):
            return f"max({_listed(parts)})"
        case Share(one, other):
            return f"share({text_of(one)}, {text_of(other)})"
        case Banded(laid_out, bands, start):
            from_there = "" if start is None else f", from {text_of(start)}"
            return f"bands({text_of(laid_out)}, {text_of(bands)}{from_there})"
        case Looked(name, keys):
            return f"table({', '.join((name, *(text_of(key) for key in keys)))})"
        case Series(number, values, then):
            beyond = "last" if then == values[-1] else text_of(then)
            return f"series({text_of(number)}, [{_listed(values)}], then {beyond})"
        case CompletedYears(start, end):
            return f"years({start.path}, {end.path})"
        case SumOfLines(part, where):
            picked = "" if where == Always(True) else f" where {text_of_facts(where)}"
            return f"sum(lines, {part.value}{picked})"
        case OfSegment(part, segment):
            return f"{part.value}({segment})"
        case Earlier(name):
            return f"earlier({name})"
    raise TypeError(f"no value of a plan: {amount!r}")


def _listed(parts: tuple[Amount, ...]) -> str:
    return ", ".join(text_of(part) for part in parts)


def _operand(amount: Amount, *brackets: type) -> str:
    return f"({text_of(amount)})" if isinstance(amount, brackets) else text_of(amount)


def _constant(value: int | Fraction | str, dimension: Dimension) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if dimension is not Dimension.RATE:
        return str(value)
    points = Fraction(value) * WHOLE_BASIS_POINTS
    whole, part = divmod(points.numerator, 100)
    return f"{whole}.{part:02d}%" if part else f"{whole}%"
