"""Recorded decisions made again: the facts of the case as they stood at that event, under the policy of that event.

Replay across versions of a policy needs the old bundles; here a decision under another policy is named, not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from yibao.basics.digest import canonical_json
from yibao.basics.problems import Problem, ProblemsFound
from yibao.cases.events import folds
from yibao.model.case import Case, Document, StepTaken

SAME, DIFFERENT, OTHER_POLICY = "same", "different", "other_policy"
Decide = Callable[[Document], Document]
"""The decision document of a claim document. Raises ProblemsFound for one that is no claim."""


@frozen(kw_only=True)
class Replayed:
    """One recorded decision made again.

    `differs` names the parts of the document that came out differently; `problems` is why the recorded facts can't be
    decided at all.
    """

    case_id: str
    sequence: int
    decision_id: str
    verdict: str
    differs: tuple[str, ...]
    problems: tuple[Problem, ...]

    def document(self) -> dict[str, Any]:
        return {
            "case": self.case_id,
            "sequence": self.sequence,
            "decision_id": self.decision_id,
            "verdict": self.verdict,
            "differs": list(self.differs),
            "problems": [problem.document() for problem in self.problems],
        }


@frozen(kw_only=True)
class Tally:
    """How many decisions came out the same, how many differently, and how many could not be judged here."""

    same: int
    different: int
    not_judged: int

    @property
    def recorded(self) -> int:
        return self.same + self.different + self.not_judged

    @property
    def confirmed(self) -> bool:
        """Whether nothing differs, and something was judged if there was anything to judge."""
        return self.different == 0 and (self.same > 0 or self.recorded == 0)

    def document(self) -> dict[str, int]:
        return {"same": self.same, "different": self.different, "not_judged": self.not_judged}


def tally(replayed: Iterable[Replayed]) -> Tally:
    """The replayed decisions, counted."""
    verdicts = [each.verdict for each in replayed]
    return Tally(
        same=verdicts.count(SAME), different=verdicts.count(DIFFERENT), not_judged=verdicts.count(OTHER_POLICY)
    )


def replay(documents: Sequence[Document], policy_digest: str, decide: Decide) -> Iterator[Replayed]:
    """Each decision in the events of one case, made again by `decide` from the facts that the case had then.

    Raises ProblemsFound when an event is none of ours.
    """
    for event, case in folds(documents):
        if isinstance(event, StepTaken) and event.decision is not None and case is not None:
            yield _replayed(event, event.decision, case, policy_digest, decide)


def _replayed(event: StepTaken, recorded: Document, case: Case, policy_digest: str, decide: Decide) -> Replayed:
    differs: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    judged = event.envelope.policy_digest == policy_digest
    if judged:
        differs, problems = _compared(recorded, case, decide)
    return Replayed(
        case_id=event.envelope.case_id,
        sequence=event.envelope.sequence,
        decision_id=str(recorded.get("decision_id")),
        verdict=OTHER_POLICY if not judged else DIFFERENT if differs or problems else SAME,
        differs=differs,
        problems=problems,
    )


def _compared(recorded: Document, case: Case, decide: Decide) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """The top-level parts whose bytes differ, and the problems of facts that can't be decided."""
    try:
        again = decide(case.claim)
    except ProblemsFound as error:
        return (), error.problems
    return _differences(recorded, again), ()


def _differences(recorded: Mapping[str, Any], again: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        key
        for key in sorted({*recorded, *again})
        if canonical_json(recorded.get(key)) != canonical_json(again.get(key))
    )
