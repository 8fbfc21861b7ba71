"""`python -m tests.bench --replay`: how fast a journal is replayed beside the least that could be done with it.

The journal has cases of the seeds' own procedure, each opened with its facts and taken through its six steps, the last
of which decides. They are written by direct appends in batches; every event is one that the handling of cases accepts.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from statemachine.io import load

from tests.bench.targets import Target, targets_table
from yibao.audit.commands_again import command_of
from yibao.audit.event_again import Then, decision_in, made_again
from yibao.audit.laws import AtHand, Laws, NoLaw
from yibao.audit.records import followed, recorded_event
from yibao.audit.replay import ReplayedRange, events_of, replay_range
from yibao.audit.running import Work, work_on_all
from yibao.audit.surroundings import Others
from yibao.audit.transitions import replay_transitions
from yibao.basics.digest import digest_of_document
from yibao.casebook import Casebook
from yibao.cases.commands import command_digest
from yibao.cases.events import NOTHING, History
from yibao.journal import Appended
from yibao.journal.bundles import Bundle
from yibao.journal.opening import open_existing_journal, open_journal
from yibao.law import in_force
from yibao.model.chart import Chart
from yibao.procedure.machine import library_document, take_in_table, transition_table
from yibao.readers.charts.events_from_json import event_from_document

CHART = "out-of-province-inpatient"
STEPS = ("issue_referral", "affix_seals", "register", "treat", "issue_invoice", "settle")
AT_HAND = AtHand(policy=None, workflows=None)
CASES_IN_A_BATCH = 200
_FULLY, _DECIDED = 7_000, 500
_MEGABYTE, _PAGE = 1_000_000, 4096
_FLAT_MEGABYTES = 16.0
_LEAST_TRANSITIONS, _LEAST_OF_READING, _LEAST_OF_DECIDING = 400, 0.5, 0.6


def replay_table(events: int, processes: int, say: Callable[[str], None]) -> str:
    """Everything measured on a journal of so many events, as a table."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cases.sqlite"
        say(f"writing {events:,} events")
        written = write(path, events)
        found = [*_transitions(say), *_journal(path, written, processes, say), *_deciding(path, say)]
    return targets_table(found)


