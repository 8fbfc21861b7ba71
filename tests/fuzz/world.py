"""What the targets read their inputs against: the shipped policy, its charts, and the names that rules may use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from yibao.api import load_charts, load_policy
from yibao.decision.decider import Decider
from yibao.language.parsing import Names
from yibao.model.chart import Chart
from yibao.model.expressions import Scope
from yibao.model.parameters import Unit
from yibao.model.policy import Conclude, Policy

MOST_LINES_DECIDED = 3


@cache
def policy() -> Policy:
    return load_policy()


@cache
def charts() -> Mapping[str, Chart]:
    return load_charts(policy())


@cache
def decider() -> Decider:
    return Decider(policy())


@cache
def names() -> Names:
    """Facts, codes and catalogues as shipped, and the findings that shipped rules conclude."""
    findings: dict[str, Scope] = {}
    for rule in policy().rules:
        if isinstance(rule.answer, Conclude):
            findings[rule.answer.finding] = rule.about
    return Names(vocabulary=policy().vocabulary, catalogues=policy().catalogues, findings=findings)


@cache
def units() -> Mapping[str, Unit]:
    """The units of the shipped parameters by name, which deadlines of charts look up."""
    return {parameter.name: parameter.unit for parameter in policy().parameters}
