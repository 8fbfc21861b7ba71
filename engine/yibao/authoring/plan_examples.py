"""What an example beside a plan expects, held against the decision of its claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yibao.decision.decider import Decider
from yibao.model.claim import Claim
from yibao.model.plan import Applies, Plan, PlanExample


def plan_differences(decider: Decider, plan: Plan, example: PlanExample, claim: Claim) -> Iterator[str]:
    """Each expectation that is not met. Raises ProblemsFound where the policy is wrong about the claim."""
    found = applies(decider, plan, claim)
    if found is not example.applies:
        yield f"applies: expected {example.applies.value}, found {found.value}"
    decision = decider.decide(claim)
    outcomes = {line["outcome"] for line in decision["lines"]}
    if example.outcome is not None and not _comes_out(example.outcome, outcomes):
        yield f"outcome: expected {example.outcome}, found {', '.join(sorted(outcomes))}"
    missing = sorted(one["fact"] for one in decision["missing"])
    if example.missing is not None and sorted(example.missing) != missing:
        yield f"missing: expected {', '.join(sorted(example.missing))}, found {', '.join(missing) or 'none'}"
    yield from _amounts(decision, example, missing)


def applies(decider: Decider, plan: Plan, claim: Claim) -> Applies:
    """Whether the plan is the one that speaks for the claim."""
    chosen = decider.plan_for(claim)
    if chosen is None:
        return Applies.NO
    if not isinstance(chosen, Plan):
        return Applies.UNKNOWN
    return Applies.YES if chosen == plan else Applies.NO


def _comes_out(expected: str, outcomes: set[str]) -> bool:
    """Whether all lines come out so; `not excluded` asks that no line be excluded."""
    return "excluded" not in outcomes if expected == "not excluded" else outcomes == {expected}


def _amounts(decision: Mapping[str, Any], example: PlanExample, missing: list[str]) -> Iterator[str]:
    expected = {**example.amounts, **example.pays}
    settlement = decision["settlement"]
    if settlement is None:
        if expected:
            yield f"settlement: there is none; missing: {', '.join(missing) or 'nothing'}"
        return
    found: dict[str, int] = dict(settlement["amounts"])
    for part in settlement["segments"]:
        found[part["segment"]] = found.get(part["segment"], 0) + part["pays_fen"]
    for name, amount in expected.items():
        if found.get(name) != amount:
            yield f"{name}: expected {amount}, found {found.get(name)}"
