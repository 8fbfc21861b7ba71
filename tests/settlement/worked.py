"""A place with one plan, written in a test, and claims of a few drugs there: what worked examples are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.settlement.short_way import same_amounts
from tests.settlement.small_plans import CITES, CITY, PROVINCE, bundle, parameter
from tests.support.bundled import document
from tests.support.small_bundles import rule
from yibao.api import read_claim
from yibao.decision.decider import Decider
from yibao.model.claim import Claim
from yibao.model.policy import Policy

HEAD = """\
plan: {name}
title: {{zh: 待遇, en: A benefit}}
in_force: {{by: encounter.discharged_on, from: 2023-01-01}}
when: {when}
rounding: {rounding}
benefit_year: {{{year}}}
cites: [{{source: 一份文件, grade: B}}]
values:
"""
YEAR = "starts: 01-01, by: encounter.discharged_on"
ELIGIBLE = ("eligible", "sum(lines, in_scope)")
Step = tuple[str, str] | str


def segment(
    name: str = "pooled-fund",
    payer: str = "pooled_fund",
    base: str = "sum(lines, in_scope)",
    pays: str = "share(base, 80%)",
    **more: str,
) -> str:
    """The text of a segment."""
    fields = {"base": base, "pays": pays, **more}
    said = "".join(f", {field}: '{text}'" for field, text in fields.items())
    return f"  - {{segment: {name}, title: {{zh: {name} 段, en: {name}}}, payer: {payer}{said}}}\n"


def plan(
    *steps: Step,
    more: str = "purses: [{purse: cash}]\n",
    name: str = "a-plan",
    when: str = "insured.scheme == employee",
    rounding: str = "{ties: up, bands: sum}",
    year: str = YEAR,
) -> str:
    """The text of a plan: values as pairs of a name and an expression, and segments."""
    told = "".join(
        step
        if isinstance(step, str)
        else f"  - {{value: {step[0]}, title: {{zh: {step[0]}, en: {step[0]}}}, is: '{step[1]}'}}\n"
        for step in steps
    )
    return HEAD.format(name=name, when=when, rounding=rounding, year=year) + told + more


def place(*texts: str, files: Mapping[str, str] | None = None) -> Policy:
    """The policy of a province with these plans and parameters; drugs are within the insurance, nothing else is."""
    named = {text.split("\n")[0].split(": ")[1]: text for text in texts}
    written = {f"{PROVINCE}/{name}.yaml": text for name, text in named.items()}
    return bundle({"national/drugs.yaml": rule("drugs"), **written, **(files or {})})


def of_drugs(*fen: int, base: str = "inpatient-appendicitis", **changes: Any) -> dict[str, Any]:
    """A claim of drugs of class A at these amounts; `encounter__kind="outpatient"` changes a fact."""
    made = document(base, **{"insured__insured_area": CITY, "encounter__treatment_area": CITY, **changes})
    line = made["lines"][0]
    made["lines"] = [{**line, "line_id": str(number), "amount_fen": each} for number, each in enumerate(fen, 1)]
    return made


def read(claim: Mapping[str, Any], policy: Policy) -> Claim:
    return read_claim(claim, policy)


def decide(policy: Policy, claim: Mapping[str, Any]) -> dict[str, Any]:
    """The decision, whose amounts the short way gives as well."""
    decider, read = Decider(policy), read_claim(claim, policy)
    decision = decider.decide(read)
    same_amounts(decider, read, decision)
    return decision


def settle(policy: Policy, claim: Mapping[str, Any]) -> dict[str, Any]:
    """The settlement, which there must be."""
    settlement: dict[str, Any] | None = decide(policy, claim)["settlement"]
    assert settlement is not None
    return settlement


def paid(settlement: Mapping[str, Any]) -> dict[str, int]:
    """What each segment paid."""
    return {one["segment"]: one["pays_fen"] for one in settlement["segments"]}


def values(settlement: Mapping[str, Any]) -> dict[str, Any]:
    """Each named value that was read."""
    kinds = ("amount_fen", "rate", "number", "code")
    return {one["value"]: next(one[kind] for kind in kinds if kind in one) for one in settlement["values"]}


__all__ = ["CITES", "ELIGIBLE", "decide", "of_drugs", "paid", "parameter", "place", "plan", "read", "segment", "settle"]
