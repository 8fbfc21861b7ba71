"""Files of a policy folder: rules, catalogues, tables, facts and the rest, each beside a small bundle that is good."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from attrs import evolve

from tests.hostile.small_world import bundle, good_files, names
from yibao.basics.problems import ProblemsFound
from yibao.coverage.contradictions import contradictions
from yibao.coverage.decision import Decider
from yibao.model.claim import Claim
from yibao.model.policy import Policy
from yibao.readers.claims.claims_from_json import claim_from_document
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.locate import bundled_folder
from yibao.readers.documents.yaml_nodes import Mapping as MappingNode
from yibao.readers.documents.yaml_nodes import Node, read_yaml
from yibao.readers.policy.bundle_documents import BundleDocuments, Source
from yibao.readers.policy.calendars_from_yaml import calendar_from_yaml
from yibao.readers.policy.declarations_from_yaml import (
    catalogue_from_yaml,
    definition_from_yaml,
    layer_from_yaml,
    ledger_from_yaml,
    question_from_yaml,
)
from yibao.readers.policy.policy_checks import check_structure
from yibao.readers.policy.rules_from_yaml import RuleFile, closing_from_yaml, rules_from_yaml
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
    """The shipped files of these kinds, the small bundle, and the rule files that are hostile on purpose."""
    shipped, hostile = FOLDERS
    for path in sorted(shipped.rglob("*.yaml")):
        content = path.read_bytes()
        if _kind(read_yaml(content, PATH)) in readers():
            yield content
    for path in sorted(hostile.rglob("*.yaml")):
        yield path.read_bytes()
    yield from good_files().values()


def parse(data: bytes) -> None:
    """Read the document as what it says it is, beside the good files; rules speak in a policy that has them too."""
    problems = Problems()
    gathered = BundleDocuments([Source(path=PATH, content=data)], problems)
    for kind, nodes in gathered.by_kind.items():
        for _path, node in nodes:
            read = readers()[kind](node, problems) if kind in readers() else None
            if isinstance(read, RuleFile) and not problems.found:
                _speak(read, problems)
    if problems.found:
        raise ProblemsFound(problems.found)


def _speak(read: RuleFile, problems: Problems) -> None:
    """Check the good policy with the rules as a policy is checked, then ask it about claims."""
    rules = tuple(sorted((*good().rules, *read.rules), key=lambda rule: rule.key))
    law = evolve(good(), rules=rules, examples={**good().examples, read.id: read.examples})
    check_structure(law, problems)
    if problems.found or any(contradictions(law)):
        return
    for claim in claims():
        judge = Decider(law, "reference")
        assert len(judge.brief(claim)) == len(judge.judge(claim)) == len(claim.lines)


@cache
def good() -> Policy:
    return bundle({})


@cache
def claims() -> tuple[Claim, ...]:
    """A claim of which nothing is known, and one with two lines of which much is."""
    lines = [{"line_id": "1"}, {"line_id": "2", "purpose": "therapeutic", "amount_fen": 5_000}]
    told = {"encounter": {"admitted_on": "2024-03-01", "emergency": True}, "documents": ["id_card"], "lines": lines}
    return tuple(claim_from_document(each, good().vocabulary, "fuzz.json") for each in ({"lines": lines[:1]}, told))


@cache
def readers() -> Mapping[str, Reader]:
    """What reads each kind of document, beside the good files."""
    layer, vocabulary = good().layers["national"], good().vocabulary
    facts = {path: node for path, node in _nodes() if path.startswith("policy/facts/")}
    tables = {path: node for path, node in _nodes() if path.startswith("policy/tables/")}
    return {
        "rule": lambda node, problems: rules_from_yaml(node, layer, names(), good().questions, problems),
        "closing": lambda node, problems: closing_from_yaml(node, names(), problems),
        "catalogue": lambda node, problems: catalogue_from_yaml(node, layer, vocabulary, problems),
        "definition": lambda node, problems: definition_from_yaml(node, names(), problems),
        "question": question_from_yaml,
        "layer": layer_from_yaml,
        "ledger": ledger_from_yaml,
        "calendar": lambda node, problems: calendar_from_yaml(node, layer, problems),
        "facts": lambda node, problems: vocabulary_from_yaml({**facts, PATH: node}, tables, problems),
        "table": lambda node, problems: vocabulary_from_yaml(facts, {**tables, PATH: node}, problems),
        "adds_to": lambda node, problems: vocabulary_from_yaml(facts, {**tables, PATH: node}, problems),
    }


def _kind(node: Node) -> str | None:
    return node.entries[0].key.text if isinstance(node, MappingNode) and node.entries else None


def _nodes() -> Iterator[tuple[str, Node]]:
    for path, content in good_files().items():
        if path.endswith(".yaml"):
            yield path, read_yaml(content, path)
