"""Claims for the shipped policy: its own complete claims, with as many lines as the drawn claim and some facts changed.

Every fact is known. What a fact is changed to comes from its declaration, so the claims follow the vocabulary as it
grows; a claim that the reader refuses is drawn again.
"""

from __future__ import annotations

import copy
import json
import random
from functools import cache
from typing import Any

from tests.bench.draw import ClaimRow
from yibao.api import load_policy, read_claim
from yibao.basics.problems import Fault, ProblemsFound
from yibao.model.facts import LINE_PREFIX, FactDeclaration, Kind
from yibao.model.policy import Policy

_OFTEN, _SELDOM = 0.2, 0.05
_MOST_ATTEMPTS = 200
_KINDS = (Kind.BOOLEAN, Kind.CODE, Kind.FEN)


@cache
def shipped_policy() -> Policy:
    """The bundled policy."""
    return load_policy()


@cache
def _changeable() -> tuple[FactDeclaration, ...]:
    facts = shipped_policy().vocabulary.facts.values()
    return tuple(
        fact
        for fact in sorted(facts, key=lambda fact: fact.path)
        if fact.type.kind in _KINDS and (fact.type.kind is not Kind.CODE or fact.type.table is not None)
    )


def shipped_document(row: ClaimRow) -> dict[str, Any]:
    """A claim document that the reader accepts, as the number of the drawn claim has it."""
    draw = random.Random(row["number"])
    for _attempt in range(_MOST_ATTEMPTS):
        document = _drawn(draw, row)
        try:
            read_claim(document, shipped_policy())
        except ProblemsFound:
            continue
        return document
    raise Fault("the shipped claims can't be changed into others that are accepted")


def shipped_bytes(row: ClaimRow) -> bytes:
    """The document as it comes over the wire."""
    return json.dumps(shipped_document(row), ensure_ascii=False).encode()


def unread_bytes(row: ClaimRow) -> bytes:
    """A document that nobody has read yet: about one in six is refused."""
    return json.dumps(_drawn(random.Random(row["number"]), row), ensure_ascii=False).encode()


def _drawn(draw: random.Random, row: ClaimRow) -> dict[str, Any]:
    claims = shipped_policy().claims
    document = copy.deepcopy(dict(claims[draw.choice(sorted(claims))]))
    document["claim_id"] = f"claim-{row['number']}"
    line = document["lines"][0]
    document["lines"] = [{**copy.deepcopy(line), "line_id": f"{at:02}"} for at in range(1, len(row["lines"]) + 1)]
    for fact in _changeable():
        if not fact.about_line:
            _change(draw, document, fact, fact.path.split("."), _SELDOM)
            continue
        for each in document["lines"]:
            _change(draw, each, fact, fact.path.removeprefix(LINE_PREFIX).split("."), _OFTEN)
    return document


def _change(draw: random.Random, holder: dict[str, Any], fact: FactDeclaration, keys: list[str], chance: float) -> None:
    """Give a fact that the document has another value, now and then."""
    if draw.random() >= chance:
        return
    inner: Any = holder
    for key in keys[:-1]:
        inner = inner.get(key)
        if not isinstance(inner, dict):
            return
    if inner.get(keys[-1]) is not None:
        inner[keys[-1]] = _value(draw, fact)


def _value(draw: random.Random, fact: FactDeclaration) -> object:
    if fact.type.kind is Kind.BOOLEAN:
        return draw.random() < 0.5
    if fact.type.kind is Kind.FEN:
        return draw.randrange(1, 100_000)
    return draw.choice(_codes_of(fact.type.table or ""))


@cache
def _codes_of(table: str) -> list[str]:
    return sorted(shipped_policy().vocabulary.tables[table].codes)
