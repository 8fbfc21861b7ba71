"""The working of a settlement: each value as a sentence that a person can redo on paper.

It is told from the plan's declaration and the values of a finished run, so that the settlement itself does not pay for
it. It tells no more than was read: what an operand of 0 made certain is not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from yibao.basics.money import yuan
from yibao.basics.problems import Fault
from yibao.language.titles import followed, joined, same, valued
from yibao.model.amounts import (
    Amount,
    Banded,
    Choice,
    CompletedYears,
    Fixed,
    Greatest,
    Least,
    Less,
    Looked,
    Named,
    OfFact,
    OfSegment,
    Plus,
    SegmentPart,
    Series,
    Share,
    Test,
    Times,
    WholeQuotient,
)
from yibao.model.expressions import DaysBetween, FactTerm
from yibao.model.facts import Title
from yibao.model.plan import Ties
from yibao.settlement.marginal import stretches
from yibao.settlement.program import Program
from yibao.settlement.run import PENDING, Quantity, Run
from yibao.settlement.wording import ROUNDED, ROUNDED_TO_EVEN, STOP, percentage, value_text

_PLUS, _TIMES = same(" + "), same(" × ")


class Teller:
    """Tells the values of one run. Parts of a value become equations of their own, before the one that uses them."""

    def __init__(self, program: Program, run: Run) -> None:
        self._program, self._run = program, run
        self._phrases = program.phrases
        # What the value at work is made of; a later value may mean another base.
        self._values: dict[int, Quantity] = {}
        self._texts: dict[int, Title] = {}
        self._equations: list[Title] = []

    def tell(self, node: Amount) -> Title:
        """The working of a value, equation by equation."""
        self._equations, self._values, self._texts = [], {}, {}
        last = self._operand(node)
        return joined(self._equations or [last], STOP)

    def condition(self, test: Test, holds: bool) -> Title:
        """A condition and how it came out."""
        return self._phrases.condition(test, holds)

    def value(self, node: Amount) -> Quantity:
        """The value of a part of the plan, in whole numbers over its scale."""
        known = self._values.get(id(node), PENDING)
        if known is PENDING:
            known = self._values[id(node)] = self._program.nodes[id(node)].ask(self._run)
        return known

    def text(self, node: Amount) -> Title:
        """The value of a part of the plan, as people read it."""
        known = self._texts.get(id(node))
        if known is None:
            known = self._texts[id(node)] = self._text(node, self.value(node))
        return known

    def _text(self, node: Amount, value: Quantity) -> Title:
        if isinstance(value, str):
            return self._phrases.code(node, value)
        return value_text(value, self._phrases.dimension_of(node), self._program.nodes[id(node)].scale)

    def _operand(self, node: Amount) -> Title:
        """How a value is named in an equation; what it was worked out by goes before."""
        match node:
            case OfSegment(SegmentPart.BEYOND):
                self._beyond(node)
        name = self._phrases.name_of(node)
        if name is not None:
            return valued(name, self.text(node))
        match node:
            case Fixed() | Named():
                return self.text(node)
            case OfFact(DaysBetween(start, end)):
                return valued(self._span(start, end, Title(zh="的天数", en=", in days")), self.text(node))
            case CompletedYears(start, end):
                return valued(self._span(start, end, Title(zh="的周年数", en=", in completed years")), self.text(node))
            case Looked():
                return valued(self._parameter(node), self.text(node))
        self._equations.append(self._equation(node))
        return self.text(node)

    def _equation(self, node: Amount) -> Title:
        """What a value is worked out by, and that it comes to."""
        match node:
            case Plus(parts):
                return self._is(joined([self._operand(part) for part in parts], _PLUS), node)
            case Less(value, deduction):
                return self._less(node, value, deduction)
            case Least(parts):
                return self._chosen(node, parts, Title(zh="取低者", en="the low{} of "))
            case Greatest(parts):
                return self._chosen(node, parts, Title(zh="取高者", en="the high{} of "))
            case Times(left, right):
                if self.value(left) == 0:
                    return self._certain(left, node)
                return self._is(joined((self._operand(left), self._operand(right)), _TIMES), node)
            case WholeQuotient(number, divisor):
                title = Title(zh=f" ÷ {divisor} 取整", en=f" ÷ {divisor} without the remainder")
                return self._is(followed(self._operand(number), title), node)
            case Share(amount, rate):
                return self._share(node, amount, rate)
            case Banded():
                return self._banded(node)
            case Series():
                return self._series(node)
            case Choice(test, then, otherwise):
                holds = self._program.tests[id(test)](self._run) is True
                chosen = self._operand(then if holds else otherwise)
                return joined((self.condition(test, holds), chosen), Title(zh="：", en=": "))
        raise Fault(f"no working is known for {node!r}")

    def _is(self, formula: Title, node: Amount, note: Title | None = None) -> Title:
        result = joined((formula, self.text(node)), same(" = "))
        return result if note is None else followed(result, note)

    def _certain(self, zero: Amount, node: Amount) -> Title:
        """An operand of 0 settles the value; nothing else was read."""
        so = Title(zh="，因此为 ", en=", so it comes to ")
        return followed(self._operand(zero), so, self.text(node))

    def _less(self, node: Amount, value: Amount, deduction: Amount) -> Title:
        if self.value(value) == 0:
            return self._certain(value, node)
        formula = joined((self._operand(value), self._operand(deduction)), same(" − "))
        if self.value(node) != 0:
            return self._is(formula, node)
        return followed(formula, Title(zh=" 不大于 0，取 ", en=" is not above 0, so "), self.text(node))

    def _chosen(self, node: Amount, parts: Sequence[Amount], words: Title) -> Title:
        zero = next((part for part in parts if self.value(part) == 0), None) if isinstance(node, Least) else None
        if zero is not None:
            return self._certain(zero, node)
        operands = [self._operand(part) for part in parts]
        zh = _listed([one.zh for one in operands], "、", " 与 ")
        en = _listed([one.en for one in operands], ", ", " and ")
        which = words.en.format("er" if len(operands) == 2 else "est")
        formula = Title(zh=f"{zh} {words.zh}", en=f"{which}{en}")
        return self._is(formula, node)

    def _share(self, node: Amount, amount: Amount, rate: Amount) -> Title:
        zero = next((part for part in (amount, rate) if self.value(part) == 0), None)
        if zero is not None:
            return self._certain(zero, node)
        formula = joined((self._operand(amount), self._operand(rate)), _TIMES)
        product, scale = _number(self.value(amount)) * _number(self.value(rate)), self._program.nodes[id(rate)].scale
        return self._is(formula, node, self._rounded() if product % scale else None)

    def _banded(self, node: Banded) -> Title:
        """The stretches one by one, and their sum."""
        amount = _number(self.value(node.amount))
        if amount == 0:
            return self._certain(node.amount, node)
        start = 0 if node.start is None else _number(self.value(node.start))
        laid_out = [self._operand(part) for part in (node.amount, node.start) if part is not None]
        look_up = self._program.lookups[id(node.bands)]
        found = self._run.found[look_up.place]
        bands = found.quantity if found is not None and isinstance(found.quantity, tuple) else ()
        told = [_stretch(*stretch, look_up.scale) for stretch in stretches(amount, start, bands)]
        title = followed(self._parameter(node.bands), Title(zh="：", en=": "))
        uneven = any((high - low) * rate % look_up.scale for low, high, rate in stretches(amount, start, bands))
        listed = followed(title, joined(told, _PLUS)) if told else followed(title, same("0.00"))
        heading = followed(joined(laid_out, Title(zh="，起算于 ", en=", laid out from ")), Title(zh="，", en=", "))
        return self._is(followed(heading, listed), node, self._rounded() if uneven else None)

    def _series(self, node: Series) -> Title:
        place = _number(self.value(node.number))
        chosen = node.values[place - 1] if place <= len(node.values) else node.then
        number = self._operand(node.number)
        of = Title(zh=f"{number.zh}，取第 {place} 项：", en=f"{number.en}, so item {place}: ")
        return followed(of, self._operand(chosen))

    def _beyond(self, node: OfSegment) -> None:
        """What of a segment's base its limit kept it from, told by the base that reaches the limit."""
        segments = self._program.plan.segments
        place = next(at for at, segment in enumerate(segments) if segment.name == node.segment)
        _payer, paying = self._program.paying[place]
        beyond, found = _number(self.value(node)), paying.run(self._run)
        if beyond == 0:
            return
        base = valued(self._phrases.part_of(SegmentPart.BASE, node.segment), _yuan(found.base))
        reached = valued(
            Title(zh="达到限额的基数", en="base that reaches its limit"), _yuan(_number(found.base) - beyond)
        )
        self._equations.append(joined((joined((base, reached), same(" − ")), _yuan(beyond)), same(" = ")))

    def _rounded(self) -> Title:
        return ROUNDED if self._program.plan.rounding.ties is Ties.UP else ROUNDED_TO_EVEN

    def _parameter(self, node: Looked) -> Title:
        found = self._run.found[self._program.lookups[id(node)].place]
        return same(node.parameter) if found is None else found.parameter.title

    def _span(self, start: FactTerm, end: FactTerm, what: Title) -> Title:
        facts = self._run.facts
        dated = [followed(self._phrases.fact(fact.path), same(f" {facts.get(fact.path)}")) for fact in (start, end)]
        return followed(joined(dated, Title(zh=" 至 ", en=" to ")), what)


def _number(value: Quantity) -> int:
    if not isinstance(value, int):
        raise Fault(f"{value!r} was settled with")
    return value


def _yuan(value: Quantity) -> Title:
    return same(yuan(_number(value)))


def _listed(texts: Sequence[str], comma: str, conjunction: str) -> str:
    """`a, b and c`."""
    *others, last = texts
    return f"{comma.join(others)}{conjunction}{last}" if others else last


def _stretch(low: int, high: int, rate: int, scale: int) -> Title:
    """One stretch of marginal bands: what lies in it, its rate, and where it begins and ends."""
    product = f"{yuan(high - low)} × {percentage(Fraction(rate, scale))}"
    return Title(zh=f"{product}（{yuan(low)} 至 {yuan(high)}）", en=f"{product} ({yuan(low)} to {yuan(high)})")
