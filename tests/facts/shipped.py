"""The shipped vocabulary, read the way the policy loader reads it, and short ways to say what a reader found."""

import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from yibao.basics.problems import Problem, ProblemsFound
from yibao.model.claim import Claim
from yibao.model.facts import Vocabulary
from yibao.readers.claims.claims_from_json import claim_from_json
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.yaml_nodes import Node, read_yaml
from yibao.readers.vocabulary.facts_from_yaml import vocabulary_from_yaml

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def vocabulary() -> Vocabulary:
    problems = Problems()
    found = vocabulary_from_yaml(files_of("facts"), files_of("tables"), problems)
    assert [str(problem) for problem in problems.found] == []
    return found


def files_of(folder: str) -> dict[str, Node]:
    paths = sorted((ROOT / "policy" / folder).glob("*.yaml"))
    return {path.name: read_yaml(path.read_bytes(), f"policy/{folder}/{path.name}") for path in paths}


def claim_of(document: object) -> Claim:
    """The claim that the document, or JSON text, writes."""
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    return claim_from_json(text.encode("utf-8", "surrogatepass"), vocabulary(), "claim.json")


def problems_of(action: Callable[[], object]) -> tuple[Problem, ...]:
    """The problems that the action raises."""
    with pytest.raises(ProblemsFound) as raised:
        action()
    return raised.value.problems


def complaints_on(document: object) -> list[tuple[str, str | None]]:
    """Code and pointer of every problem of a claim document."""
    return [(problem.code, problem.place.pointer) for problem in problems_of(lambda: claim_of(document))]


def with_line(**line: object) -> Mapping[str, object]:
    """A claim of one line with these keys."""
    return {"lines": [{"line_id": "1", **line}]}
