"""What segments pay, each worked by hand: bands, ratios, caps and what flows over, payers on top of each other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settlement.worked import ELIGIBLE, decide, of_drugs, paid, parameter, place, plan, segment, settle
from tests.support.small_bundles import rule
from yibao.basics.problems import ProblemsFound

BANDS = "[{upto: 30000, rate: 85%}, {upto: 40000, rate: 90%}, {rate: 95%}]"


def pays(fen: int, *steps: Any, parameters: tuple[str, ...] = (), more: str = "", **changes: Any) -> dict[str, int]:
    """What the segments of a plan pay on one line."""
    tail = more + "purses: [{purse: cash}]\n"
    return paid(settle(place(plan(*steps, more=tail), *parameters), of_drugs(fen, **changes)))


def test_the_eligible_amount_is_the_bill_without_what_the_person_bears_first() -> None:
    # 100.00 billed, ceiling 80.00: 20.00 over it; 10 % first: 8.00; 72.00 in scope; and 50.00 that no rule admits
    rest = "less(sum(lines, billed), sum(lines, full_self_pay) + sum(lines, over_ceiling) + sum(lines, first_self_pay))"
    values = {
        "national/ceiling.yaml": rule("ceiling", then="{ceiling: line.ceiling_fen}"),
        "national/first.yaml": rule("first", then="{first_payment: line.first_payment_bp}"),
    }
    claim = of_drugs(10_000, 5_000)
    claim["lines"][0] |= {"ceiling_fen": 8_000, "first_payment_bp": 1_000}
    claim["lines"][1] |= {"category": "consumable"}
    settlement = settle(place(plan(("rest", rest), ELIGIBLE, segment(base="rest", pays="base")), files=values), claim)
    amounts = settlement["amounts"]
    parts = ("billed_fen", "full_self_pay_fen", "over_ceiling_fen", "first_self_pay_fen", "in_scope_fen")
    assert [amounts[part] for part in parts] == [15_000, 5_000, 2_000, 800, 7_200]
    assert paid(settlement) == {"pooled-fund": 7_200}


def test_marginal_bands_on_the_excess() -> None:
    # 45,000 − 1,000 = 44,000: 30,000 × 85 % + 10,000 × 90 % + 4,000 × 95 % = 25,500 + 9,000 + 3,800
    steps = (ELIGIBLE, segment(base="less(eligible, table(d))", pays="bands(base, table(b))"))
    known = (parameter("d", "yuan", "1000"), parameter("b", "bands", BANDS))
    assert pays(4_500_000, *steps, parameters=known) == {"pooled-fund": 3_830_000}


def test_marginal_bands_on_the_gross_amount_where_the_deductible_eats_the_first() -> None:
    # laid out from 1,000: 29,000 × 85 % + 10,000 × 90 % + 5,000 × 95 % = 24,650 + 9,000 + 4,750
    steps = (ELIGIBLE, segment(base="less(eligible, table(d))", pays="bands(base, table(b), from table(d))"))
    known = (parameter("d", "yuan", "1000"), parameter("b", "bands", BANDS))
    assert pays(4_500_000, *steps, parameters=known) == {"pooled-fund": 3_840_000}


def test_bands_that_go_on_over_the_year() -> None:
    # 29,999.00 were used before: 1.00 × 85 % + 9.00 × 90 % = 0.85 + 8.10
    steps = (segment(pays="bands(base, table(b), from history.eligible_fen)"),)
    known = (parameter("b", "bands", BANDS),)
    assert pays(1_000, *steps, parameters=known, history__eligible_fen=2_999_900) == {"pooled-fund": 895}


def test_beyond_the_last_edge_nothing_is_paid() -> None:
    assert pays(
        5_000_000,
        segment(pays="bands(base, table(b))"),
        parameters=(parameter("b", "bands", "[{upto: 100, rate: 50%}]"),),
    ) == {"pooled-fund": 5_000}


@pytest.mark.parametrize(("how", "expected"), [("sum", 2), ("each", 3)])
def test_bands_are_rounded_one_by_one_or_on_their_sum(how: str, expected: int) -> None:
    # 0.03 × 50 % = 1.5 fen and 0.03 × 50 % = 1.5 fen: 2 + 2 = 4 one by one, 3 on the sum; with 25 %: 0.75 + 0.75
    # 0.03 × 50 % = 1.5 → 2 and 0.01 × 90 % = 0.9 → 1: 3 one by one; 2.4 → 2 on the sum
    bands = parameter("b", "bands", '[{upto: "0.03", rate: 50%}, {rate: 90%}]')
    text = plan(segment(pays="bands(base, table(b))"), rounding=f"{{ties: up, bands: {how}}}")
    assert paid(settle(place(text, bands), of_drugs(4))) == {"pooled-fund": expected}


@pytest.mark.parametrize(
    ("ties", "fen", "expected"), [("up", 5, 3), ("even", 5, 2), ("even", 15, 8), ("up", 15, 8), ("even", 7, 4)]
)
def test_half_a_fen_goes_up_or_to_even(ties: str, fen: int, expected: int) -> None:
    # 50 %: 2.5 fen, 7.5 fen, 3.5 fen
    text = plan(segment(pays="share(base, 50%)"), rounding=f"{{ties: {ties}, bands: sum}}")
    assert paid(settle(place(text), of_drugs(fen))) == {"pooled-fund": expected}


@pytest.mark.parametrize(("born", "expected"), [("1994-02-24", 85_000), ("1954-02-25", 85_000), ("1954-02-24", 90_000)])
def test_a_ratio_by_age_band(born: str, expected: int) -> None:
    # 70 years on the day of discharge, 2024-02-24: 90 %
    table = parameter("r", "rate", "", "[age]", '{"0..69": 85%, "70..": 90%}')
    steps = (("age", "years(insured.born_on, encounter.discharged_on)"), segment(pays="share(base, table(r))"))
    assert pays(100_000, *steps, parameters=(table,), insured__born_on=born) == {"pooled-fund": expected}


@pytest.mark.parametrize(
    ("day", "expected"), [("2024-02-28", 23), ("2024-02-29", 24), ("2023-02-28", 22), ("2023-03-01", 23)]
)
def test_who_is_born_on_29_february_is_older_on_1_march(day: str, expected: int) -> None:
    steps = (
        ("age", "years(insured.born_on, encounter.discharged_on)"),
        segment(pays="share(base, min(100%, 1% * age))"),
    )
    changes = {
        "insured__born_on": "2000-02-29",
        "encounter__discharged_on": day,
        "encounter__settled_on": "2024-03-01",
        "encounter__admitted_on": "2023-01-02",
    }
    assert pays(10_000, *steps, **changes) == {"pooled-fund": expected * 100}


def test_a_formula_of_age() -> None:
    # Sichuan: (age × 0.2 + 75) %: 60 years make 87 %
    steps = (
        ("age", "years(insured.born_on, encounter.discharged_on)"),
        segment(pays="share(base, min(100%, 75% + 0.2% * age))"),
    )
    assert pays(100_000, *steps, insured__born_on="1964-01-01") == {"pooled-fund": 87_000}


def test_retired_persons_bear_sixty_percent_of_the_share() -> None:
    # Beijing: 15 % × 60 % = 9 % is borne, 91 % paid
    steps = (
        ("own", "if insured.person_type == retired then 15% * 60% else 15%"),
        segment(pays="share(base, less(100%, own))"),
    )
    assert pays(100_000, *steps, insured__person_type="retired") == {"pooled-fund": 91_000}
    assert pays(100_000, *steps) == {"pooled-fund": 85_000}


def test_a_cap_on_what_the_fund_pays_and_what_flows_over() -> None:
    # 80 % of 1,000.00 is 800.00; 500.00 are left; 625.00 reach it, 375.00 flow over × 90 % = 337.50
    steps = (
        segment(limit="less(table(cap), history.fund_paid_fen)"),
        segment("above", "large_expense_fund", base="beyond(pooled-fund)", pays="share(base, 90%)"),
    )
    known = (parameter("cap", "yuan", "10000"),)
    assert pays(100_000, *steps, parameters=known, history__fund_paid_fen=950_000) == {
        "pooled-fund": 50_000,
        "above": 33_750,
    }


def test_nothing_flows_over_a_limit_that_is_not_reached() -> None:
    steps = (segment(limit="table(cap)"), segment("above", "large_expense_fund", base="beyond(pooled-fund)"))
    assert pays(100_000, *steps, parameters=(parameter("cap", "yuan", '"800.01"'),)) == {
        "pooled-fund": 80_000,
        "above": 0,
    }
    assert pays(100_000, *steps, parameters=(parameter("cap", "yuan", "800"),)) == {"pooled-fund": 80_000, "above": 0}


def test_an_exhausted_limit_lets_everything_flow_over() -> None:
    steps = (segment(limit="0"), segment("above", "large_expense_fund", base="beyond(pooled-fund)"))
    assert pays(100_000, *steps) == {"pooled-fund": 0, "above": 80_000}


def test_a_cap_on_eligible_spending() -> None:
    # Wuhan: 240,000 of eligible spending, 239,000 used: 1,000 × 80 %; 500 are beyond × 50 %
    steps = (
        segment(limit="less(table(cap), history.eligible_fen)", counts="base"),
        segment("above", "large_expense_fund", base="beyond(pooled-fund)", pays="share(base, 50%)"),
    )
    known = (parameter("cap", "yuan", "240000"),)
    found = pays(150_000, *steps, parameters=known, history__eligible_fen=23_900_000)
    assert found == {"pooled-fund": 80_000, "above": 25_000}


def test_the_word_base_is_the_base_cut_to_the_limit() -> None:
    steps = (segment(limit="table(cap)", counts="base", pays="base"),)
    assert pays(150_000, *steps, parameters=(parameter("cap", "yuan", "1000"),)) == {"pooled-fund": 100_000}


@pytest.mark.parametrize(("months", "expected"), [(5, 10_000), (12, 50_000), (72, 80_000)])
def test_a_cap_that_hangs_on_the_months_of_contribution(months: int, expected: int) -> None:
    table = parameter("cap", "yuan", "", "[history.continuous_months]", '{"0..11": 100, "12..71": 500, "72..": 1000}')
    found = pays(100_000, segment(limit="table(cap)"), parameters=(table,), history__continuous_months=months)
    assert found == {"pooled-fund": expected}


def test_payers_on_top_of_each_other() -> None:
    # 100,000 − 1,000 = 99,000 × 80 % = 79,200; 19,800 left and the deductible of 1,000 are 20,800
    # 20,800 − 10,000 = 10,800 × 60 % = 6,480; 20,800 − 6,480 = 14,320 × 70 % = 10,024
    d, start = parameter("d", "yuan", "1000"), parameter("start", "yuan", "10000")
    steps = (
        ELIGIBLE,
        ("deductible", "min(eligible, table(d))"),
        segment(base="less(eligible, deductible)"),
        segment(
            "critical",
            "critical_illness_insurance",
            base="less(left(pooled-fund) + deductible, table(start))",
            pays="share(base, 60%)",
        ),
        segment(
            "assistance",
            "medical_assistance",
            base="less(left(pooled-fund) + deductible, paid(critical))",
            pays="share(base, 70%)",
        ),
    )
    assert pays(10_000_000, *steps, parameters=(d, start)) == {
        "pooled-fund": 7_920_000,
        "critical": 648_000,
        "assistance": 1_002_400,
    }


def test_a_supplement_for_retired_persons_alone() -> None:
    steps = (
        segment(),
        segment(
            "retired",
            "supplementary_fund",
            base="left(pooled-fund)",
            pays="share(base, 50%)",
            when="insured.person_type == retired",
        ),
    )
    assert pays(100_000, *steps) == {"pooled-fund": 80_000, "retired": 0}
    assert pays(100_000, *steps, insured__person_type="retired") == {"pooled-fund": 80_000, "retired": 10_000}


def test_a_first_payment_that_nobody_gives_back() -> None:
    # 20 % of 1,000.00 first: 200.00; (1,000.00 − 200.00) × 85 % = 680.00; the person keeps 320.00
    steps = (segment("first", "person", pays="share(base, 20%)"), segment(base="left(first)", pays="share(base, 85%)"))
    settlement = settle(place(plan(*steps)), of_drugs(100_000))
    assert paid(settlement) == {"first": 20_000, "pooled-fund": 68_000}
    assert settlement["amounts"]["personal_fen"] == 32_000


@pytest.mark.parametrize(
    ("rate", "expected"),
    [("less(table(r), table(points))", 75_000), ("table(r) * table(factor)", 68_000), ("table(away)", 60_000)],
)
def test_care_elsewhere_as_points_off_a_factor_or_a_table(rate: str, expected: int) -> None:
    # 85 % − 10 points; 85 % × 80 %; a table of its own
    known = (
        parameter("r", "rate", "85%"),
        parameter("points", "rate", "10%"),
        parameter("factor", "rate", "80%"),
        parameter("away", "rate", "60%"),
    )
    steps = (
        (
            "rate",
            f"if prefix(insured.insured_area, 4) == prefix(encounter.treatment_area, 4) then table(r) else {rate}",
        ),
        segment(pays="share(base, rate)"),
    )
    found = pays(
        100_000, *steps, parameters=known, encounter__treatment_area="110100", encounter__settlement_path="manual"
    )
    assert found == {"pooled-fund": expected}
    assert pays(100_000, *steps, parameters=known) == {"pooled-fund": 85_000}


def test_a_floor_of_reimbursement() -> None:
    # 60 % of 10,000.00 is 6,000.00, above the 1,800.00 that the ordinary way pays
    steps = (
        ELIGIBLE,
        ("ordinary", "share(less(eligible, table(d)), 20%)"),
        segment(pays="max(ordinary, share(base, table(floor)))"),
    )
    known = (parameter("d", "yuan", "1000"), parameter("floor", "rate", "60%"))
    assert pays(1_000_000, *steps, parameters=known) == {"pooled-fund": 600_000}


@pytest.mark.parametrize(("status", "expected"), [("normal", 80_000), ("waiting", 40_000), ("suspended", 0)])
def test_a_waiting_period_pays_a_share_or_nothing(status: str, expected: int) -> None:
    part = "if insured.enrolment_status == waiting then 50% else 100%"
    steps = (
        ("entitled", part),
        segment(pays="share(share(base, 80%), entitled)", when="insured.enrolment_status != suspended"),
    )
    assert pays(100_000, *steps, insured__enrolment_status=status) == {"pooled-fund": expected}


@pytest.mark.parametrize(
    ("third", "expected"),
    [
        # 70 % is the third person's: 700.00; the fund pays 80 % of 300.00
        (
            {"identified": True, "liability_bp": 7_000, "paid": True},
            {"liable": 70_000, "advance": 0, "pooled-fund": 24_000},
        ),
        # that person does not pay, or can't be found: the fund advances the 700.00
        (
            {"identified": True, "liability_bp": 7_000, "paid": False},
            {"liable": 0, "advance": 70_000, "pooled-fund": 24_000},
        ),
        (
            {"identified": False, "liability_bp": 7_000, "paid": False},
            {"liable": 0, "advance": 70_000, "pooled-fund": 24_000},
        ),
        (None, {"liable": 0, "advance": 0, "pooled-fund": 80_000}),
    ],
)
def test_a_third_person_who_is_liable(third: dict[str, Any] | None, expected: dict[str, int]) -> None:
    steps = (
        ELIGIBLE,
        ("theirs", "if third_party is none then 0 else share(eligible, third_party.liability_bp)"),
        segment(
            "liable", "third_party", base="theirs", pays="base", when="third_party is not none and third_party.paid"
        ),
        segment(
            "advance",
            "pooled_fund",
            base="left(liable)",
            pays="base",
            when="third_party is not none and not third_party.paid",
        ),
        segment(base="less(eligible, theirs)"),
    )
    assert pays(100_000, *steps, third_party=third) == expected


def test_a_part_that_the_hospital_bears() -> None:
    # fen over the package price of 900.00 is the hospital's
    steps = (
        ELIGIBLE,
        segment("over", "hospital", base="less(eligible, table(price))", pays="base"),
        segment(base="less(eligible, paid(over))"),
    )
    policy = place(plan(*steps), parameter("price", "yuan", "900"))
    amounts = settle(policy, of_drugs(100_000))["amounts"]
    assert (amounts["hospital_fen"], amounts["fund_total_fen"], amounts["personal_fen"]) == (10_000, 72_000, 18_000)


def test_lines_are_chosen_by_a_condition() -> None:
    steps = (("devices", 'sum(lines, in_scope where line.item_code == "dear")'), segment(base="devices"))
    claim = of_drugs(10_000, 20_000)
    claim["lines"][1]["item_code"] = "dear"
    assert paid(settle(place(plan(*steps)), claim)) == {"pooled-fund": 16_000}


def test_a_number_divided_and_clamped() -> None:
    steps = (
        ("weeks", "days(encounter.admitted_on, encounter.discharged_on) // 7"),
        ("rate", "clamp(10% * weeks, 20%, 60%)"),
        segment(pays="share(base, rate)"),
    )
    assert pays(10_000, *steps) == {"pooled-fund": 2_000}
    assert pays(10_000, *steps, encounter__admitted_on="2024-01-01") == {"pooled-fund": 6_000}


def test_more_is_paid_than_was_billed() -> None:
    steps = (segment(pays="base"), segment("again", "other_fund", pays="base"))
    with pytest.raises(ProblemsFound, match=r"settlement-out-of-balance.*a-plan.*pooled-fund 100000, again 100000"):
        settle(place(plan(*steps)), of_drugs(100_000))


def test_a_payment_that_falls_has_no_beyond() -> None:
    falling = "if base > table(edge) then share(base, 10%) else base"
    steps = (segment(pays=falling, limit="table(cap)"), segment("above", "other_fund", base="beyond(pooled-fund)"))
    known = (parameter("edge", "yuan", "500"), parameter("cap", "yuan", "90"))
    with pytest.raises(ProblemsFound, match=r"pays-falls.*a-plan/pooled-fund"):
        settle(place(plan(*steps), *known), of_drugs(100_000))


def test_the_order_of_lines_is_irrelevant() -> None:
    policy = place(plan(segment(pays="bands(base, table(b))")), parameter("b", "bands", BANDS))
    one, other = decide(policy, of_drugs(4_000_001, 7)), decide(policy, of_drugs(7, 4_000_001))
    assert one["settlement"]["amounts"] == other["settlement"]["amounts"]
