"""The rows of a decision table: what each key must be, and the value; from nested YAML or from the cells of a sheet.

Whether the rows fit together (gaps, overlaps) is for `table_checks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from attrs import field, frozen

from yibao.basics.periods import FIRST_DAY, Period
from yibao.basics.problems import did_you_mean
from yibao.language.parameter_texts import ANYTHING, NOTHING
from yibao.model.facts import FactDeclaration, Kind, Vocabulary
from yibao.model.parameters import AnyValue, CodesMatch, Key, Match, ParameterRow, RangeMatch, Unit
from yibao.readers.documents.forms import IDENTIFIER, Form, Problems
from yibao.readers.documents.pointed_problems import shown
from yibao.readers.documents.yaml_nodes import Mapping as MappingNode
from yibao.readers.documents.yaml_nodes import Node, Scalar
from yibao.readers.policy.values_from_text import value_of_node

MOST_KEYS = 6
MOST_ROWS = 5_000
MOST_CODES = 1_000
_RANGE = re.compile(r"(0|[1-9]\d{0,8})(\.\.(0|[1-9]\d{0,8})?)?", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*")
_ALWAYS = Period(FIRST_DAY)
_KEY_KINDS = (Kind.CODE, Kind.BOOLEAN, Kind.INTEGER)


@frozen(kw_only=True)
class RawRow:
    """A row as it is written: the texts that stand for the keys, in their order, and the value. None stands for what
    can't be read and is noted."""

    keys: tuple[Scalar | None, ...]
    value: Node | None


@frozen(kw_only=True)
class RawTable:
    """The rows of one entry, and where to note what is wrong with them. `node` is the table, or names the sheet. It is
    `whole` unless something of it can't be read."""

    rows: tuple[RawRow, ...]
    node: Node
    whole: bool
    problems: Problems = field(eq=False)


@frozen(kw_only=True)
class Column:
    """A key with what can stand under it: the codes with their periods, None where any may; numbers from `low` up to
    `high`. `nullable`: the fact may be known not to be."""

    key: Key
    codes: Mapping[str, Period] | None
    low: int
    high: int | None
    nullable: bool


def rows_of_table(node: Node, names: tuple[str, ...], problems: Problems) -> RawTable | None:
    """The rows of a `table:`, which nests one level for each key; None, after it is noted, beyond the bound."""
    found: list[RawRow] = []
    for row in _nested(node, names, (), problems):
        found.append(row)
        if len(found) > MOST_ROWS:
            problems.add("too-many", f"a table has at most {MOST_ROWS} rows", node.place)
            return None
    return RawTable(rows=tuple(found), node=node, whole=True, problems=problems)


def _nested(node: Node, names: tuple[str, ...], above: tuple[Scalar, ...], problems: Problems) -> Iterator[RawRow]:
    if len(above) == len(names):
        yield RawRow(keys=above, value=node)
        return
    if not isinstance(node, MappingNode) or not node.entries:
        name = names[len(above)]
        problems.add("wrong-shape", f"entries for the key `{name}` are due here: what it must be, and then", node.place)
        return
    for entry in node.entries:
        yield from _nested(entry.value, names, (*above, entry.key), problems)


def key_names(form: Form) -> tuple[Scalar, ...]:
    """The names under `keys:`, each once."""
    found: dict[str, Scalar] = {}
    for node in form.items("keys", most=MOST_KEYS):
        if not isinstance(node, Scalar) or not all(IDENTIFIER.fullmatch(part) for part in node.text.split(".")):
            message = "a key is the path of a fact, or the name of a value of the plan"
            form.problems.add("wrong-type", message, node.place)
        elif node.text in found:
            form.problems.add("duplicate-name", f"the key `{node.text}` stands twice", node.place)
        else:
            found[node.text] = node
    return tuple(found.values())


def column_of(name: Scalar, texts: Iterator[str], vocabulary: Vocabulary, problems: Problems) -> Column | None:
    """The column of a key: of a fact, or of a value that plans define; whether that is a number is told by the texts
    that stand under it. None, after it is noted, for what can be no key."""
    declaration = vocabulary.facts.get(name.text)
    if declaration is not None:
        return _column_of_fact(declaration, name, vocabulary, problems)
    if "." in name.text:
        hint = did_you_mean(name.text, vocabulary.facts)
        problems.add("unknown-field", f"no fact is called `{name.text}`", name.place, hint)
        return None
    is_number = any(_RANGE.fullmatch(text.strip()) for text in texts)
    return Column(key=Key(name=name.text, is_number=is_number, table=None), codes=None, low=0, high=None, nullable=True)


