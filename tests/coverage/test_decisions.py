"""The decision document: verdicts, reasons, amounts, what is missing, and what decides nothing."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.support.bundled import decide, document
from tests.support.small_bundles import rule, small_bundle
from yibao.api import read_claim
from yibao.basics.digest import decision_id_of, digest_of_document
from yibao.decision.decider import Decider

AMOUNTS = ("full_self_pay_fen", "over_ceiling_fen", "first_self_pay_fen", "in_scope_fen")


def rules_of(line: dict[str, Any]) -> set[str]:
    return {reason["rule"] for reason in line["reasons"] if not reason["silenced_by"]}


@pytest.mark.parametrize(
    ("changes", "outcome", "amounts"),
    [
        ({"line__amount_fen": 10_000}, "covered", (0, 0, 0, 10_000)),
        ({"line__amount_fen": 10_000, "line__ceiling_fen": 8_000}, "partly_covered", (0, 2_000, 0, 8_000)),
        ({"line__amount_fen": 10_000, "line__ceiling_fen": 10_000}, "covered", (0, 0, 0, 10_000)),
        ({"line__amount_fen": 0}, "covered", (0, 0, 0, 0)),
        ({"line__amount_fen": 10_000, "line__purpose": "cosmetic"}, "excluded", (10_000, 0, 0, 0)),
        ({"line__amount_fen": 10**13}, "covered", (0, 0, 0, 10**13)),
    ],
)
def test_the_split_of_a_line(changes: dict[str, Any], outcome: str, amounts: tuple[int, ...]) -> None:
    line = decide(document(**changes))["lines"][0]
    assert line["outcome"] == outcome
    assert tuple(line["amounts"][name] for name in AMOUNTS) == amounts
    assert sum(amounts) == line["amounts"]["billed_fen"]


def test_a_class_b_drug_pays_first_and_stays_covered() -> None:
    claim = document("out-of-province-inpatient", line__amount_fen=452, line__first_payment_bp=500)
    line = decide(claim)["lines"][0]
    assert line["outcome"] == "covered"
    assert (line["amounts"]["first_self_pay_fen"], line["amounts"]["in_scope_fen"]) == (23, 429)


def test_an_unknown_first_payment_leaves_the_verdict_and_opens_two_amounts() -> None:
    line = decide(document("out-of-province-inpatient", line__first_payment_bp=...))["lines"][0]
    assert line["outcome"] == "covered"
    assert line["amounts"]["first_self_pay_fen"] is None
    assert line["amounts"]["in_scope_fen"] is None
    assert line["amounts_missing"] == ["line.first_payment_bp"]


def test_an_unknown_ceiling_leaves_the_line_undetermined_and_null() -> None:
    decision = decide(document(line__ceiling_fen=...))
    assert decision["outcome"] == "undetermined"
    assert [one["fact"] for one in decision["missing"]] == ["line.ceiling_fen"]
    assert set(decision["lines"][0]["amounts"].values()) == {None}


def test_what_is_determined_keeps_its_verdict_beside_what_is_not() -> None:
    claim = document()
    claim["lines"].append({**claim["lines"][0], "line_id": "2"})
    del claim["lines"][1]["purpose"]
    decision = decide(claim)
    assert [line["outcome"] for line in decision["lines"]] == ["covered", "undetermined"]
    assert decision["outcome"] == "undetermined"
    assert decision["missing"] == [
        {"fact": "line.purpose", "lines": ["2"], "asked_by": decision["missing"][0]["asked_by"]}
    ]
    assert decision["lines"][0]["amounts"]["billed_fen"] == claim["lines"][0]["amount_fen"]


def test_both_places_missing_are_named_first() -> None:
    decision = decide(document(insured__insured_area=..., encounter__treatment_area=..., encounter__cause=...))
    assert decision["outcome"] == "undetermined"
    facts = [one["fact"] for one in decision["missing"]]
    assert facts[:2] == ["insured.insured_area", "encounter.treatment_area"]
    assert "encounter.cause" in facts
    assert decision["missing_is"] == "sufficient"


def test_a_line_of_its_own_cause_is_judged_by_it() -> None:
    """A work-injured person's diabetes drugs: the flag sits on the charge, not on the person."""
    claim = document(encounter__cause="work_injury")
    claim["lines"].append({**claim["lines"][0], "line_id": "2", "cause": "disease"})
    first, second = decide(claim)["lines"]
    assert first["outcome"] == "excluded"
    assert second["outcome"] == "covered"
    assert decide(claim)["outcome"] == "partly_covered"


