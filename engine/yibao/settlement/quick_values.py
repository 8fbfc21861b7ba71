"""The values of a plan as expressions of Python, for the short way: what `compiling` makes functions of.

Everything that an expression reads is known, or it raises KeyError or Elsewhere, and the long way decides. Rates are
whole numbers over the scale that the compiler gave them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from yibao.basics.problems import Fault
from yibao.model.amount_walks import amounts_in, dimension_of
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
from yibao.model.expressions import Always, DaysBetween, FactTerm, Operator
from yibao.model.plan import NamedValue, Plan, Ties
from yibao.settlement import quick_reading
from yibao.settlement.generating import Bound, elsewhere
from yibao.settlement.marginal import paid_on
from yibao.settlement.program import Program
from yibao.settlement.quick_conditions import ConditionWriter
from yibao.settlement.rounding import rounded


class ValueWriter:
    """Writes the values of one plan into one function.

    The function has `claim`, its `facts`, and the lines' parts in `rows`; `names` has what stands for each named value,
    segment part and word of the plan, as soon as it is known.
    """

    def __init__(self, program: Program, bound: Bound, conditions: ConditionWriter) -> None:
        self._program, self._bound, self._conditions = program, bound, conditions
        self._elsewhere = bound.bind(elsewhere)
        self.names: dict[str, str] = {"part": "1"}
        self.parts: dict[tuple[object, str], str] = {}

    def expression(self, node: Amount) -> str:
        """The value as an expression in brackets; it never writes a part of it twice."""
        return self._leaf(node) or self._operation(node)

    def _leaf(self, node: Amount) -> str | None:
        match node:
            case Fixed(value, _):
                return self._bound.bind(value if isinstance(value, int | str) else value.numerator)
            case OfFact():
                return self._fact(node)
            case Named(name, _):
                return self.names[name]
            case Earlier():
                return "0"
            case CompletedYears(start, end):
                years, first, last = map(self._bound.bind, (quick_reading.years, start.path, end.path))
                return f"{years}(facts[{first}], facts[{last}])"
            case Looked():
                return self._looked(node)
            case SumOfLines(part, where):
                if where == Always(True):
                    return f"{part.value}"
                total = quick_reading.sum_of(part, where, self._program.catalogues)
                return f"{self._bound.bind(total)}(claim, rows)"
            case OfSegment(part, segment):
                return self.parts[part, segment]
        return None

    def _operation(self, node: Amount) -> str:
        match node:
            case Plus(parts):
                return f"({' + '.join(self._aligned(parts))})"
            case Least(parts):
                return self._least(self._aligned(parts))
            case Greatest(parts):
                return f"max({', '.join(self._aligned(parts))})"
            case Less(value, deduction):
                return self._less(*self._aligned((value, deduction)))
            case Times(left, right):
                first = self._bound.place()
                return f"(({first} := {self.expression(left)}) and {first} * {self.expression(right)})"
            case WholeQuotient(number, divisor):
                return f"({self.expression(number)} // {self._bound.bind(divisor)})"
            case Share(amount, rate):
                return self._share(amount, rate)
            case Banded():
                return self._banded(node)
            case Series():
                return self._series(node)
            case Choice(test, then, otherwise):
                yes, no = self._aligned((then, otherwise))
                return f"({yes} if {self.test(test)} else {no})"
        raise Fault(f"no value of a plan: {node!r}")

    def test(self, node: Test) -> str:
        """A condition of the plan as an expression in brackets."""
        match node:
            case OfFacts(condition):
                return self._conditions.expression(condition)
            case CompareAmounts(sign, left, right):
                return self._compared(sign, left, right)
            case Neither(inner):
                return f"(not {self.test(inner)})"
            case Both(tests):
                return f"({' and '.join(map(self.test, tests))})"
            case Either(tests):
                return f"({' or '.join(map(self.test, tests))})"

    def _compared(self, sign: Operator, left: Amount, right: Amount) -> str:
        one, two = self._bound.place(), self._bound.place()
        first, second = self._aligned((left, right))
        if dimension_of(left) is not Dimension.CODE:
            return f"({first} {sign.value} {second})"
        # Both are read, as the long way reads them; a comparison with none is false.
        known = f"[{one} := {first}, {two} := {second}]"
        return f"(None not in {known} and {one} {sign.value} {two})"

    def _fact(self, node: OfFact) -> str:
        value = self._bound.place()
        if isinstance(node.term, FactTerm) and not node.term.path.startswith("line."):
            found = f"({value} := facts[{self._bound.bind(node.term.path)}])"
        else:
            read = quick_reading.term_of(node.term, self._program.catalogues)
            found = f"({value} := {self._bound.bind(read)}(claim))"
        if node.dimension is Dimension.CODE:
            return f"({value} if {found} is None or {value}.__class__ is str else {self._elsewhere}())"
        least = f"max({value}, 0)" if isinstance(node.term, DaysBetween) else value
        return f"({least} if {found}.__class__ is int else {self._elsewhere}())"

    def _looked(self, node: Looked) -> str:
        """What is kept of earlier look-ups, by the governing dates and the keys; else the parameter is asked."""
        look_up = self._program.lookups[id(node)]
        if look_up.layered is None:
            return f"{self._elsewhere}()"
        names = [key.name for key in look_up.layered.parameters[0].keys]
        keys = [self._key(key) for key in node.keys] or [self._key_named(name, look_up.values) for name in names]
        days = [f"facts[{self._bound.bind(path)}]" for path in look_up.layered.governing]
        found, key = self._bound.place(), self._bound.place()
        kept = quick_reading.Kept(look_up.layered)
        get, ask = self._bound.bind(kept.known.get), self._bound.bind(kept.ask)
        asked = f"({key} := ({', '.join([*days, *keys])},))"
        return f"({found} if ({found} := {get}({asked})) is not None else {ask}({key}))"

    def _key(self, node: Amount) -> str:
        match node:
            case OfFact(FactTerm(path)):
                return f"facts[{self._bound.bind(path)}]"
            case _:
                return self.expression(node)

    def _key_named(self, name: str, values: frozenset[str]) -> str:
        return self.names[name] if name in values else f"facts[{self._bound.bind(name)}]"

    def _aligned(self, parts: Iterable[Amount]) -> list[str]:
        """The parts over one common scale."""
        nodes = [*parts]
        scales = [self._program.nodes[id(node)].scale for node in nodes]
        common = math.lcm(*scales)
        texts = [self.expression(node) for node in nodes]
        factors = [common // scale for scale in scales]
        return [
            text if factor == 1 else f"({text} * {self._bound.bind(factor)})"
            for text, factor in zip(texts, factors, strict=True)
        ]

    def _least(self, parts: list[str]) -> str:
        """A part that is 0 settles it, and what stands behind is not read."""
        kept = [self._bound.place() for _part in parts]
        zeros = "".join(f"0 if not ({name} := {part}) else " for name, part in zip(kept[:-1], parts[:-1], strict=True))
        if len(parts) == 2:
            first, last = kept
            return f"({zeros}{first} if {first} < ({last} := {parts[-1]}) else {last})"
        return f"({zeros}min({', '.join([*kept[:-1], parts[-1]])}))"

    def _less(self, value: str, deduction: str) -> str:
        one, two = self._bound.place(), self._bound.place()
        return f"(0 if not ({one} := {value}) else {one} - {two} if {one} > ({two} := {deduction}) else 0)"

    def _share(self, amount: Amount, rate: Amount) -> str:
        base, part = self._bound.place(), self._bound.place()
        number = self._program.nodes[id(rate)].scale
        scale, double = self._bound.bind(number), self._bound.bind(2 * number)
        if self._program.plan.rounding.ties is Ties.UP:
            paid = f"(2 * {base} * {part} + {scale}) // {double}"
        else:
            paid = f"{self._bound.bind(rounded)}({base} * {part}, {scale}, {self._bound.bind(Ties.EVEN)})"
        known = f"{paid} if ({part} := {self.expression(rate)}) <= {scale} else {self._elsewhere}()"
        return f"(0 if not ({base} := {self.expression(amount)}) else {known})"

    def _banded(self, node: Banded) -> str:
        amount = self._bound.place()
        start = "0" if node.start is None else self.expression(node.start)
        scale = self._bound.bind(self._program.lookups[id(node.bands)].scale)
        pay, rounding = self._bound.bind(paid_on), self._bound.bind(self._program.plan.rounding)
        laid_out = f"{pay}({amount}, {start}, {self._looked(node.bands)}, {scale}, {rounding})"
        return f"({laid_out} if ({amount} := {self.expression(node.amount)}) else 0)"

    def _series(self, node: Series) -> str:
        place = self._bound.place()
        *values, then = self._aligned((*node.values, node.then))
        listed = "".join(f"{value} if {place} == {number} else " for number, value in enumerate(values, 1))
        return f"({self._elsewhere}() if ({place} := {self.expression(node.number)}) < 1 else {listed}{then})"


def declared_in(plan: Plan) -> Iterator[Amount | Test]:
    """Every value and condition of a plan: those of its steps, its accumulators and its purses."""
    for step in plan.steps:
        if isinstance(step, NamedValue):
            yield step.amount
        else:
            yield from (one for one in (step.when, step.base, step.pays, step.limit) if one is not None)
    yield from (accumulation.amount for accumulation in plan.accumulations)
    for purse in plan.purses:
        yield from (one for one in (purse.when, purse.may_pay) if one is not None)


def uses_of(program: Program) -> Counter[str]:
    """How often each value of a plan is named, as the key of a look-up included."""
    plan = program.plan
    found: Counter[str] = Counter([] if plan.deductible is None else [plan.deductible])
    for declared in declared_in(plan):
        for part in amounts_in(declared):
            if isinstance(part, Named):
                found[part.name] += 1
            elif isinstance(part, Looked) and not part.keys:
                found.update(program.lookups[id(part)].values)
    return found
