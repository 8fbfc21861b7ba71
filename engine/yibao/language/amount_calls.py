"""The calls in the values of plans: look-ups, shares, bands, sums over lines, and what earlier segments did."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from attrs import frozen

from yibao.basics.problems import ProblemsFound, did_you_mean
from yibao.language.amount_bounds import begins_below_first, highest
from yibao.language.plan_names import AMOUNT, DIMENSIONS, PART, RATE, WHERE_OWN_WORDS_STAND, WHOLE, Need
from yibao.language.trees import Call, ListTree, Marked, Tree, Word
from yibao.model.amount_walks import dimension_of
from yibao.model.amounts import (
    Amount,
    Banded,
    CompletedYears,
    Dimension,
    Earlier,
    Greatest,
    Least,
    Less,
    LinePart,
    Looked,
    Named,
    OfFact,
    OfSegment,
    SegmentPart,
    Series,
    Share,
    SumOfLines,
)
from yibao.model.expressions import Always, FactTerm
from yibao.model.facts import Kind
from yibao.model.parameters import Key, Parameter, Unit

if TYPE_CHECKING:
    from yibao.language.amounts import AmountResolver

_FORMS = {
    "less": "less(a, b)",
    "min": "min(a, b, …)",
    "max": "max(a, b, …)",
    "clamp": "clamp(a, low, high)",
    "share": "share(amount, rate)",
    "bands": "bands(amount, table(name)) or bands(amount, table(name), from x)",
    "table": "table(name) or table(name, key, …)",
    "series": "series(n, [a, b, c], then last)",
    "sum": "sum(lines, in_scope), sum(lines, in_scope where …) or sum(line.fact where …)",
    "count": "count(lines where …)",
    "days": "days(start, end)",
    "years": "years(start, end)",
    "earlier": "earlier(name)",
    **{part.value: f"{part.value}(segment)" for part in SegmentPart},
}
CALLS = tuple(_FORMS)
# Calls that conditions over facts have as well.
ALSO_OF_RULES = frozenset({"sum", "count", "min", "max", "days"})
_LAST = "last"


@frozen
class CallResolver:
    """Resolves calls with the names of one expression's resolver."""

    values: AmountResolver

    def call(self, call: Call, need: Need | None) -> Amount:
        """The value of a call."""
        if call.name not in _FORMS:
            hint = did_you_mean(call.name, CALLS)
            raise self.values.wrong("unknown-function", f"`{call.name}` is not a word of plans", call.span, hint)
        match call.name, call.arguments:
            case "sum", (Word("lines"), Word() as part):
                return self._sum_of_lines(call, part)
            case (("sum" | "count" | "min" | "max"), (Word(),)) | ("days", (Word(), Word())):
                return self._over_facts(call)
            case _ if call.where is None:
                return self._plain(call, need)
        raise self._misused(call)

    def table(self, call: Call, bands: bool) -> Looked:
        """The value of a parameter, marginal bands where they are what is looked for."""
        match call.arguments:
            case (Word() as word, *given) if call.where is None:
                parameter = self._parameter(word)
                if (parameter.unit is Unit.BANDS) is not bands:
                    message = f"`{word.text}` {'holds no bands' if bands else 'holds bands'}"
                    hint = "bands are applied with `bands(amount, table(name))`, and with nothing else"
                    raise self.values.wrong("wrong-type", message, word.span, hint)
                keys = self._keys_given(call, parameter, tuple(given)) if given else self._own_keys(word, parameter)
                return Looked(parameter.name, keys, DIMENSIONS[parameter.unit])
        raise self._misused(call)

    def _plain(self, call: Call, need: Need | None) -> Amount:
        match call.name, call.arguments:
            case "less", (_, _):
                value, deduction = self._alike(call, need)
                return Less(value, deduction, dimension_of(value))
            case "min", (_, _, *_):
                parts = self._alike(call, need)
                return Least(parts, dimension_of(parts[0]))
            case "max", (_, _, *_):
                parts = self._alike(call, need)
                return Greatest(parts, dimension_of(parts[0]))
            case "clamp", (_, _, _):
                value, low, high = self._alike(call, need)
                dimension = dimension_of(value)
                return Greatest((low, Least((value, high), dimension)), dimension)
            case "years", (Word() as start, Word() as end):
                return CompletedYears(self._date(start), self._date(end))
            case "table", _:
                return self.table(call, bands=False)
            case "series", (number, ListTree(items), Marked("then", then)):
                return self._series(number, items, then, need)
            case "share", (amount, rate):
                return self._share(amount, rate)
            case "bands", (amount, looked):
                return Banded(self._amount(amount), self.values.looked_up(looked), None)
            case "bands", (amount, looked, Marked("from", start)):
                return Banded(self._amount(amount), self.values.looked_up(looked), self._amount(start))
            case "earlier", (Word() as word,):
                return self._earlier(word, need)
            case (("paid" | "base" | "left" | "beyond"), (Word() as word,)):
                return self._of_segment(SegmentPart(call.name), word)
        raise self._misused(call)

    def _misused(self, call: Call) -> ProblemsFound:
        hint = f"it is written {_FORMS[call.name]}"
        return self.values.wrong("wrong-type", f"`{call.name}` is not used like this", call.span, hint)

    def _alike(self, call: Call, need: Need | None) -> tuple[Amount, ...]:
        found = self.values.alike(call.arguments, need)
        if dimension_of(found[0]) is Dimension.CODE:
            raise self.values.wrong("wrong-type", f"`{call.name}` takes no codes", call.span)
        return found

    def _amount(self, tree: Tree) -> Amount:
        return self.values.amount(tree, AMOUNT)

    def _date(self, word: Word) -> FactTerm:
        fact = self.values.facts.fact(word)
        if fact.kind is not Kind.DATE:
            raise self.values.wrong("wrong-type", f"`{fact.path}` is a {fact.kind.value}, not a date", word.span)
        return fact

    def _over_facts(self, call: Call) -> OfFact:
        """Days between dates, and aggregates over facts of the lines: the terms that rules have as well."""
        term = self.values.facts.terms.term(call)
        kind = self.values.facts.terms.kind_of(term)
        if kind is Kind.DATE:
            raise self.values.wrong("wrong-type", "a date is no value of a plan", call.span)
        dimension = {Kind.FEN: Dimension.AMOUNT, Kind.BASIS_POINTS: Dimension.RATE}.get(kind, Dimension.WHOLE)
        return OfFact(term, dimension)

    def _sum_of_lines(self, call: Call, word: Word) -> SumOfLines:
        parts = {part.value: part for part in LinePart}
        if word.text not in parts:
            message = f"`{word.text}` is no part of a line's split: {', '.join(parts)}"
            raise self.values.wrong("unknown-name", message, word.span, did_you_mean(word.text, parts))
        if call.where is None:
            return SumOfLines(parts[word.text], Always(True))
        return SumOfLines(parts[word.text], self.values.tests.about_a_line(call.where))

    def _parameter(self, word: Word) -> Parameter:
        known = self.values.names.parameters
        if word.text not in known:
            message = f"no parameter of this place, or of what it lies in, is called `{word.text}`"
            raise self.values.wrong("unknown-parameter", message, word.span, did_you_mean(word.text, known))
        nearest, *others = known[word.text]
        for other in others:
            if (other.unit, other.keys) != (nearest.unit, nearest.keys):
                message = f"`{word.text}` has other keys, or another unit, in {other.layer} than in {nearest.layer}"
                hint = "one that speaks in the place of another has the same unit and the same keys"
                raise self.values.wrong("parameters-differ", message, word.span, hint)
        return nearest

    def _keys_given(self, call: Call, parameter: Parameter, given: tuple[Tree, ...]) -> tuple[Amount, ...]:
        if len(given) != len(parameter.keys):
            names = ", ".join(key.name for key in parameter.keys) or "none"
            message = f"`{parameter.name}` has {len(parameter.keys)} keys ({names}), this gives {len(given)}"
            raise self.values.wrong("wrong-keys", message, call.span)
        pairs = zip(given, parameter.keys, strict=True)
        return tuple(self._key(tree, key) for tree, key in pairs)

    def _key(self, tree: Tree, key: Key) -> Amount:
        """A given key. A yes or no can be one too: its words are the codes `true` and `false`."""
        if isinstance(tree, Word) and not key.is_number and key.table is None:
            declaration = self.values.names.names.vocabulary.facts.get(tree.text)
            if declaration is not None and declaration.type.kind is Kind.BOOLEAN:
                return OfFact(self.values.facts.fact(tree), Dimension.CODE)
        return self.values.amount(tree, WHOLE if key.is_number else Need(Dimension.CODE, key.table))

    def _own_keys(self, word: Word, parameter: Parameter) -> tuple[Amount, ...]:
        return tuple(self._own_key(word, parameter, key) for key in parameter.keys)

    def _own_key(self, word: Word, parameter: Parameter, key: Key) -> Amount:
        """The key by its name: a fact of the claim, or an earlier value of the plan."""
        names = self.values.names
        needed = Dimension.WHOLE if key.is_number else Dimension.CODE
        hint = f"define it before this step, or give the keys: `table({parameter.name}, …)`"
        if key.name not in names.names.vocabulary.facts and key.name not in names.values:
            message = f"`{parameter.name}` goes by `{key.name}`, which is no fact and no earlier value of the plan"
            raise self.values.wrong("wrong-keys", message, word.span, hint)
        if key.name in names.values:
            known = names.values[key.name]
            if known.dimension is not needed or (key.table is not None and known.table != key.table):
                message = f"`{parameter.name}` goes by `{key.name}`, which is a {known.dimension.value} in this plan"
                raise self.values.wrong("wrong-keys", message, word.span, hint)
            return Named(key.name, known.dimension)
        fact = self.values.facts.fact(Word(key.name, word.span))
        return OfFact(fact, needed)

    def _series(self, number: Tree, items: tuple[Tree, ...], then: Tree, need: Need | None) -> Series:
        goes_on = isinstance(then, Word) and then.text == _LAST
        found = self.values.alike(items if goes_on else (*items, then), need)
        dimension = dimension_of(found[0])
        if dimension is Dimension.CODE:
            raise self.values.wrong("wrong-type", "`series` takes no codes", items[0].span)
        values = found if goes_on else found[:-1]
        place = self.values.amount(number, WHOLE)
        if begins_below_first(place, self.values.names):
            message = "this number comes to 0, and a series counts from 1"
            raise self.values.wrong("series-below-first", message, number.span, "add 1 to what counts those before")
        return Series(place, values, found[-1], dimension)

    def _share(self, amount: Tree, rate: Tree) -> Share:
        found = Share(self._amount(amount), self.values.amount(rate, RATE))
        most = highest(found.rate, self.values.names)
        if most is not None and most > 1:
            message = f"this rate can come to {math.ceil(most * 100)}%, and a share is at most the whole"
            raise self.values.wrong("rate-above-whole", message, rate.span, "bound it with `min(…, 100%)`")
        return found

    def _earlier(self, word: Word, need: Need | None) -> Earlier:
        names, wrong = self.values.names, self.values.wrong
        if not names.split:
            message = "`earlier` asks for the part of the stay before, and this plan does not split a stay"
            raise wrong("misplaced-word", message, word.span, f"it stands {WHERE_OWN_WORDS_STAND[PART]}")
        if word.text not in names.all_values:
            message = f"the plan has no value called `{word.text}`"
            raise wrong("unknown-name", message, word.span, did_you_mean(word.text, names.all_values))
        known = names.values.get(word.text)
        dimension = known.dimension if known is not None else None if need is None else need.dimension
        if dimension is None:
            message = f"what `{word.text}` is can't be told before it is defined"
            raise wrong(
                "later-name", message, word.span, f"write it beside another value: `less(a, earlier({word.text}))`"
            )
        if dimension is Dimension.CODE:
            raise wrong("wrong-type", "in the first part there is no code before", word.span)
        if known is None and dimension is Dimension.RATE:
            message = f"the rate `{word.text}` of the part before can be asked for only after the step that defines it"
            raise wrong("later-name", message, word.span)
        return Earlier(word.text, dimension)

    def _of_segment(self, part: SegmentPart, word: Word) -> OfSegment:
        names = self.values.names
        if word.text in names.segments:
            return OfSegment(part, word.text)
        if word.text in names.all_segments:
            message = f"the segment `{word.text}` does not come before this step, so it can't be read here"
            raise self.values.wrong(
                "later-name", message, word.span, "a value names those before it, never a later one"
            )
        hint = did_you_mean(word.text, names.segments)
        raise self.values.wrong("unknown-name", f"no earlier segment is called `{word.text}`", word.span, hint)
