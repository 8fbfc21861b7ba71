"""The values of one record of a message under the interface's own names: exact amounts in fen, numbers, codes, traces.

`null`, an empty text and an absent key are no value. Numbers may be written as texts. A value that is none of its kind
is a problem with a pointer; a trace that can't be read is a remark, as its form is a region's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from yibao.basics.problems import ProblemsFound
from yibao.readers.documents.pointed_problems import PointedNotices, PointedProblems, pointer_to, shown
from yibao.readers.documents.strict_json import Json, read_json
from yibao.readers.nhsa import interface_names as names
from yibao.readers.nhsa.fee_messages import NO_VALUE, number_of
from yibao.readers.nhsa.settlement_records import TraceStep

FEN_OF_A_YUAN = 100
LARGEST_FEN = 10**names.MOST_DIGITS - 1
OTHER_SCALE = 100


class RecordValues:
    """One object of a message, by the names that the interface has for its keys."""

    def __init__(
        self,
        record: Mapping[str, Json],
        pointer: str,
        name_of: Callable[[str], str],
        problems: PointedProblems,
        notices: PointedNotices,
    ) -> None:
        self.pointer = pointer
        self.problems = problems
        self.notices = notices
        self._values: dict[str, tuple[str, Json]] = {}
        named: set[str] = set()
        # The interface's own spelling counts where a record has several.
        for key in sorted(record, key=lambda key: name_of(key) != key):
            value, name = record[key], name_of(key)
            named.add(name)
            if value in NO_VALUE:
                continue
            if name not in self._values:
                self._values[name] = (key, value)
            elif _number_in(value) is None or _number_in(value) != _number_in(self._values[name][1]):
                said = f"{shown(key)} and {shown(self._values[name][0])} are one field and differ; the latter counts"
                notices.add("nhsa-spellings-differ", said, pointer_to(pointer, key))
        self.empty = frozenset(named - self._values.keys())

    def amounts(self, wanted: Iterable[str]) -> dict[str, int]:
        """The amounts that there are, in fen."""
        found = {name: self._fen(name) for name in wanted if name in self._values}
        return {name: fen for name, fen in found.items() if fen is not None}

    def number(self, name: str) -> Fraction | None:
        """The exact number under a name."""
        if name not in self._values:
            return None
        key, value = self._values[name]
        number = _number_in(value)
        if number is None:
            self.problems.add("wrong-type", f"{shown(key)} is a number, not {shown(value)}", self._at(key))
        return number

    def rate(self, name: str) -> Fraction | None:
        """A rate on a scale of 1; one engine prints it on a scale of 100."""
        number = self.number(name)
        return number / OTHER_SCALE if number is not None and number > 1 else number

    def code(self, name: str) -> str | None:
        """A code or an identifier, as text."""
        if name not in self._values:
            return None
        key, value = self._values[name]
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return str(value)
        self.problems.add("wrong-type", f"{shown(key)} is a text, not {shown(value)}", self._at(key))
        return None

    def trace(self) -> tuple[TraceStep, ...]:
        """The steps in `setl_proc_info`, which is JSON in a text; none where it is in another form, with a remark."""
        if names.TRACE not in self._values:
            return ()
        key, value = self._values[names.TRACE]
        if not isinstance(value, str) or len(value) > names.LONGEST_TRACE:
            said = f"a trace is a text of at most {names.LONGEST_TRACE} characters; it is not read"
            self.notices.add("nhsa-trace-unread", said, self._at(key))
            return ()
        inner = PointedProblems(f"{self.problems.path}#{self._at(key)}")
        try:
            steps = _steps(read_json(value.encode(), inner), inner)
            inner.raise_if_any()
        except ProblemsFound as error:
            first = error.problems[0]
            said = f"the trace is not read: {first.code}: {first.message}"
            self.notices.add("nhsa-trace-unread", said, self._at(key))
            return ()
        return steps

    def _fen(self, name: str) -> int | None:
        yuan, key = self.number(name), self._values[name][0]
        if yuan is None:
            return None
        fen = yuan * FEN_OF_A_YUAN
        if fen.denominator != 1:
            said = f"{shown(key)} is {shown(self._values[name][1])} yuan, finer than a fen"
            self.problems.add("finer-than-a-fen", said, self._at(key))
        elif abs(fen) > LARGEST_FEN:
            said = f"{shown(key)} has more than {names.MOST_DIGITS} digits"
            self.problems.add("out-of-range", said, self._at(key))
        else:
            return fen.numerator
        return None

    def _at(self, key: str) -> str:
        return pointer_to(self.pointer, key)


def amount_text(fen: int) -> str:
    """An amount as the interface writes it: yuan with two decimals.

    Raises ValueError for one of more digits than the interface has.
    """
    if abs(fen) > LARGEST_FEN:
        raise ValueError(f"{fen} fen have more than {names.MOST_DIGITS} digits")
    whole, rest = divmod(abs(fen), FEN_OF_A_YUAN)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:02d}"


def _number_in(value: Json) -> Fraction | None:
    """The number of a value; blanks around one that is written as a text are no part of it."""
    return number_of(value.strip() if isinstance(value, str) else value)


def _steps(document: Json, problems: PointedProblems) -> tuple[TraceStep, ...]:
    if not isinstance(document, list):
        problems.add("wrong-type", f"a trace is a list, not {shown(document)}", "")
        return ()
    silent = PointedNotices(problems.path)
    found: list[TraceStep] = []
    for at, item in enumerate(document):
        if not isinstance(item, dict):
            problems.add("wrong-type", f"a step of a trace is an object, not {shown(item)}", f"/{at}")
            continue
        values = RecordValues(item, f"/{at}", str, problems, silent)
        amounts = values.amounts((names.TRACE_BASE, names.TRACE_PAYS))
        step = TraceStep(
            item=values.code(names.TRACE_ITEM),
            base_fen=amounts.get(names.TRACE_BASE),
            rate=values.rate(names.TRACE_RATIO),
            pays_fen=amounts.get(names.TRACE_PAYS),
        )
        found.append(step)
    return tuple(found)
