"""Plans and parameters made in a test: one province with the shipped facts, and what the test writes into it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from tests.support.small_bundles import small_bundle
from yibao.basics.problems import Problem, ProblemsFound
from yibao.language.parsing import Names
from yibao.language.plan_names import Known, PlanNames
from yibao.model.amounts import Dimension
from yibao.model.plan import Plan
from yibao.model.policy import Policy
from yibao.readers.policy.plan_checks import parameters_around

PROVINCE, CITY, OTHER_CITY = "990000", "990100", "990200"
CITES = "cites: [{source: 一份文件, grade: B}]"
PLAN = """\
plan: {name}
title: {{zh: 待遇, en: A benefit}}
in_force: {{by: encounter.discharged_on, from: 2023-01-01}}
when: insured.scheme == employee
rounding: {{ties: up, bands: sum}}
benefit_year: {{starts: 01-01, by: encounter.discharged_on{split}}}
cites: [{{source: 一份文件, grade: B}}]
"""
CASH = "purses: [{purse: cash}]\n"


def parameter(name: str, unit: str, value: str, keys: str = "", table: str = "") -> str:
    """The text of a parameter with one entry: a scalar, or a table over keys."""
    said = f"table: {table}, incomplete: {{zh: 无, en: not all}}" if table else f"value: {value}"
    return (
        f"parameter: {name}\ntitle: {{zh: 参数, en: A parameter}}\nunit: {unit}\nby: encounter.discharged_on\n"
        f"{f'keys: {keys}' if keys else ''}\nvalues: [{{from: 2023-01-01, {CITES}, {said}}}]\n"
    )


PARAMETERS: Mapping[str, str] = {
    "cap": parameter("cap", "yuan", "500000"),
    "ratio": parameter("ratio", "rate", "85%"),
    "points": parameter("points", "rate", "5%"),
    "bonus": parameter("bonus", "factor", "110%"),
    "window": parameter("window", "days", "28"),
    "steps": parameter("steps", "bands", "[{upto: 30000, rate: 85%}, {rate: 90%}]"),
    "by-person": parameter(
        "by-person", "rate", "", "[insured.person_type, age]", '{active: {"0..": 85%}, retired: {"0..69": 90%}}'
    ),
    "by-emergency": parameter("by-emergency", "rate", "", "[encounter.emergency]", '{"true": 85%, "false": 80%}'),
}


def layer(name: str, extends: str) -> str:
    return f'layer: "{name}"\nextends: {extends}\ntitle: {{zh: 某地, en: Somewhere}}\n'


def plan(values: str, more: str = CASH, name: str = "a-plan", split: bool = False) -> str:
    """The text of a plan with the given steps; `more` are the fields after them."""
    return f"{PLAN.format(name=name, split=', split: true' if split else '')}values:\n{values}{more}"


def value(name: str, written: str) -> str:
    return f"  - {{value: {name}, title: {{zh: 值, en: A value}}, is: '{written}'}}\n"


def segment(name: str, pays: str, base: str = "sum(lines, in_scope)", more: str = "") -> str:
    return (
        f"  - {{segment: {name}, title: {{zh: 段, en: A segment}}, payer: pooled_fund, base: '{base}', "
        f"pays: '{pays}'{more}}}\n"
    )


def bundle(files: Mapping[str, str] | None = None) -> Policy:
    """A province with a city in it, the parameters above, and further files by their path below `policy/`."""
    texts = {
        f"{PROVINCE}/layer.yaml": layer(PROVINCE, "national"),
        f"{PROVINCE}/{CITY}/layer.yaml": layer(CITY, f'"{PROVINCE}"'),
        f"{PROVINCE}/{OTHER_CITY}/layer.yaml": layer(OTHER_CITY, f'"{PROVINCE}"'),
        **{f"{PROVINCE}/{name}.yaml": text for name, text in PARAMETERS.items()},
        **(files or {}),
    }
    return small_bundle(files={f"policy/{path}": text for path, text in texts.items()})


def plan_of(text: str) -> Plan:
    """The plan of the province that the text makes."""
    (found,) = bundle({f"{PROVINCE}/a-plan.yaml": text}).plans
    return found


def problems_of(files: Mapping[str, str]) -> tuple[Problem, ...]:
    """The problems of a bundle with these files, which must have some."""
    try:
        bundle(files)
    except ProblemsFound as error:
        return error.problems
    raise AssertionError("no problem was found")


@cache
def _bundled() -> Policy:
    return bundle()


def names_of_a_plan(split: bool = True, words: frozenset[str] = frozenset({"base", "part"})) -> PlanNames:
    """The names at a step of some plan, after a few values and segments and before `to-come` and `next-fund`."""
    policy = _bundled()
    rate = Known(dimension=Dimension.RATE, table=None, highest=Fraction(1))
    amount = Known(dimension=Dimension.AMOUNT, table=None, highest=None)
    number = Known(dimension=Dimension.WHOLE, table=None, highest=300)
    values = {
        "eligible": amount,
        "deductible": amount,
        "age": number,
        "stay": number,
        "own-ratio": rate,
        "kind": Known(dimension=Dimension.CODE, table="person-type", highest=None),
    }
    return PlanNames(
        names=Names(vocabulary=policy.vocabulary, catalogues=policy.catalogues),
        parameters=parameters_around(PROVINCE, policy.layers, policy.parameters),
        values=values,
        segments=frozenset({"pooled-fund"}),
        all_values=frozenset({*values, "to-come"}),
        all_segments=frozenset({"pooled-fund", "next-fund"}),
        words=words,
        split=split,
    )
