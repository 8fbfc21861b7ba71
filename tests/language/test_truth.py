"""Conditions asked of facts: none is false, unknown stays unknown, and aggregates stop where they can."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.support.bundled import names
from yibao.basics.problems import Place
from yibao.coverage.reference_atoms import Facts
from yibao.coverage.reference_atoms import truth as reference_truth
from yibao.language.parsing import parse_condition
from yibao.language.truth import open_facts, truth
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Scope

DAY = datetime.date(2024, 3, 1)


def claim(facts: dict[str, Any], *lines: dict[str, Any]) -> Claim:
    return Claim(
        claim_id=None,
        facts=facts,
        lines=tuple(Line(line_id=str(at), facts=own) for at, own in enumerate(lines)),
        digest="",
    )


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("line.amount_fen > line.ceiling_fen", {"line.amount_fen": 5, "line.ceiling_fen": 4}, True),
        ("line.amount_fen > line.ceiling_fen", {"line.amount_fen": 5, "line.ceiling_fen": None}, False),
        ("line.amount_fen <= line.ceiling_fen", {"line.amount_fen": 5, "line.ceiling_fen": None}, False),
        ("line.amount_fen != line.ceiling_fen", {"line.amount_fen": 5, "line.ceiling_fen": None}, False),
        ("line.amount_fen > line.ceiling_fen", {"line.amount_fen": 5}, None),
        ("line.ceiling_fen is none", {"line.ceiling_fen": None}, True),
        ("line.ceiling_fen is none", {}, None),
        ("line.ceiling_fen is not none", {"line.ceiling_fen": 1}, True),
        ("encounter.emergency and line.for_rescue", {"encounter.emergency": False}, False),
        ("encounter.emergency and line.for_rescue", {"encounter.emergency": True}, None),
        ("encounter.emergency or line.for_rescue", {"line.for_rescue": True}, True),
        ("hospital in filing.referral.seals", {"filing.referral.seals": frozenset({"hospital"})}, True),
        ("hospital in filing.referral.seals", {"filing.referral.seals": frozenset()}, False),
        ("hospital in filing.referral.seals", {"filing.referral.seals": None}, False),
        ("hospital in filing.referral.seals", {}, None),
        (
            "filing.filed_on <= encounter.admitted_on + 3 days",
            {"filing.filed_on": DAY, "encounter.admitted_on": DAY},
            True,
        ),
        (
            "days(encounter.admitted_on, encounter.discharged_on) == 2",
            {"encounter.admitted_on": DAY, "encounter.discharged_on": DAY + datetime.timedelta(days=2)},
            True,
        ),
        (
            "prefix(insured.insured_area, 2) == prefix(encounter.treatment_area, 2)",
            {"insured.insured_area": "440300", "encounter.treatment_area": "440100"},
            True,
        ),
        ("line.amount_fen - 3 < 0", {"line.amount_fen": 2}, True),
    ],
)
def test_a_condition_of_given_none_and_unknown_facts(text: str, facts: dict[str, Any], expected: bool | None) -> None:
    condition = parse_condition(text, Place(path="x"), names(), Scope.LINE)
    own = {path: value for path, value in facts.items() if path.startswith("line.")}
    made = claim({path: value for path, value in facts.items() if path not in own}, own)
    assert truth(condition, made, made.lines[0], {}) is expected
    assert reference_truth(condition, Facts(made, made.lines[0], {})) is expected
    assert bool(open_facts(condition, made, made.lines[0], {})) is (expected is None)


@pytest.mark.parametrize(
    ("text", "lines", "expected"),
    [
        ("any(lines, line.for_rescue)", [{"line.for_rescue": True}, {}], True),
        ("any(lines, line.for_rescue)", [{"line.for_rescue": False}, {}], None),
        ("all(lines, line.for_rescue)", [{"line.for_rescue": False}, {}], False),
        ("sum(line.amount_fen) > 10", [{"line.amount_fen": 11}, {}], None),
        (
            "sum(line.amount_fen where line.for_rescue) > 10",
            [{"line.amount_fen": 11, "line.for_rescue": True}, {"line.for_rescue": False}],
            True,
        ),
        ("count(lines where line.for_rescue) == 1", [{"line.for_rescue": True}, {"line.for_rescue": False}], True),
        ("max(line.amount_fen) == 9", [{"line.amount_fen": 9}, {"line.amount_fen": 2}], True),
        ("min(line.amount_fen where line.for_rescue) == 9", [{"line.amount_fen": 9, "line.for_rescue": False}], False),
    ],
)
def test_an_aggregate_over_lines(text: str, lines: list[dict[str, Any]], expected: bool | None) -> None:
    condition = parse_condition(text, Place(path="x"), names(), Scope.CLAIM)
    made = claim({}, *lines)
    assert truth(condition, made, None, {}) is expected
    assert reference_truth(condition, Facts(made, None, {})) is expected
