"""The attrs classes that a claim document is decoded into, built from the fact declarations.

Each class says to msgspec what its fields may hold, so that decoding is strict: no coercion, bounds and codes checked.
What msgspec can't say (unknown keys, real ranges of dates, equal members of a list) is in `claim_checks`.
"""

from __future__ import annotations

import datetime
import operator
import types
import weakref
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, cast

import attrs
import msgspec
from attrs import frozen

from yibao.basics.money import MAXIMUM_FEN
from yibao.basics.problems import Fault
from yibao.model.facts import LINE_PREFIX, THEN, CodeTable, FactDeclaration, FactType, Kind, Vocabulary
from yibao.readers.claims.facts_in_order import FactOrder

# A type as msgspec and attrs take it at run time: a class, a union, or a class with bounds.
Expected = type[object]
MOST_LINES = 10_000
MOST_CODES = 1_000
LINES = "lines"
LINE_ID = "line.line_id"
AMOUNT = "line.amount_fen"
REFUND_OF = "line.refund_of"
# An open code has no space in it: ` 440300` and `440300` would be two places.
OPEN_CODE = r"^[^\s\u0000-\u001f\u007f-\u009f]+"


@frozen(kw_only=True)
class Field:
    """One key of an object. `inner` is the class of an object; a plain fact has none. `member` is the type of a value
    or, of a list of codes, of one code."""

    name: str
    declaration: FactDeclaration
    expected: Expected
    member: Expected
    inner: ObjectClass | None

    def paths(self) -> Iterator[str]:
        """The path of the field and, of an object, of everything in it."""
        yield self.declaration.path
        if self.inner is not None:
            for field in self.inner.fields.values():
                yield from field.paths()


@frozen(kw_only=True)
class ObjectClass:
    """A class built for one object of the document, with its declared fields by key."""

    made: type[object]
    fields: Mapping[str, Field]


@frozen(kw_only=True)
class ClaimClasses:
    """The classes of a whole claim document: the document with its `lines`, and one line.

    With them what else is worked out once of a vocabulary: the order of dates and amounts, and the paths of lines that
    have what the claim says, each with the path there.
    """

    claim: ObjectClass
    line: ObjectClass
    order: FactOrder
    inherits: Mapping[str, str]


def classes_of(vocabulary: Vocabulary) -> ClaimClasses:
    """The classes of a vocabulary, built once and kept while the vocabulary lives."""
    kept = _BUILT.get(id(vocabulary))
    if kept is not None:
        return kept
    built = _build(vocabulary)
    _BUILT[id(vocabulary)] = built
    weakref.finalize(vocabulary, _BUILT.pop, id(vocabulary), None)
    return built


# By identity: a vocabulary holds mappings and has no hash. An entry goes when its vocabulary does.
_BUILT: dict[int, ClaimClasses] = {}


def lowest_of(declaration: FactDeclaration) -> int:
    """The least number that a document may write; the amount of a refund line is negative until it is netted."""
    return -MAXIMUM_FEN if declaration.path == AMOUNT else declaration.type.low


def pattern_of(fact_type: FactType, vocabulary: Vocabulary) -> str:
    """What an open code looks like, without the end of the text: each dialect of patterns spells that otherwise."""
    if fact_type.digits is None:
        return OPEN_CODE
    if fact_type.begins is None:
        return f"^[0-9]{{{fact_type.digits}}}"
    return f"^(?={_beginnings(vocabulary.tables[fact_type.begins])})[0-9]{{{fact_type.digits}}}"


def _beginnings(table: CodeTable) -> str:
    """The codes of the table, each with what may follow it where its row says so."""
    found = []
    for code, row in table.codes.items():
        listed = row.attributes.get(THEN, "").split()
        found.append(code + (f"(?:{'|'.join(listed)})" if listed else ""))
    return "|".join(found)


