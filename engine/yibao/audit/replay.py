"""Recorded cases made again: each event and each decision in it, under the policy and the chart that it names.

An event is the command that it answered, held once more against the history before it. What comes out must have the
very bytes. The history is the recorded one, so that one altered event does not make all that follow differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any

from attrs import evolve, frozen

from yibao.audit.differences import VALUE, Difference, differences, parts_that_differ
from yibao.audit.earlier_releases import is_of_0_2_0
from yibao.audit.event_again import Then, decision_in, made_again
from yibao.audit.laws import Laws, LawThen, NoLaw
from yibao.audit.records import Recorded, followed, recorded_event, unreadable
from yibao.audit.running import Desk
from yibao.audit.surroundings import Others
from yibao.basics.problems import Problem, ProblemsFound
from yibao.cases.events import NOTHING, History
from yibao.journal import StoredEvent
from yibao.model.case import Document
from yibao.model.events import CaseEvent
from yibao.readers.charts.decision_forms import check_decision_form

SAME, DIFFERENT, OTHER_POLICY, NO_LAW, NOT_REACHED = "same", "different", "other_policy", "no_law", "not_reached"
_DECISION = "decision"


@frozen(kw_only=True)
class Replayed:
    """One recorded event made again.

    `decision_id` is that of the decision in it, if there is one. `differs` names the parts that came out differently,
    those of the decision by their own names, and `differences` tells them. `problems` is why it can't be judged, or why
    nothing came out at all.
    """

    case_id: str
    sequence: int
    kind: str
    decision_id: str | None
    verdict: str
    differs: tuple[str, ...]
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]

    def document(self) -> dict[str, Any]:
        return {
            "case": self.case_id,
            "sequence": self.sequence,
            "kind": self.kind,
            "decision_id": self.decision_id,
            "verdict": self.verdict,
            "differs": list(self.differs),
            "differences": [each.document() for each in self.differences],
            "problems": [problem.document() for problem in self.problems],
        }


class Replay:
    """Replays the cases of one journal."""

    def __init__(self, laws: Laws, others: Others) -> None:
        self._laws, self._others = laws, others

    def cases(self, stored: Iterable[StoredEvent]) -> Iterator[Replayed]:
        """Each event of some cases, given one case after the other, made again."""
        for _case_id, rows in groupby(stored, key=attrgetter("case_id")):
            yield from _Case(self._laws, self._others).replayed(rows)


class _Case:
    """One case on its way through its events."""

    def __init__(self, laws: Laws, others: Others) -> None:
        self._laws, self._others = laws, others
        self._history = NOTHING
        self._answered: dict[str, CaseEvent] = {}
        self._ended = False

    def replayed(self, rows: Iterable[StoredEvent]) -> Iterator[Replayed]:
        for row in rows:
            yield self._not_reached(row) if self._ended else self._next(row)

    def _next(self, row: StoredEvent) -> Replayed:
        """One event, and the history after it; where there is none the case ends here."""
        try:
            recorded = recorded_event(row.body)
            found = self._judged(row, recorded)
            self._history = self._after(row, recorded, same=found.verdict == SAME)
        except ProblemsFound as error:
            self._ended = True
            return _unjudged(row, DIFFERENT, error.problems)
        except RecursionError:
            self._ended = True
            return _unjudged(row, DIFFERENT, unreadable("it nests too deep").problems)
        key = recorded.event.envelope.key
        if key is not None:
            self._answered[key] = recorded.event
        self._ended = bool(found.problems) and found.verdict == DIFFERENT
        return found

    def _judged(self, row: StoredEvent, recorded: Recorded) -> Replayed:
        event = recorded.event
        told = _told(row, recorded)
        law = self._laws.of(event.envelope)
        if isinstance(law, NoLaw):
            # Release 0.2.0, whose events have no version, kept no bundles.
            verdict = OTHER_POLICY if is_of_0_2_0(event.envelope) and not law.kept else NO_LAW
            return evolve(told, verdict=verdict, problems=() if verdict == OTHER_POLICY else law.problems)
        try:
            return self._compared(row, recorded, told, law)
        except ProblemsFound as error:
            return evolve(told, verdict=DIFFERENT, problems=error.problems)

    def _compared(self, row: StoredEvent, recorded: Recorded, told: Replayed, law: LawThen) -> Replayed:
        then = Then(position=row.position, history=self._history, answered=self._answered, others=self._others)
        again = made_again(recorded.event, row.digest, then, law)
        if again.same:
            return told
        if again.document is None:
            return evolve(told, verdict=DIFFERENT, differs=("kind",), differences=(_nothing(told.kind),))
        return evolve(
            told,
            verdict=DIFFERENT,
            differs=_parts(recorded.document, again.document),
            differences=differences(recorded.document, again.document),
        )

    def _after(self, row: StoredEvent, recorded: Recorded, same: bool) -> History:
        """The history with the recorded event. A decision that was not confirmed is at least one in form."""
        decision = decision_in(recorded.event)
        if decision is not None and not same:
            check_decision_form(decision)
        return followed(self._history, recorded.event, row.digest)

    def _not_reached(self, row: StoredEvent) -> Replayed:
        return _unjudged(row, NOT_REACHED, ())


def _told(row: StoredEvent, recorded: Recorded) -> Replayed:
    """The event, found to be the same until something else is found."""
    decision = decision_in(recorded.event)
    return Replayed(
        case_id=row.case_id,
        sequence=row.sequence,
        kind=str(recorded.document.get("kind")),
        decision_id=None if decision is None else str(decision.get("decision_id")),
        verdict=SAME,
        differs=(),
        differences=(),
        problems=(),
    )


def _parts(recorded: Document, again: Document) -> tuple[str, ...]:
    """The parts of two events that differ; of decisions in them, which parts of those."""
    parts = parts_that_differ(recorded, again)
    decided, decided_again = recorded.get(_DECISION), again.get(_DECISION)
    if _DECISION not in parts or not isinstance(decided, Mapping) or not isinstance(decided_again, Mapping):
        return parts
    return (*parts_that_differ(decided, decided_again), *(part for part in parts if part != _DECISION))


def _nothing(kind: str) -> Difference:
    """What was recorded would not have been."""
    return Difference(kind=VALUE, pointer="", line_id=None, name="event", recorded=kind, again=None, fen=None)


def _unjudged(row: StoredEvent, verdict: str, problems: tuple[Problem, ...]) -> Replayed:
    return Replayed(
        case_id=row.case_id,
        sequence=row.sequence,
        kind="",
        decision_id=None,
        verdict=verdict,
        differs=(),
        differences=(),
        problems=problems,
    )


@frozen
class ReplayedRange:
    """What was found in some cases: how many events of each verdict, and those to be told of: decisions, and whatever
    is not the same."""

    tally: Tally
    told: tuple[Replayed, ...]


def replay_range(desk: Desk, stored: Iterator[StoredEvent]) -> ReplayedRange:
    """The events of some cases made again. Raises ProblemsFound when the journal can't be read."""
    tally, told = Tally(), []
    for each in Replay(desk.laws, desk.others).cases(stored):
        tally.add(each)
        if each.verdict != SAME or each.decision_id is not None:
            told.append(each)
    return ReplayedRange(tally, tuple(told))


