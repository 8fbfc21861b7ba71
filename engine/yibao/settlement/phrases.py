"""What the parts of one plan are called in its working, and how its conditions read: worked out once for a plan.

Nothing here depends on a claim; what does is in `working`.
"""

from __future__ import annotations

from yibao.language.amount_printing import text_of
from yibao.language.printing import text_of as text_of_facts
from yibao.model.amount_walks import dimension_of
from yibao.model.amounts import Amount, Dimension, Earlier, Named, OfFact, OfSegment, SegmentPart, SumOfLines, Test
from yibao.model.expressions import Always, DaysBetween, FactTerm
from yibao.model.facts import Title, Vocabulary
from yibao.model.plan import Plan
from yibao.settlement.wording import PARTS_OF_LINES, PARTS_OF_SEGMENTS, followed, same

_OWN_WORDS = {
    "personal": Title(zh="个人负担", en="the personal part"),
    "part": Title(zh="分段序号", en="number of the part"),
}
_BEFORE = Title(zh="上一分段的{}", en="{} of the part before")
_TOGETHER = Title(zh="合计", en=", together")


class Phrases:
    """The phrases of one plan, by the identity of what they are about."""

    def __init__(self, plan: Plan, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._titles = {step.name: step.title for step in plan.steps}
        self._names: dict[int, Title | None] = {}
        self._dimensions: dict[int, Dimension] = {}
        self._conditions: dict[tuple[int, bool], Title] = {}

    def name_of(self, node: Amount) -> Title | None:
        """What a value is always called; None for one that is told by its parts or by what the claim says."""
        key = id(node)
        if key not in self._names:
            self._names[key] = self._name_of(node)
        return self._names[key]

    def dimension_of(self, node: Amount) -> Dimension:
        """Whether the value is an amount, a rate, a whole number or a code."""
        found = self._dimensions.get(id(node))
        if found is None:
            found = self._dimensions[id(node)] = dimension_of(node)
        return found

    def condition(self, test: Test, holds: bool) -> Title:
        """A condition and how it came out."""
        found = self._conditions.get((id(test), holds))
        if found is None:
            text = text_of(test)
            zh = f"条件 {text} {'成立' if holds else '不成立'}"
            found = Title(zh=zh, en=f"{text} {'holds' if holds else 'does not hold'}")
            self._conditions[id(test), holds] = found
        return found

    def part_of(self, part: SegmentPart, segment: str) -> Title:
        """What a part of a segment is called."""
        return _filled(PARTS_OF_SEGMENTS[part], self._titles[segment])

    def fact(self, path: str) -> Title:
        """What a fact is called."""
        declaration = self._vocabulary.facts.get(path)
        return same(path) if declaration is None else declaration.title

    def _name_of(self, node: Amount) -> Title | None:
        match node:
            case Named("base"):
                return None
            case Named(name):
                return self._titles.get(name) or _OWN_WORDS[name]
            case OfFact(FactTerm(path)):
                return self.fact(path)
            case OfFact(DaysBetween()):
                return None
            case OfFact(term):
                return same(text_of_facts(term))
            case Earlier(name):
                return _filled(_BEFORE, self._titles[name])
            case SumOfLines(part, Always(True)):
                return followed(PARTS_OF_LINES[part], _TOGETHER)
            case SumOfLines(part, where):
                some = Title(zh=f"（{text_of_facts(where)}）", en=f" where {text_of_facts(where)}")
                return followed(PARTS_OF_LINES[part], some, _TOGETHER)
            case OfSegment(part, segment):
                return self.part_of(part, segment)
        return None


def _filled(frame: Title, title: Title) -> Title:
    return Title(zh=frame.zh.format(title.zh), en=frame.en.format(title.en))
