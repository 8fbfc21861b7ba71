"""Strict, bounded YAML: every node knows its place, and every scalar stays text.

PyYAML's C event stream does the scanning. Anchors, aliases, tags, directives, merge keys, duplicate keys and floats are
refused, and size, depth and number of nodes are capped while the events arrive, so that no document can blow up.
Characters that a reviewer can't see for what they are (controls, line breaks of other systems, marks that turn the
direction of writing) are refused too, written out or as an escape.
Typed values are taken by the reader that knows the field (`forms`), never guessed from the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

import yaml
from attrs import field, frozen

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.readers.documents.pointed_problems import shown

LARGEST_BYTES = 1_000_000
DEEPEST = 32
MOST_NODES = 200_000
MOST_NODES_TOGETHER = 2_000_000
LONGEST_SCALAR = 20_000
_FLOAT = re.compile(r"[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d+)?|[-+]?\.(inf|nan)", re.IGNORECASE)
_WHOLE = re.compile(r"[-+]?\d+")
# A directive stands at the beginning of a line. The library looks at each beside all the ones before it.
_DIRECTIVE = re.compile(r"^%\w+", re.MULTILINE)
_UNSEEN = "\x85\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_BAD = re.compile(f"\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_UNSEEN}\ud800-\udfff\ufffe\uffff]")
_QUOTING = ("'", '"', "|", ">")
_FEW_ENTRIES = 16


@frozen
class Scalar:
    """Text as written. `quoted` keeps apart `"null"` and `null`, `"1.5"` and `1.5`."""

    text: str
    quoted: bool
    place: Place = field(eq=False)


@frozen
class Sequence:
    items: tuple[Node, ...]
    place: Place = field(eq=False)


@frozen
class Entry:
    key: Scalar
    value: Node


@frozen
class Mapping:
    entries: tuple[Entry, ...]
    place: Place = field(eq=False)

    def get(self, key: str) -> Node | None:
        if len(self.entries) > _FEW_ENTRIES:
            return self._by_key.get(key)
        return next((entry.value for entry in self.entries if entry.key.text == key), None)

    @cached_property
    def _by_key(self) -> dict[str, Node]:
        """Looking through all entries for each of many keys would take their number squared."""
        return {entry.key.text: entry.value for entry in self.entries}


Node = Scalar | Sequence | Mapping


def read_yaml(content: bytes, path: str) -> Node:
    """The document in `content`. Raises ProblemsFound (one problem) when it is not a strict YAML document."""
    return YamlFiles().read(content, path)


class YamlFiles:
    """Reads files whose nodes are kept side by side, so that all of them together stay within a bound."""

    def __init__(self) -> None:
        self._left = MOST_NODES_TOGETHER

    def read(self, content: bytes, path: str) -> Node:
        """The document of one file. Raises ProblemsFound as `read_yaml` does, also when the bound of all is passed."""
        composer = _Composer(path)
        root = _read(content, path, composer)
        self._left -= composer.count
        if self._left < 0:
            message = f"the files together have more than {MOST_NODES_TOGETHER} nodes"
            raise _refused("yaml-too-many-nodes", message, path)
        return root


def _read(content: bytes, path: str, composer: _Composer) -> Node:
    if len(content) > LARGEST_BYTES:
        raise _refused("yaml-too-large", f"the file has {len(content)} bytes, at most {LARGEST_BYTES} are read", path)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused("yaml-not-utf8", f"byte {error.start} is not UTF-8", path) from None
    _check_text(text, path)
    try:
        return composer.compose(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(path=path, line=mark.line + 1 if mark else 1, column=mark.column + 1 if mark else 1)
        said = " ".join(str(error.problem or error.context or "cannot be read").split())
        raise ProblemsFound([problem_of("yaml-syntax", said, place)]) from None
    except yaml.YAMLError as error:
        raise _refused("yaml-syntax", " ".join(str(error).split())[:200], path) from None


class _Composer:
    """Builds nodes from events with an explicit stack, so that depth is a number and not our call stack."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._stack: list[_OpenMapping | _OpenSequence] = []
        self._documents = 0
        self.count = 0
        self._root: Node | None = None
        # One look-up for each event. A policy has many thousands, and a person waits for them at the shell.
        self._takers: dict[type[yaml.Event], Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._open_mapping,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceStartEvent: self._open_sequence,
            yaml.SequenceEndEvent: self._close,
            yaml.DocumentStartEvent: self._document,
            yaml.AliasEvent: self._alias,
        }

    def compose(self, text: str) -> Node:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            take = self._takers.get(type(event))
            if take is not None:
                take(event)
        if self._root is None:
            raise _refused("yaml-empty", "the file holds no document", self._path)
        return self._root

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise self._refuse("yaml-several-documents", "a file holds one document", event)

    def _alias(self, event: Any) -> None:
        raise self._refuse("yaml-alias", "aliases are not allowed; write the value out", event)

    def _check(self, event: Any) -> None:
        """Whether another node may begin."""
        if event.anchor is not None:
            raise self._refuse(
                "yaml-anchor", f"the anchor {shown(event.anchor)} is not allowed; write the value out", event
            )
        if event.tag is not None:
            raise self._refuse("yaml-tag", f"the tag {shown(event.tag)} is not allowed", event)
        self.count += 1
        if self.count > MOST_NODES:
            raise self._refuse("yaml-too-many-nodes", f"the file has more than {MOST_NODES} nodes", event)

    def _open_mapping(self, event: Any) -> None:
        self._check_depth(event)
        self._stack.append(_OpenMapping(self._place(event)))

    def _open_sequence(self, event: Any) -> None:
        self._check_depth(event)
        self._stack.append(_OpenSequence(self._place(event)))

    def _check_depth(self, event: Any) -> None:
        self._check(event)
        if len(self._stack) >= DEEPEST:
            raise self._refuse("yaml-too-deep", f"the file nests deeper than {DEEPEST} levels", event)

    def _scalar(self, event: Any) -> None:
        self._check(event)
        text = event.value
        if len(text) > LONGEST_SCALAR:
            raise self._refuse("yaml-too-long", f"the text is longer than {LONGEST_SCALAR} characters", event)
        if event.style == '"' and _BAD.search(text):
            raise self._refuse("bad-text", f"{shown(text)} holds a character that can't be seen", event)
        quoted = event.style in _QUOTING
        if not quoted and _FLOAT.fullmatch(text) and not _WHOLE.fullmatch(text):
            message = f"{shown(text)} is a float; write a whole number, a percentage, or quote it"
            raise self._refuse("yaml-float", message, event)
        self._add(Scalar(text, quoted, self._place(event)))

    def _add(self, node: Node) -> None:
        if self._stack:
            self._stack[-1].add(node)
        else:
            self._root = node

    def _close(self, event: Any) -> None:
        self._add(self._stack.pop().closed())

    def _place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        line, column = start.line, start.column
        length = (end.column - column or 1) if end.line == line else 1
        return Place(path=self._path, line=line + 1, column=column + 1, length=length)

    def _refuse(self, code: str, message: str, event: Any) -> ProblemsFound:
        return _refused_at(code, message, self._place(event))


