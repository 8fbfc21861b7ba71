"""The quick look at a journal: where every event led, by the charts. It sees each move, and asks nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.audit.replaying import SETTLED, Alter, Event, Recording, record_decided
from yibao import Casebook, in_force
from yibao.cli import main
from yibao.model.scenarios import Move

Look = Callable[[Alter | None], tuple[int, Any]]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path = tmp_path_factory.mktemp("recorded") / "cases.sqlite"
    record_decided(path)
    return Recording(path, ["A1"])


@pytest.fixture
def look(recorded: Recording, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Look:
    """Replays the transitions of a journal that holds the case A1 as somebody altered it."""
    capsys.readouterr()

    def looked(alter: Alter | None) -> tuple[int, Any]:
        path = tmp_path / "cases.sqlite"
        recorded.written(path, alter)
        code = main(["audit", "replay", "--transitions", "--journal", str(path), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return looked


def test_a_case_that_went_by_its_chart_is_the_same(look: Look) -> None:
    code, found = look(None)
    assert (code, found["replayed"]) == (0, [])
    assert found["events"] == {"same": SETTLED + 1, "different": 0, "not_judged": 0}


def beyond(events: list[Event]) -> None:
    """The seals lead two steps further."""
    events[2]["target"] = events[2]["envelope"]["state"] = "treated"


def from_elsewhere(events: list[Event]) -> None:
    events[3]["source"] = "opened"


def another_event(events: list[Event]) -> None:
    events[3]["event"] = "settle"


def another_version(events: list[Event]) -> None:
    events[4]["envelope"]["version"] = 9


def begun_in_the_middle(events: list[Event]) -> None:
    events[0]["state"] = events[0]["envelope"]["state"] = "sealed"


def of_another_chart(events: list[Event]) -> None:
    events[0]["chart"] = "appeal"


@pytest.mark.parametrize(
    ("alter", "sequence", "pointer", "recorded_and_again"),
    [
        (beyond, 3, "/target", ("treated", "sealed")),
        (from_elsewhere, 4, "/source", ("opened", "sealed")),
        (another_event, 4, "/target", ("registered", None)),
        (another_version, 5, "/envelope/state", ("treated", "treated")),
        (begun_in_the_middle, 1, "/target", ("sealed", "opened")),
        (of_another_chart, 1, "/target", ("opened", None)),
    ],
)
def test_a_move_that_the_chart_does_not_have_is_told_and_ends_the_case(
    look: Look, alter: Alter, sequence: int, pointer: str, recorded_and_again: tuple[str | None, str | None]
) -> None:
    code, found = look(alter)
    first, *rest = found["replayed"]
    (difference,) = first["differences"]
    assert (code, first["sequence"], first["verdict"]) == (1, sequence, "different")
    assert difference["pointer"] == pointer
    assert (difference["recorded"], difference["again"]) == recorded_and_again
    assert {each["verdict"] for each in rest} <= {"not_reached"}
    assert len(rest) == SETTLED + 1 - sequence


def test_an_event_that_names_another_before_it_is_found(
    recorded: Recording, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cases.sqlite"
    recorded.written(path, lambda events: events[2]["envelope"].update(sequence=4))
    code = main(["audit", "replay", "--transitions", "--journal", str(path), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (code, found["replayed"][0]["sequence"], found["replayed"][0]["differs"]) == (1, 3, ["previous"])


def test_amounts_are_not_looked_at_here(look: Look) -> None:
    def alter(events: list[Event]) -> None:
        events[SETTLED]["decision"]["amounts"]["in_scope_fen"] += 1

    assert look(alter)[0] == 0


@pytest.fixture
def led_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A journal with a case in which a new decision led back to before a form was issued, and another was issued."""
    path, law = tmp_path / "recorded.sqlite", in_force()
    told = next(each for each in law.scenarios()["agency-handling"] if each.sentence.startswith("after a new decision"))
    with Casebook.at(str(path), law) as book:
        book.open("agency-handling", "A1", told.opening, at="2024-03-18")
        for move in told.moves:
            assert isinstance(move, Move)
            book.do("A1", move.event, json.loads(json.dumps(move.data)), actor=move.actor, at="2024-03-18")
        assert (case := book.show("A1")) is not None
        assert case.state == "paid"
    capsys.readouterr()
    return path


@pytest.mark.parametrize("quick", [(), ("--transitions",)])
def test_a_case_that_a_new_decision_led_back_is_the_same(
    led_back: Path, capsys: pytest.CaptureFixture[str], quick: tuple[str, ...]
) -> None:
    assert main(["audit", "replay", *quick, "--journal", str(led_back), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["events"]["different"] == 0


@pytest.mark.parametrize("quick", [(), ("--transitions",)])
def test_a_new_decision_that_leads_elsewhere_is_found(
    led_back: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], quick: tuple[str, ...]
) -> None:
    def elsewhere(events: list[Event]) -> None:
        (anew,) = (event for event in events if event["kind"] == "redecided")
        assert anew["envelope"]["state"] == "settled"
        anew["envelope"]["state"] = "reviewed"

    Recording(led_back, ["A1"]).written(tmp_path / "altered.sqlite", elsewhere)
    code = main(["audit", "replay", *quick, "--journal", str(tmp_path / "altered.sqlite"), "--json"])
    replayed = json.loads(capsys.readouterr().out)["replayed"]
    first, *rest = (each for each in replayed if each["verdict"] != "same")
    assert (code, first["sequence"], first["verdict"]) == (1, 7, "different")
    assert {each["verdict"] for each in rest} == {"not_reached"}
