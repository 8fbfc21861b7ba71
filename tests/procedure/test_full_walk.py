"""Every event in every state of every chart, with every combination of what holds, against the chart as it is written.

The expectation is computed here from the YAML itself, not from the charts that the project reads.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from attrs import evolve

from tests.procedure.world import WORKFLOWS, charts, flags_law, opening, sending
from yibao.basics.digest import canonical_json
from yibao.cases.answering import Answer, Around
from yibao.cases.carrying_out import carry_out
from yibao.cases.commands import Law, SendEvent
from yibao.cases.events import NOTHING, History, event_document
from yibao.cases.handling import handle
from yibao.journal.memory import MemoryStore
from yibao.model.case import Case, TakenStep
from yibao.model.chart import Chart, Deadline
from yibao.model.events import StepRefused, StepTaken
from yibao.model.expressions import Compare, Constant, FactTerm, Operator
from yibao.model.facts import Kind
from yibao.procedure.machine import NotAllowed, move_by_table, take, transition_table

Written = dict[str, Any]
WRITTEN: dict[str, Written] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(WORKFLOWS.glob("*.yaml"))
    if not path.name.endswith(".scenarios.yaml")
}
UNKNOWN_EVENT = "ask_the_neighbours"
DECIDED, RELIED, ACTOR = "claim_is_decided", "relied_case_is_ready", "actor_is_somebody_else"
DECIDED_AS, OUTCOMES = "decided_as_required", ("covered", "partly_covered", "not_covered")
FIRST, SECOND = "clerk-zhao", "clerk-qian"
# Of a step with more requirements than this, those combinations are tried in which few of them fail, or few hold.
MOST_IN_FULL, FEW_FAIL, FEW_HOLD = 8, 3, 1


def sources(step: Written) -> list[str]:
    """The states that a written step leaves."""
    return [step["from"]] if isinstance(step["from"], str) else step["from"]


def refusing_deadlines(step: Written) -> list[str]:
    return [name for name, deadline in step.get("deadlines", {}).items() if deadline.get("late") != "noted"]


def requirements(step: Written) -> list[str]:
    """What a written step requires, by names that are each other's only within one step."""
    others = {
        RELIED: "relies_on" in step,
        ACTOR: "differs_from" in step,
        DECIDED: bool(step.get("decides")),
        DECIDED_AS: "decided_as" in step,
    }
    return [
        *step.get("documents", []),
        *step.get("guards", {}),
        *step.get("bars", {}),
        *refusing_deadlines(step),
        *(name for name, due in others.items() if due),
    ]


def written_way(chart: Written, state: str, step: Written) -> list[Written] | None:
    """The fewest steps from a state to the beginning of a step, the earliest in the chart of several; None if none."""
    for length in range(len(chart["states"])):
        for way in ways(chart, state, length):
            if (way[-1]["to"] if way else state) in sources(step):
                return list(way)
    return None


def ways(chart: Written, state: str, length: int) -> Iterator[tuple[Written, ...]]:
    """Every way of so many steps from a state, in the order of the chart."""
    if length == 0:
        yield ()
        return
    for step in chart["steps"]:
        if state in sources(step):
            for rest in ways(chart, step["to"], length - 1):
                yield (step, *rest)


def combinations(names: list[str]) -> Iterator[dict[str, bool]]:
    """Every way in which the named things can hold or not; of very many things the ways told above."""
    for values in itertools.product((True, False), repeat=len(names)):
        if len(names) > MOST_IN_FULL and values.count(False) > FEW_FAIL and values.count(True) > FEW_HOLD:
            continue
        yield dict(zip(names, values, strict=True))


def test_the_walk_covers_the_shipped_charts() -> None:
    assert sorted(WRITTEN) == sorted(charts())
    assert {"out-of-province-inpatient", "out-of-province-outpatient"} <= set(WRITTEN)
    steps = [step for chart in WRITTEN.values() for step in chart["steps"]]
    for asked in ("documents", "guards", "bars", "deadlines", "relies_on", "differs_from", "decides", "decided_as"):
        assert any(asked in step for step in steps), f"no shipped chart has a step with `{asked}:`"
    assert any(len(sources(step)) > 1 for step in steps)


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
    table, move = transition_table(chart), move_by_table(chart)
    expected_table: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}
    for state in written["states"]:
        for way in (take, move):
            with pytest.raises(NotAllowed):
                way(chart, state, UNKNOWN_EVENT, {})
        if state in withdrawable(written):
            expected_table[state, "withdraw"] = (written["operations"]["withdraw"]["to"], ())
            assert take(chart, state, "withdraw", {}) == written["operations"]["withdraw"]["to"]
        else:
            with pytest.raises(NotAllowed):
                take(chart, state, "withdraw", {})
        for step, own in zip(written["steps"], chart.steps, strict=True):
            if state in sources(step):
                expected_table[state, step["event"]] = (step["to"], own.requirements)
            for held in combinations(requirements(step)):
                outcomes = dict(zip(own.requirements, held.values(), strict=True))
                if state in sources(step) and all(held.values()):
                    assert take(chart, state, step["event"], outcomes) == step["to"]
                    assert move(chart, state, step["event"], outcomes) == step["to"]
                else:
                    for way in (take, move):
                        with pytest.raises(NotAllowed):
                            way(chart, state, step["event"], outcomes)
    assert table == expected_table


