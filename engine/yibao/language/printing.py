"""The representation back to text, in one canonical spelling: atoms are named, sorted and explained by it."""

from __future__ import annotations

import datetime
import re

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
    Or,
    Prefix,
    ShiftedDate,
    Term,
)
from yibao.model.facts import Kind

_PLAIN = re.compile(r"[A-Za-z_]\w*(-[A-Za-z0-9_]+)*", re.ASCII)
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "none", "true", "false", "where", "days", "lines"})


def text_of(node: Condition | Term) -> str:
    """The expression that parses to `node`; an in-force test, which no expression writes, prints as `in_force(…)`."""
    match node:
        case And(conditions):
            return " and ".join(_inner(condition, Or) for condition in conditions)
        case Or(conditions):
            return " or ".join(_inner(condition, And, Or) for condition in conditions)
        case Not(Among(term, values)):
            return f"{text_of(term)} not in {_group(values)}"
        case Not(IsNone(fact)):
            return f"{fact.path} is not none"
        case Not(inner):
            return f"not {_inner(inner, And, Or)}"
        case Finding(name):
            return name
        case Always(truth):
            return str(truth).lower()
    return _atom_or_term(node)


def _inner(condition: Condition, *brackets: type) -> str:
    text = text_of(condition)
    return f"({text})" if isinstance(condition, brackets) else text


def _atom_or_term(node: Condition | Term) -> str:
    match node:
        case Compare(operator, left, Constant(True, Kind.BOOLEAN)) if operator.value == "==":
            return text_of(left)
        case Compare(operator, left, right):
            return f"{text_of(left)} {operator.value} {text_of(right)}"
        case Among(term, values):
            return f"{text_of(term)} in {_group(values)}"
        case Holds(fact, code):
            return f"{_code(code)} in {fact.path}"
        case InCatalogue(fact, catalogue):
            return f'{fact.path} in catalogue("{catalogue}")'
        case IsNone(fact):
            return f"{fact.path} is none"
        case ForAnyLine(inner):
            return f"any(lines, {text_of(inner)})"
        case ForAllLines(inner):
            return f"all(lines, {text_of(inner)})"
        case InForce(by, period):
            end = "" if period.end is None else f", {period.end}"
            return f"in_force({by.path}, {period.start}{end})"
    return _term(node)


def _term(node: Condition | Term) -> str:
    match node:
        case FactTerm(path):
            return path
        case Constant(value, kind):
            return _constant(value, kind)
        case Prefix(fact, length):
            return f"prefix({fact.path}, {length})"
        case DaysBetween(start, end):
            return f"days({start.path}, {end.path})"
        case ShiftedDate(date, days):
            return f"{date.path} {'+' if days >= 0 else '-'} {abs(days)} days"
        case Computed(Arithmetic.MINIMUM | Arithmetic.MAXIMUM as operation, left, right):
            return f"{operation.value}({text_of(left)}, {text_of(right)})"
        case Computed(operation, left, right):
            return f"{_operand(left, operation, False)} {operation.value} {_operand(right, operation, True)}"
        case Aggregate(aggregation, value, where):
            over = "lines" if aggregation is Aggregation.COUNT or value is None else value.path
            condition = "" if where == Always(True) else f" where {text_of(where)}"
            return f"{aggregation.value}({over}{condition})"
    raise TypeError(f"no node of the language: {node!r}")


def _operand(term: Term, operation: Arithmetic, right: bool) -> str:
    sums = (Arithmetic.PLUS, Arithmetic.MINUS)
    nested = isinstance(term, Computed) and term.operation in (*sums, Arithmetic.TIMES)
    bracket = nested and (
        right or (operation is Arithmetic.TIMES and isinstance(term, Computed) and term.operation in sums)
    )
    return f"({text_of(term)})" if bracket else text_of(term)


def _group(values: tuple[Constant, ...]) -> str:
    return "{" + ", ".join(_constant(value.value, value.kind) for value in values) + "}"


def _constant(value: bool | int | str | datetime.date, kind: Kind) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if kind is Kind.BASIS_POINTS and isinstance(value, int):
        whole, part = divmod(value, 100)
        return f"{whole}.{part:02d}%" if part else f"{whole}%"
    if isinstance(value, str):
        return _code(value)
    return str(value)


def _code(code: str) -> str:
    return code if _PLAIN.fullmatch(code) and code not in _KEYWORDS else f'"{code}"'
