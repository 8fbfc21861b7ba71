"""The conditions and values of a plan in words: what they are about, in Chinese and English, without any figure.

What they come to for one claim is told in `yibao.settlement.working`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import frozen

from yibao.basics.money import yuan
from yibao.basics.problems import Fault
from yibao.language.condition_words import AND, BRACKETS, DENIED, NUMBERS, OR, ConditionWords
from yibao.language.parameter_texts import percent_of
from yibao.language.titles import enumerated, filled, followed, joined, phrase, same
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
from yibao.model.expressions import Always, And, Or
from yibao.model.facts import Title
from yibao.model.plan import NamedValue, Segment

PARTS_OF_LINES = {
    LinePart.BILLED: Title(zh="各行总金额", en="billed amounts of the lines"),
    LinePart.FULL_SELF_PAY: Title(zh="各行全自费金额", en="full self-pay of the lines"),
    LinePart.OVER_CEILING: Title(zh="各行超限价金额", en="amounts over the ceiling of the lines"),
    LinePart.FIRST_SELF_PAY: Title(zh="各行先行自付金额", en="first self-pay of the lines"),
    LinePart.IN_SCOPE: Title(zh="各行政策范围内金额", en="amounts in scope of the lines"),
}
PARTS_OF_SEGMENTS = {
    SegmentPart.BASE: Title(zh="{}的计算基数", en="base of {}"),
    SegmentPart.PAID: Title(zh="{}支付", en="paid by {}"),
    SegmentPart.LEFT: Title(zh="{}支付后剩余", en="left by {}"),
    SegmentPart.BEYOND: Title(zh="{}超出限额部分", en="beyond the limit of {}"),
}
_OWN_WORDS = {
    "base": Title(zh="计算基数", en="the base"),
    "personal": Title(zh="个人负担", en="the personal part"),
    "part": Title(zh="分段序号", en="number of the part"),
}
_BEFORE = Title(zh="上一分段的{}", en="{} of the part before")
_TOGETHER = Title(zh="合计", en=", together")
_PLUS, _TIMES = same(" + "), same(" × ")


@frozen(kw_only=True)
class PlanWords:
    """Tells the conditions and values of one plan by the titles of its `steps` and `parameters`."""

    facts: ConditionWords
    steps: Mapping[str, NamedValue | Segment]
    parameters: Mapping[str, Title]

    def test(self, node: Test) -> Title:
        """What a condition of the plan asks."""
        match node:
            case OfFacts(condition):
                return self.facts.condition(condition)
            case CompareAmounts(operator, left, right):
                return phrase(self._side(left, right), NUMBERS[operator], self._side(right, left))
            case Neither(test):
                return filled(DENIED, self.test(test))
            case Both(tests):
                return joined([self._member(test) for test in tests], AND)
            case Either(tests):
                return joined([self._member(test) for test in tests], OR)

    def _member(self, test: Test) -> Title:
        chain = isinstance(test, Both | Either) or (isinstance(test, OfFacts) and isinstance(test.condition, And | Or))
        return filled(BRACKETS, self.test(test)) if chain else self.test(test)

    def _side(self, node: Amount, peer: Amount) -> Title:
        """A side of a comparison; a written code is from the table of the other side."""
        match node:
            case Fixed(str(code)):
                return self.facts.code(self.table_of(peer), code)
        return self.value(node)

    def table_of(self, node: Amount) -> str | None:
        """The code table that a code of the plan is from, where it comes from a fact."""
        match node:
            case OfFact(term):
                return self.facts.table_of(term)
            case Named(name) | Earlier(name):
                step = self.steps.get(name)
                return self.table_of(step.amount) if isinstance(step, NamedValue) else None
            case Choice(_, then, otherwise):
                return self.table_of(then) or self.table_of(otherwise)
        return None

    def named(self, node: Amount) -> Title | None:
        """What a value is always called; None for one that is told by its parts or by what the claim says."""
        match node:
            case Named(name):
                return self.steps[name].title if name in self.steps else _OWN_WORDS[name]
            case OfFact(term):
                return self.facts.term(term)
            case Earlier(name):
                return filled(_BEFORE, self.steps[name].title)
            case SumOfLines(part, Always(True)):
                return followed(PARTS_OF_LINES[part], _TOGETHER)
            case SumOfLines(part, where):
                return followed(PARTS_OF_LINES[part], self.facts.some(where), _TOGETHER)
            case OfSegment(part, segment):
                return self.part_of(part, segment)
            case CompletedYears(start, end):
                frame = Title(zh="{} 至 {} 的周年数", en="{} to {}, in completed years")
                return filled(frame, self.facts.fact(start.path), self.facts.fact(end.path))
        return None

    def part_of(self, part: SegmentPart, segment: str) -> Title:
        """What a part of a segment is called."""
        return filled(PARTS_OF_SEGMENTS[part], self.steps[segment].title)

    def value(self, node: Amount) -> Title:
        """What a value is."""
        return self.named(node) or self._made_of(node)

    def _made_of(self, node: Amount) -> Title:
        match node:
            case Fixed(value, dimension):
                return _constant(value, dimension)
            case Looked(name):
                return self.parameters.get(name, same(name))
            case Plus(parts):
                return joined([self._operand(part) for part in parts], _PLUS)
            case Times(left, right) | Share(left, right):
                return joined((self._operand(left), self._operand(right)), _TIMES)
            case Less(value, deduction):
                frame = Title(zh="{} − {}（不低于0）", en="{} − {}, at least 0")
                return filled(frame, self._operand(value), self._operand(deduction))
            case Least(parts):
                return filled(Title(zh="{}中的低者", en="the least of {}"), enumerated(map(self.value, parts)))
            case Greatest(parts):
                return filled(Title(zh="{}中的高者", en="the greatest of {}"), enumerated(map(self.value, parts)))
        return self._laid_out(node)

    def _laid_out(self, node: Amount) -> Title:
        match node:
            case WholeQuotient(number, divisor):
                frame = Title(zh=f"{{}} ÷ {divisor} 取整", en=f"{{}} ÷ {divisor} without the remainder")
                return filled(frame, self._operand(number))
            case Banded(amount, bands):
                frame = Title(zh="{}按{}分段计算", en="{} by the bands of {}")
                return filled(frame, self._operand(amount), self.value(bands))
            case Series(number, values, then):
                frame = Title(zh="按{}依次取{}，其后{}", en="by {}, in turn {}, and then {}")
                return filled(frame, self.value(number), enumerated(map(self.value, values)), self.value(then))
            case Choice(test, then, otherwise):
                frame = Title(zh="若{}，则{}，否则{}", en="if {}, then {}, else {}")
                return filled(frame, self.test(test), self.value(then), self.value(otherwise))
        raise Fault(f"no words are known for {node!r}")

    def _operand(self, node: Amount) -> Title:
        made = self.named(node) is None and not isinstance(node, Fixed | Looked)
        return filled(BRACKETS, self.value(node)) if made else self.value(node)


def _constant(value: int | Fraction | str, dimension: Dimension) -> Title:
    if dimension is Dimension.AMOUNT and isinstance(value, int):
        return same(yuan(value))
    if dimension is Dimension.RATE and not isinstance(value, str):
        return same(percent_of(Fraction(value)))
    return same(str(value))