def with_flags(chart: Chart) -> Chart:
    """The chart with each of its conditions, deadlines and other cases read from facts of their own, so that all
    combinations can be had."""

    def flag(name: str, bars: bool) -> Compare:
        return Compare(Operator.EQUAL, FactTerm(f"flag.{name}", Kind.BOOLEAN), Constant(not bars, Kind.BOOLEAN))

    def days(deadline: Deadline) -> Deadline:
        after, on = f"day.{deadline.name}.after", f"day.{deadline.name}.on"
        return evolve(deadline, after=after, on=on, working_days=False, rolls=False)

    steps = tuple(
        evolve(
            step,
            guards=tuple(evolve(guard, condition=flag(guard.name, guard.bars)) for guard in step.guards),
            deadlines=tuple(days(deadline) for deadline in step.deadlines),
            reliance=None
            if step.reliance is None
            else evolve(step.reliance, case_fact=f"relies.{step.name}", brings=()),
        )
        for step in chart.steps
    )
    return evolve(chart, steps=steps)


def resting(chart: Chart, state: str, acted: tuple[str, ...], outcome: str | None = None) -> History:
    """A case that rests in the state, with no facts at all; the first clerk took the steps `acted`. With an outcome
    there is a live decision that says nothing else."""
    store = MemoryStore()
    opened = carry_out(store, opening(chart=chart.name), flags_law(chart)).event
    assert opened is not None
    history = NOTHING.with_documents([event_document(opened)])
    assert history.case is not None
    taken = tuple(
        TakenStep(
            sequence=1, step=step, event=step, source="opened", at="2022-03-01", actor=FIRST, key=None, decided=False
        )
        for step in acted
    )
    decision = None if outcome is None else {"outcome": outcome}
    return evolve(history, case=evolve(history.case, state=state, taken=taken, decision=decision))


def attempt(command: SendEvent, law: Law, history: History) -> Answer:
    """The answer to a command beside two cases of every other chart: one in each state that some step waits for."""

    def other(name: str) -> History:
        chart, _, state = name.partition("/")
        assert history.case is not None
        case: Case = evolve(history.case, case_id=name, chart=chart, state=state)
        return evolve(history, case=case)

    around = Around(history=history, answered=lambda key: None, others=other, holder=lambda invoice: None)
    return handle(command, law, around)


def said(written: Written, step: Written, held: dict[str, bool]) -> SendEvent:
    """The event of a step with data of which just those things hold."""
    named = [*step.get("guards", {}), *step.get("bars", {}), *([DECIDED] if step.get("decides") else [])]
    data: Written = {
        "documents": [code for code in step.get("documents", []) if held[code]],
        "flags": {name: held[name] for name in named},
    }
    for name in refusing_deadlines(step):
        on = day_held_against(step["deadlines"][name], held[name])
        data.setdefault("days", {}).update({f"{name}.after": "2024-01-01", f"{name}.on": on})
    if RELIED in held:
        data["relies"] = {step["step"]: relied_case(step["relies_on"], held[RELIED])}
    actor = {True: SECOND, False: FIRST}[held[ACTOR]] if ACTOR in held else None
    return sending(step["event"], data, actor=actor)


def outcome_said(step: Written, held: dict[str, bool]) -> str | None:
    """What the live decision says: the last outcome that will do or one that will not; None where nobody asks."""
    if DECIDED_AS not in held:
        return None
    good = step["decided_as"]
    return str(good[-1]) if held[DECIDED_AS] else next(each for each in OUTCOMES if each not in good)


def day_held_against(deadline: Written, holds: bool) -> str:
    """A day on the good or the bad side of ten days after the first of January 2024, as close to it as can be."""
    last = datetime.date(2024, 1, 11)
    beyond = 0 if holds else (1 if "at_most" in deadline else -1)
    return (last + datetime.timedelta(days=beyond)).isoformat()


