"""Two places in one decision: the plan is that of the place of insurance, whoever treats; the catalogue is that of the
place of treatment where the settlement is direct, and of the place of insurance where it is claimed by hand.

Each pair of shipped places is tried, with both schemes and both ways of settlement. The shipped places have no
catalogue of their own, so each is given one here that tells it from its neighbour.
"""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any

import pytest
from attrs import evolve

from tests.support.bundled import document, policy
from yibao.api import read_claim
from yibao.basics.periods import Period
from yibao.decision.decider import Decider
from yibao.model.claim import Claim
from yibao.model.plan import Applies
from yibao.model.policy import Catalogue, CatalogueRow, Policy

CODE = "D-OF-THE-TEST"
PLACES = tuple(sorted(name for name in policy().layers if name != "national" and not name.endswith("0000"))) + tuple(
    sorted(name for name in policy().layers if name.endswith("0000") and name != "990000")
)
SCHEMES = {"employee": "active", "resident": "adult"}
PATHS = ("direct", "manual")
BILLED = 1_000_000


def class_of(place: str) -> str:
    """Every other place has the drug in class B."""
    return "AB"[PLACES.index(place) % 2]


def _catalogue(place: str) -> Catalogue:
    pattern = policy().catalogues["national-drugs"]
    columns = {"name": "某药", "category": "drug", "class": class_of(place), "restriction_met": None}
    row = CatalogueRow(code=CODE, period=Period(datetime.date(2000, 1, 1)), columns=columns, place=pattern.place)
    return evolve(pattern, name=f"drugs-of-{place}", layer=place, rows={CODE: (row,)}, illustrative=False)


@cache
def law() -> Policy:
    """The shipped policy, with a catalogue of one drug in each place."""
    made = {catalogue.name: catalogue for catalogue in map(_catalogue, PLACES)}
    return evolve(policy(), catalogues={**policy().catalogues, **made})


@cache
def decider() -> Decider:
    return Decider(law())


def day_in(place: str) -> datetime.date:
    """A day on which a plan of the place is in force, where it has one."""
    starts = [plan.in_force.period.start for plan in law().plans if plan.layer == place]
    return max(starts, default=datetime.date(2024, 1, 1)) + datetime.timedelta(days=40)


def claim(insured: str, treatment: str, scheme: str, path: str) -> Claim:
    """A stay of eight days after a referral, with one drug that only the catalogues know."""
    discharged = day_in(insured)
    admitted, filed = discharged - datetime.timedelta(days=8), discharged - datetime.timedelta(days=20)
    changes: dict[str, Any] = {
        "insured__insured_area": insured,
        "insured__scheme": scheme,
        "insured__person_type": SCHEMES[scheme],
        "encounter__treatment_area": treatment,
        "encounter__settlement_path": path,
        "encounter__admitted_on": admitted.isoformat(),
        "encounter__discharged_on": discharged.isoformat(),
        "encounter__settled_on": discharged.isoformat(),
        "filing": {
            "kind": "referral",
            "filed_on": filed.isoformat(),
            "valid_from": filed.isoformat(),
            "valid_to": (filed + datetime.timedelta(days=180)).isoformat(),
        },
        "line__item_code": CODE,
        "line__charged_on": admitted.isoformat(),
        "line__catalogue_class": ...,
        "line__restriction_met": ...,
        "line__first_payment_bp": 1000,
    }
    return read_claim(document("hospital-stay-2023", **changes), law())


@pytest.mark.parametrize("insured", PLACES)
def test_the_catalogue_goes_with_the_way_of_settlement_and_the_plan_with_the_place_of_insurance(insured: str) -> None:
    for treatment in PLACES:
        for scheme in SCHEMES:
            for path in PATHS:
                what = f"{insured} treated in {treatment}, {scheme}, {path}"
                asked = claim(insured, treatment, scheme, path)
                speaking = treatment if path == "direct" else insured
                assert asked.lines[0].looked_up["line.catalogue_class"] == f"drugs-of-{speaking}", what
                assert asked.lines[0].facts["line.catalogue_class"] == class_of(speaking), what
                _check(decider().decide(asked), insured, class_of(speaking), what)


def _check(decision: dict[str, Any], insured: str, drug_class: str, what: str) -> None:
    line, settlement = decision["lines"][0], decision["settlement"]
    assert line["outcome"] == "covered", what
    first = {"A": 0, "B": 10_000 if insured == "440300" else 100_000}[drug_class]
    assert line["amounts"]["in_scope_fen"] == BILLED - first, what
    if settlement is not None:
        assert decision["missing"] == [], what
        assert settlement["plan"]["layer"] == insured, what
        amounts = settlement["amounts"]
        assert amounts["billed_fen"] == amounts["fund_total_fen"] + amounts["personal_fen"], what
    elif decision["outcome"] == "undetermined":
        asked = [one["fact"] for one in decision["missing"]]
        assert asked, what
        assert all(_is_named(fact) for fact in asked), what
    else:
        assert decision["missing"] == [], what


def _is_named(fact: str) -> bool:
    """Whether what is asked for is a declared fact or a parameter of a place."""
    if not fact.startswith("parameter:"):
        return fact in law().vocabulary.facts
    layer, name = fact.removeprefix("parameter:").split("/")
    return any((parameter.layer, parameter.name) == (layer, name) for parameter in law().parameters)


def test_every_shipped_place_has_a_plan() -> None:
    places = {plan.layer for plan in law().plans}
    assert {place for place in PLACES if place not in places} == {"990100", "990200"}
    assert len(places) == 13


def test_every_plan_has_worked_examples_on_both_sides() -> None:
    for plan in policy().plans:
        told = {example.applies for example in plan.examples}
        assert told >= {Applies.YES, Applies.NO}, plan.called
        assert any(example.amounts or example.pays or example.missing for example in plan.examples), plan.called


def test_what_is_illustrative_and_what_is_real() -> None:
    """As the reference recommends: what rests on guides alone is marked, and whoever is told an amount is told so."""
    real = {plan.called for plan in policy().plans if not plan.illustrative}
    assert real == {
        *("140200/employee-out-of-province", "140200/resident-out-of-province", "150800/out-of-area-inpatient"),
        *("310000/employee-inpatient", "310000/employee-outpatient", "330200/resident-inpatient"),
        *("330100/employee-inpatient", "330100/employee-outpatient"),
        *("330100/resident-inpatient", "330100/resident-outpatient", "340300/resident-inpatient"),
        *("440300/employee-inpatient", "440300/resident-inpatient", "500000/resident-inpatient"),
    }


@pytest.mark.parametrize("treatment", PLACES)
@pytest.mark.parametrize("path", PATHS)
def test_a_person_of_shanghai_is_paid_by_its_plan_wherever_the_care_is_given(treatment: str, path: str) -> None:
    """(10,000 - 1,500) x 85 % of class A, and of class B, of which a tenth comes first, (9,000 - 1,500) x 85 %."""
    settlement = decider().decide(claim("310000", treatment, "employee", path))["settlement"]
    speaking = treatment if path == "direct" else "310000"
    assert settlement["amounts"]["pooled_fund_fen"] == {"A": 722_500, "B": 637_500}[class_of(speaking)]
