"""The working of a settlement: each value as a sentence that a person can redo on paper.

It is told from the plan's declaration and the values of a finished run, so that the settlement itself does not pay for
it. It tells no more than was read: what an operand of 0 made certain is not looked at. Whatever its words turn on is
asked of the tale (`settlement.telling`), and every figure is a blank of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from yibao.basics.money import yuan
from yibao.basics.problems import Fault
from yibao.language.titles import filled, followed, joined, same, valued
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
from yibao.settlement.figures import Figures, Value, settled_with
from yibao.settlement.marginal import Stretch
from yibao.settlement.program import Program
from yibao.settlement.telling import Seen, Tale
from yibao.settlement.wording import ROUNDED, ROUNDED_TO_EVEN, STOP, rate_text

_PLUS, _TIMES = same(" + "), same(" × ")
_HOLDS = Title(zh="条件“{}”成立", en="the condition “{}” holds")
_DOES_NOT_HOLD = Title(zh="条件“{}”不成立", en="the condition “{}” does not hold")


class Teller:
    """Tells the values of one run. Parts of a value become equations of their own, before the one that uses them.

    `unread`: whether values are told that the run did not read, which may be unknown."""

    def __init__(self, program: Program, tale: Tale, unread: bool) -> None:
        self._program, self._tale, self._words = program, tale, program.words
        self._figures = Figures(program, tale, unread)
        self._equations: list[Title] = []

    def tell(self, node: Amount, value: Value, base: Value) -> Title:
        """The working of a node with this value, equation by equation, on the base of its segment."""
        self._figures.begin(node, value, base)
        self._equations = []
        last = self._operand(node)
        return joined(self._equations or [last], STOP)

    def condition(self, test: Test, holds: bool) -> Title:
        """A condition and how it came out."""
        return filled(_HOLDS if holds else _DOES_NOT_HOLD, self._words.test(test))

    def _text(self, node: Amount) -> Title:
        return self._figures.text(node)

    def _named(self, node: Amount) -> Title | None:
        """What a value is always called; None for one that is told by its parts or by what the claim says."""
        match node:
            case Named("base") | OfFact(DaysBetween()) | CompletedYears():
                return None
        return self._words.named(node)

    def _operand(self, node: Amount) -> Title:
        """How a value is named in an equation; what it was worked out by goes before."""
        match node:
            case OfSegment(SegmentPart.BEYOND):
                self._beyond(node)
        name = self._named(node)
        if name is not None:
            return valued(name, self._text(node))
        match node:
            case Fixed() | Named():
                return self._text(node)
            case OfFact(DaysBetween(start, end)):
                return valued(self._span(start, end, Title(zh="的天数", en=", in days")), self._text(node))
            case CompletedYears(start, end):
                return valued(self._span(start, end, Title(zh="的周年数", en=", in completed years")), self._text(node))
            case Looked():
                return valued(self._parameter(node), self._text(node))
        if not self._figures.is_unread(node):
            self._equations.append(self._equation(node))
        return self._text(node)

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
                if self._figures.is_zero(left):
                    return self._certain(left, node)
                self._figures.doubt(left)
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
                holds = self._figures.holds(test)
                chosen = self._operand(then if holds else otherwise)
                return joined((self.condition(test, holds), chosen), Title(zh="：", en=": "))
        raise Fault(f"no working is known for {node!r}")

    def _is(self, formula: Title, node: Amount, note: Title | None = None) -> Title:
        result = joined((formula, self._text(node)), same(" = "))
        return result if note is None else followed(result, note)

    def _certain(self, zero: Amount, node: Amount) -> Title:
        """An operand of 0 settles the value; nothing else was read."""
        so = Title(zh="，因此为 ", en=", so it comes to ")
        return followed(self._operand(zero), so, self._text(node))

    def _less(self, node: Amount, value: Amount, deduction: Amount) -> Title:
        if self._figures.is_zero(value):
            return self._certain(value, node)
        formula = joined((self._operand(value), self._operand(deduction)), same(" − "))
        if not self._figures.is_zero(node):
            return self._is(formula, node)
        return followed(formula, Title(zh=" 不大于 0，取 ", en=" is not above 0, so "), self._text(node))

    def _chosen(self, node: Amount, parts: Sequence[Amount], words: Title) -> Title:
        zero = self._figures.zero_among(parts) if isinstance(node, Least) else None
        if zero is not None:
            return self._certain(zero, node)
        operands = [self._operand(part) for part in parts]
        zh = _listed([one.zh for one in operands], "、", " 与 ")
        en = _listed([one.en for one in operands], ", ", " and ")
        which = words.en.format("er" if len(operands) == 2 else "est")
        formula = Title(zh=f"{zh} {words.zh}", en=f"{which}{en}")
        return self._is(formula, node)

    def _share(self, node: Amount, amount: Amount, rate: Amount) -> Title:
        zero = self._figures.zero_among((amount, rate))
        if zero is not None:
            return self._certain(zero, node)
        formula = joined((self._operand(amount), self._operand(rate)), _TIMES)
        base, part, scale = self._figures.value(amount), self._figures.value(rate), self._program.nodes[id(rate)].scale
        uneven = self._tale.ask(lambda seen: settled_with(base(seen)) * settled_with(part(seen)) % scale != 0)
        return self._is(formula, node, self._rounded() if uneven else None)

    def _banded(self, node: Banded) -> Title:
        """The stretches one by one, and their sum."""
        if self._figures.is_zero(node.amount):
            return self._certain(node.amount, node)
        laid_out = [self._operand(part) for part in (node.amount, node.start) if part is not None]
        scale, within = self._program.lookups[id(node.bands)].scale, self._figures.stretches(node)
        told = [self._stretch(within, at, scale) for at in range(self._tale.ask(lambda seen: len(within(seen))))]
        title = followed(self._parameter(node.bands), Title(zh="：", en=": "))
        uneven = self._tale.ask(lambda seen: any((high - low) * rate % scale for low, high, rate in within(seen)))
        listed = followed(title, joined(told, _PLUS)) if told else followed(title, same("0.00"))
        heading = followed(joined(laid_out, Title(zh="，起算于 ", en=", laid out from ")), Title(zh="，", en=", "))
        return self._is(followed(heading, listed), node, self._rounded() if uneven else None)

    def _stretch(self, within: Callable[[Seen], list[Stretch]], at: int, scale: int) -> Title:
        """One stretch of marginal bands: what lies in it, its rate, and where it begins and ends."""
        width = self._tale.figure(lambda seen: yuan(within(seen)[at][1] - within(seen)[at][0]))
        rate = self._tale.figure(lambda seen: rate_text(within(seen)[at][2], scale))
        low = self._tale.figure(lambda seen: yuan(within(seen)[at][0]))
        high = self._tale.figure(lambda seen: yuan(within(seen)[at][1]))
        return Title(zh=f"{width} × {rate}（{low} 至 {high}）", en=f"{width} × {rate} ({low} to {high})")

    def _series(self, node: Series) -> Title:
        value, last = self._figures.value(node.number), len(node.values)
        at = self._tale.ask(lambda seen: min(settled_with(value(seen)) - 1, last))
        place = self._tale.figure(lambda seen: str(value(seen)))
        number = self._operand(node.number)
        of = Title(zh=f"{number.zh}，取第 {place} 项：", en=f"{number.en}, so item {place}: ")
        return followed(of, self._operand((*node.values, node.then)[at]))

    def _beyond(self, node: OfSegment) -> None:
        """What of a segment's base its limit kept it from, told by the base that reaches the limit."""
        segments = self._program.plan.segments
        place = next(at for at, segment in enumerate(segments) if segment.name == node.segment)
        _payer, paying = self._program.paying[place]
        if self._figures.is_zero(node):
            return
        value = self._figures.value(node)

        def whole_base(seen: Seen) -> int:
            return settled_with(paying.run(seen.run).base)

        base = valued(self._words.part_of(SegmentPart.BASE, node.segment), self._yuan(whole_base))
        reached = self._yuan(lambda seen: whole_base(seen) - settled_with(value(seen)))
        told = valued(Title(zh="达到限额的基数", en="base that reaches its limit"), reached)
        beyond = self._yuan(lambda seen: settled_with(value(seen)))
        self._equations.append(joined((joined((base, told), same(" − ")), beyond), same(" = ")))

    def _yuan(self, fen: Callable[[Seen], int]) -> Title:
        return same(self._tale.figure(lambda seen: yuan(fen(seen))))

    def _rounded(self) -> Title:
        return ROUNDED if self._program.plan.rounding.ties is Ties.UP else ROUNDED_TO_EVEN

    def _parameter(self, node: Looked) -> Title:
        place = self._program.lookups[id(node)].place
        found = self._tale.ask(lambda seen: None if (one := seen.run.found[place]) is None else one.parameter.title)
        return same(node.parameter) if found is None else found

    def _span(self, start: FactTerm, end: FactTerm, what: Title) -> Title:
        dated = [followed(self._words.facts.fact(fact.path), self._day(fact.path)) for fact in (start, end)]
        return followed(joined(dated, Title(zh=" 至 ", en=" to ")), what)

    def _day(self, path: str) -> Title:
        return same(" " + self._tale.figure(lambda seen: str(seen.run.facts.get(path))))


def _listed(texts: Sequence[str], comma: str, conjunction: str) -> str:
    """`a, b and c`."""
    *others, last = texts
    return f"{comma.join(others)}{conjunction}{last}" if others else last
