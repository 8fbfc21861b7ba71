"""Which plan speaks for a claim: the one of the insured place that holds, is overridden by none and is most local."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve, frozen

from yibao.basics.periods import Period
from yibao.basics.problems import ProblemsFound, problem_of
from yibao.language.truth import Ask, asked, open_facts
from yibao.model.claim import Claim
from yibao.model.expressions import InForce
from yibao.model.plan import Plan
from yibao.model.policy import Catalogue
from yibao.settlement.absence import Absent, Missed

# With more open plans than this, all of their facts are asked for instead of trying which of them matter.
MOST_OPEN = 8


@frozen(kw_only=True, eq=False)
class Candidate:
    """A plan of the chain: how local it is (the nation is 0), what it goes before, and its tests made ready."""

    plan: Plan
    locality: int
    overrides: frozenset[str]
    in_force: Ask
    when: Ask


def candidates(
    plans: Iterable[Plan], chain: tuple[str, ...], as_of: datetime.date | None, catalogues: Mapping[str, Catalogue]
) -> tuple[Candidate, ...]:
    """The plans of a chain. `as_of` leaves out those that were published later."""
    speaking = [plan for plan in plans if plan.layer in chain]
    later = [plan for plan in speaking if as_of is not None and plan.published > as_of]
    above = _closed(speaking)
    return tuple(
        Candidate(
            plan=plan,
            locality=chain.index(plan.layer),
            overrides=above[plan.id],
            in_force=asked(plan.in_force, catalogues),
            when=asked(plan.when, catalogues),
        )
        for plan in (_as_published(plan, later) for plan in speaking if plan not in later)
    )


def _as_published(plan: Plan, later: Iterable[Plan]) -> Plan:
    """The plan without an end that only its successor, published later, gave it."""
    period = plan.in_force.period
    ended_later = any(
        other.id == plan.id and other.layer == plan.layer and other.in_force.period.start == period.end
        for other in later
    )
    return evolve(plan, in_force=InForce(plan.in_force.by, Period(period.start))) if ended_later else plan


def _closed(plans: Sequence[Plan]) -> dict[str, frozenset[str]]:
    """For each plan's id, the ids that it overrides, directly or through others."""
    direct: dict[str, set[str]] = {}
    for plan in plans:
        direct.setdefault(plan.id, set()).update(plan.overrides)
    closed = {}
    for name in direct:
        reached: set[str] = set()
        waiting = [*direct[name]]
        while waiting:
            below = waiting.pop()
            if below not in reached:
                reached.add(below)
                waiting.extend(direct.get(below, ()))
        closed[name] = frozenset(reached)
    return closed


def plan_for(
    candidates: tuple[Candidate, ...], claim: Claim, catalogues: Mapping[str, Catalogue]
) -> Candidate | Missed | None:
    """The plan of a claim, None where none applies, or what must be known to tell.

    Raises ProblemsFound (`two-plans-apply`) where the policy leaves two.
    """
    holding: list[Candidate] = []
    opened: list[Candidate] = []
    for candidate in candidates:
        in_force = candidate.in_force(claim, None)
        holds = in_force if in_force is False else candidate.when(claim, None)
        if holds is not False:
            (holding if holds and in_force else opened).append(candidate)
    if opened and _matters(holding, opened):
        return _asked_for(opened, claim, catalogues)
    left = _left(holding) if len(holding) > 1 else holding
    if len(left) > 1:
        names = " and ".join(f"`{candidate.plan.layer}/{candidate.plan.id}`" for candidate in left)
        hint = "narrow `when` or the periods, or let one override the other"
        raise ProblemsFound([problem_of("two-plans-apply", f"{names} apply to one claim", left[0].plan.place, hint)])
    return left[0] if left else None


def _left(holding: Sequence[Candidate]) -> list[Candidate]:
    """The most local of those that no other overrides."""
    overridden = {name for candidate in holding for name in candidate.overrides}
    standing = [candidate for candidate in holding if candidate.plan.id not in overridden]
    most_local = max((candidate.locality for candidate in standing), default=0)
    return [candidate for candidate in standing if candidate.locality == most_local]


def _matters(holding: list[Candidate], opened: list[Candidate]) -> bool:
    """Whether another plan would speak if some of the open ones turned out to apply."""
    if len(opened) > MOST_OPEN:
        return True
    settled = _left(holding)
    return any(
        _left([*holding, *some]) != settled
        for size in range(1, len(opened) + 1)
        for some in itertools.combinations(opened, size)
    )


def _asked_for(opened: list[Candidate], claim: Claim, catalogues: Mapping[str, Catalogue]) -> Missed:
    absent = [
        Absent(fact=path, line_id=None, asked_by=f"{candidate.plan.id}/{step}")
        for candidate in opened
        for step, condition in (("in_force", candidate.plan.in_force), ("when", candidate.plan.when))
        for path in open_facts(condition, claim, None, catalogues)
    ]
    return Missed(tuple(dict.fromkeys(absent)))
