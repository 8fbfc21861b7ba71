"""The shipped policy: it checks clean, its examples hold under both engines, its base claims are complete."""

from __future__ import annotations

import pytest

from tests.support.bundled import decide, policy
from yibao.authoring.examples import claim_of, run_examples
from yibao.authoring.policy_check import check_policy
from yibao.coverage import rete
from yibao.model.facts import UNKNOWN
from yibao.model.policy import Example
from yibao.model.walks import facts_in
from yibao.readers.policy.policy_checks import alternatives

ENGINES = ("durable", "reference") if rete.available() else ("reference",)
EXAMPLES = [(rule_id, example) for rule_id in sorted(policy().examples) for example in policy().examples[rule_id]]


def test_the_shipped_policy_has_no_problem() -> None:
    assert check_policy(policy()) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_every_example_beside_a_rule_shows_what_it_says(engine: str) -> None:
    failed = [
        f"{result.name}: {'; '.join(result.differences)}"
        for result in run_examples(policy(), engine)
        if result.differences
    ]
    assert failed == []


@pytest.mark.parametrize("name", sorted(policy().claims))
def test_a_base_claim_is_determined(name: str) -> None:
    decision = decide(dict(policy().claims[name]))
    assert decision["outcome"] in ("covered", "partly_covered", "not_covered")
    assert decision["missing"] == []


@pytest.mark.parametrize("name", sorted(policy().claims))
def test_a_base_claim_gives_every_fact_that_a_rule_reads(name: str) -> None:
    """So that an example differs from its base in what it says and in nothing else."""
    example = Example(
        sentence="",
        base=name,
        given={},
        unknown=(),
        fires=None,
        outcome=None,
        missing=None,
        reason=None,
        documents=None,
        amounts={},
        place=policy().closing.place,
    )
    claim = claim_of(policy(), example)
    read = {fact.path for rule in policy().rules for part in (rule.when, rule.in_force) for fact in facts_in(part)}
    absent = [path for path in sorted(read) if claim.of_line(path, claim.lines[0]) is UNKNOWN]
    assert absent == []


def test_every_rule_cites_and_only_the_illustrative_rest_on_what_is_unconfirmed() -> None:
    for rule in policy().rules:
        assert rule.cites
        if not rule.illustrative:
            assert any(cite.grade.value in "ABC" for cite in rule.cites), rule.id


def test_every_condition_fits_the_engine() -> None:
    assert max(alternatives(rule.when, True) for rule in policy().rules) <= 60


@pytest.mark.parametrize(("rule_id", "example"), EXAMPLES, ids=lambda value: value if isinstance(value, str) else "")
def test_an_example_starts_from_a_claim_of_the_bundle(rule_id: str, example: Example) -> None:
    assert example.base in policy().claims, rule_id
