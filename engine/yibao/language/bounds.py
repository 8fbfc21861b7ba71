"""Between which whole numbers a term lies, by the declared bounds of the facts that it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yibao.model.expressions import Aggregate, Aggregation, Arithmetic, Computed, Constant, DaysBetween, FactTerm, Term
from yibao.model.facts import Vocabulary

Bounds = tuple[int, int]
MOST_LINES = 10_000
# Days from the first to the last day that a claim can name.
MOST_DAYS = 109_572

_COMBINE: Mapping[Arithmetic, Callable[[int, int], int]] = {
    Arithmetic.PLUS: lambda one, other: one + other,
    Arithmetic.MINUS: lambda one, other: one - other,
    Arithmetic.TIMES: lambda one, other: one * other,
    Arithmetic.MINIMUM: min,
    Arithmetic.MAXIMUM: max,
}


def bounds_of(term: Term, vocabulary: Vocabulary) -> Bounds:
    """The least and the greatest value that a number can take. Raises TypeError for a term that is no number."""
    match term:
        case Constant(int(value)):
            return value, value
        case FactTerm(path):
            declared = vocabulary.facts[path].type
            return declared.low, declared.high
        case DaysBetween():
            return -MOST_DAYS, MOST_DAYS
        case Computed(operation, left, right):
            return _combined(operation, bounds_of(left, vocabulary), bounds_of(right, vocabulary))
        case Aggregate(aggregation, fact, _):
            low, high = (1, 1) if fact is None else bounds_of(fact, vocabulary)
            if aggregation in (Aggregation.SUM, Aggregation.COUNT):
                return min(0, low * MOST_LINES), max(0, high * MOST_LINES)
            return low, high
    raise TypeError(f"no number: {term!r}")


def _combined(operation: Arithmetic, left: Bounds, right: Bounds) -> Bounds:
    """All five operations are monotone in each argument, so the corners bound them."""
    corners = [_COMBINE[operation](one, other) for one in left for other in right]
    return min(corners), max(corners)
