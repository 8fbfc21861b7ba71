"""Fact declarations and code tables in YAML to the vocabulary of a policy.

A file declares one object of the claim document and its fields. `facts: claim` is the document itself and
`facts: line` one of its lines; these two always exist and carry no title of their own. Any other file that carries a
title declares its object; a file without one adds fields to an object that another file declares.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping

from yibao.basics.problems import Place, did_you_mean
from yibao.model.facts import CodeTable, FactDeclaration, FactType, Kind, Lookup, Vocabulary
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.yaml_nodes import Node, Scalar
from yibao.readers.vocabulary.tables_from_yaml import tables_from_yaml
from yibao.readers.vocabulary.vocabulary_checks import check_references, with_effective_nullability

CLAIM, LINE = "claim", "line"
FIELD_TYPES = tuple(kind.value for kind in Kind if kind is not Kind.OBJECT)
MOST = 10**13
WHOLE_RATE = 10_000
_WORD = r"[a-z][a-z0-9]*(_[a-z0-9]+)*"
_FIELD = re.compile(_WORD)
_OBJECT = re.compile(rf"{_WORD}(\.{_WORD})*")
_RESERVED = (CLAIM, LINE, "lines")
MOST_FACTS = 2_000
LONGEST_NAME = 64
# An object in an object in an object, and so on.
DEEPEST = 8


def vocabulary_from_yaml(facts: Mapping[str, Node], tables: Mapping[str, Node], problems: Problems) -> Vocabulary:
    """The vocabulary of all fact files and table files (path to parsed root).

    Every mistake is noted in `problems`; the result is to be used only where none was.
    """
    known_tables = tables_from_yaml(tables, problems)
    declared: dict[str, FactDeclaration] = {}
    for path in sorted(facts):
        for declaration in _FactFile(facts[path], known_tables, problems).declarations():
            first = declared.setdefault(declaration.path, declaration)
            if first is not declaration:
                message = f"`{declaration.path}` is declared at {first.place} already"
                problems.add("duplicate-fact", message, declaration.place)
        if len(declared) > MOST_FACTS:
            problems.add("too-many", f"a bundle declares at most {MOST_FACTS} facts", facts[path].place)
            break
    complete = with_effective_nullability(declared)
    check_references(complete, Place(path=min(facts, default="facts")), problems)
    return Vocabulary(facts=complete, tables=known_tables)


class _FactFile:
    """Reads one fact file; problems are collected by its form."""

    def __init__(self, node: Node, tables: Mapping[str, CodeTable], problems: Problems) -> None:
        self.form = Form(node, problems, "a fact file")
        self.tables = tables
        self.problems = problems

    def declarations(self) -> list[FactDeclaration]:
        """The object, where this file declares it, and its fields."""
        form = self.form
        path, source = self._object_path(), form.text("source", required=True)
        found = [self._object(path, source)] if path not in (CLAIM, LINE) and form.has("title") else []
        prefix = {None: "", CLAIM: ""}.get(path, f"{path}.")
        for key, node in form.entries("fields", required=True):
            found.append(self._field(prefix, key, node))
        form.finish()
        return [declaration for declaration in found if declaration is not None and path is not None]

    def _object_path(self) -> str | None:
        path = self.form.text("facts", required=True)
        if path is None:
            return None
        if not _OBJECT.fullmatch(path) or (path.split(".")[0] in (CLAIM, "lines") and path != CLAIM):
            message = f"`{path}` can't be an object of the claim document"
            hint = "write `claim`, `line`, or a path such as `encounter.institution`"
            self.problems.add("wrong-path", message, self.form.place_of("facts"), hint)
            return None
        words = path.split(".")
        if len(words) > DEEPEST or not all(_can_be_read(word) for word in words):
            message = f"`{path}` has more than {DEEPEST} words, or one that is too long or a word of Python's own"
            self.problems.add("wrong-path", message, self.form.place_of("facts"))
            return None
        return path

    def _object(self, path: str | None, source: str | None) -> FactDeclaration | None:
        title, meaning = self.form.title("title", required=True), self.form.title("meaning", required=True)
        null_allowed = self.form.flag("nullable")
        if path is None or source is None or title is None or meaning is None:
            return None
        return FactDeclaration(
            path=path,
            type=FactType(kind=Kind.OBJECT),
            nullable=null_allowed,
            null_allowed=null_allowed,
            title=title,
            meaning=meaning,
            unit=None,
            source=source,
            lookup=None,
            inherits=None,
            place=self.form.place_of("facts"),
        )

    def _field(self, prefix: str, key: Scalar, node: Node) -> FactDeclaration | None:
        form = Form(node, self.problems, f"the fact `{key.text}`")
        fact_type = self._type(form)
        title, meaning = form.title("title", required=True), form.title("meaning", required=True)
        null_allowed, unit, source = form.flag("nullable"), form.text("unit"), form.text("source", required=True)
        lookup, inherits = form.read("lookup", self._lookup), form.text("inherits")
        accumulator = form.flag("accumulator")
        not_before, not_above = form.texts("not_before"), form.texts("not_above")
        form.finish()
        if not _FIELD.fullmatch(key.text) or (not prefix and key.text in _RESERVED):
            message = f"`{key.text}` can't be the name of a fact: lower-case words with underscores, not `lines`"
            self.problems.add("wrong-path", message, key.place)
            return None
        if not _can_be_read(key.text):
            message = f"`{key.text}` can't be the name of a fact: it is too long, or a word of Python's own"
            self.problems.add("wrong-path", message, key.place)
            return None
        if fact_type is None or title is None or meaning is None or source is None:
            return None
        return FactDeclaration(
            path=prefix + key.text,
            type=fact_type,
            nullable=null_allowed,
            null_allowed=null_allowed,
            title=title,
            meaning=meaning,
            unit=unit,
            source=source,
            lookup=lookup,
            inherits=inherits,
            accumulator=accumulator,
            not_before=not_before,
            not_above=not_above,
            place=key.place,
        )

    def _type(self, form: Form) -> FactType | None:
        word = form.choice("type", FIELD_TYPES, required=True)
        if word is None:
            return None
        kind = Kind(word)
        match kind:
            case Kind.INTEGER:
                return self._integer(form)
            case Kind.BASIS_POINTS:
                return FactType(kind=kind, low=0, high=WHOLE_RATE)
            case Kind.CODE | Kind.CODES:
                return self._code(form, kind)
            case Kind.TEXT:
                longest = self._longest(form)
                return None if longest is None else FactType(kind=kind, longest=longest)
            case _:
                return FactType(kind=kind)

    def _integer(self, form: Form) -> FactType | None:
        low, high = form.whole("low", required=True), form.whole("high", required=True)
        if low is None or high is None:
            return None
        if not -MOST <= low <= high <= MOST:
            message = f"no whole number lies between {low} and {high}, or they pass 10^13"
            self.problems.add("empty-range", message, form.place_of("low"))
            return None
        return FactType(kind=Kind.INTEGER, low=low, high=high)

    def _code(self, form: Form, kind: Kind) -> FactType | None:
        if form.has("table"):
            name = form.text("table")
            if name is not None and name not in self.tables:
                message = f"no code table is called `{name}`"
                self.problems.add("unknown-table", message, form.place_of("table"), did_you_mean(name, self.tables))
                return None
            return None if name is None else FactType(kind=kind, table=name)
        if form.has("digits"):
            digits, begins = form.whole("digits"), form.choice("begins", tuple(self.tables))
            if digits is not None and not 1 <= digits <= 30:
                self.problems.add("empty-range", "`digits` is between 1 and 30", form.place_of("digits"))
                return None
            return None if digits is None else FactType(kind=kind, digits=digits, longest=digits, begins=begins)
        longest = self._longest(form)
        return None if longest is None else FactType(kind=kind, longest=longest)

    def _longest(self, form: Form) -> int | None:
        longest = form.whole("longest", required=True)
        if longest is not None and not 1 <= longest <= 1_000:
            self.problems.add("empty-range", "`longest` is between 1 and 1000 characters", form.place_of("longest"))
            return None
        return longest

    def _lookup(self, node: Node) -> Lookup | None:
        form = Form(node, self.problems, "`lookup`")
        column, key, by = (form.text(name, required=True) for name in ("column", "key", "by"))
        form.finish()
        return Lookup(column=column, key=key, by=by) if column and key and by else None


def _can_be_read(word: str) -> bool:
    """Whether a class that claims are decoded into can have an attribute of this name."""
    return len(word) <= LONGEST_NAME and not keyword.iskeyword(word) and word != "self"
