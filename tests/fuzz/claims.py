"""Claim documents, whole and partial; what is read whole is also decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz import world
from yibao.basics.digest import canonical_json
from yibao.basics.problems import ProblemsFound
from yibao.readers.claims.claims_from_json import claim_from_json, document_from_json
from yibao.readers.claims.lookups import with_lookups
from yibao.readers.documents.locate import bundled_folder

NAME = "claims"
LONGEST = 6_000
WORDS = (
    *('{"lines": [{"line_id": "1"}]}', '"refund_of": "1"', '"amount_fen": -1', '"amount_fen": 10000000000000', "null"),
    *("true", "1e400", "NaN", "-0", "1.0", '"\\ud800"', '"\\u0000"', '"2024-02-29"', '"440300"', '"documents": []'),
    *('"filing": null', '"referral": {', '"seals": ["hospital"]', '"catalogue_class": "B"', '"charged_on": '),
    *('"encounter": {', '"insured": {', '"line_id": "2"', '"cause": "traffic_accident"', "[", "]", "{", "}", ","),
)


def seeds() -> Iterator[bytes]:
    """The bundled claims, whole and with each key left out in turn."""
    for path in sorted((Path(bundled_folder("policy")) / "claims").glob("*.json")):
        yield path.read_bytes()
        document = json.loads(path.read_bytes())
        for key in document:
            yield json.dumps({name: value for name, value in document.items() if name != key}).encode()


def parse(data: bytes) -> None:
    """Read as a partial document and as a claim; a partial document can be written down in one way and read again."""
    vocabulary = world.policy().vocabulary
    try:
        document = document_from_json(data, vocabulary, "fuzz.json", partial=True)
    except ProblemsFound:
        pass
    else:
        assert document_from_json(canonical_json(document), vocabulary, "fuzz.json", partial=True) == document
    claim = with_lookups(claim_from_json(data, vocabulary, "fuzz.json"), world.policy(), "fuzz.json")
    assert claim.lines
    if len(claim.lines) <= world.MOST_LINES_DECIDED:
        decision = world.decider().decide(claim)
        assert [line["line_id"] for line in decision["lines"]] == [line.line_id for line in claim.lines]
        json.dumps(decision, ensure_ascii=False).encode()
