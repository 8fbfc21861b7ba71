"""Conditions in words: by the titles of facts and codes, exact enough to be decided by somebody who reads no code."""

from __future__ import annotations

import re

import pytest

from tests.support.bundled import names, policy
from yibao.basics.problems import Place
from yibao.language.condition_words import ConditionWords
from yibao.language.parsing import parse_condition
from yibao.language.plan_words import PlanWords
from yibao.model.amount_walks import amounts_in
from yibao.model.amounts import Amount, Choice, Test
from yibao.model.expressions import Scope
from yibao.model.facts import Title
from yibao.model.plan import NamedValue, Plan

HERE = Place(path="here", line=1, column=1)
CODE = re.compile(r"[=<>{}]|[a-z]_[a-z]|\b(prefix|days|lines|table)\(|[a-z]\.[a-z]")


def words() -> ConditionWords:
    found = {"held": Title(zh="须备案", en="a filing is needed")}
    return ConditionWords(vocabulary=policy().vocabulary, catalogues=policy().catalogues, findings=found)


def told(written: str) -> tuple[str, str]:
    title = words().condition(parse_condition(written, HERE, names(), Scope.LINE))
    return title.zh, title.en


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("insured.person_type == retired", "人员类别为退休人员", "Kind of insured person is Retired person"),
        ("insured.person_type != retired", "人员类别不为退休人员", "Kind of insured person is not Retired person"),
        ("insured.retired_on < 2001-01-01", "退休日期早于 2001-01-01", "Date of retirement is before 2001-01-01"),
        ("encounter.institution.level >= 2", "机构级别不小于 2", "Level of the institution is at least 2"),
        ("encounter.emergency", "是否急诊抢救：是", "Emergency or rescue: yes"),
        ("not encounter.emergency", "是否急诊抢救：否", "Emergency or rescue: no"),
        ("filing is none", "异地就医备案：无", "Filing of out-of-area care: none"),
        ("filing is not none", "异地就医备案：有", "Filing of out-of-area care: there is one"),
        (
            'prefix(encounter.treatment_area, 2) == "31"',
            "就医地代码的前 2 位为 31（上海市）",
            "Place of treatment by its first 2 characters is 31 (Shanghai)",
        ),
        (
            'prefix(encounter.treatment_area, 4) == "4403"',
            "就医地代码的前 4 位为 4403",
            "Place of treatment by its first 4 characters is 4403",
        ),
        (
            "line.category in {drug, consumable}",
            "项目大类属于药品、医用耗材",
            "Category is one of Drug, Medical consumable",
        ),
        (
            "line.category not in {drug, consumable}",
            "项目大类不属于药品、医用耗材",
            "Category is none of Drug, Medical consumable",
        ),
        (
            "account.balance_fen < 10000",
            "账户余额小于 100.00 元",
            "Balance is below 100.00 yuan",
        ),
        (
            "third_party.liability_bp < 12.5%",
            "第三人责任比例小于 12.5%",
            "Third person's share of liability is below 12.5%",
        ),
        (
            "days(encounter.admitted_on, encounter.discharged_on) > 90",
            "入院日期 至 出院日期 的天数大于 90",
            "Date of admission to Date of discharge, in days is above 90",
        ),
        (
            "encounter.settled_on > encounter.discharged_on + 30 days",
            "结算日期晚于出院日期后 30 天",
            "Date of settlement is after 30 days after Date of discharge",
        ),
        (
            "sum(line.amount_fen where line.category == drug) > 0",
            "各行金额合计（限项目大类为药品的行）大于 0.00 元",
            "Amount of all lines together where Category is Drug is above 0.00 yuan",
        ),
        (
            "any(lines, line.for_rescue)",
            "至少一行：是否用于抢救：是",
            "for at least one line, For rescue: yes",
        ),
        ("true", "任何情形", "in any case"),
    ],
)
def test_a_condition_is_told_by_the_titles_of_facts_and_codes(written: str, zh: str, en: str) -> None:
    assert told(written) == (zh, en)


def test_what_belongs_together_stands_in_brackets() -> None:
    assert told("(encounter.emergency or filing is none) and not (line.for_rescue and encounter.emergency)")[0] == (
        "（是否急诊抢救：是，或者异地就医备案：无），并且并非（是否用于抢救：是，并且是否急诊抢救：是）"
    )


def test_that_a_fact_differs_says_that_it_must_be_there_where_it_may_be_missing() -> None:
    # a comparison with a fact that is none is false, so the two conditions are not the same
    assert told("filing.kind != referral") == (
        "（备案类型：有，并且备案类型不为异地转诊）",
        "(Kind of filing: there is one and Kind of filing is not Referral elsewhere)",
    )
    assert told("not filing.kind == referral")[0] == "并非（备案类型为异地转诊）"


def _tests_of(plan: Plan) -> list[Test]:
    found: list[Test] = []
    for step in plan.steps:
        asked: list[Amount] = []
        if isinstance(step, NamedValue):
            asked.append(step.amount)
        else:
            found += [] if step.when is None else [step.when]
            asked += [step.base, step.pays, *([] if step.limit is None else [step.limit])]
        found += [node.condition for value in asked for node in amounts_in(value) if isinstance(node, Choice)]
    return found


def test_no_condition_of_the_shipped_policy_is_told_in_code() -> None:
    shipped = policy()
    told_in_words = [words().condition(rule.when) for rule in shipped.rules]
    for plan in (*shipped.plans, *(credit.plan for credit in shipped.credits)):
        of_plan = PlanWords(
            facts=words(),
            steps={step.name: step for step in plan.steps},
            parameters={parameter.name: parameter.title for parameter in shipped.parameters},
        )
        told_in_words += [words().condition(plan.when), *map(of_plan.test, _tests_of(plan))]
        told_in_words += [of_plan.value(step.amount) for step in plan.steps if isinstance(step, NamedValue)]
    assert len(told_in_words) > 200
    assert [title for title in told_in_words if CODE.search(title.zh) or CODE.search(title.en)] == []
