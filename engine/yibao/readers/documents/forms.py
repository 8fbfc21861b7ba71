"""Taking typed fields out of YAML nodes, collecting every problem on the way.

A `Form` is one mapping being read: each field is asked for by name and type; what was never asked for is reported as
unknown, with the nearest known name. A field that can't be used yields None after its problem is noted, so that one
run shows all the problems of a file.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from yibao.basics.periods import FIRST_DAY, LAST_DAY, Period, is_nameable
from yibao.basics.problems import Place, Problem, ProblemsFound, did_you_mean, problem_of
from yibao.model.facts import Title
from yibao.readers.documents.pointed_problems import MOST_PROBLEMS, cut
from yibao.readers.documents.yaml_nodes import Mapping, Node, Scalar, Sequence

T = TypeVar("T")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})", re.ASCII)
IDENTIFIER = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")


class TooManyProblems(ProblemsFound):
    """The list of problems is full: nobody reads on, so that a hostile folder can't make us write a book about it."""


class Problems:
    """The growing list of what is wrong in a set of documents."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, code: str, message: str, place: Place, hint: str | None = None) -> None:
        """Note a problem. Raises TooManyProblems when the bound is reached."""
        self._note(problem_of(code, cut(message), place, None if hint is None else cut(hint)))

    def take(self, error: ProblemsFound) -> None:
        """Note the problems of a part that was read on its own. Raises TooManyProblems when the bound is reached."""
        if isinstance(error, TooManyProblems):
            raise error
        for problem in error.problems:
            self._note(problem)

    def _note(self, problem: Problem) -> None:
        self.found.append(problem)
        if len(self.found) >= MOST_PROBLEMS:
            message = f"only the first {MOST_PROBLEMS} problems are listed"
            self.found.append(problem_of("too-many-problems", message, problem.place))
            raise TooManyProblems(self.found)


class Form:
    """One mapping under reading. Ask for every field that may stand there, then call `finish`."""

    def __init__(self, node: Node, problems: Problems, what: str) -> None:
        self.problems = problems
        self.what = what
        self.place = node.place
        self._asked: set[str] = set()
        self._usable = isinstance(node, Mapping)
        if isinstance(node, Mapping):
            self.node = node
        else:
            problems.add("wrong-shape", f"{what} is a mapping of fields", node.place)
            self.node = Mapping((), node.place)

    def has(self, name: str) -> bool:
        return self.node.get(name) is not None

    def take(self, name: str, required: bool = False) -> Node | None:
        """The raw node of a field."""
        self._asked.add(name)
        found = self.node.get(name)
        if found is None and required and self._usable:
            self.problems.add("missing-field", f"{self.what} needs `{name}:`", self.place)
        return found

    def place_of(self, name: str) -> Place:
        found = self.node.get(name)
        return found.place if found is not None else self.place

    def text(self, name: str, required: bool = False) -> str | None:
        node = self.take(name, required)
        return None if node is None else text_of(node, self.problems, f"`{name}`")

    def identifier(self, name: str, required: bool = False) -> str | None:
        node = self.take(name, required)
        return None if node is None else identifier_of(node, self.problems, f"`{name}`")

    def choice(self, name: str, choices: tuple[str, ...], required: bool = False) -> str | None:
        """One of a closed set of words."""
        node = self.take(name, required)
        return None if node is None else choice_of(node, choices, self.problems, f"`{name}`")

    def flag(self, name: str, absent: bool = False) -> bool:
        """true or false; `absent` is what leaving the field out means."""
        word = self.choice(name, ("true", "false"))
        return absent if word is None else word == "true"

    def date(self, name: str, required: bool = False) -> datetime.date | None:
        node = self.take(name, required)
        return None if node is None else date_of(node, self.problems, f"`{name}`")

    def whole(self, name: str, required: bool = False) -> int | None:
        node = self.take(name, required)
        return None if node is None else whole_of(node, self.problems, f"`{name}`")

    def title(self, name: str, required: bool = False) -> Title | None:
        """A text in two languages: `{zh: …, en: …}`."""
        node = self.take(name, required)
        if node is None:
            return None
        form = Form(node, self.problems, f"`{name}`")
        zh, en = form.text("zh", required=True), form.text("en", required=True)
        form.finish()
        return Title(zh=zh, en=en) if zh is not None and en is not None else None

    def texts(self, name: str, required: bool = False, most: int | None = None) -> tuple[str, ...]:
        """A list of texts; nothing when the field is absent."""
        found = (text_of(node, self.problems, f"an entry of `{name}`") for node in self.items(name, required, most))
        return tuple(text for text in found if text is not None)

    def items(self, name: str, required: bool = False, most: int | None = None) -> tuple[Node, ...]:
        """The members of a list; none, after it is noted, when there are more than `most`."""
        node = self.take(name, required)
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            self.problems.add("wrong-shape", f"`{name}` is a list", node.place)
            return ()
        if most is not None and len(node.items) > most:
            self.problems.add("too-many", f"`{name}` has at most {most} members", node.place)
            return ()
        return node.items

    def forms(self, name: str, what: str, required: bool = False, most: int | None = None) -> Iterator[Form]:
        """The mappings of a list, each to be read and finished by the caller."""
        for node in self.items(name, required, most):
            yield Form(node, self.problems, what)

    def entries(self, name: str, required: bool = False, most: int | None = None) -> Iterator[tuple[Scalar, Node]]:
        """Keys and values of a mapping whose keys are the author's own; none, after it is noted, beyond `most`."""
        node = self.take(name, required)
        if node is None:
            return
        if not isinstance(node, Mapping):
            self.problems.add("wrong-shape", f"`{name}` is a mapping", node.place)
            return
        if most is not None and len(node.entries) > most:
            self.problems.add("too-many", f"`{name}` has at most {most} members", node.place)
            return
        for entry in node.entries:
            yield entry.key, entry.value

    def period(self, required: bool = True) -> Period | None:
        """The half-open period of `from:` and `to:`."""
        start, end = self.date("from", required), self.date("to")
        if start is None:
            return None
        if end is not None and end <= start:
            self.problems.add("empty-period", f"the period from {start} to {end} holds no day", self.place_of("to"))
            return None
        return Period(start, end)

    def read(self, name: str, reader: Callable[[Node], T], required: bool = False) -> T | None:
        node = self.take(name, required)
        return None if node is None else reader(node)

    def finish(self) -> None:
        """Report every field that nobody asked for."""
        for entry in self.node.entries:
            if entry.key.text not in self._asked:
                message = f"{self.what} has no field `{entry.key.text}`"
                hint = did_you_mean(entry.key.text, self._asked)
                self.problems.add("unknown-field", message, entry.key.place, hint)


