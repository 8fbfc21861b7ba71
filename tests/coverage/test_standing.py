"""From rules that apply, surely or maybe, to rules that stand, findings that hold and lines that are admitted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from yibao.coverage.kleene import Statuses, admission, found_of, standing, truth_of
from yibao.coverage.program import Program
from yibao.model.expressions import Always, And, Condition, FactTerm, Finding, IsNone, Not, Or, Scope
from yibao.model.facts import Kind

# Rule 0 admits, rule 1 excludes and stands above it, rule 2 lifts rule 1. Rule 3 concludes a finding, as rule 4 does.
PROGRAM = cast(
    Program,
    SimpleNamespace(
        above=(0b00010, 0b00100, 0, 0, 0b00001),
        admits=0b00001,
        excludes=0b00010,
        concluding={"approved": (3, 4), "never": ()},
    ),
)


@pytest.mark.parametrize(
    ("sure", "maybe", "surely_stands", "may_stand"),
    [
        (0b00000, 0b00000, 0b00000, 0b00000),
        (0b00001, 0b00001, 0b00001, 0b00001),
        (0b00011, 0b00011, 0b00010, 0b00010),
        (0b00111, 0b00111, 0b00100, 0b00100),
        (0b00001, 0b00011, 0b00000, 0b00011),
        (0b00011, 0b00111, 0b00000, 0b00110),
        (0b00010, 0b00011, 0b00010, 0b00010),
        (0b00000, 0b00111, 0b00000, 0b00111),
        (0b01000, 0b11000, 0b01000, 0b11000),
        (0b01001, 0b01001, 0b01001, 0b01001),
        (0b10001, 0b10001, 0b00001, 0b00001),
    ],
)
def test_a_rule_stands_while_nothing_above_it_applies(
    sure: int, maybe: int, surely_stands: int, may_stand: int
) -> None:
    assert standing(PROGRAM, Statuses(sure, maybe)) == Statuses(surely_stands, may_stand)


def test_what_applies_surely_and_what_may() -> None:
    statuses = Statuses(0b001, 0b011)
    assert [statuses.of(number) for number in (0, 1, 2)] == [True, None, False]
    assert statuses.open == 0b010
    assert Statuses(0b11, 0b11).open == 0


@pytest.mark.parametrize(
    ("name", "stands", "expected"),
    [
        ("approved", Statuses(0b01000, 0b01000), True),
        ("approved", Statuses(0b10000, 0b11000), True),
        ("approved", Statuses(0b00000, 0b10000), None),
        ("approved", Statuses(0b00111, 0b00111), False),
        ("never", Statuses(0b11111, 0b11111), False),
        ("unheard-of", Statuses(0b11111, 0b11111), False),
    ],
)
def test_a_finding_holds_when_a_rule_that_concludes_it_stands(
    name: str, stands: Statuses, expected: bool | None
) -> None:
    assert found_of(PROGRAM, name, stands) is expected


@pytest.mark.parametrize(
    ("stands", "expected"),
    [
        (Statuses(0b01, 0b01), True),
        (Statuses(0b10, 0b10), False),
        (Statuses(0b11, 0b11), False),
        (Statuses(0b00, 0b00), False),
        (Statuses(0b00, 0b10), False),
        (Statuses(0b00, 0b01), None),
        (Statuses(0b01, 0b11), None),
        (Statuses(0b00, 0b11), None),
        (Statuses(0b10, 0b11), False),
    ],
)
def test_a_line_is_admitted_by_an_admission_without_an_exclusion(stands: Statuses, expected: bool | None) -> None:
    assert admission(PROGRAM, stands) is expected


YES, NO = Always(True), Always(False)
OPEN, KNOWN = IsNone(FactTerm("open", Kind.DATE)), IsNone(FactTerm("known", Kind.DATE))
HOLDS, FAILS, MAYBE = (Finding(name, Scope.CLAIM) for name in ("holds", "fails", "maybe"))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (YES, True),
        (NO, False),
        (OPEN, None),
        (KNOWN, True),
        (HOLDS, True),
        (FAILS, False),
        (MAYBE, None),
        (Not(YES), False),
        (Not(NO), True),
        (Not(MAYBE), None),
        (And((YES, KNOWN)), True),
        (And((YES, OPEN)), None),
        (And((OPEN, FAILS)), False),
        (Or((NO, FAILS)), False),
        (Or((NO, MAYBE)), None),
        (Or((MAYBE, HOLDS)), True),
        (Or((And((OPEN, NO)), Not(KNOWN))), False),
    ],
)
def test_a_condition_is_joined_from_its_atoms_and_findings(condition: Condition, expected: bool | None) -> None:
    atoms = {OPEN: None, KNOWN: True}
    findings = {"holds": True, "fails": False, "maybe": None}
    assert truth_of(condition, lambda atom: atoms[cast(IsNone, atom)], findings.__getitem__) is expected
