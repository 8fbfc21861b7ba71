"""Problems inside a JSON document, each with its JSON pointer. Listing stops at a bound, so that a hostile document
can't make us write a book about it."""

from __future__ import annotations

from yibao.basics.problems import Place, Problem, ProblemsFound, problem_of

MOST_PROBLEMS = 200
LONGEST_SHOWN = 60
LONGEST_KEY = 100
LONGEST_MESSAGE = 600


class PointedProblems:
    """The growing list of what is wrong in one JSON document."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.found: list[Problem] = []

    def add(self, code: str, message: str, pointer: str, hint: str | None = None) -> None:
        """Note a problem. Raises ProblemsFound when the bound is reached: nobody reads on from there."""
        self.found.append(problem_of(code, cut(message), Place(path=self.path, pointer=pointer), hint))
        if len(self.found) >= MOST_PROBLEMS:
            message = f"only the first {MOST_PROBLEMS} problems are listed"
            self.found.append(problem_of("too-many-problems", message, Place(path=self.path, pointer="")))
            raise ProblemsFound(self.found)

    def raise_if_any(self) -> None:
        """Raises ProblemsFound with everything noted so far."""
        if self.found:
            raise ProblemsFound(self.found)


class PointedNotices:
    """Remarks on a document that can be used all the same. One for each thing worth saying, and no more than the bound:
    the rest is counted."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._found: dict[tuple[str, str], Problem] = {}
        self._more = 0

    def add(self, code: str, message: str, pointer: str, about: str | None = None) -> None:
        """Make a remark; of several with one code `about` one thing, the first is kept."""
        key = (code, pointer if about is None else about)
        if key in self._found:
            return
        if len(self._found) >= MOST_PROBLEMS:
            self._more += 1
            return
        self._found[key] = problem_of(code, message, Place(path=self.path, pointer=pointer))

    def listed(self) -> list[Problem]:
        """The remarks in the order in which they were made."""
        found = [*self._found.values()]
        if self._more:
            message = f"{self._more} more remarks are not listed"
            found.append(problem_of("too-many-problems", message, Place(path=self.path, pointer="")))
        return found


def cut(text: str) -> str:
    """A message, short enough to be printed many times: it may list all codes of a table."""
    return text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + "…"


def pointer_to(parent: str, key: str | int) -> str:
    """The JSON pointer (RFC 6901) of a key or index; a key that can't be shown is pointed at by its parent."""
    if isinstance(key, int):
        return f"{parent}/{key}"
    if len(key) > LONGEST_KEY or not key.isprintable():
        return parent
    return f"{parent}/{key.replace('~', '~0').replace('/', '~1')}"


def typed(value: object) -> str:
    """A value of the document with its type, where it could be taken for another: a number in quotes is a text."""
    match value:
        case None | bool() | dict() | list():
            return shown(value)
        case str():
            return f"the text {shown(value)}"
    return f"the number {shown(value)}"


def shown(value: object) -> str:
    """A value of the document in backticks, short, and safe to print."""
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case None:
            return "`null`"
        case bool():
            return f"`{str(value).lower()}`"
    text = str(value)
    cut = text[:LONGEST_SHOWN] + ("…" if len(text) > LONGEST_SHOWN else "")
    return (
        "`" + "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in cut) + "`"
    )
