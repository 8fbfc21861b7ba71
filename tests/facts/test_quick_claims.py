"""The short way of reading a claim gives what the long way gives, and stands back from whatever is unusual."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hostile.claim_matrix import wrong_values
from tests.hostile.claim_texts import written
from tests.support.bundled import document, policy
from yibao.basics.problems import ProblemsFound
from yibao.readers.claims.claims_from_json import claim_from_json_at_length
from yibao.readers.claims.quick_claims import quick_claims_of

READER = quick_claims_of(policy().vocabulary)


def bytes_of(claim: dict[str, Any]) -> bytes:
    return json.dumps(claim, ensure_ascii=False).encode()


def same_either_way(content: bytes) -> bool:
    """Whether the short way read it; what it read is what the long way reads."""
    quick = READER.read(content)
    if quick is None:
        return False
    assert quick == claim_from_json_at_length(content, policy().vocabulary, "claim")
    return True


@pytest.mark.parametrize("base", sorted(policy().claims))
def test_the_bundled_claims_are_read_the_short_way(base: str) -> None:
    claim = document(base)
    assert same_either_way(bytes_of(claim))
    claim["lines"] = [{**claim["lines"][0], "line_id": line_id} for line_id in ("b", "10", "9", "a:b", "甲")]
    assert same_either_way(bytes_of(claim))
    assert same_either_way(json.dumps(claim, indent=3, ensure_ascii=False).encode())


def test_nothing_hostile_is_read_the_short_way() -> None:
    hostile = [*written(), *wrong_values(policy().vocabulary)]
    assert len(hostile) > 300
    for one in hostile:
        if READER.read(one.content) is not None:
            same_either_way(one.content)
    refused = [one for one in hostile if _refused(one.content)]
    assert len(refused) > 300
    assert [one.name for one in refused if READER.read(one.content) is not None] == []


def _refused(content: bytes) -> bool:
    try:
        claim_from_json_at_length(content, policy().vocabulary, "claim")
    except ProblemsFound:
        return True
    return False


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ('"scheme": "employee"', '"scheme": "employee", "scheme": "employee"'),
        ('"line_id": "1"', '"line_id": "\\u0031"'),
        ('"line_id": "1"', '"line_id": "1\x7f"'),
        ('"line_id": "1"', '"line_id": "1\x85"'),
        ('"line_id": "1"', '"line_id": "1", "unheard_of": 1'),
        ('"line_id": "1"', '"line_id": "1", "refund_of": "2"'),
        ('"amount_fen": 100', '"amount_fen": -100'),
        ('"amount_fen": 100', '"amount_fen": 100.0'),
        ('"amount_fen": 100', '"amount_fen": 1e2'),
        ('"amount_fen": 100', '"amount_fen": 10000000000001'),
        ('"charged_on": "2024-02-01"', '"charged_on": "1899-12-31"'),
        ('"documents": ["id_card"]', '"documents": ["id_card", "id_card"]'),
        ('"lines": [{', '"lines": [{"line_id": "1"}, {'),
    ],
)
def test_what_is_unusual_takes_the_long_way(text: str, instead: str) -> None:
    claim = {
        "insured": {"scheme": "employee"},
        "documents": ["id_card"],
        "lines": [{"line_id": "1", "amount_fen": 100, "charged_on": "2024-02-01"}],
    }
    content = json.dumps(claim)
    assert text in content
    assert READER.read(content.encode()) is not None
    assert READER.read(content.replace(text, instead).encode()) is None


def test_none_under_an_object_and_sets_in_any_order_are_read_alike() -> None:
    claim = document("out-of-province-inpatient")
    claim["documents"] = ["hospital_invoice", "id_card", "discharge_certificate"]
    assert same_either_way(bytes_of(claim))
    claim["filing"]["referral"] = None
    assert same_either_way(bytes_of(claim))


def test_a_document_too_long_to_be_sure_of_its_bounds_takes_the_long_way() -> None:
    assert READER.read(bytes_of(document()) + b" " * 400_000) is None
