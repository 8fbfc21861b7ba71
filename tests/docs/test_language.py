"""The expressions of the documents are read, spelled back, and asked of a claim."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.docs.markdown import DOCUMENTS, Block, blocks, name_of
from tests.support.bundled import document, names, policy
from yibao.api import read_claim
from yibao.basics.problems import Place, ProblemsFound
from yibao.language.parsing import parse_condition
from yibao.language.printing import text_of
from yibao.language.truth import truth
from yibao.model.expressions import Condition, Scope
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.yaml_nodes import Scalar
from yibao.readers.policy.answers_from_yaml import condition_of

CLAIM = "inpatient-appendicitis"
WORDS = {"true": True, "false": False, "unknown": None}
ANYWHERE = Place(path="docs", line=1, column=1)


def of_kind(kind: str) -> list[tuple[Block, str, str]]:
    """Every line of the blocks of a kind: the block, the expression, and what is said of it after `#`."""
    found = []
    for each in DOCUMENTS:
        for block in blocks(each):
            if block.kind == kind:
                for line in block.text.splitlines():
                    text, _, comment = line.partition(" #")
                    found.append((block, text.strip(), comment.strip()))
    return found


def scope_of(block: Block) -> Scope:
    return Scope(block.words[1])


def read(text: str, about: Scope) -> Condition:
    return parse_condition(text, ANYWHERE, names(), about)


def named(value: object) -> str:
    return name_of(value.document) if isinstance(value, Block) else str(value)


@pytest.mark.parametrize(("block", "text", "_comment"), of_kind("yibao-condition"), ids=named)
def test_an_expression_that_is_shown_is_read_and_spelled_back(block: Block, text: str, _comment: str) -> None:
    condition = read(text, scope_of(block))
    assert read(text_of(condition), scope_of(block)) == condition


@pytest.mark.parametrize(("block", "text", "code"), of_kind("yibao-refused"), ids=named)
def test_an_expression_that_is_shown_as_refused_is_refused_for_that(block: Block, text: str, code: str) -> None:
    with pytest.raises(ProblemsFound) as refused:
        read(text, scope_of(block))
    assert [problem.code for problem in refused.value.problems] == [code]


def asked() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Each expression with the truth that is shown, and the facts that were changed before it."""
    changes: dict[str, Any] = {}
    last: Block | None = None
    for block, text, said in of_kind("yibao-truth"):
        if block is not last:
            changes, last = {}, block
        word, _, rest = text.partition(" ")
        if word == "given":
            path, _, value = rest.partition(" = ")
            changes = {**changes, path.strip(): json.loads(value)}
        elif word == "unknown":
            changes = {**changes, rest.strip(): ...}
        else:
            yield text, changes, said


@pytest.mark.parametrize(("text", "changes", "said"), [*asked()], ids=str)
def test_a_truth_that_is_shown_is_the_truth(text: str, changes: dict[str, Any], said: str) -> None:
    facts = {path.replace(".", "__"): value for path, value in changes.items()}
    claim = read_claim(document(CLAIM, **facts), policy())
    assert truth(read(text, Scope.LINE), claim, claim.lines[0], policy().catalogues) is WORDS[said]


def test_always_stands_for_a_whole_condition_only() -> None:
    problems = Problems()
    assert condition_of(Scalar("always", False, ANYWHERE), names(), Scope.LINE, problems) is not None
    assert problems.found == []
    with pytest.raises(ProblemsFound):
        read("always and encounter.emergency", Scope.CLAIM)
