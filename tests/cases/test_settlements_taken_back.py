"""What happens to a settlement afterwards: a new decision, a reversal, an outcome that its sender does not know; and
that an invoice backs one live settlement of a journal.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from tests.cases.desk import AT, Desk, conditions, operations, visiting
from tests.cases.small_procedures import GOOD
from tests.procedure.world import doing, sending
from yibao.cases.carrying_out import carry_out
from yibao.journal.sqlite import Journal
from yibao.model.case import Document, Invoice

TO_THE_DECISION = ("apply", "accept", "review", "settle")
FUND, PERSON = 70_038, 30_017


def amounts(desk: Desk) -> Document:
    """The amounts of the live decision."""
    decision = desk.case().decision
    assert decision is not None
    found: Document = decision["settlement"]["amounts"]
    return found


def test_a_later_fact_leads_to_a_new_decision_which_says_what_is_owed_either_way() -> None:
    desk = visiting().good(*TO_THE_DECISION)
    first = desk.case().decision
    assert first is not None
    assert amounts(desk) == {"billed_fen": 100_055, "fund_total_fen": FUND, "personal_fen": PERSON}
    answer = desk.do("redecide", {"encounter": {"cause": "work_injury"}}, reason="认定为工伤", actor="qian")
    assert (answer["event"], answer["state"], answer["version"]) == ("redecide", "settled", 6)
    assert answer["supersedes"] == first["decision_id"]
    assert answer["owed"] == {"billed_fen": 0, "fund_total_fen": -FUND, "personal_fen": FUND}
    assert answer["decision"]["outcome"] == "not_covered"
    assert desk.case().decision == answer["decision"]
    assert desk.case().claim["encounter"]["cause"] == "work_injury"
    back = desk.do("redecide", {"encounter": {"cause": "disease"}}, reason="工伤认定撤销")
    assert back["owed"] == {"billed_fen": 0, "fund_total_fen": FUND, "personal_fen": -FUND}
    assert back["supersedes"] == answer["decision"]["decision_id"]
    assert back["decision"] == first


def test_a_new_decision_is_possible_at_the_end_and_replaces_amounts_of_lines() -> None:
    desk = visiting().good(*TO_THE_DECISION, "pay")
    answer = desk.do("redecide", {"lines": [{"line_id": "1", "amount_fen": 90_000}]})
    assert (answer["state"], desk.case().state) == ("paid", "paid")
    assert answer["owed"] == {"billed_fen": -10_000, "fund_total_fen": -7_000, "personal_fen": -3_000}


def test_a_chart_that_keeps_the_bill_decides_nothing_anew_on_another() -> None:
    desk = visiting().good(*TO_THE_DECISION)
    keeping(desk, "line.amount_fen", "invoice.number")
    refusal = desk.refuses("redecide", {"lines": [{"line_id": "1", "amount_fen": 90_000}], "invoice": {"number": "9"}})
    assert refusal["refused"] == "conflicting_fact"
    assert refusal["conflicts"] == [
        {"fact": "line.amount_fen", "line_id": "1", "established": 100_000, "given": 90_000},
        {"fact": "invoice.number", "line_id": None, "established": "0001", "given": "9"},
    ]
    same_bill = {"lines": [{"line_id": "1", "amount_fen": 100_000}], "encounter": {"cause": "work_injury"}}
    assert desk.do("redecide", same_bill)["decision"]["outcome"] == "not_covered"


@pytest.mark.parametrize("actor", ["zhao", None])
def test_a_chart_can_ask_somebody_else_for_the_new_decision(actor: str | None) -> None:
    desk = visiting().good(*TO_THE_DECISION)
    chart = desk.law.charts["visit"]
    redecide = evolve(chart.operations["redecide"], differs_from=("acceptance",))
    chart = evolve(chart, operations={**chart.operations, "redecide": redecide})
    desk.law = evolve(desk.law, charts={**desk.law.charts, "visit": chart})
    refusal = desk.refuses("redecide", {"encounter": {"cause": "work_injury"}}, actor=actor)
    assert (refusal["refused"], refusal["failed"][0]["facts"]) == ("actor_not_allowed", {"steps": ["acceptance"]})
    desk.do("redecide", {"encounter": {"cause": "work_injury"}}, actor="sun")


def keeping(desk: Desk, *facts: str) -> None:
    """Let the chart of a visit keep facts in a new decision."""
    chart = desk.law.charts["visit"]
    redecide = evolve(chart.operations["redecide"], keeps=facts)
    chart = evolve(chart, operations={**chart.operations, "redecide": redecide})
    desk.law = evolve(desk.law, charts={**desk.law.charts, "visit": chart})


def test_what_was_decided_anew_is_what_later_steps_go_on_with() -> None:
    desk = visiting().good(*TO_THE_DECISION)
    desk.do("redecide", {"encounter": {"cause": "work_injury"}})
    desk.good("pay")
    assert desk.case().claim["encounter"]["cause"] == "work_injury"
    refusal = desk.refused(sending("pay", {"encounter": {"cause": "disease"}}))
    assert refusal["conflicts"][0]["established"] == "work_injury"


def test_there_is_no_new_decision_without_an_old_one_or_of_what_can_not_be_decided() -> None:
    desk = visiting().good("apply", "accept")
    refusal = desk.refuses("redecide", {"encounter": {"cause": "disease"}})
    assert (refusal["refused"], conditions(refusal)) == ("condition_not_met", ["settlement_is_live"])
    desk.good("review", "settle")
    undetermined = {"outcome": "undetermined", "missing": [{"fact": "encounter.emergency"}]}
    desk.law = evolve(desk.law, decide=lambda claim: undetermined)
    (failed,) = desk.refuses("redecide", {"encounter": {"cause": "traffic_accident"}})["failed"]
    assert (failed["condition"], failed["missing"]) == ("claim_is_decided", ["encounter.emergency"])


def test_the_procedure_of_a_case_is_not_decided_anew() -> None:
    refusal = visiting().good(*TO_THE_DECISION).refuses("redecide", {"procedure": "filing"})
    assert refusal["refused"] == "conflicting_fact"
    assert refusal["conflicts"] == [{"fact": "procedure", "line_id": None, "established": "visit", "given": "filing"}]


def test_a_reversal_takes_the_settlement_back_with_every_sign_turned() -> None:
    desk = visiting().good(*TO_THE_DECISION)
    decision = desk.case().decision
    assert decision is not None
    answer = desk.do("reverse", reason="票据重复", actor="qian")
    assert (answer["event"], answer["state"], answer["version"]) == ("reverse", "reviewed", 6)
    assert answer["reverses"] == decision["decision_id"]
    assert answer["mirrored"] == {
        "lines": [
            {"line_id": "1", "amounts": {"billed_fen": -100_000, "ceiling_fen": None}},
            {"line_id": "2", "amounts": {"billed_fen": -55, "ceiling_fen": None}},
        ],
        "segments": [{"segment": "seven-tenths", "payer": "fund", "pays_fen": -FUND}],
        "amounts": {"billed_fen": -100_055, "fund_total_fen": -FUND, "personal_fen": -PERSON},
    }
    case = desk.case()
    assert (case.decision, case.invoice) == (None, None)
    assert "cause" not in case.claim["encounter"]
    assert [step.event for step in case.taken] == ["apply", "accept", "review"]


def test_a_reversal_takes_later_steps_and_new_decisions_back_too() -> None:
    desk = visiting().good(*TO_THE_DECISION)
    desk.do("redecide", {"encounter": {"cause": "work_injury"}, "insured": {"scheme": "resident"}})
    desk.good("pay")
    answer = desk.do("reverse")
    assert answer["mirrored"]["amounts"] == {"billed_fen": -100_055, "fund_total_fen": 0, "personal_fen": -100_055}
    case = desk.case()
    assert (case.state, "insured" in case.claim, "handling" in case.claim) == ("reviewed", False, False)
    desk.good("settle")
    assert amounts(desk)["fund_total_fen"] == FUND


def test_what_is_not_settled_is_not_reversed() -> None:
    desk = visiting().good("apply", "accept", "review")
    refusal = desk.refuses("reverse")
    assert (refusal["refused"], conditions(refusal)) == ("condition_not_met", ["settlement_is_live"])
    desk.good("settle").do("reverse")
    assert conditions(desk.refuses("reverse")) == ["settlement_is_live"]


def test_what_comes_before_the_decision_is_corrected_after_a_reversal() -> None:
    desk = visiting().good(*TO_THE_DECISION)
    desk.do("reverse")
    desk.do("correct", {"lines": [{"line_id": "2", "amount_fen": 45}]}, about="apply")
    desk.good("settle")
    assert amounts(desk)["billed_fen"] == 100_045


def test_a_settlement_whose_outcome_its_sender_does_not_know_is_reversed_if_it_was_recorded() -> None:
    desk = visiting().good(*TO_THE_DECISION, keys={"settle": "K1"})
    answer = desk.do("reverse_unknown", unknown_key="K1", reason="结算超时")
    assert (answer["event"], answer["state"]) == ("reverse_unknown", "reviewed")
    assert answer["mirrored"]["amounts"]["fund_total_fen"] == -FUND
    late = sending("settle", GOOD["settle"], actor="qian", key="K1", at="2024-04-30")
    assert desk.said(late)["decision"] is not None, "the late message is told what became of it then"
    assert desk.case().decision is None
    refusal = desk.refuses("reverse_unknown", unknown_key="K1")
    assert (refusal["refused"], conditions(refusal)) == ("condition_not_met", ["settlement_is_live"])


def test_a_settlement_that_never_arrived_is_not_taken_when_it_arrives_later() -> None:
    desk = visiting().good("apply", "accept", "review")
    answer = desk.do("reverse_unknown", unknown_key="K1", reason="结算超时")
    assert (answer["event"], answer["state"], answer["version"]) == ("reverse_unknown", "reviewed", 5)
    assert "mirrored" not in answer
    late = sending("settle", GOOD["settle"], actor="qian", key="K1")
    refusal = desk.refused(late)
    assert (refusal["refused"], refusal["possible_now"][0]["event"]) == ("key_reused", "settle")
    again = sending("settle", GOOD["settle"], actor="qian", key="K2")
    assert desk.said(again)["state"] == "settled"


def test_of_two_settlements_the_unknown_one_is_voided_and_the_live_one_stays() -> None:
    desk = visiting().good(*TO_THE_DECISION, keys={"settle": "K2"})
    desk.do("reverse_unknown", unknown_key="K1")
    assert amounts(desk)["fund_total_fen"] == FUND
    assert desk.refused(sending("settle", GOOD["settle"], key="K1"))["refused"] == "key_reused"


def test_a_key_that_answered_something_else_has_no_settlement_to_take_back() -> None:
    desk = visiting().good("apply", "accept", "review", keys={"review": "K1"})
    refusal = desk.refuses("reverse_unknown", unknown_key="K1")
    assert (refusal["refused"], conditions(refusal)) == ("condition_not_met", ["settlement_is_live"])
    desk.refused(sending("settle", {}, actor="qian", key="K2"))
    assert desk.refuses("reverse_unknown", unknown_key="K2")["refused"] == "condition_not_met"


def test_nothing_can_arrive_late_in_a_case_that_is_over() -> None:
    desk = visiting().good("apply")
    desk.do("withdraw")
    refusal = desk.refuses("reverse_unknown", unknown_key="K1")
    assert (refusal["refused"], operations(refusal)) == ("case_closed", [])


def second(desk: Desk, number: str = "0001") -> Document:
    """Another case up to its settlement with an invoice, and what is said to that."""
    desk.good("apply", "accept", "review", case_id="C2")
    return desk.refused(settling(number))


def settling(number: str, case_id: str = "C2") -> Any:
    data = {"encounter": {"cause": "disease"}, "invoice": {"issuer": "H1", "number": number}}
    return sending("settle", data, case_id, actor="qian", at=AT)


def test_an_invoice_that_backs_a_live_settlement_backs_no_other_and_the_refusal_names_the_first() -> None:
    desk = visiting().good(*TO_THE_DECISION)
    refusal = second(desk)
    assert (refusal["refused"], refusal["invoice_with"]) == ("duplicate_invoice", "C1")
    assert (refusal["failed"], refusal["missing_documents"]) == ([], [])
    assert desk.said(settling("0002"))["state"] == "settled"


def test_a_reversal_frees_the_invoice() -> None:
    desk = visiting().good(*TO_THE_DECISION)
    second(desk)
    desk.do("reverse")
    assert desk.said(settling("0001"))["state"] == "settled"
    refusal = desk.refused(settling("0001", "C1"))
    assert (refusal["refused"], refusal["invoice_with"]) == ("duplicate_invoice", "C2")


def test_an_unknown_outcome_that_was_recorded_frees_the_invoice_too() -> None:
    desk = visiting().good(*TO_THE_DECISION, keys={"settle": "K1"})
    second(desk)
    desk.do("reverse_unknown", unknown_key="K1")
    assert desk.said(settling("0001"))["state"] == "settled"


def test_a_case_is_settled_again_with_its_own_invoice() -> None:
    desk = visiting().good(*TO_THE_DECISION)
    desk.do("reverse")
    desk.good("settle")
    assert desk.case().invoice == Invoice(issuer="H1", number="0001")


def test_an_invoice_of_another_issuer_is_another_invoice() -> None:
    desk = visiting().good(*TO_THE_DECISION).good("apply", "accept", "review", case_id="C2")
    data = {"encounter": {"cause": "disease"}, "invoice": {"issuer": "H2", "number": "0001"}}
    assert desk.said(sending("settle", data, "C2", actor="qian"))["state"] == "settled"


def test_a_new_decision_on_another_invoice_moves_the_backing() -> None:
    desk = visiting().good(*TO_THE_DECISION)
    desk.do("redecide", {"invoice": {"number": "0009"}}, reason="换开发票")
    assert desk.case().invoice == Invoice(issuer="H1", number="0009")
    assert second(desk, "0009")["invoice_with"] == "C1"
    assert desk.said(settling("0001"))["state"] == "settled", "the first invoice is free"
    refusal = desk.refuses("redecide", {"invoice": {"number": "0001"}})
    assert (refusal["refused"], refusal["invoice_with"]) == ("duplicate_invoice", "C2")
    desk.do("reverse")
    desk.do("redecide", {"invoice": {"number": "0009"}}, case_id="C2")
    assert desk.case("C2").invoice == Invoice(issuer="H1", number="0009")


def test_an_invoice_that_becomes_known_after_the_settlement_backs_it_from_then_on() -> None:
    desk = visiting().good("apply", "accept", "review")
    desk.said(sending("settle", {"encounter": {"cause": "disease"}}, actor="qian"))
    assert desk.case().invoice is None
    invoice = {"invoice": {"issuer": "H1", "number": "0001"}}
    desk.said(sending("pay", {**invoice, **GOOD["pay"]}, actor="sun"))
    refusal = second(desk)
    assert (refusal["refused"], refusal["invoice_with"]) == ("duplicate_invoice", "C1")
    desk.said(sending("settle", {"encounter": {"cause": "disease"}}, "C2", actor="qian"))
    refused = desk.refused(sending("pay", {**invoice, **GOOD["pay"]}, "C2", actor="sun"))
    assert (refused["refused"], refused["invoice_with"]) == ("duplicate_invoice", "C1")
    desk.do("reverse")
    desk.said(sending("pay", {**invoice, **GOOD["pay"]}, "C2", actor="sun"))


def test_of_two_settlements_at_once_exactly_one_gets_the_invoice(tmp_path: Path) -> None:
    rounds = 12
    with Journal.open(tmp_path / "cases.sqlite", create=True) as journal:
        desk = Desk(journal).filed()
        for number in range(rounds):
            for name in ("A", "B"):
                desk.good("apply", "accept", "review", case_id=f"{name}{number}")
        answers: dict[str, Document] = {}
        for number in range(rounds):
            together = threading.Barrier(2)
            threads = [
                threading.Thread(target=_settle, args=(tmp_path, f"{name}{number}", str(number), together, answers))
                for name in ("A", "B")
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
        for number in range(rounds):
            both = {name: answers[f"{name}{number}"] for name in ("A", "B")}
            (winner,) = (name for name, answer in both.items() if "refused" not in answer)
            (loser,) = (answer for answer in both.values() if "refused" in answer)
            assert (loser["refused"], loser["invoice_with"]) == ("duplicate_invoice", f"{winner}{number}")
            assert journal.holder_of(Invoice(issuer="H1", number=str(number))) == f"{winner}{number}"


def _settle(folder: Path, case_id: str, number: str, together: threading.Barrier, answers: dict[str, Document]) -> None:
    with Journal.open(folder / "cases.sqlite", create=False) as journal:
        desk = Desk(journal)
        together.wait(timeout=30)
        answers[case_id] = carry_out(journal, settling(number, case_id), desk.law).document


@pytest.mark.parametrize("operation", ["reverse", "redecide"])
def test_a_repetition_with_its_key_is_answered_as_the_first_time(operation: str) -> None:
    desk = visiting().good(*TO_THE_DECISION)
    data = {"encounter": {"cause": "work_injury"}} if operation == "redecide" else {}
    command = doing(operation, data, key="K9", at=AT)
    first = desk.said(command)
    recorded = len(desk.store.events("C1"))
    assert desk.said(command) == first
    assert len(desk.store.events("C1")) == recorded
    other = desk.refused(doing(operation, data, key="K9", reason="另有原因"))
    assert other["refused"] == "key_reused"
