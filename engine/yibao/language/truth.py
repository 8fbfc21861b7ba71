"""Conditions and terms asked of the facts of a claim, in three values: true, false, and unknown (`None`).

A comparison with none is false. An atom is unknown when a fact that it needs is; `any` is true once one line is true,
`all` false once one is false. Conditions are turned into nested functions once and then called per claim and line.
"""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from yibao.model.claim import Claim, Line
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
    FactTerm,
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
    ShiftedDate,
    Term,
)
from yibao.model.facts import UNKNOWN, Given, Unknown
from yibao.model.policy import Catalogue
from yibao.model.walks import facts_in, reads_aggregate

Truth = bool | None
Ask = Callable[[Claim, Line | None], Truth]
Read = Callable[[Claim, Line | None], Given]
Catalogues = Mapping[str, Catalogue]

_COMPARE: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUAL: operator.eq,
    Operator.UNEQUAL: operator.ne,
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.GREATER: operator.gt,
    Operator.AT_LEAST: operator.ge,
}
_FIRST_DAY, _LAST_DAY = datetime.date.min.toordinal(), datetime.date.max.toordinal()


def truth(condition: Condition, claim: Claim, line: Line | None, catalogues: Catalogues) -> Truth:
    """Whether the condition holds for the claim (and line); None when that depends on an absent fact."""
    return asked(condition, catalogues)(claim, line)


def open_facts(condition: Condition, claim: Claim, line: Line | None, catalogues: Catalogues) -> tuple[str, ...]:
    """The paths of the absent facts that keep the condition open, sorted; empty when it is decided."""
    return tuple(sorted(set(_open(condition, claim, line, catalogues))))


def absent_facts(atom: Condition | Term, claim: Claim, line: Line | None) -> Iterable[tuple[str, str | None]]:
    """Each absent fact that the atom or term reads, with the id of the line it is absent from."""
    inside = reads_aggregate(atom)
    for fact in facts_in(atom):
        if not fact.path.startswith("line."):
            if claim.given(fact.path) is UNKNOWN:
                yield fact.path, None
            continue
        for each in claim.lines if line is None or inside else (line,):
            if each.given(fact.path) is UNKNOWN:
                yield fact.path, each.line_id


def asked(condition: Condition, catalogues: Catalogues) -> Ask:
    """The condition as a function of claim and line."""
    match condition:
        case Always(constant):
            return lambda claim, line: constant
        case Not(inner):
            return _negated(asked(inner, catalogues))
        case And(conditions):
            return _joined([asked(inner, catalogues) for inner in conditions], deciding=False)
        case Or(conditions):
            return _joined([asked(inner, catalogues) for inner in conditions], deciding=True)
        case ForAnyLine(inner):
            return _over_lines(asked(inner, catalogues), deciding=True)
        case ForAllLines(inner):
            return _over_lines(asked(inner, catalogues), deciding=False)
        case Finding(name):
            raise TypeError(f"the finding {name} is concluded by rules, not asked of facts")
        case Compare(sign, left, right):
            return _compared(_COMPARE[sign], read(left, catalogues), read(right, catalogues))
        case Among(term, values):
            allowed = frozenset(value.value for value in values)
            return _tested(read(term, catalogues), lambda value: value in allowed)
        case Holds(fact, code):
            return _tested(read(fact, catalogues), lambda value: isinstance(value, frozenset) and code in value)
        case InForce(by, period):
            return _tested(read(by, catalogues), lambda value: isinstance(value, datetime.date) and value in period)
        case InCatalogue(fact, name, by):
            return _listed(read(fact, catalogues), read(by, catalogues), catalogues[name])
        case IsNone(fact):
            return _is_none(read(fact, catalogues))


def read(term: Term, catalogues: Catalogues) -> Read:
    """The term as a function of claim and line: a value, None for none, or UNKNOWN."""
    match term:
        case FactTerm(path):
            if path.startswith("line."):
                return lambda claim, line: UNKNOWN if line is None else line.facts.get(path, UNKNOWN)
            return lambda claim, line: claim.facts.get(path, UNKNOWN)
        case Constant(value):
            return lambda claim, line: value
        case Prefix(fact, length):
            return _mapped(read(fact, catalogues), lambda value: str(value)[:length])
        case ShiftedDate(fact, days):
            return _mapped(read(fact, catalogues), lambda value: _moved(value, days))
        case DaysBetween(start, end):
            return _combined(read(start, catalogues), read(end, catalogues), _days_between)
        case Computed(operation, left, right):
            return _combined(read(left, catalogues), read(right, catalogues), _calculation(operation))
        case Aggregate(aggregation, fact, where):
            counted = None if fact is None else read(fact, catalogues)
            return _aggregated(aggregation, counted, asked(where, catalogues))