def relied_case(relies_on: Written, ready: bool) -> str:
    """The name of a case of the chart that is relied on, in the last state that will do, or in one that will not."""
    states = WRITTEN[relies_on["chart"]]["states"]
    good = relies_on["states"]
    state = good[-1] if ready else next(each for each in states if each not in good)
    return f"{relies_on['chart']}/{state}"


@pytest.mark.parametrize("name", WRITTEN)
def test_every_event_off_the_chart_is_refused_leaves_the_case_as_it_was_and_names_what_was_skipped(name: str) -> None:
    chart, written = with_flags(charts()[name]), WRITTEN[name]
    law = flags_law(chart)
    taken: set[tuple[str, str]] = set()
    for state, step in itertools.product(written["states"], written["steps"]):
        way = written_way(written, state, step)
        for held in combinations(requirements(step)):
            history = resting(chart, state, tuple(step.get("differs_from", ())), outcome_said(step, held))
            assert history.case is not None
            before = canonical_json(history.case.document())
            answer = attempt(said(written, step, held), law, history)
            assert answer.event is not None
            after = history.with_documents([event_document(answer.event)]).case
            assert after is not None
            if state in sources(step) and all(held.values()):
                taken.add((state, step["event"]))
                assert isinstance(answer.event, StepTaken)
                assert (after.state, after.version) == (step["to"], 2)
                continue
            assert isinstance(answer.event, StepRefused)
            assert after == history.case
            assert canonical_json(after.document()) == before
            possible = answer.document["possible_now"]
            assert answer.document == expected_refusal(written, state, step, held, way, possible)
    assert taken == {(source, step["event"]) for step in written["steps"] for source in sources(step)}


def expected_refusal(
    chart: Written, state: str, step: Written, held: dict[str, bool], way: list[Written] | None, possible: object
) -> Written:
    """The refusal that the written chart calls for. What holds was said of the step's own requirements only."""
    looked_at = [*(way or []), step]
    documents = [code for each in looked_at for code in each.get("documents", []) if not held.get(code, False)]
    said_now = outcome_said(step, held)
    failed = [condition for each in looked_at for condition in failed_of(chart, each, held, said_now, own=each is step)]
    missed = [name for name in refusing_deadlines(step) if not held[name]]
    same_actor = ACTOR in held and not held[ACTOR]
    if same_actor:
        failed.append(condition_of(chart, step, ACTOR, {"steps": step["differs_from"]}, []))
    unmet = any(condition["condition"] not in (*missed, ACTOR) for condition in failed)
    reasons = {
        "case_closed": bool(chart["states"][state].get("final")),
        "already_taken": way is None,
        "skipped_step": bool(way),
        "too_early": any("at_least" in step["deadlines"][name] for name in missed),
        "too_late": any("at_most" in step["deadlines"][name] for name in missed),
        "actor_not_allowed": same_actor,
        "document_missing": bool(documents),
        "condition_not_met": unmet,
    }
    return {
        "refused": next(reason for reason, holds in reasons.items() if holds),
        "case": "C1",
        "state": state,
        "event": step["event"],
        "missing_steps": [each["step"] for each in way or []],
        "missing_documents": list(dict.fromkeys(documents)),
        "failed": failed,
        "conflicts": [],
        "possible_now": possible,
        "operations": expected_operations(chart, state, bool(step.get("differs_from")), said_now is not None),
        "invoice_with": None,
    }


def failed_of(chart: Written, step: Written, held: dict[str, bool], said_now: str | None, own: bool) -> list[Written]:
    """The conditions of one step that fail, in their order, while the live decision says `said_now`.

    `own`: of the step whose event was sent.
    """
    failed = []
    for name in [*step.get("guards", {}), *step.get("bars", {})]:
        # A condition nobody said anything about fails, a bar that nobody said anything about does not bar.
        known = {f"flag.{name}": held[name]} if own else {}
        if not held.get(name, False) if own else name not in step.get("bars", {}):
            failed.append(condition_of(chart, step, name, known, [] if own else [f"flag.{name}"]))
    if "relies_on" in step and not (own and held[RELIED]):
        fact, named = f"relies.{step['step']}", relied_case(step["relies_on"], ready=False)
        where = dict(zip(("chart", "state"), named.split("/"), strict=True))
        facts = {fact: named, **where} if own else {}
        failed.append(condition_of(chart, step, RELIED, facts, [] if own else [fact]))
    if step.get("decides") and not held.get(DECIDED, False):
        failed.append(condition_of(chart, step, DECIDED, {}, ["encounter.cause"]))
    if "decided_as" in step and said_now not in step["decided_as"]:
        facts = {"outcome": said_now, "decided_as": step["decided_as"]}
        failed.append(condition_of(chart, step, DECIDED_AS, facts, []))
    for name in refusing_deadlines(step) if own else []:
        if not held[name]:
            deadline = step["deadlines"][name]
            bound = "last_day" if "at_most" in deadline else "first_day"
            facts = {f"day.{name}.on": day_held_against(deadline, holds=False), bound: "2024-01-11"}
            failed.append(condition_of(chart, step, name, facts, []))
    return failed


