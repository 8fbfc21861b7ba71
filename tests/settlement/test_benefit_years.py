"""Stays across the turn of a year, in the ways found in practice, and what a settlement adds to the year."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settlement.worked import ELIGIBLE, of_drugs, paid, parameter, place, plan, segment, settle

D = parameter("d", "yuan", "1000")
CAP = parameter("cap", "yuan", "2000")
SPLIT = "starts: 01-01, by: encounter.discharged_on, split: true"
AFTER = segment(base="less(eligible, deductible)", limit="less(table(cap), history.fund_paid_fen)")
ADDS = """\
deductible: deductible
accumulators:
  - {fact: history.deductible_met_fen, add: deductible}
  - {fact: history.fund_paid_fen, add: paid(pooled-fund)}
  - {fact: history.stays_this_year, add: "1"}
purses: [{purse: cash}]
"""


def across_the_turn(*fen: int, **changes: Any) -> dict[str, Any]:
    """A stay from 2023-12-20 to 2024-01-10; the first line is of the old year, the others of the new one."""
    dates = {"encounter__admitted_on": "2023-12-20", "encounter__discharged_on": "2024-01-10"}
    claim = of_drugs(*fen, **dates, **changes)
    for line, day in zip(claim["lines"], ("2023-12-21", *("2024-01-05",) * len(fen)), strict=False):
        line["charged_on"] = day
    return claim


def settled(deductible: str, *fen: int, year: str = SPLIT, more: str = ADDS, **changes: Any) -> dict[str, Any]:
    policy = place(plan(ELIGIBLE, ("deductible", deductible), AFTER, year=year, more=more), D, CAP)
    return settle(policy, across_the_turn(*fen, **changes))


def parts(settlement: dict[str, Any]) -> list[tuple[int, int, int]]:
    """Benefit year, base and payment of the segment in each part."""
    return [(one["benefit_year"], one["base_fen"], one["pays_fen"]) for one in settlement["segments"]]


def test_beijing_costs_are_split_and_the_deductible_goes_on() -> None:
    # 600 in 2023: all deductible; 2,000 in 2024: 400 of it is still due, 1,600 × 80 % = 1,280
    found = settled("min(eligible, less(table(d), earlier(deductible)))", 60_000, 200_000)
    assert parts(found) == [(2023, 0, 0), (2024, 160_000, 128_000)]
    assert found["amounts"]["deductible_fen"] == 100_000


def test_beijing_the_cap_is_each_years_own() -> None:
    # 1,900 of 2,000 was paid in 2023, so 100 remain; 2024 begins with nothing paid
    found = settled("less(eligible, eligible)", 100_000, 200_000, history__fund_paid_fen=190_000)
    assert parts(found) == [(2023, 100_000, 10_000), (2024, 200_000, 160_000)]


def test_ningbo_the_whole_stay_belongs_to_the_year_of_settlement() -> None:
    year = "starts: 01-01, by: encounter.settled_on"
    found = settled("min(eligible, table(d))", 60_000, 200_000, year=year, encounter__settled_on="2024-01-10")
    assert parts(found) == [(2024, 160_000, 128_000)]


def test_taizhou_the_new_year_carries_no_deductible() -> None:
    found = settled("if part > 1 then 0 else min(eligible, table(d))", 160_000, 50_000)
    assert parts(found) == [(2023, 60_000, 48_000), (2024, 50_000, 40_000)]


def test_taiyuan_one_bill_of_the_year_of_discharge_with_the_full_deductible() -> None:
    year = "starts: 01-01, by: encounter.discharged_on"
    found = settled("min(eligible, table(d))", 160_000, 50_000, year=year)
    assert parts(found) == [(2024, 110_000, 88_000)]
    assert found["amounts"]["deductible_fen"] == 100_000


def test_each_part_returns_its_own_accumulators() -> None:
    found = settled(
        "min(eligible, table(d))", 160_000, 150_000, history__deductible_met_fen=5_000, history__stays_this_year=3
    )
    told = [
        (one["fact"].split(".")[1], one["benefit_year"], one["before"], one["after"]) for one in found["accumulators"]
    ]
    assert told == [
        ("deductible_met_fen", 2023, 5_000, 105_000),
        ("fund_paid_fen", 2023, 0, 48_000),
        ("stays_this_year", 2023, 3, 4),
        ("deductible_met_fen", 2024, 0, 100_000),
        ("fund_paid_fen", 2024, 0, 40_000),
        ("stays_this_year", 2024, 0, 1),
    ]


def test_an_accumulator_that_does_not_reset_goes_on() -> None:
    more = ADDS.replace("add: paid(pooled-fund)", "add: paid(pooled-fund), resets: false")
    found = settled("less(eligible, eligible)", 100_000, 200_000, more=more)
    # 800 of the 2,000 are used in the first part: 1,600 would be paid, 1,200 are left
    assert parts(found) == [(2023, 100_000, 80_000), (2024, 200_000, 120_000)]


def test_an_account_pays_each_part_from_what_the_one_before_left() -> None:
    more = "deductible: deductible\npurses: [{purse: account}, {purse: cash}]\n"
    account = {"balance_fen": 30_000, "use": True}
    found = settled("less(eligible, eligible)", 100_000, 100_000, more=more, account=account)
    # 200 of each 1,000 are the person's: 200 and 100 from the account, 100 in cash
    assert [(one["purse"], one["pays_fen"]) for one in found["purses"]] == [
        ("account", 20_000),
        ("cash", 0),
        ("account", 10_000),
        ("cash", 10_000),
    ]
    assert found["amounts"]["account_balance_after_fen"] == 0


@pytest.mark.parametrize(("day", "year"), [("2024-06-30", 2023), ("2024-07-01", 2024)])
def test_a_benefit_year_is_named_by_the_year_in_which_it_starts(day: str, year: int) -> None:
    policy = place(plan(segment(), year="starts: 07-01, by: encounter.discharged_on"))
    claim = of_drugs(1_000, encounter__discharged_on=day, encounter__settled_on=day)
    assert settle(policy, claim)["segments"][0]["benefit_year"] == year


def test_accumulators_take_the_greatest_or_are_set() -> None:
    more = (
        "accumulators:\n  - {fact: history.deductible_met_fen, max: eligible}\n"
        "  - {fact: history.eligible_fen, set: eligible}\n"
        "purses: [{purse: cash}]\n"
    )
    policy = place(plan(ELIGIBLE, segment(), more=more))
    found = settle(policy, of_drugs(1_000, history__deductible_met_fen=5_000, history__eligible_fen=7))
    assert [(one["update"], one["before"], one["after"]) for one in found["accumulators"]] == [
        ("max", 5_000, 5_000),
        ("set", 7, 1_000),
    ]


def test_the_parts_add_up_to_the_whole() -> None:
    found = settled("min(eligible, table(d))", 160_001, 150_003)
    amounts = found["amounts"]
    assert amounts["billed_fen"] == 310_004 == amounts["fund_total_fen"] + amounts["personal_fen"]
    assert sum(one["pays_fen"] for one in found["segments"]) == amounts["fund_total_fen"]
    assert paid(found) == {"pooled-fund": found["segments"][1]["pays_fen"]}


def test_a_place_in_a_series_may_be_the_one_that_it_had_in_the_part_before() -> None:
    """A number that goes on from itself is counted from what lies under it, and not without end."""
    stay = ("stay", "if earlier(eligible) == 0 then history.stays_this_year + 1 else earlier(stay)")
    deductible = ("deductible", "min(eligible, series(stay, [table(d), share(table(d), 50%)], then last))")
    policy = place(plan(ELIGIBLE, stay, deductible, AFTER, year=SPLIT, more=ADDS), D, CAP)
    found = settle(policy, across_the_turn(60_000, 200_000, history__stays_this_year=0))
    assert parts(found) == [(2023, 0, 0), (2024, 100_000, 80_000)]
