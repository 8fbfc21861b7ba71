"""Deadlines of steps that a case can't take yet: they are shown, noted once, and move no case before its time."""

from __future__ import annotations

import pytest
from attrs import evolve

from tests.cases.desk import AT, Desk, visiting
from tests.cases.small_procedures import GOOD, UNITS, VISIT, VISIT_CHART, small_charts, small_law, small_vocabulary
from tests.procedure.world import opening, sending
from yibao.basics.problems import ProblemsFound
from yibao.cases.possibilities import what_lies_ahead
from yibao.language.parsing import Names
from yibao.model.chart import Bound, Chart, Deadline, Step
from yibao.model.facts import Title
from yibao.readers.charts.charts_from_yaml import charts_from_folder

APPLIED, PAID_BY, AFTER = "2024-03-20", "2024-03-27", "2024-03-28"
NOTED = ("paid_in_time", PAID_BY)


def noted(desk: Desk, day: str) -> list[tuple[str, str]]:
    """What is noted when a day comes."""
    return [(each["deadline"], each["last_day"]) for each in desk.day_comes(day)]


def ahead(desk: Desk, at: str = AT) -> list[tuple[str, str, str, bool, bool]]:
    """The event, the deadline, its last day, and whether that is provisional and over."""
    found = [each.document() for each in what_lies_ahead(desk.case(), desk.law, at)]
    return [(each["event"], each["deadline"], each["until"], each["provisional"], each["passed"]) for each in found]


def payment() -> Step:
    found = small_charts()[VISIT].step_named("payment")
    assert found is not None
    return found


def at_a_desk_of(*steps: Step, calendar: bool = True) -> Desk:
    """A desk whose visits have these steps in place of those of the same name, and the others after them."""
    chart = small_charts()[VISIT]
    named = {step.name: step for step in steps}
    kept = tuple(named.pop(step.name, step) for step in chart.steps)
    changed: Chart = evolve(chart, steps=(*kept, *named.values()))
    law = small_law() if calendar else small_law(calendar=None)
    return Desk(law=evolve(law, charts={**small_charts(), VISIT: changed})).filed()


def rejection(*deadlines: Deadline) -> Step:
    """A step that ends a reviewed or settled visit in another way than the payment."""
    return evolve(
        payment(),
        name="rejection",
        event="reject",
        sources=("reviewed", "settled"),
        target="lapsed",
        differs_from=(),
        deadlines=deadlines,
    )


@pytest.mark.parametrize(
    "way",
    [
        (),
        ("accept",),
        ("accept", "return"),
        ("accept", "review"),
        ("accept", "review", "settle"),
    ],
)
def test_a_case_that_is_forgotten_anywhere_on_its_way_has_the_passing_noted_there_and_once(
    way: tuple[str, ...],
) -> None:
    desk = visiting().good("apply", *(event for event in way if event != "return"))
    if "return" in way:
        desk.said(sending("return", {}, at=AT))
    state = desk.case().state
    assert noted(desk, PAID_BY) == []
    (passed,) = desk.day_comes(AFTER)
    assert (passed["step"], passed["deadline"], passed["last_day"]) == ("payment", "paid_in_time", PAID_BY)
    assert (passed["state"], desk.case().state) == (state, state)
    assert noted(desk, "2024-12-31") == []


def test_what_was_noted_ahead_is_not_noted_again_in_later_states_nor_where_the_case_came_back() -> None:
    desk = visiting().good("apply", "accept")
    assert noted(desk, AFTER) == [NOTED]
    desk.good("review", "settle")
    assert noted(desk, "2024-06-01") == []
    desk.do("reverse")
    desk.good("settle")
    assert noted(desk, "2024-06-01") == []
    desk.do("reverse")
    desk.do("delete", about="review")
    desk.do("delete", about="accept")
    assert noted(desk, "2024-06-01") == []
    assert len(desk.case().passed) == 1


def test_a_first_day_that_moves_is_a_time_of_its_own_and_one_that_moves_back_is_not() -> None:
    desk = visiting().good("apply")
    assert noted(desk, "2024-06-03") == [NOTED]
    desk.do("correct", {"application": {"applied_on": "2024-03-21"}}, about="apply")
    assert noted(desk, "2024-06-03") == [("paid_in_time", "2024-03-28")]
    desk.do("correct", {"application": {"applied_on": APPLIED}}, about="apply")
    assert noted(desk, "2024-06-03") == []


