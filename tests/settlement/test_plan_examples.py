"""Examples beside a plan: read strictly, run on the claim that they describe, and told what is not as they say."""

from __future__ import annotations

import pytest

from tests.settlement.small_plans import PROVINCE, bundle
from tests.settlement.worked import ELIGIBLE, place, plan, segment
from tests.support.small_bundles import rule
from yibao.authoring.examples import run_examples
from yibao.authoring.policy_check import check_policy
from yibao.authoring.trace import trace
from yibao.basics.problems import ProblemsFound
from yibao.model.policy import Policy

HOME = 'from: inpatient-appendicitis, given: {insured.insured_area: "990100"}'
RESIDENT = 'from: inpatient-appendicitis, given: {insured.insured_area: "990100", insured.scheme: resident}'
LEDGER = """\
ledger: small
sources: {S2: 一份文件}
rows: [{row: S2.5, statement: {zh: 出院时结算, en: It is settled at discharge}, carried_by: benefit plan}]
"""


def world(*examples: str, more: str = "") -> Policy:
    """A province that pays 80 % of drugs for employees, with these examples beside its plan."""
    return place(a_plan(*examples, more=more))


def a_plan(*examples: str, more: str = "") -> str:
    told = "".join(f"  - {{{example}}}\n" for example in examples)
    return plan(ELIGIBLE, segment(), more=f"purses: [{{purse: cash}}]\n{more}examples:\n{told}")


def differences(*examples: str) -> list[str]:
    return [line for result in run_examples(world(*examples), "reference") for line in result.differences]


def problems(*examples: str, more: str = "") -> list[str]:
    with pytest.raises(ProblemsFound) as caught:
        world(*examples, more=more)
    return [problem.code for problem in caught.value.problems]


def test_an_example_that_says_what_happens_shows_nothing_amiss() -> None:
    """186.50 x 80 % = 149.20."""
    assert differences(f"it: pays, {HOME}, applies: yes, amounts: {{fund_total_fen: 14920}}, missing: []") == []


def test_an_amount_that_is_another_is_told() -> None:
    found = differences(f"it: pays, {HOME}, applies: yes, amounts: {{fund_total_fen: 14921}}, pays: {{pooled-fund: 1}}")
    assert found == ["fund_total_fen: expected 14921, found 14920", "pooled-fund: expected 1, found 14920"]


def test_a_plan_that_does_not_speak_for_the_claim_is_told() -> None:
    assert differences(f"it: pays, {RESIDENT}, applies: yes") == ["applies: expected yes, found no"]


def test_a_plan_whose_condition_is_open_is_neither_here_nor_there() -> None:
    told = f"it: asks, {HOME}, unknown: [insured.scheme], applies: unknown, outcome: covered, missing: [insured.scheme]"
    assert differences(told) == []


def test_amounts_where_something_is_missing_are_told_with_what_is() -> None:
    told = f"it: pays, {HOME}, unknown: [line.category], applies: yes, amounts: {{fund_total_fen: 14920}}"
    assert differences(told) == ["settlement: there is none; missing: line.category"]


def test_a_claim_that_could_not_be_read_is_told_with_its_place() -> None:
    told = 'it: pays, from: inpatient-appendicitis, given: {insured.insured_area: "13"}, applies: yes'
    assert any("/insured/insured_area" in said for said in differences(told))


@pytest.mark.parametrize(
    ("example", "code"),
    [
        (f"it: pays, {HOME}", "missing-field"),
        (f"it: pays, {HOME}, applies: perhaps", "unknown-choice"),
        (f"it: pays, {HOME}, applies: yes, amounts: {{pooled_fen: 1}}", "unknown-field"),
        (f"it: pays, {HOME}, applies: yes, amounts: {{cash_fen: few}}", "wrong-type"),
        (f"it: pays, {HOME}, applies: yes, pays: {{pool: 1}}", "unknown-name"),
        (f"it: pays, {HOME}, applies: no, amounts: {{cash_fen: 1}}", "example-at-odds"),
        (f"it: pays, {HOME}, applies: yes, missing: [insured.scheme], pays: {{pooled-fund: 1}}", "example-at-odds"),
        (f"it: pays, {HOME}, unknown: [insured.insured_area], applies: yes", "example-at-odds"),
        (f"it: pays, {HOME}, applies: yes, shows: [S2.5]", "row-not-carried"),
        (f"it: pays, {HOME}, applies: yes, fires: yes", "unknown-field"),
        ("it: pays, from: nobody, applies: yes", "unknown-claim"),
    ],
)
def test_a_mistake_in_an_example_is_found_when_it_is_read(example: str, code: str) -> None:
    assert problems(example) == [code]


def test_of_a_plan_that_could_not_be_read_the_examples_are_not_held_against_it() -> None:
    told = f"  - {{it: pays, {HOME}, applies: yes, pays: {{pooled-fund: 1}}}}\n"
    broken = plan(ELIGIBLE, segment().replace("pays:", "pay:"), more=f"purses: [{{purse: cash}}]\nexamples:\n{told}")
    with pytest.raises(ProblemsFound) as caught:
        place(broken)
    said = [problem.message for problem in caught.value.problems]
    assert said
    assert [message for message in said if "no segment called" in message] == []


def test_a_plan_shows_a_claim_that_it_is_for_and_one_that_it_is_not_for() -> None:
    found = [problem.message for problem in check_policy(world(f"it: pays, {HOME}, applies: yes"))]
    assert [message for message in found if "a-plan" in message] == [
        "the plan `990000/a-plan` has no example where it does not apply"
    ]


def test_a_row_that_a_plan_carries_is_open_until_it_is_shown_both_ways() -> None:
    shows = f"it: pays, {HOME}, applies: yes, shows: [S2.5]"
    shows_not = f"it: does not, {RESIDENT}, applies: no, shows_not: [S2.5]"
    assert _row(shows)["status"] == "open"
    row = _row(shows, shows_not)
    assert row["status"] == "carried"
    assert row["carried_by"] == ["plan 990000/a-plan"]
    assert row["tests"] == ["990000/a-plan: does not", "990000/a-plan: pays"]


def _row(*examples: str) -> dict[str, object]:
    written = {"ledger.yaml": LEDGER, f"{PROVINCE}/a-plan.yaml": a_plan(*examples, more="carries: [S2.5]\n")}
    [row] = trace(bundle({"national/drugs.yaml": rule("drugs"), **written}), {}, {})
    return row
