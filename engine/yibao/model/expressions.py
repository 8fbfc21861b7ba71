"""The typed, immutable intermediate representation (IR) that every reader of the language works from.

Nothing here can be computed by Python alone: every construct has to become a column expression and a formula of
linear integer arithmetic as well. There is no call, no regular expression, no float, no question whether a fact is
unknown. Meaning: `docs/language.md`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from enum import Enum

from attrs import frozen

from yibao.basics.periods import Period
from yibao.model.facts import Kind

ConstantValue = bool | int | str | datetime.date


class Operator(Enum):
    """The six comparisons. A comparison with none is false, for all six."""

    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="


class Scope(Enum):
    """What a condition, rule or finding is about: the claim as a whole, or one line of it."""

    CLAIM = "claim"
    LINE = "line"


# Terms: values of facts, constants, and whole-number arithmetic over them.


@frozen
class FactTerm:
    """The value of a declared fact."""

    path: str
    kind: Kind


@frozen
class Constant:
    """A written value. Rates are basis points."""

    value: ConstantValue
    kind: Kind


@frozen
class Prefix:
    """The first `length` characters of a code, for hierarchies such as division or diagnosis codes."""

    fact: FactTerm
    length: int


@frozen
class DaysBetween:
    """Whole days from `start` to `end` (negative when `end` comes first)."""

    start: FactTerm
    end: FactTerm


@frozen
class ShiftedDate:
    """A date moved by a constant number of whole days."""

    date: FactTerm
    days: int


class Arithmetic(Enum):
    """Whole-number arithmetic; one side of a product is a constant."""

    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    MINIMUM = "min"
    MAXIMUM = "max"


@frozen
class Computed:
    """Arithmetic on two terms of one kind."""

    operation: Arithmetic
    left: Term
    right: Term
    kind: Kind


class Aggregation(Enum):
    """Aggregates over the lines of the claim."""

    SUM = "sum"
    COUNT = "count"
    MINIMUM = "min"
    MAXIMUM = "max"


@frozen
class Aggregate:
    """An aggregate of `value` over the lines where `where` holds; unknown if one contribution is."""

    aggregation: Aggregation
    value: FactTerm | None
    where: Condition
    kind: Kind


Term = FactTerm | Constant | Prefix | DaysBetween | ShiftedDate | Computed | Aggregate


# Atoms: the smallest yes/no tests.


@frozen
class Compare:
    """`left operator right`; false when either side is none."""

    operator: Operator
    left: Term
    right: Term


@frozen
class Among:
    """The term equals one of the constants; false for none."""

    term: Term
    values: tuple[Constant, ...]


@frozen
class Holds:
    """The set of codes contains the code; false for none."""

    fact: FactTerm
    code: str


@frozen
class InCatalogue:
    """The code has a row in the catalogue on the catalogue's own governing date `by`; false for none."""

    fact: FactTerm
    catalogue: str
    by: FactTerm


@frozen
class IsNone:
    """The fact is known not to exist."""

    fact: FactTerm


@frozen
class ForAnyLine:
    """True once the condition is true of one line."""

    condition: Condition


@frozen
class ForAllLines:
    """False once the condition is false of one line."""

    condition: Condition


@frozen
class InForce:
    """The governing date lies in the half-open period; false for none."""

    by: FactTerm
    period: Period


Atom = Compare | Among | Holds | InCatalogue | IsNone | ForAnyLine | ForAllLines | InForce
ATOM_TYPES = (Compare, Among, Holds, InCatalogue, IsNone, ForAnyLine, ForAllLines, InForce)


# Conditions: atoms and findings joined by and, or, not.


@frozen
class Always:
    """True or false whatever the facts are."""

    truth: bool


@frozen
class Finding:
    """Some rule that concludes the finding stands. Findings are closed-world."""

    name: str
    scope: Scope


@frozen
class Not:
    condition: Condition


@frozen
class And:
    conditions: tuple[Condition, ...]


@frozen
class Or:
    conditions: tuple[Condition, ...]


Condition = Atom | Always | Finding | Not | And | Or


