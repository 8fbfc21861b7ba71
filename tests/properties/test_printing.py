"""What is printed is read back as the same: random conditions, every expression of the shipped policy, its rule files.

`in_force` is written as a period beside a rule and has no expression of its own."""

from __future__ import annotations

import random

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.trying import tried
from tests.support.bundled import policy
from tests.support.random_policies import VOCABULARY, Draw
from yibao.basics.digest import digest_of_files
from yibao.basics.problems import Place
from yibao.language.parsing import Names, parse_condition, parse_value
from yibao.language.printing import text_of
from yibao.model.expressions import Scope
from yibao.model.policy import Rule, Value
from yibao.model.walks import findings_in
from yibao.readers.documents.locate import bundled_folder, files_of_folder
from yibao.readers.policy.bundle_documents import Source
from yibao.readers.policy.policy_from_yaml import policy_from_sources

HERE = Place(path="printed", line=1, column=1)
FINDINGS = {"found_claim_0": Scope.CLAIM, "found_claim_1": Scope.CLAIM}


def names_of(rule: Rule) -> Names:
    found = {finding.name: finding.scope for finding in findings_in(rule.when)}
    return Names(vocabulary=policy().vocabulary, catalogues=policy().catalogues, findings=found)


@tried(500)
@given(st.randoms(use_true_random=False), st.sampled_from(list(Scope)))
def test_a_random_condition_is_read_back_as_it_was_printed(source: random.Random, about: Scope) -> None:
    draw = Draw(0)
    draw.random = source
    condition = draw.condition(about, FINDINGS)
    names = Names(vocabulary=VOCABULARY, catalogues={}, findings=FINDINGS)
    assert parse_condition(text_of(condition), HERE, names, about) == condition


@pytest.mark.parametrize("rule", policy().rules, ids=lambda rule: rule.key)
def test_every_expression_of_the_shipped_policy_is_read_back(rule: Rule) -> None:
    assert parse_condition(text_of(rule.when), HERE, names_of(rule), rule.about) == rule.when
    if isinstance(rule.answer, Value):
        kind = policy().questions[rule.answer.question].kind
        assert parse_value(text_of(rule.answer.term), HERE, names_of(rule), kind, rule.about) == rule.answer.term


def test_every_rule_file_is_read_back() -> None:
    """Each rule file of the shipped policy, written anew with its conditions as they are printed, is the same rule."""
    conditions = {(rule.id, str(rule.in_force.period.start)): text_of(rule.when) for rule in policy().rules}
    files = files_of_folder(bundled_folder("policy"), (".yaml", ".json"))
    rewritten = {path: _rewritten(content, conditions) for path, content in files.items()}
    assert sum(rewritten[path] != files[path] for path in files) == len({rule.id for rule in policy().rules})
    sources = [Source(path=f"policy/{path}", content=content) for path, content in rewritten.items()]
    again = policy_from_sources(sources, digest_of_files(rewritten))
    assert again.rules == policy().rules


def _rewritten(content: bytes, conditions: dict[tuple[str, str], str]) -> bytes:
    """The file with printed conditions in it and no named ones; a file that is no rule as it is."""
    document = yaml.compose(content, Loader=yaml.BaseLoader)
    if not isinstance(document, yaml.MappingNode) or document.value[0][0].value != "rule":
        return content
    rule_id = document.value[0][1].value
    fields = _fields(document)
    versions = fields["versions"].value if "versions" in fields else []
    for version in versions or [document]:
        start = _fields(version if versions else fields["in_force"])["from"].value
        _write(version, "when", conditions[rule_id, start])
    if versions:
        document.value = [(key, value) for key, value in document.value if key.value != "when"]
    document.value = [(key, value) for key, value in document.value if key.value != "let"]
    return yaml.serialize(document, Dumper=yaml.BaseDumper, allow_unicode=True, width=10_000).encode()


def _fields(node: yaml.Node) -> dict[str, yaml.Node]:
    assert isinstance(node, yaml.MappingNode)
    return {key.value: value for key, value in node.value}


def _write(node: yaml.MappingNode, name: str, text: str) -> None:
    written = yaml.ScalarNode("tag:yaml.org,2002:str", text, style='"')
    kept = [(key, value) for key, value in node.value if key.value != name]
    node.value = [*kept, (yaml.ScalarNode("tag:yaml.org,2002:str", name), written)]
