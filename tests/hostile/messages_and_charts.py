"""Hostile fee-line messages of the national interface, hostile charts, and hostile scenarios beside a good chart."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.hostile import small_world
from tests.hostile.claim_texts import complaints
from tests.hostile.running import Case, Complaint
from yibao.api import load_policy
from yibao.model.chart import Chart
from yibao.model.facts import Vocabulary
from yibao.readers.charts.chart_words import MOST_STATES
from yibao.readers.charts.charts_from_yaml import charts_from_folder
from yibao.readers.charts.scenarios_from_yaml import DEEPEST, MOST_MOVES, MOST_SCENARIOS, scenarios_from_folder
from yibao.readers.nhsa.fee_lines import claim_from_nhsa

FOLDER = Path(__file__).resolve().parent / "documents"
MESSAGE, CHART, SCENARIOS = "message.json", "visit.yaml", "visit.scenarios.yaml"
GOOD = """\
chart: visit
title: {zh: 就诊, en: Visit}
summary: {zh: 就诊后报销, en: A visit and then the settlement}
cites: [{source: S0, grade: A}]
actors: {bureau: {zh: 社保局, en: Bureau}}
initial: opened
states:
  opened: {title: {zh: 开始, en: Opened}, waits_for: bureau}
  settled: {title: {zh: 已结算, en: Settled}, final: true}
steps:
  - step: settlement
    event: settle
    from: opened
    to: settled
    title: {zh: 结算, en: Settlement}
    acts: bureau
    documents: [id_card]
    guards:
      admitted: {title: {zh: 已入院, en: Admitted}, when: encounter.admitted_on is not none}
    facts: [encounter.admitted_on]
    decides: true
operations:
  correct: {acts: bureau}
  withdraw: {acts: bureau, to: settled}
  redecide: {acts: bureau}
  reverse: {acts: bureau}
  reverse_unknown: {acts: bureau}
"""
STORY = """\
scenarios_of: visit
data:
  settle: {encounter: {admitted_on: 2024-01-01}, documents: [id_card]}
scenarios:
  - it: the good way
    moves: [settle]
    state: settled
