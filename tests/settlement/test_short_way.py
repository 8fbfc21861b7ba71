"""What goes the short way to the amounts of a settlement, and what has to go the long one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settlement.worked import ELIGIBLE, of_drugs, parameter, place, plan, read, segment
from yibao.basics.problems import ProblemsFound
from yibao.decision.decider import Decider
from yibao.model.policy import Policy
from yibao.settlement.result import Amounts, Unsettled
from yibao.settlement.settler import Settler

SHARE = plan(ELIGIBLE, segment())


def long_ways(policy: Policy, claim: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> tuple[object, int]:
    """The amounts of a claim, and how often the plan was worked out the long way for them."""
    count = 0
    settle = Settler.settle

    def counted(self: Settler, *given: Any) -> object:
        nonlocal count
        count += 1
        return settle(self, *given)

    monkeypatch.setattr(Settler, "settle", counted)
    found = Decider(policy).settle_amounts(read(claim, policy))
    monkeypatch.undo()
    return found, count


def test_a_plan_of_which_everything_is_known_goes_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    found, times = long_ways(place(SHARE), of_drugs(10_000, 5), monkeypatch)
    assert isinstance(found, Amounts)
    assert (found.billed_fen, found.pooled_fund_fen, found.cash_fen, times) == (10_005, 8_004, 2_001, 0)


def test_where_no_plan_applies_nobody_goes_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = of_drugs(10_000, insured__scheme="resident", insured__person_type="adult")
    assert long_ways(place(SHARE), claim, monkeypatch) == (None, 0)


def test_what_is_unknown_goes_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = place(plan(segment(limit="less(table(cap), history.fund_paid_fen)")))
    claim = of_drugs(10_000)
    claim["history"] = {}
    found, times = long_ways(policy, claim, monkeypatch)
    assert isinstance(found, Unsettled)
    assert ([one.fact for one in found.absent], times) == (["history.fund_paid_fen"], 1)


def test_an_unknown_that_nobody_reads_goes_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = place(plan(("met", "history.deductible_met_fen"), segment(base="less(0, met)")))
    claim = of_drugs(10_000)
    claim["history"] = {}
    found, times = long_ways(policy, claim, monkeypatch)
    assert isinstance(found, Amounts)
    assert (found.cash_fen, times) == (10_000, 0)


def test_a_base_beyond_a_limit_that_is_reached_goes_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    first = segment(limit="table(small)")
    second = segment("above", "supplementary_fund", base="beyond(pooled-fund)", pays="share(base, 50%)")
    policy = place(plan(first, second), parameter("small", "yuan", "80"))
    below, times = long_ways(policy, of_drugs(9_000), monkeypatch)
    assert isinstance(below, Amounts)
    assert (below.fund_total_fen, times) == (7_200, 0)
    reached, times = long_ways(policy, of_drugs(20_000), monkeypatch)
    assert isinstance(reached, Amounts)
    assert (reached.fund_total_fen, times) == (8_000 + 5_000, 1)


def test_a_stay_in_parts_goes_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = place(plan(segment(), year="starts: 01-01, by: encounter.discharged_on, split: true"))
    claim = of_drugs(10_000)
    for line in claim["lines"]:
        line["charged_on"] = claim["encounter"]["discharged_on"]
    found, times = long_ways(policy, claim, monkeypatch)
    assert isinstance(found, Amounts)
    assert (found.pooled_fund_fen, times) == (8_000, 1)


def test_values_too_deep_for_one_expression_go_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    less = (("v0", "sum(lines, in_scope)"), *((f"v{n}", f"less(less(v{n - 1}, table(fen)), 0)") for n in range(1, 61)))
    policy = place(plan(*less, segment(base="v60")), parameter("fen", "yuan", '"0.01"'))
    found, times = long_ways(policy, of_drugs(10_000), monkeypatch)
    assert isinstance(found, Amounts)
    assert (found.pooled_fund_fen, times) == (7_952, 1)


def test_two_plans_are_refused_the_short_way_too() -> None:
    policy = place(plan(segment(), name="one"), plan(segment(), name="two"))
    with pytest.raises(ProblemsFound, match="two-plans-apply"):
        Decider(policy).settle_amounts(read(of_drugs(1_000), policy))
