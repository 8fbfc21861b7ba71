"""What a working asks of the values of a plan: what they come to, whether they are 0, and how they read.

Nothing here is a sentence; those are in `settlement.working`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from yibao.basics.problems import Fault
from yibao.language.titles import same
from yibao.model.amount_walks import dimension_of
from yibao.model.amounts import Amount, Banded, Dimension, Test
from yibao.model.facts import Title
from yibao.settlement.absence import Missed
from yibao.settlement.marginal import Stretch
from yibao.settlement.marginal import stretches as laid_out
from yibao.settlement.program import Program
from yibao.settlement.run import PENDING, Quantity
from yibao.settlement.telling import Seen, Tale
from yibao.settlement.wording import NONE, UNKNOWN, number_text

Value = Callable[[Seen], Quantity]


class Figures:
    """The values of the working at hand. `unread`: whether values are told that the run did not read."""

    def __init__(self, program: Program, tale: Tale, unread: bool) -> None:
        self._program, self._tale, self._words, self._unread = program, tale, program.words, unread
        # One value is one blank, however often it is told.
        self._texts: dict[int, Title] = {}
        self._doubtful = unread

    def begin(self, node: Amount, value: Value, base: Value) -> None:
        """Begin the working of a node with this value, on the base of its segment."""
        self._tale.begin(id(node), value, base)
        self._texts, self._doubtful = {}, self._unread

    def doubt(self, factor: Amount) -> None:
        """Of a product it may be the second factor that is 0 and settles it: then the first may be unknown, and so may
        be whatever is told of it."""
        self._doubtful |= self._is_missed(factor)

    def is_unread(self, node: Amount) -> bool:
        """Whether a part of a doubted factor is not known: nothing was worked out of it, and nothing can be told."""
        return self._doubtful and not self._unread and self._is_missed(node)

    def _is_missed(self, node: Amount) -> bool:
        value = self.value(node)
        return self._tale.ask(lambda seen: isinstance(value(seen), Missed))

    def value(self, node: Amount) -> Value:
        """What gives the value of a part of the plan, in whole numbers over its scale."""
        key, ask = id(node), self._program.nodes[id(node)].ask

        def value(seen: Seen) -> Quantity:
            known = seen.values.get(key, PENDING)
            if known is PENDING:
                known = seen.values[key] = ask(seen.run)
            return known

        return value

    def is_zero(self, node: Amount) -> bool:
        """Whether a part of the plan came to 0."""
        value = self.value(node)
        return self._tale.ask(lambda seen: value(seen) == 0)

    def zero_among(self, nodes: Sequence[Amount]) -> Amount | None:
        """The first of those that is 0."""
        values = [self.value(node) for node in nodes]
        place = self._tale.ask(lambda seen: next((at for at, value in enumerate(values) if value(seen) == 0), None))
        return None if place is None else nodes[place]

    def text(self, node: Amount) -> Title:
        """The value of a part of the plan, as people read it."""
        known = self._texts.get(id(node))
        if known is None:
            known = self._texts[id(node)] = self._code(node) or self._number(node)
        return known

    def holds(self, test: Test) -> bool:
        """Whether a condition of the plan holds."""
        ask = self._program.tests[id(test)]
        return self._tale.ask(lambda seen: ask(seen.run) is True)

    def _code(self, node: Amount) -> Title | None:
        """What a code is called to which a value came; None for a number."""
        dimension, value = dimension_of(node), self.value(node)
        number = dimension is not Dimension.CODE
        if number and (not self._doubtful or self._tale.ask(lambda seen: type(value(seen)) is int)):
            return None
        found = self._tale.ask(value)
        if isinstance(found, str):
            return self._words.facts.code(self._words.table_of(node), found)
        return UNKNOWN if isinstance(found, Missed) else NONE

    def _number(self, node: Amount) -> Title:
        value, text = self.value(node), number_text(dimension_of(node), self._program.nodes[id(node)].scale)
        return same(self._tale.figure(lambda seen: text(settled_with(value(seen)))))

    def stretches(self, node: Banded) -> Callable[[Seen], list[Stretch]]:
        """What gives the stretches of an amount that is laid out over bands."""
        amount, start = self.value(node.amount), None if node.start is None else self.value(node.start)
        key, place = id(node), self._program.lookups[id(node.bands)].place

        def within(seen: Seen) -> list[Stretch]:
            known = seen.laid_out.get(key)
            if known is None:
                found = seen.run.found[place]
                bands = found.quantity if found is not None and isinstance(found.quantity, tuple) else ()
                begin = 0 if start is None else settled_with(start(seen))
                known = seen.laid_out[key] = [*laid_out(settled_with(amount(seen)), begin, bands)]
            return known

        return within


def settled_with(value: Quantity) -> int:
    """A value that a settlement was worked out with. Raises Fault for one that is no number."""
    if not isinstance(value, int):
        raise Fault(f"{value!r} was settled with")
    return value
