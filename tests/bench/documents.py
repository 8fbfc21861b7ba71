"""The workload's claims as claim documents of the bundle `workload_policy`, and our decisions as its answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.bench.draw import ClaimRow, LineRow
from tests.bench.fused import LAST_EXCLUSION, Answer, status_of
from tests.bench.workload_rules import number_of
from yibao.api import load_policy, read_claim
from yibao.model.claim import Claim
from yibao.model.policy import Policy

FOLDER = Path(__file__).with_name("workload_policy")
# What the limit price is stretched to, in percent: a drug may cost a tenth more.
_ALLOWED = {"drug": 110}


@cache
def workload_policy() -> Policy:
    """The 30 rules as a policy."""
    return load_policy(FOLDER)


def claim_document(row: ClaimRow) -> dict[str, object]:
    """The claim document that says what a drawn claim says."""
    return {
        "claim_id": f"claim-{row['number']}",
        "insured": {
            "insured_area": row["area"],
            "scheme": row["scheme"],
            "age": row["age"],
            "days_enrolled": row["days_enrolled"],
        },
        "encounter": {
            "treatment_area": row["area"],
            "hospital_level": row["level"],
            "admitted_on": row["admitted_on"].isoformat(),
            "cause": row["cause"],
            "third_party_liable": row["third_party"],
            "designated": row["designated"],
            "emergency": row["emergency"],
            "overseas": row["overseas"],
            "out_of_province": row["out_of_province"],
            "filed": row["filed"],
        },
        "lines": [_line_document(at, line) for at, line in enumerate(row["lines"], start=1)],
    }


def _line_document(at: int, line: LineRow) -> dict[str, object]:
    limit, allowed = line["limit"], _ALLOWED.get(line["category"], 100)
    return {
        "line_id": f"{at:02}",
        "category": line["category"],
        "catalogue_class": line["catalogue_class"],
        "amount_fen": line["amount"],
        "limit_price_fen": limit or None,
        "ceiling_fen": limit * allowed // 100 if limit else None,
        "restricted": line["restricted"],
        "indicated": line["indicated"],
        "child_only": line["child_only"],
    }


def claim_bytes(row: ClaimRow) -> bytes:
    """The document as it comes over the wire."""
    return json.dumps(claim_document(row), ensure_ascii=False).encode()


def model_claim(row: ClaimRow) -> Claim:
    """The claim as it is after reading."""
    return read_claim(claim_document(row), workload_policy())


def answer_of(outcome: str, rule_ids: tuple[str, ...]) -> Answer:
    """The workload's answer in a line's outcome and the ids of the coverage rules that stand.

    Of the exclusions, and of the admissions, at most one stands. Raises ValueError where that is not so, or the
    outcome does not follow.
    """
    excluding = outcome == "excluded"
    speaking = [number for number in map(number_of, rule_ids) if (number <= LAST_EXCLUSION) is excluding]
    if len(speaking) != 1 or (not excluding and len(rule_ids) != 1):
        raise ValueError(f"a line is {outcome} by {rule_ids}")
    return status_of(speaking[0]), speaking[0]


def answers_in(document: Mapping[str, Any]) -> list[Answer]:
    """The answers that a decision document gives, read from its standing reasons alone."""
    return [
        answer_of(line["outcome"], tuple(one["rule"] for one in line["reasons"] if one["silenced_by"] is None))
        for line in document["lines"]
    ]
