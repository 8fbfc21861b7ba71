"""The values of a settlement plan: amounts in whole fen, rates as exact fractions, whole numbers; as typed trees.

Every construct can become a column of whole numbers and a formula of linear integer arithmetic: there is no product of
two amounts, no division but by a constant, no rounding outside `Share` and `Banded`, no loop, no clock. Meaning:
`docs/settlement.md`.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

from attrs import frozen

from yibao.model.expressions import Condition, FactTerm, Operator, Term


class Dimension(Enum):
    """What a value of a plan is."""

    AMOUNT = "amount"
    RATE = "rate"
    WHOLE = "whole number"
    CODE = "code"


class LinePart(Enum):
    """The parts that coverage splits a line into."""

    BILLED = "billed"
    FULL_SELF_PAY = "full_self_pay"
    OVER_CEILING = "over_ceiling"
    FIRST_SELF_PAY = "first_self_pay"
    IN_SCOPE = "in_scope"


class SegmentPart(Enum):
    """What a later value can ask of an earlier segment."""

    BASE = "base"
    PAID = "paid"
    LEFT = "left"
    BEYOND = "beyond"


@frozen
class Fixed:
    """A written value."""

    value: int | Fraction | str
    dimension: Dimension


@frozen
class OfFact:
    """A fact of the claim, whole days between two dates, or an aggregate over facts of lines."""

    term: Term
    dimension: Dimension


@frozen
class Named:
    """An earlier named value of the plan, or one of the words that a plan knows by itself: `base` (the segment's own),
    `personal` (what is left for the person) and `part` (the number of the part of the stay)."""

    name: str
    dimension: Dimension


@frozen
class Earlier:
    """The named value in the part of the stay before this one, where a plan splits a stay by benefit years."""

    name: str
    dimension: Dimension


@frozen
class CompletedYears:
    """Birthdays or anniversaries from `start` that `end` has reached; 29 February counts from 1 March elsewhere."""

    start: FactTerm
    end: FactTerm


@frozen
class Looked:
    """The value of a parameter for the keys."""

    parameter: str
    keys: tuple[Amount, ...]
    dimension: Dimension


@frozen
class Series:
    """The n-th of the listed values; beyond the list, `then`. Below 1 it is unknown."""

    number: Amount
    values: tuple[Amount, ...]
    then: Amount
    dimension: Dimension


@frozen
class Plus:
    parts: tuple[Amount, ...]
    dimension: Dimension


@frozen
class Less:
    """`value` without `deduction`, never below zero."""

    value: Amount
    deduction: Amount
    dimension: Dimension


@frozen
class Least:
    parts: tuple[Amount, ...]
    dimension: Dimension


@frozen
class Greatest:
    parts: tuple[Amount, ...]
    dimension: Dimension


@frozen
class Times:
    """A product of which at most one side is an amount, the other a whole number; or of two rates."""

    left: Amount
    right: Amount
    dimension: Dimension


@frozen
class WholeQuotient:
    """A whole number divided by a constant, without the remainder."""

    number: Amount
    divisor: int


@frozen
class Share:
    """An amount times a rate, rounded once to the fen."""

    amount: Amount
    rate: Amount


@frozen
class Banded:
    """Each stretch of `amount`, laid out from `start`, at the rate of its band."""

    amount: Amount
    bands: Looked
    start: Amount | None


@frozen
class SumOfLines:
    """The sum of one part of the lines' splits over the lines where the condition holds."""

    part: LinePart
    where: Condition


@frozen
class OfSegment:
    """What an earlier segment had as base, paid, left over, or could not reach for its limit."""

    part: SegmentPart
    segment: str


@frozen
class Choice:
    """`then` where the condition holds, else `otherwise`; the branch not taken is not read."""

    condition: Test
    then: Amount
    otherwise: Amount
    dimension: Dimension


Amount = (
    Fixed
    | OfFact
    | Named
    | Earlier
    | CompletedYears
    | Looked
    | Series
    | Plus
    | Less
    | Least
    | Greatest
    | Times
    | WholeQuotient
    | Share
    | Banded
    | SumOfLines
    | OfSegment
    | Choice
)


# Tests: conditions over facts, and comparisons of plan values.


@frozen
class OfFacts:
    """A condition over the claim's facts, in the language of rules."""

    condition: Condition


@frozen
class CompareAmounts:
    operator: Operator
    left: Amount
    right: Amount


@frozen
class Neither:
    test: Test


@frozen
class Both:
    tests: tuple[Test, ...]


@frozen
class Either:
    tests: tuple[Test, ...]


Test = OfFacts | CompareAmounts | Neither | Both | Either
