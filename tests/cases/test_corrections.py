"""What is put right before a decision: corrections, withdrawals, steps taken back, and what of it can't be done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.desk import Desk, conditions, operations, visiting
from tests.cases.small_procedures import FILING, GOOD, VISIT
from tests.procedure.world import doing, opening, sending, vocabulary
from yibao.basics.problems import ProblemsFound
from yibao.model.events import Change
from yibao.readers.charts.event_data import event_data_from

BEFORE_THE_DECISION = ("apply", "accept", "review")


def test_a_correction_replaces_what_an_event_brought_and_moves_nothing() -> None:
    desk = visiting().good("apply", "accept")
    change = {"encounter": {"discharged_on": "2024-03-12"}, "lines": [{"line_id": "2", "amount_fen": 60}]}
    answer = desk.do("correct", change, about="apply", reason="出院日期录入有误", actor="li")
    assert (answer["event"], answer["state"], answer["version"]) == ("correct", "accepted", 4)
    claim = desk.case().claim
    assert claim["encounter"] == {"admitted_on": "2024-03-04", "discharged_on": "2024-03-12"}
    assert claim["lines"] == [{"line_id": "1", "amount_fen": 100_000}, {"line_id": "2", "amount_fen": 60}]
    *_, recorded = desk.store.events("C1")
    assert recorded["change"] == {"event": "apply", "key": None, "reason": "出院日期录入有误"}
    assert recorded["envelope"]["actor"] == "li"


def test_a_correction_replaces_a_list_of_codes_whole() -> None:
    desk = visiting().good("apply")
    desk.do("correct", {"documents": ["hospital_invoice", "id_card"]}, about="apply")
    assert desk.case().claim["documents"] == ["hospital_invoice", "id_card"]
    desk.do("correct", {"documents": ["hospital_invoice"]}, about="apply")
    assert desk.case().claim["documents"] == ["hospital_invoice"]


def test_what_the_opening_brought_is_corrected_too() -> None:
    desk = visiting()
    desk.said(opening("C1", VISIT, data={"insured": {"insured_area": "440300"}}))
    desk.do("correct", {"insured": {"insured_area": "110000"}}, about="open")
    assert desk.case().claim["insured"] == {"insured_area": "110000"}


def test_a_correction_can_be_corrected_and_add_what_was_not_said() -> None:
    desk = visiting().good("apply")
    for day in ("2024-03-12", "2024-03-13"):
        desk.do("correct", {"encounter": {"discharged_on": day}, "insured": {"scheme": "resident"}}, about="apply")
    assert desk.case().claim["encounter"]["discharged_on"] == "2024-03-13"
    assert desk.case().claim["insured"] == {"scheme": "resident"}
    assert desk.case().version == 4


def test_of_an_event_that_was_sent_twice_the_last_is_corrected() -> None:
    desk = visiting().good("apply")
    for line in ("3", "4"):
        desk.said(sending("accept", {"lines": [{"line_id": line, "amount_fen": 10}]}, actor="zhao"))
        if line == "3":
            desk.said(sending("return"))
    assert [step.event for step in desk.case().taken] == ["apply", "accept", "return", "accept"]
    desk.do("correct", {"lines": [{"line_id": "4", "amount_fen": 11}]}, about="accept")
    assert {line["line_id"]: line["amount_fen"] for line in desk.case().claim["lines"]}["4"] == 11
    refusal = desk.refuses("correct", {"lines": [{"line_id": "3", "amount_fen": 12}]}, about="accept")
    assert refusal["refused"] == "conflicting_fact", "the line was brought by the event before"


@pytest.mark.parametrize(
    ("change", "reason", "failed", "documents"),
    [
        ({"encounter": {"kind": "outpatient"}}, "condition_not_met", ["not_a_stay"], []),
        ({"application": {"applied_on": "2024-03-12"}}, "condition_not_met", ["applied_not_at_once"], []),
        ({"application": {"applied_on": "2024-04-30"}}, "condition_not_met", ["applied_in_time"], []),
        ({"documents": ["id_card"]}, "document_missing", [], ["hospital_invoice"]),
        (
            {"documents": [], "application": {"applied_on": "2024-04-30"}},
            "document_missing",
            ["applied_in_time"],
            ["hospital_invoice"],
        ),
    ],
)
def test_a_correction_under_which_a_step_taken_would_not_have_been_allowed_is_refused(
    change: dict[str, Any], reason: str, failed: list[str], documents: list[str]
) -> None:
    desk = visiting().good("apply", "accept")
    refusal = desk.refuses("correct", change, about="apply")
    assert (refusal["refused"], refusal["missing_documents"]) == (reason, documents)
    assert conditions(refusal) == failed
    assert (refusal["event"], refusal["state"], refusal["missing_steps"]) == ("correct", "accepted", [])
    assert [possible["event"] for possible in refusal["possible_now"]] == ["return", "review"]
    assert operations(refusal) == ["correct", "withdraw", "reverse_unknown", "delete"]


def test_a_correction_that_a_later_event_contradicts_is_refused_and_names_the_fact() -> None:
    desk = visiting().good("apply")
    desk.said(sending("accept", {"encounter": {"admitted_on": "2024-03-04"}}, actor="zhao"))
    refusal = desk.refuses("correct", {"encounter": {"admitted_on": "2024-03-05"}}, about="apply")
    assert refusal["refused"] == "conflicting_fact"
    assert refusal["conflicts"] == [
        {
            "fact": "encounter.admitted_on",
            "line_id": None,
            "established": "2024-03-05",
            "given": "2024-03-04",
        }
    ]


def test_whether_the_filing_still_stands_is_not_asked_again() -> None:
    desk = visiting().good("apply")
    desk.said(sending("end", case_id="F1"))
    desk.do("correct", {"encounter": {"discharged_on": "2024-03-12"}}, about="apply")


def test_the_procedure_of_a_case_is_not_corrected() -> None:
    desk = visiting().good("apply")
    refusal = desk.refuses("correct", {"procedure": "out-of-province-inpatient"}, about="open")
    assert refusal["refused"] == "conflicting_fact"
    assert [conflict["fact"] for conflict in refusal["conflicts"]] == ["procedure"]


def test_a_correction_of_what_never_happened_is_a_problem() -> None:
    (problem,) = visiting().good("apply").problems(doing("correct", {}, about="review"))
    assert (problem.code, problem.place.pointer) == ("unknown-event", "/change/event")


def test_facts_that_can_not_be_one_claim_are_a_problem_of_a_correction() -> None:
    lines = [{"line_id": "2", "amount_fen": -5, "refund_of": "9"}]
    assert visiting().good("apply").problems(doing("correct", {"lines": lines}, about="apply"))


def test_nothing_is_corrected_after_the_decision_or_at_the_end() -> None:
    desk = visiting().good(*BEFORE_THE_DECISION, "settle")
    refusal = desk.refuses("correct", {"encounter": {"discharged_on": "2024-03-12"}}, about="apply")
    assert (refusal["refused"], conditions(refusal)) == ("condition_not_met", ["not_yet_decided"])
    assert operations(refusal) == ["redecide", "reverse", "reverse_unknown"]
    withdrawn = visiting().good("apply")
    withdrawn.do("withdraw")
    refusal = withdrawn.refuses("correct", {"encounter": {"discharged_on": "2024-03-12"}}, about="apply")
    assert (refusal["refused"], operations(refusal)) == ("case_closed", [])


def test_a_case_that_was_given_up_is_at_its_end() -> None:
    desk = visiting().good("apply")
    answer = desk.do("withdraw", reason="不再申请", actor="wang")
    assert (answer["event"], answer["state"], answer["version"]) == ("withdraw", "withdrawn", 3)
    assert desk.refused(sending("accept"))["refused"] == "case_closed"
    for operation, about in [("withdraw", None), ("delete", "apply"), ("correct", "apply")]:
        assert desk.refuses(operation, about=about)["refused"] == "case_closed"


def test_a_case_with_a_live_settlement_is_given_up_only_after_its_reversal() -> None:
    desk = visiting().good(*BEFORE_THE_DECISION, "settle")
    refusal = desk.refuses("withdraw")
    assert (refusal["refused"], conditions(refusal)) == ("condition_not_met", ["not_yet_decided"])
    desk.do("reverse")
    assert desk.do("withdraw")["state"] == "withdrawn"


def test_a_chart_says_from_where_its_cases_can_be_given_up() -> None:
    desk = Desk()
    desk.said(opening("F1", FILING))
    desk.said(opening("F2", FILING))
    assert desk.do("withdraw", case_id="F1")["state"] == "withdrawn"
    desk.said(sending("file", case_id="F2"))
    refusal = desk.refuses("withdraw", case_id="F2")
    assert (refusal["refused"], operations(refusal)) == ("already_taken", ["correct"])


def test_the_last_step_is_taken_back_with_its_facts_and_can_be_taken_again() -> None:
    desk = visiting().good(*BEFORE_THE_DECISION)
    answer = desk.do("delete", about="review")
    assert (answer["event"], answer["step"], answer["state"]) == ("delete", "review", "accepted")
    case = desk.case()
    assert "materials_complete" not in case.claim["application"]
    assert [step.event for step in case.taken] == ["apply", "accept"]
    assert case.version == 5
    desk.good("review")
    assert desk.case().state == "reviewed"


def test_all_steps_can_be_taken_back_one_by_one_and_then_nothing_more() -> None:
    desk = visiting().good("apply", "accept")
    desk.do("delete", about="accept")
    assert desk.do("delete", about="apply")["state"] == "opened"
    assert desk.case().claim == {"procedure": VISIT}
    refusal = desk.refuses("delete", about="apply")
    assert (refusal["refused"], conditions(refusal)) == ("condition_not_met", ["is_the_last_step"])
    assert operations(refusal) == ["correct", "withdraw", "reverse_unknown"]


def test_only_the_last_step_is_taken_back_and_only_before_the_decision() -> None:
    desk = visiting().good(*BEFORE_THE_DECISION)
    refusal = desk.refuses("delete", about="accept")
    assert (refusal["refused"], conditions(refusal)) == ("condition_not_met", ["is_the_last_step"])
    assert refusal["failed"][0]["facts"] == {"last_step": "review"}
    desk.good("settle")
    refusal = desk.refuses("delete", about="settle")
    assert (refusal["refused"], conditions(refusal)) == ("condition_not_met", ["not_yet_decided"])


def test_a_repetition_of_what_was_taken_back_takes_it_not_again() -> None:
    desk = visiting().good("apply", keys={"apply": "K1"})
    desk.do("delete", about="apply")
    again = sending("apply", GOOD["apply"], key="K1", at="2024-04-09")
    assert desk.said(again)["state"] == "applied", "it is told what happened then"
    assert desk.case().state == "opened"


@pytest.mark.parametrize(
    ("operation", "said", "problem"),
    [
        ("correct", {}, ("missing-field", "/change", "`change.event`")),
        ("delete", {}, ("missing-field", "/change", "`change.event`")),
        ("reverse_unknown", {}, ("missing-field", "/change", "`change.key`")),
        ("withdraw", {"about": "apply"}, ("unknown-field", "/change/event", "`change.event`")),
        ("reverse", {"unknown_key": "K"}, ("unknown-field", "/change/key", "`change.key`")),
        ("delete", {"about": "apply", "unknown_key": "K"}, ("unknown-field", "/change/key", "`change.key`")),
        ("withdraw", {"data": {"documents": []}}, ("unknown-field", "/documents", "brings no facts")),
        ("delete", {"about": "apply", "data": {"lines": []}}, ("unknown-field", "/lines", "brings no facts")),
    ],
)
def test_what_an_operation_needs_and_does_not_take(
    operation: str, said: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    code, pointer, message = problem
    (found,) = visiting().good("apply").problems(doing(operation, **said))
    assert (found.code, found.place.pointer) == (code, pointer)
    assert message in found.message


def test_an_operation_without_a_change_and_a_step_with_one_are_problems() -> None:
    desk = visiting().good("apply")
    (problem,) = desk.problems(sending("withdraw"))
    assert (problem.code, problem.place.pointer) == ("missing-field", "/change")
    (problem,) = desk.problems(doing("accept"))
    assert (problem.code, problem.place.pointer) == ("unknown-field", "/change")


def test_an_operation_that_the_chart_does_not_have_is_an_unknown_event() -> None:
    desk = visiting()
    assert desk.refuses("delete", case_id="F1", about="file")["refused"] == "unknown_event"
    assert desk.refuses("reverse", case_id="F1")["refused"] == "unknown_event"
    assert desk.refuses("reverse", case_id="C9")["refused"] == "unknown_case"


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ([], [("wrong-type", "/change")]),
        ({}, [("missing-field", "/change")]),
        ({"reason": ""}, [("wrong-type", "/change/reason")]),
        ({"reason": " \n"}, [("wrong-type", "/change/reason")]),
        ({"reason": 3}, [("wrong-type", "/change/reason")]),
        ({"reason": None}, [("wrong-type", "/change/reason")]),
        ({"reason": "x" * 1_001}, [("wrong-type", "/change/reason")]),
        ({"reason": "x", "event": []}, [("wrong-type", "/change/event")]),
        ({"reason": "x", "key": "k" * 201}, [("wrong-type", "/change/key")]),
        ({"reasn": "x"}, [("missing-field", "/change"), ("unknown-field", "/change/reasn")]),
    ],
)
def test_what_stands_under_change_is_checked_before_any_case_is_asked(
    change: object, problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(ProblemsFound) as found:
        event_data_from({"change": change}, vocabulary(), "--data")
    assert sorted((each.code, str(each.place.pointer)) for each in found.value.problems) == problems


def test_what_stands_under_change_is_read_apart_from_the_facts() -> None:
    data = {"change": {"event": "apply", "reason": "录入有误"}, "documents": ["id_card"]}
    read = event_data_from(data, vocabulary(), "--data")
    assert read == ({"documents": ["id_card"]}, Change(event="apply", key=None, reason="录入有误"))
