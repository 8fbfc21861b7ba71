"""Who may not take a step because of an earlier one, and steps that wait for a case of another procedure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.cases.desk import AT, Desk, conditions, visiting
from tests.cases.small_procedures import FILED, FILING, GOOD, VISIT
from tests.procedure.world import doing, opening, sending
from yibao.basics.digest import digest_of_document
from yibao.journal import NO_BUNDLES, Appended, Head
from yibao.journal.bundles import Bundle
from yibao.journal.memory import MemoryStore


@pytest.mark.parametrize("actor", ["zhao", None])
def test_who_accepts_does_not_review_and_nor_does_nobody(actor: str | None) -> None:
    desk = visiting().good("apply", "accept")
    refusal = desk.refused(sending("review", GOOD["review"], actor=actor))
    assert refusal["refused"] == "actor_not_allowed"
    (failed,) = refusal["failed"]
    assert (failed["condition"], failed["facts"]) == ("actor_is_somebody_else", {"steps": ["acceptance"]})
    assert failed["cites"][0]["source"] == "S0"
    assert [possible["event"] for possible in refusal["possible_now"]] == ["return", "review"]
    assert desk.said(sending("review", GOOD["review"], actor="qian"))["state"] == "reviewed"


def test_a_step_that_nobody_is_known_to_have_taken_may_have_been_taken_by_anybody() -> None:
    desk = visiting().good("apply")
    desk.said(sending("accept"))
    assert desk.refused(sending("review", GOOD["review"], actor="qian"))["refused"] == "actor_not_allowed"


def test_everybody_who_took_a_step_counts_also_where_it_was_taken_again() -> None:
    desk = visiting().good("apply", "accept")
    desk.said(sending("return", actor="zhao"))
    desk.said(sending("accept", actor="li"))
    for actor in ("zhao", "li"):
        assert desk.refused(sending("review", GOOD["review"], actor=actor))["refused"] == "actor_not_allowed"
    assert desk.said(sending("review", GOOD["review"], actor="qian"))["state"] == "reviewed"


def test_who_took_a_step_that_was_taken_back_may_act() -> None:
    desk = visiting().good("apply", "accept")
    desk.do("delete", about="accept")
    desk.said(sending("accept", actor="li"))
    assert desk.said(sending("review", GOOD["review"], actor="zhao"))["state"] == "reviewed"


def test_a_step_can_differ_from_several() -> None:
    desk = visiting().good("apply", "accept", "review", "settle")
    for actor, steps in [("zhao", ["acceptance"]), ("qian", ["review"]), (None, ["acceptance", "review"])]:
        (failed,) = desk.refused(sending("pay", GOOD["pay"], actor=actor))["failed"]
        assert failed["facts"] == {"steps": steps}
    assert desk.said(sending("pay", GOOD["pay"], actor="sun"))["state"] == "paid"


def test_of_a_skip_it_is_not_asked_who_could_have_taken_the_steps_between() -> None:
    desk = visiting().good("apply", "accept")
    refusal = desk.refused(sending("settle", GOOD["settle"], actor="zhao"))
    assert refusal["refused"] == "skipped_step"
    assert "actor_is_somebody_else" not in conditions(refusal)


def test_a_step_takes_over_facts_of_the_case_that_it_waits_for_and_records_where_that_was() -> None:
    desk = visiting().good("apply")
    assert desk.case().claim["filing"] == {"case_id": "F1", **FILED["filing"]}
    *_, recorded = desk.store.events("C1")
    assert recorded["brought"] == FILED
    assert recorded["data"] == GOOD["apply"]
    assert recorded["relied_on"] == {
        "case_id": "F1",
        "chart": FILING,
        "state": "filed",
        "sequence": 2,
        "digest": digest_of_document(dict(desk.store.events("F1")[-1])),
    }


def test_one_filing_serves_many_claims() -> None:
    desk = visiting()
    for case_id in ("C1", "C2", "C3"):
        assert desk.good("apply", case_id=case_id).case(case_id).state == "applied"


def test_a_step_waits_until_the_other_case_is_where_it_should_be() -> None:
    desk = Desk()
    desk.said(opening("C1", VISIT))
    unknown = desk.refused(sending("apply", {**GOOD["apply"], "filing": {}}))
    (failed,) = unknown["failed"]
    assert unknown["refused"] == "condition_not_met"
    assert (failed["condition"], failed["facts"], failed["missing"]) == (
        "relied_case_is_ready",
        {},
        ["filing.case_id"],
    )
    assert failed["title"] == {"zh": "备案有效", "en": "The filing is in force"}
    (failed,) = desk.refused(sending("apply", GOOD["apply"]))["failed"]
    assert failed["facts"] == {"filing.case_id": "F1"}, "nobody opened it"
    desk.said(opening("F1", FILING))
    (failed,) = desk.refused(sending("apply", GOOD["apply"]))["failed"]
    assert failed["facts"] == {"filing.case_id": "F1", "chart": FILING, "state": "opened"}
    desk.said(sending("file", FILED, "F1"))
    assert desk.said(sending("apply", GOOD["apply"]))["relied_on"]["case_id"] == "F1"


def test_a_case_of_another_procedure_and_the_case_itself_do_not_do() -> None:
    desk = visiting()
    for name in ("C1", "V1"):
        desk.said(opening(name, VISIT))
    for name, facts in [
        ("V1", {"filing.case_id": "V1", "chart": VISIT, "state": "opened"}),
        ("C1", {"filing.case_id": "C1"}),
    ]:
        (failed,) = desk.refused(sending("apply", {**GOOD["apply"], "filing": {"case_id": name}}))["failed"]
        assert (failed["condition"], failed["facts"]) == ("relied_case_is_ready", facts)


def test_what_is_taken_over_does_not_contradict_what_was_said() -> None:
    desk = visiting()
    desk.said(opening("C1", VISIT))
    data = {**GOOD["apply"], "filing": {"case_id": "F1", "valid_to": "2024-12-31"}}
    refusal = desk.refused(sending("apply", data))
    assert refusal["refused"] == "conflicting_fact"
    assert refusal["conflicts"] == [
        {"fact": "filing.valid_to", "line_id": None, "established": "2024-12-31", "given": "2024-06-30"}
    ]
    same = {**GOOD["apply"], "filing": {"case_id": "F1", "valid_to": "2024-06-30"}}
    assert desk.said(sending("apply", same))["state"] == "applied"


def test_what_was_taken_over_is_neither_corrected_nor_decided_anew_while_its_step_stands() -> None:
    desk = visiting().filed("F2").good("apply", "accept")
    for change in ({"case_id": "F2"}, {"valid_to": "2030-12-31"}, {"kind": None}):
        refusal = desk.refuses("correct", {"filing": change}, about="apply")
        assert (refusal["refused"], refusal["conflicts"][0]["fact"]) == (
            "conflicting_fact",
            f"filing.{next(iter(change))}",
        )
    desk.good("review", "settle")
    assert desk.refuses("redecide", {"filing": {"case_id": "F2"}})["refused"] == "conflicting_fact"


def test_a_step_that_relied_on_the_wrong_case_is_taken_back_and_taken_anew() -> None:
    desk = visiting().filed("F2").good("apply")
    desk.do("delete", about="apply")
    again = desk.said(sending("apply", {**GOOD["apply"], "filing": {"case_id": "F2"}}))
    assert again["relied_on"]["case_id"] == "F2"


def test_a_filing_that_was_corrected_is_taken_over_as_it_stands() -> None:
    desk = visiting()
    desk.do("correct", {"filing": {"valid_to": "2024-07-31"}}, case_id="F1", about="file")
    assert desk.good("apply").case().claim["filing"]["valid_to"] == "2024-07-31"
    desk.do("correct", {"filing": {"valid_to": "2024-08-31"}}, case_id="F1", about="file")
    assert desk.case().claim["filing"]["valid_to"] == "2024-07-31", "what a claim rested on stays as it was then"


class MovingOn(MemoryStore):
    """A journal in which the filing goes on just before a claim that rests on it is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.moves: list[str] = []

    def append_together(self, parts: Sequence[Appended], bundles: Mapping[str, Bundle] = NO_BUNDLES) -> Head:
        if self.moves and len(parts) > 1:
            move = self.moves.pop()
            desk = Desk(self)
            if move == "end":
                desk.said(sending("end", case_id="F1", at=AT))
            else:
                desk.said(doing("correct", {"filing": {"valid_to": move}}, "F1", about="file"))
        return super().append_together(parts, bundles)


def test_a_filing_that_moves_on_meanwhile_is_read_again() -> None:
    desk = Desk(MovingOn()).filed()
    desk.said(opening("C1", VISIT))
    assert isinstance(desk.store, MovingOn)
    desk.store.moves = ["2024-07-31"]
    answer = desk.said(sending("apply", GOOD["apply"]))
    assert (answer["relied_on"]["sequence"], desk.store.moves) == (3, [])
    assert desk.case().claim["filing"]["valid_to"] == "2024-07-31"


def test_a_filing_that_ends_meanwhile_no_longer_serves() -> None:
    desk = Desk(MovingOn()).filed()
    desk.said(opening("C1", VISIT))
    assert isinstance(desk.store, MovingOn)
    desk.store.moves = ["end"]
    refusal = desk.refused(sending("apply", GOOD["apply"]))
    assert refusal["refused"] == "condition_not_met"
    assert refusal["failed"][0]["facts"]["state"] == "ended"
