"""Worked by hand: what a plan can say that the other examples of this folder do not show."""

from __future__ import annotations

import pytest

from tests.settlement.worked import ELIGIBLE, of_drugs, paid, parameter, place, plan, segment, settle
from tests.support.small_bundles import rule

CLASS_B = {"national/class-b.yaml": rule("class-b", "line.catalogue_class == B", "{first_payment: 10%}")}
LEVEL_AND_PERSON = "[insured.person_type, encounter.institution.level]"


def test_a_civil_servants_subsidy_counts_first_payments_and_the_deductible() -> None:
    # class B at 10,000.00: first 1,000.00, in scope 9,000.00; deductible 1,300.00, (9,000 − 1,300) × 80 % = 6,160.00
    # left 1,540.00 + deductible 1,300.00 + first payment 1,000.00 = 3,840.00 × 50 % = 1,920.00
    steps = (
        ELIGIBLE,
        ("deductible", "min(eligible, table(d))"),
        segment(base="less(eligible, deductible)"),
        segment(
            "civil-servants",
            "civil_servant_subsidy",
            base="left(pooled-fund) + deductible + sum(lines, first_self_pay)",
            pays="share(base, 50%)",
        ),
    )
    policy = place(plan(*steps), parameter("d", "yuan", "1300"), files=CLASS_B)
    settlement = settle(policy, of_drugs(1_000_000, line__catalogue_class="B"))
    assert settlement["amounts"]["first_self_pay_fen"] == 100_000
    assert paid(settlement) == {"pooled-fund": 616_000, "civil-servants": 192_000}
    # 10,000.00 − 6,160.00 − 1,920.00
    assert settlement["amounts"]["personal_fen"] == 192_000


@pytest.mark.parametrize(
    ("area", "deductible", "expected"),
    [
        # at home: 10,000.00 − 800.00 = 9,200.00 × 80 % = 7,360.00
        ("990100", 80_000, {"first": 0, "pooled-fund": 736_000}),
        # elsewhere: 10 % first is 1,000.00; (9,000.00 − 2,000.00) × 80 % = 5,600.00
        ("110100", 200_000, {"first": 100_000, "pooled-fund": 560_000}),
    ],
)
def test_care_elsewhere_with_a_first_payment_and_a_deductible_of_its_own(
    area: str, deductible: int, expected: dict[str, int]
) -> None:
    away = "prefix(encounter.treatment_area, 4) != prefix(insured.insured_area, 4)"
    steps = (
        ELIGIBLE,
        segment("first", "person", base="eligible", pays="share(base, table(first-payment))", when=away),
        ("deductible", f"min(left(first), if {away} then table(d-away) else table(d))"),
        segment(base="less(left(first), deductible)"),
    )
    known = (
        parameter("d", "yuan", "800"),
        parameter("d-away", "yuan", "2000"),
        parameter("first-payment", "rate", "10%"),
    )
    more = "deductible: deductible\npurses: [{purse: cash}]\n"
    settlement = settle(place(plan(*steps, more=more), *known), of_drugs(1_000_000, encounter__treatment_area=area))
    assert paid(settlement) == expected
    assert settlement["amounts"]["deductible_fen"] == deductible


@pytest.mark.parametrize(
    ("person", "level", "expected"),
    [
        # 30,000.00 × 85 % + 10,000.00 × 90 % = 25,500.00 + 9,000.00
        ("active", 3, 3_450_000),
        # 30,000.00 × 90 % + 10,000.00 × 95 % = 27,000.00 + 9,500.00
        ("active", 1, 3_650_000),
        # 30,000.00 × 91 % + 10,000.00 × 94 % = 27,300.00 + 9,400.00
        ("retired", 3, 3_670_000),
    ],
)
def test_bands_by_level_and_retirement(person: str, level: int, expected: int) -> None:
    table = (
        "{active: {1: '30000: 90%; 95%', '2..3': '30000: 85%; 90%'}, retired: {'1..2': '30000: 94%; 97%', "
        "3: '30000: 91%; 94%'}}"
    )
    policy = place(
        plan(segment(pays="bands(base, table(ratios))")), parameter("ratios", "bands", "", LEVEL_AND_PERSON, table)
    )
    claim = of_drugs(4_000_000, insured__person_type=person)
    claim["encounter"]["institution"]["level"] = level
    assert paid(settle(policy, claim)) == {"pooled-fund": expected}


def test_what_flows_over_one_cap_and_then_over_another() -> None:
    # 200,000.00 × 80 % = 160,000.00, of which the cap of 100,000.00 is reached with 125,000.00
    # 75,000.00 flow over: × 90 % = 67,500.00, of which a limit of 54,000.00 is reached with 60,000.00
    # 15,000.00 flow over again, and what the subsidy left of its own 60,000.00: 6,000.00; together × 50 % = 10,500.00
    caps = (parameter("cap", "yuan", "100000"), parameter("subsidy-cap", "yuan", "54000"))
    steps = (
        segment(limit="table(cap)"),
        segment(
            "large-expense",
            "large_expense_fund",
            base="beyond(pooled-fund)",
            pays="share(base, 90%)",
            limit="table(subsidy-cap)",
        ),
        segment("assistance", "medical_assistance", base="left(large-expense)", pays="share(base, 50%)"),
    )
    found = settle(place(plan(*steps), *caps), of_drugs(20_000_000))
    assert paid(found) == {"pooled-fund": 10_000_000, "large-expense": 5_400_000, "assistance": 1_050_000}
    # the 25,000.00 that the fund left of 125,000.00, and the 10,500.00 that assistance left
    assert found["amounts"]["personal_fen"] == 3_550_000


def test_an_exhausted_cap_lets_a_fen_flow_over_that_would_have_been_rounded_away() -> None:
    # 1 fen × 30 % is nothing; a limit of 0 is reached with nothing, so that the whole fen is beyond it
    policy = place(
        plan(
            segment(pays="share(base, 30%)", limit="less(table(cap), history.fund_paid_fen)"),
            segment("next", "supplementary_fund", base="beyond(pooled-fund)", pays="base"),
        ),
        parameter("cap", "yuan", "100"),
    )
    assert paid(settle(policy, of_drugs(1, history__fund_paid_fen=10_000))) == {"pooled-fund": 0, "next": 1}
    assert paid(settle(policy, of_drugs(1, history__fund_paid_fen=9_999))) == {"pooled-fund": 0, "next": 0}


def test_a_limit_of_nothing_settles_what_an_unknown_rate_would_pay() -> None:
    # the cap is used up, so that the segment pays nothing at whatever rate; the working tells the limit alone
    policy = place(
        plan(segment(pays="share(base, table(r))", limit="less(table(cap), history.fund_paid_fen)")),
        parameter("cap", "yuan", "100"),
        parameter("r", "rate", "", "[insured.person_type]", "{retired: 85%}"),
    )
    (found,) = settle(policy, of_drugs(1_000, insured__person_type="active", history__fund_paid_fen=10_000))["segments"]
    assert (found["pays_fen"], found["limit_fen"]) == (0, 0)
    assert "limit" in found["working"]["en"]


def test_a_purse_may_look_up_what_it_may_pay() -> None:
    # of 200.00 that are the person's the account may pay 50.00
    more = "purses: [{purse: account, may_pay: table(most)}, {purse: cash}]\n"
    policy = place(plan(segment(), more=more), parameter("most", "yuan", "50"))
    amounts = settle(policy, of_drugs(100_000, account={"balance_fen": 90_000, "use": True}))["amounts"]
    assert (amounts["account_fen"], amounts["cash_fen"]) == (5_000, 15_000)
