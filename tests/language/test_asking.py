"""Each form asked of given, none and unknown facts on either side; which absent facts keep a question open."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pytest

from tests.language.small_names import (
    CATALOGUES,
    DAY,
    ENDED,
    HERE,
    NAMES,
    NIGHTS,
    RESCUE,
    SOLD,
    STARTED,
    claim_of,
)
from yibao.basics.periods import Period
from yibao.language.parsing import parse_condition, parse_value
from yibao.language.truth import absent_facts, asked, open_facts, read, truth
from yibao.model.expressions import (
    Aggregate,
    Aggregation,
    Always,
    Arithmetic,
    Compare,
    Computed,
    Condition,
    Constant,
    DaysBetween,
    Finding,
    ForAllLines,
    ForAnyLine,
    InForce,
    Operator,
    Scope,
    ShiftedDate,
)
from yibao.model.facts import UNKNOWN, Given, Kind, Value

LATER = datetime.date(2024, 3, 11)
APRIL = datetime.date(2024, 4, 1)
Facts = Mapping[str, Value]


def answer(condition: Condition, facts: Facts) -> bool | None:
    """The condition asked about the one line of a claim, which has the facts that begin with `line.`."""
    own = {path: value for path, value in facts.items() if path.startswith("line.")}
    claim = claim_of({path: value for path, value in facts.items() if path not in own}, own)
    return truth(condition, claim, claim.lines[0], CATALOGUES)


def parsed(text: str) -> Condition:
    return parse_condition(text, HERE, NAMES, Scope.LINE)


T, F, U = {"visit.urgent": True}, {"visit.urgent": False}, dict[str, Value]()
LT, LF = {"line.rescue": True}, {"line.rescue": False}


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("true", U, True),
        ("false", U, False),
        ("visit.urgent", T, True),
        ("visit.urgent", F, False),
        ("visit.urgent", U, None),
        ("visit.urgent", {"visit.urgent": None}, False),
        ("not visit.urgent", T, False),
        ("not visit.urgent", F, True),
        ("not visit.urgent", U, None),
        ("visit.urgent and line.rescue", T | LT, True),
        ("visit.urgent and line.rescue", T | LF, False),
        ("visit.urgent and line.rescue", F | LT, False),
        ("visit.urgent and line.rescue", T, None),
        ("visit.urgent and line.rescue", LT, None),
        ("visit.urgent and line.rescue", LF, False),
        ("visit.urgent and line.rescue", F, False),
        ("visit.urgent and line.rescue and true", T, None),
        ("visit.urgent or line.rescue", F | LF, False),
        ("visit.urgent or line.rescue", T, True),
        ("visit.urgent or line.rescue", LT, True),
        ("visit.urgent or line.rescue", F, None),
        ("visit.urgent or line.rescue", LF, None),
        ("visit.urgent or line.rescue or false", LF, None),
    ],
)
def test_questions_are_joined_in_three_values(text: str, facts: Facts, expected: bool | None) -> None:
    assert answer(parsed(text), facts) is expected


A, C = "line.amount", "line.cap"


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("line.amount == line.cap", {A: 5, C: 5}, True),
        ("line.amount == line.cap", {A: 5, C: 6}, False),
        ("line.amount != line.cap", {A: 5, C: 6}, True),
        ("line.amount != line.cap", {A: 5, C: 5}, False),
        ("line.amount < line.cap", {A: 5, C: 5}, False),
        ("line.amount < line.cap", {A: 4, C: 5}, True),
        ("line.amount <= line.cap", {A: 5, C: 5}, True),
        ("line.amount <= line.cap", {A: 6, C: 5}, False),
        ("line.amount > line.cap", {A: 5, C: 5}, False),
        ("line.amount > line.cap", {A: 6, C: 5}, True),
        ("line.amount >= line.cap", {A: 5, C: 5}, True),
        ("line.amount >= line.cap", {A: 4, C: 5}, False),
        ("line.amount < line.cap", {A: None, C: 5}, False),
        ("line.amount < line.cap", {A: 5, C: None}, False),
        ("line.amount == line.cap", {A: None, C: None}, False),
        ("line.amount < line.cap", {A: 5}, None),
        ("line.amount < line.cap", {C: 5}, None),
        ("line.amount < line.cap", {C: None}, None),
        ("line.amount + line.cap == 11", {A: 5, C: 6}, True),
        ("line.amount - line.cap == 20", {A: 26, C: 6}, True),
        ("line.amount * 3 == 15", {A: 5}, True),
        ("min(line.amount, line.cap) == 5", {A: 5, C: 6}, True),
        ("max(line.amount, line.cap) == 6", {A: 5, C: 6}, True),
        ("line.amount + line.cap == 11", {A: 5}, None),
        ("line.amount + line.cap == 11", {C: 5}, None),
        ("line.amount + line.cap == 11", {A: None, C: 6}, False),
        ("line.amount + line.cap != 11", {A: 5, C: None}, False),
    ],
)
def test_numbers_are_compared_and_joined(text: str, facts: Facts, expected: bool | None) -> None:
    assert answer(parsed(text), facts) is expected


STAYS = {"visit.started": DAY, "visit.ended": LATER}


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("visit.kind in {inpatient}", {"visit.kind": "inpatient"}, True),
        ("visit.kind in {inpatient}", {"visit.kind": "outpatient"}, False),
        ("visit.kind in {inpatient}", {"visit.kind": None}, False),
        ("visit.kind in {inpatient}", {}, None),
        ("visit.kind not in {inpatient}", {"visit.kind": None}, True),
        ("hospital in visit.seals", {"visit.seals": frozenset({"hospital", "office"})}, True),
        ("hospital in visit.seals", {"visit.seals": frozenset({"office"})}, False),
        ("hospital in visit.seals", {"visit.seals": "hospital"}, False),
        ("hospital in visit.seals", {"visit.seals": None}, False),
        ("hospital in visit.seals", {}, None),
        ("visit.ended is none", {"visit.ended": None}, True),
        ("visit.ended is none", {"visit.ended": DAY}, False),
        ("visit.ended is none", {}, None),
        ("line.sold is none", {"line.sold": None}, True),
        ('prefix(visit.area, 2) == "44"', {"visit.area": "440300"}, True),
        ('prefix(visit.area, 2) == "44"', {"visit.area": "450300"}, False),
        ('prefix(visit.area, 2) != "44"', {"visit.area": None}, False),
        ('prefix(visit.area, 2) == "44"', {}, None),
        ('prefix(line.item, 2) == "ab"', {"line.item": "abc"}, True),
        ("visit.ended == visit.started + 10 days", STAYS, True),
        ("visit.started == visit.ended - 10 days", STAYS, True),
        ("line.sold + 1 days > visit.started", {"line.sold": DAY, "visit.started": DAY}, True),
        ("visit.ended + 1 days > visit.started", {"visit.started": DAY, "visit.ended": None}, False),
        ("visit.ended + 1 days > visit.started", {"visit.started": DAY}, None),
        ("visit.ended + 100000 days > visit.ended", {"visit.ended": datetime.date(2199, 12, 31)}, True),
        ("days(visit.started, visit.ended) == 10", STAYS, True),
        ("days(visit.ended, visit.started) < 0", STAYS, True),
        ("days(visit.started, visit.ended) < 0", {"visit.started": DAY, "visit.ended": None}, False),
        ("days(visit.started, visit.ended) < 0", {"visit.started": None, "visit.ended": DAY}, False),
        ("days(visit.started, visit.ended) < 0", {"visit.started": DAY}, None),
        ("days(line.sold, visit.started) == 0", {"visit.started": DAY, "line.sold": DAY}, True),
        ('line.item in catalogue("sold-goods")', {"line.item": "X1", "line.sold": DAY}, True),
        ('line.item in catalogue("sold-goods")', {"line.item": "X1", "line.sold": APRIL}, False),
        ('line.item in catalogue("sold-goods")', {"line.item": "X2", "line.sold": DAY}, False),
        ('line.item in catalogue("sold-goods")', {"line.item": "X1", "line.sold": None}, False),
        ('line.item in catalogue("sold-goods")', {"line.item": None, "line.sold": DAY}, False),
        ('line.item in catalogue("sold-goods")', {"line.item": "X1"}, None),
        ('line.item in catalogue("sold-goods")', {"line.sold": DAY}, None),
        ('line.item in catalogue("areas")', {"line.item": "X1", "visit.started": DAY}, True),
        ('visit.kind in catalogue("areas")', {"visit.kind": "X1", "visit.started": DAY}, True),
    ],
)
def test_codes_and_days(text: str, facts: Facts, expected: bool | None) -> None:
    assert answer(parsed(text), facts) is expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"visit.started": DAY}, True),
        ({"visit.started": APRIL}, False),
        ({"visit.started": None}, False),
        ({"visit.started": "2024-03-01"}, False),
        ({}, None),
    ],
)
def test_a_day_lies_in_a_period(facts: Facts, expected: bool | None) -> None:
    assert answer(InForce(STARTED, Period(DAY, APRIL)), facts) is expected


def test_the_period_of_a_line_goes_by_the_lines_own_day() -> None:
    assert answer(InForce(SOLD, Period(DAY)), {"line.sold": DAY}) is True


def over(text: str, *lines: Facts, facts: Facts | None = None) -> bool | None:
    claim = claim_of(dict(facts or {}), *(dict(line) for line in lines))
    return truth(parse_condition(text, HERE, NAMES, Scope.CLAIM), claim, None, CATALOGUES)


@pytest.mark.parametrize(
    ("text", "lines", "expected"),
    [
        ("any(lines, line.rescue)", (LF, LT), True),
        ("any(lines, line.rescue)", (LF, LF), False),
        ("any(lines, line.rescue)", (LF, {}), None),
        ("any(lines, line.rescue)", (LT, {}), True),
        ("any(lines, line.rescue)", (), False),
        ("all(lines, line.rescue)", (LT, LT), True),
        ("all(lines, line.rescue)", (LF, {}), False),
        ("all(lines, line.rescue)", (LT, {}), None),
        ("all(lines, line.rescue)", (), True),
        ("count(lines) == 2", (LT, {}), True),
        ("count(lines where line.rescue) == 1", (LT, LF), True),
        ("count(lines where line.rescue) < 9", (LT, {}), None),
        ("sum(line.amount) == 7", ({A: 3}, {A: 4}), True),
        ("sum(line.amount) == 3", ({A: 3}, {A: None}), True),
        ("sum(line.amount) == 3", ({A: 3}, {}), None),
        ("sum(line.amount) == 0", (), True),
        ("sum(line.amount where line.rescue) == 3", ({A: 3} | LT, LF), True),
        ("sum(line.amount where line.rescue) == 3", ({A: 3} | LT, {A: 4}), None),
        ("sum(line.amount where line.rescue) == 3", ({A: 3} | LT, LT), None),
        ("min(line.amount) == 3", ({A: 4}, {A: 3}), True),
        ("max(line.amount) == 4", ({A: 4}, {A: 3}), True),
        ("max(line.amount) == 9", ({A: 4}, {A: 9}, {A: 3}), True),
        ("min(line.amount where line.rescue) == 4", ({A: 4} | LT, {A: 3} | LF), True),
        ("min(line.amount) < 9", ({A: 4}, {}), None),
        ("min(line.amount) != 9", ({A: None},), False),
        ("max(line.amount) != 9", (), False),
        ("min(line.sold) == 2024-03-01", ({"line.sold": LATER}, {"line.sold": DAY}), True),
        ("max(line.sold) == 2024-03-11", ({"line.sold": LATER}, {"line.sold": DAY}), True),
    ],
)
def test_all_lines_together(text: str, lines: tuple[Facts, ...], expected: bool | None) -> None:
    assert over(text, *lines) is expected


def test_the_lines_are_asked_about_the_claim_too() -> None:
    assert over("any(lines, line.sold > visit.started)", {"line.sold": LATER}, facts={"visit.started": DAY}) is True
    assert over("count(lines where line.sold > visit.started) == 1", {"line.sold": LATER}, facts=STAYS) is True
    listed = 'any(lines, line.item in catalogue("areas"))'
    assert over(listed, {"line.item": "X1"}, facts={"visit.started": DAY}) is True
    assert over(f"count(lines where not ({listed[11:-1]})) == 0", {"line.item": "X1"}, facts=STAYS) is True
    for joined in ("{} and true", "{} or false", "not (not ({}))"):
        inner = 'visit.kind in catalogue("areas")'
        facts: dict[str, Value] = {"visit.kind": "X1", "visit.started": DAY}
        assert over(joined.format(inner), facts=facts) is True
    every = 'all(lines, line.item in catalogue("areas"))'
    assert over(every, {"line.item": "X1"}, facts={"visit.started": DAY}) is True


def test_a_fact_of_a_line_is_unknown_where_no_line_is_asked_about() -> None:
    assert asked(parsed("line.rescue"), {})(claim_of({}, LT), None) is None


def test_rules_conclude_findings_and_facts_do_not() -> None:
    with pytest.raises(TypeError, match="the finding approved is concluded by rules, not asked of facts"):
        asked(Finding("approved", Scope.CLAIM), {})


def value(text: str, facts: Facts, kind: Kind = Kind.FEN) -> Given:
    claim = claim_of({}, dict(facts))
    return read(parse_value(text, HERE, NAMES, kind, Scope.LINE), CATALOGUES)(claim, claim.lines[0])


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("5", {}, 5),
        ("line.amount", {A: 5}, 5),
        ("line.amount", {A: None}, None),
        ("line.amount", {}, UNKNOWN),
        ("line.amount - line.cap", {A: 5, C: 9}, -4),
        ("line.amount + 1", {A: None}, None),
        ("min(line.amount, 3)", {}, UNKNOWN),
        ("sum(line.amount)", {A: 5}, 5),
        ("min(line.amount where line.rescue)", {A: 5} | LF, None),
    ],
)
def test_a_value_is_read_none_or_unknown(text: str, facts: Facts, expected: Given) -> None:
    found = value(text, facts)
    assert found == expected
    assert type(found) is type(expected)


def test_arithmetic_on_what_is_no_number_is_none() -> None:
    for one, other in (("5", 5), (5, "5")):
        left, right = (Constant(part, Kind.FEN) for part in (one, other))
        assert read(Computed(Arithmetic.PLUS, left, right, Kind.FEN), {})(claim_of({}), None) is None


@pytest.mark.parametrize(
    ("day", "days", "moved"),
    [
        (datetime.date(9999, 12, 1), 29, datetime.date(9999, 12, 30)),
        (datetime.date(9999, 12, 1), 30, datetime.date(9999, 12, 31)),
        (datetime.date(9999, 12, 1), 31, datetime.date(9999, 12, 31)),
        (datetime.date(1, 1, 31), -29, datetime.date(1, 1, 2)),
        (datetime.date(1, 1, 31), -31, datetime.date(1, 1, 1)),
        ("2024-03-01", 1, None),
    ],
)
def test_a_day_is_moved_to_the_end_of_the_calendar_and_no_further(day: Value, days: int, moved: Value) -> None:
    assert read(ShiftedDate(STARTED, days), {})(claim_of({"visit.started": day}), None) == moved


def test_days_between_what_are_no_days_are_none() -> None:
    for one, other in ((DAY, "2024-03-01"), ("2024-03-01", DAY)):
        claim = claim_of({"visit.started": one, "visit.ended": other})
        assert read(DaysBetween(STARTED, ENDED), {})(claim, None) is None


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("visit.urgent and line.rescue", {}, ("line.rescue", "visit.urgent")),
        ("visit.urgent and line.rescue", T, ("line.rescue",)),
        ("visit.urgent and line.rescue", F, ()),
        ("visit.urgent or not line.rescue", F, ("line.rescue",)),
        ("line.amount > line.cap or line.cap > line.amount", {A: 1}, ("line.cap",)),
        ('line.item in catalogue("areas")', {"line.item": "X1"}, ("visit.started",)),
        ('not (line.item in catalogue("areas"))', {"line.item": "X1"}, ("visit.started",)),
        ("any(lines, line.rescue and visit.urgent)", T, ("line.rescue",)),
        ("visit.urgent", T, ()),
        ("line.rescue or line.amount > 1", LT, ()),
        ("(visit.urgent and line.rescue) or visit.kind in {inpatient}", F, ("visit.kind",)),
        ("not ((visit.urgent and line.rescue) or visit.kind in {inpatient})", F, ("visit.kind",)),
    ],
)
def test_absent_facts_keep_a_question_open(text: str, facts: Facts, expected: tuple[str, ...]) -> None:
    own = {path: each for path, each in facts.items() if path.startswith("line.")}
    claim = claim_of({path: each for path, each in facts.items() if path not in own}, own)
    assert open_facts(parsed(text), claim, claim.lines[0], CATALOGUES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "line.rescue or line.amount > 1",
        "not (line.rescue or line.amount > 1)",
        "true and (line.rescue or line.amount > 1)",
        "line.amount + line.cap > 1",
    ],
)
def test_what_another_line_lacks_keeps_nothing_open(text: str) -> None:
    claim = claim_of({}, LF | {C: 1}, {})
    assert open_facts(parsed(text), claim, claim.lines[0], {}) == (A,)


SAVED = Compare(Operator.EQUAL, RESCUE, Constant(True, Kind.BOOLEAN))
BOTH = [("line.rescue", "2"), ("line.rescue", "4")]
LINED = claim_of({}, LT, {}, LT, {})


@pytest.mark.parametrize(
    ("node", "line", "expected"),
    [
        (SAVED, 1, [("line.rescue", "2")]),
        (SAVED, 0, []),
        (SAVED, None, BOTH),
        (ForAnyLine(SAVED), 0, BOTH),
        (NIGHTS, 0, [("visit.nights", None)]),
        (NIGHTS, None, [("visit.nights", None)]),
        (
            Aggregate(Aggregation.COUNT, None, Compare(Operator.LESS, NIGHTS, Constant(1, Kind.INTEGER)), Kind.INTEGER),
            1,
            [("visit.nights", None)],
        ),
        (
            Computed(Arithmetic.PLUS, NIGHTS, RESCUE, Kind.INTEGER),
            1,
            [("visit.nights", None), ("line.rescue", "2")],
        ),
        (Always(True), 0, []),
        (ForAllLines(Always(True)), 0, []),
    ],
)
def test_absent_facts_are_told_with_their_lines(
    node: Condition, line: int | None, expected: list[tuple[str, str | None]]
) -> None:
    assert [*absent_facts(node, LINED, None if line is None else LINED.lines[line])] == expected


def test_a_given_fact_of_the_claim_is_not_absent() -> None:
    claim = claim_of({"visit.nights": 3, "visit.ended": None})
    assert [*absent_facts(parsed("days(visit.started, visit.ended) > visit.nights"), claim, None)] == [
        ("visit.started", None)
    ]
