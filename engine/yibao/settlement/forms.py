"""Documents with blanks: what is said alike of many claims is spelt once, and what differs is filled in.

A form gives both the document in memory and its canonical JSON. What fills a blank needs no escape in JSON: figures,
signs and dates. Blanks are marked with control characters, which nobody who writes a policy may use (`bad-text`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from yibao.basics.digest import canonical_json

_BEGIN, _END, _ALONE = "\x91", "\x92", "\x93"
_IN_TEXT = re.compile(f"{_BEGIN}([0-9]+){_END}")
_SPELT = re.compile(f'"{_BEGIN}([0-9]+){_ALONE}"|{_BEGIN}([0-9]+){_END}')


def in_text(number: int) -> str:
    """The mark of a blank inside a text."""
    return f"{_BEGIN}{number}{_END}"


def alone(number: int) -> str:
    """The mark of a blank for a whole value: it is filled with a number or null as JSON spells them."""
    return f"{_BEGIN}{number}{_ALONE}"


class Form:
    """A document of dicts, lists and plain values whose texts may have marks of blanks, numbered from 0."""

    __slots__ = ("_document", "_frame", "_in_order")

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        frame, order = "", []
        for piece, whole, part in _pieces(canonical_json(document).decode()):
            frame += piece.replace("%", "%%")
            if whole or part:
                frame += "%s"
                order.append(int(whole or part))
        self._frame, self._in_order = frame, _picker(order)

    def text(self, filled: Sequence[str]) -> str:
        """The canonical JSON of the document, with these texts in its blanks."""
        return self._frame % self._in_order(filled)

    def document(self, filled: Sequence[str]) -> dict[str, Any]:
        """The same in memory, which shares nothing with any other. Keys stand as they were written."""
        return {key: _in_memory(value, filled) for key, value in self._document.items()}


def _picker(numbers: list[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """The function that picks the members with these numbers; of one alone `itemgetter` would give no tuple."""
    if len(numbers) > 1:
        return itemgetter(*numbers)
    return lambda filled: tuple([filled[number] for number in numbers])


def _pieces(spelt: str) -> list[tuple[str, str, str]]:
    """Each stretch without a mark, and the number of the mark behind it: of a whole value, or of a part of a text."""
    found = _SPELT.split(spelt)
    return [*zip(found[::3], [*found[1::3], ""], [*found[2::3], ""], strict=True)]


def _in_memory(part: Any, filled: Sequence[str]) -> Any:
    if isinstance(part, dict):
        return {key: _in_memory(value, filled) for key, value in part.items()}
    if isinstance(part, list):
        return [_in_memory(value, filled) for value in part]
    if not isinstance(part, str):
        return part
    if part.endswith(_ALONE):
        return json.loads(filled[int(part[1:-1])])
    return _IN_TEXT.sub(lambda mark: filled[int(mark[1])], part)