def conjunction(*conditions: Condition) -> Condition:
    """All of them, flattened; a single one stays itself."""
    flat: list[Condition] = []
    for condition in conditions:
        flat.extend(condition.conditions if isinstance(condition, And) else (condition,))
    flat = [condition for condition in flat if condition != Always(True)]
    if not flat:
        return Always(True)
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def atoms_in(condition: Condition) -> Iterator[Atom]:
    """The atoms of a condition, left to right, with repetitions; an aggregate counts as one atom."""
    match condition:
        case And(conditions) | Or(conditions):
            for inner in conditions:
                yield from atoms_in(inner)
        case Not(inner):
            yield from atoms_in(inner)
        case Always() | Finding():
            return
        case _:
            yield condition


def findings_in(condition: Condition) -> Iterator[Finding]:
    """The findings that a condition reads."""
    match condition:
        case And(conditions) | Or(conditions):
            for inner in conditions:
                yield from findings_in(inner)
        case Not(inner):
            yield from findings_in(inner)
        case Finding():
            yield condition
        case _:
            return


def facts_in(node: Term | Condition) -> Iterator[FactTerm]:
    """Every fact that a term or condition reads, inside aggregates too, with repetitions."""
    match node:
        case FactTerm():
            yield node
        case Constant() | Always() | Finding():
            return
        case Prefix(fact) | Holds(fact) | IsNone(fact):
            yield fact
        case InCatalogue(fact, _, by):
            yield from (fact, by)
        case DaysBetween(start, end):
            yield from (start, end)
        case ShiftedDate(date):
            yield date
        case InForce(by):
            yield by
        case Computed(_, left, right) | Compare(_, left, right):
            yield from facts_in(left)
            yield from facts_in(right)
        case Aggregate(_, value, where):
            if value is not None:
                yield value
            yield from facts_in(where)
        case Among(term, _):
            yield from facts_in(term)
        case And(conditions) | Or(conditions):
            for inner in conditions:
                yield from facts_in(inner)
        case Not(inner) | ForAnyLine(inner) | ForAllLines(inner):
            yield from facts_in(inner)


def reads_aggregate(node: Term | Condition) -> bool:
    """Whether an atom or term looks at several lines at once."""
    match node:
        case ForAnyLine() | ForAllLines() | Aggregate():
            return True
        case Compare(_, left, right) | Computed(_, left, right):
            return reads_aggregate(left) or reads_aggregate(right)
        case Among(term, _):
            return reads_aggregate(term)
        case _:
            return False


def scope_of(node: Term | Condition) -> Scope:
    """LINE if the node reads a fact or finding of the line at hand (outside aggregates), else CLAIM."""
    match node:
        case ForAnyLine() | ForAllLines() | Aggregate():
            return Scope.CLAIM
        case Finding(_, scope):
            return scope
        case Compare(_, left, right) | Computed(_, left, right):
            return _widest(scope_of(left), scope_of(right))
        case Among(term, _):
            return scope_of(term)
        case And(conditions) | Or(conditions):
            return _widest(*(scope_of(inner) for inner in conditions))
        case Not(inner):
            return scope_of(inner)
        case _:
            return _widest(*(_scope_of_fact(fact) for fact in facts_in(node)))


def _scope_of_fact(fact: FactTerm) -> Scope:
    return Scope.LINE if fact.path.startswith("line.") else Scope.CLAIM


def _widest(*scopes: Scope) -> Scope:
    return Scope.LINE if Scope.LINE in scopes else Scope.CLAIM


def compared_alone(atom: Atom) -> FactTerm | None:
    """The one fact that the atom compares with constants only; None for every other atom.

    Such a fact, when missing, is an axis whose domain falls into finitely many cells (`docs/language.md`, unknown).
    """
    match atom:
        case Compare(_, left, Constant()):
            return _bare_fact(left)
        case Compare(_, Constant(), right):
            return _bare_fact(right)
        case Among(term, _):
            return _bare_fact(term)
        case Holds(fact) | IsNone(fact):
            return fact
        case InForce(by):
            return by
        case _:
            return None


def _bare_fact(term: Term) -> FactTerm | None:
    match term:
        case FactTerm():
            return term
        case Prefix(fact) | ShiftedDate(fact):
            return fact
        case _:
            return None
