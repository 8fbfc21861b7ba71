"""Recorded decisions made again: the facts of the case as they stood at that event, under the policy of that event.

Replay across versions of a policy needs the old bundles; here a decision under another policy is named, not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from yibao.basics.digest import canonical_json
from yibao.cases.events import folded
from yibao.model.case import Case, StepTaken
from yibao.readers.events_from_json import event_from_document

SAME, DIFFERENT, OTHER_POLICY = "same", "different", "other_policy"
Decide = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@frozen(kw_only=True)
class Replayed:
    """One recorded decision made again. `differs` names the parts of the document that came out differently."""

    case_id: str
    sequence: int
    decision_id: str
    verdict: str
    differs: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        return {
            "case": self.case_id,
            "sequence": self.sequence,
            "decision_id": self.decision_id,
            "verdict": self.verdict,
            "differs": list(self.differs),
        }


def replay(documents: Sequence[Mapping[str, Any]], policy_digest: str, decide: Decide) -> Iterator[Replayed]:
    """Each decision in the events of one case, made again by `decide` from the facts that the case had then.

    Raises ProblemsFound when an event is none of ours.
    """
    case: Case | None = None
    for document in documents:
        event = event_from_document(document)
        case = folded(case, event)
        if not isinstance(event, StepTaken) or event.decision is None or case is None:
            continue
        recorded = event.decision
        other = event.envelope.policy_digest != policy_digest
        differs = () if other else _differences(recorded, decide(case.claim))
        verdict = OTHER_POLICY if other else DIFFERENT if differs else SAME
        yield Replayed(
            case_id=event.envelope.case_id,
            sequence=event.envelope.sequence,
            decision_id=str(recorded["decision_id"]),
            verdict=verdict,
            differs=differs,
        )


def _differences(recorded: Mapping[str, Any], again: Mapping[str, Any]) -> tuple[str, ...]:
    """The top-level parts whose bytes differ."""
    return tuple(
        key
        for key in sorted({*recorded, *again})
        if canonical_json(recorded.get(key)) != canonical_json(again.get(key))
    )
