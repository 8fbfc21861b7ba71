"""The workload's plan as a policy: the 30 rules of the benchmark with a settlement plan and its parameters, and with
the facts of the account and of the year that the workload's own do not have. Claims are the drawn ones and those facts.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.bench.documents import FOLDER, claim_document
from tests.bench.draw import ClaimRow
from yibao.api import read_claim
from yibao.basics.digest import digest_of_files
from yibao.model.claim import Claim
from yibao.model.policy import Policy
from yibao.readers.documents.locate import bundled_folder, files_of_folder
from yibao.readers.policy.bundle_documents import Source
from yibao.readers.policy.policy_from_yaml import policy_from_sources

SHARED = ("facts/account.yaml", "facts/history.yaml", "tables/payer.yaml")
CITES = "cites: [{source: 基准测试规则表, grade: B}]\n"
KEYS = "keys: [insured.scheme, encounter.hospital_level]\n"
TABLES = {
    "deductible": ("yuan", KEYS, "{employee: {1: 300, 2: 600, 3: 900}, resident: {1: 500, 2: 800, 3: 1200}}"),
    "cap": ("yuan", "keys: [insured.scheme]\n", "{employee: 60000, resident: 40000}"),
    "bands": (
        "bands",
        KEYS,
        "{employee: {1: '10000: 85%; 30000: 90%; 95%', 2: '10000: 82%; 30000: 87%; 92%', 3: '10000: 79%; 30000: 84%; "
        "89%'}, resident: {1: '10000: 70%; 30000: 75%; 80%', 2: '10000: 67%; 30000: 72%; 77%', "
        "3: '10000: 64%; 30000: 69%; 74%'}}",
    ),
}
PLAN = f"""\
plan: workload
title: {{zh: 基准测试, en: Benchmark}}
in_force: {{by: encounter.admitted_on, from: 2000-01-01}}
when: always
rounding: {{ties: up, bands: sum}}
benefit_year: {{starts: 01-01, by: encounter.admitted_on}}
{CITES}values:
  - {{value: eligible, title: {{zh: 政策范围内费用, en: Eligible amount}}, is: "sum(lines, in_scope)"}}
  - value: deductible
    title: {{zh: 起付线, en: Deductible}}
    is: min(eligible, less(table(deductible), history.deductible_met_fen))
  - value: filed-or-near
    title: {{zh: 备案系数, en: Factor of filing}}
    is: if encounter.out_of_province and not encounter.filed then 80% else 100%
  - segment: pooled-fund
    title: {{zh: 统筹基金, en: Pooled fund}}
    payer: pooled_fund
    base: less(eligible, deductible)
    pays: share(bands(base, table(bands)), filed-or-near)
    limit: less(table(cap), history.fund_paid_fen)
  - segment: large-expense
    title: {{zh: 大额补助, en: Large-expense subsidy}}
    payer: large_expense_fund
    base: beyond(pooled-fund)
    pays: share(base, 80%)
deductible: deductible
accumulators:
  - {{fact: history.deductible_met_fen, add: deductible}}
  - {{fact: history.fund_paid_fen, add: paid(pooled-fund)}}
purses:
  - {{purse: account, when: account.use}}
  - {{purse: cash}}
"""


@cache
def settling_policy() -> Policy:
    """The 30 rules with the plan."""
    shipped = files_of_folder(bundled_folder("policy"), (".yaml",))
    own = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in sorted(Path(FOLDER).rglob("*.yaml"))}
    made = {f"national/{name}.yaml": _parameter(name, *said) for name, said in TABLES.items()}
    files = {**own, **{path: shipped[path] for path in SHARED}, **made, "national/workload.yaml": PLAN.encode()}
    sources = [Source(path=f"workload/{path}", content=content) for path, content in files.items()]
    return policy_from_sources(sources, digest_of_files(files))


def _parameter(name: str, unit: str, keys: str, table: str) -> bytes:
    return (
        f"parameter: {name}\ntitle: {{zh: 基准测试, en: Benchmark}}\nunit: {unit}\nby: encounter.admitted_on\n{keys}"
        f"{CITES}values:\n  - from: 2000-01-01\n    table: {table}\n"
    ).encode()


def history_of(row: ClaimRow) -> dict[str, int]:
    """What had accumulated in the year: of every second claim nothing, of some nearly all that a year pays."""
    number = row["number"]
    some = number % 2
    return {"deductible_met_fen": some * number * 37 % 70_000, "fund_paid_fen": some * number * 7_919 % 6_100_000}


def account_of(row: ClaimRow) -> dict[str, Any]:
    return {"balance_fen": row["number"] * 9_973 % 500_000, "use": row["number"] % 3 > 0}


def settling_document(row: ClaimRow) -> dict[str, Any]:
    """The claim document of a drawn claim."""
    return {**claim_document(row), "history": history_of(row), "account": account_of(row)}


def settling_claim(row: ClaimRow) -> Claim:
    return read_claim(settling_document(row), settling_policy())


def settling_bytes(row: ClaimRow) -> bytes:
    return json.dumps(settling_document(row), ensure_ascii=False).encode()
