"""What an account is credited for a month: read from the policy, worked out exactly, or asked for."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.accounts.small_place import CREDIT, place, problems
from yibao.api import Credited, Unsettled, month_credit, read_person
from yibao.basics.problems import ProblemsFound
from yibao.model.policy import Policy

MARCH = datetime.date(2024, 3, 1)
EXAMPLES = "examples: [{it: is shown, from: inpatient-appendicitis, month: 2024-03, "


def person(policy: Policy, **insured: Any) -> Any:
    given = {"scheme": "employee", "contribution_base_fen": 800_000, **insured}
    return read_person({"insured": {name: value for name, value in given.items() if value is not ...}}, policy)


def credited(written: str = CREDIT, month: datetime.date = MARCH, **insured: Any) -> Credited | Unsettled | None:
    policy = place(written, plan="")
    return month_credit(person(policy, **insured), month, policy)


@pytest.mark.parametrize(
    ("base", "fen"),
    [(800_000, 16_000), (1_600_000, 32_000), (0, 0), (12_324, 246), (12_325, 247), (10**13, 2 * 10**11)],
)
def test_it_is_in_proportion_to_the_base_and_rounded_once(base: int, fen: int) -> None:
    found = credited(contribution_base_fen=base)
    assert isinstance(found, Credited)
    assert found.amount_fen == fen


def test_it_is_told_with_its_rule_and_its_working() -> None:
    found = credited()
    assert isinstance(found, Credited)
    told = found.document()
    assert (told["credit"], told["layer"], told["month"], told["amount_fen"]) == (
        "a-credit",
        "national",
        "2024-03",
        16_000,
    )
    assert told["values"][0]["working"] == {
        "zh": "本月缴费基数 8,000.00 × 2% = 160.00",
        "en": "Contribution base of the month 8,000.00 × 2% = 160.00",
    }
    assert [cite["grade"] for cite in told["cites"]] == ["B"]


@pytest.mark.parametrize(
    ("insured", "month"),
    [({"scheme": "resident"}, MARCH), ({"contribution_base_fen": None}, MARCH), ({}, datetime.date(2022, 12, 1))],
    ids=["a resident", "no contribution in the month", "before the law"],
)
def test_where_the_policy_has_no_credit_there_is_none(insured: dict[str, Any], month: datetime.date) -> None:
    assert credited(month=month, **insured) is None


@pytest.mark.parametrize("fact", ["scheme", "contribution_base_fen"])
def test_it_asks_for_what_it_needs(fact: str) -> None:
    found = credited(**{fact: ...})
    assert isinstance(found, Unsettled)
    assert {one.fact for one in found.absent} == {f"insured.{fact}"}


def test_facts_of_another_month_are_no_facts_of_this_one() -> None:
    policy = place(CREDIT, plan="")
    february = read_person({"account": {"credited_month": "2024-02-01"}}, policy)
    with pytest.raises(ProblemsFound) as found:
        month_credit(february, MARCH, policy)
    assert [(problem.code, problem.place.pointer) for problem in found.value.problems] == [
        ("conflicting-fact", "/account/credited_month")
    ]


def test_a_credit_names_values_before_its_amount() -> None:
    written = CREDIT.replace(
        "is: share(insured.contribution_base_fen, 2%)",
        "values:\n  - {value: doubled, title: {zh: 加倍, en: Doubled}, is: 'insured.contribution_base_fen * 2'}\n"
        "is: share(doubled, 2%)",
    )
    found = credited(written)
    assert isinstance(found, Credited)
    assert found.amount_fen == 32_000


@pytest.mark.parametrize(
    ("written", "code", "line"),
    [
        (CREDIT.replace("credit: a-credit", "credit: A Credit"), "wrong-type", 1),
        (CREDIT.replace("rounding: {ties: up, bands: sum}\n", ""), "missing-field", 1),
        (CREDIT.replace("is: share(insured.contribution_base_fen, 2%)\n", ""), "missing-field", 1),
        (CREDIT.replace("contribution_base_fen, 2%", "contribution_bass_fen, 2%"), "unknown-name", 7),
        (CREDIT.replace("2%", "120%"), "rate-above-whole", 7),
        (CREDIT.replace("share(insured.contribution_base_fen, 2%)", "2%"), "wrong-type", 7),
        (CREDIT.replace("account.credited_month", "line.charged_on"), "line-fact", 3),
        (CREDIT.replace("grade: B", "grade: G"), "unconfirmed-source", 6),
        (CREDIT + "purses: [{purse: cash}]\n", "unknown-field", 8),
        (CREDIT + "overrides: [another-credit]\n", "override-of-nothing", 1),
        (
            CREDIT + "values: [{segment: a, title: {zh: 段, en: A}, payer: pooled_fund, base: '0', pays: '0'}]\n",
            "segment-in-credit",
            8,
        ),
        (
            CREDIT + "values: [{value: a-credit, title: {zh: 值, en: A}, is: '0'}]\n",
            "duplicate-name",
            1,
        ),
        (CREDIT + EXAMPLES + "applies: yes}]\n", "example-shows-nothing", 8),
        (CREDIT + EXAMPLES + "applies: no, credits_fen: 5}]\n", "example-shows-nothing", 8),
        (CREDIT + (EXAMPLES + "applies: no}]\n").replace("2024-03", "2024-13"), "wrong-type", 8),
        (CREDIT + (EXAMPLES + "applies: no}]\n").replace("inpatient-", "in-patient-"), "unknown-claim", 8),
    ],
)
def test_what_is_wrong_with_a_credit_is_told_with_its_place(written: str, code: str, line: int) -> None:
    assert [(problem.code, problem.place.path, problem.place.line) for problem in problems(written)] == [
        (code, "policy/national/a-credit.yaml", line)
    ]


def test_a_file_is_called_what_its_credit_is_called() -> None:
    assert [problem.code for problem in problems(CREDIT, name="another")] == ["file-name"]
