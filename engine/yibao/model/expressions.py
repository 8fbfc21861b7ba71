"""The typed, immutable intermediate representation (IR) that every reader of the language works from.

Nothing here can be computed by Python alone: every construct has to become a column expression and a formula of
linear integer arithmetic as well. There is no call, no regular expression, no float, no question whether a fact is
unknown. Meaning: `docs/language.md`.
"""

from __future__ import annotations

import datetime
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
