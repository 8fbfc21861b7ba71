"""Dates that contradict one another are refused with their place, whichever way the document is read."""

import json
from typing import Any

import pytest

from tests.facts.shipped import problems_of, vocabulary
from tests.support.bundled import policy
from yibao.readers.claims.claims_from_json import claim_from_document, claim_from_json
from yibao.readers.claims.quick_claims import quick_claims_of

SOUND: dict[str, Any] = {
    "insured": {"born_on": "1980-05-01"},
    "encounter": {"admitted_on": "2024-02-20", "discharged_on": "2024-02-27", "settled_on": "2024-02-28"},
    "filing": {"valid_from": "2024-01-01", "valid_to": "2024-12-31"},
    "history": {"previous_discharged_on": "2024-02-20"},
    "invoice": {"issued_on": "2024-02-28"},
    "lines": [{"line_id": "1", "charged_on": "2024-02-21"}, {"line_id": "2", "charged_on": "2024-02-19"}],
}


def changed(name: str, **dates: str | None) -> bytes:
    return json.dumps({**SOUND, name: {**SOUND[name], **dates}}).encode()


@pytest.mark.parametrize(
    ("content", "pointer", "said"),
    [
        (changed("encounter", discharged_on="2024-02-19"), "/encounter/discharged_on", "2024-02-20"),
        (changed("encounter", discharged_on="2024-02-29"), "/encounter/settled_on", "2024-02-29"),
        (changed("encounter", discharged_on=None, settled_on="2024-02-19"), "/encounter/settled_on", "2024-02-20"),
        (changed("insured", born_on="2024-02-21"), "/encounter/admitted_on", "2024-02-21"),
        (changed("filing", valid_to="2023-12-31"), "/filing/valid_to", "2024-01-01"),
        (changed("insured", retired_on="1980-04-30"), "/insured/retired_on", "1980-05-01"),
        (changed("history", previous_discharged_on="2024-02-21"), "/encounter/admitted_on", "2024-02-21"),
    ],
)
def test_a_day_before_the_one_that_it_follows_is_refused_at_its_place(content: bytes, pointer: str, said: str) -> None:
    found = problems_of(lambda: claim_from_json(content, vocabulary(), "claim.json"))
    first = next(each for each in found if each.place.pointer == pointer)
    assert first.code == "dates-out-of-order"
    assert said in first.message


def test_a_line_charged_before_the_person_was_born_is_refused_at_the_line() -> None:
    content = json.dumps({"insured": {"born_on": "2024-02-20"}, "lines": SOUND["lines"]}).encode()
    found = problems_of(lambda: claim_from_json(content, vocabulary(), "claim.json"))
    assert [(each.code, each.place.pointer) for each in found] == [("dates-out-of-order", "/lines/1/charged_on")]


def test_a_line_charged_after_the_settlement_is_refused_at_the_line() -> None:
    lines = [{"line_id": "1", "charged_on": "2024-02-28"}, {"line_id": "2", "charged_on": "2024-02-29"}]
    content = json.dumps({**SOUND, "lines": lines}).encode()
    found = problems_of(lambda: claim_from_json(content, vocabulary(), "claim.json"))
    assert [(each.code, each.place.pointer) for each in found] == [("dates-out-of-order", "/lines/1/charged_on")]


REFUNDED = {"line_id": "1", "charged_on": "2024-02-20", "amount_fen": 100}


REFUND = {"line_id": "r", "refund_of": "1", "amount_fen": -40}


def test_a_refund_before_what_it_refunds_is_refused_at_the_refund() -> None:
    content = json.dumps({"lines": [{**REFUND, "charged_on": "2024-02-19"}, REFUNDED]}).encode()
    found = problems_of(lambda: claim_from_json(content, vocabulary(), "claim.json"))
    assert [(each.code, each.place.pointer) for each in found] == [("dates-out-of-order", "/lines/0/charged_on")]


@pytest.mark.parametrize(
    "lines",
    [
        [{**REFUND, "charged_on": "2024-02-20"}, REFUNDED],
        [REFUND, REFUNDED],
        [{**REFUND, "charged_on": "2024-02-19"}, {"line_id": "1", "amount_fen": 100}],
    ],
    ids=["on one day", "its day unknown", "the day of the line unknown"],
)
def test_a_refund_that_may_come_later_is_read(lines: list[dict[str, Any]]) -> None:
    (line,) = claim_from_json(json.dumps({"lines": lines}).encode(), vocabulary(), "claim.json").lines
    assert line.given("line.amount_fen") == 60


def test_days_in_order_on_one_day_none_or_unknown_are_read() -> None:
    one_day = dict.fromkeys(("admitted_on", "discharged_on", "settled_on"), "2024-02-20")
    for content in (
        json.dumps(SOUND).encode(),
        changed("encounter", discharged_on=None, settled_on=None),
        json.dumps({"encounter": one_day, "filing": None, "lines": [{"line_id": "1"}]}).encode(),
    ):
        assert quick_claims_of(vocabulary()).read(content) == claim_from_json(content, vocabulary(), "claim.json")


@pytest.mark.parametrize(
    "content",
    [
        # what the rules allow: a filing, a referral, and a filing's beginning after the admission; a later retirement
        changed("filing", filed_on="2024-03-15", valid_from="2024-03-15"),
        changed("filing", referral={"issued_on": "2024-03-01"}),
        changed("insured", retired_on="2024-06-01"),
        changed("history", previous_discharged_on="2024-02-20"),
        # an invoice of the days before: the chart of the procedure is asked whether it will do
        changed("invoice", issued_on="2024-02-19"),
    ],
)
def test_days_between_which_the_law_knows_exceptions_have_no_order(content: bytes) -> None:
    assert claim_from_json(content, vocabulary(), "claim.json").facts


def test_a_document_in_memory_is_checked_alike() -> None:
    document = json.loads(changed("encounter", discharged_on="2024-02-19"))
    found = problems_of(lambda: claim_from_document(document, vocabulary(), "case"))
    assert [each.code for each in found] == ["dates-out-of-order"]
    assert claim_from_document(SOUND, policy().vocabulary, "case").lines[1].position == 1
