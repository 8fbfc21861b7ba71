"""The smallest pieces of the values of plans: what a word names and what a constant is where it stands."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import frozen

from yibao.basics.money import MAXIMUM_FEN, WHOLE_BASIS_POINTS
from yibao.basics.problems import ProblemsFound, did_you_mean
from yibao.language.plan_names import OWN_WORDS, WHERE_OWN_WORDS_STAND, Need
from yibao.language.trees import Literal, Span, Word
from yibao.model.amounts import Amount, Dimension, Fixed, Named, OfFact
from yibao.model.facts import Kind

if TYPE_CHECKING:
    from yibao.language.amounts import AmountResolver

HIGHEST_RATE = Fraction(10)
_DIMENSIONS = {
    Kind.FEN: Dimension.AMOUNT,
    Kind.BASIS_POINTS: Dimension.RATE,
    Kind.INTEGER: Dimension.WHOLE,
    Kind.CODE: Dimension.CODE,
}
_USES = {
    Kind.BOOLEAN: "ask it: `if … then … else …`",
    Kind.DATE: "count with `days(start, end)` or `years(start, end)`",
    Kind.CODES: "ask it: `if … in … then … else …`",
    Kind.OBJECT: "ask it: `if … is none then … else …`",
}


@frozen
class WordResolver:
    """Resolves words and constants with the names of one expression's resolver."""

    values: AmountResolver

    def constant(self, literal: Literal, need: Need | None) -> Fixed:
        """A written value, in the dimension that is needed."""
        needed = None if need is None else need.dimension
        match literal.value:
            case bool():
                pass
            case str(text):
                return self._code(text, need, literal.span)
            case int(points) if literal.percent:
                rate = Fraction(points, WHOLE_BASIS_POINTS)
                if rate > HIGHEST_RATE:
                    raise self.values.wrong("out-of-range", "a rate or factor is at most 1,000 %", literal.span)
                return Fixed(rate, Dimension.RATE)
            case 0 if needed in (None, Dimension.AMOUNT):
                return Fixed(0, Dimension.AMOUNT)
            case int() if needed is Dimension.AMOUNT:
                message = "an amount other than 0 is not written into a plan"
                hint = "declare a parameter for it, and look it up with `table(…)`"
                raise self.values.wrong("constant-amount", message, literal.span, hint)
            case int(number) if number <= MAXIMUM_FEN:
                return Fixed(number, Dimension.WHOLE)
            case int():
                raise self.values.wrong("out-of-range", f"a number is at most {MAXIMUM_FEN}", literal.span)
        raise self.values.wrong("wrong-type", "this is no value of a plan", literal.span)

    def word(self, word: Word, need: Need | None) -> Amount:
        """What the word names: a fact, an earlier value, a word of the plan's own, or a code beside codes."""
        text, names = word.text, self.values.names
        if text in names.names.vocabulary.facts:
            return self._fact(word)
        if text in names.values:
            return Named(text, names.values[text].dimension)
        if text in names.words:
            return Named(text, OWN_WORDS[text])
        if text in OWN_WORDS:
            message = f"`{text}` can't be named here"
            raise self.values.wrong("misplaced-word", message, word.span, f"it stands {WHERE_OWN_WORDS_STAND[text]}")
        if text in names.all_values:
            message = f"`{text}` is not defined before this step, so it can't be read here"
            raise self.values.wrong("later-name", message, word.span, "a step names those before it, never a later one")
        if need is not None and need.dimension is Dimension.CODE and need.table is not None:
            return self._code(text, need, word.span)
        raise self._unknown(word)

    def _unknown(self, word: Word) -> ProblemsFound:
        text, names = word.text, self.values.names
        if text in names.all_segments:
            hint = f"write `paid({text})`, `base({text})`, `left({text})` or `beyond({text})`"
            return self.values.wrong("wrong-type", f"`{text}` is a segment, not a value", word.span, hint)
        near = did_you_mean(text, (*names.values, *names.words, *names.names.vocabulary.facts))
        if text in names.parameters:
            near = f"look it up with `table({text})`"
        return self.values.wrong("unknown-name", f"no earlier value and no fact is called `{text}`", word.span, near)

    def _fact(self, word: Word) -> OfFact:
        fact = self.values.facts.fact(word)
        dimension = _DIMENSIONS.get(fact.kind)
        if dimension is None:
            message = f"`{fact.path}` is a {fact.kind.value}, not a value of a plan"
            raise self.values.wrong("wrong-type", message, word.span, _USES.get(fact.kind))
        if self.values.names.names.vocabulary.facts[fact.path].type.low < 0:
            message = f"`{fact.path}` can be below 0, and no value of a plan is"
            raise self.values.wrong("wrong-type", message, word.span)
        return OfFact(fact, dimension)

    def _code(self, code: str, need: Need | None, span: Span) -> Fixed:
        table = None if need is None or need.table is None else self.values.names.names.vocabulary.tables[need.table]
        if table is not None and code not in table.codes:
            message = f"`{code}` is no code of `{table.name}`, and no earlier value has this name"
            near = did_you_mean(code, (*table.codes, *self.values.names.values))
            raise self.values.wrong("unknown-code", message, span, near)
        return Fixed(code, Dimension.CODE)
