"""The split of a line alone is the split that its decision gives."""

from __future__ import annotations

import pytest

from tests.support.bundled import document, policy
from tests.support.random_claims import ClaimDraw
from yibao.api import read_claim
from yibao.coverage.decision import Decider
from yibao.model.claim import Claim


def check(judge: Decider, claim: Claim) -> bool:
    """Whether all parts are known, and then they are those of the decision."""
    parts = judge.parts(claim)
    decided = [line.amounts for line in judge.cover(claim).lines]
    said = [(one.billed, one.full_self_pay, one.over_ceiling, one.first_self_pay, one.in_scope) for one in decided]
    if parts is None:
        assert "undetermined" in {line.outcome for line in judge.cover(claim).lines} or any(None in one for one in said)
        return False
    assert parts == said
    return True


@pytest.mark.parametrize("seed", range(4))
def test_drawn_claims_are_split_alike(seed: int) -> None:
    judge, draw = Decider(policy()), ClaimDraw(policy(), 900 + seed)
    known = [check(judge, draw.claim(unknown=(0.0, 0.02)[number % 2], lines=3)) for number in range(20)]
    assert any(known)


@pytest.mark.parametrize("engine", [None, "reference"])
def test_ceilings_shares_and_first_payments_are_split_alike(engine: str | None) -> None:
    judge = Decider(policy(), engine)
    changes = (
        {},
        {"line__ceiling_fen": 10_000},
        {"line__catalogue_class": "B", "line__first_payment_bp": 1_000},
        {"line__catalogue_class": "B", "line__first_payment_bp": ...},
        {"line__purpose": "cosmetic"},
        {"line__amount_fen": ...},
    )
    for changed in changes:
        check(judge, read_claim(document(**changed), policy()))


def test_a_claim_without_amounts_has_no_parts() -> None:
    claim = read_claim(document("hospital-stay-2023", line__amount_fen=...), policy())
    assert Decider(policy()).parts(claim) is None
