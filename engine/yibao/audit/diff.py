"""The same cases under two policies: which live decisions would come out otherwise, by how many fen, and by what.

Each live decision is made once more from the facts that it was made from. What is put beside it is the record, or the
decision under another policy. Whether a change is right is not asked.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from attrs import frozen

from yibao.audit.event_again import decision_in
from yibao.audit.laws import LawThen
from yibao.audit.records import followed, recorded_event
from yibao.audit.responsible import Cause, causes_of
from yibao.audit.running import Desk
from yibao.basics.problems import Problem, ProblemsFound
from yibao.cases.events import NOTHING
from yibao.journal import StoredEvent
from yibao.model.case import Document
from yibao.readers.charts.decision_forms import check_decision_form

UNDETERMINED = "undetermined"
MOST_EXAMPLES = 3
MOST_PROBLEMS = 20


@frozen(kw_only=True)
class LiveDecision:
    """The decision in force of a case: the event that made it, and the facts that it was made from."""

    case_id: str
    sequence: int
    decision: Document
    claim: Document


@frozen(kw_only=True)
class Changed:
    """A decision that comes out otherwise. `fen` is new less old for each amount that is not the same; where one of the
    two is undetermined there is none."""

    case_id: str
    sequence: int
    before: str
    after: str
    causes: tuple[Cause, ...]
    fen: Mapping[str, int]

    def document(self) -> dict[str, Any]:
        return {
            "case": self.case_id,
            "sequence": self.sequence,
            "before": self.before,
            "after": self.after,
            "fen": dict(self.fen),
        }


@frozen(kw_only=True)
class Failed:
    """A decision that could not be compared, or a case that could not be told, and why."""

    case_id: str
    problems: tuple[Problem, ...]

    def document(self) -> dict[str, Any]:
        return {"case": self.case_id, "problems": [problem.document() for problem in self.problems]}


class Moved:
    """How many fen an amount gains where it grows, and loses where it shrinks, over many decisions."""

    def __init__(self) -> None:
        self.more: Counter[str] = Counter()
        self.less: Counter[str] = Counter()

    def add(self, fen: Mapping[str, int]) -> None:
        for name, difference in fen.items():
            (self.more if difference > 0 else self.less)[name] += abs(difference)

    def take(self, other: Moved) -> None:
        self.more += other.more
        self.less += other.less

    def document(self) -> dict[str, dict[str, int]]:
        return {
            name: {"more_fen": self.more[name], "less_fen": self.less[name]}
            for name in sorted({*self.more, *self.less})
        }


class Group:
    """The decisions that change because of the same rules, plans or parameters."""

    def __init__(self) -> None:
        self.decisions = 0
        self.moved = Moved()
        self.examples: list[Changed] = []

    def add(self, changed: Changed) -> None:
        self.decisions += 1
        self.moved.add(changed.fen)
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(changed)

    def take(self, other: Group) -> None:
        self.decisions += other.decisions
        self.moved.take(other.moved)
        self.examples = [*self.examples, *other.examples][:MOST_EXAMPLES]


class Comparison:
    """What was found in many cases. It grows with the number of groups, and not with that of the cases."""

    def __init__(self) -> None:
        self.events = self.same = self.changed = self.not_compared = 0
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.moved = Moved()
        self.groups: dict[tuple[Cause, ...], Group] = {}
        self.failed: list[Failed] = []

    def add(self, found: Changed | Failed | None) -> None:
        """Count one decision: changed, not compared, or None for the same."""
        match found:
            case None:
                self.same += 1
            case Failed():
                self.not_compared += 1
                self.failed = [*self.failed, found][:MOST_PROBLEMS]
            case Changed():
                self.changed += 1
                if found.before != found.after:
                    self.outcomes[found.before, found.after] += 1
                self.moved.add(found.fen)
                self.groups.setdefault(found.causes, Group()).add(found)

    def take(self, other: Comparison) -> None:
        """Add what was found in later cases."""
        self.events += other.events
        self.same += other.same
        self.changed += other.changed
        self.not_compared += other.not_compared
        self.outcomes += other.outcomes
        self.moved.take(other.moved)
        for causes, group in other.groups.items():
            self.groups.setdefault(causes, Group()).take(group)
        self.failed = [*self.failed, *other.failed][:MOST_PROBLEMS]

    def grouped(self) -> list[tuple[tuple[Cause, ...], Group]]:
        """The groups, the largest first."""
        return sorted(self.groups.items(), key=lambda entry: (-entry[1].decisions, entry[0]))

    def document(self) -> dict[str, Any]:
        return {
            "compared": self.same + self.changed,
            "same": self.same,
            "changed": self.changed,
            "not_compared": self.not_compared,
            "outcomes": [
                {"before": before, "after": after, "decisions": count}
                for (before, after), count in sorted(self.outcomes.items())
            ],
            "amounts": self.moved.document(),
            "groups": [
                {
                    "because_of": [cause.document() for cause in causes],
                    "decisions": group.decisions,
                    "amounts": group.moved.document(),
                    "examples": [example.document() for example in group.examples],
                }
                for causes, group in self.grouped()
            ],
            "failed": [each.document() for each in self.failed],
        }


@frozen
class CompareRange:
    """Compares some cases under the policy of a folder (None for the bundled one) with the record, or with what comes
    out under the policy of the folder `against`. It is sent to other processes."""

    policy: Path | None
    against: Path | None

    def __call__(self, desk: Desk, stored: Iterator[StoredEvent]) -> Comparison:
        new = desk.laws.of_folder(self.policy)
        old = None if self.against is None else desk.laws.of_folder(self.against)
        comparison = Comparison()
        for case_id, rows in groupby(stored, key=attrgetter("case_id")):
            kept = tuple(rows)
            comparison.events += len(kept)
            try:
                live = live_decision(kept)
                if live is not None:
                    comparison.add(compared(live, old, new))
            except ProblemsFound as error:
                comparison.add(Failed(case_id=case_id, problems=error.problems))
        return comparison


def events_of(found: Comparison) -> int:
    """How many events were worked on."""
    return found.events


def live_decision(stored: tuple[StoredEvent, ...]) -> LiveDecision | None:
    """The decision in force at the end of a case's events, if there is one. Raises ProblemsFound."""
    history, live = NOTHING, None
    for row in stored:
        event = recorded_event(row.body).event
        decision = decision_in(event)
        if decision is not None:
            check_decision_form(decision)
        history = followed(history, event, row.digest)
        if history.case is None or history.case.decision is None:
            live = None
        elif decision is not None:
            live = LiveDecision(case_id=row.case_id, sequence=row.sequence, decision=decision, claim=history.case.claim)
    return live