def overlapping(items: Iterable[T], period_of: Callable[[T], Period]) -> Iterator[tuple[T, T]]:
    """Each item whose period begins before an earlier one has ended, after that earlier one. Takes no pair twice, so
    that a long list takes no longer than it takes to sort."""
    last: T | None = None
    for item in sorted(items, key=lambda item: period_of(item).start):
        period = period_of(item)
        if last is not None and period.overlaps(period_of(last)):
            yield last, item
        if last is None or _ends_after(period, period_of(last)):
            last = item


def _ends_after(one: Period, other: Period) -> bool:
    return other.end is not None and (one.end is None or one.end > other.end)


def text_of(node: Node, problems: Problems, what: str) -> str | None:
    """A non-empty text."""
    if isinstance(node, Scalar) and node.text.strip():
        return node.text
    problems.add("wrong-type", f"{what} is a text", node.place)
    return None


def identifier_of(node: Node, problems: Problems, what: str) -> str | None:
    """A name of lower-case letters, digits, hyphens or underscores."""
    if isinstance(node, Scalar) and IDENTIFIER.fullmatch(node.text):
        return node.text
    problems.add("wrong-type", f"{what} is a name of lower-case letters, digits and hyphens", node.place)
    return None


def choice_of(node: Node, choices: tuple[str, ...], problems: Problems, what: str) -> str | None:
    """One of a closed set of words; when it is another, those that begin with it or the nearest are named."""
    if isinstance(node, Scalar) and node.text in choices:
        return node.text
    found = node.text if isinstance(node, Scalar) else "this"
    message = f"`{found}` is not a choice for {what}: {', '.join(choices)}"
    longer = [choice for choice in choices if found and choice.startswith(found)]
    several = f"one of {', '.join(f'`{choice}`' for choice in longer)}" if len(longer) > 1 else None
    problems.add("unknown-choice", message, node.place, several or did_you_mean(found, choices))
    return None


def date_of(node: Node, problems: Problems, what: str) -> datetime.date | None:
    """A day of the calendar, such as 2023-01-01."""
    if isinstance(node, Scalar) and _DATE.fullmatch(node.text):
        try:
            day = datetime.date.fromisoformat(node.text)
        except ValueError:
            day = None
        if day is not None and is_nameable(day):
            return day
    problems.add("wrong-type", f"{what} is a date such as 2023-01-01, from {FIRST_DAY} to {LAST_DAY}", node.place)
    return None


def whole_of(node: Node, problems: Problems, what: str) -> int | None:
    """A whole number, written without quotes."""
    if isinstance(node, Scalar) and not node.quoted and _WHOLE.fullmatch(node.text):
        return int(node.text)
    problems.add("wrong-type", f"{what} is a whole number", node.place)
    return None
