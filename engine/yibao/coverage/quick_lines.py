"""The bytes of a line in one step, where everything that its reasons read is given: nearly always.

The same content as `template` writes hole by hole. A line with an absent fact, an unknown amount, a refund or a
looked-up fact is not for here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from operator import getitem, itemgetter
from typing import Any

from yibao.coverage.line_decision import LineDecision
from yibao.coverage.template import text_of_string, text_of_value
from yibao.model.facts import LINE_PREFIX, Unknown, Value

LINE_ID = "line.line_id"
_MOST_SPELLINGS = 4_096


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

    def finished(self, text: bytes) -> Callable[[ClaimSpellings, LineDecision, bytes], bytes | None]:
        """The function that fills the form in; it gives None for a line that is not for here."""
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


OWN = ("id", "outcome", "proof", "billed", "first_self_pay", "full_self_pay", "in_scope", "over_ceiling")
_OUTCOMES = {word: text_of_string(word) for word in ("covered", "partly_covered", "excluded", "undetermined")}


def _filler(
    text: bytes,
    ids: Spellings,
    spellings: list[Spellings],
    of_line: list[str],
    of_claim: list[str],
    questions: list[str],
    in_places: Callable[[list[Any]], tuple[Any, ...]],
) -> Callable[[ClaimSpellings, LineDecision, bytes], bytes | None]:
    read, read_of_claim = _all_of(of_line), _all_of(of_claim)

    def fill(claim: ClaimSpellings, decision: LineDecision, proof: bytes) -> bytes | None:
        line, amounts = decision.line, decision.amounts
        if amounts.in_scope is None or line.refunds or line.looked_up or decision.amounts_missing:
            return None
        try:
            filled: list[Any] = [*map(getitem, spellings, read(line.facts)), *read_of_claim(claim)]
        except KeyError:
            return None
        for question in questions:
            answer = decision.values[question]
            filled.append(b"null" if answer is None or isinstance(answer, Unknown) else b"%d" % answer)
        filled += (
            ids[line.line_id],
            _OUTCOMES[decision.outcome],
            proof,
            amounts.billed,
            amounts.first_self_pay,
            amounts.full_self_pay,
            amounts.in_scope,
            amounts.over_ceiling,
        )
        return text % in_places(filled)

    return fill


def _all_of(keys: list[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """The function that gives the values of these keys; of one key alone `itemgetter` would give no tuple."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda mapping: tuple([mapping[key] for key in keys])
