"""Forged settlements: money moved between those who pay, another plan, parameters and steps that are not the law's.

Each is a change that keeps the document plausible, sums included where it can, or what truly follows from altered plans
and parameters, dressed up as a decision under the true ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from attrs import evolve

from tests.audit.forging import Document, Forgery, Lie, lies, signed
from yibao.basics.problems import ProblemsFound
from yibao.decision.decider import Decider
from yibao.model.claim import Claim
from yibao.model.expressions import Always
from yibao.model.parameters import Band, Parameter, ParameterValue
from yibao.model.plan import Counts, Plan, Segment, Ties
from yibao.model.policy import Policy

PAYERS = ("pooled_fund", "supplementary_fund", "hospital", "third_party", "person")
PLACES = ("/settlement", "/missing", "/outcome", "/illustrative")


def settlement_lies(decision: Document, others: list[Document]) -> list[Lie]:
    """Every change of what a settlement says, and of what its absence says. `others` are decisions of other claims."""
    told = [lie for lie in lies(decision) if lie.where.startswith(PLACES)]
    settled = decision["settlement"]
    pasted = [other["settlement"] for other in others if other["settlement"] not in (None, settled)]
    told += [Lie("the settlement of another claim", "/settlement", _putting(settlement=each)) for each in pasted]
    if settled is None:
        told += _of_open(decision)
    else:
        told += [*_of_amounts(settled), *_of_segments(settled), *_of_the_rest(settled)]
        told += [Lie("another plan", "/settlement/plan", _naming(each["plan"])) for each in pasted]
        told.append(Lie("no settlement", "/settlement", _putting(settlement=None)))
        open_claim = _putting(settlement=None, outcome="undetermined")
        told.append(Lie("no settlement of an open claim", "/settlement", open_claim))
    return told


def _of_open(decision: Document) -> Iterator[Lie]:
    """A settlement that can't be made, with some or all of what is missing left unsaid."""
    for at, one in enumerate(decision["missing"]):
        kind = "a missing parameter unsaid" if one["fact"].startswith("parameter:") else "a missing fact unsaid"
        rest = [each for each in decision["missing"] if each is not one]
        yield Lie(kind, f"/missing/{at}", _putting(missing=rest))
    yield Lie("nothing missing", "/missing", _putting(missing=[], missing_is="exact", outcome="covered"))


def _of_amounts(settled: Document) -> Iterator[Lie]:
    """A fen moved from each amount to each other one, alone and with the sums that it belongs to."""
    amounts = [name for name, fen in settled["amounts"].items() if isinstance(fen, int)]
    for giving, taking in itertools.permutations(amounts, 2):
        moved = {giving: -1, taking: 1}
        yield Lie(f"moved from {giving}", f"/settlement/amounts/{taking}", _moving(moved))
    from_cash = {"pooled_fund_fen": 1, "fund_total_fen": 1, "personal_fen": -1, "cash_fen": -1}
    yield Lie("the fund pays more, and every sum is right", "/settlement", _moving(from_cash, segment=1))
    to_cash = {name: -fen for name, fen in from_cash.items()}
    yield Lie("the fund pays less, and every sum is right", "/settlement", _moving(to_cash, segment=-1))


def _of_segments(settled: Document) -> Iterator[Lie]:
    """A fen moved between segments, and another payer."""
    for at, segment in enumerate(settled["segments"]):
        where = f"/settlement/segments/{at}"
        for payer in {*PAYERS} - {segment["payer"]}:
            yield Lie("another payer", where, _setting("segments", at, payer=payer))
        for other in {*range(len(settled["segments"]))} - {at}:
            yield Lie("moved between segments", where, _moving_between("segments", at, other))


def _of_the_rest(settled: Document) -> Iterator[Lie]:
    """A fen moved between purses; an accumulator that counts more; a parameter of another value."""
    for at, other in itertools.permutations(range(len(settled["purses"])), 2):
        yield Lie("moved between purses", f"/settlement/purses/{at}", _moving_between("purses", at, other))
    for at, counted in enumerate(settled["accumulators"]):
        more = {name: counted[name] + 1 for name in ("amount", "after") if counted[name] is not None}
        yield Lie("more accumulated", f"/settlement/accumulators/{at}", _setting("accumulators", at, **more))
    for at, parameter in enumerate(settled["parameters"]):
        for value in {"0", "1%", "99999.00"} - {parameter["value"]}:
            yield Lie("another value", f"/settlement/parameters/{at}", _setting("parameters", at, value=value))


