"""Random values of a plan, of every construct, over the names that stand before them."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

from tests.support.random_parameters import KEYED_BY, units
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
    LinePart,
    Looked,
    Named,
    Neither,
    OfFact,
    OfFacts,
    OfSegment,
    Plus,
    SegmentPart,
    Series,
    Share,
    SumOfLines,
    Test,
    Times,
    WholeQuotient,
)
from yibao.model.expressions import (
    Aggregate,
    Aggregation,
    Always,
    Among,
    And,
    Compare,
    Condition,
    Constant,
    DaysBetween,
    FactTerm,
    ForAllLines,
    ForAnyLine,
    IsNone,
    Not,
    Operator,
    Or,
)
from yibao.model.facts import Kind

AMOUNT, RATE, WHOLE, CODE = Dimension.AMOUNT, Dimension.RATE, Dimension.WHOLE, Dimension.CODE
ADMITTED, DISCHARGED = FactTerm("encounter.admitted_on", Kind.DATE), FactTerm("encounter.discharged_on", Kind.DATE)
BORN, PERSON = FactTerm("insured.born_on", Kind.DATE), FactTerm("insured.person_type", Kind.CODE)
LEVEL, STAYS = (FactTerm(path, Kind.INTEGER) for path in ("encounter.institution.level", "history.stays_this_year"))
LIABILITY = FactTerm("third_party.liability_bp", Kind.BASIS_POINTS)
MET = tuple(FactTerm(f"history.{name}_fen", Kind.FEN) for name in ("deductible_met", "fund_paid", "eligible"))
CATEGORY = FactTerm("line.category", Kind.CODE)
DRUG = Compare(Operator.EQUAL, CATEGORY, Constant("drug", Kind.CODE))
RESCUE = Compare(Operator.EQUAL, FactTerm("line.for_rescue", Kind.BOOLEAN), Constant(True, Kind.BOOLEAN))
EMERGENCY = Compare(Operator.EQUAL, FactTerm("encounter.emergency", Kind.BOOLEAN), Constant(True, Kind.BOOLEAN))
RETIRED = Compare(Operator.EQUAL, PERSON, Constant("retired", Kind.CODE))
NOT_YOUNG = Among(PERSON, tuple(Constant(code, Kind.CODE) for code in ("active", "retired", "elderly")))
LINES: tuple[Condition, ...] = (Always(True), Always(True), DRUG, And((DRUG, Not(RESCUE))), Or((RESCUE, Not(DRUG))))
FACTS: tuple[Condition, ...] = (
    EMERGENCY,
    IsNone(FactTerm("filing", Kind.OBJECT)),
    And((EMERGENCY, Not(RETIRED))),
    Or((RETIRED, NOT_YOUNG)),
    ForAnyLine(DRUG),
    ForAllLines(Or((DRUG, RESCUE))),
    Compare(Operator.GREATER, STAYS, Constant(2, Kind.INTEGER)),
    Compare(Operator.AT_LEAST, DaysBetween(ADMITTED, DISCHARGED), Constant(30, Kind.INTEGER)),
)
DRUGS = Aggregate(Aggregation.COUNT, None, DRUG, Kind.INTEGER)
WHOLE_RATE = Fixed(Fraction(1), RATE)


class Values:
    """Draws values. `names` are those defined so far, `coming` those that only a later part of a stay can read."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.split = draw.random() < 0.35
        self.names: dict[Dimension, list[str]] = {AMOUNT: [], RATE: [], WHOLE: [], CODE: []}
        self.coming = [f"amount-{number}" for number in range(draw.randint(1, 4))]
        self.segments: list[str] = []

    def start(self) -> Amount | None:
        return None if self.draw.random() < 0.5 else self.amount(0)

    def whole_at_most(self) -> Amount:
        return Least((self.rate(2), WHOLE_RATE), RATE)

    def amount(self, depth: int) -> Amount:
        draw = self.draw
        leaves: list[Callable[[], Amount]] = [
            *[lambda: Fixed(0, AMOUNT)] * (draw.random() < 0.4),
            lambda: Named(draw.choice(self.names[AMOUNT]), AMOUNT),
            lambda: Named("eligible", AMOUNT),
            lambda: OfFact(draw.choice(MET), AMOUNT),
            lambda: SumOfLines(draw.choice(list(LinePart)), draw.choice(LINES)),
            lambda: self.looked("yuan", AMOUNT),
        ]
        if self.segments:
            leaves += [lambda: OfSegment(draw.choice(list(SegmentPart)), draw.choice(self.segments))] * 2
        if self.split:
            leaves.append(lambda: Earlier(draw.choice(["eligible", *self.coming]), AMOUNT))
        if depth == 0:
            return draw.choice(leaves)()
        inner = depth - 1
        return draw.choice(
            [
                *leaves,
                *self.of_any(AMOUNT, inner),
                lambda: Share(self.amount(inner), self.whole_at_most()),
                lambda: Banded(self.amount(inner), Looked("bands", (), RATE), self.start()),
                lambda: Times(self.amount(inner), Least((self.whole(inner), Fixed(9, WHOLE)), WHOLE), AMOUNT),
            ]
        )()

    def rate(self, depth: int) -> Amount:
        draw = self.draw
        leaves: list[Callable[[], Amount]] = [
            lambda: Fixed(Fraction(draw.choice((0, 5, 33, 50, 80, 95, 100)), 100), RATE),
            lambda: self.looked("rate", RATE),
            *[lambda: OfFact(LIABILITY, RATE)] * (draw.random() < 0.2),
            *[lambda: Named(draw.choice(self.names[RATE]), RATE)] * bool(self.names[RATE]),
            *[lambda: Earlier(draw.choice(self.names[RATE]), RATE)] * (self.split and bool(self.names[RATE])),
        ]
        if depth == 0:
            return draw.choice(leaves)()
        small = Least((self.whole(0), Fixed(9, WHOLE)), WHOLE)
        return draw.choice(
            [
                *leaves,
                *self.of_any(RATE, depth - 1),
                lambda: Times(self.rate(depth - 1), self.rate(0), RATE),
                lambda: Times(Fixed(Fraction(1, 100), RATE), small, RATE),
            ]
        )()

    def whole(self, depth: int) -> Amount:
        draw = self.draw
        leaves: list[Callable[[], Amount]] = [
            lambda: Fixed(draw.randint(1, 9), WHOLE),
            lambda: OfFact(draw.choice((LEVEL, STAYS, DaysBetween(ADMITTED, DISCHARGED), DRUGS)), WHOLE),
            lambda: CompletedYears(BORN, draw.choice((ADMITTED, DISCHARGED))),
            lambda: self.looked("count", WHOLE),
            lambda: Named(draw.choice(self.names[WHOLE]), WHOLE),
            *[lambda: Named("part", WHOLE)] * self.split,
            *[lambda: Earlier(draw.choice(self.names[WHOLE]), WHOLE)] * self.split,
        ]
        if depth == 0:
            return draw.choice(leaves)()
        quotient = WholeQuotient(self.whole(depth - 1), draw.choice((1, 2, 7, 90)))
        return draw.choice([*leaves, *self.of_any(WHOLE, depth - 1), lambda: quotient])()

    def of_any(self, dimension: Dimension, depth: int) -> list[Callable[[], Amount]]:
        """What amounts, rates and whole numbers all have."""

        def one() -> Amount:
            return {AMOUNT: self.amount, RATE: self.rate, WHOLE: self.whole}[dimension](depth)

        return [
            lambda: Plus((one(), one()), dimension),
            lambda: Less(one(), one(), dimension),
            lambda: Least((one(), one(), one()), dimension),
            lambda: Greatest((one(), one()), dimension),
            lambda: Greatest((one(), Least((one(), one()), dimension)), dimension),
            lambda: Choice(self.test(depth), one(), one(), dimension),
            lambda: Series(self.place(), (one(), one()), one(), dimension),
        ]

    def place(self) -> Amount:
        """A place in a series: now and then below its first for what a fact says, never for what is written."""
        read = OfFact(self.draw.choice((STAYS, LEVEL)), WHOLE)
        return self.draw.choice((read, Named(KEYED_BY, WHOLE), Greatest((self.whole(0), Fixed(1, WHOLE)), WHOLE)))

    def looked(self, kind: str, dimension: Dimension) -> Amount:
        """A parameter by the claim's own facts, or with its keys given."""
        name = self.draw.choice(units()[kind])
        if name.endswith("by-two") and self.draw.random() < 0.5:
            return Looked(name, (self.code(), self.whole(0)), dimension)
        return Looked(name, (), dimension)

    def code(self) -> Amount:
        draw = self.draw
        plain = [Fixed("retired", CODE), OfFact(PERSON, CODE), *(Named(name, CODE) for name in self.names[CODE])]
        if draw.random() < 0.7:
            return draw.choice(plain)
        return Choice(OfFacts(draw.choice(FACTS)), Fixed("active", CODE), Fixed("retired", CODE), CODE)

    def test(self, depth: int) -> Test:
        draw = self.draw
        way = draw.random()
        if way < 0.4:
            return OfFacts(draw.choice(FACTS))
        if depth == 0 or way < 0.7:
            if draw.random() < 0.2:
                return CompareAmounts(draw.choice((Operator.EQUAL, Operator.UNEQUAL)), self.code(), self.code())
            one = draw.choice((self.amount, self.whole, self.rate))
            return CompareAmounts(draw.choice(list(Operator)), one(0), one(0))
        if way < 0.8:
            return Neither(self.test(depth - 1))
        return draw.choice((Both, Either))((self.test(depth - 1), self.test(depth - 1)))
