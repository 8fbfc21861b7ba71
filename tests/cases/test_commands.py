"""Commands to a case: what is refused, for which reason first, what a repetition does, what a refusal leaves."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from attrs import evolve

from tests.procedure.world import AT, GOOD, INPATIENT, OUTPATIENT, law, opening, sending
from yibao.basics.digest import canonical_json, digest_of_document
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.cases.carrying_out import MOST_ATTEMPTS, carry_out
from yibao.cases.carrying_out import case_in as case_in_journal
from yibao.cases.commands import Command
from yibao.cases.events import folds
from yibao.journal import NO_BUNDLES, Appended, Head, SequenceTaken
from yibao.journal.bundles import Bundle
from yibao.journal.memory import MemoryStore
from yibao.model.case import Case, Document
from yibao.model.refusals import RefusalReason, foremost
from yibao.readers.charts.events_from_json import event_from_document

EVENTS = list(GOOD)


def walked(*events: str) -> MemoryStore:
    """A journal with the case C1, opened and taken through the events with good data."""
    store = MemoryStore()
    assert not carry_out(store, opening(), law()).refused
    for event in events:
        answer = carry_out(store, sending(event, GOOD[event]), law())
        assert not answer.refused, answer.document
    return store


def case_in(store: MemoryStore) -> Case:
    case = case_in_journal(store, "C1")
    assert case is not None
    return case


def said(store: MemoryStore, command: Command) -> Document:
    return carry_out(store, command, law()).document


def refused(store: MemoryStore, command: Command) -> Document:
    """The refusal of a command, which has to leave the case byte for byte as it was."""
    before = canonical_json(case_in(store).document())
    answer = carry_out(store, command, law())
    assert answer.refused, answer.document
    assert canonical_json(case_in(store).document()) == before
    return answer.document


def test_a_case_goes_the_good_way_to_its_decision() -> None:
    store = walked(*EVENTS)
    case = case_in(store)
    assert (case.state, case.version) == ("settled", 7)
    assert [step.step for step in case.taken] == [
        "referral",
        "seal",
        "registration",
        "treatment",
        "invoice",
        "settlement",
    ]
    assert case.decision == {"outcome": "covered", "missing": []}
    assert case.claim["procedure"] == INPATIENT


def test_what_an_accepted_step_is_answered_with() -> None:
    store = walked()
    answer = said(store, sending("issue_referral", GOOD["issue_referral"], actor="Dr Wu"))
    assert answer == {
        "case": "C1",
        "chart": INPATIENT,
        "event": "issue_referral",
        "step": "referral",
        "state": "referred",
        "version": 2,
        "at": AT,
        "actor": "Dr Wu",
        "decision": None,
    }


def test_a_skip_is_refused_with_all_that_is_missing_as_the_contract_shows_it() -> None:
    store = walked("issue_referral")
    data: dict[str, Any] = {
        "filing": {"filed_on": "2022-03-03", "referral": {"seals": ["hospital"]}},
        "encounter": {"admitted_on": "2022-03-10", "cause": "disease"},
        "lines": [{"line_id": "1", "amount_fen": 40000}],
        "documents": ["id_card", "household_register", "social_security_card"],
    }
    refusal = refused(store, sending("settle", data))
    (failed,) = refusal["failed"]
    assert failed["condition"] == "social_security_window_seal"
    assert failed["facts"] == {"filing.referral.seals": ["hospital"]}
    assert failed["missing"] == []
    assert failed["title"]["zh"] == "转诊证明盖有该医院社保窗口印章"
    assert [cite["carries"] for cite in failed["cites"]] == [["S0.6"]]
    assert {name: value for name, value in refusal.items() if name != "failed"} == {
        "refused": "skipped_step",
        "case": "C1",
        "state": "referred",
        "event": "settle",
        "missing_steps": ["seal", "registration", "treatment", "invoice"],
        "missing_documents": ["hospital_invoice"],
        "conflicts": [],
        "possible_now": [
            {
                "event": "affix_seals",
                "needs": ["hospital_seal", "social_security_window_seal"],
                "earliest": None,
                "until": None,
                "provisional": False,
            }
        ],
        "operations": [
            {"event": name, "needs": [], "earliest": None, "until": None, "provisional": False}
            for name in ("correct", "withdraw", "reverse_unknown", "delete")
        ],
        "invoice_with": None,
    }


def test_a_refused_attempt_is_recorded_and_leaves_no_trace_in_the_case() -> None:
    store = walked("issue_referral")
    refusal = refused(store, sending("settle", {"documents": ["id_card"]}, actor="Li"))
    *_, recorded = store.events("C1")
    assert recorded["kind"] == "step_refused"
    assert recorded["refusal"] == refusal
    assert recorded["data"] == {"documents": ["id_card"]}
    assert recorded["envelope"]["actor"] == "Li"
    assert "id_card" not in case_in(store).claim["documents"]
    assert said(store, sending("affix_seals", GOOD["affix_seals"]))["version"] == 3


def test_an_attempt_at_an_unknown_case_is_refused_and_not_recorded() -> None:
    store = MemoryStore()
    answer = carry_out(store, sending("settle"), law())
    assert answer.refused
    assert answer.document["refused"] == "unknown_case"
    assert answer.document["state"] is None
    assert store.events("C1") == ()


def test_a_case_is_opened_once() -> None:
    store = walked("issue_referral")
    refusal = refused(store, opening())
    assert (refusal["refused"], refusal["state"], refusal["event"]) == ("case_exists", "referred", None)
    assert [event["kind"] for event in store.events("C1")] == ["opened", "step_taken", "step_refused"]


def test_a_chart_that_nobody_declared_is_a_problem_with_a_hint() -> None:
    with pytest.raises(ProblemsFound) as found:
        carry_out(MemoryStore(), opening(chart="out-of-province-inpatients"), law())
    (problem,) = found.value.problems
    assert (problem.code, problem.hint) == ("unknown-chart", f"did you mean `{INPATIENT}`?")


def test_a_case_whose_chart_lost_its_state_is_a_problem() -> None:
    store = walked("issue_referral")
    chart = law().charts[OUTPATIENT]
    with pytest.raises(ProblemsFound) as found:
        carry_out(store, sending("settle"), law(of={INPATIENT: chart}))
    assert [problem.code for problem in found.value.problems] == ["unknown-state"]


def test_a_claim_that_says_another_procedure_can_not_open_the_case() -> None:
    store = MemoryStore()
    answer = carry_out(store, opening(data={"procedure": OUTPATIENT}), law())
    assert answer.document["refused"] == "conflicting_fact"
    assert answer.document["conflicts"] == [
        {"fact": "procedure", "line_id": None, "established": INPATIENT, "given": OUTPATIENT}
    ]
    assert store.events("C1") == ()


def test_facts_that_can_not_be_one_claim_are_a_problem_and_change_nothing() -> None:
    store = walked("issue_referral", "affix_seals", "register")
    data = {**GOOD["treat"], "lines": [{"line_id": "2", "amount_fen": -5, "refund_of": "1"}]}
    with pytest.raises(ProblemsFound):
        carry_out(store, sending("treat", data), law())
    assert case_in(store).state == "registered"
    assert len(store.events("C1")) == 4


WRONG_DAY = {"filing": {"filed_on": "2022-03-04"}}
# What any command can be refused for, beside what the chart and the facts have against it.
ADDED: dict[str, dict[str, Any]] = {"version_conflict": {"expected_version": 99}, "key_reused": {"key": "used"}}


@pytest.mark.parametrize(
    ("walk", "command", "reasons"),
    [
        (EVENTS, sending("settle"), ["case_closed", "already_taken"]),
        (EVENTS, sending("no_event"), ["case_closed", "unknown_event"]),
        (EVENTS[:3], sending("register", WRONG_DAY), ["already_taken", "conflicting_fact"]),
        (EVENTS[:3], sending("settle", WRONG_DAY), ["skipped_step", "conflicting_fact", "document_missing"]),
        (EVENTS[:3], sending("treat", WRONG_DAY), ["conflicting_fact", "condition_not_met"]),
        (EVENTS[:3], sending("no_event", WRONG_DAY), ["unknown_event", "conflicting_fact"]),
        ([], sending("issue_referral"), ["document_missing", "condition_not_met"]),
        ([], sending("settle"), ["skipped_step", "document_missing", "condition_not_met"]),
        (EVENTS[:3], opening(actor="another"), ["case_exists"]),
    ],
)
def test_of_several_reasons_the_first_of_the_contract_is_given(
    walk: list[str], command: Any, reasons: list[str]
) -> None:
    order = [reason.value for reason in RefusalReason]
    for added in (subset for count in range(3) for subset in itertools.combinations(ADDED, count)):
        store = MemoryStore()
        carry_out(store, opening(key="used"), law())
        for event in walk:
            carry_out(store, sending(event, GOOD[event]), law())
        fields = {name: value for reason in added for name, value in ADDED[reason].items()}
        refusal = refused(store, evolve(command, submission=evolve(command.submission, **fields)))
        assert refusal["refused"] == min([*reasons, *added], key=order.index)


def test_the_other_fields_are_complete_whatever_the_reason_is() -> None:
    store = walked("issue_referral")
    plain = refused(store, sending("settle"))
    stale = refused(store, sending("settle", expected_version=99))
    assert stale == {**plain, "refused": "version_conflict"}
    assert plain["missing_steps"] == ["seal", "registration", "treatment", "invoice"]


def test_a_contradiction_names_the_fact_and_both_values_and_merges_nothing() -> None:
    store = walked("issue_referral", "affix_seals", "register")
    data = {"encounter": {"admitted_on": "2022-03-10"}, **WRONG_DAY}
    refusal = refused(store, sending("treat", data))
    assert refusal["refused"] == "conflicting_fact"
    assert refusal["conflicts"] == [
        {"fact": "filing.filed_on", "line_id": None, "established": "2022-03-03", "given": "2022-03-04"}
    ]
    assert "encounter" not in case_in(store).claim


def test_the_expected_version_is_that_of_the_case_and_refusals_do_not_count() -> None:
    store = walked("issue_referral")
    refused(store, sending("settle"))
    refused(store, sending("settle"))
    stale = refused(store, sending("affix_seals", GOOD["affix_seals"], expected_version=1))
    assert stale["refused"] == "version_conflict"
    assert said(store, sending("affix_seals", GOOD["affix_seals"], expected_version=2))["version"] == 3


def test_opening_expects_version_nought() -> None:
    assert "refused" not in said(MemoryStore(), opening(expected_version=0))
    assert said(MemoryStore(), opening(expected_version=1))["refused"] == "version_conflict"


def test_a_repetition_with_its_key_is_answered_as_the_first_time_and_recorded_once() -> None:
    store = walked()
    command = sending("issue_referral", GOOD["issue_referral"], key="k1", at="2022-03-01")
    first = said(store, command)
    said(store, sending("affix_seals", GOOD["affix_seals"]))
    later = sending("issue_referral", GOOD["issue_referral"], key="k1", at="2022-03-09", expected_version=1)
    assert said(store, later) == first
    assert first["version"] == 2
    assert len(store.events("C1")) == 3


def test_a_repeated_opening_is_answered_as_the_first_time() -> None:
    store = MemoryStore()
    first = said(store, opening(key="k"))
    assert said(store, opening(key="k")) == first
    assert len(store.events("C1")) == 1


def test_a_refusal_is_repeated_too() -> None:
    store = walked("issue_referral")
    first = refused(store, sending("affix_seals", key="k"))
    assert first["refused"] == "condition_not_met"
    said(store, sending("affix_seals", GOOD["affix_seals"]))
    again = carry_out(store, sending("affix_seals", key="k"), law())
    assert again.refused
    assert again.document == first
    assert again.event is None


@pytest.mark.parametrize(
    "other",
    [
        sending("issue_referral", {"documents": []}, key="k"),
        sending("affix_seals", GOOD["issue_referral"], key="k"),
        sending("issue_referral", GOOD["issue_referral"], key="k", actor="someone else"),
        opening(key="k"),
    ],
)
def test_a_key_is_not_used_for_something_else(other: Command) -> None:
    store = walked()
    said(store, sending("issue_referral", GOOD["issue_referral"], key="k"))
    expected = "case_exists" if other == opening(key="k") else "key_reused"
    assert refused(store, other)["refused"] == expected


def test_a_key_stays_free_after_a_version_conflict() -> None:
    store = walked("issue_referral")
    stale = sending("affix_seals", GOOD["affix_seals"], key="k", expected_version=1)
    assert refused(store, stale)["refused"] == "version_conflict"
    fresh = sending("affix_seals", GOOD["affix_seals"], key="k", expected_version=2)
    assert said(store, fresh)["state"] == "sealed"


def test_keys_belong_to_their_case() -> None:
    store = walked()
    said(store, sending("issue_referral", GOOD["issue_referral"], key="k"))
    assert "refused" not in said(store, opening(case_id="C2", key="k"))


def test_settlement_waits_for_a_claim_that_can_be_decided() -> None:
    store = walked(*EVENTS[:3])
    undecided = {"encounter": {"admitted_on": "2022-03-10"}, "lines": [{"line_id": "1", "amount_fen": 5}]}
    said(store, sending("treat", undecided))
    said(store, sending("issue_invoice", GOOD["issue_invoice"]))
    refusal = refused(store, sending("settle", GOOD["settle"]))
    assert refusal["refused"] == "condition_not_met"
    (failed,) = refusal["failed"]
    assert (failed["condition"], failed["missing"]) == ("claim_is_decided", ["encounter.cause"])
    (possible,) = refusal["possible_now"]
    assert possible["needs"] == ["id_card", "household_register", "social_security_card", "claim_is_decided"]
    said(store, sending("settle", {**GOOD["settle"], "encounter": {"cause": "disease"}}))
    assert case_in(store).state == "settled"


def test_a_case_without_a_bill_is_not_settled() -> None:
    store = walked(*EVENTS[:3])
    said(store, sending("treat", {"encounter": {"admitted_on": "2022-03-10", "cause": "disease"}}))
    said(store, sending("issue_invoice", GOOD["issue_invoice"]))
    (failed,) = refused(store, sending("settle", GOOD["settle"]))["failed"]
    assert (failed["condition"], failed["missing"]) == ("claim_is_decided", ["lines"])


def test_a_claim_that_is_not_covered_is_settled_all_the_same() -> None:
    store = walked(*EVENTS[:5])
    decision = {"outcome": "not_covered", "missing": []}
    answer = carry_out(store, sending("settle", GOOD["settle"]), law(decide=lambda claim: decision))
    assert not answer.refused
    assert case_in(store).decision == decision


def test_problems_of_the_decided_claim_are_shown_in_the_refusal() -> None:
    def decide(claim: object) -> dict[str, Any]:
        raise ProblemsFound([problem_of("differs-from-catalogue", "another class", Place(path="case"))])

    store = walked(*EVENTS[:5])
    (failed,) = carry_out(store, sending("settle", GOOD["settle"]), law(decide=decide)).document["failed"]
    assert failed["condition"] == "claim_is_decided"
    assert "differs-from-catalogue" in failed["facts"]["problems"][0]


def test_entries_made_late_in_the_order_of_the_law_are_taken() -> None:
    """Everything is recorded on one day after the stay; the days of happening are in order."""
    store = MemoryStore()
    carry_out(store, opening(at="2022-05-01"), law())
    for event in EVENTS:
        assert "refused" not in said(store, sending(event, GOOD[event], at="2022-05-01"))
    assert case_in(store).state == "settled"


def test_a_registration_after_the_admission_is_refused_whenever_it_is_entered() -> None:
    store = walked("issue_referral", "affix_seals")
    data = {"filing": {"filed_on": "2022-03-11"}, "encounter": {"admitted_on": "2022-03-10"}}
    refusal = refused(store, sending("register", data, at="2022-03-01"))
    assert [failed["condition"] for failed in refusal["failed"]] == ["registration_after_admission"]


def test_each_event_names_the_digest_of_the_one_before() -> None:
    store = walked("issue_referral")
    refused(store, sending("settle"))
    said(store, sending("affix_seals", GOOD["affix_seals"]))
    events = store.events("C1")
    assert [event["envelope"]["sequence"] for event in events] == [1, 2, 3, 4]
    previous = [event["envelope"]["previous"] for event in events]
    assert previous == [None, *(digest_of_document(event) for event in events[:-1])]
    for event in events:
        assert event["envelope"]["policy_digest"] == "sha256:policy"
        assert event["envelope"]["chart_digest"] == law().charts[INPATIENT].digest


def test_the_case_is_the_fold_over_its_events_and_every_prefix_is_one_too() -> None:
    store = walked(*EVENTS)
    events = store.events("C1")
    states = [None if case is None else case.state for _event, case in folds(events)]
    assert case_in_journal(MemoryStore(), "C1") is None
    assert states == [
        "opened",
        "referred",
        "sealed",
        "registered",
        "treated",
        "invoiced",
        "settled",
    ]


@pytest.mark.parametrize(
    "damage",
    [{"kind": "moved"}, {"envelope": None}, {"state": 3}, {"data": "x"}],
)
def test_an_event_that_is_none_of_ours_is_a_problem(damage: dict[str, Any]) -> None:
    (opened,) = walked().events("C1")
    with pytest.raises(ProblemsFound) as found:
        event_from_document({**opened, **damage})
    assert [problem.code for problem in found.value.problems] == ["journal-damaged"]


class Crowded(MemoryStore):
    """A journal in which another writer is always faster, `times` times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def append_together(self, parts: Sequence[Appended], bundles: Mapping[str, Bundle] = NO_BUNDLES) -> Head:
        if self.times and parts[0].expected_sequence:
            self.times -= 1
            raise SequenceTaken(parts[0].case_id)
        return super().append_together(parts, bundles)


def test_a_writer_that_was_overtaken_reads_again() -> None:
    store = Crowded(3)
    carry_out(store, opening(), law())
    assert said(store, sending("issue_referral", GOOD["issue_referral"]))["version"] == 2
    assert store.times == 0


def test_a_writer_that_is_always_overtaken_gives_up_with_a_version_conflict() -> None:
    store = Crowded(MOST_ATTEMPTS + 5)
    carry_out(store, opening(), law())
    answer = carry_out(store, sending("issue_referral", GOOD["issue_referral"]), law())
    assert answer.document["refused"] == "version_conflict"
    assert len(store.events("C1")) == 1


def test_the_reasons_stand_in_the_order_of_the_contract() -> None:
    assert ", ".join(reason.value for reason in RefusalReason) == (
        "unknown_case, case_exists, version_conflict, key_reused, case_closed, unknown_event, already_taken, "
        "skipped_step, conflicting_fact, too_early, too_late, actor_not_allowed, document_missing, condition_not_met, "
        "duplicate_invoice"
    )
    assert foremost({RefusalReason.TOO_LATE, RefusalReason.SKIPPED_STEP}) is RefusalReason.SKIPPED_STEP
