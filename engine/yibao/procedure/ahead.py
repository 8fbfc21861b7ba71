"""The deadlines of steps that still lie ahead of a case: they run before their step is possible.

The day that a deadline counts from may be known long before its step can be taken, and it is then that a case is
forgotten. Which of them are noted, and that each is noted once, is for the handling of cases.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from attrs import frozen

from yibao.model.chart import Bound, Chart, Step
from yibao.model.claim import Claim
from yibao.procedure.deadlines import Reckoning, Running, running


@frozen(kw_only=True)
class DeadlineAhead:
    """A deadline of a later step of a case. `passed`: its last day is over, and surely so."""

    step: Step
    running: Running
    passed: bool

    def document(self) -> dict[str, Any]:
        """The deadline as `yibao case next --json` prints it."""
        deadline, last = self.running.deadline, self.running.last
        return {
            "deadline": deadline.name,
            "title": deadline.title.document(),
            "step": self.step.name,
            "event": self.step.event,
            "until": last.day.isoformat(),
            "provisional": last.provisional,
            "passed": self.passed,
        }


def deadlines_ahead(
    chart: Chart, state: str, outcome: str | None, taken: Collection[str], claim: Claim, reckoning: Reckoning
) -> tuple[DeadlineAhead, ...]:
    """The deadlines that run for steps to which other steps lead from a state, in the order of the procedure.

    `outcome` is that of the live decision, None while nothing is decided. They run from when their first day is known
    until their own day is. The `taken` steps are behind the case, also where a way leads round to them once more.
    """
    return tuple(
        DeadlineAhead(step=step, running=found, passed=_has_passed(found, reckoning))
        for step in chart.steps_ahead(state, outcome)
        if step.name not in taken
        for deadline in step.deadlines
        if deadline.bound is Bound.AT_MOST and (found := running(deadline, claim, reckoning)) is not None
        if found.on is None
    )


def _has_passed(found: Running, reckoning: Reckoning) -> bool:
    return reckoning.as_of is not None and found.has_passed(reckoning.as_of)
