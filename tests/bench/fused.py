"""The 30 rules as a person would write them for speed: one function, tests in order of their numbers, no reasons kept.

It is the bar that the decisions of a policy are held against, and the judge of everybody's answers.
"""

from __future__ import annotations

import datetime

from tests.bench.draw import ClaimRow, LineRow

# Status and number of the rule that speaks.
Answer = tuple[int, int]
EXCLUDED, FULL, PARTIAL, LIMITED = range(4)
_YEAR_2024 = datetime.date(2024, 1, 1)
_FREE = frozenset((18, 28))


def status_of(rule: int) -> int:
    """The status that follows from the number of the rule that speaks."""
    if rule <= 17:
        return EXCLUDED
    if rule >= 29:
        return LIMITED
    return FULL if rule in _FREE else PARTIAL


def fused(claim: ClaimRow) -> list[Answer]:
    """The answer for each line of a claim."""
    excluded = _excluded_whole(claim)
    if 0 < excluded <= 5:
        return [(0, excluded)] * len(claim["lines"])
    age, level, area, cause = claim["age"], claim["level"], claim["area"], claim["cause"]
    scheme, admitted_on = claim["scheme"], claim["admitted_on"]
    return [_line(line, excluded, age, level, area, cause, scheme, admitted_on) for line in claim["lines"]]


def _excluded_whole(claim: ClaimRow) -> int:
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


def _line(
    line: LineRow,
    excluded: int,
    age: int,
    level: int,
    area: str,
    cause: str,
    scheme: str,
    admitted_on: datetime.date,
) -> Answer:
    category, catalogue_class = line["category"], line["catalogue_class"]
    if category == "cosmetic":
        return 0, 6
    if category == "checkup":
        return 0, 7
    if category == "vaccine":
        return 0, 8
    if category == "nursing" and level >= 3:
        return 0, 9
    if excluded:
        return 0, excluded
    if catalogue_class == "C" and (area != "310000" or category != "treatment"):
        return 0, 13
    if line["restricted"] and not line["indicated"]:
        return 0, 14
    if line["child_only"] and age > 14:
        return 0, 15
    if category == "dental" and age >= 7 and cause != "traffic":
        return 0, 16
    if category == "fertility" and scheme == "resident":
        return 0, 17
    if 0 < line["limit"] < line["amount"]:
        return (3, 30) if category == "drug" else (3, 29)
    if catalogue_class == "A":
        return 1, 28
    if catalogue_class == "C":
        return 2, 21
    if category == "drug":
        if age < 1:
            return 1, 18
        if area == "330000" and admitted_on >= _YEAR_2024:
            return 2, 19
        if area == "440000":
            return 2, 20
    elif area == "330000" and admitted_on >= _YEAR_2024:
        return 2, 19
    elif category == "consumable":
        return (2, 22) if line["amount"] > 1_000_000 else (2, 23)
    elif category == "treatment":
        return 2, 24
    elif category == "facility":
        return 2, 25
    return (2, 26) if line["restricted"] else (2, 27)