def test_nothing_runs_before_the_first_day_is_known_nor_after_the_day_itself_is() -> None:
    desk = visiting()
    desk.said(opening("C1", VISIT, at=AT))
    assert (ahead(desk), noted(desk, "2024-12-31")) == ([], [])
    desk.good("apply")
    assert ahead(desk, AFTER) == [("pay", "paid_in_time", PAID_BY, False, True)]
    desk.said(sending("accept", {"handling": {"paid_on": "2024-12-01"}}, actor="zhao", at=AT))
    assert (ahead(desk), noted(desk, "2024-12-31")) == ([], [])


def test_next_shows_the_later_step_its_last_day_and_whether_that_is_over() -> None:
    desk = visiting().good("apply")
    assert ahead(desk, PAID_BY) == [("pay", "paid_in_time", PAID_BY, False, False)]
    assert ahead(desk, AFTER) == [("pay", "paid_in_time", PAID_BY, False, True)]
    (document,) = [each.document() for each in what_lies_ahead(desk.case(), desk.law, AT)]
    assert (document["step"], document["title"]) == ("payment", {"zh": "支付期限", "en": "Time for the payment"})
    desk.good("accept", "review", "settle")
    assert ahead(desk, AFTER) == [], "the step is possible: it stands among those, with its last day"


def test_a_provisional_day_is_shown_as_such_and_is_not_over() -> None:
    desk = visiting()
    desk.said(opening("C1", VISIT, at=AT))
    data = {**GOOD["apply"], "encounter": {}, "application": {"applied_on": "2024-12-27"}}
    desk.said(sending("apply", data, at=AT))
    assert ahead(desk, "2025-06-01") == [("pay", "paid_in_time", "2025-01-03", True, False)]
    assert noted(desk, "2025-06-01") == []


def test_a_deadline_that_guards_against_being_early_is_none_that_passes_on_the_way() -> None:
    early = evolve(payment().deadlines[0], bound=Bound.AT_LEAST)
    desk = at_a_desk_of(evolve(payment(), deadlines=(early,))).good("apply")
    assert (ahead(desk, "2024-06-01"), noted(desk, "2024-06-01")) == ([], [])


def test_what_the_chart_does_not_note_ahead_is_shown_ahead_all_the_same() -> None:
    quiet = evolve(payment().deadlines[0], ahead=False)
    desk = at_a_desk_of(evolve(payment(), deadlines=(quiet,))).good("apply")
    assert ahead(desk, AFTER) == [("pay", "paid_in_time", PAID_BY, False, True)]
    assert noted(desk, "2024-06-01") == []


def test_one_period_with_two_ends_is_shown_for_both_and_noted_once() -> None:
    told = evolve(payment().deadlines[0], name="rejected_in_time", on="handling.rejected_on")
    desk = at_a_desk_of(rejection(told)).good("apply")
    assert [each[:3] for each in ahead(desk)] == [
        ("pay", "paid_in_time", PAID_BY),
        ("reject", "rejected_in_time", PAID_BY),
    ]
    assert noted(desk, AFTER) == [NOTED]
    desk.good("accept", "review", "settle")
    assert noted(desk, "2024-06-01") == []


def test_where_one_end_is_possible_and_the_other_ahead_the_possible_one_is_noted() -> None:
    told = evolve(payment().deadlines[0], name="rejected_in_time", on="handling.rejected_on")
    desk = at_a_desk_of(rejection(told)).good("apply", "accept", "review")
    assert noted(desk, AFTER) == [("rejected_in_time", PAID_BY)]
    desk.good("settle")
    assert noted(desk, "2024-06-01") == []


def test_the_same_length_for_steps_that_follow_each_other_is_two_periods() -> None:
    reviewed = evolve(payment().deadlines[0], name="reviewed_in_time", on="handling.reviewed_on")
    review = small_charts()[VISIT].step_named("review")
    assert review is not None
    desk = at_a_desk_of(evolve(review, deadlines=(reviewed,))).good("apply")
    assert noted(desk, AFTER) == [("reviewed_in_time", PAID_BY), NOTED]
    assert noted(desk, "2024-06-01") == []


