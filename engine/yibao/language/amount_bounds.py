"""How high a rate or a whole number of a plan can get, as far as declarations and parameters tell."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from yibao.basics.money import WHOLE_BASIS_POINTS
from yibao.language.bounds import bounds_of
from yibao.language.plan_names import MOST_PARTS, PART, PlanNames
from yibao.model.amounts import (
    Amount,
    Choice,
    CompletedYears,
    Dimension,
    Fixed,
    Greatest,
    Least,
    Less,
    Looked,
    Named,
    OfFact,
    Plus,
    Series,
    Times,
    WholeQuotient,
)
from yibao.model.parameters import HitPolicy, Parameter, Unit

Highest = Fraction | int | None
MOST_YEARS = 300


def highest(amount: Amount, names: PlanNames) -> Highest:
    """The most that a rate or whole number can be; None where it is an amount, reads a factor (which may exceed 100 %
    by declaration) or a value of the part before, or lies open for another reason."""
    match amount:
        case Fixed(int() | Fraction() as value):
            return value
        case OfFact(term, Dimension.RATE | Dimension.WHOLE as dimension):
            most = bounds_of(term, names.names.vocabulary)[1]
            return Fraction(most, WHOLE_BASIS_POINTS) if dimension is Dimension.RATE else most
        case Named(name):
            return MOST_PARTS if name == PART else names.values[name].highest if name in names.values else None
        case CompletedYears():
            return MOST_YEARS
        case Looked(name):
            return _greatest(_highest_of(parameter) for parameter in names.parameters[name])
        case _:
            return _of_parts(amount, names)


def _of_parts(amount: Amount, names: PlanNames) -> Highest:
    match amount:
        case Plus(parts):
            found = [highest(part, names) for part in parts]
            known = [value for value in found if value is not None]
            return sum(known, start=Fraction(0)) if len(known) == len(found) else None
        case Less(value):
            return highest(value, names)
        case Least(parts):
            return min((most for part in parts if (most := highest(part, names)) is not None), default=None)
        case Greatest(parts):
            return _greatest(highest(part, names) for part in parts)
        case Times(left, right):
            one, other = highest(left, names), highest(right, names)
            return None if one is None or other is None else one * other
        case WholeQuotient(number, divisor):
            most = highest(number, names)
            return None if most is None else most // divisor
        case Series(_, values, then):
            return _greatest(highest(value, names) for value in (*values, then))
        case Choice(_, then, otherwise):
            return _greatest(highest(branch, names) for branch in (then, otherwise))
        case _:
            return None


def _greatest(found: Iterable[Highest]) -> Highest:
    """The greatest of all; None if one is not known."""
    most: Highest = 0
    for value in found:
        if value is None:
            return None
        most = max(most or 0, value)
    return most


def begins_below_first(number: Amount, names: PlanNames) -> bool:
    """Whether a place in a series can lie below the first whatever the claim says.

    That is so where a branch of it comes to 0 at most, or where it is made of written numbers and the number of the
    part alone and comes to 0 in some part.
    """
    if isinstance(number, Choice):
        return any(begins_below_first(branch, names) for branch in (number.then, number.otherwise))
    most, least = highest(number, names), _lowest_of_written(number, names)
    return (most is not None and most < 1) or (least is not None and least < 1)


def _lowest_of_written(number: Amount, names: PlanNames) -> Fraction | int | None:
    """The least that a whole number can be that rests on nothing but written numbers and `part`; None for any other."""
    match number:
        case Fixed(int() as value):
            return value
        case Named(name):
            return 1 if name == PART else None
        case WholeQuotient(inner, divisor):
            least = _lowest_of_written(inner, names)
            return None if least is None else least // divisor
        case Less(one, other):
            least, taken = _lowest_of_written(one, names), highest(other, names)
            written = _lowest_of_written(other, names) is not None
            return max(0, least - taken) if least is not None and taken is not None and written else None
        case Plus(parts):
            found = [_lowest_of_written(part, names) for part in parts]
            known = [value for value in found if value is not None]
            return sum(known) if len(known) == len(found) else None
    return None


def _highest_of(parameter: Parameter) -> Highest:
    """The greatest value that any entry of the parameter gives."""
    if parameter.unit in (Unit.FACTOR, Unit.BANDS, Unit.YUAN):
        return None
    most: Fraction | int = 0
    for version in parameter.versions:
        values = [row.value for row in version.rows if isinstance(row.value, int | Fraction)]
        together = sum(values, start=Fraction(0)) if parameter.hit is HitPolicy.COLLECT_SUM else max(values, default=0)
        most = max(most, together)
    return most
