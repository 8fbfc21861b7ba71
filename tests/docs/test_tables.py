"""The tables of the documents say what the code and the declarations say, and their links lead somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.docs.markdown import DOCUMENTS, ROOT, anchors, codes, headings, links, name_of, prose, rows
from tests.support.bundled import policy
from yibao.model.refusals import RefusalReason

ENGINE = ROOT / "engine"
PACKAGE = ENGINE / "yibao"
PROBLEM_CODES = ROOT / "docs" / "problem-codes.md"
GLOSSARY = ROOT / "docs" / "glossary.md"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
REFUSALS = "Why a step is refused"
UNKNOWN_NAME = "unknown_name"
ONE_WORD_CODES = {"usage", "contradiction"}
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*-([a-z0-9]+|\*)")


@cache
def modules() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text("utf-8")) for path in sorted(ENGINE.rglob("*.py")))


def reporters() -> dict[str, int]:
    """The functions that report problems (they have a parameter `code`), with the position of that argument."""
    found = {"refuse": 0}
    for module in modules():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef):
                names = [argument.arg for argument in node.args.args if argument.arg != "self"]
                if "code" in names:
                    found[node.name] = names.index("code")
    return found


def written(node: ast.expr, around: ast.Module) -> Iterator[str]:
    """The texts that an argument can be: a constant, one of two, or those that a name of the module is set from."""
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.IfExp(_, one, other):
            yield from written(one, around)
            yield from written(other, around)
        case ast.JoinedStr([ast.Constant(str(head)), ast.FormattedValue()]):
            yield head + "*"
        case ast.Name(name):
            for each in ast.walk(around):
                if isinstance(each, ast.Assign) and name in [ast.unparse(target) for target in each.targets]:
                    inner = [leaf.value for leaf in ast.walk(each.value) if isinstance(leaf, ast.Constant)]
                    yield from (text for text in inner if isinstance(text, str))


def codes_in_code() -> set[str]:
    """Every problem code that the engine writes; one whose end is filled in when it is reported ends in `*`."""
    found: set[str] = set()
    known = reporters()
    for module in modules():
        for node in ast.walk(module):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            if name == UNKNOWN_NAME:
                found.update(f"unknown-{what}" for what in written(node.args[0], module))
            if name in known and known[name] < len(node.args):
                found.update(written(node.args[known[name]], module))
    return {code for code in found if _CODE.fullmatch(code) or code in ONE_WORD_CODES}


def codes_in_the_table() -> list[str]:
    return [code for row in rows(PROBLEM_CODES) if row.heading != REFUSALS for code in codes(row.cells[0])]


def test_every_problem_code_of_the_engine_is_explained() -> None:
    table = set(codes_in_the_table())
    assert sorted(codes_in_code() - table) == []


def test_every_problem_code_that_is_explained_exists() -> None:
    found = codes_in_code()
    assert [code for code in found if code.endswith("*")] == []
    assert [code for code in codes_in_the_table() if code not in found] == []


def test_no_problem_code_is_explained_twice() -> None:
    table = codes_in_the_table()
    assert sorted(table) == sorted(set(table))


def test_the_reasons_of_refusal_stand_in_their_order_of_precedence() -> None:
    table = [code for row in rows(PROBLEM_CODES) if row.heading == REFUSALS for code in codes(row.cells[0])]
    assert table == [reason.value for reason in RefusalReason]


def test_the_glossary_has_every_fact_by_its_declared_titles() -> None:
    table = {codes(row.cells[1])[0]: (row.cells[0], row.cells[2]) for row in rows(GLOSSARY) if row.heading == "Facts"}
    declared = {path: (fact.title.zh, fact.title.en) for path, fact in policy().vocabulary.facts.items()}
    assert table == declared


def test_the_glossary_has_every_code_table_by_its_declared_titles() -> None:
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for row in rows(GLOSSARY):
        if row.heading.endswith("`)"):
            table = found.setdefault(row.heading, {})
            table[codes(row.cells[1])[0]] = (row.cells[0], row.cells[2])
    declared = {
        f"{table.title.zh} · {table.title.en} (`{name}`)": {
            code.code: (code.title.zh, code.title.en) for code in table.codes.values()
        }
        for name, table in policy().vocabulary.tables.items()
    }
    assert found == declared


def test_every_identifier_of_the_glossary_is_a_word_of_the_project() -> None:
    files = [*ENGINE.rglob("*.py"), *(ROOT / "policy").rglob("*.yaml"), *(ROOT / "workflows").rglob("*.yaml")]
    words = {word for path in files for word in re.findall(r"\w+", path.read_text("utf-8"))}
    named = {code for row in rows(GLOSSARY) if len(row.cells) == 3 for code in codes(row.cells[1])}
    used = {word for code in named for word in re.split(r"[.-]", code)}
    assert sorted(used - words) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    lost = []
    for target in links(document):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        at = (document.parent / path).resolve() if path else document
        if not at.exists() or (anchor and anchor not in anchors(at)):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_module_that_a_document_names_exists(document: Path) -> None:
    named = {code for line in prose(document) for code in codes(line) if re.fullmatch(r"[\w/]+/\w+\.py", code)}
    assert [path for path in sorted(named) if not any((root / path).is_file() for root in (ROOT, PACKAGE))] == []


def test_every_module_of_the_picture_exists() -> None:
    drawn = re.findall(r'fill="#1b2430">([a-z_]+)</text>', (ROOT / "docs" / "architecture.svg").read_text("utf-8"))
    there = {path.stem for path in PACKAGE.rglob("*")}
    floors = {"cases", "readers", "language", "model", "basics", "deciders", "store"}
    assert [name for name in drawn if name not in there | floors] == []
    assert len(drawn) > 30


@pytest.mark.parametrize("decision", DECISIONS, ids=name_of)
def test_a_decision_gives_context_decision_and_consequence(decision: Path) -> None:
    number = decision.name[:4]
    text = decision.read_text("utf-8")
    assert headings(decision)[0].startswith(f"{number} ")
    assert [word for word in ("Context", "Decision", "Consequence") if f"**{word}.**" not in text] == []


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
