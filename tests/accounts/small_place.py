"""A nation with one outpatient plan and one credit, written in a test, and a visit for drugs there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.bundled import document
from tests.support.small_bundles import rule, small_bundle
from yibao.basics.problems import Problem, ProblemsFound
from yibao.model.policy import Policy

PLAN = """\
plan: outpatient
title: {zh: 门诊待遇, en: Outpatient care}
in_force: {by: encounter.settled_on, from: 2023-01-01}
when: insured.scheme == employee
rounding: {ties: up, bands: sum}
benefit_year: {starts: 01-01, by: encounter.settled_on}
cites: [{source: 一份文件, grade: B}]
values:
  - segment: fund
    title: {zh: 基金, en: Fund}
    payer: pooled_fund
    base: sum(lines, in_scope)
    pays: share(base, 50%)
purses: [{purse: account, when: account.use MAY}, {purse: cash}]
"""
CREDIT = """\
credit: a-credit
title: {zh: 入账, en: A credit}
in_force: {by: account.credited_month, from: 2023-01-01}
when: insured.scheme == employee and not insured.contribution_base_fen is none
rounding: {ties: up, bands: sum}
cites: [{source: 一份文件, grade: B}]
is: share(insured.contribution_base_fen, 2%)
"""
CHOICE = rule(
    "pay-now-or-wait",
    when="encounter.kind == outpatient and account.use and account.balance_fen < sum(line.amount_fen)",
    then="{finding: account_falls_short}",
)


# 50 % above 100.00 a year. `MAY` is for `place` to fill in.
WITH_DEDUCTIBLE = PLAN.replace(
    "  - segment: fund",
    """\
  - value: deductible
    title: {zh: 本次起付线, en: Deductible now}
    is: min(sum(lines, in_scope), less(table(deductible), history.outpatient_deductible_met_fen))
  - segment: fund""",
).replace("base: sum(lines, in_scope)", "base: less(sum(lines, in_scope), deductible)")
DEDUCTIBLE = """\
parameter: deductible
title: {zh: 门诊起付线, en: Yearly deductible}
unit: yuan
by: encounter.settled_on
values: [{from: 2023-01-01, cites: [{source: 一份文件, grade: B}], value: 100}]
"""


def place(credit: str = CREDIT, plan: str = PLAN, may_pay: str = "", name: str = "a-credit") -> Policy:
    """The policy. `may_pay` bounds what the account pays. Raises ProblemsFound."""
    bounded = plan.replace(" MAY", f", may_pay: '{may_pay}'" if may_pay else "")
    files = {"policy/national/outpatient.yaml": bounded} if bounded else {}
    files |= {"policy/national/deductible.yaml": DEDUCTIBLE} if "table(deductible)" in bounded else {}
    return small_bundle(
        rule("drugs"), CHOICE, files={**files, f"policy/national/{name}.yaml": credit} if credit else files
    )


def problems(credit: str, name: str = "a-credit") -> list[Problem]:
    """What is wrong with a bundle with this credit."""
    try:
        place(credit, plan="", name=name)
    except ProblemsFound as error:
        return list(error.problems)
    return []


def visit(fen: int = 40_000, balance: int | None = 0, base: int | None = 800_000, **changes: Any) -> Mapping[str, Any]:
    """A visit on 2024-02-20 for drugs of class A; the fund pays half."""
    made = {
        "encounter__kind": "outpatient",
        "encounter__chronic_disease": None,
        "line__amount_fen": fen,
        "line__category": "drug",
        "line__catalogue_class": "A",
        "line__first_payment_bp": 0,
        "account__balance_fen": balance,
        "insured__contribution_base_fen": base,
        **changes,
    }
    return document("outpatient-haemodialysis", **made)
