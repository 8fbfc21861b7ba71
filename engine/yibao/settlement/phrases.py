"""What the parts of one plan are called in its working, and how its conditions read: worked out once for a plan.

Nothing here depends on a claim; what does is in `working`.
"""

from __future__ import annotations

from yibao.language.plan_words import PlanWords
from yibao.language.titles import filled
from yibao.model.amount_walks import dimension_of
from yibao.model.amounts import Amount, CompletedYears, Dimension, Named, OfFact, SegmentPart, Test
from yibao.model.expressions import DaysBetween
from yibao.model.facts import Title

_HOLDS = Title(zh="条件“{}”成立", en="the condition “{}” holds")
_DOES_NOT_HOLD = Title(zh="条件“{}”不成立", en="the condition “{}” does not hold")


class Phrases:
    """The phrases of one plan, by the identity of what they are about."""

    def __init__(self, words: PlanWords) -> None:
        self._words = words
        self._names: dict[int, Title | None] = {}
        self._dimensions: dict[int, Dimension] = {}
        self._tables: dict[int, str | None] = {}
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

    def code(self, node: Amount, code: str) -> Title:
        """What a code is called to which the value came."""
        key = id(node)
        if key not in self._tables:
            self._tables[key] = self._words.table_of(node)
        return self._words.facts.code(self._tables[key], code)

    def condition(self, test: Test, holds: bool) -> Title:
        """A condition and how it came out."""
        found = self._conditions.get((id(test), holds))
        if found is None:
            found = self._conditions[id(test), holds] = filled(
                _HOLDS if holds else _DOES_NOT_HOLD, self._words.test(test)
            )
        return found

    def part_of(self, part: SegmentPart, segment: str) -> Title:
        """What a part of a segment is called."""
        return self._words.part_of(part, segment)

    def fact(self, path: str) -> Title:
        """What a fact is called."""
        return self._words.facts.fact(path)

    def _name_of(self, node: Amount) -> Title | None:
        match node:
            case Named("base") | OfFact(DaysBetween()) | CompletedYears():
                return None
        return self._words.named(node)
