"""A new decision that leads back: what came after the old one is done again, unless the case has ended."""

from __future__ import annotations

import pytest

from tests.cases.desk import AT, Desk
from tests.cases.small_procedures import GOOD, VISIT_CHART, small_charts, small_law
from tests.procedure.world import sending
from yibao.basics.problems import ProblemsFound
from yibao.cases.events import NOTHING

TO_THE_PAYMENT = ("apply", "accept", "review", "settle", "pay")
INJURY = {"encounter": {"cause": "work_injury"}}
DISEASE = {"encounter": {"cause": "disease"}}
OTHER_DAY = {"handling": {"paid_on": "2024-03-26"}}
# The file is closed after the payment, so that a case can be paid and still go on.
CLOSED = "  closed: {title: {zh: 已归档, en: File closed}, final: true}\n"
CLOSING = "  - {step: closing, event: close, from: paid, to: closed, title: {zh: 归档, en: Closing}, acts: agency}\n"


def visit(anew: str, text: str = VISIT_CHART) -> str:
    """The chart of a visit, with that said of new decisions."""
    text = text.replace("redecide: {acts: agency}", f"redecide: {{acts: agency, {anew}}}")
    text = text.replace("en: Paid}, final: true}", "en: Paid}, waits_for: agency}")
    return text.replace("  lapsed:", f"{CLOSED}  lapsed:") + CLOSING


def desk_of(*events: str, anew: str = "back_to: settled, back_from: [paid]", text: str = VISIT_CHART) -> Desk:
    return Desk(law=small_law(visit=visit(anew, text))).filed().good(*events)


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


def test_a_case_that_rests_elsewhere_stays_there_with_what_is_owed() -> None:
    desk = desk_of(*TO_THE_PAYMENT)
    desk.said(sending("close", {}, at=AT))
    answer = desk.do("redecide", INJURY)
    assert (answer["state"], answer["owed"]["fund_total_fen"]) == ("closed", -70_038)
    assert [step.event for step in desk.case().taken][-2:] == ["pay", "close"]


def test_a_case_that_has_ended_goes_on_where_the_chart_says_so() -> None:
    desk = desk_of(*TO_THE_PAYMENT, anew="back_to: settled, back_from: [closed]")
    assert desk.do("redecide", INJURY)["state"] == "paid", "nothing is said of a case that is paid"
    desk.said(sending("close", {}, at=AT))
    assert desk.do("redecide", DISEASE)["state"] == "settled"


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


def test_a_case_that_came_back_by_itself_is_decided_with_what_it_brought() -> None:
    """Decided and told alike: what a step brought stands as long as the step does."""
    again = (
        "  - {step: return_of_money, event: give_back, from: paid, to: settled, title: {zh: 退款, en: Money back}, "
        "acts: agency}\n"
    )
    desk = desk_of("apply", "accept", "review", "settle", text=VISIT_CHART + again)
    more = {"lines": [{"line_id": "9", "amount_fen": 1_000}]}
    desk.said(sending("pay", {"handling": {"paid_on": "2024-03-25"}, **more}, actor="sun", at=AT))
    desk.said(sending("give_back", {}, at=AT))
    answer = desk.do("redecide", INJURY)
    assert answer["decision"]["settlement"]["amounts"]["billed_fen"] == 101_055
    assert [line["line_id"] for line in desk.case().claim["lines"]] == ["1", "2", "9"]


@pytest.mark.parametrize(("anew", "by"), [("qian", "qian"), ("qian", None), (None, "sun")])
def test_who_decided_anew_counts_as_who_took_the_step_that_decided(anew: str | None, by: str | None) -> None:
    text = VISIT_CHART.replace("differs_from: [acceptance, review]", "differs_from: [settlement]")
    desk = desk_of("apply", "accept", "review", text=text)
    desk.said(sending("settle", GOOD["settle"], actor="zhao", at=AT))
    desk.do("redecide", INJURY, actor=anew)
    refusal = desk.refused(sending("pay", OTHER_DAY, actor=by, at=AT))
    assert refusal["refused"] == "actor_not_allowed"
    if anew is not None:
        desk.said(sending("pay", OTHER_DAY, actor="sun", at=AT))


def test_a_reversal_forgets_who_decided_anew() -> None:
    text = VISIT_CHART.replace("differs_from: [acceptance, review]", "differs_from: [settlement]")
    desk = desk_of("apply", "accept", "review", "settle", text=text)
    desk.do("redecide", INJURY, actor="sun")
    desk.do("reverse")
    desk.good("settle")
    desk.said(sending("pay", OTHER_DAY, actor="sun", at=AT))


@pytest.mark.parametrize(
    ("anew", "codes"),
    [
        ("back_to: reviewed, back_from: [paid]", ["not-decided-before"]),
        ("back_to: opened, back_from: [paid]", ["late-when-taken-again", "not-decided-before"]),
        ("back_to: closed, back_from: [paid]", ["back-from-elsewhere", "back-to-final"]),
        ("back_to: settled, back_from: [settled]", ["back-from-elsewhere"]),
        ("back_to: paid, back_from: [closed, settled]", ["back-from-elsewhere"]),
        ("back_to: setled, back_from: [paid]", ["unknown-state"]),
        ("back_to: settled", ["missing-field"]),
        ("back_from: [paid]", ["missing-field"]),
    ],
)
def test_a_new_decision_leads_back_to_where_a_decision_is_and_steps_follow(anew: str, codes: list[str]) -> None:
    assert sorted(codes_of(anew)) == codes


@pytest.mark.parametrize("late", ["late: refused", "late: noted\n        overdue: closed"])
def test_a_step_that_is_taken_again_may_not_be_too_late_by_then(late: str) -> None:
    text = VISIT_CHART.replace("late: noted\n        ahead: true", late)
    assert codes_of("back_to: settled, back_from: [paid]", text) == ["late-when-taken-again"]
    assert codes_of("keeps: [invoice.number]", text) == []


def codes_of(anew: str, text: str = VISIT_CHART) -> list[str]:
    """What is wrong with the chart, by code."""
    try:
        small_charts(visit(anew, text))
    except ProblemsFound as error:
        return [problem.code for problem in error.problems]
    return []
