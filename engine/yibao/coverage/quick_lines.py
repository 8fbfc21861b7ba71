"""The bytes of a line in one step, where everything that its reasons read is given: nearly always.

The same content as `template` writes hole by hole. A line with an absent fact, an unknown value or amount, a refund or
a looked-up fact is not for here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from operator import getitem, itemgetter
from typing import Any

from yibao.coverage.split import Parts
from yibao.coverage.template import text_of_string, text_of_value
from yibao.model.claim import Line
from yibao.model.facts import LINE_PREFIX, Value

# The answers to the questions with a value, by question; None where the answer is none.
Values = Mapping[str, int | None]
LINE_ID = "line.line_id"
_MOST_SPELLINGS = 4_096


# What is decided of a line of which everything is known: its outcome, its split and the values that answer.
Decided = tuple[str, Parts, Values]


class Spellings(dict[Value, bytes]):
    """The canonical JSON of the values of one fact, kept for those met first. One fact has one kind of value, so that
    no two values that are equal are spelt differently."""

    def __missing__(self, value: Value) -> bytes:
        text = text_of_value(value)
        if len(self) < _MOST_SPELLINGS:
            self[value] = text
        return text


class FactSpellings(dict[str, Spellings]):
    """The spellings of every fact, by path."""

    def __missing__(self, path: str) -> Spellings:
        found = self[path] = Spellings()
        return found


class ClaimSpellings(dict[str, bytes]):
    """The canonical JSON of the facts of one claim, by path. Raises KeyError for an absent fact."""

    def __init__(self, facts: Mapping[str, Value], spellings: FactSpellings) -> None:
        super().__init__()
        self._facts, self._spellings = facts, spellings

    def __missing__(self, path: str) -> bytes:
        text = self[path] = self._spellings[path][self._facts[path]]
        return text


# Fills the form of a line in with what is decided of it, and with the name of its proof. The line has no refund and no
# looked-up fact. None where a fact is absent that the form shows.
Filler = Callable[[ClaimSpellings, Line, Decided, bytes], bytes | None]


class QuickForm:
    """A form with numbered blanks for a line of one result, laid out by its holes in the order of the document."""

    def __init__(self, spellings: FactSpellings) -> None:
        self._spellings = spellings
        self._names: list[Hashable] = []
        self._order: list[int] = []

    def fact(self, path: str) -> bytes:
        """A blank for the value of a fact."""
        return self._blank(("line" if path.startswith(LINE_PREFIX) else "claim", path), b"%b")

    def answer(self, question: str) -> bytes:
        """A blank for the value of a question."""
        return self._blank(("value", question), b"%b")

    def own(self, name: str, kind: bytes = b"%b") -> bytes:
        """A blank for the line's own `id`, `outcome`, `proof`, or one of its amounts."""
        return self._blank(("own", name), kind)

    def finished(self, text: bytes) -> Filler:
        """The function that fills the form in."""
        named: list[tuple[str, str]] = [name for name in self._names if isinstance(name, tuple)]
        of_line = [path for kind, path in named if kind == "line"]
        of_claim = [path for kind, path in named if kind == "claim"]
        questions = [question for kind, question in named if kind == "value"]
        gathered: list[Hashable] = [("line", path) for path in of_line]
        gathered += [("claim", path) for path in of_claim] + [("value", question) for question in questions]
        gathered += [("own", name) for name in OWN]
        places = [gathered.index(self._names[at]) for at in self._order]
        return _filler(
            text,
            self._spellings[LINE_ID],
            [self._spellings[path] for path in of_line],
            of_line,
            of_claim,
            questions,
            itemgetter(*places),
        )

    def _blank(self, name: Hashable, kind: bytes) -> bytes:
        if name not in self._names:
            self._names.append(name)
        self._order.append(self._names.index(name))
        return kind


# In the order of `Parts` from the fourth on.
OWN = ("id", "outcome", "proof", "billed", "full_self_pay", "over_ceiling", "first_self_pay", "in_scope")
_OUTCOMES = {word: text_of_string(word) for word in ("covered", "partly_covered", "excluded", "undetermined")}


def _filler(
    text: bytes,
    ids: Spellings,
    spellings: list[Spellings],
    of_line: list[str],
    of_claim: list[str],
    questions: list[str],
    in_places: Callable[[tuple[Any, ...]], tuple[Any, ...]],
) -> Filler:
    read, read_of_claim = _all_of(of_line), _all_of(of_claim)

    def fill(claim: ClaimSpellings, line: Line, decided: Decided, proof: bytes) -> bytes | None:
        outcome, parts, values = decided
        answers = [text_of_value(values[question]) for question in questions]
        try:
            facts = (*map(getitem, spellings, read(line.facts)), *read_of_claim(claim))
        except KeyError:
            return None
        return text % in_places((*facts, *answers, ids[line.line_id], _OUTCOMES[outcome], proof, *parts))

    return fill


def _all_of(keys: list[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """The function that gives the values of these keys; of one key alone `itemgetter` would give no tuple."""
    match keys:
        case []:
            return lambda mapping: ()
        case [key]:
            return lambda mapping: (mapping[key],)
        case _:
            return itemgetter(*keys)
