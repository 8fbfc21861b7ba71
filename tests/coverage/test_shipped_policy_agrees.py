"""On the shipped policy both engines say the same of 5,000 random profiles, and no order changes anything."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from typing import Any

import pytest
from attrs import evolve

from tests.support.bundled import decider, policy
from tests.support.random_claims import ClaimDraw
from yibao.basics.digest import canonical_json
from yibao.coverage import rete
from yibao.model.claim import Claim

CLAIMS_PER_SEED = 50
LINES = 2


@pytest.mark.skipif(not rete.available(), reason="durable_rules can't be installed on this Python")
@pytest.mark.parametrize("seed", range(50))
def test_engines_agree_on_the_shipped_policy(seed: int) -> None:
    """50 seeds of 50 claims of 2 lines: 5,000 profiles. The whole documents are equal, byte for byte."""
    draw = ClaimDraw(policy(), seed)
    for number in range(CLAIMS_PER_SEED):
        claim = draw.claim(unknown=(0.0, 0.02, 0.05, 0.08)[number % 4], lines=LINES)
        durable, reference = decider("durable").decide(claim), decider("reference").decide(claim)
        assert canonical_json(durable) == canonical_json(reference), f"seed {seed}, claim {number}"
        assert decider("durable").brief(claim) == [_short(line) for line in durable["lines"]]


def _short(line: dict[str, Any]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The short answer that a line of the document amounts to."""
    standing = [reason for reason in line["reasons"] if not reason["silenced_by"]]
    effect = {"excluded": "exclude"}.get(line["outcome"], "admit")
    reasons = {reason["rule"] for reason in standing or line["possible_reasons"] if reason["effect"] == effect}
    reasons = reasons or {reason["rule"] for reason in line["possible_reasons"]}
    return line["outcome"], tuple(sorted(reasons)), tuple(sorted({answer["rule"] for answer in line["answers"]}))


def test_random_claims_reach_every_outcome_and_most_rules() -> None:
    """The draw is worth something: all outcomes occur, and nearly every rule applies somewhere."""
    outcomes: set[str] = set()
    applied: set[str] = set()
    for seed in range(25):
        draw = ClaimDraw(policy(), seed)
        for number in range(20):
            claim = draw.claim(unknown=0.0 if number % 2 else 0.03)
            decision = decider().decide(claim)
            outcomes |= {line["outcome"] for line in decision["lines"]}
            for judgement in decider().judge(claim):
                applied |= {key for key, truth in judgement.applies.items() if truth}
    assert outcomes == {"covered", "partly_covered", "excluded", "undetermined"}
    never = {rule.key for rule in policy().rules} - applied
    assert len(never) <= len(policy().rules) // 10, never


@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_facts_and_lines_changes_nothing(seed: int) -> None:
    draw = ClaimDraw(policy(), 1000 + seed)
    claim = draw.claim(unknown=0.03, lines=4)
    first = decider().decide(claim)
    shuffled = decider().decide(_shuffled(claim, random.Random(seed)))
    by_id = {line["line_id"]: line for line in shuffled["lines"]}
    assert [by_id[line["line_id"]] for line in first["lines"]] == first["lines"]
    for part in ("outcome", "missing", "missing_is", "documents_due", "proofs", "amounts", "findings"):
        assert shuffled[part] == first[part]


def _shuffled(claim: Claim, order: random.Random) -> Claim:
    facts = list(claim.facts.items())
    order.shuffle(facts)
    lines = []
    for line in claim.lines:
        own = list(line.facts.items())
        order.shuffle(own)
        lines.append(evolve(line, facts=dict(own)))
    order.shuffle(lines)
    return evolve(claim, facts=dict(facts), lines=tuple(lines))


SCRIPT = """
import json, sys
from tests.support.bundled import policy
from tests.support.random_claims import ClaimDraw
from yibao.basics.digest import digest_of_document
from yibao.coverage.decision import Decider
draw = ClaimDraw(policy(), 7)
claims = [draw.claim(unknown=0.05) for _ in range(15)]
deciders = [Decider(policy(), engine) for engine in sys.argv[1:]]
print(json.dumps([digest_of_document(decider.decide(claim)) for decider in deciders for claim in claims]))
"""


def test_the_hash_seed_changes_nothing() -> None:
    engines = ["durable", "reference"] if rete.available() else ["reference"]
    answers = set()
    for seed in ("0", "1", "42"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join([".", "engine"])}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, *engines], env=environment, capture_output=True, text=True, check=True
        )
        answers.add(done.stdout)
    assert len(answers) == 1
    assert len(json.loads(answers.pop())) == 15 * len(engines)
