"""Code tables in YAML to the model. Every mistake of every file is noted; nothing is looked up here."""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import evolve

from yibao.basics.problems import Place
from yibao.model.facts import Code, CodeTable
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.yaml_nodes import Mapping as MappingNode
from yibao.readers.documents.yaml_nodes import Node

ADDITION = "adds_to"
MOST_COLUMNS = 50

_CODE = re.compile(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*")
_NHSA = re.compile(r"[0-9A-Za-z]{1,20}")


def tables_from_yaml(files: Mapping[str, Node], problems: Problems) -> dict[str, CodeTable]:
    """The tables of all files (path to parsed root) by name; what can't be used is noted and left out.

    A file that opens with `adds_to:` adds codes to a table that another file declares, so that a bundle which extends
    another can have a document or a procedure of its own.
    """
    found: dict[str, CodeTable] = {}
    for path in sorted(files):
        if _adds(files[path]):
            continue
        table = _table(files[path], problems)
        if table is None:
            continue
        if table.name in found:
            first = found[table.name].place
            problems.add("duplicate-table", f"the table `{table.name}` is declared in {first} already", table.place)
        else:
            found[table.name] = table
    added: dict[str, list[Code]] = {}
    for path in sorted(files):
        if _adds(files[path]):
            name, rows = _addition(files[path], found, problems)
            if name is not None:
                added.setdefault(name, []).extend(rows)
    for name, rows in added.items():
        found[name] = evolve(found[name], codes=_by_code([*found[name].codes.values(), *rows], problems))
    return found


def _adds(node: Node) -> bool:
    return isinstance(node, MappingNode) and node.get(ADDITION) is not None


def _addition(node: Node, tables: Mapping[str, CodeTable], problems: Problems) -> tuple[str | None, list[Code]]:
    """The table that a file adds to, and the rows that it adds."""
    form = Form(node, problems, "an addition to a code table")
    name = form.choice(ADDITION, tuple(tables), required=True)
    form.text("source", required=True)
    columns = form.texts("attributes", most=MOST_COLUMNS)
    rows = [_row(row, columns) for row in form.forms("codes", "a code", required=True)]
    form.finish()
    return name, [row for row in rows if row is not None]


def _table(node: Node, problems: Problems) -> CodeTable | None:
    form = Form(node, problems, "a code table")
    name, title = form.identifier("table", required=True), form.title("title", required=True)
    source, columns = form.text("source", required=True), form.texts("attributes", most=MOST_COLUMNS)
    rows = [_row(row, columns) for row in form.forms("codes", "a code", required=True)]
    codes = _by_code([row for row in rows if row is not None], problems)
    if form.has("codes") and not rows:
        problems.add("empty-table", "a code table holds at least one code", form.place_of("codes"))
    form.finish()
    if name is None or title is None or source is None or not codes:
        return None
    return CodeTable(name=name, title=title, source=source, codes=codes, place=form.place)


def _row(form: Form, columns: tuple[str, ...]) -> Code | None:
    code, title = form.text("code", required=True), form.title("title", required=True)
    public = tuple(text for text in form.texts("nhsa") if _is_public_code(text, form))
    period = form.period()
    attributes = {column: value for column in columns if (value := form.text(column)) is not None}
    form.finish()
    if code is not None and not _CODE.fullmatch(code):
        message = f"`{code}` can't be a code: letters, digits, and single hyphens or underscores between them"
        form.problems.add("wrong-type", message, form.place_of("code"))
        return None
    if code is None or title is None or period is None:
        return None
    place = form.place_of("code")
    return Code(code=code, title=title, nhsa=public, period=period, attributes=attributes, place=place)


def _is_public_code(text: str, form: Form) -> bool:
    if _NHSA.fullmatch(text):
        return True
    form.problems.add("wrong-type", f"`{text}` can't be a public code: letters and digits", form.place_of("nhsa"))
    return False


def _by_code(rows: list[Code], problems: Problems) -> dict[str, Code]:
    """The rows by code. Invariant: no two rows share a code, nor a public code (padding aside)."""
    codes: dict[str, Code] = {}
    public: dict[str, Place] = {}
    for row in rows:
        if row.code in codes:
            message = f"the code `{row.code}` stands at {codes[row.code].place} already"
            problems.add("duplicate-code", message, row.place)
            continue
        codes[row.code] = row
        for text in row.nhsa:
            bare = text.lstrip("0")
            if bare in public:
                problems.add("duplicate-code", f"the public code `{text}` stands at {public[bare]} already", row.place)
            public[bare] = row.place
    return codes
