"""The scenarios beside the charts come true; and one that does not is told apart from one that does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
import yaml

from tests.procedure.world import INPATIENT, WORKFLOWS, charts, law, names, units, vocabulary, workflow_files
from yibao.api import in_force
from yibao.authoring.workflow_check import check_workflows
from yibao.authoring.workflow_scenarios import run_scenarios
from yibao.basics.problems import Problem, ProblemsFound
from yibao.cases.commands import Law
from yibao.model.case import Document
from yibao.model.events import Change
from yibao.model.scenarios import Scenario
from yibao.readers.charts.charts_from_yaml import charts_from_folder
from yibao.readers.charts.event_data import event_data_from
from yibao.readers.charts.scenarios_from_yaml import scenarios_from_folder

SCENARIOS = [
    (path.name.removesuffix(".scenarios.yaml"), scenario["it"])
    for path in sorted(WORKFLOWS.glob("*.scenarios.yaml"))
    for scenario in yaml.safe_load(path.read_text(encoding="utf-8"))["scenarios"]
]


def read_data(document: Document, path: str) -> tuple[Document, Change | None]:
    return event_data_from(document, vocabulary(), path)


@cache
def shipped_law() -> Law:
    """The shipped charts under the shipped policy."""
    return in_force().law()


@cache
def scenarios() -> Mapping[str, tuple[Scenario, ...]]:
    return scenarios_from_folder(workflow_files(), charts())


@cache
def told() -> Mapping[tuple[str, str], Scenario]:
    return {(name, each.sentence): each for name, found in scenarios().items() for each in found}


@pytest.mark.parametrize(("chart", "sentence"), SCENARIOS)
def test_a_scenario_beside_a_chart_comes_true(chart: str, sentence: str) -> None:
    alone = {**scenarios(), chart: (told()[chart, sentence],)}
    # What stands beside a scenario may be told of the same chart.
    beside = {each.chart for each in told()[chart, sentence].beside}
    assert chart not in beside
    (result,) = run_scenarios(alone, [chart], shipped_law(), read_data)
    assert [str(problem) for problem in result.problems] == []


def test_the_scenarios_show_every_skip_every_document_and_every_condition() -> None:
    assert [str(problem) for problem in check_workflows(charts(), scenarios())] == []
    assert len(SCENARIOS) == len(told()), "two scenarios of a chart have the same sentence"


def test_what_no_scenario_shows_is_reported() -> None:
    good_way = told()[INPATIENT, "the good way, step by step"]
    problems = check_workflows({INPATIENT: charts()[INPATIENT]}, {INPATIENT: (good_way,)})
    counted = {
        code: sum(problem.code == code for problem in problems) for code in {problem.code for problem in problems}
    }
    assert counted == {
        "skip-not-shown": 15,
        "document-not-shown": 5,
        "condition-not-shown": 11,
        # Each of six, and the new decision also refused for the bill that it keeps.
        "operation-not-shown": 7,
        "end-not-shown": 1,
    }
    assert [problem.code for problem in check_workflows({INPATIENT: charts()[INPATIENT]}, {})] == ["no-scenarios"]


def test_a_new_decision_that_leads_back_has_to_be_shown() -> None:
    name = "agency-handling"
    shown = scenarios()[name]
    assert [str(problem) for problem in check_workflows({name: charts()[name]}, {name: shown})] == []
    leading = ("after a new decision", "a form that was issued before")
    stays = tuple(each for each in shown if not each.sentence.startswith(leading))
    (problem,) = check_workflows({name: charts()[name]}, {name: stays})
    assert (problem.code, problem.message) == (
        "operation-not-shown",
        "no scenario shows `redecide` lead back from `form_issued`",
    )


GOOD_START: dict[str, Any] = {
    "scenarios_of": INPATIENT,
    "data": {
        "issue_referral": {
            "insured": {"insured_area": "440300"},
            "filing": {"referral": {"issuer": {"area": "440300", "county_level_or_above": True}}},
            "documents": ["referral_certificate"],
        }
    },
}


def outcome(moves: list[Any], state: str) -> list[Problem]:
    """What comes out of one scenario under the small law of the tests."""
    text = yaml.safe_dump(
        {**GOOD_START, "scenarios": [{"it": "a scenario", "moves": moves, "state": state}]}, allow_unicode=True
    )
    found = scenarios_from_folder({f"{INPATIENT}.scenarios.yaml": text.encode()}, charts())
    (result,) = run_scenarios(found, [INPATIENT], law(), read_data)
    return list(result.problems)


def refused(event: str, **expected: Any) -> dict[str, Any]:
    return {"event": event, "refused": expected}


@pytest.mark.parametrize(
    ("moves", "state", "code", "says"),
    [
        (["issue_referral", "affix_seals"], "sealed", "scenario-refused", "asks for filing.referral.seals"),
        ([refused("issue_referral", reason="document_missing")], "opened", "scenario-not-refused", "is taken"),
        (["issue_referral"], "opened", "scenario-differs", "ends in `referred`"),
        ([refused("settle", reason="case_closed")], "opened", "scenario-differs", "`reason` is skipped_step"),
        (
            [refused("register", reason="skipped_step", missing_steps=["seal"])],
            "opened",
            "scenario-differs",
            "`missing_steps` is [referral, seal], and [seal] was expected",
        ),
        (
            [refused("issue_referral", reason="condition_not_met", failed=[]), "issue_referral"],
            "referred",
            "scenario-not-refused",
            "is taken",
        ),
        ([{"event": "issue_referral", "set": {"insured.insured_area": 440300}}], "opened", "wrong-type", "440300"),
    ],
)
def test_a_scenario_that_does_not_come_true_says_what_was_different(
    moves: list[Any], state: str, code: str, says: str
) -> None:
    problems = outcome(moves, state)
    assert problems[0].code == code
    assert says in problems[0].message


def test_a_scenario_that_comes_true_has_nothing_to_report() -> None:
    assert outcome(["issue_referral", refused("settle", reason="skipped_step")], "referred") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scenarios_of": "out-of-province-inpatients"}, "unknown-chart"),
        ({"data": {"isue_referral": {}}}, "unknown-event"),
        ({"scenarios": [{"it": "x", "moves": ["isue_referral"], "state": "opened"}]}, "unknown-event"),
        ({"scenarios": [{"it": "x", "moves": [], "state": "open"}]}, "unknown-choice"),
        ({"scenarios": [{"moves": [], "state": "opened"}]}, "missing-field"),
        ({"scenarios": [{"it": "x", "moves": [], "state": "opened", "ends": "opened"}]}, "unknown-field"),
        (
            {"scenarios": [{"it": "x", "moves": [{"event": "settle", "without": ["documents"]}], "state": "opened"}]},
            "unknown-field",
        ),
        (
            {"scenarios": [{"it": "x", "moves": [refused("settle", reason="no_reason")], "state": "opened"}]},
            "unknown-choice",
        ),
        (
            {
                "scenarios": [
                    {
                        "it": "x",
                        "moves": [refused("settle", reason="skipped_step", missing_steps=["seals"])],
                        "state": "opened",
                    }
                ]
            },
            "unknown-step",
        ),
    ],
)
def test_a_mistake_in_a_file_of_scenarios_is_named(change: dict[str, Any], code: str) -> None:
    document = {**GOOD_START, "scenarios": [{"it": "x", "moves": [], "state": "opened"}], **change}
    with pytest.raises(ProblemsFound) as found:
        scenarios_from_folder({f"{INPATIENT}.scenarios.yaml": yaml.safe_dump(document).encode()}, charts())
    assert [problem.code for problem in found.value.problems] == [code]


def test_a_condition_that_reads_what_no_step_asks_for_is_reported() -> None:
    path = f"{INPATIENT}.yaml"
    text = workflow_files()[path].decode()
    listed = "facts: [filing.kind, filing.filed_on, filing.valid_from, filing.valid_to]"
    assert text.count(listed) == 1
    changed = charts_from_folder({path: text.replace(listed, "facts: [filing.kind]").encode()}, names(), units())
    problems = check_workflows(changed, {INPATIENT: scenarios()[INPATIENT]})
    assert [(problem.code, problem.message.split("`")[1]) for problem in problems] == [
        ("fact-not-asked", "registration_is_dated"),
        ("fact-not-asked", "registered_before_admission"),
    ]


HANDLING = "agency-handling"


def handling(*scenarios: str, **replaced: str) -> dict[str, bytes]:
    """The scenarios of the agency's handling of which the sentence begins so, with words replaced in them."""
    written = yaml.safe_load(workflow_files()[f"{HANDLING}.scenarios.yaml"])
    kept = [each for each in written["scenarios"] if each["it"].startswith(scenarios)]
    text = yaml.safe_dump({**written, "scenarios": kept}, allow_unicode=True)
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return {f"{HANDLING}.scenarios.yaml": text.encode()}


