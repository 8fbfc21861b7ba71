"""The 30 rules as a person would write them for speed: tests in order of their numbers, and no reasons kept.

It is the bar that the decisions of a policy are held against, and the judge of everybody's answers.
"""

from __future__ import annotations

import datetime

from tests.bench.draw import ClaimRow, LineRow

# Status and number of the rule that speaks.
Answer = tuple[int, int]
EXCLUDED, FULL, PARTIAL, LIMITED = range(4)
LAST_EXCLUSION, FIRST_LIMIT = 17, 29
_FREE = (18, 28)
_YEAR_2024 = datetime.date(2024, 1, 1)


def status_of(rule: int) -> int:
    """The status that follows from the number of the rule that speaks."""
    if rule <= LAST_EXCLUSION:
        return EXCLUDED
    if rule >= FIRST_LIMIT:
        return LIMITED
    return FULL if rule in _FREE else PARTIAL


_ANSWERS: list[Answer] = [(status_of(rule), rule) for rule in range(31)]
_NOT_DRUG_LIMITED, _DRUG_LIMITED = _ANSWERS[29], _ANSWERS[30]


def fused(claim: ClaimRow) -> list[Answer]:
    """The answer for each line of a claim."""
    excluded = excluded_whole(claim)
    if 0 < excluded <= 5:
        return [_ANSWERS[excluded]] * len(claim["lines"])
    found = []
    for line in claim["lines"]:
        rule = rule_below_limits(line, claim, excluded)
        if rule > 17 and 0 < line["limit"] < line["amount"]:
            found.append(_DRUG_LIMITED if line["category"] == "drug" else _NOT_DRUG_LIMITED)
        else:
            found.append(_ANSWERS[rule])
    return found


def excluded_whole(claim: ClaimRow) -> int:
    """The first exclusion that speaks for every line, or 0."""
    cause = claim["cause"]
    if cause != "disease":
        if cause == "work_injury":
            return 1
        if cause == "traffic":
            if claim["third_party"]:
                return 2
        elif cause == "crime":
            return 3
        elif cause in ("suicide", "self_harm"):
            if claim["age"] >= 18:
                return 4
        else:
            return 5
    if claim["overseas"]:
        return 10
    if not claim["designated"] and not claim["emergency"]:
        return 11
    if claim["scheme"] == "resident" and claim["days_enrolled"] < 180:
        return 12
    return 0


def rule_below_limits(line: LineRow, claim: ClaimRow, excluded: int) -> int:
    """The exclusion or first payment that speaks; `excluded` is the exclusion of the whole claim, from 10 to 12."""
    category, catalogue_class = line["category"], line["catalogue_class"]
    if category == "cosmetic":
        return 6
    if category == "checkup":
        return 7
    if category == "vaccine":
        return 8
    if category == "nursing" and claim["level"] >= 3:
        return 9
    if excluded:
        return excluded
    if catalogue_class == "C" and (category != "treatment" or claim["area"] != "310000"):
        return 13
    if line["restricted"] and not line["indicated"]:
        return 14
    if line["child_only"] and claim["age"] > 14:
        return 15
    if category == "dental" and claim["age"] >= 7 and claim["cause"] != "traffic":
        return 16
    if category == "fertility" and claim["scheme"] == "resident":
        return 17
    if catalogue_class == "A":
        return 28
    if catalogue_class == "C":
        return 21
    return _class_b(category, line, claim)


def _class_b(category: str, line: LineRow, claim: ClaimRow) -> int:
    if category == "drug" and claim["age"] < 1:
        return 18
    if claim["area"] == "330000" and claim["admitted_on"] >= _YEAR_2024:
        return 19
    if category == "drug":
        if claim["area"] == "440000":
            return 20
    elif category == "treatment":
        return 24
    elif category == "consumable":
        return 22 if line["amount"] > 1_000_000 else 23
    elif category == "facility":
        return 25
    return 26 if line["restricted"] else 27
