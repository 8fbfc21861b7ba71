"""Whose account falls short of a visit's bill may pay now or wait: what both come to, and when."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.accounts.small_place import CREDIT, PLAN, WITH_DEDUCTIBLE, place, visit
from yibao.api import payment_choice, read_claim
from yibao.basics.problems import ProblemsFound

ON = datetime.date(2024, 2, 20)


def choice(claim: Any, on: datetime.date | None = None, **policy: str) -> dict[str, Any]:
    law = place(**policy)
    return payment_choice(read_claim(claim, law), law, on).document()


def ways(document: dict[str, Any]) -> list[tuple[str, str, int, int, int]]:
    """Each option: which, from when, what the account holds then and pays, and what is left in cash."""
    names = ("option", "on", "balance_fen", "account_fen", "cash_fen")
    return [tuple(option[name] for name in names) for option in document["options"]]


def test_with_an_empty_account_one_pays_in_cash_or_waits_for_the_next_credits() -> None:
    # 400.00, of which the fund pays half. 2 % of 8,000.00 is 160.00 a month: 200.00 are there after two months.
    found = choice(visit(40_000, balance=0))
    assert ways(found) == [
        ("pay_now", "2024-02-20", 0, 0, 20_000),
        ("wait", "2024-03-01", 16_000, 16_000, 4_000),
        ("wait", "2024-04-01", 32_000, 20_000, 0),
    ]
    assert found["options"][1]["credit"]["amount_fen"] == 16_000
    assert found["options"][1]["credit"]["month"] == "2024-03"
    assert "8,000.00 × 2% = 160.00" in found["options"][1]["credit"]["values"][0]["working"]["en"]
    assert found["cites"]
    assert found["missing"] == []


def test_what_the_account_still_holds_is_paid_at_once() -> None:
    assert ways(choice(visit(40_000, balance=5_000))) == [
        ("pay_now", "2024-02-20", 5_000, 5_000, 15_000),
        ("wait", "2024-03-01", 21_000, 20_000, 0),
    ]


@pytest.mark.parametrize(("on", "next_credit"), [("2024-02-29", "2024-03-01"), ("2024-12-31", "2025-01-01")])
def test_the_next_credit_is_that_of_the_month_after(on: str, next_credit: str) -> None:
    found = ways(choice(visit(), on=datetime.date.fromisoformat(on)))
    assert [way[1] for way in found[:2]] == [on, next_credit]


def test_waiting_is_no_option_where_the_account_may_pay_no_more_all_the_same() -> None:
    found = choice(visit(40_000, balance=0), may_pay="sum(lines, full_self_pay)")
    assert ways(found) == [("pay_now", "2024-02-20", 0, 0, 20_000)]
    assert found["because"]["en"] == "waiting takes nothing off the cash"


def test_waiting_is_no_option_where_nothing_will_be_credited() -> None:
    found = choice(visit(40_000, balance=0, base=None))
    assert ways(found) == [("pay_now", "2024-02-20", 0, 0, 20_000)]


def test_waiting_ends_after_a_year() -> None:
    assert len(ways(choice(visit(10_000_000, balance=0)))) == 13


@pytest.mark.parametrize(
    ("claim", "policy", "because"),
    [
        (visit(40_000, balance=90_000), {}, "no visit whose bill"),
        (visit(encounter__kind="inpatient"), {}, "no visit whose bill"),
        (visit(account__use=False), {}, "no visit whose bill"),
        (visit(40_000, balance=30_000), {}, "the account pays all"),
        (visit(), {"plan": ""}, "no plan applies"),
    ],
    ids=["enough for the bill", "a stay", "the account is not used", "enough for the person's part", "no plan"],
)
def test_it_says_why_there_is_nothing_to_choose(claim: Any, policy: dict[str, str], because: str) -> None:
    found = choice(claim, **policy)
    assert found["options"] == []
    assert because in found["because"]["en"]


@pytest.mark.parametrize(
    ("claim", "missing"),
    [
        (visit(account__balance_fen=...), ["account.balance_fen"]),
        (visit(insured__contribution_base_fen=...), ["insured.contribution_base_fen"]),
        (visit(line__category=...), ["line.category"]),
    ],
    ids=["the balance", "what is credited", "what the line is"],
)
def test_it_asks_for_what_it_needs(claim: Any, missing: list[str]) -> None:
    found = choice(claim)
    assert (found["options"], found["missing"]) == ([], missing)


def test_without_a_day_of_settlement_the_day_is_asked_for() -> None:
    claim = visit(encounter__settled_on=...)
    by_charge = PLAN.replace("encounter.settled_on", "account.credited_month")
    claim["account"]["credited_month"] = "2024-02-01"
    assert choice(claim, plan=by_charge)["missing"] == ["encounter.settled_on"]
    assert ways(choice(claim, plan=by_charge, on=ON))[0][1] == "2024-02-20"


@pytest.mark.parametrize("unsettled", [..., None], ids=["not told", "not settled yet"])
def test_a_visit_that_is_not_settled_is_taken_to_be_settled_on_the_day_of_the_choice(unsettled: Any) -> None:
    later = datetime.date(2024, 2, 27)
    found = choice(visit(40_000, balance=5_000, encounter__settled_on=unsettled), on=later)
    assert ways(found) == [
        ("pay_now", "2024-02-27", 5_000, 5_000, 15_000),
        ("wait", "2024-03-01", 21_000, 20_000, 0),
    ]
    assert ways(choice(visit(40_000, balance=5_000, encounter__settled_on="2024-02-27"))) == ways(found)


def test_the_days_of_the_choice_and_of_the_visit_are_in_order() -> None:
    settled, not_settled = visit(), visit(encounter__settled_on=...)
    for claim, day, pointer in (
        (settled, "2024-02-19", None),
        # Nothing can be settled before the last of it was charged.
        (not_settled, "2024-02-19", "/lines/0/charged_on"),
    ):
        with pytest.raises(ProblemsFound) as raised:
            choice(claim, on=datetime.date.fromisoformat(day))
        (found,) = raised.value.problems
        assert (found.code, found.place.pointer) == ("dates-out-of-order", pointer)
        assert "2024-02-20" in found.message


def test_the_law_of_each_month_works_its_credit_out() -> None:
    until_april = CREDIT.replace("from: 2023-01-01", "from: 2023-01-01, to: 2024-04-01")
    found = ways(choice(visit(40_000, balance=0), credit=until_april))
    assert [way[1] for way in found] == ["2024-02-20", "2024-03-01"]


def test_what_is_credited_while_one_waits_counts_as_credited_this_year() -> None:
    this_year_first = PLAN.replace(
        "pays: share(base, 50%)", "pays: share(less(base, account.current_year_balance_fen), 50%)"
    )
    claim = visit(40_000, balance=10_000, account__current_year_balance_fen=10_000)
    # (400.00 - 100.00) / 2 = 150.00 from the fund now; with 160.00 more of this year (400.00 - 260.00) / 2 = 70.00.
    assert ways(choice(claim, plan=this_year_first)) == [
        ("pay_now", "2024-02-20", 10_000, 10_000, 15_000),
        ("wait", "2024-03-01", 26_000, 26_000, 7_000),
        ("wait", "2024-04-01", 42_000, 40_000, 0),
    ]


def test_each_way_says_what_the_fund_pays() -> None:
    # 400.00, of which the fund pays half, whenever the person pays
    assert [way["fund_total_fen"] for way in choice(visit(40_000))["options"]] == [20_000, 20_000, 20_000]


def across(day: str, by: str = "encounter.settled_on", **changes: Any) -> Any:
    """The ways to pay for a visit settled late in 2024, whose deductible of the year is met."""
    plan = WITH_DEDUCTIBLE.replace("by: encounter.settled_on}\ncites", f"by: {by}}}\ncites")
    made = {"encounter__settled_on": day, "history__outpatient_deductible_met_fen": 10_000, **changes}
    return choice(visit(40_000, balance=0, **made), plan=plan)["options"]


def test_waiting_into_the_next_benefit_year_says_so_and_shows_what_both_years_come_to() -> None:
    now, waiting, *_later = across("2024-12-20")
    assert (now["on"], now["fund_total_fen"], now["cash_fen"], now["in_next_benefit_year"]) == (
        "2024-12-20", 20_000, 20_000, None,
    )  # fmt: skip
    # Settled now and paid in January: 400.00 x 50 % from the fund, 160.00 from the account.
    assert (waiting["on"], waiting["fund_total_fen"], waiting["account_fen"], waiting["cash_fen"]) == (
        "2025-01-01", 20_000, 16_000, 4_000,
    )  # fmt: skip
    # Settled only then: (400.00 - 100.00) x 50 % = 150.00 from the fund, 250.00 on the person.
    anew = waiting["in_next_benefit_year"]
    assert (anew["benefit_year"], anew["fund_total_fen"], anew["account_fen"], anew["cash_fen"]) == (
        2025, 15_000, 16_000, 9_000,
    )  # fmt: skip
    assert (anew["missing"], anew["title"]["zh"]) == ([], "跨待遇年度：届时才结算的，起付线和限额重新累计")


def test_waiting_within_the_benefit_year_begins_nothing_anew() -> None:
    assert [way["in_next_benefit_year"] for way in across("2024-10-20")] == [None, None, None]


def test_waiting_begins_nothing_anew_where_each_charge_stays_in_its_own_year() -> None:
    assert {way["in_next_benefit_year"] for way in across("2024-12-20", by="encounter.settled_on, split: true")} == {
        None
    }


def test_what_the_next_benefit_year_pays_is_not_guessed_where_its_law_is_not_known() -> None:
    plan = WITH_DEDUCTIBLE.replace("from: 2023-01-01}", "from: 2023-01-01, to: 2025-01-01}")
    claim = visit(40_000, balance=0, encounter__settled_on="2024-12-20", history__outpatient_deductible_met_fen=10_000)
    anew = choice(claim, plan=plan)["options"][1]["in_next_benefit_year"]
    assert (anew["fund_total_fen"], anew["cash_fen"], anew["missing"]) == (None, None, [])
    assert anew["because"]["en"] == "no plan applies then"


def test_what_was_credited_in_the_year_before_is_no_longer_of_this_year() -> None:
    # 当年计入资金: in January only the 160.00 of January are of the year
    this_year_first = WITH_DEDUCTIBLE.replace(
        "pays: share(base, 50%)", "pays: share(less(base, account.current_year_balance_fen), 50%)"
    )
    claim = visit(
        40_000,
        balance=10_000,
        encounter__settled_on="2024-12-20",
        history__outpatient_deductible_met_fen=10_000,
        account__current_year_balance_fen=10_000,
    )
    waiting = choice(claim, plan=this_year_first)["options"][1]
    # (400.00 - 100.00 - 160.00) x 50 %
    assert waiting["in_next_benefit_year"]["fund_total_fen"] == 7_000