def test_a_day_that_notes_something_else_than_a_scenario_says_is_reported() -> None:
    files = handling("an accepted application that is forgotten", paid_in_time="rejected_in_time")
    (result,) = run_scenarios(scenarios_from_folder(files, charts()), [HANDLING], shipped_law(), read_data)
    assert [(problem.code, problem.message) for problem in result.problems] == [
        ("scenario-differs", "the day 2024-04-30 notes [paid_in_time], and [rejected_in_time] was expected")
    ]


def test_a_deadline_that_a_scenario_notes_is_one_of_the_chart() -> None:
    with pytest.raises(ProblemsFound) as found:
        scenarios_from_folder(handling("an accepted", paid_in_time="payed_in_time"), charts())
    assert [(problem.code, problem.hint) for problem in found.value.problems] == [
        ("unknown-deadline", "did you mean `paid_in_time`?")
    ]


def test_a_deadline_that_is_noted_ahead_is_shown_missed_while_its_step_lies_ahead() -> None:
    """A payment and a rejection that are late where they are possible show nothing of what is forgotten before."""
    late = ("a payment on the day after", "a notice after", "a rejection after")
    chart = {HANDLING: charts()[HANDLING]}

    def not_shown(*sentences: str) -> list[str]:
        found = check_workflows(chart, scenarios_from_folder(handling(*sentences), charts()))
        return [problem.message for problem in found if problem.code == "deadline-not-shown"]

    # While a rejection is possible, the payment and the notice lie ahead.
    assert not_shown(*late) == [
        "in no scenario time passes while `rejection`, whose `rejected_in_time` runs, lies ahead"
    ]
    assert not_shown(*late, "an accepted application that is forgotten") == []
    assert len(not_shown("an accepted application that is forgotten")) == 1