def test_planned_care_is_decided_like_any_other_and_marked_an_enquiry() -> None:
    planned, given = decide(document(encounter__planned=True)), decide(document())
    assert (planned["enquiry"], given["enquiry"]) == (True, False)
    assert planned["outcome"] == given["outcome"]
    assert planned["lines"][0]["amounts"] == given["lines"][0]["amounts"]
    assert "S0.12" in str(planned["lines"][0]["findings"])


def test_a_finding_about_the_claim_shows_no_fact_of_one_line() -> None:
    dear = "any(lines, line.amount_fen > 1) and encounter.kind == inpatient"
    policy = small_bundle(rule("dear-care", dear, "{finding: dear}", about="claim", by="encounter.admitted_on"))
    (finding,) = Decider(policy).decide(read_claim(document(), policy))["findings"]
    assert finding["facts"] == {"encounter.kind": "inpatient"}


def test_a_refund_is_netted_before_anything_else() -> None:
    claim = document(line__amount_fen=10_000, line__ceiling_fen=8_000)
    claim["lines"].append({"line_id": "r", "refund_of": claim["lines"][0]["line_id"], "amount_fen": -2_500})
    (line,) = decide(claim)["lines"]
    assert line["refunds"] == ["r"]
    assert line["amounts"] == {
        "billed_fen": 7_500,
        "full_self_pay_fen": 0,
        "over_ceiling_fen": 0,
        "first_self_pay_fen": 0,
        "in_scope_fen": 7_500,
    }


def test_an_empty_account_changes_nothing() -> None:
    """Nothing of what is decided of a line; the profile knows it, for the advice to wait for the next credit."""
    full, empty = (decide(document(account__balance_fen=balance)) for balance in (100_000, 0))
    decided = [[{**line, "proof": None} for line in one["lines"]] for one in (full, empty)]
    assert decided[0] == decided[1]


def test_the_decision_id_is_the_digest_of_the_rest() -> None:
    decision = decide(document())
    rest = {key: value for key, value in decision.items() if key != "decision_id"}
    rest["proofs"] = {name: digest_of_document(proof) for name, proof in decision["proofs"].items()}
    assert decision["decision_id"] == digest_of_document(rest)


def test_whatever_is_altered_alters_the_decision_id() -> None:
    decision = decide(document())
    (proof,) = decision["proofs"].values()
    altered = [
        {**decision, "outcome": "not_covered"},
        {**decision, "settlement": {}},
        {**decision, "proofs": {}},
        {**decision, "proofs": {name: {**proof, "applies": []} for name in decision["proofs"]}},
    ]
    ids = {decision_id_of(one) for one in altered}
    assert len(ids) == len(altered)
    assert decision["decision_id"] not in ids
    assert decision_id_of({**decision, "decision_id": "another"}) == decision["decision_id"]


def test_each_reason_prints_article_date_and_the_facts_it_read() -> None:
    line = decide(document(line__purpose="cosmetic"))["lines"][0]
    reason = next(reason for reason in line["reasons"] if reason["rule"] == "cosmetic-surgery")
    assert reason["facts"] == {"line.purpose": "cosmetic"}
    assert reason["date"] == document()["lines"][0]["charged_on"]
    assert all(cite["source"] and cite["grade"] in "ABCDG" for cite in reason["cites"])
    assert "S1.1" in str(reason["cites"])


def test_a_line_that_nothing_admits_has_the_closing_rule_as_its_reason() -> None:
    policy = small_bundle(rule("drugs-only", when="line.category == drug"))
    decision = Decider(policy).decide(
        read_claim(document(line__category="treatment_item", line__item_code="X"), policy)
    )
    (reason,) = decision["lines"][0]["reasons"]
    assert (reason["rule"], reason["effect"]) == ("nothing-admits", "exclude")


