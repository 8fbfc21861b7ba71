"""A new decision that leads back: what came after the old one is done again, unless the case has ended."""

from __future__ import annotations

import pytest
from attrs import evolve

from tests.cases.desk import AT, Desk
from tests.cases.small_procedures import FILING, FILING_CHART, UNITS, VISIT, VISIT_CHART, small_law, small_vocabulary
from tests.procedure.world import sending
from yibao.basics.problems import Problem, ProblemsFound
from yibao.cases.events import NOTHING
from yibao.language.parsing import Names
from yibao.model.chart import Chart
from yibao.readers.charts.charts_from_yaml import charts_from_folder

TO_THE_PAYMENT = ("apply", "accept", "review", "settle", "pay")
INJURY = {"encounter": {"cause": "work_injury"}}
DISEASE = {"encounter": {"cause": "disease"}}
OTHER_DAY = {"handling": {"paid_on": "2024-03-26"}}
# The file is closed after the payment, so that a case can be paid and still go on.
CLOSED = "  closed: {title: {zh: 已归档, en: File closed}, final: true}\n"
CLOSING = "  - {step: closing, event: close, from: paid, to: closed, title: {zh: 归档, en: Closing}, acts: agency}\n"


def leading_back(state: str) -> Chart:
    """The chart of a visit, in which a new decision leads back to a state. Raises ProblemsFound."""
    text = VISIT_CHART.replace("redecide: {acts: agency}", f"redecide: {{acts: agency, back_to: {state}}}")
    text = text.replace("en: Paid}, final: true}", "en: Paid}, waits_for: agency}")
    text = text.replace("  lapsed:", f"{CLOSED}  lapsed:") + CLOSING
    files = {f"{VISIT}.yaml": text.encode(), f"{FILING}.yaml": FILING_CHART.encode()}
    return charts_from_folder(files, Names(vocabulary=small_vocabulary(), catalogues={}), UNITS)[VISIT]


def desk_of(*events: str) -> Desk:
    law = small_law()
    desk = Desk(law=evolve(law, charts={**law.charts, VISIT: leading_back("settled")})).filed()
    return desk.good(*events)


def test_a_new_decision_leads_back_and_the_steps_after_it_are_taken_again() -> None:
    desk = desk_of(*TO_THE_PAYMENT)
    answer = desk.do("redecide", INJURY)
    case = desk.case()
    assert (answer["state"], case.state, case.since) == ("settled", "settled", 7)
    assert [step.event for step in case.taken] == ["apply", "accept", "review", "settle"]
    assert "paid_on" not in case.claim.get("handling", {})
    refusal = desk.refused(sending("close", {}, at=AT))
    assert (refusal["refused"], refusal["missing_steps"]) == ("skipped_step", ["payment"])
    desk.said(sending("pay", OTHER_DAY, actor="sun", at=AT))
    assert (desk.case().state, desk.case().claim["handling"]) == ("paid", {"paid_on": "2024-03-26"})
    assert desk.case().claim["encounter"]["cause"] == "work_injury"


def test_what_came_to_light_before_stays_when_another_new_decision_leads_back() -> None:
    desk = desk_of(*TO_THE_PAYMENT)
    desk.do("redecide", INJURY)
    desk.said(sending("pay", OTHER_DAY, actor="sun", at=AT))
    desk.do("redecide", {"application": {"materials_complete": True}})
    assert desk.case().state == "settled"
    assert desk.case().claim["encounter"]["cause"] == "work_injury"
    assert desk.do("redecide", DISEASE)["owed"]["fund_total_fen"] == 70_038


def test_what_a_step_that_falls_away_brought_is_not_decided_on() -> None:
    desk = desk_of("apply", "accept", "review", "settle")
    more = {"lines": [{"line_id": "9", "amount_fen": 1_000}]}
    desk.said(sending("pay", {"handling": {"paid_on": "2024-03-25"}, **more}, actor="sun", at=AT))
    assert desk.do("redecide", INJURY)["decision"]["settlement"]["amounts"]["billed_fen"] == 100_055


def test_a_case_that_has_ended_rests_there_with_what_is_owed() -> None:
    desk = desk_of(*TO_THE_PAYMENT)
    desk.said(sending("close", {}, at=AT))
    answer = desk.do("redecide", INJURY)
    assert (answer["state"], answer["owed"]["fund_total_fen"]) == ("closed", -70_038)
    assert [step.event for step in desk.case().taken][-2:] == ["pay", "close"]


def test_a_case_that_has_not_gone_on_since_rests_where_it_is() -> None:
    desk = desk_of("apply", "accept", "review", "settle")
    since = desk.case().since
    assert desk.do("redecide", INJURY)["state"] == "settled"
    assert desk.case().since == since


def test_a_settlement_that_led_back_is_reversed_as_any_other() -> None:
    desk = desk_of(*TO_THE_PAYMENT)
    desk.do("redecide", INJURY)
    assert desk.do("reverse")["state"] == "reviewed"
    assert desk.case().claim["encounter"].get("cause") is None
    desk.good("settle", "pay")


def test_an_event_that_leads_back_to_where_the_case_has_not_been_does_not_follow() -> None:
    desk = desk_of("apply", "accept", "review", "settle")
    desk.do("redecide", INJURY)
    history = [dict(event) for event in desk.store.events("C1")]
    history[-1] = {**history[-1], "envelope": {**history[-1]["envelope"], "state": "accepted"}}
    with pytest.raises(ProblemsFound, match="since it was decided"):
        NOTHING.with_documents(history)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("reviewed", "not-decided-before"),
        ("opened", "not-decided-before"),
        ("closed", "back-to-final"),
        ("setled", "unknown-state"),
    ],
)
def test_a_new_decision_leads_back_to_where_a_decision_is_and_steps_follow(state: str, code: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        leading_back(state)
    problems: list[Problem] = list(found.value.problems)
    assert [problem.code for problem in problems] == [code]