def _negated(inner: Ask) -> Ask:
    def ask(claim: Claim, line: Line | None) -> Truth:
        found = inner(claim, line)
        return None if found is None else not found

    return ask


def _joined(parts: list[Ask], deciding: bool) -> Ask:
    def ask(claim: Claim, line: Line | None) -> Truth:
        unknown = False
        for part in parts:
            found = part(claim, line)
            if found is deciding:
                return deciding
            unknown = unknown or found is None
        return None if unknown else not deciding

    return ask


def _over_lines(inner: Ask, deciding: bool) -> Ask:
    def ask(claim: Claim, line: Line | None) -> Truth:
        found = {inner(claim, each) for each in claim.lines}
        if deciding in found:
            return deciding
        return None if None in found else not deciding

    return ask


def _compared(test: Callable[[object, object], bool], left: Read, right: Read) -> Ask:
    def ask(claim: Claim, line: Line | None) -> Truth:
        first, second = left(claim, line), right(claim, line)
        if isinstance(first, Unknown) or isinstance(second, Unknown):
            return None
        return first is not None and second is not None and test(first, second)

    return ask


def _tested(term: Read, test: Callable[[object], bool]) -> Ask:
    def ask(claim: Claim, line: Line | None) -> Truth:
        value = term(claim, line)
        if isinstance(value, Unknown):
            return None
        return value is not None and test(value)

    return ask


def _is_none(term: Read) -> Ask:
    def ask(claim: Claim, line: Line | None) -> Truth:
        value = term(claim, line)
        return None if isinstance(value, Unknown) else value is None

    return ask


def _listed(term: Read, by: Read, catalogue: Catalogue) -> Ask:
    def ask(claim: Claim, line: Line | None) -> Truth:
        code, day = term(claim, line), by(claim, line)
        if isinstance(code, Unknown) or isinstance(day, Unknown):
            return None
        if not isinstance(code, str) or not isinstance(day, datetime.date):
            return False
        return catalogue.row_on(code, day) is not None

    return ask


def _mapped(term: Read, change: Callable[[object], Given]) -> Read:
    def value_of(claim: Claim, line: Line | None) -> Given:
        value = term(claim, line)
        return value if isinstance(value, Unknown) or value is None else change(value)

    return value_of


def _combined(left: Read, right: Read, combine: Callable[[object, object], Given]) -> Read:
    def value_of(claim: Claim, line: Line | None) -> Given:
        first, second = left(claim, line), right(claim, line)
        if isinstance(first, Unknown) or isinstance(second, Unknown):
            return UNKNOWN
        return combine(first, second)

    return value_of


def _calculation(operation: Arithmetic) -> Callable[[object, object], Given]:
    functions: Mapping[Arithmetic, Callable[[int, int], int]] = {
        Arithmetic.PLUS: operator.add,
        Arithmetic.MINUS: operator.sub,
        Arithmetic.TIMES: operator.mul,
        Arithmetic.MINIMUM: min,
        Arithmetic.MAXIMUM: max,
    }
    calculate = functions[operation]
    return lambda first, second: (
        calculate(first, second) if isinstance(first, int) and isinstance(second, int) else None
    )


def _aggregated(aggregation: Aggregation, value: Read | None, where: Ask) -> Read:
    def value_of(claim: Claim, line: Line | None) -> Given:
        counted: list[int | datetime.date] = []
        for each in claim.lines:
            chosen = where(claim, each)
            contribution = 1 if value is None else value(claim, each)
            if chosen is None or (chosen and isinstance(contribution, Unknown)):
                return UNKNOWN
            if chosen and isinstance(contribution, int | datetime.date):
                counted.append(contribution)
        if aggregation in (Aggregation.SUM, Aggregation.COUNT):
            return sum(number for number in counted if isinstance(number, int))
        if not counted:
            return None
        dates_or_numbers = sorted(
            counted, key=lambda item: item.toordinal() if isinstance(item, datetime.date) else item
        )
        return dates_or_numbers[0] if aggregation is Aggregation.MINIMUM else dates_or_numbers[-1]

    return value_of


def _moved(value: object, days: int) -> Given:
    if not isinstance(value, datetime.date):
        return None
    return datetime.date.fromordinal(min(max(value.toordinal() + days, _FIRST_DAY), _LAST_DAY))


def _days_between(start: object, end: object) -> Given:
    if isinstance(start, datetime.date) and isinstance(end, datetime.date):
        return (end - start).days
    return None


def _open(condition: Condition, claim: Claim, line: Line | None, catalogues: Catalogues) -> Iterable[str]:
    if truth(condition, claim, line, catalogues) is not None:
        return
    match condition:
        case And(conditions) | Or(conditions):
            for inner in conditions:
                yield from _open(inner, claim, line, catalogues)
        case Not(inner):
            yield from _open(inner, claim, line, catalogues)
        case _:
            for path, _line_id in absent_facts(condition, claim, line):
                yield path
