"""What an author or a caller wrote wrong, as records with a place; and the two exceptions of the project.

Three kinds of failure are kept apart. A mistake in a document is a `Problem`, collected and reported with all
its siblings. A step that a case may not take is a refusal (see `yibao.model.case`), which is a result.
A mistake of ours is a `Fault` and goes straight up.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from attrs import evolve, frozen

MOST_LISTED = 20


MOST_NAMES_LOOKED_AT = 500


@frozen(kw_only=True)
class Place:
    """Where something stands: a document's path, and in it a 1-based line and column, or a JSON pointer."""

    path: str
    line: int | None = None
    column: int | None = None
    length: int = 1
    pointer: str | None = None

    def shifted(self, columns: int, length: int = 1) -> Place:
        """The place `columns` characters to the right on the same line."""
        if self.column is None:
            return self
        return evolve(self, column=self.column + columns, length=max(1, length))

    def __str__(self) -> str:
        if self.pointer is not None:
            return f"{self.path}#{self.pointer}"
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)


@frozen(kw_only=True)
class Problem:
    """One mistake in a document. `code` is stable; `message` says what is wrong, `hint` what would be right."""

    code: str
    message: str
    place: Place
    hint: str | None = None

    def document(self) -> dict[str, object]:
        """The problem as the outer contract writes it."""
        found: dict[str, object] = {
            "code": self.code,
            "message": self.message,
            "path": self.place.path,
            "line": self.place.line,
            "column": self.place.column,
            "hint": self.hint,
        }
        if self.place.pointer is not None:
            found["pointer"] = self.place.pointer
        return found

    def __str__(self) -> str:
        tail = f"; {self.hint}" if self.hint else ""
        return f"{self.place}: {self.code}: {self.message}{tail}"


class ProblemsFound(Exception):
    """A document could not be used; carries every problem found in it, in the order of their places."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=_order))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Fault(Exception):
    """A broken promise of our own code: never the user's mistake, never caught to carry on."""


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint naming the nearest known word, or None when nothing is near."""
    names = sorted(known)
    if len(names) > MOST_NAMES_LOOKED_AT:
        # Among thousands only those that begin alike and are about as long are worth the comparison.
        alike = [name for name in names if name[:2] == word[:2] and abs(len(name) - len(word)) <= 2]
        names = alike[:MOST_NAMES_LOOKED_AT]
    near = difflib.get_close_matches(word, names, n=1)
    return f"did you mean `{near[0]}`?" if near else None


def unknown_name(what: str, word: str, known: Iterable[str], place: Place) -> Problem:
    """A name that nobody declared: `unknown-<what>`, with the nearest known name, or a short list of all."""
    names = sorted(known)
    listed = f"known: {', '.join(names)}" if 0 < len(names) <= MOST_LISTED else None
    hint = did_you_mean(word, names) or listed
    return Problem(code=f"unknown-{what}", message=f"no {what} is called `{word}`", place=place, hint=hint)


def problem_of(code: str, message: str, place: Place, hint: str | None = None) -> Problem:
    """Shorthand for the many readers that report problems."""
    return Problem(code=code, message=message, place=place, hint=hint)


def _order(problem: Problem) -> tuple[str, int, int, str, str]:
    place = problem.place
    return (place.path, place.line or 0, place.column or 0, place.pointer or "", problem.code)


def report(problems: Iterable[Problem]) -> Mapping[str, object]:
    """The document that carries problems to another program: `{"problems": [...]}`."""
    return {"problems": [problem.document() for problem in problems]}