def test_an_overridden_exclusion_does_not_revive_when_its_silencer_is_overridden() -> None:
    """C excludes; B admits listed items over C; A admits at half over B: where A applies, C does not come back."""
    policy = small_bundle(
        rule("c-excludes", when="line.purpose == cosmetic", then="{exclude: self_funded_item}"),
        rule("b-admits", when="line.category == drug", more="overrides: [c-excludes]\n"),
        rule("a-admits", when="encounter.emergency", then="{admit: true, share: 50%}", more="overrides: [b-admits]\n"),
    )
    claim = document(line__purpose="cosmetic", encounter__emergency=True, line__amount_fen=101)
    line = Decider(policy).decide(read_claim(claim, policy))["lines"][0]
    assert line["outcome"] == "partly_covered"
    assert rules_of(line) == {"a-admits"}
    assert {reason["rule"]: reason["silenced_by"] for reason in line["reasons"]} == {
        "a-admits": None,
        "b-admits": "a-admits",
        "c-excludes": "a-admits",
    }
    assert line["amounts"]["full_self_pay_fen"] == 50


def test_an_expired_exception_silences_nobody() -> None:
    expired = rule("b-admits", more="overrides: [c-excludes]\n").replace(
        "from: 2000-01-01", "from: 2000-01-01, to: 2001-01-01"
    )
    policy = small_bundle(
        rule("c-excludes", when="line.purpose == cosmetic", then="{exclude: self_funded_item}"), expired
    )
    line = Decider(policy).decide(read_claim(document(line__purpose="cosmetic"), policy))["lines"][0]
    assert line["outcome"] == "excluded"
    assert rules_of(line) == {"c-excludes"}


def test_completions_decide_where_three_values_do_not() -> None:
    """`kind` is missing; one rule admits inpatient care, another all other kinds: covered, whatever it was."""
    policy = small_bundle(
        rule("inside", when="encounter.kind == inpatient"), rule("outside", when="encounter.kind != inpatient")
    )
    decision = Decider(policy).decide(read_claim(document(encounter__kind=...), policy))
    assert decision["outcome"] == "covered"
    assert decision["missing"] == []
    assert decision["lines"][0]["reasons"] == []
    assert [reason["rule"] for reason in decision["lines"][0]["possible_reasons"]] == ["inside", "outside"]


def test_what_no_rule_surely_excludes_and_none_admits_has_the_closing_rule_as_its_reason() -> None:
    policy = small_bundle(
        rule("drugs-only", when="line.category == drug"),
        rule("perhaps", when="encounter.emergency", then="{exclude: local_exclusion}"),
    )
    claim = document(line__category="treatment_item", line__item_code="X", encounter__emergency=...)
    line = Decider(policy).decide(read_claim(claim, policy))["lines"][0]
    assert line["outcome"] == "excluded"
    assert [reason["rule"] for reason in line["reasons"]] == ["nothing-admits"]
    assert [reason["rule"] for reason in line["possible_reasons"]] == ["perhaps"]


def test_as_of_leaves_out_what_was_published_later() -> None:
    policy = small_bundle(
        rule("admits"),
        rule("excludes", then="{exclude: self_funded_item}", more="published: 2024-06-01\n"),
    )
    claim = read_claim(document(), policy)
    assert Decider(policy).decide(claim)["outcome"] == "not_covered"
    before = Decider(policy, as_of=datetime.date(2024, 5, 31)).decide(claim)
    assert (before["outcome"], before["policy"]["as_of"]) == ("covered", "2024-05-31")


def test_a_version_is_chosen_by_the_claims_own_date() -> None:
    text = rule("two-versions").replace(
        "in_force: {by: line.charged_on, from: 2000-01-01}", "in_force: {by: line.charged_on}"
    )
    text = text.replace("then: {admit: true}\n", "") + (
        "versions:\n"
        "  - {from: 2000-01-01, to: 2024-01-01, then: {exclude: self_funded_item}}\n"
        "  - {from: 2024-01-01, then: {admit: true}}\n"
    )
    policy = small_bundle(text)
    outcomes = [
        Decider(policy).decide(read_claim(document(line__charged_on=day), policy))["outcome"]
        for day in ("2023-12-31", "2024-01-01")
    ]
    assert outcomes == ["not_covered", "covered"]
