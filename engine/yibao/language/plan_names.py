"""What the words of a plan's values can mean at one step: facts, parameters, earlier values and segments, own words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import evolve, frozen

from yibao.language.parsing import Names
from yibao.model.amounts import Dimension
from yibao.model.parameters import Parameter, Unit

BASE, PERSONAL, PART = "base", "personal", "part"
OWN_WORDS: Mapping[str, Dimension] = {BASE: Dimension.AMOUNT, PERSONAL: Dimension.AMOUNT, PART: Dimension.WHOLE}
WHERE_OWN_WORDS_STAND: Mapping[str, str] = {
    BASE: "in `pays` and `limit` of a segment",
    PERSONAL: "in `purses`",
    PART: "where the plan's `benefit_year` says `split: true`",
}
# A part is a benefit year, of which a stay between nameable days can touch no more.
MOST_PARTS = 301
# Words with a meaning of their own, after which nothing else can be called.
RESERVED = frozenset(
    {"and", "or", "not", "in", "is", "none", "true", "false", "where", "always", "if", "then", "else", "from"}
    | {"last", "lines", "days", *OWN_WORDS}
)
DIMENSIONS: Mapping[Unit, Dimension] = {
    Unit.YUAN: Dimension.AMOUNT,
    Unit.RATE: Dimension.RATE,
    Unit.FACTOR: Dimension.RATE,
    Unit.BANDS: Dimension.RATE,
    Unit.COUNT: Dimension.WHOLE,
    Unit.DAYS: Dimension.WHOLE,
    Unit.MONTHS: Dimension.WHOLE,
}


@frozen
class Need:
    """The dimension that is needed where a value stands; for a code also its table, where that is told."""

    dimension: Dimension
    table: str | None = None


AMOUNT, RATE, WHOLE = Need(Dimension.AMOUNT), Need(Dimension.RATE), Need(Dimension.WHOLE)


@frozen(kw_only=True)
class Known:
    """An earlier value: what it is, the code table that it belongs to, and the most that a rate or number can be
    (None: more than can be told, or an amount)."""

    dimension: Dimension
    table: str | None
    highest: Fraction | int | None


@frozen(kw_only=True)
class PlanNames:
    """The names known at one step of a plan.

    `parameters` has, for each name, the parameters of the layers around the plan's own, the most local one of its
    chain first. `values` and `segments` are the earlier ones; `all_values` and `all_segments` those of the whole plan.
    `words` are the plan's own words that can stand here. With `split`, values of the part before can be asked for.
    """

    names: Names
    parameters: Mapping[str, tuple[Parameter, ...]]
    values: Mapping[str, Known]
    segments: frozenset[str]
    all_values: frozenset[str]
    all_segments: frozenset[str]
    words: frozenset[str]
    split: bool

    def with_value(self, name: str, known: Known) -> PlanNames:
        """The names after the value."""
        return evolve(self, values={**self.values, name: known})

    def with_segment(self, name: str) -> PlanNames:
        """The names after the segment."""
        return evolve(self, segments=self.segments | {name})

    def with_words(self, *words: str) -> PlanNames:
        """The names where the plan's own words can stand too."""
        return evolve(self, words=self.words.union(words))

    def means_in_a_plan(self, word: str) -> bool:
        """Whether the word is one of the plan's values or own words, defined already or not."""
        return word in self.all_values or word in OWN_WORDS
