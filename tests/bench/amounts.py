"""The money of the workload, for the judge alone: in scope by line, and what the fund and the person pay by claim.

The published figures of hand-written code include it, so it is timed with it, and its totals are known. It rounds
down, where a policy rounds half up.
"""

from __future__ import annotations

from tests.bench.draw import ClaimRow
from tests.bench.fused import LIMITED, PARTIAL, Answer, fused
from tests.bench.workload_rules import FIRST_PAYMENTS

_DEDUCTIBLE = {"employee": (30_000, 60_000, 90_000), "resident": (50_000, 80_000, 120_000)}
_RATES = {"employee": (8_500, 9_000, 9_500), "resident": (7_000, 7_500, 8_000)}
_CAP = {"employee": 6_000_000, "resident": 4_000_000}
_LESS_BY_LEVEL = (0, 300, 600)
_FIRST_TIER, _SECOND_TIER = 1_000_000, 3_000_000
_WHOLE, _UNFILED = 10_000, 8_000
_FIRST_PAYMENT = {rule.number: (rule.rate or 0) * 100 for rule in FIRST_PAYMENTS}


def fused_with_amounts(claim: ClaimRow) -> tuple[list[Answer], list[int], int, int]:
    """The answer and the fen in scope of each line; the fund's part and the person's."""
    answers = fused(claim)
    in_scope: list[int] = []
    total = 0
    for line, (status, rule) in zip(claim["lines"], answers, strict=True):
        amount = line["amount"]
        total += amount
        if not status:
            in_scope.append(0)
            continue
        if status == LIMITED:
            rule = _first_payment_below_the_limit(claim, line["catalogue_class"], line)
            allowed = line["limit"] * 11 // 10 if line["category"] == "drug" else line["limit"]
            amount = min(amount, allowed)
        in_scope.append(amount - amount * _FIRST_PAYMENT[rule] // _WHOLE)
    fund = _fund(claim, sum(in_scope))
    return answers, in_scope, fund, total - fund
