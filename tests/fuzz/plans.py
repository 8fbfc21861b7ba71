"""Plans and credits; what is read whole settles claims of a small place that has no other plan."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from attrs import evolve

from tests.fuzz import world
from tests.settlement.small_plans import PROVINCE
from tests.settlement.worked import of_drugs, place, plan, segment
from yibao.basics.problems import ProblemsFound
from yibao.decision.decider import Decider
from yibao.language.amount_printing import text_of
from yibao.model.claim import Claim
from yibao.model.credits import Credit
from yibao.model.parameters import Parameter
from yibao.model.plan import NamedValue, Plan
from yibao.model.policy import Policy
from yibao.readers.claims.claims_from_json import claim_from_document
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.locate import bundled_folder
from yibao.readers.documents.yaml_nodes import Mapping as MappingNode
from yibao.readers.documents.yaml_nodes import read_yaml
from yibao.readers.policy.credits_from_yaml import credit_from_yaml
from yibao.readers.policy.plan_checks import check_plans
from yibao.readers.policy.plans_from_yaml import plan_from_yaml
from yibao.readers.policy.shared_steps import SharedSteps
from yibao.settlement.crediting import Crediting

NAME = "plans"
LONGEST = 12_000
PATH = f"policy/{PROVINCE}/fuzz.yaml"
MONTH = datetime.date(2024, 3, 1)
WORDS = (
    *("plan: fuzz", "credit: fuzz", "values:", "purses:", "accumulators:", "benefit_year: {", "rounding: {ties: up, "),
    *("segment: a", "value: a", "payer: pooled_fund", "base: ", "pays: ", "limit: ", "counts: base", "split: true"),
    *("share(base, 80%)", "bands(base, table(", "sum(lines, in_scope)", "less(", "clamp(", "series(", "earlier("),
    *("paid(", "left(", "beyond(", "years(insured.born_on, ", "if ", " then ", " else ", "part", "personal", " // 2"),
    *("{purse: account, when: account.use}", "{purse: cash}", "may_pay: ", "deductible: ", "resets: false", "add: 1"),
    *("in_force: {by: encounter.discharged_on, from: 2023-01-01}", "when: always", "overrides: [", "examples:", "is: "),
)


def seeds() -> Iterator[bytes]:
    """The shipped plans and credits, and small ones with each form that a step can have."""
    for path in sorted(Path(bundled_folder("policy")).rglob("*.yaml")):
        content = path.read_bytes()
        if any(line.startswith((b"plan:", b"credit:")) for line in content.splitlines()):
            yield content
    yield from (text.encode() for text in _small())


def _small() -> Iterator[str]:
    yield plan(segment())
    year = "starts: 07-01, by: encounter.discharged_on, split: true"
    yield plan(("d", "less(1, part)"), segment(limit="table(annual-cap)", counts="base"), year=year)
    steps = (("e", "sum(lines, in_scope)"), ("n", "years(insured.born_on, encounter.admitted_on) // 2"))
    first, second = segment("a", base="e", pays="share(base, 80%)", limit="e"), segment("b", base="beyond(a)")
    accumulators = "accumulators: [{fact: history.stays_this_year, add: n}]\n"
    purses = "purses: [{purse: account, when: account.use, may_pay: personal}, {purse: cash}]\n"
    yield plan(*steps, first, second, more=accumulators + purses)


def parse(data: bytes) -> None:
    """Read as a plan or a credit of a place that has every parameter; then let it speak."""
    node, problems, law = read_yaml(data, PATH), Problems(), law_of_the_place()
    layer, names = law.layers[PROVINCE], world.names()
    first = node.entries[0].key.text if isinstance(node, MappingNode) and node.entries else None
    read: Plan | Credit | None
    if first == "credit":
        read = credit_from_yaml(node, layer, names, parameters(), problems)
    else:
        read = plan_from_yaml(node, layer, names, parameters(), SharedSteps({}), problems)
    if read is not None:
        spoken = read.plan if isinstance(read, Credit) else read
        check_plans((spoken,), "plan", law.layers, problems, frozenset())
    if problems.found or read is None:
        raise ProblemsFound(problems.found)
    if isinstance(read, Credit):
        Crediting(evolve(law, credits=(read,)), None).credit(claims()[0], MONTH)
        return
    for step in read.steps:
        assert text_of(step.amount if isinstance(step, NamedValue) else step.base).isprintable()
    judge = Decider(evolve(law, plans=(read,)))
    for claim in claims():
        assert json.dumps(judge.decide(claim), ensure_ascii=False).encode()


@cache
def law_of_the_place() -> Policy:
    """Drugs are covered, and the shipped parameters are those of the place, the first of each name."""
    law, shipped = place(), world.policy()
    found: dict[str, Parameter] = {}
    for parameter in shipped.parameters:
        found.setdefault(parameter.name, evolve(parameter, layer=PROVINCE))
    return evolve(law, catalogues=shipped.catalogues, parameters=tuple(found.values()), plans=())


@cache
def parameters() -> Mapping[str, tuple[Parameter, ...]]:
    return {parameter.name: (parameter,) for parameter in law_of_the_place().parameters}


@cache
def claims() -> tuple[Claim, ...]:
    """A stay over a new year, and a visit of which little is told."""
    stay = of_drugs(100_000, 2_500_003, encounter__admitted_on="2023-12-20", encounter__discharged_on="2024-01-10")
    stay["lines"][0]["charged_on"], stay["lines"][1]["charged_on"] = "2023-12-21", "2024-01-09"
    visit = of_drugs(99, history=..., encounter__kind="outpatient", insured__born_on=...)
    vocabulary = world.policy().vocabulary
    return tuple(claim_from_document(document, vocabulary, "fuzz.json") for document in (stay, visit))
