"""Every event in every state of every chart, with every combination of what holds, against the chart as it is written.

The expectation is computed here from the YAML itself, not from the charts that the project reads.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from attrs import evolve

from tests.procedure.world import WORKFLOWS, charts, flags_law, opening, sending
from yibao.basics.digest import canonical_json
from yibao.cases.carrying_out import carry_out
from yibao.cases.events import History, event_document, history_of
from yibao.cases.handling import handle
from yibao.journal.memory import MemoryStore
from yibao.model.case import CaseOpened, StepRefused, StepTaken
from yibao.model.chart import Chart
from yibao.model.expressions import Compare, Constant, FactTerm, Operator
from yibao.model.facts import Kind
from yibao.procedure.machine import NotAllowed, take

WRITTEN: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(WORKFLOWS.glob("*.yaml"))
    if not path.name.endswith(".scenarios.yaml")
}
UNKNOWN_EVENT = "ask_the_neighbours"


def requirements(step: dict[str, Any]) -> list[str]:
    """What a written step requires: its documents, its conditions, and a decision where it decides."""
    conditions = [*step.get("guards", {}), *step.get("bars", {})]
    return [*step.get("documents", []), *conditions, *(["claim_is_decided"] if step.get("decides") else [])]


def written_way(chart: dict[str, Any], state: str, step: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The steps from a state to the beginning of a step, in a chart whose steps follow each other; None behind it."""
    order = [chart["initial"], *(each["to"] for each in chart["steps"])]
    here, there = order.index(state), order.index(step["from"])
    return chart["steps"][here:there] if here <= there else None


def combinations(names: list[str]) -> Iterator[dict[str, bool]]:
    """Every way in which the named things can hold or not."""
    for values in itertools.product((True, False), repeat=len(names)):
        yield dict(zip(names, values, strict=True))


def test_the_walk_covers_the_shipped_charts() -> None:
    assert sorted(WRITTEN) == sorted(charts()) == ["out-of-province-inpatient", "out-of-province-outpatient"]
    for chart in WRITTEN.values():
        froms, tos = [step["from"] for step in chart["steps"]], [step["to"] for step in chart["steps"]]
        assert froms == [chart["initial"], *tos[:-1]], "written_way needs a chart whose steps follow each other"


def test_the_inpatient_chart_has_the_six_steps_of_the_seed_and_no_other() -> None:
    steps = [
        (step["step"], step["event"], step["from"], step["to"])
        for step in WRITTEN["out-of-province-inpatient"]["steps"]
    ]
    assert steps == [
        ("referral", "issue_referral", "opened", "referred"),
        ("seal", "affix_seals", "referred", "sealed"),
        ("registration", "register", "sealed", "registered"),
        ("treatment", "treat", "registered", "treated"),
        ("invoice", "issue_invoice", "treated", "invoiced"),
        ("settlement", "settle", "invoiced", "settled"),
    ]


@pytest.mark.parametrize("name", WRITTEN)
def test_the_state_machine_moves_exactly_where_the_chart_says(name: str) -> None:
    chart, written = charts()[name], WRITTEN[name]
    walked = 0
    for state in written["states"]:
        with pytest.raises(NotAllowed):
            take(chart, state, UNKNOWN_EVENT, {})
        for step, own in zip(written["steps"], chart.steps, strict=True):
            for held in combinations(requirements(step)):
                outcomes = dict(zip(own.requirements, held.values(), strict=True))
                walked += 1
                if state == step["from"] and all(held.values()):
                    assert take(chart, state, step["event"], outcomes) == step["to"]
                else:
                    with pytest.raises(NotAllowed):
                        take(chart, state, step["event"], outcomes)
    assert walked == len(written["states"]) * sum(2 ** len(requirements(step)) for step in written["steps"])


def with_flags(chart: Chart) -> Chart:
    """The chart with each of its conditions reading a flag of its own, so that all combinations can be had."""

    def flag(name: str, bars: bool) -> Compare:
        return Compare(Operator.EQUAL, FactTerm(f"flag.{name}", Kind.BOOLEAN), Constant(not bars, Kind.BOOLEAN))

    steps = tuple(
        evolve(step, guards=tuple(evolve(guard, condition=flag(guard.name, guard.bars)) for guard in step.guards))
        for step in chart.steps
    )
    return evolve(chart, steps=steps)


def resting(chart: Chart, state: str) -> History:
    """A case that rests in the state, with no facts at all."""
    store = MemoryStore()
    law = flags_law(chart)
    carry_out(store, opening(chart=chart.name), law)
    opened = history_of(store.events("C1")).events[0]
    assert isinstance(opened, CaseOpened)
    return history_of([event_document(evolve(opened, state=state))])