def write(path: Path, events: int) -> int:
    """Write at least so many events; how many they are."""
    pattern, bundles = _pattern(path.with_suffix(".pattern"))
    cases = -(-events // len(pattern))
    with open_journal(str(path), create=True) as journal:
        numbers = iter(range(cases))
        while batch := list(islice(numbers, CASES_IN_A_BATCH)):
            parts = [Appended(f"C{number:07}", 0, _case(pattern, f"C{number:07}")) for number in batch]
            journal.append_together(parts, bundles)
    return cases * len(pattern)


def _pattern(path: Path) -> tuple[list[dict[str, Any]], dict[str, Bundle]]:
    """The events of one real case, and the bundles that they name."""
    law = in_force()
    with Casebook.at(str(path), law) as book:
        # An invoice backs one case alone, and here one claim makes all of them.
        claim = {key: value for key, value in law.policy.claims[CHART].items() if key != "invoice"}
        book.open(CHART, "P", claim, at="2024-02-26")
        for step in STEPS:
            assert not book.do("P", step, at="2024-03-20").refused
    with open_existing_journal(str(path)) as journal:
        events = [dict(event) for event in journal.events("P")]
        digests = {events[0]["envelope"][key] for key in ("policy_digest", "chart_digest")}
        return events, {digest: bundle for digest in digests if (bundle := journal.bundle(digest)) is not None}


def _case(pattern: list[dict[str, Any]], case_id: str) -> list[dict[str, Any]]:
    """The events of the pattern as those of another case, with its own digests."""
    previous, made, history = None, [], History(sequence=0, case=None, last_digest=None)
    for event in pattern:
        own = {**event, "envelope": {**event["envelope"], "case_id": case_id, "previous": previous}}
        own["envelope"]["command"] = command_digest(command_of(event_from_document(own), history, {}))
        if event["kind"] == "opened":
            own["envelope"]["command"] = digest_of_document(
                {"case": case_id, "actor": None, "open": event["chart"], "data": event["data"]}
            )
        previous = digest_of_document(own)
        made.append(own)
    return made


def _transitions(say: Callable[[str], None]) -> Iterator[Target]:
    """The table of a chart beside the library with a machine for each case."""
    say("transitions by the table and by python-statemachine")
    chart = in_force().charts[CHART]
    moves = _moves(chart)
    table = transition_table(chart)

    def by_table() -> None:
        for state, event, outcomes in moves:
            take_in_table(table, state, event, outcomes)

    loaded: Any = load(_text(chart), format="json")
    fields = {f"holds_{step.name}_{name}": True for step in chart.steps for name in step.requirements}
    initial = f"state_{chart.initial}"

    def by_library() -> None:
        machine = loaded(SimpleNamespace(state=initial, **fields))
        for _state, event, _outcomes in moves:
            machine.send(f"event_{event}")

    ratio = _best(by_library, 50) / _best(by_table, 5_000)
    rate = len(moves) / _best(by_table, 5_000)
    yield _least("bulk transitions ÷ python-statemachine", ratio, _LEAST_TRANSITIONS, f"{rate:,.0f} a second")


def _text(chart: Chart) -> str:
    return json.dumps(library_document(chart), indent=1)


def _moves(chart: Chart) -> list[tuple[str, str, dict[str, bool]]]:
    steps = [step for name in STEPS if (step := chart.step_of(name)) is not None]
    return [(step.sources[0], step.event, dict.fromkeys(step.requirements, True)) for step in steps]


def _journal(path: Path, events: int, processes: int, say: Callable[[str], None]) -> Iterator[Target]:
    """Replays of the whole journal beside only reading and hash-checking its rows."""
    say("reading and hash-checking")
    reading = min(_timed(lambda: _read(path)) for _round in range(2))
    yield _told("reading and hash-checking, events a second", events / reading)
    for number in dict.fromkeys((1, processes)):
        say(f"replaying transitions in {number} processes")
        looks = list[float]()
        taken = _timed(lambda count=number, seen=looks: _worked(path, replay_transitions, count, seen))
        called = f"replay of transitions ÷ reading, {number} process{'es' if number > 1 else ''}"
        yield _least(called, reading / taken, _LEAST_OF_READING, f"{events / taken:,.0f} a second")
        if number == 1:
            yield _flat(looks, events)
    say("replaying with every condition and decision")
    sample = path.with_name("sample.sqlite")
    fully = write(sample, min(events, _FULLY))
    _worked(sample, replay_range, 1, [])
    taken = _timed(lambda: _worked(sample, replay_range, 1, []))
    yield _told("… with every condition and decision, events a second", fully / taken)
    yield _told("… ÷ reading", reading / events * fully / taken)


def _read(path: Path) -> None:
    with open_existing_journal(str(path)) as journal:
        for _event in journal.stored():
            pass


def _worked(path: Path, do: Callable[..., ReplayedRange], processes: int, looks: list[float]) -> None:
    """Replay the journal, and note the memory of this process at every tenth."""
    work = Work(journal=str(path), at_hand=AT_HAND, do=do, events=events_of)
    gone: list[int] = [0]

    def done(so_far: int, total: int) -> None:
        if so_far * 10 >= total * (gone[0] + 1):
            gone[0] += 1
            looks.append(_resident())

    for found in work_on_all(work, processes, done):
        assert found.tally.confirmed or not found.tally.events.recorded, found.told[:1]


def _deciding(path: Path, say: Callable[[str], None]) -> Iterator[Target]:
    """Deciding events made again beside bare decisions of the same claims, from document to document."""
    say("deciding again")
    with open_existing_journal(str(path)) as journal:
        laws, others = Laws(journal, AT_HAND), Others(journal)
        deciding = [found for case_id in journal.cases()[:_DECIDED] for found in _deciding_of(journal, case_id)]
        event, _digest, history, _position = deciding[0]
        law = laws.of(event.envelope)
        assert not isinstance(law, NoLaw)
        plain = in_force().law()

        def again() -> None:
            for event, digest, before, position in deciding:
                then = Then(position=position, history=before, answered={}, others=others)
                assert made_again(event, digest, then, law).same

        def bare() -> None:
            for _event, _digest, before, _position in deciding:
                assert before.case is not None
                plain.decide(plain.read_claim(before.case.claim))

        assert history.case is not None
        ratio = _best(bare, 1) / _best(again, 1)
    yield _least("deciding again ÷ bare decisions", ratio, _LEAST_OF_DECIDING, "whole events, to the digest")


def _deciding_of(journal: Any, case_id: str) -> Iterator[tuple[Any, bytes, History, int]]:
    history = NOTHING
    for row in journal.stored_of(case_id):
        event = recorded_event(row.body).event
        if decision_in(event) is not None:
            yield event, row.digest, history, row.position
        history = followed(history, event, row.digest)


def _timed(work: Callable[[], None]) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _best(work: Callable[[], None], times: int) -> float:
    """Seconds of one call: the best of five rounds of so many."""

    def several() -> None:
        for _time in range(times):
            work()

    return min(_timed(several) for _round in range(5)) / times


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * _PAGE / _MEGABYTE


def _least(what: str, ratio: float, least: float, beside: str) -> Target:
    return Target(what=what, reached=f"{ratio:.2f} ({beside})", wanted=f"≥ {least:g}", met=ratio >= least)


def _told(what: str, figure: float) -> Target:
    shown = f"{figure:,.0f}" if figure >= 10 else f"{figure:.3f}"
    return Target(what=what, reached=shown, wanted="–", met=None)


def _flat(looks: list[float], events: int) -> Target:
    grown = looks[-1] - looks[len(looks) // 2] if looks else 0.0
    reached = f"{grown:+.1f} MB to {looks[-1]:.0f} MB" if looks else "too few events to tell"
    what = f"memory over the second half of {events:,} events"
    return Target(what=what, reached=reached, wanted=f"≤ +{_FLAT_MEGABYTES:g} MB", met=grown <= _FLAT_MEGABYTES)
