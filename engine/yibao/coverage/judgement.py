"""What an engine says of one line: a record that both engines fill, to be compared and to be written out.

It is a function of the profile (which atoms hold, which are unknown) and of nothing else: no amount, fact value, name
of a missing fact or line id is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from yibao.coverage.program import numbers_in
from yibao.model.expressions import Atom

Truth = bool | None
Axis = tuple[Atom, ...]

# Questions whose answer is part of a line's verdict; a first payment alone leaves a line covered.
VERDICT_QUESTIONS = ("share", "ceiling")
MOST_COMPLETIONS = 65_536


@frozen(eq=False)
class Names:
    """Names of rules, atoms or findings in one order, numbered from 0; one such list serves many records."""

    names: tuple[str, ...]
    numbers: Mapping[str, int]


def names_of(names: tuple[str, ...]) -> Names:
    """The names with their numbers."""
    return Names(names, {name: number for number, name in enumerate(names)})


class Truths(Mapping[str, Truth]):
    """A truth for each of some names, kept as bits: what surely holds, and what may. Sure is a subset of maybe."""

    __slots__ = ("_names", "maybe", "sure")

    def __init__(self, names: Names, sure: int, maybe: int) -> None:
        self._names, self.sure, self.maybe = names, sure, maybe

    def __getitem__(self, name: str) -> Truth:
        number = self._names.numbers[name]
        return True if self.sure >> number & 1 else None if self.maybe >> number & 1 else False

    def __iter__(self) -> Iterator[str]:
        return iter(self._names.names)

    def __len__(self) -> int:
        return len(self._names.names)

    def sure_names(self) -> list[str]:
        """The names of which it surely holds, in their order."""
        return [self._names.names[number] for number in numbers_in(self.sure)]

    def open_names(self) -> list[str]:
        """The names of which it may hold, and may not."""
        return [self._names.names[number] for number in numbers_in(self.maybe & ~self.sure)]


def truths_of(truths: Mapping[str, Truth]) -> Truths:
    """Truths that were worked out one by one."""
    sure = sum(1 << number for number, truth in enumerate(truths.values()) if truth)
    maybe = sum(1 << number for number, truth in enumerate(truths.values()) if truth is not False)
    return Truths(names_of(tuple(truths)), sure, maybe)


@frozen(kw_only=True)
class Judgement:
    """Three-valued statuses (None = open), and the outcome after completions.

    atoms: by canonical text. findings: by name. applies, stands: by rule key. silenced_by: for a rule that surely
    applies and surely does not stand, one rule above it that surely applies. admitted: after completions. matters:
    the axes on which an open verdict depends, each as its open atoms. exact: whether `matters` is exactly what
    matters. answers: for an admitted line, the standing rules of each value question that is determined; the others
    are in `open_answers` with the axes that they depend on.
    """

    atoms: Mapping[str, Truth]
    findings: Mapping[str, Truth]
    applies: Truths
    stands: Truths
    silenced_by: Mapping[str, str]
    admitted: Truth
    verdict_open: bool
    matters: tuple[Axis, ...]
    exact: bool
    answers: Mapping[str, tuple[str, ...]]
    open_answers: Mapping[str, tuple[Axis, ...]]