@pytest.mark.parametrize("name", WRITTEN)
def test_every_event_off_the_chart_is_refused_leaves_the_case_as_it_was_and_names_what_was_skipped(name: str) -> None:
    chart, written = with_flags(charts()[name]), WRITTEN[name]
    law = flags_law(chart)
    taken = refused = 0
    for state in written["states"]:
        history = resting(chart, state)
        assert history.case is not None
        before = canonical_json(history.case.document())
        for step in written["steps"]:
            for held in combinations(requirements(step)):
                documents = [code for code in step.get("documents", []) if held[code]]
                flags = {condition: held[condition] for condition in held if condition not in step.get("documents", [])}
                answer = handle(history, sending(step["event"], {"documents": documents, "flags": flags}), law)
                assert answer.event is not None
                after = history.with_event(answer.event).case
                assert after is not None
                if state == step["from"] and all(held.values()):
                    taken += 1
                    assert isinstance(answer.event, StepTaken)
                    assert (after.state, after.version) == (step["to"], 2)
                    continue
                refused += 1
                assert isinstance(answer.event, StepRefused)
                assert canonical_json(after.document()) == before
                assert answer.document == expected_refusal(written, state, step, held, answer.document["possible_now"])
    assert taken == len(written["steps"])
    assert refused == len(written["states"]) * sum(2 ** len(requirements(step)) for step in written["steps"]) - taken


def expected_refusal(
    chart: dict[str, Any], state: str, step: dict[str, Any], held: dict[str, bool], possible: object
) -> dict[str, Any]:
    """The refusal that the written chart calls for. What holds was said of the step's own requirements only."""
    way = written_way(chart, state, step)
    looked_at = [*(way or []), step]
    documents = [code for each in looked_at for code in each.get("documents", []) if not held.get(code, False)]
    conditions = [name for each in looked_at for name in requirements(each) if name not in each.get("documents", [])]
    bars = {name for each in looked_at for name in each.get("bars", {})}
    # A condition nobody said anything about fails, a bar that nobody said anything about does not bar.
    failed = [name for name in conditions if not held.get(name, name in bars)]
    reason = "condition_not_met"
    if documents:
        reason = "document_missing"
    if way:
        reason = "skipped_step"
    if way is None:
        reason = "already_taken"
    if chart["states"][state].get("final"):
        reason = "case_closed"
    return {
        "refused": reason,
        "case": "C1",
        "state": state,
        "event": step["event"],
        "missing_steps": [each["step"] for each in way or []],
        "missing_documents": list(dict.fromkeys(documents)),
        "failed": [failed_condition(chart, name, held) for name in failed],
        "conflicts": [],
        "possible_now": possible,
    }


def failed_condition(chart: dict[str, Any], name: str, held: dict[str, bool]) -> dict[str, Any]:
    """A failed condition as the written chart has it, with its citation."""
    (step,) = (each for each in chart["steps"] if name in requirements(each))
    written = {**step.get("guards", {}), **step.get("bars", {})}.get(name)
    decided = written is None
    cites = (written or {}).get("cites") or step.get("cites") or chart["cites"]
    carries = step["carries"] if step.get("cites") else chart["carries"]
    return {
        "condition": name,
        "title": {"zh": "费用已能作出裁决", "en": "The claim can be decided"} if decided else written["title"],
        "cites": [{**cite, "carries": cite.get("carries", carries)} for cite in cites],
        "facts": {f"flag.{name}": held[name]} if name in held and not decided else {},
        "missing": ["encounter.cause"] if decided else ([] if name in held else [f"flag.{name}"]),
    }


@pytest.mark.parametrize("name", WRITTEN)
def test_an_unknown_event_is_refused_in_every_state(name: str) -> None:
    chart = with_flags(charts()[name])
    for state, written in WRITTEN[name]["states"].items():
        history = resting(chart, state)
        answer = handle(history, sending(UNKNOWN_EVENT), flags_law(chart))
        assert answer.document["refused"] == ("case_closed" if written.get("final") else "unknown_event")
        assert answer.event is not None
        assert history.with_event(answer.event).case == history.case


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_possible_names_the_step_that_follows_and_all_that_it_needs(name: str) -> None:
    chart, written = with_flags(charts()[name]), WRITTEN[name]
    for state in written["states"]:
        answer = handle(resting(chart, state), sending(UNKNOWN_EVENT), flags_law(chart))
        follows = [step for step in written["steps"] if step["from"] == state]
        assert answer.document["possible_now"] == [
            {
                "event": step["event"],
                "needs": [name for name in requirements(step) if name not in step.get("bars", {})],
                "until": None,
            }
            for step in follows
        ]
