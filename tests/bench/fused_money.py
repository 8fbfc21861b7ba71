"""The hand-written rules with the workload's money: fen in scope of each line, and who pays what of the claim.

The published figures of hand-written code include it, so it is timed as well; its totals are known. It rounds down,
where a policy rounds half up.
"""

from __future__ import annotations

from tests.bench.draw import ClaimRow
from tests.bench.fused import Answer, excluded_whole, rule_below_limits, status_of
from tests.bench.workload_rules import FIRST_PAYMENTS

_DEDUCTIBLE = {"employee": (30_000, 60_000, 90_000), "resident": (50_000, 80_000, 120_000)}
_RATES = {"employee": (8_500, 9_000, 9_500), "resident": (7_000, 7_500, 8_000)}
_CAP = {"employee": 6_000_000, "resident": 4_000_000}
_LESS_BY_LEVEL = (0, 300, 600)
_FIRST_TIER, _SECOND_TIER = 1_000_000, 3_000_000
_WHOLE, _UNFILED = 10_000, 8_000
_FIRST_PAYMENT = [0] * 31
for _rule in FIRST_PAYMENTS:
    _FIRST_PAYMENT[_rule.number] = (_rule.rate or 0) * 100
_STATUS = [status_of(number) for number in range(31)]


def fused_with_money(claim: ClaimRow) -> tuple[list[tuple[int, int, int]], int, int]:
    """Status, rule and fen in scope of each line; what the fund pays and what the person pays."""
    excluded = excluded_whole(claim)
    found, total, in_scope = [], 0, 0
    for line in claim["lines"]:
        amount, limit = line["amount"], line["limit"]
        total += amount
        rule = excluded if 0 < excluded <= 5 else rule_below_limits(line, claim, excluded)
        if rule <= 17:
            found.append((0, rule, 0))
            continue
        first = _FIRST_PAYMENT[rule]
        if 0 < limit < amount:
            drug = line["category"] == "drug"
            amount = min(amount, limit * 11 // 10) if drug else limit
            rule = 30 if drug else 29
        amount -= amount * first // _WHOLE
        in_scope += amount
        found.append((_STATUS[rule], rule, amount))
    fund = _fund(claim, in_scope)
    return found, fund, total - fund


def _fund(claim: ClaimRow, in_scope: int) -> int:
    scheme, level = claim["scheme"], claim["level"] - 1
    base = in_scope - _DEDUCTIBLE[scheme][level]
    if base <= 0:
        return 0
    first, second, third = _RATES[scheme]
    less = _LESS_BY_LEVEL[level]
    pays = min(base, _FIRST_TIER) * (first - less) // _WHOLE
    if base > _FIRST_TIER:
        pays += (min(base, _SECOND_TIER) - _FIRST_TIER) * (second - less) // _WHOLE
        if base > _SECOND_TIER:
            pays += (base - _SECOND_TIER) * (third - less) // _WHOLE
    if claim["out_of_province"] and not claim["filed"]:
        pays = pays * _UNFILED // _WHOLE
    return min(pays, _CAP[scheme])


def answers_with_money(found: tuple[list[tuple[int, int, int]], int, int]) -> list[Answer]:
    """The answers alone."""
    return [(status, rule) for status, rule, _in_scope in found[0]]
