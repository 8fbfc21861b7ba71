"""The short way to the amounts of a settlement, held against the long one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import asdict

from yibao.decision.decider import Decider
from yibao.model.claim import Claim
from yibao.settlement.generating import Elsewhere
from yibao.settlement.inputs import Splits
from yibao.settlement.result import Amounts, Settled
from yibao.settlement.settler import Settler


def takes_the_short_way(settler: Settler, claim: Claim, splits: Splits, found: object) -> bool:
    """Whether the short way gives the amounts of this claim, which must then be those that the long way `found`."""
    columns = (splits.billed, splits.full_self_pay, splits.over_ceiling, splits.first_self_pay, splits.in_scope)
    rows = [*zip(*columns, strict=True)]
    if any(None in row for row in rows):
        return False
    try:
        amounts = settler.amounts(claim, rows)
    except Elsewhere:
        return False
    assert (found.amounts if isinstance(found, Settled) else found) == amounts
    return True


def same_amounts(decider: Decider, claim: Claim, decision: Mapping[str, Any]) -> None:
    """What the decision says of the claim's money is what `settle_amounts` says."""
    amounts, settlement = decider.settle_amounts(claim), decision["settlement"]
    if isinstance(amounts, Amounts):
        assert settlement is not None
        assert asdict(amounts) == settlement["amounts"]
    else:
        assert settlement is None
        assert (amounts is None) or {one.fact for one in amounts.absent} <= {one["fact"] for one in decision["missing"]}
