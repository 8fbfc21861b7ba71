"""Rows of the ledger that charts carry: for each a case that it covers, and the nearest one that it does not.

The data of the cases are those of the scenarios beside the charts, named here by their sentences. What is refused
names the row in its explanation.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from yibao.cases.carrying_out import carry_out, case_in, pass_time
from yibao.cases.commands import Law, OpenCase, SendEvent, Submission
from yibao.journal.memory import MemoryStore
from yibao.law import InForce, in_force
from yibao.model.case import Case
from yibao.model.scenarios import Move, Scenario

COVERED = (
    ("S1.4", "agency-handling", "handed in by an agent, accepted, reviewed, settled, the form issued and then paid"),
    ("S1.5", "direct-settlement", "a pharmacy settles in the same way"),
    ("S2.6", "individual-account", "who needs the care now pays in full, and is reimbursed all the same"),
    ("S2.6", "individual-account", "who can wait pays from next month's credit"),
    ("S2.7", "individual-account", "who can wait pays from next month's credit"),
    (
        "S3.1",
        "resident-other-province-inpatient",
        "registered, admitted, reported, paid in full, claimed and settled",
    ),
    ("S3.2", "resident-other-province-inpatient", "a claim on the last day of the month is in time"),
    ("S3.2", "resident-other-province-inpatient", "the temporary residence permit does instead of the proof"),
    ("S3.2", "resident-other-province-inpatient", "what else the agency asked for is handed in"),
    ("S3.3", "resident-other-province-inpatient", "an admission on the day of the registration is in time"),
    ("S3.4", "social-security-card", "on the thirtieth working day one does"),
    ("S3.6", "social-security-card", "a card with the photo of the ID card"),
    ("S3.6", "social-security-card", "a card with the photo of a listed studio"),
    ("S3.7", "social-security-card", "in a city that gives fifteen days, the fifteenth is in time"),
)
# With the reason, and the condition or deadline whose citation names the row.
NOT_COVERED = (
    (
        "S1.4",
        "agency-handling",
        "nobody is paid before receiving the form",
        "condition_not_met",
        "form_was_received_first",
    ),
    ("S1.4", "agency-handling", "who accepted does not pay", "actor_not_allowed", "actor_is_somebody_else"),
    (
        "S1.5",
        "direct-settlement",
        "a bill that is claimed by hand is not settled here",
        "condition_not_met",
        "settled_directly",
    ),
    (
        "S2.6",
        "individual-account",
        "an account that suffices leaves nothing to choose",
        "condition_not_met",
        "account_falls_short",
    ),
    (
        "S2.7",
        "individual-account",
        "nothing is credited for a month without contribution",
        "condition_not_met",
        "contributions_are_paid",
    ),
    (
        "S3.1",
        "resident-other-province-inpatient",
        "who has paid a part only has not paid up front",
        "condition_not_met",
        "the_whole_invoice_is_paid",
    ),
    (
        "S3.1",
        "resident-other-province-inpatient",
        "an admission before the registration is refused",
        "condition_not_met",
        "registered_before_admission",
    ),
    (
        "S3.2",
        "resident-other-province-inpatient",
        "a claim on the day after is too late",
        "too_late",
        "within_the_month",
    ),
    (
        "S3.2",
        "resident-other-province-inpatient",
        "nothing is claimed before the discharge",
        "too_early",
        "not_before_the_month",
    ),
    (
        "S3.2",
        "resident-other-province-inpatient",
        "neither proof of living elsewhere nor a permit is not enough",
        "condition_not_met",
        "residence_proof_or_permit",
    ),
    (
        "S3.2",
        "resident-other-province-inpatient",
        "the agency of the place of insurance is not that of the household registration",
        "condition_not_met",
        "at_the_household_agency",
    ),
    (
        "S3.2",
        "resident-other-province-inpatient",
        "what else the agency asked for is still missing",
        "condition_not_met",
        "what_else_was_asked_for",
    ),
    (
        "S3.3",
        "resident-other-province-inpatient",
        "a report on the day after the admission comes too late to count",
        "condition_not_met",
        "reported_by_admission",
    ),
    (
        "S3.4",
        "social-security-card",
        "nobody picks the card up before the thirty working days are over",
        "too_early",
        "not_before_the_card_is_due",
    ),
    (
        "S3.4",
        "social-security-card",
        "a photocopy does not do at the bank",
        "condition_not_met",
        "original_id_is_shown",
    ),
    (
        "S3.6",
        "social-security-card",
        "with the authorisation no other photo is taken",
        "condition_not_met",
        "another_photo_was_taken",
    ),
    (
        "S3.6",
        "social-security-card",
        "a studio that is not on the list is not taken",
        "condition_not_met",
        "studio_is_listed",
    ),
    ("S3.7", "social-security-card", "and the sixteenth is too late", "too_late", "within_the_prescribed_time"),
)


@cache
def shipped() -> tuple[InForce, Law]:
    force = in_force()
    return force, force.law()


def scenario_of(chart: str, sentence: str) -> Scenario:
    (found,) = (each for each in shipped()[0].scenarios()[chart] if each.sentence == sentence)
    return found


def played(scenario: Scenario) -> tuple[Case, dict[str, Any]]:
    """The case at the end of a scenario, and the answer to its last event."""
    force, law = shipped()
    store, answer = MemoryStore(), {}
    opening, _change = force.data(scenario.opening, "opening")
    carry_out(
        store, OpenCase(case_id="C1", chart=scenario.chart, data=opening, submission=submission("2024-01-01")), law
    )
    for move in scenario.moves:
        if isinstance(move, Move):
            data, change = force.data(move.data, move.event)
            sent = submission(move.at, move.actor)
            command = SendEvent(case_id="C1", event=move.event, data=data, change=change, submission=sent)
            answer = dict(carry_out(store, command, law).document)
        else:
            pass_time(store, "C1", submission(move.day.isoformat()), law)
    case = case_in(store, "C1")
    assert case is not None
    return case, answer


def submission(at: str, actor: str | None = None) -> Submission:
    return Submission(at=at, actor=actor, key=None, expected_version=None)


@pytest.mark.parametrize(("row", "chart", "sentence"), COVERED)
def test_a_case_that_the_row_covers_goes_its_way(row: str, chart: str, sentence: str) -> None:
    scenario = scenario_of(chart, sentence)
    case, answer = played(scenario)
    assert "refused" not in answer
    assert case.state == scenario.state
    taken = [shipped()[0].charts[chart].step_of(move.event) for move in scenario.moves if isinstance(move, Move)]
    assert any(step is not None and row in step.carries for step in taken)


@pytest.mark.parametrize(("row", "chart", "sentence", "reason", "condition"), NOT_COVERED)
def test_the_nearest_case_that_it_does_not_cover_is_refused_with_the_row(
    row: str, chart: str, sentence: str, reason: str, condition: str
) -> None:
    _case, answer = played(scenario_of(chart, sentence))
    assert answer["refused"] == reason
    (failed,) = (each for each in answer["failed"] if each["condition"] == condition)
    assert row in {carried for cite in failed["cites"] for carried in cite["carries"]}


def test_the_articles_of_the_legal_basis_are_cited_where_a_resident_is_paid() -> None:
    """S3.5: articles 28 and 29, by the chart and by what admits the line."""
    scenario = scenario_of(
        "resident-other-province-inpatient", "registered, admitted, reported, paid in full, claimed and settled"
    )
    case, _answer = played(scenario)
    assert case.decision is not None
    admitted = [
        cite
        for line in case.decision["lines"]
        for reason in line["reasons"]
        if reason["effect"] == "admit"
        for cite in reason["cites"]
    ]
    assert "28" in {cite["article"] for cite in admitted if cite["source"] == "社会保险法"}
    cites = shipped()[0].charts["resident-other-province-inpatient"].cites
    assert ("社会保险法", "28、29", ("S3.5",)) in {(cite.source, cite.article, cite.carries) for cite in cites}