class _OpenSequence:
    """A sequence whose end has not come yet."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._items: list[Node] = []

    def add(self, node: Node) -> None:
        self._items.append(node)

    def closed(self) -> Sequence:
        return Sequence(tuple(self._items), self._place)


class _OpenMapping:
    """A mapping whose end has not come yet."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._entries: dict[str, Entry] = {}
        self._key: Scalar | None = None

    def add(self, node: Node) -> None:
        if self._key is not None:
            self._entries[self._key.text] = Entry(self._key, node)
            self._key = None
            return
        if not isinstance(node, Scalar):
            raise _refused_at("yaml-key", "a key is a single word", node.place)
        if node.text == "<<" and not node.quoted:
            raise _refused_at("yaml-merge-key", "merge keys are not allowed; write the entries out", node.place)
        if node.text in self._entries:
            first = self._entries[node.text].key.place.line
            message = f"the key {shown(node.text)} stands at line {first} already"
            raise _refused_at("yaml-duplicate-key", message, node.place)
        self._key = node

    def closed(self) -> Mapping:
        return Mapping(tuple(self._entries.values()), self._place)


def _check_text(text: str, path: str) -> None:
    """Refuse what is wrong wherever it stands in the text. Raises ProblemsFound."""
    for pattern, code, says in (
        (_BAD, "bad-text", "can't be seen for what it is"),
        (_DIRECTIVE, "yaml-tag", "is not allowed"),
    ):
        found = pattern.search(text)
        if found is not None:
            before = text[: found.start()]
            line, column = before.count("\n") + 1, found.start() - before.rfind("\n")
            message = f"{shown(found.group())} {says}"
            raise ProblemsFound([problem_of(code, message, Place(path=path, line=line, column=column))])


def _refused(code: str, message: str, path: str) -> ProblemsFound:
    return _refused_at(code, message, Place(path=path, line=1, column=1))


def _refused_at(code: str, message: str, place: Place) -> ProblemsFound:
    return ProblemsFound([problem_of(code, message, place)])