def compared(live: LiveDecision, old: LawThen | None, new: LawThen) -> Changed | None:
    """What changes of a decision, None where nothing does. Raises ProblemsFound where its facts can't be decided."""
    before = live.decision if old is None else _decided(live.claim, old)
    after = _decided(live.claim, new)
    fen = {} if UNDETERMINED in (before["outcome"], after["outcome"]) else _fen(before, after)
    outcomes = [[(line["line_id"], line["outcome"]) for line in each["lines"]] for each in (before, after)]
    if before["outcome"] == after["outcome"] and outcomes[0] == outcomes[1] and not fen:
        return None
    return Changed(
        case_id=live.case_id,
        sequence=live.sequence,
        before=str(before["outcome"]),
        after=str(after["outcome"]),
        causes=causes_of(before, after),
        fen=fen,
    )


def _decided(claim: Document, law: LawThen) -> Document:
    decision: Document = json.loads(law.written(law.law.read_claim(claim)))
    return decision


def _fen(before: Document, after: Document) -> dict[str, int]:
    """New less old for each amount that is not the same; what there is no settlement for is nothing."""
    old, new = _amounts(before), _amounts(after)
    moved = {name: new.get(name, 0) - old.get(name, 0) for name in sorted({*old, *new})}
    return {name: difference for name, difference in moved.items() if difference}


def _amounts(decision: Document) -> Mapping[str, int]:
    settlement = decision["settlement"]
    amounts = {**decision["amounts"], **({} if settlement is None else settlement["amounts"])}
    return {name: amount for name, amount in amounts.items() if isinstance(amount, int)}
