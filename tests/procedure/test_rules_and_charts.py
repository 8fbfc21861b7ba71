"""Charts and rules agree: what a chart lets through to its decision, no rule about referral, filing or designation
excludes; and what such a rule excludes reaches no decision.

For each chart that decides and each rule that excludes for a procedural reason, every combination of the facts that
the rule, what lifts it and the conditions of the chart around these facts read is looked at, unknown and none among
the values. Where there are more than 50,000 of them, 50,000 are drawn with a fixed seed, half of them close to claims
that get through.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from functools import cache
from random import Random
from typing import Any

import pytest
from attrs import evolve, frozen

from tests.procedure.reaching import (
    Asked,
    Facts,
    ask,
    combinations,
    days,
    facts_around,
    ways_to_a_decision,
)
from tests.procedure.world import charts
from tests.support.bundled import decider, policy
from yibao.api import read_claim
from yibao.model.chart import Chart
from yibao.model.claim import Claim
from yibao.model.facts import UNKNOWN, Given
from yibao.model.policy import NATIONAL, Exclude, Rule, areas_around

PROCEDURAL = {"procedure_not_followed", "not_filed", "not_designated"}
MOST = 50_000
PROCEDURE, INSURED_AREA = "procedure", "insured.insured_area"
# The first days of the rules, and the days around them: before the regulation of 2023, its first day, and two in order.
DAYS = days("2022-12-31", "2023-01-01", "2024-06-01", "2024-06-02", "2025-06-01")
AREAS = ("130100", "140200", "150800", "310000")
OBJECT = (True, None, UNKNOWN)
YES_OR_NO = (True, False, UNKNOWN)
PAPERS = frozenset(policy().vocabulary.tables["document"].codes)
VALUES: Mapping[str, tuple[Given, ...]] = {
    INSURED_AREA: (*AREAS, UNKNOWN),
    "filing.referral.issuer.area": ("130100", "130123", "130200", "310115", None, UNKNOWN),
    "filing.referral.issuer.county_level_or_above": (*YES_OR_NO, None),
    "filing.referral.seals": (
        frozenset({"hospital", "social_security_window"}),
        frozenset({"hospital"}),
        frozenset({"social_security_window"}),
        frozenset(),
        None,
        UNKNOWN,
    ),
    "filing": OBJECT,
    "filing.referral": OBJECT,
    "filing.filed_on": (*DAYS, None, UNKNOWN),
    "filing.valid_from": (*DAYS, None, UNKNOWN),
    "filing.valid_to": (*DAYS, None, UNKNOWN),
    "filing.reported_on": (*DAYS, None, UNKNOWN),
    "encounter.admitted_on": (*DAYS, None, UNKNOWN),
    "encounter.discharged_on": (*DAYS, None, UNKNOWN),
    "encounter.settled_on": (*DAYS, None, UNKNOWN),
    "encounter.kind": ("inpatient", "outpatient", "chronic_outpatient", "pharmacy", UNKNOWN),
    "encounter.treatment_area": ("130100", "110105", "310115", "810000", UNKNOWN),
    "encounter.settlement_path": ("direct", "manual", UNKNOWN),
    "encounter.emergency": YES_OR_NO,
    "encounter.institution.designated": YES_OR_NO,
    "line.charged_on": (*days("1999-12-31", "2011-06-30", "2011-07-01", "2024-06-02"), UNKNOWN),
    "documents": (
        PAPERS,
        PAPERS - {"hospital_invoice"},
        frozenset({"hospital_invoice"}),
        frozenset(),
        UNKNOWN,
    ),
}
DECIDING = sorted(name for name, chart in charts().items() if any(step.decides for step in chart.steps))
EXCLUDING = tuple(
    rule for rule in policy().rules if isinstance(rule.answer, Exclude) and rule.answer.reason in PROCEDURAL
)


@frozen(kw_only=True)
class Excluding:
    """A rule that excludes for a procedural reason, with what lifts it: each asked of facts, with its layer."""

    rule: Rule
    own: tuple[Asked, ...]
    above: tuple[tuple[str, tuple[Asked, ...]], ...]

    def surely_excludes(self, facts: Facts) -> bool:
        """Whether the rule applies, and nothing above it does or might."""
        return all(one.of(facts) is True for one in self.own) and not any(
            _speaks(layer, facts) and all(one.of(facts) is not False for one in asked) for layer, asked in self.above
        )

    @property
    def paths(self) -> frozenset[str]:
        asked = [*self.own, *(one for _layer, several in self.above for one in several)]
        return frozenset(path for one in asked for path in one.paths) - {PROCEDURE}


def _speaks(layer: str, facts: Facts) -> bool:
    """Whether rules of the layer might speak for the claim."""
    area = facts.get(INSURED_AREA, UNKNOWN)
    return layer == NATIONAL or area is UNKNOWN or (isinstance(area, str) and layer in areas_around(area))


@cache
def excluding(rule: Rule) -> Excluding:
    above = [other for other in policy().rules if rule.id in other.overrides and other.question == rule.question]
    assert all(not set(other.overrides) & {lift.id for lift in above} for other in policy().rules), "lifts stand alone"
    return Excluding(
        rule=rule,
        own=(ask(rule.when), ask(rule.in_force)),
        above=tuple((other.layer, (ask(other.when), ask(other.in_force))) for other in above),
    )


def test_the_procedural_rules_are_those_of_the_sources() -> None:
    assert {rule.id for rule in EXCLUDING} == {
        *("cross-province-not-filed", "filing-not-valid-at-admission", "resident-stay-not-filed"),
        *("out-of-province-not-registered", "out-of-province-without-invoice", "out-of-province-without-referral"),
        *("referral-from-an-unfit-hospital", "referral-without-both-seals", "stay-on-the-light-path"),
        "non-designated-institution",
    }


@frozen(kw_only=True)
class Agreement:
    """How many combinations of facts get through, how many are excluded, and one that is both."""

    through: int
    excluded: int
    both: Facts | None


def agreement(chart: Chart, rule: Rule) -> Agreement:
    of_rule = excluding(rule)
    about = facts_around(chart, of_rule.paths, VALUES)
    ways = ways_to_a_decision(chart, about)
    domains = {path: VALUES[path] for path in about} | {PROCEDURE: (chart.name,)}
    through = excluded = 0
    both = None
    good: list[Facts] = []
    for facts in combinations(domains, MOST, 5, good):
        if reaches := any(way.lets_through(facts) for way in ways):
            good.append(facts)
        excludes = of_rule.surely_excludes(facts)
        through, excluded = through + reaches, excluded + excludes
        both = facts if reaches and excludes else both
    return Agreement(through=through, excluded=excluded, both=both)


# A rule about another procedure is surely false of this one, whatever else is known.
PAIRS = [(name, rule) for name in DECIDING for rule in EXCLUDING if ask(rule.when).of({PROCEDURE: name}) is not False]


def test_every_rule_and_every_chart_has_its_counterparts() -> None:
    assert {name for name, _rule in PAIRS} == set(DECIDING)
    assert {rule.id for _name, rule in PAIRS} == {rule.id for rule in EXCLUDING}


@pytest.mark.parametrize(("name", "rule"), PAIRS, ids=lambda each: each if isinstance(each, str) else each.key)
def test_a_chart_lets_nothing_through_that_a_procedural_rule_excludes(name: str, rule: Rule) -> None:
    found = agreement(charts()[name], rule)
    assert found.both is None, shown(found.both)
    assert found.through > 0, "no claim gets through at all, so this says nothing"
    assert found.excluded > 0, "no claim is excluded, so this says nothing"


# The conditions that keep a rule and a chart together: without one of them they part.
HOLDING = (
    ("out-of-province-inpatient", "issuer_is_local", "referral-from-an-unfit-hospital"),
    ("out-of-province-inpatient", "issuer_is_county_level_or_above", "referral-from-an-unfit-hospital"),
    ("out-of-province-inpatient", "hospital_seal", "referral-without-both-seals"),
    ("out-of-province-inpatient", "social_security_window_seal", "referral-without-both-seals"),
    ("out-of-province-inpatient", "registered_before_admission", "out-of-province-not-registered"),
    ("out-of-province-inpatient", "institution_has_no_agreement", "non-designated-institution"),
    ("out-of-province-outpatient", "stay_settled_on_the_light_path", "stay-on-the-light-path"),
    ("resident-other-province-inpatient", "registered_before_admission", "resident-stay-not-filed"),
    ("cross-province-2023", "valid_at_admission", "filing-not-valid-at-admission"),
    ("cross-province-2023", "emergency_counts_as_filed", "cross-province-not-filed"),
    ("cross-province-2023", "emergency_since_the_regulation", "cross-province-not-filed"),
    ("cross-province-2023", "unfiled_admission_since_the_regulation", "cross-province-not-filed"),
    ("cross-province-2023", "place_pays_without_a_filing", "cross-province-not-filed"),
    ("cross-province-2023", "filed_after_the_settlement", "cross-province-not-filed"),
    ("cross-province-2023", "claimed_by_hand", "cross-province-not-filed"),
    ("agency-handling", "no_stay_in_another_province", "cross-province-not-filed"),
    ("direct-settlement", "no_stay_elsewhere", "cross-province-not-filed"),
    ("direct-settlement", "institution_is_designated", "non-designated-institution"),
    ("individual-account", "a_visit", "cross-province-not-filed"),
    ("third-party-advance", "stay_elsewhere_was_not_filed", "cross-province-not-filed"),
    ("third-party-advance", "filing_elsewhere_was_not_valid", "filing-not-valid-at-admission"),
)


@pytest.mark.parametrize(("name", "condition", "rule_id"), HOLDING)
def test_without_its_condition_the_chart_would_let_through_what_the_rule_excludes(
    name: str, condition: str, rule_id: str
) -> None:
    chart = charts()[name]
    steps = tuple(
        evolve(step, guards=tuple(guard for guard in step.guards if guard.name != condition)) for step in chart.steps
    )
    assert steps != chart.steps
    rules = [rule for rule in EXCLUDING if rule.id == rule_id]
    assert any(agreement(evolve(chart, steps=steps), rule).both is not None for rule in rules)


def shown(facts: Facts) -> dict[str, Given]:
    return {path: value for path, value in sorted(facts.items()) if value is not UNKNOWN}


# What is different in the claims of the last test: what is filed, how, and where the care was given.
CHANGES: tuple[Mapping[str, Any], ...] = (
    {"filing": None},
    {"filing__filed_on": "2024-03-05", "filing__valid_from": "2024-03-05", "filing__valid_to": None},
    {"filing__filed_on": "2024-01-02", "filing__valid_from": "2024-01-02", "filing__valid_to": "2024-03-03"},
    {"filing__referral": None},
    {"filing__referral__seals": ["hospital"]},
    {"filing__referral__issuer__county_level_or_above": False},
    {"filing__referral__issuer__area": "130200"},
    {"encounter__emergency": True},
    {"encounter__emergency": False},
    {"encounter__institution__designated": False},
    {"encounter__settlement_path": "direct"},
    {"encounter__settlement_path": "manual"},
    {"encounter__treatment_area": "110105"},
    {"encounter__kind": "outpatient", "encounter__admitted_on": None, "encounter__discharged_on": None},
    {"documents": []},
)
FILED = {
    "kind": "referral",
    "filed_on": "2024-03-01",
    "valid_from": "2024-03-01",
    "valid_to": None,
    "reported_on": "2024-03-04",
    "referral": {
        "certificate": "转字2024第0107号",
        "issued_on": "2024-03-01",
        "issuer": {"code": "H13010001", "area": "130100", "level": 3, "county_level_or_above": True},
        "seals": ["hospital", "social_security_window"],
    },
}


@pytest.mark.parametrize("name", DECIDING)
def test_what_the_whole_policy_excludes_for_the_procedure_reaches_no_decision(name: str) -> None:
    """The same of whole claims, decided by all rules together: 400 drawn with a fixed seed."""
    random, ways = Random(name), ways_to_a_decision(charts()[name], frozenset(VALUES))
    seen: Counter[str] = Counter()
    for _ in range(400):
        claim = drawn(name, random)
        facts = {PROCEDURE: name, **claim.facts, **claim.lines[0].facts}
        reaches, excludes = any(way.lets_through(facts) for way in ways), is_excluded(claim)
        seen.update({"through": reaches, "excluded": excludes})
        assert not (reaches and excludes), shown(facts)
    assert min(seen["through"], seen["excluded"]) > 0, seen


def drawn(name: str, random: Random) -> Claim:
    """A stay of March 2024 on the procedure, with all that can be filed and handed in, and with up to four changes."""
    document = copy.deepcopy(dict(policy().claims["cross-province-2023"]))
    document |= {PROCEDURE: name, "filing": copy.deepcopy(FILED), "documents": sorted(PAPERS)}
    for change in random.sample(CHANGES, random.randrange(5)):
        for path, value in change.items():
            _set(document, path.split("__"), value)
    return read_claim(document, policy())


def _set(holder: dict[str, Any], path: list[str], value: object) -> None:
    """Say a fact of a document; not one of an object that another change has taken away."""
    inner = holder
    for key in path[:-1]:
        if not isinstance(inner.get(key), dict):
            return
        inner = inner[key]
    inner[path[-1]] = value


def is_excluded(claim: Claim) -> bool:
    """Whether a line of the claim is surely excluded for a procedural reason."""
    ids = {rule.id for rule in EXCLUDING}
    return any(
        line["outcome"] == "excluded"
        and any(reason["rule"] in ids and reason["silenced_by"] is None for reason in line["reasons"])
        for line in decider().decide(claim)["lines"]
    )
