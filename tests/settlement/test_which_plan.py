"""Which plan speaks, which entry of a parameter, and what was published when."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.settlement.small_plans import CITY, PROVINCE
from tests.settlement.worked import decide, of_drugs, paid, parameter, place, plan, read, segment, settle
from yibao.basics.problems import ProblemsFound
from yibao.decision.decider import Decider


def of_rate(name: str, percent: int, when: str = "insured.scheme == employee", overrides: str = "[]") -> str:
    text = plan(segment(pays=f"share(base, {percent}%)"), name=name, when=when)
    return text.replace("rounding:", f"overrides: {overrides}\nrounding:")


def speaking(policy: Any, **changes: Any) -> str | None:
    settlement = decide(policy, of_drugs(1_000, **changes))["settlement"]
    return None if settlement is None else settlement["plan"]["id"]


def test_where_no_plan_applies_there_is_no_settlement() -> None:
    decision = decide(place(of_rate("residents", 50, "insured.scheme == resident")), of_drugs(1_000))
    assert (decision["outcome"], decision["settlement"], decision["missing"]) == ("covered", None, [])


def test_the_insured_place_speaks_and_not_the_place_of_treatment() -> None:
    elsewhere = {"encounter__treatment_area": "110100", "encounter__settlement_path": "manual"}
    assert speaking(place(of_rate("here", 50)), **elsewhere) == "here"
    assert speaking(place(of_rate("here", 50)), insured__insured_area="110100") is None


def test_the_more_local_plan_speaks() -> None:
    policy = place(of_rate("wide", 50), files={f"{PROVINCE}/{CITY}/near.yaml": of_rate("near", 60)})
    assert speaking(policy) == "near"
    assert speaking(policy, insured__insured_area="990200") == "wide"


def test_an_overridden_plan_goes_also_through_others() -> None:
    first = of_rate("first", 50, overrides="[second]")
    second = of_rate("second", 60, "insured.scheme == employee and encounter.emergency", overrides="[third]")
    policy = place(first, second, of_rate("third", 70))
    assert speaking(policy) == "first"


def test_two_plans_that_apply_are_refused_by_name() -> None:
    policy = place(
        of_rate("one", 50, "encounter.kind == inpatient"), of_rate("other", 60, "insured.scheme == employee")
    )
    with pytest.raises(ProblemsFound, match=r"two-plans-apply: `990000/one` and `990000/other`"):
        decide(policy, of_drugs(1_000))


def test_an_open_plan_asks_what_its_condition_asks() -> None:
    decision = decide(place(of_rate("employees", 50)), of_drugs(1_000, insured__scheme=...))
    assert decision["outcome"] == "undetermined"
    assert [(one["fact"], one["asked_by"]) for one in decision["missing"]] == [("insured.scheme", ["employees/when"])]


def test_an_open_plan_that_could_not_speak_asks_nothing() -> None:
    open_below = of_rate("wide", 50, "encounter.transferred")
    policy = place(open_below, files={f"{PROVINCE}/{CITY}/near.yaml": of_rate("near", 60)})
    assert speaking(policy, encounter__transferred=...) == "near"


def test_an_entry_of_the_more_local_layer_speaks_where_it_has_one() -> None:
    near = parameter("r", "rate", "90%").replace("from: 2023-01-01", "from: 2024-02-01")
    text = plan(segment(pays="share(base, table(r))"))
    policy = place(text, parameter("r", "rate", "50%"), files={f"{PROVINCE}/{CITY}/r.yaml": near})
    assert paid(settle(policy, of_drugs(1_000))) == {"pooled-fund": 900}
    before = of_drugs(1_000, encounter__discharged_on="2024-01-31", encounter__admitted_on="2024-01-20")
    assert paid(settle(policy, before)) == {"pooled-fund": 500}


def test_what_was_published_later_is_left_out() -> None:
    late = parameter("r", "rate", "50%").replace("from: 2023-01-01", "from: 2023-01-01, published: 2024-03-01")
    policy = place(plan(segment(pays="share(base, table(r))")), late)
    claim = read(of_drugs(1_000), policy)
    assert Decider(policy, as_of=datetime.date(2024, 3, 1)).decide(claim)["outcome"] == "covered"
    before = Decider(policy, as_of=datetime.date(2024, 2, 29)).decide(claim)
    assert [one["fact"] for one in before["missing"]] == ["parameter:990000/r"]


def test_a_plan_published_later_is_left_out() -> None:
    text = of_rate("late", 50).replace("in_force:", "published: 2024-03-01\nin_force:")
    claim = read(of_drugs(1_000), place(text))
    assert Decider(place(text), as_of=datetime.date(2024, 2, 29)).decide(claim)["settlement"] is None


@pytest.mark.parametrize("where", ["plan", "entry"])
def test_what_is_illustrative_marks_the_decision(where: str) -> None:
    text, rate = plan(segment(pays="share(base, table(r))")), parameter("r", "rate", "50%")
    if where == "plan":
        text = text.replace("rounding:", "illustrative: true\nrounding:")
    else:
        rate = rate.replace("grade: B", "grade: G")
    decision = decide(place(text, rate), of_drugs(1_000))
    assert decision["illustrative"] is True
    assert decision["settlement"]["illustrative"] is True
    plain = decide(place(plan(segment(pays="share(base, table(r))")), parameter("r", "rate", "50%")), of_drugs(1_000))
    assert plain["illustrative"] is False
