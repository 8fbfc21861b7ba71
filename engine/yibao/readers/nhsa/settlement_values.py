"""The values of one record of a message under the interface's own names: exact amounts in fen, numbers, codes, traces.

`null`, an empty or blank text and an absent key are no value. Numbers may be written as texts. A value that is none of
its kind is a problem with a pointer; a trace that can't be read is a remark, as its form is a region's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from attrs import frozen

from yibao.basics.problems import ProblemsFound
from yibao.readers.documents.pointed_problems import PointedNotices, PointedProblems, pointer_to, shown
from yibao.readers.documents.strict_json import Json, read_json
from yibao.readers.nhsa import interface_names as names
from yibao.readers.nhsa.settlement_records import TraceStep
from yibao.readers.nhsa.written_values import number_of, say_the_same, value_of

FEN_OF_A_YUAN = 100
LARGEST_FEN = 10**names.MOST_DIGITS - 1
OTHER_SCALE = 100


@frozen
class _Written:
    """A value as it stands in a message: its key there, and the record around it."""

    key: str
    value: Json
    record: str

    @property
    def pointer(self) -> str:
        return pointer_to(self.record, self.key)


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
        # Each key of the record, and the interface's name for it.
        self.spellings = tuple((key, name_of(key)) for key in record)
        self._values: dict[str, _Written] = {}
        self._noted_wrong: set[str] = set()
        # The interface's own spelling counts where a record has several.
        for key, name in sorted(self.spellings, key=lambda spelling: spelling[0] != spelling[1]):
            value = value_of(record[key])
            if value is None:
                continue
            if name not in self._values:
                self._values[name] = _Written(key, value, pointer)
            elif not say_the_same(value, self._values[name].value):
                self._note_differing(key, self._values[name].key)
        self.empty = frozenset(name for _, name in self.spellings) - self._values.keys()

    def _note_differing(self, key: str, counting: str) -> None:
        said = f"{shown(key)} and {shown(counting)} are one field and differ; the latter counts"
        self.notices.add("nhsa-spellings-differ", said, pointer_to(self.pointer, key))

    def complete(self, other: RecordValues) -> list[tuple[str, Json, Json]]:
        """Take over what only another record says. Returns the name, our value and its value where the two differ."""
        differing: list[tuple[str, Json, Json]] = []
        for name, theirs in other._values.items():
            ours = self._values.setdefault(name, theirs)
            if not say_the_same(ours.value, theirs.value):
                differing.append((name, ours.value, theirs.value))
        return differing

    def written(self, name: str) -> Json:
        """The value under a name as it is written, whatever its kind; None where there is none."""
        found = self._values.get(name)
        return None if found is None else found.value

    def at(self, name: str) -> str:
        """Where the value under a name stands; without one, the record."""
        found = self._values.get(name)
        return self.pointer if found is None else found.pointer

    def amounts(self, wanted: Iterable[str]) -> dict[str, int]:
        """The amounts that there are, in fen."""
        found = {name: self._fen(name) for name in wanted if name in self._values}
        return {name: fen for name, fen in found.items() if fen is not None}

    def number(self, name: str) -> Fraction | None:
        """The exact number under a name; a mistake is noted at the first asking only."""
        if name not in self._values:
            return None
        number = number_of(self._values[name].value)
        if number is None:
            self._note_wrong(name, "wrong-type", f"is a number, not {shown(self._values[name].value)}")
        return number

    def rate(self, name: str) -> Fraction | None:
        """A rate on a scale of 1; one engine prints it on a scale of 100."""
        number = self.number(name)
        return number / OTHER_SCALE if number is not None and number > 1 else number

    def code(self, name: str) -> str | None:
        """A code, an identifier or a name, as text; a mistake is noted at the first asking only."""
        if name not in self._values:
            return None
        value = self._values[name].value
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return str(value)
        self._note_wrong(name, "wrong-type", f"is a text, not {shown(value)}")
        return None

    def trace(self) -> tuple[TraceStep, ...]:
        """The steps in `setl_proc_info`, which is JSON in a text; none where it is in another form, with a remark."""
        if names.TRACE not in self._values:
            return ()
        value, pointer = self._values[names.TRACE].value, self._values[names.TRACE].pointer
        if not isinstance(value, str) or len(value) > names.LONGEST_TRACE:
            said = f"a trace is a text of at most {names.LONGEST_TRACE} characters; it is not read"
            self.notices.add("nhsa-trace-unread", said, pointer)
            return ()
        inner = PointedProblems(f"{self.problems.path}#{pointer}")
        try:
            steps = _steps(read_json(value.encode(), inner), inner)
            inner.raise_if_any()
        except ProblemsFound as error:
            first = error.problems[0]
            said = f"the trace is not read: {first.code}: {first.message}"
            self.notices.add("nhsa-trace-unread", said, pointer)
            return ()
        return steps

    def _fen(self, name: str) -> int | None:
        yuan = self.number(name)
        if yuan is None:
            return None
        fen = yuan * FEN_OF_A_YUAN
        if fen.denominator != 1:
            said = f"is {shown(self._values[name].value)} yuan, finer than a fen"
            self._note_wrong(name, "finer-than-a-fen", said)
        elif abs(fen) > LARGEST_FEN:
            self._note_wrong(name, "out-of-range", f"has more than {names.MOST_DIGITS} digits")
        else:
            return fen.numerator
        return None

    def _note_wrong(self, name: str, code: str, said: str) -> None:
        if name not in self._noted_wrong:
            self._noted_wrong.add(name)
            written = self._values[name]
            self.problems.add(code, f"{shown(written.key)} {said}", written.pointer)


class ClaimValues(RecordValues):
    """One object of a message that a claim is read from: a field that it says twice, and differently, is a problem."""

    def _note_differing(self, key: str, counting: str) -> None:
        said = f"{shown(key)} and {shown(counting)} are one field and differ"
        self.problems.add("nhsa-spellings-differ", said, pointer_to(self.pointer, key), "leave one of them out")


def header_fields(message: Mapping[str, Json]) -> dict[str, Json]:
    """What an object says of itself as a message, in whatever spelling."""
    return {key: value for key, value in message.items() if names.HEADER.fullmatch(names.header_name(key))}


def amount_text(fen: int) -> str | None:
    """An amount as the interface writes it: yuan with two decimals; None for one of more digits than it has."""
    if abs(fen) > LARGEST_FEN:
        return None
    whole, rest = divmod(abs(fen), FEN_OF_A_YUAN)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:02d}"


def too_long(fen: int) -> str:
    """What to say of an amount that the interface has no room for (`nhsa-amount-too-long`)."""
    return f"{fen} fen have more than the {names.MOST_DIGITS} digits of an amount of the interface"


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