def events_of(found: ReplayedRange) -> int:
    """How many events were worked on."""
    return found.tally.events.recorded


@frozen(kw_only=True)
class Counts:
    """How many came out the same, how many differently, and how many could not be judged here."""

    same: int
    different: int
    not_judged: int

    @property
    def recorded(self) -> int:
        return self.same + self.different + self.not_judged

    def document(self) -> dict[str, int]:
        return {"same": self.same, "different": self.different, "not_judged": self.not_judged}


class Tally:
    """Counts what is replayed, one event after the other."""

    def __init__(self) -> None:
        self._events: Counter[str] = Counter()
        self._decisions: Counter[str] = Counter()

    def add(self, replayed: Replayed) -> None:
        self._events[replayed.verdict] += 1
        if replayed.decision_id is not None:
            self._decisions[replayed.verdict] += 1

    def add_same(self, events: int) -> None:
        """Count events that are the same, and of which nothing else is told."""
        self._events[SAME] += events

    def take(self, other: Tally) -> None:
        """Add what another has counted."""
        self._events += other._events
        self._decisions += other._decisions

    @property
    def events(self) -> Counts:
        return _counts(self._events)

    @property
    def decisions(self) -> Counts:
        return _counts(self._decisions)

    @property
    def confirmed(self) -> bool:
        """Whether nothing differs, no law is missing that should be there, and something was judged, if anything was
        there to judge."""
        found = self._events
        wrong = found[DIFFERENT] + found[NO_LAW] + found[NOT_REACHED]
        return wrong == 0 and (found[SAME] > 0 or self.events.recorded == 0)

    def document(self) -> dict[str, Any]:
        return {**self.decisions.document(), "events": self.events.document()}


def _counts(found: Counter[str]) -> Counts:
    same, different = found[SAME], found[DIFFERENT]
    return Counts(same=same, different=different, not_judged=found.total() - same - different)