def _build(vocabulary: Vocabulary) -> ClaimClasses:
    if LINE_ID not in vocabulary.facts:
        raise Fault(f"the vocabulary declares no `{LINE_ID}`")
    line = _object_class("Line", LINE_PREFIX, vocabulary)
    fields = _fields("", vocabulary)
    lines = attrs.field(type=or_absent(many(line.made, MOST_LINES)), default=msgspec.UNSET)
    made = attrs.make_class("Claim", {**_attributes(fields), LINES: lines}, kw_only=True, frozen=True, slots=True)
    return ClaimClasses(
        claim=ObjectClass(made=made, fields=fields),
        line=line,
        order=FactOrder(vocabulary),
        inherits={path: fact.inherits for path, fact in vocabulary.facts.items() if fact.inherits is not None},
    )


def _object_class(name: str, prefix: str, vocabulary: Vocabulary) -> ObjectClass:
    fields = _fields(prefix, vocabulary)
    made = attrs.make_class(name, _attributes(fields), kw_only=True, frozen=True, slots=True)
    return ObjectClass(made=made, fields=fields)


def _fields(prefix: str, vocabulary: Vocabulary) -> dict[str, Field]:
    """The fields right under a prefix: `filing.` has `filed_on`, not `referral.seals`."""
    found: dict[str, Field] = {}
    for path, declaration in vocabulary.facts.items():
        name = path.removeprefix(prefix)
        if not path.startswith(prefix) or "." in name:
            continue
        inner = None
        if declaration.type.kind is Kind.OBJECT:
            class_name = "".join(word.capitalize() for word in path.replace(".", "_").split("_"))
            inner = _object_class(class_name, f"{path}.", vocabulary)
        member = _expected(declaration, vocabulary) if inner is None else inner.made
        whole = many(member, MOST_CODES) if declaration.type.kind is Kind.CODES else member
        expected = or_none(whole) if declaration.null_allowed else whole
        found[name] = Field(name=name, declaration=declaration, expected=expected, member=member, inner=inner)
    return found


def _attributes(fields: Mapping[str, Field]) -> dict[str, object]:
    return {
        name: attrs.field(type=field.expected)
        if field.declaration.path == LINE_ID
        else attrs.field(type=or_absent(field.expected), default=msgspec.UNSET)
        for name, field in fields.items()
    }


def _expected(declaration: FactDeclaration, vocabulary: Vocabulary) -> Expected:
    """The type that msgspec decodes a plain fact into; of a list of codes, that of one code."""
    fact_type = declaration.type
    match fact_type.kind:
        case Kind.BOOLEAN:
            return bool
        case Kind.DATE:
            return datetime.date
        case Kind.INTEGER | Kind.FEN | Kind.BASIS_POINTS:
            return _bounded(int, msgspec.Meta(ge=lowest_of(declaration), le=fact_type.high))
        case Kind.TEXT:
            return _bounded(str, msgspec.Meta(min_length=1, max_length=fact_type.longest))
        case Kind.CODE | Kind.CODES:
            return _code(fact_type, vocabulary)
        case Kind.OBJECT:
            raise Fault(f"the object `{declaration.path}` is no plain fact")


def _code(fact_type: FactType, vocabulary: Vocabulary) -> Expected:
    if fact_type.table is not None:
        codes = tuple(sorted(vocabulary.tables[fact_type.table].codes))
        return cast(Expected, operator.getitem(Literal, codes))
    meta = msgspec.Meta(min_length=1, max_length=fact_type.longest, pattern=pattern_of(fact_type, vocabulary) + r"\Z")
    return _bounded(str, meta)


def _bounded(kind: object, meta: msgspec.Meta) -> Expected:
    return cast(Expected, operator.getitem(Annotated, (kind, meta)))


def many(member: Expected, most: int) -> Expected:
    """A list of at most so many members."""
    return _bounded(types.GenericAlias(list, (member,)), msgspec.Meta(max_length=most))


def or_none(expected: Expected) -> Expected:
    """A value, or null."""
    return cast(Expected, operator.or_(expected, None))


def or_absent(expected: Expected) -> Expected:
    """A value under a key that may be left out."""
    return cast(Expected, operator.or_(expected, msgspec.UnsetType))
