"""Every mistake of a claim document, each with its pointer.

msgspec judges each value (`claim_classes`) and stops at the first that it refuses; here it is asked value by value, so
that all are found, and what it does not look at is added: unknown keys, the range of dates, equal members, equal lines.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

import msgspec

from yibao.basics.periods import FIRST_DAY, LAST_DAY
from yibao.basics.problems import did_you_mean
from yibao.model.facts import FactDeclaration, Kind, Vocabulary
from yibao.readers.claims.claim_classes import (
    LINES,
    MOST_CODES,
    MOST_LINES,
    ClaimClasses,
    Field,
    ObjectClass,
    lowest_of,
)
from yibao.readers.documents.pointed_problems import PointedProblems, pointer_to, shown, typed
from yibao.readers.documents.strict_json import Json, WrittenNumber

_LONGEST_GUESSED = 64
_NUMBERS = (Kind.INTEGER, Kind.FEN, Kind.BASIS_POINTS)


class ClaimChecks:
    """Walks one document and notes its problems. `partial`: a document that will be merged into another."""

    def __init__(self, classes: ClaimClasses, vocabulary: Vocabulary, problems: PointedProblems, partial: bool) -> None:
        self.classes = classes
        self.vocabulary = vocabulary
        self.problems = problems
        self.partial = partial

    def check(self, document: Json) -> None:
        """Note everything that is wrong in the document."""
        if not isinstance(document, dict):
            self.problems.add("wrong-type", f"a claim document is an object, not {shown(document)}", "")
            return
        self._object(document, self.classes.claim, "", extra=(LINES,))
        if LINES in document:
            self._lines(document[LINES])
        elif not self.partial:
            self.problems.add("no-lines", "a claim has at least one line under `lines`", "")

    def _object(
        self, document: Mapping[str, Json], expected: ObjectClass, pointer: str, extra: tuple[str, ...] = ()
    ) -> None:
        for key, value in document.items():
            field = expected.fields.get(key)
            if field is not None:
                self._field(value, field, pointer_to(pointer, key))
            elif key not in extra:
                message = f"{'a claim' if not pointer else f'`{pointer}`'} has no field {shown(key)}"
                hint = self._hint(key, (*expected.fields, *extra))
                self.problems.add("unknown-field", message, pointer_to(pointer, key), hint)

    def _hint(self, key: str, known: tuple[str, ...]) -> str | None:
        """The nearest name of this object, else the object in which the name would be right."""
        if len(key) > _LONGEST_GUESSED:
            return None
        near = did_you_mean(key, known)
        if near is not None:
            return near
        elsewhere = sorted(path for path in self.vocabulary.facts if path.split(".")[-1] == key)
        return f"it belongs elsewhere: `{elsewhere[0]}`" if elsewhere else None

    def _field(self, value: Json, field: Field, pointer: str) -> None:
        declaration = field.declaration
        if value is None:
            if not declaration.null_allowed:
                message = "`null` says that there is none, and this always exists"
                hint = "leave the key out where the value is not known"
                self.problems.add("null-not-allowed", message, pointer, hint)
        elif field.inner is not None:
            if isinstance(value, dict):
                self._object(value, field.inner, pointer)
            else:
                self.problems.add("wrong-type", f"`{declaration.path}` is an object, not {shown(value)}", pointer)
        elif declaration.type.kind is Kind.CODES:
            self._codes(value, field, pointer)
        else:
            self._value(value, field, pointer)

    def _value(self, value: Json, field: Field, pointer: str) -> bool:
        """Whether one value, or one member of a list of codes, is good."""
        try:
            decoded = msgspec.convert(value, field.member, strict=True)
        except msgspec.ValidationError:
            self._explain(value, field.declaration, pointer)
            return False
        if isinstance(decoded, datetime.date) and not FIRST_DAY <= decoded <= LAST_DAY:
            message = f"`{field.declaration.path}` lies between {FIRST_DAY} and {LAST_DAY}, not on {decoded}"
            self.problems.add("out-of-range", message, pointer)
            return False
        return True

    def _codes(self, value: Json, field: Field, pointer: str) -> None:
        declaration = field.declaration
        if not isinstance(value, list):
            self.problems.add("wrong-type", f"`{declaration.path}` is a list of codes, not {shown(value)}", pointer)
            return
        if len(value) > MOST_CODES:
            self.problems.add("too-many", f"`{declaration.path}` has at most {MOST_CODES} codes", pointer)
            return
        seen: set[str] = set()
        for at, member in enumerate(value):
            place = pointer_to(pointer, at)
            if isinstance(member, str) and member in seen:
                self.problems.add("duplicate-code", f"{shown(member)} stands in the list already", place)
            elif self._value(member, field, place):
                seen.add(str(member))

    def _lines(self, lines: Json) -> None:
        pointer = f"/{LINES}"
        if not isinstance(lines, list):
            code = "null-not-allowed" if lines is None else "wrong-type"
            self.problems.add(code, f"`{LINES}` is a list, not {shown(lines)}", pointer)
            return
        if not lines and not self.partial:
            self.problems.add("no-lines", "a claim has at least one line", pointer)
        if len(lines) > MOST_LINES:
            self.problems.add("too-many-lines", f"a claim has at most {MOST_LINES} lines, not {len(lines)}", pointer)
            return
        first: dict[str, int] = {}
        for at, line in enumerate(lines):
            place = pointer_to(pointer, at)
            if not isinstance(line, dict):
                self.problems.add("wrong-type", f"a line is an object, not {shown(line)}", place)
                continue
            self._object(line, self.classes.line, place)
            self._line_id(line, at, first)

    def _line_id(self, line: Mapping[str, Json], at: int, first: dict[str, int]) -> None:
        place = f"/{LINES}/{at}"
        line_id = line.get("line_id")
        if "line_id" not in line:
            self.problems.add("missing-field", "a line needs a `line_id`", place)
        elif isinstance(line_id, str) and first.setdefault(line_id, at) != at:
            message = f"the line {shown(line_id)} stands at /{LINES}/{first[line_id]} already"
            self.problems.add("duplicate-line", message, f"{place}/line_id")

    def _explain(self, value: Json, declaration: FactDeclaration, pointer: str) -> None:
        """Note why msgspec refused a value."""
        kind = declaration.type.kind
        if kind in _NUMBERS:
            self._explain_number(value, declaration, pointer)
        elif kind is Kind.BOOLEAN or not isinstance(value, str):
            wanted = {Kind.BOOLEAN: "true or false", Kind.DATE: "a date such as 2023-01-01"}.get(kind, "a text")
            self.problems.add("wrong-type", f"`{declaration.path}` is {wanted}, not {typed(value)}", pointer)
        elif kind is Kind.DATE:
            self.problems.add("bad-date", f"{shown(value)} is no date such as 2023-01-01", pointer)
        else:
            self._explain_text(value, declaration, pointer)

    def _explain_number(self, value: Json, declaration: FactDeclaration, pointer: str) -> None:
        kind, path = declaration.type.kind, declaration.path
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole or (isinstance(value, WrittenNumber) and value.text.lstrip("-").isdecimal()):
            message = f"`{path}` lies between {lowest_of(declaration)} and {declaration.type.high}"
            self.problems.add("out-of-range", f"{message}, not at {shown(value)}", pointer)
            return
        hint = {
            Kind.FEN: "money is whole fen: 4.52 yuan is 452",
            Kind.BASIS_POINTS: "rates are whole basis points: 5 % is 500",
        }.get(kind)
        if isinstance(value, str):
            hint = "write it without quotes" + ("" if hint is None else f"; {hint}")
        self.problems.add("wrong-type", f"`{path}` is a whole number, not {typed(value)}", pointer, hint)

    def _explain_text(self, value: str, declaration: FactDeclaration, pointer: str) -> None:
        fact_type, path = declaration.type, declaration.path
        if fact_type.table is not None:
            codes = self.vocabulary.tables[fact_type.table].codes
            hint = did_you_mean(value, codes) if len(value) <= _LONGEST_GUESSED else None
            message = f"{shown(value)} is no code of the table `{fact_type.table}`: {', '.join(sorted(codes))}"
            self.problems.add("unknown-code", message, pointer, hint)
        elif fact_type.digits is not None and len(value) == fact_type.digits and re.fullmatch("[0-9]+", value):
            message = f"`{path}` is {shown(value)}, which lies in no province"
            hint = f"the table `{fact_type.begins}` has the beginnings that there are"
            self.problems.add("unknown-division", message, pointer, hint)
        elif fact_type.digits is not None:
            message = f"`{path}` is a code of {fact_type.digits} digits, not {shown(value)}"
            self.problems.add("bad-code", message, pointer)
        elif not value:
            hint = "leave the key out where the value is not known"
            self.problems.add("empty-text", f"`{path}` is empty", pointer, hint)
        elif len(value) > fact_type.longest:
            message = f"`{path}` has at most {fact_type.longest} characters, not {len(value)}"
            self.problems.add("too-long", message, pointer)
        else:
            self.problems.add("bad-code", f"`{path}` is a code without spaces, not {shown(value)}", pointer)
