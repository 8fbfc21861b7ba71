"""Whether the dates of a claim can all be true: no discharge before the admission, no charge before the birth.

Which date may not precede which is said by the fact declarations (`not_before`). Only given dates are compared.
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


class DateOrder:
    """The ordered pairs of dates that a vocabulary declares."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        facts = vocabulary.facts
        pairs = [
            _Pair(later=path, earlier=earlier) for path, declared in facts.items() for earlier in declared.not_before
        ]
        of_lines = [facts[pair.later].about_line or facts[pair.earlier].about_line for pair in pairs]
        self._of_claims = [pair for pair, of_line in zip(pairs, of_lines, strict=True) if not of_line]
        self._of_lines = [pair for pair, of_line in zip(pairs, of_lines, strict=True) if of_line]

    def broken(self, facts: _Facts, lines: Sequence[Line]) -> bool:
        """Whether any two given dates are out of order."""
        return next(self._found(facts, lines), None) is not None

    def note(self, facts: _Facts, lines: Sequence[Line], problems: PointedProblems) -> None:
        """Note each two dates that are out of order: at the line, where one of them is a line's; else at the later."""
        for pair, line, later, earlier in self._found(facts, lines):
            at = pair.later if line is None or pair.later.startswith("line.") else pair.earlier
            message = f"`{pair.later}` is {later}, before `{pair.earlier}`, {earlier}"
            problems.add("dates-out-of-order", message, _pointer(at, line))

    def _found(
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


def _pointer(path: str, line: Line | None) -> str:
    inner = path.removeprefix("line.").replace(".", "/")
    return f"/{inner}" if line is None else f"/lines/{line.position}/{inner}"
