"""What is unknown stays unknown, and is asked for; what is certain all the same is not read."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.settlement.worked import ELIGIBLE, decide, of_drugs, paid, parameter, place, plan, segment, settle
from yibao.basics.problems import ProblemsFound

DEDUCTIBLE = ("deductible", "min(eligible, less(table(d), history.deductible_met_fen))")
POOLED = segment(base="less(eligible, deductible)", limit="less(table(d), history.fund_paid_fen)")
SPLIT = "starts: 01-01, by: encounter.discharged_on, split: true"
YEARLY = """\
deductible: deductible
accumulators:
  - {fact: history.deductible_met_fen, add: deductible}
  - {fact: history.stays_this_year, add: "1"}
purses: [{purse: cash}]
"""
D = parameter("d", "yuan", "1300")


def asked(decision: dict[str, Any]) -> dict[str, list[str]]:
    assert decision["outcome"] == "undetermined"
    assert decision["settlement"] is None
    return {one["fact"]: one["asked_by"] for one in decision["missing"]}


def test_a_missing_fact_leaves_the_settlement_open_and_the_lines_decided() -> None:
    decision = decide(place(plan(ELIGIBLE, DEDUCTIBLE, POOLED, more=YEARLY), D), of_drugs(500_000, history=...))
    assert asked(decision) == {
        "history.deductible_met_fen": ["a-plan/deductible"],
        "history.fund_paid_fen": ["a-plan/pooled-fund"],
    }
    assert decision["missing_is"] == "sufficient"
    assert [line["outcome"] for line in decision["lines"]] == ["covered"]
    assert decision["amounts"]["in_scope_fen"] == 500_000


def test_a_claim_without_anything_in_scope_settles_at_nothing_without_its_history() -> None:
    claim = of_drugs(500_000, history=...)
    claim["lines"][0] |= {"category": "consumable"}
    decision = decide(place(plan(ELIGIBLE, DEDUCTIBLE, POOLED, more=YEARLY), D), claim)
    assert decision["outcome"] == "not_covered"
    amounts = decision["settlement"]["amounts"]
    assert (amounts["fund_total_fen"], amounts["deductible_fen"], amounts["cash_fen"]) == (0, 0, 500_000)
    assert decision["settlement"]["accumulators"] == [
        {
            "fact": "history.deductible_met_fen",
            "benefit_year": 2024,
            "before": None,
            "update": "add",
            "amount": 0,
            "after": None,
        },
        {
            "fact": "history.stays_this_year",
            "benefit_year": 2024,
            "before": None,
            "update": "add",
            "amount": 1,
            "after": None,
        },
    ]


@pytest.mark.parametrize(
    "certain",
    [
        "min(eligible, 0, history.fund_paid_fen)",
        "min(history.fund_paid_fen, 0)",
        "less(0, history.fund_paid_fen)",
        "share(history.fund_paid_fen, 0%)",
        "share(less(eligible, eligible), table(r))",
        "bands(less(eligible, eligible), table(b), from history.fund_paid_fen)",
        "history.fund_paid_fen * 0",
        "if eligible == eligible then 0 else history.fund_paid_fen",
    ],
)
def test_what_is_nothing_all_the_same_asks_nothing(certain: str) -> None:
    late = parameter("r", "rate", "85%").replace("from: 2023-01-01", "from: 2030-01-01")
    bands = parameter("b", "bands", "[{rate: 50%}]").replace("from: 2023-01-01", "from: 2030-01-01")
    policy = place(plan(ELIGIBLE, ("nothing", certain), segment(base="nothing")), late, bands)
    assert paid(settle(policy, of_drugs(1_000, history=...))) == {"pooled-fund": 0}


@pytest.mark.parametrize(
    ("read", "missing"),
    [
        ("min(eligible, history.fund_paid_fen)", {"history.fund_paid_fen": ["a-plan/some"]}),
        ("eligible + history.fund_paid_fen", {"history.fund_paid_fen": ["a-plan/some"]}),
        ("max(eligible, history.fund_paid_fen)", {"history.fund_paid_fen": ["a-plan/some"]}),
        ("share(eligible, table(r))", {"parameter:990000/r": ["a-plan/some"]}),
        ("bands(eligible, table(b))", {"parameter:990000/b": ["a-plan/some"]}),
        ("series(history.stays_this_year, [eligible], then 0)", {"history.stays_this_year": ["a-plan/some"]}),
        (
            "if history.fund_paid_fen > eligible then history.deductible_met_fen else eligible",
            {"history.deductible_met_fen": ["a-plan/some"], "history.fund_paid_fen": ["a-plan/some"]},
        ),
        (
            "sum(lines, in_scope where line.purpose == cosmetic)",
            {"line.purpose": ["a-plan/some"]},
        ),
        ("if encounter.transferred then eligible else 0", {"encounter.transferred": ["a-plan/some"]}),
        (
            "eligible * years(insured.born_on, encounter.discharged_on)",
            {"insured.born_on": ["a-plan/some"]},
        ),
    ],
)
def test_what_reads_something_unknown_is_unknown(read: str, missing: dict[str, list[str]]) -> None:
    late = parameter("r", "rate", "85%").replace("from: 2023-01-01", "from: 2030-01-01")
    bands = parameter("b", "bands", "[{rate: 50%}]").replace("from: 2023-01-01", "from: 2030-01-01")
    policy = place(plan(ELIGIBLE, ("some", read), segment(base="some")), late, bands)
    claim = of_drugs(1_000, history=..., line__purpose=..., encounter__transferred=..., insured__born_on=...)
    assert asked(decide(policy, claim)) == missing


def test_a_number_that_is_known_not_to_be_is_asked_for() -> None:
    policy = place(plan(("some", "history.previous_deductible_fen"), segment(base="some")))
    claim = of_drugs(1_000, history__previous_deductible_fen=None)
    assert asked(decide(policy, claim)) == {"history.previous_deductible_fen": ["a-plan/some"]}


def test_a_place_in_a_series_below_the_first_is_unknown() -> None:
    policy = place(
        plan(ELIGIBLE, ("some", "series(history.stays_this_year, [eligible], then 0)"), segment(base="some"))
    )
    assert asked(decide(policy, of_drugs(1_000, history__stays_this_year=0))) == {
        "history.stays_this_year": ["a-plan/some"]
    }


def test_a_place_in_a_series_below_the_first_that_rests_on_no_fact_is_a_problem_of_the_plan() -> None:
    # `counted` is 0 in the first part of a stay whatever the claim says, so there is nothing to ask for
    steps = (("counted", "less(part, 1)"), ELIGIBLE, ("some", "series(counted, [eligible], then 0)"))
    policy = place(plan(*steps, segment(base="some"), year=SPLIT))
    with pytest.raises(ProblemsFound) as caught:
        decide(policy, of_drugs(1_000))
    assert [one.code for one in caught.value.problems] == ["series-below-first"]


@pytest.mark.parametrize(("person", "outcome"), [("active", "covered"), ("retired", "undetermined")])
def test_a_cell_that_a_table_does_not_have_is_unknown_and_never_nothing(person: str, outcome: str) -> None:
    table = parameter("r", "rate", "", "[insured.person_type]", "{active: 85%}")
    decision = decide(
        place(plan(segment(pays="share(base, table(r))")), table), of_drugs(1_000, insured__person_type=person)
    )
    assert decision["outcome"] == outcome
    if outcome == "undetermined":
        assert asked(decision) == {"parameter:990000/r": ["a-plan/pooled-fund"]}


def test_a_key_that_is_missing_is_asked_for_and_not_the_parameter() -> None:
    table = parameter("r", "rate", "", "[insured.person_type]", "{active: 85%}")
    policy = place(plan(segment(pays="share(base, table(r))")), table)
    assert asked(decide(policy, of_drugs(1_000, insured__person_type=...))) == {
        "insured.person_type": ["a-plan/pooled-fund"]
    }


def test_a_value_that_nobody_reads_is_not_asked_for() -> None:
    policy = place(plan(ELIGIBLE, ("idle", "history.fund_paid_fen"), segment(base="eligible")))
    settlement = settle(policy, of_drugs(1_000, history=...))
    assert [one["value"] for one in settlement["values"]] == ["eligible"]


def test_the_limit_of_a_segment_that_pays_nothing_is_not_read() -> None:
    policy = place(plan(segment(pays="share(base, 0%)", limit="history.fund_paid_fen")))
    assert settle(policy, of_drugs(1_000, history=...))["segments"][0]["limit_fen"] is None


def test_a_segment_that_does_not_apply_reads_nothing() -> None:
    idle = segment("idle", base="history.fund_paid_fen", when="insured.person_type == retired")
    settlement = settle(place(plan(idle, segment())), of_drugs(1_000, history=...))
    assert paid(settlement) == {"idle": 0, "pooled-fund": 800}


def test_all_of_its_base_is_left_by_a_segment_that_does_not_apply() -> None:
    idle = segment("idle", when="insured.person_type == retired")
    settlement = settle(place(plan(idle, segment(base="left(idle)"))), of_drugs(1_000))
    assert paid(settlement) == {"idle": 0, "pooled-fund": 800}


def test_an_amount_that_is_not_known_is_asked_for_on_its_line() -> None:
    claim = of_drugs(1_000, 2_000)
    del claim["lines"][1]["amount_fen"]
    decision = decide(place(plan(segment())), claim)
    assert [(one["fact"], one["lines"]) for one in decision["missing"]] == [("line.amount_fen", ["2"])]


def test_where_a_line_is_undetermined_there_is_no_settlement() -> None:
    claim = of_drugs(1_000, 2_000)
    del claim["lines"][1]["category"]
    claim["lines"][1]["item_code"] = "unknown-item"
    decision = decide(place(plan(segment(base="history.fund_paid_fen"))), claim)
    assert decision["settlement"] is None
    assert [one["fact"] for one in decision["missing"]] == ["line.category"]


def test_more_facts_never_change_what_was_settled() -> None:
    policy = place(plan(ELIGIBLE, DEDUCTIBLE, POOLED, more=YEARLY), D)
    full = of_drugs(500_000)
    settled = settle(policy, full)["amounts"]
    for name in ("born_on", "person_type", "enrolment_status", "household_area"):
        less_known = copy.deepcopy(full)
        del less_known["insured"][name]
        assert settle(policy, less_known)["amounts"] == settled
