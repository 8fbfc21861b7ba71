"""A thousand forged decisions, each under the digest of what it says, and not one that convinces."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from functools import cache
from typing import Any

import pytest

from tests.audit.forging import Forgery, Lie, from_other_claims, from_other_policies, lies, signed
from tests.support.bundled import decider, document, policy
from tests.support.random_claims import ClaimDraw
from yibao.api import check_proof, read_claim
from yibao.model.claim import Claim

FORGED = 1_000


@cache
def claims() -> list[Claim]:
    """Claims that are covered, excluded, silenced, partly paid and open, with one line and with several."""
    bases = ["inpatient-appendicitis", *sorted(policy().claims)]
    drawn = [ClaimDraw(policy(), seed).claim(unknown) for seed in range(2) for unknown in (0.0, 0.05, 0.3)]
    return [*(read_claim(document(name), policy()) for name in bases), *drawn]


@cache
def decided(at: int) -> dict[str, Any]:
    decision: dict[str, Any] = json.loads(json.dumps(decider().decide(claims()[at])))
    return decision


@cache
def changed_documents() -> list[tuple[int, Forgery]]:
    """Forgeries of every kind that the decisions allow: one of each kind from each decision, drawn at random."""
    draw, chosen = random.Random(7), list[tuple[int, Forgery]]()
    for at in range(len(claims())):
        by_kind: dict[str, list[Lie]] = {}
        for lie in lies(decided(at)):
            by_kind.setdefault(lie.kind, []).append(lie)
        for kind in sorted(by_kind):
            told = draw.choice(by_kind[kind]).told_in(decided(at))
            # Two things that are alike may change places.
            chosen += [(at, told)] if told.decision["decision_id"] != decided(at)["decision_id"] else []
    return chosen


def believed(at: int, forgery: Forgery) -> list[str]:
    """The forgery's kind and place, if nobody notices it."""
    assert forgery.decision["decision_id"] == signed(forgery.decision)["decision_id"]
    assert forgery.decision["decision_id"] != decided(at)["decision_id"]
    found = check_proof(forgery.decision, claims()[at], policy())
    return [] if found else [f"{forgery.kind}: {forgery.where}"]


@pytest.mark.parametrize("part", range(8))
def test_no_changed_document_convinces(part: int) -> None:
    assert [said for at, forgery in changed_documents()[part::8] for said in believed(at, forgery)] == []


@pytest.mark.parametrize("seed", range(6))
def test_what_follows_from_another_policy_does_not_convince(seed: int) -> None:
    draw = random.Random(seed)
    found = [*from_other_policies(policy(), claims()[seed], draw, 4)]
    assert [said for forgery in found for said in believed(seed, forgery)] == []


@pytest.mark.parametrize("at", range(3))
def test_what_follows_from_other_facts_does_not_convince(at: int) -> None:
    found = [*from_other_claims(decider(), claims()[at])]
    assert len(found) > 3
    assert [said for forgery in found for said in believed(at, forgery)] == []


def test_the_decision_of_another_claim_does_not_convince() -> None:
    for at in range(1, len(claims())):
        if claims()[at].digest != claims()[0].digest:
            dressed = {**decided(at), "claim_id": claims()[0].claim_id, "claim_digest": claims()[0].digest}
            assert check_proof(signed(dressed), claims()[0], policy())


def test_a_thousand_forgeries_of_many_kinds_are_looked_at() -> None:
    kinds = Counter(forgery.kind for _at, forgery in changed_documents())
    assert sum(kinds.values()) >= FORGED
    assert len(kinds) >= 100
    for kind in (
        "a rule that applies said to be in fails",
        "a rule in fails said to apply",
        "a rule in open said to apply",
        "another silencer",
        "a proof of another line",
        "altered policy digest",
        "altered claim_digest",
        "altered outcome",
        "altered missing_is",
        "altered lines outcome",
        "altered lines amounts in_scope_fen",
        "altered lines reasons facts",
        "altered lines reasons cites",
        "altered lines reasons effect",
        "altered lines reasons silenced_by",
        "left out missing",
        "left out lines reasons",
        "left out proofs applies",
        "left out proofs fails",
        "altered proofs fails",
    ):
        assert kinds[kind] > 0, kind


def test_a_finding_says_where_and_what_would_be_right() -> None:
    forged = copy.deepcopy(decided(0))
    forged["lines"][0]["amounts"]["in_scope_fen"] += 100
    found = check_proof(signed(forged), claims()[0], policy())
    places = {finding.place.pointer: finding.message for finding in found}
    assert places.keys() == {"/decision_id", "/lines/0/amounts/in_scope_fen"}
    true = decided(0)["lines"][0]["amounts"]["in_scope_fen"]
    assert f"`{true + 100}` where `{true}` follows" in places["/lines/0/amounts/in_scope_fen"]


def test_a_status_that_is_claimed_wrongly_is_named_by_its_rule() -> None:
    forged = copy.deepcopy(decided(0))
    (name, body), *_more = forged["proofs"].items()
    rule = next(iter(body["fails"]))
    del body["fails"][rule]
    body["applies"] = sorted([*body["applies"], rule])
    found = check_proof(signed(forged), claims()[0], policy())
    assert any(finding.place.pointer == f"/proofs/{name}/fails/{rule}" for finding in found)
