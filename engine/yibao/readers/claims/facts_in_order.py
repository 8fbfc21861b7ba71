"""Whether the dates and amounts of a claim can all be true: no discharge before the admission, no part above its whole.

What may not lie before or above what is said by the fact declarations (`not_before`, `not_above`). Only given values
are compared.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from yibao.model.claim import Line
from yibao.model.facts import Value, Vocabulary
from yibao.readers.documents.pointed_problems import PointedProblems

_Facts = Mapping[str, Value]


@frozen(kw_only=True)
class _Pair:
    later: str
    earlier: str


@frozen(kw_only=True)
class _Amounts:
    part: str
    whole: str


class FactOrder:
    """The ordered pairs of dates and of amounts that a vocabulary declares."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        facts = vocabulary.facts
        pairs = [
            _Pair(later=path, earlier=earlier) for path, declared in facts.items() for earlier in declared.not_before
        ]
        of_lines = [facts[pair.later].about_line or facts[pair.earlier].about_line for pair in pairs]
        self._of_claims = [pair for pair, of_line in zip(pairs, of_lines, strict=True) if not of_line]
        self._of_lines = [pair for pair, of_line in zip(pairs, of_lines, strict=True) if of_line]
        self._amounts = [
            _Amounts(part=path, whole=whole) for path, declared in facts.items() for whole in declared.not_above
        ]

    def broken(self, facts: _Facts, lines: Sequence[Line]) -> bool:
        """Whether any two given dates or amounts are out of order."""
        return next(self._dates(facts, lines), None) is not None or next(self._above(facts), None) is not None

    def note(self, facts: _Facts, lines: Sequence[Line], problems: PointedProblems) -> None:
        """Note each two that are out of order: of dates at the line, where one of them is a line's, else at the later;
        of amounts at the part."""
        for pair, line, later, earlier in self._dates(facts, lines):
            at = pair.later if line is None or pair.later.startswith("line.") else pair.earlier
            message = f"`{pair.later}` is {later}, before `{pair.earlier}`, {earlier}"
            problems.add("dates-out-of-order", message, _pointer(at, line))
        for amounts, part, whole in self._above(facts):
            message = f"`{amounts.part}` is {part}, above `{amounts.whole}`, {whole}"
            problems.add("amounts-out-of-order", message, _pointer(amounts.part, None))

    def _dates(
        self, facts: _Facts, lines: Sequence[Line]
    ) -> Iterator[tuple[_Pair, Line | None, datetime.date, datetime.date]]:
        for pair in self._of_claims:
            later, earlier = facts.get(pair.later), facts.get(pair.earlier)
            if isinstance(later, datetime.date) and isinstance(earlier, datetime.date) and later < earlier:
                yield pair, None, later, earlier
        for pair in self._of_lines:
            later_of_all, earlier_of_all = facts.get(pair.later), facts.get(pair.earlier)
            for line in lines:
                later = line.facts.get(pair.later, later_of_all)
                earlier = line.facts.get(pair.earlier, earlier_of_all)
                if isinstance(later, datetime.date) and isinstance(earlier, datetime.date) and later < earlier:
                    yield pair, line, later, earlier

    def _above(self, facts: _Facts) -> Iterator[tuple[_Amounts, int, int]]:
        for amounts in self._amounts:
            part, whole = facts.get(amounts.part), facts.get(amounts.whole)
            if isinstance(part, int) and isinstance(whole, int) and part > whole:
                yield amounts, part, whole


def _pointer(path: str, line: Line | None) -> str:
    inner = path.removeprefix("line.").replace(".", "/")
    return f"/{inner}" if line is None else f"/lines/{line.position}/{inner}"
