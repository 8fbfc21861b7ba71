"""JSON from outside, read under guard: bounded in size and depth, no duplicate key, no invented number, clean text.

A number that is no small whole number is kept as written (`WrittenNumber`), so that no float ever exists and each
reader says for itself what a fraction means to it. What the document is about is not known here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping

from attrs import frozen

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.readers.documents.pointed_problems import PointedProblems, pointer_to, shown

LARGEST_BYTES = 8_000_000
MOST_CHARACTERS = 1_000_000
DEEPEST = 32
# What a reader makes of an object, a text or a number takes many times the bytes that it is written with.
MOST_CONTAINERS = 50_000
MOST_TEXTS = 250_000
MOST_COMMAS = 450_000
LONGEST_WHOLE = 20
# Control characters and halves of surrogate pairs.
_NO_TEXT = ("Cc", "Cs")
_REPLACEMENT = "\ufffd"
# One match a string, closed or not, or one bracket: the scan stays in step with the text and never goes back.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


@frozen
class WrittenNumber:
    """A number as written: a fraction, a power of ten, a whole number of more than 20 digits, or `NaN` and its like."""

    text: str

    def __str__(self) -> str:
        return self.text


Json = bool | int | str | WrittenNumber | list["Json"] | dict[str, "Json"] | None


class _Pairs(list[tuple[str, object]]):
    """An object with its keys as written, duplicates included."""


def read_json(content: bytes, problems: PointedProblems) -> Json:
    """The document in `content`. Notes duplicate keys and bad text; raises ProblemsFound when it is not JSON within the
    bounds, since there is nothing to read on from."""
    path = problems.path
    if len(content) > LARGEST_BYTES:
        said = f"the document has {len(content)} bytes, at most {LARGEST_BYTES} are read"
        raise ProblemsFound([problem_of("json-too-large", said, Place(path=path, pointer=""))])
    _check_shape(content, path)
    try:
        raw = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_Pairs,
            parse_float=WrittenNumber,
            parse_int=_whole,
            parse_constant=WrittenNumber,
        )
    except UnicodeDecodeError as error:
        said = f"byte {error.start} is not UTF-8"
        raise ProblemsFound([problem_of("json-syntax", said, Place(path=path, pointer=""))]) from None
    except json.JSONDecodeError as error:
        place = Place(path=path, line=error.lineno, column=error.colno)
        raise ProblemsFound([problem_of("json-syntax", error.msg[0].lower() + error.msg[1:], place)]) from None
    return plain_json(raw, problems)


def plain_json(document: object, problems: PointedProblems) -> Json:
    """A document that is in memory already, copied into plain dicts and lists under the same guards."""
    return _Copy(problems).of(document, "", 0)


def _whole(text: str) -> int | WrittenNumber:
    return int(text) if len(text) <= LONGEST_WHOLE else WrittenNumber(text)


def _check_shape(content: bytes, path: str) -> None:
    """Refuse what would grow beyond bounds when it is read. Raises ProblemsFound."""
    depth = containers = texts = 0
    too_much = content.count(b",") > MOST_COMMAS
    for token in () if too_much else _TOKEN.finditer(content):
        start = token[0][0]
        if start in b"[{":
            depth, containers = depth + 1, containers + 1
        elif start in b"]}":
            depth -= 1
        else:
            texts += 1
        if depth > DEEPEST:
            said = f"the document nests deeper than {DEEPEST} levels"
            raise ProblemsFound([problem_of("json-too-deep", said, Place(path=path, pointer=""))])
        if containers > MOST_CONTAINERS or texts > MOST_TEXTS:
            too_much = True
            break
    if too_much:
        said = f"the document has more than {MOST_CONTAINERS} objects, {MOST_TEXTS} texts or {MOST_COMMAS} commas"
        raise ProblemsFound([problem_of("json-too-large", said, Place(path=path, pointer=""))])


class _Copy:
    """Copies a document into plain dicts and lists, noting what no document may hold."""

    def __init__(self, problems: PointedProblems) -> None:
        self.problems = problems
        self.characters = 0

    def of(self, value: object, pointer: str, depth: int) -> Json:
        if depth > DEEPEST:
            self.problems.add("json-too-deep", f"the document nests deeper than {DEEPEST} levels", pointer)
            return None
        match value:
            case str():
                return self._text(value, pointer)
            case None | bool() | int() | WrittenNumber():
                return value
            case float():
                return WrittenNumber(repr(value))
            case _Pairs():
                return self._object(value, pointer, depth)
            case list() | tuple():
                return [self.of(item, pointer_to(pointer, at), depth + 1) for at, item in enumerate(value)]
            case Mapping():
                return self._object(value.items(), pointer, depth)
        self.problems.add("wrong-type", f"{shown(value)} is no JSON value", pointer)
        return None

    def _object(self, pairs: Iterable[tuple[object, object]], pointer: str, depth: int) -> Json:
        copy: dict[str, Json] = {}
        for key, value in pairs:
            if not isinstance(key, str):
                self.problems.add("wrong-type", f"the key {shown(key)} is no text", pointer)
                continue
            place = pointer_to(pointer, key)
            if key in copy:
                self.problems.add("json-duplicate-key", f"the key {shown(key)} stands here twice", place)
            copy[key] = self.of(value, place, depth + 1)
        return copy

    def _text(self, text: str, pointer: str) -> str:
        before, self.characters = self.characters, self.characters + len(text)
        if before <= MOST_CHARACTERS < self.characters:
            message = f"the texts of the document have more than {MOST_CHARACTERS} characters in all"
            self.problems.add("json-too-large", message, pointer)
        if not text.isascii() or not text.isprintable():
            bad = next((one for one in text if unicodedata.category(one) in _NO_TEXT), None)
            if bad is not None:
                message = f"{shown(text)} holds U+{ord(bad):04X}, which is no character of a text"
                self.problems.add("bad-text", message, pointer)
                # What reads on must not stumble over it: half a surrogate pair can't even be encoded.
                return "".join(_REPLACEMENT if unicodedata.category(one) in _NO_TEXT else one for one in text)
        return text
