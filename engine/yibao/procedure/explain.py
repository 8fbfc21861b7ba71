"""What a step requires of a case, what of it is missing, and what is possible instead. Changes nothing.

The explanation is our own reading of the chart, made before an event is sent; the state machine then has to agree.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from attrs import frozen

from yibao.basics.problems import Problem
from yibao.language.truth import open_facts, truth
from yibao.model.chart import ACTOR, DECIDED, DECIDED_AS, RELIED, Bound, Chart, Guard, Reliance, Step
from yibao.model.citations import Citation
from yibao.model.claim import Claim
from yibao.model.deadlines import DeadlineDay
from yibao.model.facts import Title, Unknown, Value
from yibao.model.policy import Catalogue
from yibao.model.refusals import FailedCondition, PossibleStep
from yibao.model.walks import facts_in
from yibao.procedure.deadlines import Reckoning, Running, running

DOCUMENTS = "documents"
_DECIDED_TITLE = Title(zh="费用已能作出裁决", en="The claim can be decided")
_DECIDED_AS_TITLE = Title(zh="现有裁决的结论适用本步骤", en="The decision in force is one that this step is for")
_ACTOR_TITLE = Title(zh="经办人与前一步骤的经办人不是同一人", en="Somebody else acts than in the earlier step")


@frozen(kw_only=True)
class Undecided:
    """Why a claim is not decided: the absent facts that its outcome depends on, and the problems of its facts."""

    missing: tuple[str, ...]
    problems: tuple[Problem, ...]


DecisionCheck = Callable[[Claim], Undecided | None]
"""Asks whether a claim is decided: None when it is."""


@frozen(kw_only=True)
class OtherCase:
    """Where another case stands: its chart and its state."""

    chart: str
    state: str


OtherCases = Callable[[str], OtherCase | None]
"""Asks where the case of a name stands: None for one that was never opened."""


@frozen(kw_only=True)
class Circumstances:
    """What a step is held against, beside the chart.

    `outcome` is that of the live decision, None while nothing is decided. `actor` is who would act, None where nobody
    is named, and `acted` says who took each step that stands: several where it was taken more than once.
    """

    claim: Claim
    catalogues: Mapping[str, Catalogue]
    undecided: DecisionCheck
    reckoning: Reckoning
    others: OtherCases
    outcome: str | None
    actor: str | None
    acted: Mapping[str, frozenset[str | None]]


@frozen(kw_only=True)
class StepCheck:
    """One step held against a claim: the documents and conditions that are not there, and the deadlines that run.

    `same_actor` are the steps that nobody else than this actor is known to have taken.
    """

    step: Step
    missing_documents: tuple[str, ...]
    failed: tuple[FailedCondition, ...]
    deadlines: tuple[Running, ...]
    same_actor: tuple[str, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """The documents and the names of the conditions that the step still needs."""
        return self.missing_documents + tuple(condition.condition for condition in self.failed)

    @property
    def missed(self) -> tuple[FailedCondition, ...]:
        """The deadlines for which the step is refused."""
        return tuple(_missed(each) for each in self.deadlines if each.is_missed)

    @property
    def outcomes(self) -> Mapping[str, bool]:
        """For each requirement of the step whether it holds."""
        lacking = {f"document_{code}" for code in self.missing_documents}
        for condition in self.failed:
            lacking |= {condition.condition, f"guard_{condition.condition}"}
        lacking |= {f"deadline_{each.deadline.name}" for each in self.deadlines if each.is_missed}
        if self.same_actor:
            lacking.add(ACTOR)
        return {name: name not in lacking for name in self.step.requirements}


@frozen(kw_only=True)
class Explanation:
    """An event held against a case in a state.

    `skipped` are the steps that come first, in order. `behind` says that the case has passed the event's step (or
    taken another way). The checks are those of the skipped steps and of the step itself.
    """

    step: Step
    skipped: tuple[Step, ...]
    behind: bool
    checks: tuple[StepCheck, ...]

    @property
    def missing_documents(self) -> tuple[str, ...]:
        """Codes in the order of the steps, each once."""
        return tuple(dict.fromkeys(code for check in self.checks for code in check.missing_documents))

    @property
    def failed(self) -> tuple[FailedCondition, ...]:
        """Conditions that don't hold and deadlines that were missed, in the order of the steps, and who can't act."""
        found = [condition for check in self.checks for condition in (*check.failed, *check.missed)]
        if self.same_actor:
            found.append(same_actor(self.step.cites, self.same_actor))
        return tuple(found)

    @property
    def unmet(self) -> bool:
        """Whether a condition of the step, or of one before it, does not hold."""
        return any(check.failed for check in self.checks)

    @property
    def early(self) -> bool:
        return any(each.is_early for check in self.checks for each in check.deadlines)

    @property
    def late(self) -> bool:
        return any(each.is_late and each.deadline.refuses for check in self.checks for each in check.deadlines)

    @property
    def same_actor(self) -> tuple[str, ...]:
        """The steps that nobody else than this actor is known to have taken."""
        return self.checks[-1].same_actor


def check_step(step: Step, now: Circumstances) -> StepCheck:
    """What the step requires and the circumstances do not show."""
    there = now.claim.given(DOCUMENTS)
    given = there if isinstance(there, frozenset) else frozenset()
    failed = [found for guard in step.guards if (found := _failure(guard, now.claim, now.catalogues)) is not None]
    if step.reliance is not None and (not_ready := _not_ready(step.reliance, now)) is not None:
        failed.append(not_ready)
    if step.decides and (why := now.undecided(now.claim)) is not None:
        failed.append(_not_decided(step, why))
    if step.decided_as and now.outcome not in step.decided_as:
        failed.append(_decided_otherwise(step, now.outcome))
    deadlines = (running(deadline, now.claim, now.reckoning) for deadline in step.deadlines)
    return StepCheck(
        step=step,
        missing_documents=tuple(code for code in step.documents if code not in given),
        failed=tuple(failed),
        deadlines=tuple(each for each in deadlines if each is not None),
        same_actor=tuple(name for name in step.differs_from if _may_be_same(name, now)),
    )


def explain(chart: Chart, state: str, step: Step, now: Circumstances) -> Explanation:
    """What stands between a case in `state`, in these circumstances, and the step."""
    ahead = chart.way(state, step.sources)
    skipped = ahead or ()
    return Explanation(
        step=step,
        skipped=skipped,
        behind=ahead is None,
        checks=tuple(check_step(each, now) for each in (*skipped, step)),
    )


def possible_now(chart: Chart, state: str, now: Circumstances) -> tuple[PossibleStep, ...]:
    """The events that the state allows, each with what it still needs, and until when."""
    return tuple(_possible(check_step(step, now)) for step in chart.steps_from(state))


def _possible(check: StepCheck) -> PossibleStep:
    ends = [each.last for each in check.deadlines if each.deadline.bound is Bound.AT_MOST]
    begins = [each.last for each in check.deadlines if each.deadline.bound is Bound.AT_LEAST]
    last, first = min(ends, key=_day, default=None), max(begins, key=_day, default=None)
    return PossibleStep(
        event=check.step.event,
        needs=check.needs,
        earliest=None if first is None else first.day.isoformat(),
        until=None if last is None else last.day.isoformat(),
        provisional=any(each.provisional for each in (first, last) if each is not None),
    )


def _day(last: DeadlineDay) -> datetime.date:
    return last.day


def _may_be_same(name: str, now: Circumstances) -> bool:
    """Whether the step was taken, and not surely by somebody else each time."""
    acted = now.acted.get(name, frozenset())
    return bool(acted) and (now.actor is None or not acted.isdisjoint({None, now.actor}))


def _missed(each: Running) -> FailedCondition:
    deadline = each.deadline
    bound = "last_day" if deadline.bound is Bound.AT_MOST else "first_day"
    on = None if each.on is None else each.on.isoformat()
    return FailedCondition(
        condition=deadline.name,
        title=deadline.title,
        cites=deadline.cites,
        facts={deadline.on: on, bound: each.last.day.isoformat()},
        missing=(),
    )


def same_actor(cites: tuple[Citation, ...], steps: tuple[str, ...]) -> FailedCondition:
    """The condition that somebody else must act, which the steps of this actor do not meet."""
    facts = {"steps": list(steps)}
    return FailedCondition(condition=ACTOR, title=_ACTOR_TITLE, cites=cites, facts=facts, missing=())


def _not_ready(reliance: Reliance, now: Circumstances) -> FailedCondition | None:
    """Why the case that a step waits for does not let it pass; None when it does."""
    named = now.claim.given(reliance.case_fact)
    other = now.others(named) if isinstance(named, str) else None
    if other is not None and other.chart == reliance.chart and other.state in reliance.states:
        return None
    facts: dict[str, object] = {} if isinstance(named, Unknown) else {reliance.case_fact: named}
    if other is not None:
        facts |= {"chart": other.chart, "state": other.state}
    missing = (reliance.case_fact,) if isinstance(named, Unknown) else ()
    return FailedCondition(condition=RELIED, title=reliance.title, cites=reliance.cites, facts=facts, missing=missing)


def _failure(guard: Guard, claim: Claim, catalogues: Mapping[str, Catalogue]) -> FailedCondition | None:
    holds = truth(guard.condition, claim, None, catalogues)
    if (guard.bars and holds is not True) or (not guard.bars and holds is True):
        return None
    read = sorted({fact.path for fact in facts_in(guard.condition)})
    given = {path: claim.given(path) for path in read}
    return FailedCondition(
        condition=guard.name,
        title=guard.title,
        cites=guard.cites,
        facts={path: _plain(value) for path, value in given.items() if not isinstance(value, Unknown)},
        missing=open_facts(guard.condition, claim, None, catalogues),
    )


def _not_decided(step: Step, why: Undecided) -> FailedCondition:
    problems = [str(problem) for problem in why.problems]
    return FailedCondition(
        condition=DECIDED,
        title=_DECIDED_TITLE,
        cites=step.cites,
        facts={"problems": problems} if problems else {},
        missing=why.missing,
    )


def _decided_otherwise(step: Step, outcome: str | None) -> FailedCondition:
    facts = {"outcome": outcome, "decided_as": list(step.decided_as)}
    return FailedCondition(condition=DECIDED_AS, title=_DECIDED_AS_TITLE, cites=step.cites, facts=facts, missing=())


def _plain(value: Value) -> object:
    """The value as a JSON document writes it."""
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, datetime.date) else value
