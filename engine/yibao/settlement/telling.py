"""How what is said of a step is found again: by the answers that its sentences turn on.

A telling asks the run whatever its words turn on (which branch was taken, whether something was 0) and leaves blanks
for figures. Both are noted in their order. When the same step is told of another claim, the same is asked in the same
order; where the answers are the same, so are the words, and only the blanks are filled anew. So there is one place in
which anything is said, and it is gone through once for each way through a step.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from yibao.settlement.forms import Form, alone, in_text
from yibao.settlement.marginal import Stretch
from yibao.settlement.run import Quantity, Run, SegmentRun

# Most steps have two to five ways, and a way takes some 8,000 bytes. One that turns on many codes has more ways; those
# beyond the bound are told anew each time.
MOST_WAYS = 32
Answer = TypeVar("Answer", bound=Hashable)


class Seen:
    """A run that is being told, the benefit year that it belongs to, and the segment at work.

    What is worked out for one working is kept while it is told, by the identity of the part of the plan: `values`, and
    the stretches of amounts `laid_out` over bands."""

    __slots__ = ("laid_out", "run", "segment", "values", "year")

    def __init__(self, run: Run, year: int | None) -> None:
        self.run, self.year, self.segment = run, year, SegmentRun()
        self.values: dict[int, Quantity] = {}
        self.laid_out: dict[int, list[Stretch]] = {}

    def begin(self, base: Quantity, known: dict[int, Quantity]) -> None:
        """Begin the working of a value on this base; another value may mean another base."""
        self.run.base = base
        self.values = known
        self.laid_out = {}


Question = Callable[[Seen], Hashable]
Filler = Callable[[Seen], str]
Written = tuple[Form, list[str]]


class Tale:
    """What is asked and left blank while a step is told. Words depend on answers alone, never on the run itself."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self.asked: list[tuple[tuple[Filler, ...], Question, Hashable]] = []
        self.fillers: list[Filler] = []
        self.filled: list[str] = []

    def ask(self, question: Callable[[Seen], Answer]) -> Answer:
        """The answer of this run to what the words turn on."""
        answer = question(self._seen)
        self.asked.append((tuple(self.fillers), question, answer))
        self.fillers = []
        return answer

    def begin(self, key: int, value: Callable[[Seen], Quantity], base: Callable[[Seen], Quantity]) -> None:
        """Begin the working of a part of the plan, whose value the run knows. What it says of the base of its segment
        is said of this one."""
        self.ask(lambda seen: seen.begin(base(seen), {key: value(seen)}))

    def figure(self, filler: Filler) -> str:
        """A blank in a text."""
        return in_text(self._blank(filler))

    def number(self, filler: Filler) -> str:
        """A blank for a whole value: the filler gives a number or null."""
        return alone(self._blank(filler))

    def _blank(self, filler: Filler) -> int:
        self.fillers.append(filler)
        self.filled.append(filler(self._seen))
        return len(self.filled) - 1


class _Fork:
    """Blanks to fill; then what is asked next, with the ways that go on from it; or the form, where all is asked."""

    __slots__ = ("fillers", "form", "question", "ways")

    def __init__(self, fillers: tuple[Filler, ...], question: Question | None, form: Form | None) -> None:
        self.fillers, self.question, self.form = fillers, question, form
        self.ways: dict[Hashable, _Fork] = {}


class Ways:
    """The ways through what is said of one step, as far as they were gone; `known` counts them."""

    def __init__(self) -> None:
        self._start: dict[Hashable, _Fork] = {}
        self.known = 0

    def told(self, seen: Seen, write: Callable[[Tale], Mapping[str, Any]]) -> Written:
        """What is said of a run, with what fills its blanks. `write` tells it where the way is not known yet. The run
        keeps its base."""
        outer = seen.run.base
        try:
            return self._told(seen, write)
        finally:
            seen.run.base = outer

    def _told(self, seen: Seen, write: Callable[[Tale], Mapping[str, Any]]) -> Written:
        found = self._found(seen)
        if found is not None:
            return found
        tale = Tale(seen)
        form = Form(write(tale))
        if self.known < MOST_WAYS:
            self.known += 1
            self._keep(tale, form)
        return form, tale.filled

    def _found(self, seen: Seen) -> Written | None:
        """The same by a way that was gone before."""
        fork, filled = self._start.get(None), []
        while fork is not None:
            for filler in fork.fillers:
                filled.append(filler(seen))
            if fork.form is not None:
                return fork.form, filled
            fork = None if fork.question is None else fork.ways.get(fork.question(seen))
        return None

    def _keep(self, tale: Tale, form: Form) -> None:
        ways: dict[Hashable, _Fork] = self._start
        answer: Hashable = None
        for fillers, question, following in tale.asked:
            if answer not in ways:
                ways[answer] = _Fork(fillers, question, None)
            ways, answer = ways[answer].ways, following
        ways[answer] = _Fork(tuple(tale.fillers), None, form)
