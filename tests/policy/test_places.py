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
def test_a_person_of_jiangmen_is_paid_by_its_plan_wherever_the_care_is_given(treatment: str, path: str) -> None:
    """At home 83 % above 900, after a referral 73 % above 1,500; of class B a tenth comes first."""
    settlement = decider().decide(claim("440700", treatment, "employee", path))["settlement"]
    speaking = treatment if path == "direct" else "440700"
    at_home = {"A": 755_300, "B": 672_300}  # (10,000 - 900) x 83 %; (9,000 - 900) x 83 %
    elsewhere = {"A": 620_500, "B": 547_500}  # (10,000 - 1,500) x 73 %; (9,000 - 1,500) x 73 %
    expected = (at_home if treatment == "440700" else elsewhere)[class_of(speaking)]
    assert settlement["amounts"]["pooled_fund_fen"] == expected


@pytest.mark.parametrize("treatment", [place for place in PLACES if place != "310000"])
@pytest.mark.parametrize("path", PATHS)
def test_no_amount_is_guessed_where_shanghais_terms_for_care_elsewhere_are_not_known(treatment: str, path: str) -> None:
    decision = decider().decide(claim("310000", treatment, "employee", path))
    assert decision["settlement"] is None
    assert {one["fact"] for one in decision["missing"]} == {
        "parameter:310000/out-of-area-deductible",
        "parameter:310000/out-of-area-factor",
    }


def test_a_person_of_shanghai_is_paid_on_the_terms_of_home_at_home() -> None:
    """(10,000 - 1,500) x 85 % of class A, and of class B, of which a tenth comes first, (9,000 - 1,500) x 85 %."""
    settlement = decider().decide(claim("310000", "310000", "employee", "direct"))["settlement"]
    assert settlement["amounts"]["pooled_fund_fen"] == {"A": 722_500, "B": 637_500}[class_of("310000")]


def test_a_stay_of_which_nothing_is_in_scope_is_not_counted() -> None:
    counted = {}
    for purpose in ("therapeutic", "cosmetic"):
        areas = {"insured__insured_area": "420100", "encounter__treatment_area": "420100"}
        asked = read_claim(document("hospital-stay-2024", line__purpose=purpose, **areas), policy())
        updates = Decider(policy()).decide(asked)["settlement"]["accumulators"]
        counted[purpose] = {one["fact"]: one["after"] for one in updates}["history.stays_this_year"]
    assert counted == {"therapeutic": 1, "cosmetic": 0}


def test_a_stay_across_new_year_is_parted_in_beijing_and_has_one_deductible() -> None:
    """A second stay of 2022: of its 650 the 400.00 of December bear 400, the 10,000.00 of January the other 250."""
    asked = document(
        "hospital-stay-2023",
        insured__insured_area="110000",
        encounter__treatment_area="110000",
        encounter__admitted_on="2022-12-20",
        encounter__discharged_on="2023-01-10",
        encounter__settled_on="2023-01-10",
        history__stays_this_year=1,
        history__eligible_fen=9_990_000,
        line__charged_on="2023-01-05",
    )
    december = {**asked["lines"][0], "line_id": "2", "amount_fen": 40_000, "charged_on": "2022-12-21"}
    asked["lines"].append(december)
    asked["invoice"]["amount_fen"] = 1_040_000
    settlement = Decider(policy()).decide(read_claim(asked, policy()))["settlement"]
    # (10,000 - 250) x 85 % = 8,287.50: January begins at the first band, whatever was spent in 2022
    paid = [(one["benefit_year"], one["pays_fen"]) for one in settlement["segments"] if one["segment"] == "pooled-fund"]
    assert paid == [(2022, 0), (2023, 828_750)]
    assert settlement["amounts"]["deductible_fen"] == 65_000
    updates = {(one["fact"], one["benefit_year"]): one["after"] for one in settlement["accumulators"]}
    assert updates["history.stays_this_year", 2022] == 2
    assert updates["history.stays_this_year", 2023] == 0
    assert updates["history.eligible_fen", 2023] == 1_000_000


def test_the_whole_deductible_falls_due_in_december_in_beijing() -> None:
    """A first stay: (2,000 - 1,300) x 85 % = 595 in December, 10,000 x 85 % = 8,500 in January."""
    asked = document(
        "hospital-stay-2023",
        insured__insured_area="110000",
        encounter__treatment_area="110000",
        encounter__admitted_on="2022-12-20",
        encounter__discharged_on="2023-01-10",
        encounter__settled_on="2023-01-10",
        line__charged_on="2023-01-05",
    )
    december = {**asked["lines"][0], "line_id": "2", "amount_fen": 200_000, "charged_on": "2022-12-21"}
    asked["lines"].append(december)
    asked["invoice"]["amount_fen"] = 1_200_000
    settlement = Decider(policy()).decide(read_claim(asked, policy()))["settlement"]
    paid = [(one["benefit_year"], one["pays_fen"]) for one in settlement["segments"] if one["segment"] == "pooled-fund"]
    assert paid == [(2022, 59_500), (2023, 850_000)]
    assert settlement["amounts"]["deductible_fen"] == 130_000
