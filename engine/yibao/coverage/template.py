"""Documents with holes: what many lines say alike is spelt once, as canonical JSON, and what differs is filled in.

One template gives both the document in memory and its bytes. It knows nothing of insurance.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from yibao.basics.digest import canonical_json
from yibao.model.facts import Value

Context = TypeVar("Context")
ContextIn = TypeVar("ContextIn", contravariant=True)


class Hole(Protocol[ContextIn]):
    """What a template leaves open. `text` is the canonical JSON of `value`."""

    def value(self, context: ContextIn) -> Any:
        """What stands here in this context."""

    def text(self, context: ContextIn) -> bytes:
        """The same as canonical JSON."""


HoleOf = TypeVar("HoleOf", bound="Hole[Any]")


class Template(Generic[Context, HoleOf]):
    """A document of dicts, lists, plain values and holes; keys are texts. `holes` is the class of its holes."""

    __slots__ = ("_document", "_hole", "_holes", "_tail")

    def __init__(self, document: Any, hole: type[HoleOf]) -> None:
        self._document, self._hole = document, hole
        self._holes: list[tuple[bytes, HoleOf]] = []
        self._tail = b""
        self._spell(document)

    def written(self, context: Context) -> list[bytes]:
        """The canonical JSON of the filled document, in pieces."""
        pieces = []
        for literal, hole in self._holes:
            pieces.append(literal)
            pieces.append(hole.text(context))
        pieces.append(self._tail)
        return pieces

    def filled(self, context: Context) -> Any:
        """The filled document, which shares nothing with any other. Keys stand as they were written."""
        return self._fill(self._document, context)

    def spelt(self, spell: Callable[[HoleOf], bytes]) -> bytes:
        """The document as a form of `%`: `spell` gives what stands in each hole, in the order of the document."""
        pieces = [literal.replace(b"%", b"%%") + spell(hole) for literal, hole in self._holes]
        return b"".join(pieces) + self._tail.replace(b"%", b"%%")

    def _fill(self, part: Any, context: Context) -> Any:
        if isinstance(part, dict):
            return {key: self._fill(inner, context) for key, inner in part.items()}
        if isinstance(part, list):
            return [self._fill(inner, context) for inner in part]
        return part.value(context) if isinstance(part, self._hole) else part

    def _spell(self, part: Any) -> None:
        if isinstance(part, self._hole):
            self._holes.append((self._tail, part))
            self._tail = b""
        elif isinstance(part, dict):
            self._tail += b"{"
            for at, key in enumerate(sorted(part)):
                self._tail += (b"," if at else b"") + canonical_json(key) + b":"
                self._spell(part[key])
            self._tail += b"}"
        elif isinstance(part, list):
            self._tail += b"["
            for at, inner in enumerate(part):
                self._tail += b"," if at else b""
                self._spell(inner)
            self._tail += b"]"
        else:
            self._tail += canonical_json(part)


def plain(value: Value) -> Any:
    """A fact's value as JSON has it."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else value


def text_of_value(value: Value) -> bytes:
    """The canonical JSON of a fact's value."""
    return _SPELT[type(value)](value)


def text_of_string(text: str) -> bytes:
    """The canonical JSON of a text."""
    return _quoted(text).encode()


# The function that `json.dumps` spells texts with where it is asked to leave letters of all scripts as they are.
_quoted: Callable[[str], str] = json.encoder.encode_basestring
_SPELT: Mapping[type, Callable[[Any], bytes]] = {
    str: text_of_string,
    bool: {True: b"true", False: b"false"}.__getitem__,
    type(None): {None: b"null"}.__getitem__,
    int: b"%d".__mod__,
    datetime.date: lambda day: b'"%b"' % day.isoformat().encode(),
    frozenset: lambda codes: canonical_json(sorted(codes)),
}