def test_a_way_that_can_no_longer_be_taken_has_no_deadline() -> None:
    told = evolve(payment().deadlines[0], name="returned_in_time", on="handling.rejected_on")
    back = small_charts()[VISIT].step_named("return")
    assert back is not None
    desk = at_a_desk_of(evolve(back, deadlines=(told,)), evolve(payment(), deadlines=())).good("apply")
    assert [each[1] for each in ahead(desk)] == ["returned_in_time"]
    desk.good("accept", "review")
    assert (ahead(desk), noted(desk, "2024-06-01")) == ([], [])


def test_a_step_that_was_taken_and_could_come_round_again_has_no_deadline_ahead() -> None:
    told = evolve(payment().deadlines[0], name="returned_in_time", on="handling.rejected_on")
    back = small_charts()[VISIT].step_named("return")
    assert back is not None
    desk = at_a_desk_of(evolve(back, deadlines=(told,)), evolve(payment(), deadlines=())).good("apply", "accept")
    desk.said(sending("return", {}, at=AT))
    assert (ahead(desk), noted(desk, "2024-06-01")) == ([], [])


def test_a_decision_closes_the_steps_that_ask_for_another() -> None:
    """The visit is covered; the form and the rejection are for claims that are not."""
    told = evolve(payment().deadlines[0], name="rejected_in_time", on="handling.rejected_on")
    refusal = evolve(rejection(told), sources=("settled",), decided_as=("not_covered",))
    desk = at_a_desk_of(refusal, evolve(payment(), deadlines=())).good("apply", "accept", "review")
    assert [each[0] for each in ahead(desk)] == ["reject"]
    desk.good("settle")
    assert noted(desk, "2024-06-01") == []
    desk.do("redecide", {"encounter": {"cause": "work_injury"}})
    assert noted(desk, "2024-06-01") == [("rejected_in_time", PAID_BY)]


def test_a_deadline_that_is_over_moves_the_case_only_from_where_its_step_was_possible() -> None:
    ends = evolve(payment().deadlines[0], overdue="lapsed")
    desk = at_a_desk_of(evolve(payment(), deadlines=(ends,))).good("apply")
    assert [(each["state"], each["deadline"]) for each in desk.day_comes(AFTER)] == [("applied", "paid_in_time")]
    desk.good("accept", "review")
    assert desk.day_comes("2024-06-01") == []
    desk.good("settle")
    assert [(each["state"], each["deadline"]) for each in desk.day_comes("2024-06-01")] == [("lapsed", "paid_in_time")]
    assert [each.last_day for each in desk.case().passed] == [PAID_BY, PAID_BY]
    assert desk.day_comes("2024-12-31") == []


def test_without_a_calendar_nothing_runs_ahead() -> None:
    desk = at_a_desk_of(calendar=False).good("apply")
    assert (ahead(desk), noted(desk, "2024-06-01")) == ([], [])


def test_a_title_of_a_deadline_says_nothing_of_its_period() -> None:
    """Two ends of one period may be called differently; what counts is where it begins and how it is counted."""
    told = evolve(payment().deadlines[0], title=Title(zh="告知期限", en="Time for telling"), name="told", cites=())
    assert told.is_same_period(payment().deadlines[0])
    assert not evolve(told, working_days=False).is_same_period(payment().deadlines[0])
    assert not evolve(told, after="encounter.discharged_on").is_same_period(payment().deadlines[0])


def test_only_what_can_pass_is_noted_ahead_and_only_where_the_chart_says_so() -> None:
    assert not small_charts()[VISIT].steps[0].deadlines[0].ahead
    assert payment().deadlines[0].ahead
    path = f"{VISIT}.yaml"
    text = VISIT_CHART.replace("at_least: apply-not-before", "at_least: apply-not-before\n        ahead: true")
    with pytest.raises(ProblemsFound) as found:
        charts_from_folder({path: text.encode()}, Names(vocabulary=small_vocabulary(), catalogues={}), UNITS)
    assert "deadline-never-passes" in [problem.code for problem in found.value.problems]
