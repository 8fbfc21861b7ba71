"""The operations of a plan as functions of a run, over whole numbers.

A rate is a whole number over the scale of its expression, which is known before any claim is: so no fraction is made
per claim. Each operation reads no more than it must, and what reads an unknown value is unknown.
"""

from __future__ import annotations

from collections.abc import Callable

from yibao.basics.problems import Fault, Problem, ProblemsFound
from yibao.model.plan import Ties
from yibao.settlement.absence import Missed, together
from yibao.settlement.rounding import rounded
from yibao.settlement.run import Ask, AskTruth, Quantity, Run


def whole(value: Quantity) -> int:
    """The value as a whole number. Raises Fault for a code or none, which the reader of plans keeps out."""
    if type(value) is not int:
        raise Fault(f"{value!r} stands where a plan needs a number")
    return value


def constant(value: int | str) -> Ask:
    """A written value."""
    return lambda run: value


def multiplied(ask: Ask, factor: int) -> Ask:
    """The same value over a scale that is `factor` times as fine."""
    if factor == 1:
        return ask

    def value(run: Run) -> Quantity:
        found = ask(run)
        return found * factor if type(found) is int else found

    return value


def plus(parts: tuple[Ask, ...]) -> Ask:
    """The sum of values of one scale."""

    def value(run: Run) -> Quantity:
        found = [part(run) for part in parts]
        total = 0
        for each in found:
            if type(each) is not int:
                return _unknown(found)
            total += each
        return total

    return value


def less(ask: Ask, deduct: Ask) -> Ask:
    """A value without another, at least 0; nothing is deducted from 0, so it is not read."""

    def value(run: Run) -> Quantity:
        found = ask(run)
        if found == 0:
            return 0
        deduction = deduct(run)
        if type(found) is int and type(deduction) is int:
            return found - deduction if found > deduction else 0
        return _unknown([found, deduction])

    return value


def least(parts: tuple[Ask, ...]) -> Ask:
    """The least of values of one scale; a part that is 0 settles it."""

    def value(run: Run) -> Quantity:
        found: list[Quantity] = []
        for part in parts:
            each = part(run)
            if each == 0:
                return 0
            found.append(each)
        return _unknown(found) if any(type(each) is not int for each in found) else min(map(whole, found))

    return value


def greatest(parts: tuple[Ask, ...]) -> Ask:
    """The greatest of values of one scale."""

    def value(run: Run) -> Quantity:
        found = [part(run) for part in parts]
        return _unknown(found) if any(type(each) is not int for each in found) else max(map(whole, found))

    return value


def times(left: Ask, right: Ask) -> Ask:
    """A product; a factor of 0 settles it."""

    def value(run: Run) -> Quantity:
        first = left(run)
        if first == 0:
            return 0
        second = right(run)
        if second == 0:
            return 0
        if type(first) is int and type(second) is int:
            return first * second
        return _unknown([first, second])

    return value


def quotient(number: Ask, divisor: int) -> Ask:
    """A whole number divided by a constant, without the remainder."""

    def value(run: Run) -> Quantity:
        found = number(run)
        return found // divisor if type(found) is int else _unknown([found])

    return value


def share(amount: Ask, rate: Ask, scale: int, ties: Ties, too_much: Callable[[int], None]) -> Ask:
    """An amount times a rate over `scale`, rounded once. `too_much` refuses a rate above the whole."""

    def value(run: Run) -> Quantity:
        base = amount(run)
        if base == 0:
            return 0
        part = rate(run)
        if type(part) is int:
            if part > scale:
                too_much(part)
            if part == 0:
                return 0
            if type(base) is int:
                return rounded(base * part, scale, ties)
        return _unknown([base, part])

    return value


def choice(condition: AskTruth, then: Ask, otherwise: Ask) -> Ask:
    """One of two values; the branch not taken is not read."""

    def value(run: Run) -> Quantity:
        truth = condition(run)
        if truth is True:
            return then(run)
        # Whichever branch it will be, what it lacks is asked for at once.
        return otherwise(run) if truth is False else together([truth, then(run), otherwise(run)])

    return value


def series(number: Ask, values: tuple[Ask, ...], then: Ask, below: Callable[[], Missed]) -> Ask:
    """The n-th of the values, counted from 1. `below` says what a number below 1 leaves unknown."""

    def value(run: Run) -> Quantity:
        place = number(run)
        if type(place) is not int:
            return _unknown([place])
        if place < 1:
            return below()
        return values[place - 1](run) if place <= len(values) else then(run)

    return value


def refusing(problem: Problem) -> Callable[[], Missed]:
    """What stands for a value that only a mistake of the plan can ask for. Calling it raises ProblemsFound."""

    def refuse() -> Missed:
        raise ProblemsFound([problem])

    return refuse


def _unknown(found: list[Quantity]) -> Missed:
    """Why an operation has no value. Raises Fault if nothing of what it read is unknown."""
    reasons = together(found)
    if not reasons.absent:
        raise Fault(f"none of {found!r} is unknown, and yet one of them is no number")
    return reasons
