"""The published JSON Schema and the reader of claims are two readers of one declaration: they agree."""

import json

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.facts.shipped import vocabulary, with_line
from tests.facts.test_claims import STAY
from yibao.basics.problems import ProblemsFound
from yibao.model.facts import Kind
from yibao.readers.claims.claim_schema import claim_schema
from yibao.readers.claims.claims_from_json import document_from_json

AGREED = [
    (STAY, True, True),
    (with_line(), True, True),
    ({**with_line(), "filing": None, "third_party": None, "account": None, "invoice": None}, True, True),
    ({**with_line(), "filing": {"referral": {"issuer": {"area": "440300"}}}}, True, True),
    ({}, False, True),
    ({"lines": []}, False, True),
    ({"lines": [{}]}, False, False),
    ([], False, False),
    (None, False, False),
    ({"lines": None}, False, False),
    ({"lines": [1]}, False, False),
    ({"lines": [{"line_id": str(at)} for at in range(10_001)]}, False, False),
    ({**with_line(), "claim": 1}, False, False),
    ({**with_line(), "insured": {"name": "x"}}, False, False),
    ({**with_line(), "insured": None}, False, False),
    ({**with_line(), "insured": "employee"}, False, False),
    ({**with_line(), "insured": {"scheme": "310"}}, False, False),
    ({**with_line(), "insured": {"scheme": None}}, False, False),
    ({**with_line(), "insured": {"insured_area": "4403"}}, False, False),
    ({**with_line(), "insured": {"insured_area": "44030x"}}, False, False),
    ({**with_line(), "procedure": None}, True, True),
    ({**with_line(), "procedure": "none"}, False, False),
    ({**with_line(), "encounter": {"discharged_on": None}}, True, True),
    ({**with_line(), "encounter": {"admitted_on": "2024-02-29"}}, True, True),
    ({**with_line(), "encounter": {"admitted_on": "2023-02-29"}}, False, False),
    ({**with_line(), "encounter": {"admitted_on": "1899-12-31"}}, False, False),
    ({**with_line(), "encounter": {"admitted_on": "2200-01-01"}}, False, False),
    ({**with_line(), "encounter": {"admitted_on": "2024-1-1"}}, False, False),
    ({**with_line(), "encounter": {"emergency": 1}}, False, False),
    ({**with_line(), "encounter": {"diagnoses": ["K35.8", "K35.8"]}}, False, False),
    ({**with_line(), "encounter": {"diagnoses": ["K 35"]}}, False, False),
    ({**with_line(), "encounter": {"diagnoses": []}}, True, True),
    ({**with_line(), "encounter": {"institution": {"level": 3}}}, True, True),
    ({**with_line(), "encounter": {"institution": {"level": 4}}}, False, False),
    ({**with_line(), "documents": ["id_card"]}, True, True),
    ({**with_line(), "documents": ["idcard"]}, False, False),
    ({**with_line(), "documents": {}}, False, False),
    (with_line(amount_fen=10**13), True, True),
    (with_line(amount_fen=10**13 + 1), False, False),
    (with_line(amount_fen=-(10**13) - 1), False, False),
    (with_line(amount_fen="1"), False, False),
    (with_line(amount_fen=True), False, False),
    (with_line(amount_fen=None), False, False),
    (with_line(amount_fen=1.5), False, False),
    (with_line(ceiling_fen=None), True, True),
    (with_line(ceiling_fen=-1), False, False),
    (with_line(first_payment_bp=10_000), True, True),
    (with_line(first_payment_bp=10_001), False, False),
    (with_line(name="盐酸二甲双胍片"), True, True),
    (with_line(name=""), False, False),
    (with_line(name="x" * 201), False, False),
    (with_line(name="a\u0000b"), False, False),
    (with_line(item_code="XA10BA02"), True, True),
    (with_line(item_code="XA 10"), False, False),
    (with_line(restriction_met=None, refund_of=None), True, True),
]


def accepted_by_schema(document: object, partial: bool) -> bool:
    validator = Draft202012Validator(claim_schema(vocabulary(), partial), format_checker=FormatChecker())
    return validator.is_valid(document)


def accepted_by_reader(document: object, partial: bool) -> bool:
    try:
        document_from_json(json.dumps(document).encode(), vocabulary(), "claim.json", partial)
    except ProblemsFound:
        return False
    return True


@pytest.mark.parametrize(
    ("document", "whole", "part"), AGREED, ids=[f"{at}: {document}"[:70] for at, (document, _, _) in enumerate(AGREED)]
)
def test_schema_and_reader_take_and_refuse_the_same_documents(document: object, whole: bool, part: bool) -> None:
    assert (accepted_by_schema(document, False), accepted_by_schema(document, True)) == (whole, part)
    assert (accepted_by_reader(document, False), accepted_by_reader(document, True)) == (whole, part)


@pytest.mark.parametrize("partial", [True, False])
def test_the_schema_is_a_schema_of_its_dialect_and_plain_json(partial: bool) -> None:
    schema = claim_schema(vocabulary(), partial)
    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


def properties(schema: dict[str, object]) -> list[dict[str, object]]:
    """The schemas of all keys, at every depth."""
    inner = schema.get("properties", {})
    assert isinstance(inner, dict)
    found = [schema, *(each for value in inner.values() for each in properties(value))]
    items = schema.get("items")
    return [*found, *(properties(items) if isinstance(items, dict) else ())]


def test_every_key_says_what_it_is_in_both_languages_and_where_it_comes_from() -> None:
    schema = claim_schema(vocabulary(), partial=False)
    declared = [each for each in properties(schema) if "x-source" in each]
    assert len(declared) == len(vocabulary().facts)
    for each in declared:
        assert each["title"] == each["x-title-en"]
        assert {"description", "x-title-zh", "x-meaning"} <= each.keys()


def test_a_key_names_its_unit_its_code_table_and_its_public_codes() -> None:
    schema = json.loads(json.dumps(claim_schema(vocabulary(), partial=False)))
    fields = schema["properties"]["lines"]["items"]["properties"]
    assert fields["amount_fen"]["x-unit"] == "fen"
    assert fields["ceiling_fen"]["type"] == ["integer", "null"]
    table = fields["catalogue_class"]["x-code-table"]
    assert table["table"] == "catalogue-class"
    assert table["codes"][1] == {"code": "B", "title": {"zh": "乙类", "en": "Class B"}, "nhsa": ["02"]}
    assert fields["cause"]["x-inherits"] == "encounter.cause"


def test_every_object_is_closed() -> None:
    objects = [each for each in properties(claim_schema(vocabulary(), partial=False)) if "properties" in each]
    declared = [fact for fact in vocabulary().facts.values() if fact.type.kind is Kind.OBJECT]
    assert len(objects) == len(declared) + len(("the claim", "its lines"))
    assert {each["additionalProperties"] for each in objects} == {False}
