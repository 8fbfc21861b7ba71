"""The short answer says what the document says at length, and random claims of the shipped policy are worth something.

That both engines agree, and that no order changes anything: `tests/differential`, `test_orders.py`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.differential.shipped import claim_of_seed
from tests.support.bundled import decider


@pytest.mark.parametrize("first", range(0, 1_000, 500))
def test_the_short_answer_is_that_of_the_document(first: int) -> None:
    outcomes: set[str] = set()
    for seed in range(first, first + 500):
        claim, _draw = claim_of_seed(seed)
        decision = decider().decide(claim)
        assert decider().brief(claim) == [_short(line) for line in decision["lines"]], f"seed {seed}"
        outcomes |= {line["outcome"] for line in decision["lines"]}
    assert outcomes == {"covered", "partly_covered", "excluded", "undetermined"}


def _short(line: dict[str, Any]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The short answer that a line of the document amounts to."""
    standing = [reason for reason in line["reasons"] if not reason["silenced_by"]]
    effect = {"excluded": "exclude"}.get(line["outcome"], "admit")
    reasons = {reason["rule"] for reason in standing or line["possible_reasons"] if reason["effect"] == effect}
    reasons = reasons or {reason["rule"] for reason in line["possible_reasons"]}
    return line["outcome"], tuple(sorted(reasons)), tuple(sorted({answer["rule"] for answer in line["answers"]}))
