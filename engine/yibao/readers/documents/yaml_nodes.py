"""Strict, bounded YAML: every node knows its place, and every scalar stays text.

PyYAML's C event stream does the scanning. Anchors, aliases, tags, directives, merge keys, duplicate keys and floats are
refused, and size, depth and number of nodes are capped while the events arrive, so that no document can blow up.
Characters that a reviewer can't see for what they are (controls, line breaks of other systems, marks that turn the
direction of writing) are refused too, written out or as an escape.
Typed values are taken by the reader that knows the field (`forms`), never guessed from the text.
"""

from __future__ import annotations

import re
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
        self._stack: list[_Open] = []
        self.count = 0
        self._root: Node | None = None

    def compose(self, text: str) -> Node:
        documents = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refuse("yaml-several-documents", "a file holds one document", event)
            elif isinstance(event, yaml.AliasEvent):
                raise self._refuse("yaml-alias", "aliases are not allowed; write the value out", event)
            elif isinstance(event, yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent):
                self._open_or_add(event)
            elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
                self._close()
        if self._root is None:
            place = Place(path=self._path, line=1, column=1)
            raise ProblemsFound([problem_of("yaml-empty", "the file holds no document", place)])
        return self._root

    def _open_or_add(self, event: Any) -> None:
        if event.anchor is not None:
            raise self._refuse(
                "yaml-anchor", f"the anchor {shown(event.anchor)} is not allowed; write the value out", event
            )
        if event.tag is not None:
            raise self._refuse("yaml-tag", f"the tag {shown(event.tag)} is not allowed", event)
        self.count += 1
        if self.count > MOST_NODES:
            raise self._refuse("yaml-too-many-nodes", f"the file has more than {MOST_NODES} nodes", event)
        if isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(event))
            return
        if len(self._stack) >= DEEPEST:
            raise self._refuse("yaml-too-deep", f"the file nests deeper than {DEEPEST} levels", event)
        self._stack.append(_Open(isinstance(event, yaml.MappingStartEvent), self._place(event)))

    def _scalar(self, event: Any) -> Scalar:
        if len(event.value) > LONGEST_SCALAR:
            raise self._refuse("yaml-too-long", f"the text is longer than {LONGEST_SCALAR} characters", event)
        if event.style == '"' and _BAD.search(event.value):
            raise self._refuse("bad-text", f"{shown(event.value)} holds a character that can't be seen", event)
        quoted = event.style in ("'", '"', "|", ">")
        if not quoted and _FLOAT.fullmatch(event.value) and not _WHOLE.fullmatch(event.value):
            message = f"{shown(event.value)} is a float; write a whole number, a percentage, or quote it"
            raise self._refuse("yaml-float", message, event)
        return Scalar(event.value, quoted, self._place(event))

    def _add(self, node: Node) -> None:
        if self._stack:
            self._stack[-1].add(node, self._refuse_key)
        else:
            self._root = node

    def _close(self) -> None:
        self._add(self._stack.pop().closed())

    def _place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if end.line == start.line else 1
        return Place(path=self._path, line=start.line + 1, column=start.column + 1, length=max(1, length))

    def _refuse(self, code: str, message: str, event: Any) -> ProblemsFound:
        return ProblemsFound([problem_of(code, message, self._place(event))])

    def _refuse_key(self, code: str, message: str, place: Place) -> ProblemsFound:
        return ProblemsFound([problem_of(code, message, place)])


class _Open:
    """A sequence or mapping whose end has not come yet."""

    def __init__(self, mapping: bool, place: Place) -> None:
        self._mapping = mapping
        self._place = place
        self._items: list[Node] = []
        self._entries: dict[str, Entry] = {}
        self._key: Scalar | None = None

    def add(self, node: Node, refuse: Any) -> None:
        if not self._mapping:
            self._items.append(node)
        elif self._key is None:
            if not isinstance(node, Scalar):
                raise refuse("yaml-key", "a key is a single word", node.place)
            if node.text == "<<" and not node.quoted:
                raise refuse("yaml-merge-key", "merge keys are not allowed; write the entries out", node.place)
            if node.text in self._entries:
                first = self._entries[node.text].key.place.line
                message = f"the key {shown(node.text)} stands at line {first} already"
                raise refuse("yaml-duplicate-key", message, node.place)
            self._key = node
        else:
            self._entries[self._key.text] = Entry(self._key, node)
            self._key = None

    def closed(self) -> Node:
        if self._mapping:
            return Mapping(tuple(self._entries.values()), self._place)
        return Sequence(tuple(self._items), self._place)


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
    return ProblemsFound([problem_of(code, message, Place(path=path, line=1, column=1))])
