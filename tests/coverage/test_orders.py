"""No order and no environment changes a byte: of facts, lines and files, of hashes, of the version of Python.

The wheel on other versions of Python: `tests/architecture/test_packaging.py`."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from typing import TypeVar

import pytest
from attrs import evolve

from tests.differential.shipped import claim_of_seed
from tests.support.bundled import decider, policy
from yibao.api import Decider
from yibao.basics.digest import canonical_json, digest_of_files
from yibao.coverage import rete
from yibao.model.claim import Claim
from yibao.readers.documents.locate import bundled_folder, files_of_folder
from yibao.readers.policy.bundle_documents import Source
from yibao.readers.policy.policy_from_yaml import policy_from_sources

T = TypeVar("T")
ENGINES = ["durable", "reference"] if rete.available() else ["reference"]


def shuffled(items: Mapping[str, T], order: random.Random) -> dict[str, T]:
    pairs = list(items.items())
    order.shuffle(pairs)
    return dict(pairs)


def rearranged(claim: Claim, order: random.Random) -> Claim:
    """The claim with its facts, its lines and their facts in another order."""
    lines = [evolve(line, facts=shuffled(line.facts, order)) for line in claim.lines]
    order.shuffle(lines)
    return evolve(claim, facts=shuffled(claim.facts, order), lines=tuple(lines))


def four_lines(seed: int) -> Claim:
    """The lines of two claims on one."""
    claim, other = claim_of_seed(seed)[0], claim_of_seed(seed + 1)[0]
    added = [evolve(line, line_id=f"more-{line.line_id}") for line in other.lines]
    return evolve(claim, lines=(*claim.lines, *added))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(0, 100, 4))
def test_the_order_of_facts_and_lines_changes_nothing(seed: int, engine: str) -> None:
    claim, order = four_lines(seed), random.Random(seed)
    first = decider(engine).decide(claim)
    for _order in range(4):
        again = decider(engine).decide(rearranged(claim, order))
        by_id = {line["line_id"]: line for line in again["lines"]}
        assert [by_id[line["line_id"]] for line in first["lines"]] == first["lines"]
        whole = {**again, "lines": first["lines"], "decision_id": first["decision_id"]}
        assert canonical_json(whole) == canonical_json(first)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_files_changes_nothing(seed: int) -> None:
    order = random.Random(seed)
    files = shuffled(files_of_folder(bundled_folder("policy"), (".yaml", ".json")), order)
    sources = [Source(path=f"policy/{path}", content=content) for path, content in files.items()]
    again = policy_from_sources(sources, digest_of_files(files))
    assert again == policy()
    assert list(again.rules) == list(policy().rules)
    for claim in (claim_of_seed(number)[0] for number in range(30)):
        expected = decider().decide(claim)
        assert canonical_json(Decider(again).decide(claim)) == canonical_json(expected)


DECIDE_SOME = """
import json, sys
from tests.differential.shipped import claim_of_seed
from tests.support.bundled import decider
from yibao.basics.digest import digest_of_document
claims = [claim_of_seed(seed)[0] for seed in range(12)]
print(json.dumps([digest_of_document(decider(engine).decide(claim)) for engine in sys.argv[1:] for claim in claims]))
"""


def test_the_seed_of_hashes_changes_nothing() -> None:
    answers = set()
    for seed in range(10):
        environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": os.pathsep.join([".", "engine"])}
        done = subprocess.run(
            [sys.executable, "-c", DECIDE_SOME, *ENGINES], env=environment, capture_output=True, text=True, check=True
        )
        answers.add(done.stdout)
    digests = json.loads(answers.pop())
    assert not answers
    assert len(digests) == 12 * len(ENGINES)
    assert digests[:12] == digests[-12:]
