"""The money of 5,000 drawn claims for each shipped plan, and of random plans: identities, bounds, a second evaluator
that agrees to the fen, and what may not matter. `make differential` goes on to 200,000 a plan."""

from __future__ import annotations

import pytest

from tests.differential import money
from tests.differential.tally import Difference, Tally
from yibao.settlement import paying

CLAIMS, PLANS, PLANS_AT_ONCE = 5_000, 300, 100
NAMES = [worlds[0].name for worlds in money.shipped_worlds()]


@pytest.mark.parametrize("place", range(len(NAMES)), ids=NAMES)
def test_the_money_of_a_shipped_plan_holds(place: int) -> None:
    worlds, tally = money.shipped_worlds()[place], Tally()
    for seed in range(CLAIMS):
        worlds[seed % 2].check(seed, tally, thorough=seed % 10 < 2)
    assert tally.counts["settled"] > CLAIMS / 5
    assert tally.counts["settled, something paid"] > CLAIMS / 40
    assert tally.counts["unknown"] > 0
    # A stay that is settled in parts takes the long way, by design.
    split = worlds[0].plan.benefit_year.split
    assert tally.counts["the short way"] > (0 if split else CLAIMS / 4)
    assert tally.counts["monotone within a stretch"] > CLAIMS / 100
    assert tally.counts["reversed"] > CLAIMS / 250


@pytest.mark.parametrize("first", range(0, PLANS, PLANS_AT_ONCE))
def test_two_evaluators_agree_on_random_plans(first: int) -> None:
    tally = Tally()
    for seed in range(first, first + PLANS_AT_ONCE):
        money.check_invented(seed, tally, _thorough=True)
    assert tally.counts["plans that split a stay"] > 0
    assert tally.counts["settled, something paid"] > PLANS_AT_ONCE / 4
    assert tally.counts["settled in parts"] > PLANS_AT_ONCE / 10
    assert tally.counts["unknown"] > 0


def test_one_fen_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """An evaluator that pays one fen too much differs at once, and the claim is named."""
    paid = paying.whole
    monkeypatch.setattr(paying, "whole", lambda value: paid(value) + (paid(value) > 1_000_000))
    with pytest.raises(Difference, match=r"claim \d+"):
        _all_of_a_few()


def _all_of_a_few() -> None:
    for seed in range(100):
        money.check_shipped(seed, Tally(), thorough=False)
