"""Where every event of a journal led, held against the charts that they name; nothing is decided again.

Each event has to be the next of its case, to name the one before it, to leave the state in which the case rested, and
to lead where the table of the chart says. No condition is asked: that, and all the rest, is for `replay`, which takes a
hundred times as long.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from yibao.audit.differences import STATE, VALUE, Difference
from yibao.audit.laws import Laws, NoLaw, Ways
from yibao.audit.replay import DIFFERENT, NO_LAW, NOT_REACHED, OTHER_POLICY, SAME, Replayed, ReplayedRange, Tally
from yibao.audit.running import Desk
from yibao.basics.problems import Problem, ProblemsFound
from yibao.journal import StoredEvent
from yibao.readers.charts.moves_from_json import Move, move_from_json

_RESTING = frozenset({"step_refused", "corrected", "redecided", "key_voided"})
_UNCOUNTED = "step_refused"
_DECIDED_ANEW = "redecided"


def replay_transitions(desk: Desk, stored: Iterator[StoredEvent]) -> ReplayedRange:
    """Where the events of some cases led. Raises ProblemsFound when the journal can't be read."""
    tally, told = Tally(), list[Replayed]()
    walk = _Walk(desk.laws)
    same = 0
    for row in stored:
        # The plain case is gone through without a word: a journal of a million events has a million of them.
        if walk.goes_on(row):
            same += 1
        else:
            found = walk.stopped(row)
            tally.add(found)
            told.append(found)
    tally.add_same(same)
    return ReplayedRange(tally, tuple(told))


@frozen
class _Stop:
    """Why a case can't be followed on."""

    verdict: str
    difference: Difference | None = None
    problems: tuple[Problem, ...] = ()


class _Walk:
    """The state, version and last digest of the case whose events are being walked through."""

    def __init__(self, laws: Laws) -> None:
        self._laws = laws
        self._ways: dict[tuple[str, str, bool], Ways | NoLaw] = {}
        self._state: str | None = None
        self._version = 0
        self._before: bytes | None = None
        self._stop: _Stop | None = None

    def goes_on(self, row: StoredEvent) -> bool:
        """Whether an event leads on from those before it."""
        if row.sequence == 1:
            self._state, self._version, self._before, self._stop = None, 0, None, None
        elif self._stop is not None:
            self._stop = _Stop(NOT_REACHED)
            return False
        try:
            move = move_from_json(row.body)
        except ProblemsFound as error:
            self._stop = _Stop(DIFFERENT, problems=error.problems)
            return False
        envelope = move.envelope
        before = self._before
        self._before = row.digest
        if envelope.sequence != row.sequence or envelope.previous != (
            None if before is None else f"sha256:{before.hex()}"
        ):
            self._stop = _Stop(DIFFERENT, _differs(VALUE, "/envelope/previous", envelope.previous, before))
            return False
        return self._moves(move)

    def stopped(self, row: StoredEvent) -> Replayed:
        """What is told of the event that did not lead on."""
        stop = self._stop or _Stop(SAME)
        return Replayed(
            case_id=row.case_id,
            sequence=row.sequence,
            kind="",
            decision_id=None,
            verdict=stop.verdict,
            differs=() if stop.difference is None else (stop.difference.name,),
            differences=() if stop.difference is None else (stop.difference,),
            problems=stop.problems,
        )

    def _moves(self, move: Move) -> bool:
        envelope = move.envelope
        law = (envelope.policy_digest, envelope.chart_digest, envelope.version is not None)
        ways = self._ways.get(law)
        if ways is None:
            ways = self._ways[law] = self._laws.ways(*law)
        if isinstance(ways, NoLaw):
            other = envelope.version is None and not ways.kept
            self._stop = _Stop(OTHER_POLICY if other else NO_LAW, problems=() if other else ways.problems)
            return False
        kind, state = move.kind, self._state
        if kind not in _RESTING:
            if move.source != state:
                self._stop = _Stop(DIFFERENT, _differs(STATE, "/source", move.source, state))
                return False
            target, named = _target(move, ways), move.state if kind == "opened" else move.target
            if target is None or (named is not None and named != target):
                self._stop = _Stop(DIFFERENT, _differs(STATE, "/target", named, target))
                return False
            self._state = state = target
        if kind == _DECIDED_ANEW and (state, envelope.state) in ways.back:
            self._state = state = envelope.state
        if kind != _UNCOUNTED:
            self._version += 1
        if envelope.version is not None and (envelope.version != self._version or envelope.state != state):
            self._stop = _Stop(DIFFERENT, _differs(STATE, "/envelope/state", envelope.state, state))
            return False
        return True


def _target(move: Move, ways: Ways) -> str | None:
    """The state that an event leads to by its chart; None where it leads nowhere."""
    state = move.source
    if move.kind == "step_taken":
        found = ways.table.get((state or "", move.event or ""))
        return None if found is None else found[0]
    if move.kind == "opened":
        return ways.initial if state is None and move.chart == ways.chart else None
    if move.kind == "withdrawn":
        found = ways.table.get((state or "", "withdraw"))
        return None if found is None else found[0]
    if move.kind == "deadline_passed":
        return state if move.target is None else move.target if (state, move.target) in ways.overdue else None
    # What takes steps back leads to where one of them began.
    return move.target if move.target in ways.sources else None


def _differs(kind: str, pointer: str, recorded: str | None, again: str | bytes | None) -> Difference:
    told = f"sha256:{again.hex()}" if isinstance(again, bytes) else again
    name = pointer.rpartition("/")[2]
    return Difference(kind=kind, pointer=pointer, line_id=None, name=name, recorded=recorded, again=told, fen=None)
