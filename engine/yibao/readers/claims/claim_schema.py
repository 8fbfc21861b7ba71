"""The JSON Schema (2020-12) of a claim document, from the fact declarations.

It says what a schema can say: keys, types, bounds, codes. That a refund names a billed line, that line ids differ and
that a date exists are told by the reader alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from yibao.basics.problems import Fault
from yibao.model.facts import CodeTable, FactDeclaration, Kind, Title, Vocabulary
from yibao.readers.claims.claim_classes import (
    LINE_ID,
    LINES,
    MOST_CODES,
    MOST_LINES,
    Field,
    ObjectClass,
    classes_of,
    lowest_of,
    pattern_of,
)

Schema = dict[str, object]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
CLAIM_TITLE = Title(zh="医疗费用报销申请", en="Claim document")
CLAIM_MEANING = Title(
    zh="一次就医的费用申请；缺少的键表示未知，null 表示已知没有",
    en="The claim for one stay or visit; an absent key is unknown, null is known to be none",
)
LINES_TITLE = Title(zh="费用明细", en="Lines")
LINES_MEANING = Title(zh="账单上的每一条费用", en="Every line of the bill")
LINE_TITLE = Title(zh="一条费用明细", en="Line")
LINE_MEANING = Title(zh="账单上的一条费用", en="One line of the bill")
TEXT_PATTERN = r"^[^\u0000-\u001f\u007f-\u009f]*$"
# Real days are for the reader; this keeps to the years that it takes.
DATE_PATTERN = r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


def claim_schema(vocabulary: Vocabulary, partial: bool) -> Schema:
    """The schema of a whole document, or of a `partial` one that is merged into another and may lack `lines`."""
    classes = classes_of(vocabulary)
    line = _object(classes.line, vocabulary) | _titled(LINE_TITLE, LINE_MEANING)
    line["required"] = [LINE_ID.removeprefix("line.")]
    lines: Schema = {"type": "array", "items": line, "maxItems": MOST_LINES} | _titled(LINES_TITLE, LINES_MEANING)
    claim = _object(classes.claim, vocabulary)
    claim["properties"] = _properties(classes.claim, vocabulary) | {LINES: lines}
    if not partial:
        lines["minItems"] = 1
        claim["required"] = [LINES]
    return {"$schema": DIALECT} | _titled(CLAIM_TITLE, CLAIM_MEANING) | claim


def _object(expected: ObjectClass, vocabulary: Vocabulary) -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": _properties(expected, vocabulary)}


def _properties(expected: ObjectClass, vocabulary: Vocabulary) -> Schema:
    return {name: _property(field, vocabulary) for name, field in expected.fields.items()}


def _property(field: Field, vocabulary: Vocabulary) -> Schema:
    declaration = field.declaration
    schema = _titled(declaration.title, declaration.meaning) | _value(field, vocabulary)
    if declaration.null_allowed:
        schema["type"] = [schema["type"], "null"]
        if isinstance(schema.get("enum"), list):
            schema["enum"] = [*_codes(declaration, vocabulary), None]
    if declaration.unit is not None:
        schema["x-unit"] = declaration.unit
    if declaration.type.table is not None:
        schema["x-code-table"] = _table(vocabulary.tables[declaration.type.table])
    if declaration.lookup is not None:
        schema["x-lookup"] = {"key": declaration.lookup.key, "by": declaration.lookup.by}
    if declaration.inherits is not None:
        schema["x-inherits"] = declaration.inherits
    if declaration.not_before:
        schema["x-not-before"] = list(declaration.not_before)
    if declaration.not_above:
        schema["x-not-above"] = list(declaration.not_above)
    return schema | {"x-source": declaration.source}


def _value(field: Field, vocabulary: Vocabulary) -> Schema:
    declaration = field.declaration
    match declaration.type.kind:
        case Kind.OBJECT:
            if field.inner is None:
                raise Fault(f"the object `{declaration.path}` has no class")
            return _object(field.inner, vocabulary)
        case Kind.BOOLEAN:
            return {"type": "boolean"}
        case Kind.INTEGER | Kind.FEN | Kind.BASIS_POINTS:
            return {"type": "integer", "minimum": lowest_of(declaration), "maximum": declaration.type.high}
        case Kind.DATE:
            return {"type": "string", "format": "date", "pattern": DATE_PATTERN}
        case Kind.TEXT:
            longest = declaration.type.longest
            return {"type": "string", "minLength": 1, "maxLength": longest, "pattern": TEXT_PATTERN}
        case Kind.CODE:
            return _code(declaration, vocabulary)
        case Kind.CODES:
            members = _code(declaration, vocabulary)
            return {"type": "array", "items": members, "uniqueItems": True, "maxItems": MOST_CODES}


def _code(declaration: FactDeclaration, vocabulary: Vocabulary) -> Schema:
    if declaration.type.table is not None:
        return {"type": "string", "enum": _codes(declaration, vocabulary)}
    pattern = pattern_of(declaration.type, vocabulary) + "$"
    return {"type": "string", "minLength": 1, "maxLength": declaration.type.longest, "pattern": pattern}


def _codes(declaration: FactDeclaration, vocabulary: Vocabulary) -> list[str | None]:
    table = declaration.type.table
    return [] if table is None else [*vocabulary.tables[table].codes]


def _titled(title: Title, meaning: Title) -> Schema:
    return {
        "title": title.en,
        "description": meaning.en,
        "x-title-zh": title.zh,
        "x-title-en": title.en,
        "x-meaning": meaning.document(),
    }


def _table(table: CodeTable) -> Mapping[str, object]:
    codes = [
        {"code": code.code, "title": code.title.document(), "nhsa": list(code.nhsa)} for code in table.codes.values()
    ]
    return {"table": table.name, "title": table.title.document(), "codes": codes, "x-source": table.source}
