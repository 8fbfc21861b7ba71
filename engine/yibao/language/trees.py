"""Expression text to tokens, and the tree that tokens make: words, values and operators, each with its place."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from attrs import frozen

from yibao.basics.problems import Place, ProblemsFound, problem_of

COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
_PATTERN = re.compile(
    r"""(?P<blank>\s+)
      | (?P<date>\d{4}-\d{2}-\d{2}(?!\d))
      | (?P<percent>\d{1,5}(\.\d{1,2})?%)
      | (?P<number>\d{1,18}(?![\d.]))
      | (?P<text>"[^"\n]{0,200}")
      | (?P<word>[A-Za-z_]\w*(?:-[A-Za-z0-9_]+)*(?:\.[A-Za-z_]\w*(?:-[A-Za-z0-9_]+)*)*)
      | (?P<sign>==|!=|<=|>=|//|[<>+\-*(){},\[\]])""",
    re.VERBOSE | re.ASCII,
)
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "none", "true", "false", "where"})


@frozen
class Span:
    """Where a piece of the expression stands: offsets into its text."""

    start: int
    end: int


@frozen
class Word:
    text: str
    span: Span


@frozen
class Literal:
    """A written value: text, whole number, date, truth, or basis points when it was a percentage."""

    value: bool | int | str | datetime.date
    percent: bool
    span: Span


@frozen
class Days:
    """A number of whole days, to move a date by."""

    days: int
    span: Span


@frozen
class Call:
    name: str
    arguments: tuple[Tree, ...]
    where: Tree | None
    span: Span


@frozen
class Braces:
    items: tuple[Tree, ...]
    span: Span


@frozen
class Binary:
    """Any infix form: and, or, the comparisons, in, + - * and, in plans only, //."""

    operator: str
    left: Tree
    right: Tree
    span: Span


@frozen
class NotTree:
    inner: Tree
    span: Span


@frozen
class NoneTest:
    """`inner is none`."""

    inner: Tree
    span: Span


# Forms of settlement plans, which no rule has.


@frozen
class IfTree:
    """`if condition then a else b`."""

    condition: Tree
    then: Tree
    otherwise: Tree
    span: Span


@frozen
class ListTree:
    """`[a, b, c]`."""

    items: tuple[Tree, ...]
    span: Span


@frozen
class Marked:
    """An argument behind a word: `then last`, `from x`."""

    word: str
    inner: Tree
    span: Span


Tree = Word | Literal | Days | Call | Braces | Binary | NotTree | NoneTest | IfTree | ListTree | Marked
PLAN_FORMS = (IfTree, ListTree, Marked)
MARKS = ("then", "from")


def trees_in(tree: Tree) -> Iterator[Tree]:
    """The tree and every tree inside it."""
    yield tree
    match tree:
        case Call(_, arguments, where):
            inner: tuple[Tree, ...] = arguments if where is None else (*arguments, where)
        case Braces(items) | ListTree(items):
            inner = items
        case Binary(_, left, right):
            inner = (left, right)
        case NotTree(part) | NoneTest(part) | Marked(_, part):
            inner = (part,)
        case IfTree(condition, then, otherwise):
            inner = (condition, then, otherwise)
        case _:
            inner = ()
    for each in inner:
        yield from trees_in(each)


@frozen
class Token:
    kind: str
    text: str
    start: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.start + len(self.text))


def tokens_of(text: str, place: Place) -> list[Token]:
    """The tokens of an expression, closed by one of kind `end`. Raises ProblemsFound at what is no token."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        found = _PATTERN.match(text, at)
        if found is None:
            message = f"`{text[at]}` is not understood here"
            raise ProblemsFound([problem_of("expression-syntax", message, place.shifted(at))])
        kind, piece = str(found.lastgroup), found.group()
        if kind == "word" and piece in _KEYWORDS:
            kind = "keyword"
        if kind != "blank":
            tokens.append(Token(kind, piece, at))
        at = found.end()
    tokens.append(Token("end", "", len(text)))
    return tokens
