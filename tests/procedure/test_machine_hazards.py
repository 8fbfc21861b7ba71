"""What the state-machine library does by default (canaries), and that none of it gets past our door to it."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve
from statemachine.io import load

from tests.procedure.world import INPATIENT, charts
from yibao.basics.problems import Fault
from yibao.procedure import machine
from yibao.procedure.machine import NotAllowed, library_document, take

TWO_STATES: dict[str, Any] = {
    "states": {"shut": {"initial": True, "transitions": [{"event": "push", "target": "ajar"}]}, "ajar": {"final": True}}
}


def guarded(condition: str) -> dict[str, Any]:
    transition = {"event": "push", "target": "ajar", "cond": condition}
    return {"states": {"shut": {"initial": True, "transitions": [transition]}, "ajar": {"final": True}}}


def loaded(document: dict[str, Any]) -> Any:
    return load(json.dumps(document, indent=1), format="json")


def test_sm_1_canary_the_library_ignores_an_impossible_event() -> None:
    model = SimpleNamespace(state="shut")
    loaded(TWO_STATES)(model).send("no_such_event")
    assert model.state == "shut", "nothing was raised, and the state is as it was"


def test_sm_1_an_impossible_event_is_not_allowed() -> None:
    chart = charts()[INPATIENT]
    for state, event in [("opened", "settle"), ("opened", "no_such_event"), ("settled", "settle")]:
        with pytest.raises(NotAllowed):
            take(chart, state, event, dict.fromkeys(chart.steps[-1].requirements, True))


def test_sm_2_canary_the_library_swallows_what_a_guard_raises() -> None:
    model = SimpleNamespace(state="shut")
    loaded(guarded("no_such_name"))(model).send("push")
    assert model.state == "shut", "the NameError of the guard came out nowhere"


def test_sm_2_an_exception_in_a_guard_comes_out_and_the_state_stays() -> None:
    class Torn:
        """A model whose guard can't be read."""

        def __init__(self, state: str) -> None:
            self.state = state

        @property
        def holds_referral_document_referral_certificate(self) -> bool:
            raise ZeroDivisionError

    chart = charts()[INPATIENT]
    model = Torn("state_opened")
    running: Any = machine._machine_class(machine._text_of(chart))
    with pytest.raises(ZeroDivisionError):
        running(model).send("event_issue_referral")
    assert model.state == "state_opened"


def test_sm_2_an_outcome_that_nobody_gave_is_a_fault() -> None:
    with pytest.raises(Fault, match="document_referral_certificate"):
        take(charts()[INPATIENT], "opened", "issue_referral", {})
    with pytest.raises(Fault, match="has no state nowhere"):
        take(charts()[INPATIENT], "nowhere", "issue_referral", {})


def test_sm_2_only_true_is_taken_for_true() -> None:
    chart = charts()[INPATIENT]
    outcomes: dict[str, Any] = dict.fromkeys(chart.steps[0].requirements, True) | {"guard_issuer_is_local": "no"}
    with pytest.raises(NotAllowed):
        take(chart, "opened", "issue_referral", outcomes)


def test_sm_5_canary_the_library_follows_aliases_so_that_a_bomb_can_be_written() -> None:
    text = (
        "states:\n  shut: &shut {transitions: [{event: push, target: ajar}]}\n  bolted: *shut\n  ajar: {final: true}\n"
    )
    doubled: Any = load(text, format="yaml")
    assert set(doubled.states_map) == {"shut", "bolted", "ajar"}


def test_sm_6_canary_the_library_calls_a_method_that_a_guard_names() -> None:
    called = []

    class Model:
        state = "shut"

        def delete_everything(self) -> bool:
            called.append(True)
            return True

    loaded(guarded("delete_everything"))(Model()).send("push")
    assert called


def test_sm_6_guards_are_bare_names_of_boolean_fields() -> None:
    for chart in charts().values():
        document = library_document(chart)
        conditions = [
            condition
            for state in document["states"].values()
            for transition in state.get("transitions", ())
            for condition in transition["cond"]
        ]
        assert conditions
        fields = machine._fields(chart, {})
        assert set(conditions) <= set(fields)
        assert all(type(value) is bool and name.startswith("holds_") for name, value in fields.items())


def test_sm_6_a_chart_whose_words_are_those_of_the_library_runs_all_the_same() -> None:
    chart = charts()[INPATIENT]
    words = ["send", "states", "model", "name", "configuration", "events", "history_values", "current_state"]
    events = ["error_execution", "machine", "model", "on_enter", "stop", "raise_"]
    renamed = {old: evolve(state, name=new) for (old, state), new in zip(chart.states.items(), words, strict=True)}
    steps = tuple(
        evolve(
            step,
            event=event,
            sources=(renamed[step.sources[0]].name,),
            target=renamed[step.target].name,
            documents=(),
            guards=(),
            decides=False,
        )
        for step, event in zip(chart.steps, events, strict=True)
    )
    states = {state.name: state for state in renamed.values()}
    odd = evolve(chart, initial="send", states=states, steps=steps, operations={})
    assert [take(odd, step.sources[0], step.event, {}) for step in steps] == words[1:7]


def test_sm_7_canary_the_library_falls_over_a_long_guard() -> None:
    with pytest.raises((RecursionError, MemoryError)):
        loaded(guarded("not " * 3_000 + "open"))


def test_sm_8_canary_the_library_changes_the_working_directory_to_load_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = []
    monkeypatch.setattr(os, "chdir", moved.append)
    path = tmp_path / "door.json"
    path.write_text(json.dumps(TWO_STATES), encoding="utf-8")
    load(path)
    assert moved


def test_sm_8_a_chart_is_run_without_touching_working_directory_or_files(monkeypatch: pytest.MonkeyPatch) -> None:
    touched: list[object] = []
    monkeypatch.setattr(os, "chdir", touched.append)
    monkeypatch.setattr(Path, "is_file", lambda path: touched.append(path) or False)
    chart = charts()[INPATIENT]
    machine._machine_class.cache_clear()
    assert take(chart, "opened", "issue_referral", dict.fromkeys(chart.steps[0].requirements, True)) == "referred"
    assert touched == []


def test_sm_9_canary_a_trusted_chart_runs_any_code() -> None:
    document = guarded("len(str(machine)) > 0")
    trusted: Any = load(json.dumps(document, indent=1), format="json", trusted=True)
    model = SimpleNamespace(state="shut")
    trusted(model).send("push")
    assert model.state == "ajar"


def test_sm_9_our_charts_are_loaded_untrusted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def spy(text: str, **options: Any) -> Any:
        asked.append(options)
        return load(text, **options)

    monkeypatch.setattr("statemachine.io.load", spy)
    machine._machine_class.cache_clear()
    chart = charts()[INPATIENT]
    take(chart, "opened", "issue_referral", dict.fromkeys(chart.steps[0].requirements, True))
    machine._machine_class.cache_clear()
    assert asked == [{"format": "json"}]


def test_sm_11_canary_the_library_passes_over_an_orphan_state() -> None:
    orphaned = {"states": {**TWO_STATES["states"], "nowhere": {}}}
    assert loaded(orphaned)(SimpleNamespace(state="shut")) is not None


def test_one_chart_can_be_run_in_many_threads_at_once() -> None:
    chart = charts()[INPATIENT]
    wrong: list[str] = []

    def walk() -> None:
        for _round in range(20):
            for step in chart.steps:
                reached = take(chart, step.sources[0], step.event, dict.fromkeys(step.requirements, True))
                if reached != step.target:
                    wrong.append(reached)

    threads = [threading.Thread(target=walk) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