TITLES = {
    DECIDED: {"zh": "费用已能作出裁决", "en": "The claim can be decided"},
    DECIDED_AS: {"zh": "现有裁决的结论适用本步骤", "en": "The decision in force is one that this step is for"},
    ACTOR: {"zh": "经办人与前一步骤的经办人不是同一人", "en": "Somebody else acts than in the earlier step"},
}


def condition_of(chart: Written, step: Written, name: str, facts: Written, missing: list[str]) -> Written:
    """A failed condition as the written chart has it, with its citation."""
    written = {
        **step.get("guards", {}),
        **step.get("bars", {}),
        **step.get("deadlines", {}),
        RELIED: step.get("relies_on", {}),
        **{each: {"title": title} for each, title in TITLES.items()},
    }[name]
    cites, carries = chart["cites"], chart.get("carries", [])
    if step.get("cites"):
        cites, carries = step["cites"], step.get("carries", [])
    if written.get("cites"):
        cites, carries = written["cites"], []
    return {
        "condition": name,
        "title": written["title"],
        "cites": [expected_cite(cite, carries) for cite in cites],
        "facts": facts,
        "missing": missing,
    }


def expected_cite(cite: Written, carries: list[str]) -> Written:
    return {**cite, "carries": cite.get("carries", carries)}


def withdrawable(chart: Written) -> list[str]:
    """The states in which a case of the written chart can be withdrawn."""
    default = [name for name, state in chart["states"].items() if not state.get("final")]
    named = chart["operations"]["withdraw"].get("from", default)
    return [named] if isinstance(named, str) else named


def expected_operations(chart: Written, state: str, something_taken: bool, decided: bool) -> list[Written]:
    """What can be done beside the steps in a state of the written chart."""
    is_open = not chart["states"][state].get("final")
    possible = {
        "correct": is_open and not decided,
        "withdraw": state in withdrawable(chart) and not decided,
        "redecide": decided,
        "reverse": decided,
        "reverse_unknown": is_open or decided,
        "delete": is_open and something_taken and not decided,
    }
    return [
        {"event": name, "needs": [], "earliest": None, "until": None, "provisional": False}
        for name in possible
        if possible[name] and name in chart["operations"]
    ]


@pytest.mark.parametrize("name", WRITTEN)
def test_an_unknown_event_is_refused_in_every_state(name: str) -> None:
    chart = with_flags(charts()[name])
    for state, written in WRITTEN[name]["states"].items():
        history = resting(chart, state, ())
        answer = attempt(sending(UNKNOWN_EVENT), flags_law(chart), history)
        assert answer.document["refused"] == ("case_closed" if written.get("final") else "unknown_event")
        assert answer.event is not None
        assert history.with_documents([event_document(answer.event)]).case == history.case


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_possible_names_the_steps_that_follow_and_all_that_they_need(name: str) -> None:
    chart, written = with_flags(charts()[name]), WRITTEN[name]
    for state in written["states"]:
        answer = attempt(sending(UNKNOWN_EVENT), flags_law(chart), resting(chart, state, ()))
        follows = [step for step in written["steps"] if state in sources(step)]
        assert answer.document["possible_now"] == [
            {
                "event": step["event"],
                "needs": [
                    name
                    for name in requirements(step)
                    if name not in (*step.get("bars", {}), *refusing_deadlines(step), ACTOR)
                ],
                "earliest": None,
                "until": None,
                "provisional": False,
            }
            for step in follows
        ]


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_possible_says_from_when_and_until_when(name: str) -> None:
    chart, written = with_flags(charts()[name]), WRITTEN[name]
    for state in written["states"]:
        history = resting(chart, state, ())
        assert history.case is not None
        deadlines = [name for step in written["steps"] for name in step.get("deadlines", {})]
        started = {"days": {f"{name}.after": "2024-01-01" for name in deadlines}}
        history = evolve(history, case=evolve(history.case, claim={**history.case.claim, **started}))
        answer = attempt(sending(UNKNOWN_EVENT), flags_law(chart), history)
        for possible in answer.document["possible_now"]:
            (step,) = (step for step in written["steps"] if step["event"] == possible["event"])
            bounds = [bound for each in step.get("deadlines", {}).values() for bound in each]
            assert possible["until"] == ("2024-01-11" if "at_most" in bounds else None)
            assert possible["earliest"] == ("2024-01-11" if "at_least" in bounds else None)
