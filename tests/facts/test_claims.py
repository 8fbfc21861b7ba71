"""A claim document says exactly what it says: given, none or unknown, in any order of its keys, lines and sets."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts.shipped import claim_of, problems_of, vocabulary, with_line
from yibao.model.facts import UNKNOWN, Vocabulary
from yibao.readers.claims.claim_classes import classes_of
from yibao.readers.claims.claims_from_json import claim_from_document, claim_from_json, document_from_json

LINES: list[dict[str, object]] = [
    {"line_id": "2", "amount_fen": 10_000_000_000_000, "ceiling_fen": None, "charged_on": "2024-02-21"},
    {"line_id": "1", "amount_fen": 0, "cause": "work_injury", "restriction_met": True, "first_payment_bp": 10_000},
]
STAY = {
    "claim_id": "C-1",
    "procedure": "out-of-province-inpatient",
    "insured": {"scheme": "employee", "born_on": "1980-02-29", "insured_area": "440300"},
    "encounter": {
        "kind": "inpatient",
        "admitted_on": "2024-02-20",
        "discharged_on": None,
        "cause": "disease",
        "emergency": False,
        "diagnoses": ["K35.8", "E11.9"],
        "institution": {"level": 3, "designated": True},
    },
    "filing": {"kind": "referral", "referral": {"seals": ["hospital", "social_security_window"]}},
    "third_party": None,
    "account": {"balance_fen": 0, "use": True},
    "documents": ["id_card", "hospital_invoice"],
    "lines": LINES,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("claim_id", "C-1"),
        ("procedure", "out-of-province-inpatient"),
        ("insured", True),
        ("insured.born_on", datetime.date(1980, 2, 29)),
        ("insured.person_type", UNKNOWN),
        ("encounter.discharged_on", None),
        ("encounter.emergency", False),
        ("encounter.diagnoses", frozenset({"K35.8", "E11.9"})),
        ("encounter.institution", True),
        ("encounter.institution.level", 3),
        ("encounter.institution.department", UNKNOWN),
        ("filing", True),
        ("filing.referral", True),
        ("filing.referral.seals", frozenset({"hospital", "social_security_window"})),
        ("filing.referral.issuer", UNKNOWN),
        ("third_party", None),
        ("third_party.liability_bp", None),
        ("account.balance_fen", 0),
        ("invoice", UNKNOWN),
        ("invoice.number", UNKNOWN),
        ("documents", frozenset({"id_card", "hospital_invoice"})),
    ],
)
def test_a_fact_of_the_claim_is_given_none_or_unknown(path: str, value: object) -> None:
    assert claim_of(STAY).given(path) == value


@pytest.mark.parametrize(
    ("line", "path", "value"),
    [
        (0, "line.amount_fen", 10_000_000_000_000),
        (0, "line.ceiling_fen", None),
        (0, "line.charged_on", datetime.date(2024, 2, 21)),
        (0, "line.cause", "disease"),
        (0, "line.purpose", UNKNOWN),
        (1, "line.cause", "work_injury"),
        (1, "line.amount_fen", 0),
        (1, "line.first_payment_bp", 10_000),
        (1, "line.restriction_met", True),
    ],
)
def test_a_fact_of_a_line_is_its_own_or_inherited(line: int, path: str, value: object) -> None:
    assert claim_of(STAY).lines[line].given(path) == value


def test_a_cause_that_nobody_gives_stays_unknown() -> None:
    assert claim_of(with_line(amount_fen=1)).lines[0].given("line.cause") is UNKNOWN


def test_under_an_object_that_is_none_everything_is_none() -> None:
    claim = claim_of({"filing": None, **with_line()})
    below = [path for path in vocabulary().facts if path == "filing" or path.startswith("filing.")]
    assert len(below) > 10
    assert {claim.given(path) for path in below} == {None}


def test_an_empty_object_exists_and_says_nothing_more() -> None:
    claim = claim_of({"filing": {}, **with_line()})
    assert claim.given("filing") is True
    assert claim.given("filing.referral") is UNKNOWN


def test_lines_keep_the_order_of_the_document() -> None:
    assert [(line.line_id, line.position) for line in claim_of(STAY).lines] == [("2", 0), ("1", 1)]


def test_a_claim_without_an_id_has_none() -> None:
    assert claim_of(with_line()).claim_id is None


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31", "2000-02-29"])
def test_the_first_and_the_last_day_are_taken(day: str) -> None:
    assert claim_of(with_line(charged_on=day)).lines[0].given("line.charged_on") == datetime.date.fromisoformat(day)


def test_ten_thousand_lines_are_taken() -> None:
    lines = [
        {"line_id": str(at), "item_code": "XA10BA02", "amount_fen": at, "name": "盐酸二甲双胍片"}
        for at in range(10_000)
    ]
    assert len(claim_of({"lines": lines}).lines) == 10_000


def shuffled(value: object, order: st.DataObject) -> object:
    """The same document with its keys, lines and sets in another order."""
    if isinstance(value, dict):
        keys = order.draw(st.permutations(list(value)))
        return {key: shuffled(value[key], order) for key in keys}
    if isinstance(value, list):
        return order.draw(st.permutations([shuffled(member, order) for member in value]))
    return value


@given(st.data())
def test_the_order_of_keys_lines_and_sets_changes_neither_digest_nor_facts(order: st.DataObject) -> None:
    claim, other = claim_of(STAY), claim_of(shuffled(STAY, order))
    assert other.digest == claim.digest
    assert other.facts == claim.facts
    assert {line.line_id: line.facts for line in other.lines} == {line.line_id: line.facts for line in claim.lines}


@pytest.mark.parametrize(
    "change",
    [
        {"documents": ["id_card"]},
        {"third_party": {}},
        {"claim_id": "C-2"},
        {"invoice": None},
        {"lines": LINES[:1]},
    ],
)
def test_another_content_has_another_digest(change: dict[str, object]) -> None:
    assert claim_of({**STAY, **change}).digest != claim_of(STAY).digest


def test_spaces_in_the_text_do_not_change_the_digest() -> None:
    content = json.dumps(STAY, indent=4).encode()
    assert claim_from_json(content, vocabulary(), "claim.json").digest == claim_of(STAY).digest


def test_a_document_in_memory_reads_like_the_same_document_in_json() -> None:
    assert claim_from_document(STAY, vocabulary(), "claim") == claim_of(STAY)


def test_a_float_in_memory_is_refused_like_a_fraction_in_json() -> None:
    found = problems_of(lambda: claim_from_document(with_line(amount_fen=4.52), vocabulary(), "claim"))
    assert [(problem.code, problem.place.pointer) for problem in found] == [("wrong-type", "/lines/0/amount_fen")]


def test_a_date_in_memory_is_written_as_text_or_refused() -> None:
    day = with_line(charged_on=datetime.date(2024, 1, 1))
    found = problems_of(lambda: claim_from_document(day, vocabulary(), "claim"))
    assert {(problem.code, problem.place.pointer) for problem in found} >= {("wrong-type", "/lines/0/charged_on")}


@pytest.mark.parametrize(
    "text",
    ["{}", '{"lines": []}', '{"filing": {"kind": "emergency"}}', '{"lines": [{"line_id": "1", "amount_fen": -5}]}'],
)
def test_a_part_of_a_document_needs_nothing_but_ids_of_lines(text: str) -> None:
    assert document_from_json(text.encode(), vocabulary(), "data", partial=True) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"lines": [{}]}', ("missing-field", "/lines/0")),
        ('{"lines": null}', ("null-not-allowed", "/lines")),
        ('{"filling": {}}', ("unknown-field", "/filling")),
        ('{"filing": {"kind": "urgent"}}', ("unknown-code", "/filing/kind")),
    ],
)
def test_what_a_part_of_a_document_says_is_checked_all_the_same(text: str, expected: tuple[str, str]) -> None:
    found = problems_of(lambda: document_from_json(text.encode(), vocabulary(), "data", partial=True))
    assert [(problem.code, problem.place.pointer) for problem in found] == [expected]


def test_a_whole_document_can_be_asked_for_its_raw_form() -> None:
    assert document_from_json(json.dumps(STAY).encode(), vocabulary(), "claim.json", partial=False) == STAY


def test_the_classes_of_a_vocabulary_are_built_once() -> None:
    same = vocabulary()
    other = Vocabulary(facts=same.facts, tables=same.tables)
    assert classes_of(same) is classes_of(same)
    assert classes_of(other) is not classes_of(same)