"""


def warm_up() -> object:
    """What every case needs."""
    return vocabulary(), chart()


@cache
def vocabulary() -> Vocabulary:
    """The shipped facts and tables, whose public codes the messages use."""
    return load_policy().vocabulary


@cache
def chart() -> Mapping[str, Chart]:
    """The good chart."""
    return charts_from_folder({CHART: GOOD.encode()}, small_world.names(), {})


def cases() -> Iterator[Case]:
    """All cases."""
    yield from _messages()
    yield from _charts()
    yield from _scenarios()


def _messages() -> Iterator[Case]:
    for entry in _written("messages"):
        yield _message(entry["it"], lambda entry=entry: json.dumps(entry["message"]), *complaints(entry["refused"]))
    yield _message(
        "a row that says one thing twice",
        lambda: '[{"feedetl_sn": "1", "cnt": 1, "cnt": 2}]',
        ("json-duplicate-key", "/0/cnt"),
    )
    yield _message(
        "a message that nests a thousand deep", lambda: '{"output": ' * 1_000 + "1" + "}" * 1_000, ("json-too-deep", "")
    )
    yield _message(
        "two and a half million rows of nothing", lambda: "[" + "{}," * 2_500_000 + "{}]", ("json-too-large", "")
    )
    yield _message("forty thousand rows of nothing", lambda: "[" + "{}," * 40_000 + "{}]", ("too-many-problems", ""))
    yield _message("nine million bytes", lambda: " " * 9_000_000, ("json-too-large", ""))
    unknown = [{f"key{at}": at, "feedetl_sn": "1"} for at in range(40_000)]
    yield _message(
        "forty thousand rows of one name, each with a key of its own",
        lambda: json.dumps(unknown),
        ("too-many-problems", ""),
    )


def _charts() -> Iterator[Case]:
    state = "  s{}: {{title: {{zh: 甲, en: A}}, final: true}}\n"
    step = "  - {{step: t{0}, event: e{0}, from: opened, to: s{0}, title: {{zh: 甲, en: A}}, acts: bureau}}\n"
    line = "  - {{step: t{0}, event: e{0}, from: s{0}, to: s{1}, title: {{zh: 甲, en: A}}, acts: bureau}}\n"

    def with_more(chart: str, states: str, steps: str) -> str:
        return chart.replace("steps:\n", states + "steps:\n").replace("operations:\n", steps + "operations:\n")

    def many(count: int) -> str:
        """So many states, all final, each with a step of its own."""
        states, steps = (map(text.format, range(count - 2)) for text in (state, step))
        return with_more(GOOD, "".join(states), "".join(steps))

    def long_circle() -> str:
        """Three hundred states in a circle that no case can leave."""
        states = "".join(map(state.format, range(300))).replace("final: true", "waits_for: bureau")
        steps = "".join(line.format(at, (at + 1) % 300) for at in range(300)) + step.format("0").replace(
            "t0, event: e0", "in, event: in"
        )
        return with_more(GOOD, states, steps)

    yield _chart(f"{MOST_STATES} states", lambda: many(MOST_STATES))
    yield _chart(f"{MOST_STATES + 1} states", lambda: many(MOST_STATES + 1), ("too-many", "8:3"))
    yield _chart(
        f"{MOST_STATES + 1} steps",
        lambda: with_more(GOOD, "", step.format("x").replace(": sx", ": settled") * MOST_STATES),
        ("too-many", "11:3"),
    )
    yield _chart("three hundred states in a circle", long_circle, ("trap-state", "10:3"))
    yield _chart(
        "twenty thousand facts that are none",
        lambda: GOOD.replace("facts: [encounter.admitted_on]", f"facts: [{'encounter.admited_on, ' * 20_000}]"),
        ("unknown-field", "20:13"),
    )
    for entry in _written("charts"):
        yield _chart(entry["it"], lambda entry=entry: _put(GOOD, entry), *complaints(entry["refused"]))


def _scenarios() -> Iterator[Case]:
    move, story = "      - {event: settle, set: {%s: 1}}\n", "  - {it: x, moves: [settle], state: settled}\n"
    head = "scenarios_of: visit\nscenarios:\n  - it: x\n    state: settled\n    moves:\n"
    yield _scenario(f"{DEEPEST} words in a path", lambda: head + move % ".".join(["a"] * DEEPEST))
    yield _scenario(
        f"{DEEPEST + 1} words in a path", lambda: head + move % ".".join(["a"] * (DEEPEST + 1)), ("wrong-path", "6:31")
    )
    yield _scenario(
        "five thousand words in a path", lambda: head + move % ".".join(["a"] * 5_000), ("yaml-syntax", "6:10030")
    )
    yield _scenario(f"{MOST_MOVES} moves", lambda: head + "      - settle\n" * MOST_MOVES)
    yield _scenario(
        f"{MOST_MOVES + 1} moves", lambda: head + "      - settle\n" * (MOST_MOVES + 1), ("too-many", "6:7")
    )
    yield _scenario(f"{MOST_SCENARIOS} scenarios", lambda: "scenarios_of: visit\nscenarios:\n" + story * MOST_SCENARIOS)
    yield _scenario(
        f"{MOST_SCENARIOS + 1} scenarios",
        lambda: "scenarios_of: visit\nscenarios:\n" + story * (MOST_SCENARIOS + 1),
        ("too-many", "3:3"),
    )
    yield _scenario("two hundred unknown moves", lambda: head + "      - setle\n" * 200, ("unknown-event", "6:9"))
    for entry in _written("scenarios"):
        yield _scenario(entry["it"], lambda entry=entry: _put(STORY, entry), *complaints(entry["refused"]))


def _written(name: str) -> list[Mapping[str, Any]]:
    """The entries of a file of `documents/`: `refused` tells the problems in their order, as `code place`."""
    found = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(found, list)
    return found


def _put(good: str, entry: Mapping[str, Any]) -> str:
    """A good text with the one hostile thing in it."""
    assert good.count(entry["for"]) == 1, entry["it"]
    return good.replace(entry["for"], entry["put"])


def _message(name: str, make: Callable[[], str], *expected: Complaint) -> Case:
    def read(content: object) -> object:
        assert isinstance(content, bytes)
        return claim_from_nhsa(content, vocabulary(), MESSAGE)

    at = tuple((code, f"{MESSAGE}#{pointer}") for code, pointer in expected)
    return Case(name=name, make=lambda: make().encode(), read=read, expected=at, and_more=True, seconds=8)


def _chart(name: str, make: Callable[[], str], *expected: Complaint) -> Case:
    def read(content: object) -> object:
        assert isinstance(content, bytes)
        return charts_from_folder({CHART: content}, small_world.names(), {})

    return _yaml(name, make, read, CHART, expected)


def _scenario(name: str, make: Callable[[], str], *expected: Complaint) -> Case:
    def read(content: object) -> object:
        assert isinstance(content, bytes)
        return scenarios_from_folder({SCENARIOS: content}, chart())

    return _yaml(name, make, read, SCENARIOS, expected)


def _yaml(
    name: str, make: Callable[[], str], read: Callable[[object], object], path: str, expected: tuple[Complaint, ...]
) -> Case:
    at = tuple((code, f"{path}:{place}") for code, place in expected)
    return Case(name=name, make=lambda: make().encode(), read=read, expected=at, and_more=True, seconds=8)