def _column_of_fact(
    declaration: FactDeclaration, name: Scalar, vocabulary: Vocabulary, problems: Problems
) -> Column | None:
    declared = declaration.type
    if declaration.about_line:
        message = f"`{name.text}` belongs to a line, and a plan is about the whole claim"
        problems.add("line-fact", message, name.place)
        return None
    if declared.kind not in _KEY_KINDS:
        message = f"`{name.text}` can't be a key: a key is a code, a yes or no, or a whole number"
        problems.add("wrong-type", message, name.place)
        return None
    codes: dict[str, Period] | None = None
    if declared.kind is Kind.BOOLEAN:
        codes = {"true": _ALWAYS, "false": _ALWAYS}
    elif declared.table is not None:
        codes = {code.code: code.period for code in vocabulary.tables[declared.table].codes.values()}
    is_number = declared.kind is Kind.INTEGER
    return Column(
        key=Key(name=name.text, is_number=is_number, table=declared.table),
        codes=codes,
        low=max(0, declared.low) if is_number else 0,
        high=declared.high if is_number else None,
        nullable=declaration.nullable,
    )


def rows_of(table: RawTable, columns: tuple[Column, ...], unit: Unit) -> tuple[ParameterRow, ...]:
    """The rows with their matches and values; what can't be used is noted and left out."""
    found: list[ParameterRow] = []
    # One key of nested YAML stands over many rows: it is read, and its mistakes are noted, once.
    read: dict[tuple[int, int], Match | None] = {}
    for row in table.rows:
        matches: list[Match | None] = []
        for number, (text, column) in enumerate(zip(row.keys, columns, strict=True)):
            at = (number, id(text))
            if at not in read:
                read[at] = None if text is None else match_of(text, column, table.problems)
            matches.append(read[at])
        value = None if row.value is None else value_of_node(row.value, unit, table.problems)
        usable = tuple(match for match in matches if match is not None)
        if row.value is not None and value is not None and len(usable) == len(columns):
            last = row.keys[-1] if row.keys else row.value
            place = row.value.place if last is None else last.place
            found.append(ParameterRow(matches=usable, value=value, place=place))
    return tuple(found)


def match_of(text: Scalar, column: Column, problems: Problems) -> Match | None:
    """What a row asks of a key; None after its problem is noted."""
    written = text.text.strip()
    if written == ANYTHING:
        return AnyValue()
    if column.key.is_number:
        return _none(text, column, problems) if written == NOTHING else _range(text, column, problems)
    parts = [part.strip() for part in written.split(",")]
    if len(parts) > MOST_CODES:
        problems.add("too-many", f"at most {MOST_CODES} codes stand together", text.place)
        return None
    usable = [_is_usable(part, text, column, problems) for part in parts]
    if len(set(parts)) < len(parts):
        problems.add("duplicate-code", f"{shown(written)} names a code twice", text.place)
    elif all(usable):
        return CodesMatch(frozenset(parts) - {NOTHING}, NOTHING in parts)
    return None


def _is_usable(part: str, text: Scalar, column: Column, problems: Problems) -> bool:
    """Whether a code, or `none`, can stand under the key. Notes why not."""
    if part == NOTHING:
        return _none(text, column, problems) is not None
    if column.codes is not None and part not in column.codes:
        hint = did_you_mean(part, column.codes) or f"one of: {', '.join(column.codes)}"
        problems.add("unknown-code", f"{shown(part)} is no code of `{column.key.name}`", text.place, hint)
        return False
    if not _CODE.fullmatch(part):
        problems.add("wrong-type", f"{shown(part)} is no code, nor `{NOTHING}` or `{ANYTHING}`", text.place)
        return False
    return True


def _none(text: Scalar, column: Column, problems: Problems) -> CodesMatch | None:
    if column.nullable:
        return CodesMatch(frozenset(), True)
    problems.add("null-not-allowed", f"`{column.key.name}` is never known not to be", text.place)
    return None


def _range(text: Scalar, column: Column, problems: Problems) -> RangeMatch | None:
    found = _RANGE.fullmatch(text.text.strip())
    if found is None:
        message = f"{shown(text.text)} is no whole number such as 3, nor a range such as 60..69 or 70.."
        problems.add("wrong-type", message, text.place, "write an entry for each of several numbers")
        return None
    low = int(found[1])
    high = low if found[2] is None else None if found[3] is None else int(found[3])
    if high is not None and high < low:
        problems.add("empty-range", f"no number lies in {shown(text.text)}", text.place)
        return None
    greatest = low if high is None else high
    if low < column.low or (column.high is not None and greatest > column.high):
        bounds = f"from {column.low} to {column.high}"
        problems.add("out-of-range", f"`{column.key.name}` is {bounds}, {shown(text.text)} is not", text.place)
        return None
    return RangeMatch(low, high)
