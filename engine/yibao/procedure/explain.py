"""What a step requires of a case, what of it is missing, and what is possible instead. Changes nothing.

The explanation is our own reading of the chart, made before an event is sent; the state machine then has to agree.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from attrs import frozen

from yibao.basics.problems import Problem
from yibao.language.truth import open_facts, truth
from yibao.model.case import FailedCondition, PossibleStep
from yibao.model.chart import DECIDED, Chart, Guard, Step
from yibao.model.claim import Claim
from yibao.model.facts import Title, Unknown, Value
from yibao.model.policy import Catalogue
from yibao.model.walks import facts_in

DOCUMENTS = "documents"
_DECIDED_TITLE = Title(zh="费用已能作出裁决", en="The claim can be decided")


@frozen(kw_only=True)
class Undecided:
    """Why a claim is not decided: the absent facts that its outcome depends on, and the problems of its facts."""

    missing: tuple[str, ...]
    problems: tuple[Problem, ...]


DecisionCheck = Callable[[Claim], Undecided | None]
"""Asks whether a claim is decided: None when it is."""


@frozen(kw_only=True)
class StepCheck:
    """One step held against a claim: the documents and conditions that are not there."""

    step: Step
    missing_documents: tuple[str, ...]
    failed: tuple[FailedCondition, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """The documents and the names of the conditions that the step still needs."""
        return self.missing_documents + tuple(condition.condition for condition in self.failed)

    @property
    def outcomes(self) -> Mapping[str, bool]:
        """For each requirement of the step whether it holds."""
        lacking = {f"document_{code}" for code in self.missing_documents}
        for condition in self.failed:
            lacking.add(DECIDED if condition.condition == DECIDED else f"guard_{condition.condition}")
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
        return tuple(condition for check in self.checks for condition in check.failed)


def check_step(step: Step, claim: Claim, catalogues: Mapping[str, Catalogue], undecided: DecisionCheck) -> StepCheck:
    """What the step requires and the claim does not show."""
    there = claim.given(DOCUMENTS)
    given = there if isinstance(there, frozenset) else frozenset()
    failed = [found for guard in step.guards if (found := _failure(guard, claim, catalogues)) is not None]
    if step.decides and (why := undecided(claim)) is not None:
        failed.append(_not_decided(step, why))
    return StepCheck(
        step=step,
        missing_documents=tuple(code for code in step.documents if code not in given),
        failed=tuple(failed),
    )


def explain(
    chart: Chart,
    state: str,
    step: Step,
    claim: Claim,
    catalogues: Mapping[str, Catalogue],
    undecided: DecisionCheck,
) -> Explanation:
    """What stands between a case in `state`, with these facts, and the step."""
    ahead = chart.way(state, step.source)
    skipped = ahead or ()
    return Explanation(
        step=step,
        skipped=skipped,
        behind=ahead is None,
        checks=tuple(check_step(each, claim, catalogues, undecided) for each in (*skipped, step)),
    )


def possible_now(
    chart: Chart, state: str, claim: Claim, catalogues: Mapping[str, Catalogue], undecided: DecisionCheck
) -> tuple[PossibleStep, ...]:
    """The events that the state allows, each with what it still needs."""
    checks = (check_step(step, claim, catalogues, undecided) for step in chart.steps_from(state))
    return tuple(PossibleStep(event=check.step.event, needs=check.needs, until=None) for check in checks)


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


def _plain(value: Value) -> object:
    """The value as a JSON document writes it."""
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, datetime.date) else value
