"""Files of a policy folder: rules, catalogues, tables, facts and the rest, each beside a small bundle that is good."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.hostile.small_world import bundle, good_files, names
from yibao.basics.problems import ProblemsFound
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.locate import bundled_folder
from yibao.readers.documents.yaml_nodes import Mapping as MappingNode
from yibao.readers.documents.yaml_nodes import Node, read_yaml
from yibao.readers.policy.declarations_from_yaml import (
    catalogue_from_yaml,
    definition_from_yaml,
    layer_from_yaml,
    ledger_from_yaml,
    question_from_yaml,
)
from yibao.readers.policy.rules_from_yaml import closing_from_yaml, rules_from_yaml
from yibao.readers.vocabulary.facts_from_yaml import vocabulary_from_yaml

NAME = "rules"
LONGEST = 4_096
FOLDERS = (Path(bundled_folder("policy")), Path(__file__).resolve().parents[1] / "hostile" / "rule_files")
WORDS = (
    *("rule: fuzz", "definition: fuzz", "catalogue: fuzz", "table: fuzz", "facts: ", "question: fuzz", "adds_to: "),
    *("title: {zh: 甲, en: A}", "in_force: {by: line.charged_on, from: 2000-01-01}", "versions:", "when: ", "then: {"),
    *(
        "admit: true",
        "exclude: ",
        "lift: true",
        "finding: ",
        "overrides: [",
        "let: {",
        "examples:",
        "cites: [",
        "rows:",
    ),
    *(
        "about: line",
        "about: claim",
        "side: insured",
        "share: 50%",
        "nullable: true",
        "lookup: {",
        "type: ",
        "inherits: ",
    ),
    *("layer: national", "closing: fuzz", "ledger: fuzz", "columns: [", "any(lines, ", "source: S0", "grade: A"),
)
PATH = "policy/national/fuzz.yaml"
Reader = Callable[[Node, Problems], object]


def seeds() -> Iterator[bytes]:
    """Every file of the shipped policy, the small bundle, and the rule files that are hostile on purpose."""
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.yaml")):
            yield path.read_bytes()
    yield from good_files().values()


def parse(data: bytes) -> None:
    """Read the document as what it says it is; one that can be used alone is read as one more file of the bundle."""
    node = read_yaml(data, PATH)
    problems = Problems()
    kind = node.entries[0].key.text if isinstance(node, MappingNode) and node.entries else None
    reader = None if kind is None else readers().get(kind)
    if reader is not None:
        reader(node, problems)
    if problems.found:
        raise ProblemsFound(problems.found)
    assert bundle({PATH: data}).closing


@cache
def readers() -> Mapping[str, Reader]:
    """What reads each kind of document, beside the good files."""
    good = bundle({})
    layer = good.layers["national"]
    facts = {path: node for path, node in _nodes() if path.startswith("policy/facts/")}
    tables = {path: node for path, node in _nodes() if path.startswith("policy/tables/")}
    return {
        "rule": lambda node, problems: rules_from_yaml(node, layer, names(), good.questions, problems),
        "closing": lambda node, problems: closing_from_yaml(node, names(), problems),
        "catalogue": lambda node, problems: catalogue_from_yaml(node, layer, good.vocabulary, problems),
        "definition": lambda node, problems: definition_from_yaml(node, names(), problems),
        "question": question_from_yaml,
        "layer": layer_from_yaml,
        "ledger": ledger_from_yaml,
        "facts": lambda node, problems: vocabulary_from_yaml({**facts, PATH: node}, tables, problems),
        "table": lambda node, problems: vocabulary_from_yaml(facts, {**tables, PATH: node}, problems),
        "adds_to": lambda node, problems: vocabulary_from_yaml(facts, {**tables, PATH: node}, problems),
    }


def _nodes() -> Iterator[tuple[str, Node]]:
    for path, content in good_files().items():
        if path.endswith(".yaml"):
            yield path, read_yaml(content, path)
