"""Who pays the personal part: purses in the plan's order, no account ever below zero, cash last."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settlement.worked import decide, of_drugs, place, plan, segment, settle

OWN = "purses: [{purse: account, when: account.use, may_pay: personal}, {purse: cash}]\n"
FAMILY = "purses: [{purse: account, when: account.use}, {purse: family_account}, {purse: cash}]\n"
SELF_PAY = "purses: [{purse: account, may_pay: 'sum(lines, full_self_pay)'}, {purse: cash}]\n"


def split(purses: str, account: Any, fen: int = 100_000) -> tuple[int, int, int, int | None]:
    """Account, family account, cash and the balance after, of 200.00 that the fund leaves of 1,000.00."""
    amounts = settle(place(plan(segment(), more=purses)), of_drugs(fen, account=account))["amounts"]
    names = ("account_fen", "family_account_fen", "cash_fen", "account_balance_after_fen")
    return tuple(amounts[name] for name in names)


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ({"balance_fen": 80_000, "use": True}, (20_000, 0, 0, 60_000)),
        ({"balance_fen": 15_000, "use": True}, (15_000, 0, 5_000, 0)),
        ({"balance_fen": 80_000, "use": False}, (0, 0, 20_000, 80_000)),
        ({"use": False}, (0, 0, 20_000, None)),
        ({"balance_fen": 0, "use": True}, (0, 0, 20_000, 0)),
        (None, (0, 0, 20_000, None)),
    ],
)
def test_the_account_pays_at_most_what_it_holds(account: Any, expected: tuple[int, int, int, int | None]) -> None:
    assert split(OWN, account) == expected


def test_the_family_comes_after_the_own_account() -> None:
    account = {"balance_fen": 15_000, "use": True, "family_balance_fen": 3_000}
    assert split(FAMILY, account) == (15_000, 3_000, 2_000, 0)
    assert split(FAMILY, {**account, "family_balance_fen": None}) == (15_000, 0, 5_000, 0)


def test_an_account_may_pay_for_some_parts_only() -> None:
    assert split(SELF_PAY, {"balance_fen": 80_000, "use": True}) == (0, 0, 20_000, 80_000)
    claim = of_drugs(100_000, 7_000, account={"balance_fen": 80_000, "use": True})
    claim["lines"][1] |= {"category": "consumable"}
    amounts = settle(place(plan(segment(), more=SELF_PAY)), claim)["amounts"]
    assert (amounts["account_fen"], amounts["cash_fen"]) == (7_000, 20_000)


def test_an_unknown_balance_is_asked_for_only_where_the_account_is_used() -> None:
    policy = place(plan(segment(), more=OWN))
    decision = decide(policy, of_drugs(100_000, account={"use": True}))
    assert [(one["fact"], one["asked_by"]) for one in decision["missing"]] == [
        ("account.balance_fen", ["a-plan/account"])
    ]
    decision = decide(policy, of_drugs(100_000, account={}))
    assert {one["fact"] for one in decision["missing"]} == {"account.balance_fen", "account.use"}


def test_where_nothing_is_left_no_purse_is_asked() -> None:
    policy = place(plan(segment(pays="base"), more=OWN))
    assert settle(policy, of_drugs(100_000, account={}))["amounts"]["cash_fen"] == 0


def test_purses_are_shown_in_their_order_with_cash_last() -> None:
    settlement = settle(
        place(plan(segment(), more=FAMILY)),
        of_drugs(100_000, account={"balance_fen": 5_000, "use": True, "family_balance_fen": 1_000}),
    )
    assert [(one["purse"], one["pays_fen"]) for one in settlement["purses"]] == [
        ("account", 5_000),
        ("family_account", 1_000),
        ("cash", 14_000),
    ]
