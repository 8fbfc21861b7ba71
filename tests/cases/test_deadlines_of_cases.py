"""Deadlines of a case: too early, too late, not surely either; what passes while a case waits, and where that leads."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from tests.cases.desk import AT, Desk, conditions, visiting
from tests.cases.small_procedures import GOOD, LENGTHS, VISIT, small_charts, small_law
from tests.procedure.world import opening, passing, sending
from tests.support.small_calendars import calendar, year
from yibao.basics.digest import canonical_json
from yibao.cases.carrying_out import carry_out, pass_time, what_is_possible
from yibao.model.chart import Deadline
from yibao.model.refusals import PossibleStep

SETTLED = ("apply", "accept", "review", "settle")


def applying(discharged_on: str | None, applied_on: str) -> dict[str, Any]:
    """The data of an application. Without a day of discharge no deadline runs."""
    encounter = {} if discharged_on is None else {"discharged_on": discharged_on}
    return {**GOOD["apply"], "encounter": encounter, "application": {"applied_on": applied_on}}


def opened() -> Desk:
    desk = visiting()
    desk.said(opening("C1", VISIT, at=AT))
    return desk


def possible(desk: Desk, at: str = AT) -> PossibleStep:
    """The first step that is possible now."""
    return what_is_possible(desk.store, desk.case(), desk.law, at)[0][0]


@pytest.mark.parametrize(
    ("discharged_on", "applied_on", "refused", "facts"),
    [
        ("2024-03-11", "2024-03-14", None, None),
        ("2024-03-11", "2024-04-11", None, None),
        ("2024-01-31", "2024-02-29", None, None),
        (None, "2024-12-31", None, None),
        (
            "2024-03-11",
            "2024-03-13",
            "too_early",
            {"application.applied_on": "2024-03-13", "first_day": "2024-03-14"},
        ),
        (
            "2024-03-11",
            "2024-04-12",
            "too_late",
            {"application.applied_on": "2024-04-12", "last_day": "2024-04-11"},
        ),
        (
            "2024-01-31",
            "2024-03-01",
            "too_late",
            {"application.applied_on": "2024-03-01", "last_day": "2024-02-29"},
        ),
    ],
)
def test_what_is_known_to_be_early_or_late_is_refused_whenever_it_is_entered(
    discharged_on: str | None, applied_on: str, refused: str | None, facts: dict[str, str] | None
) -> None:
    for at in ("2024-03-01", "2024-12-31"):
        command = sending("apply", applying(discharged_on, applied_on), at=at)
        if refused is None:
            assert opened().said(command)["state"] == "applied"
            continue
        refusal = opened().refused(command)
        (failed,) = refusal["failed"]
        assert (refusal["refused"], failed["facts"]) == (refused, facts)
        assert failed["condition"] == {"too_late": "applied_in_time", "too_early": "applied_not_at_once"}[refused]
        assert failed["missing"] == []


def test_too_late_comes_before_what_else_is_missing_and_all_is_told() -> None:
    data = {**applying("2024-03-11", "2024-05-01"), "documents": [], "encounter": {"discharged_on": "2024-03-11"}}
    refusal = opened().refused(sending("apply", {**data, "filing": {}}))
    assert (refusal["refused"], refusal["missing_documents"]) == ("too_late", ["hospital_invoice"])
    assert conditions(refusal) == ["relied_case_is_ready", "applied_in_time"]


def test_a_deadline_whose_length_nobody_knows_does_not_run() -> None:
    desk = Desk(law=small_law(lengths={})).filed()
    desk.said(opening("C1", VISIT))
    assert desk.said(sending("apply", applying("2024-03-11", "2024-12-31")))["state"] == "applied"


def test_from_when_and_until_when_a_step_is_possible() -> None:
    desk = opened()
    assert (possible(desk).earliest, possible(desk).until) == (None, None)
    desk.do("correct", {"encounter": {"discharged_on": "2024-03-11"}}, about="open")
    step = possible(desk)
    assert (step.event, step.earliest, step.until, step.provisional) == ("apply", "2024-03-14", "2024-04-11", False)
    desk.good(*SETTLED)
    # Five working days after Wednesday the 20th.
    assert (possible(desk).until, possible(desk).provisional) == ("2024-03-27", False)


def desk_with(step: str, *deadlines: Deadline) -> Desk:
    """A desk at which a step of a visit has these deadlines and no others, with a filing F1."""
    chart = small_charts()[VISIT]
    steps = tuple(evolve(each, deadlines=deadlines) if each.name == step else each for each in chart.steps)
    charts = {**small_charts(), VISIT: evolve(chart, steps=steps)}
    return Desk(law=evolve(small_law(), charts=charts)).filed()


def deadline_of(step: str) -> Deadline:
    """The first deadline of a step of a visit."""
    found = small_charts()[VISIT].step_named(step)
    assert found is not None
    return found.deadlines[0]


def rolling() -> Desk:
    """A desk at which the last day of an application moves past days off."""
    desk = desk_with("application", evolve(deadline_of("application"), rolls=True))
    desk.said(opening("C1", VISIT))
    return desk


def noting_where_possible() -> Desk:
    """A desk whose chart, as those of older journals, does not ask for a deadline to be noted ahead."""
    return desk_with("payment", evolve(deadline_of("payment"), ahead=False))


def test_a_last_day_that_is_off_moves_on_where_the_chart_says_so() -> None:
    # A month after the first of April is a holiday, which ends on the fifth of May.
    for applied_on in ("2024-05-01", "2024-05-06"):
        assert rolling().said(sending("apply", applying("2024-04-01", applied_on), at=AT))["state"] == "applied"
    assert rolling().refused(sending("apply", applying("2024-04-01", "2024-05-07"), at=AT))["refused"] == "too_late"
    assert opened().refused(sending("apply", applying("2024-04-01", "2024-05-06"), at=AT))["refused"] == "too_late"


def test_a_day_beyond_what_is_published_is_provisional_and_refuses_nobody() -> None:
    desk = rolling()
    desk.do("correct", {"encounter": {"discharged_on": "2024-12-04"}}, about="open")
    step = possible(desk, at="2024-12-05")
    assert (step.until, step.provisional) == ("2025-01-06", True)
    assert desk.day_comes("2025-03-01") == [], "it has not surely passed"
    assert desk.said(sending("apply", applying("2024-12-04", "2025-02-01")))["state"] == "applied"


def test_what_was_published_later_is_not_looked_at() -> None:
    # The schedule of 2024 came out on the 25th of October 2023.
    desk = rolling()
    desk.do("correct", {"encounter": {"discharged_on": "2023-12-01"}}, about="open")
    before, after = possible(desk, at="2023-10-24"), possible(desk, at="2023-10-25")
    assert (before.until, before.provisional) == ("2024-01-01", True)
    assert (after.until, after.provisional) == ("2024-01-01", False)


def test_working_days_follow_the_calendar() -> None:
    desk = visiting()
    desk.said(opening("C1", VISIT))
    data = {**GOOD["apply"], "encounter": {"discharged_on": "2024-04-11"}, "application": {"applied_on": "2024-04-26"}}
    desk.said(sending("apply", data))
    desk.good("accept", "review", "settle")
    # The Sunday 28th, the Mondays 29th and the 30th are worked; then the 6th and 7th of May.
    assert possible(desk).until == "2024-05-07"
    without = Desk(desk.store, small_law(calendar=None))
    assert possible(without).until is None, "without a calendar nothing is counted"


def test_a_deadline_that_passes_moves_the_case_where_the_chart_says() -> None:
    desk = opened()
    desk.do("correct", {"encounter": {"discharged_on": "2024-03-11"}}, about="open")
    assert desk.day_comes("2024-04-11") == [], "the last day is still in time"
    (passed,) = desk.day_comes("2024-04-12")
    assert passed == {
        "case": "C1",
        "chart": VISIT,
        "event": None,
        "step": "application",
        "state": "lapsed",
        "version": 3,
        "at": "2024-04-12",
        "actor": None,
        "decision": None,
        "deadline": "applied_in_time",
        "last_day": "2024-04-11",
    }
    assert desk.case().document()["passed_deadlines"] == [
        {"deadline": "applied_in_time", "step": "application", "last_day": "2024-04-11"}
    ]
    assert desk.refused(sending("apply", GOOD["apply"]))["refused"] == "case_closed"
    assert desk.day_comes("2025-04-12") == []


def test_an_application_in_time_that_is_entered_after_the_tick_was_due_comes_first() -> None:
    desk = opened()
    assert desk.said(sending("apply", applying("2024-03-11", "2024-04-10"), at="2024-06-01"))["state"] == "applied"
    assert [each["deadline"] for each in desk.day_comes("2024-06-01")] == ["paid_in_time"]
    assert desk.case().state == "applied"


def test_a_deadline_that_was_met_does_not_pass_although_its_step_is_not_entered_yet() -> None:
    desk = noting_where_possible()
    desk.said(opening("C1", VISIT, at=AT))
    facts = {"encounter": {"discharged_on": "2024-03-11"}, "application": {"applied_on": "2024-04-11"}}
    desk.do("correct", facts, about="open")
    assert desk.day_comes("2024-06-01") == []
    desk.do("correct", {"application": {"applied_on": "2024-04-12"}}, about="open")
    assert [each["state"] for each in desk.day_comes("2024-06-01")] == ["lapsed"]


def test_a_noted_deadline_is_noted_once_and_the_step_is_still_possible() -> None:
    desk = visiting().good(*SETTLED)
    assert desk.day_comes("2024-03-27") == []
    (passed,) = desk.day_comes("2024-03-28")
    assert (passed["deadline"], passed["state"], passed["version"]) == ("paid_in_time", "settled", 6)
    before = canonical_json([dict(event) for event in desk.store.events("C1")])
    assert desk.day_comes("2024-03-28") == desk.day_comes("2024-06-01") == []
    assert canonical_json([dict(event) for event in desk.store.events("C1")]) == before
    data = {"handling": {"paid_on": "2024-05-30"}}
    assert desk.said(sending("pay", data, actor="sun"))["state"] == "paid"
    assert len(desk.case().passed) == 1


def test_what_is_not_noted_ahead_is_noted_where_its_step_is_possible_and_again_where_the_case_came_back() -> None:
    desk = noting_where_possible().good("apply", "accept", "review")
    assert desk.day_comes("2024-06-01") == []
    desk.good("settle")
    assert len(desk.day_comes("2024-06-01")) == 1
    desk.do("reverse")
    assert desk.day_comes("2024-06-01") == []
    desk.good("settle")
    assert len(desk.day_comes("2024-06-01")) == 1
    assert [passed.since for passed in desk.case().passed] == [5, 8]


def test_a_deadline_that_a_new_decision_moved_is_noted_by_its_new_day() -> None:
    desk = visiting().good(*SETTLED)
    assert [each["last_day"] for each in desk.day_comes("2024-04-30")] == ["2024-03-27"]
    desk.do("redecide", {"application": {"applied_on": "2024-03-21"}})
    assert [each["last_day"] for each in desk.day_comes("2024-04-30")] == ["2024-03-28"]
    assert desk.day_comes("2024-04-30") == []


def test_time_passes_for_a_case_that_is_there_only() -> None:
    desk = visiting()
    answer = carry_out(desk.store, passing("2024-04-12", "C9"), desk.law)
    assert (answer.refused, answer.document["refused"]) == (True, "unknown_case")
    assert desk.store.events("C9") == ()


def test_time_that_passes_with_nothing_due_leaves_no_trace() -> None:
    desk = noting_where_possible().good("apply")
    before = len(desk.store.events("C1"))
    answer = carry_out(desk.store, passing("2030-01-01"), desk.law)
    assert answer.document == {"case": "C1", "chart": VISIT, "state": "applied", "version": 2, "deadline": None}
    assert (answer.event, len(desk.store.events("C1"))) == (None, before)


def test_a_key_does_not_make_time_pass_for_ever() -> None:
    desk = visiting().good(*SETTLED)
    submission = passing("2024-06-01", key="K1", expected_version=5).submission
    assert len(pass_time(desk.store, "C1", submission, desk.law)) == 1
    assert pass_time(desk.store, "C1", passing("2024-06-01", key="K1").submission, desk.law) == ()


def test_deadlines_that_passed_are_noted_in_the_order_of_their_days() -> None:
    soon = deadline_of("payment")
    later = evolve(soon, name="paid_at_all", parameter="apply-within", working_days=False)
    desk = desk_with("payment", later, soon).good(*SETTLED)
    passed = [(each["deadline"], each["last_day"]) for each in desk.day_comes("2024-12-31")]
    assert passed == [("paid_in_time", "2024-03-27"), ("paid_at_all", "2024-04-20")]


def test_a_calendar_that_begins_later_makes_a_day_provisional_too() -> None:
    late = calendar(year(2024, "2023-10-25"), until="2024-12-31")
    desk = Desk(law=small_law(calendar=late, lengths=LENGTHS)).filed()
    desk.said(opening("C1", VISIT))
    data = {**GOOD["apply"], "encounter": {}, "application": {"applied_on": "2023-12-27"}}
    desk.said(sending("apply", data))
    desk.good("accept", "review", "settle")
    assert possible(desk).provisional
    assert desk.day_comes("2024-06-01") == []
