"""The workload's rules and its plan written by hand: the parts of each line, and who pays what of the claim, to the fen
and half up, without a word of working."""

from __future__ import annotations

from typing import Any, TypedDict

from tests.bench.draw import ClaimRow
from tests.bench.fused import excluded_whole, rule_below_limits
from tests.bench.settlement_plan import account_of, history_of
from tests.bench.workload_rules import FIRST_PAYMENTS

_DEDUCTIBLE = {"employee": (30_000, 60_000, 90_000), "resident": (50_000, 80_000, 120_000)}
_RATES = {"employee": (85, 90, 95), "resident": (70, 75, 80)}
_CAP = {"employee": 6_000_000, "resident": 4_000_000}
_FIRST_TIER, _SECOND_TIER = 1_000_000, 3_000_000
_FIRST_PAYMENT = [0] * 31
for _rule in FIRST_PAYMENTS:
    _FIRST_PAYMENT[_rule.number] = _rule.rate or 0

Paid = tuple[int, ...]


class Person(TypedDict):
    """A drawn claim with the facts of the year and the account."""

    claim: ClaimRow
    met: int
    fund_paid: int
    balance: int
    use: bool


def person_of(row: ClaimRow) -> Person:
    history, account = history_of(row), account_of(row)
    return {
        "claim": row,
        "met": history["deductible_met_fen"],
        "fund_paid": history["fund_paid_fen"],
        "balance": account["balance_fen"],
        "use": account["use"],
    }


def settled_by_hand(person: Person) -> Paid:
    """Billed, full self-pay, over ceiling, first self-payment, in scope; deductible, pooled fund, large-expense
    subsidy, personal part, account and cash."""
    claim = person["claim"]
    billed, full, over, first = _lines(claim)
    in_scope = billed - full - over - first
    scheme, level = claim["scheme"], claim["level"] - 1
    deductible = min(in_scope, max(0, _DEDUCTIBLE[scheme][level] - person["met"]))
    base = in_scope - deductible
    limit = max(0, _CAP[scheme] - person["fund_paid"])
    factor = 8 if claim["out_of_province"] and not claim["filed"] else 10
    rates = _RATES[scheme]
    pays = _pays(base, rates, level, factor)
    fund, large = pays, 0
    if pays >= limit:
        fund = limit
        large = (2 * (base - _reached(base, limit, rates, level, factor)) * 8 + 10) // 20
    personal = billed - fund - large
    account = min(personal, person["balance"]) if person["use"] else 0
    return billed, full, over, first, in_scope, deductible, fund, large, personal, account, personal - account


def _lines(claim: ClaimRow) -> tuple[int, int, int, int]:
    excluded = excluded_whole(claim)
    billed = full = over = first = 0
    for line in claim["lines"]:
        amount, limit = line["amount"], line["limit"]
        billed += amount
        rule = excluded if 0 < excluded <= 5 else rule_below_limits(line, claim, excluded)
        if rule <= 17:
            full += amount
            continue
        if 0 < limit < amount:
            ceiling = limit * 110 // 100 if line["category"] == "drug" else limit
            if amount > ceiling:
                over += amount - ceiling
                amount = ceiling
        first += (2 * amount * _FIRST_PAYMENT[rule] + 100) // 200
    return billed, full, over, first


def _pays(base: int, rates: tuple[int, int, int], level: int, factor: int) -> int:
    """The bands, rounded on their sum, and the factor of filing."""
    less = 3 * level
    sum_of_bands = min(base, _FIRST_TIER) * (rates[0] - less)
    if base > _FIRST_TIER:
        sum_of_bands += (min(base, _SECOND_TIER) - _FIRST_TIER) * (rates[1] - less)
        if base > _SECOND_TIER:
            sum_of_bands += (base - _SECOND_TIER) * (rates[2] - less)
    paid = (2 * sum_of_bands + 100) // 200
    return paid if factor == 10 else (2 * paid * factor + 10) // 20


def _reached(base: int, limit: int, rates: tuple[int, int, int], level: int, factor: int) -> int:
    """The least base for which the limit is reached."""
    low, high = 0, base
    while low < high:
        middle = (low + high) // 2
        if _pays(middle, rates, level, factor) >= limit:
            high = middle
        else:
            low = middle + 1
    return low


def paid_in(amounts: Any) -> Paid:
    """The same of our own amounts."""
    return (
        amounts.billed_fen,
        amounts.full_self_pay_fen,
        amounts.over_ceiling_fen,
        amounts.first_self_pay_fen,
        amounts.in_scope_fen,
        amounts.deductible_fen,
        amounts.pooled_fund_fen,
        amounts.fund_total_fen - amounts.pooled_fund_fen,
        amounts.personal_fen,
        amounts.account_fen,
        amounts.cash_fen,
    )