def _putting(**parts: Any) -> Any:
    return lambda document: document.update(parts)


def _setting(listed: str, at: int, **parts: Any) -> Any:
    return lambda document: document["settlement"][listed][at].update(parts)


def _naming(plan: Document) -> Any:
    return lambda document: document["settlement"].update(plan=plan)


def _moving(moved: dict[str, int], segment: int = 0) -> Any:
    """Add fen to amounts, and to what the first segment pays."""

    def change(document: Document) -> None:
        settled = document["settlement"]
        for name, fen in moved.items():
            settled["amounts"][name] += fen
        settled["segments"][0]["pays_fen"] += segment
        settled["segments"][0]["left_fen"] -= segment
        settled["purses"][-1]["pays_fen"] -= segment

    return change


def _moving_between(listed: str, giving: int, taking: int) -> Any:
    def change(document: Document) -> None:
        document["settlement"][listed][giving]["pays_fen"] -= 1
        document["settlement"][listed][taking]["pays_fen"] += 1

    return change


def from_other_plans(policy: Policy, claim: Claim) -> Iterator[Forgery]:
    """What follows when the plan of a claim, or a parameter that it read, says something else than the law does."""
    true = Decider(policy).decide(claim)
    for kind, where, other in [*_with_other_plans(policy, true), *_with_other_parameters(policy, true)]:
        try:
            decision = signed({**Decider(other).decide(claim), "policy": true["policy"]})
        except ProblemsFound:
            continue  # Such a plan can't be: two apply, or they do not balance.
        if decision != true:
            yield Forgery(kind, where, decision)


def _with_other_plans(policy: Policy, true: Document) -> Iterator[tuple[str, str, Policy]]:
    settled = true["settlement"]["plan"]
    for plan in policy.plans:
        if (plan.layer, plan.id) == (settled["layer"], settled["id"]):
            for kind, changed in _changed(plan):
                plans = tuple(changed if each is plan else each for each in policy.plans)
                yield kind, plan.called, evolve(policy, plans=tuple(each for each in plans if each is not None))


def _changed(plan: Plan) -> Iterator[tuple[str, Plan | None]]:
    yield "a plan that does not exist any more", None
    yield "a plan that never holds", evolve(plan, when=Always(False))
    yield "a plan with other articles", evolve(plan, cites=plan.cites[:-1])
    yield "a plan with other marks", evolve(plan, illustrative=not plan.illustrative)
    yield "a plan without purses", evolve(plan, purses=())
    yield "a plan that counts nothing", evolve(plan, accumulations=())
    yield "a plan that shows no deductible", evolve(plan, deductible=None)
    yield "a plan that rounds half to even", evolve(plan, rounding=evolve(plan.rounding, ties=Ties.EVEN))
    for segment in plan.segments:
        for kind, changed in _other_segments(segment):
            steps = tuple(changed if step is segment else step for step in plan.steps)
            yield f"a segment {kind}", evolve(plan, steps=steps)


def _other_segments(segment: Segment) -> Iterator[tuple[str, Segment]]:
    yield "without its limit", evolve(segment, limit=None)
    yield "that pays its whole base", evolve(segment, pays=segment.base)
    yield "that limits its base", evolve(segment, counts=Counts.BASE)
    yield "with another payer", evolve(segment, payer="hospital" if segment.payer != "hospital" else "pooled_fund")


def _with_other_parameters(policy: Policy, true: Document) -> Iterator[tuple[str, str, Policy]]:
    read = {parameter["parameter"] for parameter in true["settlement"]["parameters"]}
    for parameter in policy.parameters:
        called = f"{parameter.layer}/{parameter.name}"
        if called in read:
            parameters = tuple(_with_other_values(each) if each is parameter else each for each in policy.parameters)
            yield "a parameter of other values", called, evolve(policy, parameters=parameters)


def _with_other_values(parameter: Parameter) -> Parameter:
    versions = [
        evolve(version, rows=tuple(evolve(row, value=_other(row.value)) for row in version.rows))
        for version in parameter.versions
    ]
    return evolve(parameter, versions=tuple(versions))


def _other(value: ParameterValue) -> ParameterValue:
    match value:
        case int():
            return value + 1
        case Fraction():
            return value / 2
    return tuple(Band(band.upto_fen, band.rate / 2) for band in value)
