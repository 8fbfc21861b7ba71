"""Every mistake that an expression can hold: its code, the text that it stands under, what is said and advised."""

from __future__ import annotations

import pytest

from tests.language.small_names import NAMES
from yibao.basics.problems import Place, ProblemsFound
from yibao.language.parsing import parse_condition, parse_value
from yibao.language.syntax import parse
from yibao.model.expressions import Scope
from yibao.model.facts import Kind

HERE = Place(path="rules.yaml", line=3, column=11)


def told(error: ProblemsFound, text: str) -> tuple[str, str, str, str | None]:
    """Code, text underlined, message and hint of the one problem."""
    (problem,) = error.problems
    place = problem.place
    assert (place.path, place.line) == ("rules.yaml", 3)
    assert place.column is not None
    start = place.column - 11
    return problem.code, text[start : start + place.length], problem.message, problem.hint


def mistake(text: str, about: Scope = Scope.LINE) -> tuple[str, str, str, str | None]:
    with pytest.raises(ProblemsFound) as caught:
        parse_condition(text, HERE, NAMES, about)
    return told(caught.value, text)


NO_VALUE = "a fact, a value or `(` is expected, not"
CONDITION = "a condition is expected here, not a value"
VALUE = "a value is expected here, not a condition"
IN = '`in` is followed by {…}, by a fact that is a set of codes, or by catalogue("name")'
CALLS = "prefix(code, 2), days(start, end), min(a, b), sum(line.fact where …), count(lines where …)"
NESTED = ("nested-aggregate", "an aggregate can't stand inside another")
EQUALITY = "compare with `==`, `!=` or `in {…}`"
ASK = "ask `in` or `is none`"
ASKED = "a catalogue is asked about a fact"
PRODUCT = "a product is a number times a whole number"


@pytest.mark.parametrize(
    ("text", "under", "says", "hint"),
    [
        ("", "", f"{NO_VALUE} the end of the expression", None),
        ("visit.urgent and", "", f"{NO_VALUE} the end of the expression", None),
        ("and", "and", f"{NO_VALUE} `and`", None),
        ("visit.urgent ; true", ";", "`;` is not understood here", None),
        ("visit.urgent true", "true", "`true` does not belong here", None),
        ("(visit.urgent", "", "`)` is expected, not the end", None),
        ("(visit.urgent]", "]", "`)` is expected, not `]`", None),
        ("visit.nights > 1 < 2", "<", "comparisons do not chain", "join two comparisons with `and`"),
        ("visit.kind not inpatient", "inpatient", "`in` is expected, not `inpatient`", None),
        ("visit.ended is drug", "drug", "`none` is expected, not `drug`", None),
        ("visit.ended is not", "", "`none` is expected, not the end", None),
        ("visit.kind in {inpatient", "", "`}` is expected, not the end", None),
        ("visit.started < 2023-02-29", "2023-02-29", "`2023-02-29` is no day of the calendar", None),
        ("visit.started < 1899-12-31", "1899-12-31", "`1899-12-31` lies outside 1900-01-01 to 2199-12-31", None),
        ("visit.started < 2200-01-01", "2200-01-01", "`2200-01-01` lies outside 1900-01-01 to 2199-12-31", None),
        (
            "visit.started + 100001 days < visit.ended",
            "100001 days",
            "a date is moved by at most 100000 days",
            None,
        ),
        ("visit.nights > " + " + ".join(["1"] * 42), "+", "a sum has at most 40 parts", None),
        ("visit.nights > " + " * ".join(["1"] * 42), "*", "a product has at most 40 parts", None),
        (
            "any(visit.urgent)",
            "any(visit.urgent)",
            "`any` asks a condition of the lines",
            "write `any(lines, condition)`",
        ),
        (
            "all(lines, line.rescue where true)",
            "all(lines, line.rescue where true)",
            "`all` asks a condition of the lines",
            "write `all(lines, condition)`",
        ),
    ],
)
def test_what_makes_no_sentence(text: str, under: str, says: str, hint: str | None) -> None:
    code, underlined, message, advice = mistake(text)
    assert (code, underlined, message, advice) == ("expression-syntax", under, says, hint)


@pytest.mark.parametrize(
    ("text", "under", "says", "hint"),
    [
        ("1", "1", CONDITION, None),
        ("visit.nights + 1", "visit.nights + 1", CONDITION, None),
        ("visit.nights > (1 < 2)", "1 < 2", VALUE, None),
        ("(visit.urgent and true) > 1", "visit.urgent and true", VALUE, None),
        ("visit.nights", "visit.nights", "`visit.nights` is a integer, not yes or no", "compare it with a value"),
        (
            "visit.kind < inpatient",
            "visit.kind < inpatient",
            "`<` needs numbers or dates; a code has no order",
            EQUALITY,
        ),
        (
            "visit.kind <= inpatient",
            "visit.kind <= inpatient",
            "`<=` needs numbers or dates; a code has no order",
            EQUALITY,
        ),
        ("visit.urgent >= true", "visit.urgent >= true", "`>=` needs numbers or dates; a bool has no order", EQUALITY),
        ("visit.note > abc", "visit.note > abc", "`>` needs numbers or dates; a text has no order", EQUALITY),
        ("visit.seals == hospital", "visit.seals == hospital", "a codes can't be compared", ASK),
        (
            "visit.seals == visit.seals",
            "visit.seals == visit.seals",
            "a codes can't be compared",
            "ask `in` or `is none`",
        ),
        ("visit == visit", "visit == visit", "a object can't be compared", ASK),
        ("visit.kind in 5", "5", "this is no group of values", IN),
        ("visit.kind in count(lines)", "count(lines)", "this is no group of values", IN),
        ("visit.kind in catalogue(drug)", "catalogue(drug)", "this is no group of values", IN),
        ("drug in visit.kind", "visit.kind", "`visit.kind` is a code, not a set of codes", None),
        ("5 in visit.seals", "5", "a code is expected here", None),
        (
            'prefix(visit.area, 2) in catalogue("areas")',
            "prefix(visit.area, 2)",
            "a catalogue is asked about a fact",
            None,
        ),
        ('visit.nights in catalogue("areas")', "visit.nights", "`visit.nights` is a integer, not a code", None),
        ("5 is none", "5", "`is none` asks about a fact", None),
        ("visit.nights == true", "true", "a integer is expected here", None),
        ("visit.nights == 5%", "5%", "a integer is expected here", None),
        ("line.rate == 5", "5", "a basis_points is expected here", "write it as a percentage, such as 80%"),
        ("visit.urgent == 1", "1", "a bool is expected here", None),
        ("visit.started == 5", "5", "a date is expected here", None),
        ("visit.kind == 2024-01-01", "2024-01-01", "a code is expected here", None),
        ("visit.nights == line.amount", "line.amount", "a fen can't meet a integer", None),
        ("visit.kind == line.goods", "line.goods", "codes of goods can't meet codes of kinds", None),
        ("visit.kind + 5 days > visit.ended", "visit.kind + 5 days", "days are added to a fact that is a date", None),
        (
            "visit.ended + 5 days + 5 days > visit.ended",
            "visit.ended + 5 days + 5 days",
            "days are added to a fact that is a date",
            None,
        ),
        (
            "visit.ended - visit.started > 5",
            "visit.ended - visit.started",
            "`-` joins numbers; this is a date",
            "for days between two dates write `days(start, end)`",
        ),
        ("line.amount * line.cap > 1", "line.amount * line.cap", "one side of a product is a whole number", None),
        ("line.amount * 5% > 1", "line.amount * 5%", PRODUCT, None),
        ("line.amount * drug > 1", "line.amount * drug", PRODUCT, None),
        ("visit.kind * 2 > 1", "visit.kind * 2", PRODUCT, None),
        ("prefix(visit.area, 0) == drug", "prefix(visit.area, 0)", "`prefix` is not used like this", CALLS),
        ("prefix(visit.area, 2%) == drug", "prefix(visit.area, 2%)", "`prefix` is not used like this", CALLS),
        ("prefix(visit.note, 2) == drug", "prefix(visit.note, 2)", "`prefix` is not used like this", CALLS),
        ("days(visit.started) > 5", "days(visit.started)", "`days` is not used like this", CALLS),
        ("days(visit.kind, visit.ended) > 5", "days(visit.kind, visit.ended)", "`days` is not used like this", CALLS),
        ("days(visit.ended, visit.kind) > 5", "days(visit.ended, visit.kind)", "`days` is not used like this", CALLS),
        ("any(lines, true) == true", "any(lines, true)", "`any` is not used like this", CALLS),
        ("all(lines, true) == true", "all(lines, true)", "`all` is not used like this", CALLS),
        ('catalogue("areas") == 1', 'catalogue("areas")', "`catalogue` is not used like this", CALLS),
        ("count(visit.kind) > 5", "count(visit.kind)", "`count` is not used like this", CALLS),
        ("sum(line.amount, line.cap) > 5", "sum(line.amount, line.cap)", "`sum` is not used like this", CALLS),
        (
            "min(line.amount, 5 where true) > 5",
            "min(line.amount, 5 where true)",
            "`min` is not used like this",
            CALLS,
        ),
        (
            "max(line.amount, 5 where true) > 5",
            "max(line.amount, 5 where true)",
            "`max` is not used like this",
            CALLS,
        ),
        ("sum(visit.nights) > 5", "visit.nights", "`sum` takes a number of the lines", None),
        ("sum(line.sold) > 5", "line.sold", "`sum` takes a number of the lines", None),
        ("min(line.goods) == drug", "line.goods", "`min` takes a number of the lines", None),
        ("count(lines where 5) > 5", "5", CONDITION, None),
    ],
)
def test_what_does_not_fit(text: str, under: str, says: str, hint: str | None) -> None:
    code, underlined, message, advice = mistake(text)
    assert (code, underlined, message, advice) == ("wrong-type", under, says, hint)


@pytest.mark.parametrize(
    ("text", "code", "under", "says", "hint"),
    [
        (
            "visit.urgen",
            "unknown-field",
            "visit.urgen",
            "no fact, definition or finding is called `visit.urgen`",
            "did you mean `visit.urgent`?",
        ),
        (
            "long_stya",
            "unknown-field",
            "long_stya",
            "no fact, definition or finding is called `long_stya`",
            "did you mean `long_stay`?",
        ),
        (
            "aproved",
            "unknown-field",
            "aproved",
            "no fact, definition or finding is called `aproved`",
            "did you mean `approved`?",
        ),
        (
            "visit.night > 5",
            "unknown-field",
            "visit.night",
            "no fact is called `visit.night`",
            "did you mean `visit.nights`?",
        ),
        ("visi is none", "unknown-field", "visi", "no fact is called `visi`", "did you mean `visit`?"),
        ("visi + 5 > visit.nights", "unknown-field", "visi", "no fact is called `visi`", "did you mean `visit`?"),
        (
            "visit.kind == inpatien",
            "unknown-code",
            "inpatien",
            "`inpatien` is no code of `kinds`, the table of `visit.kind`",
            "did you mean `inpatient`?",
        ),
        (
            '"hospita" in visit.seals',
            "unknown-code",
            '"hospita"',
            "`hospita` is no code of `seals`, the table of `visit.seals`",
            "did you mean `hospital`?",
        ),
        (
            'visit.kind in catalogue("area")',
            "unknown-catalogue",
            'catalogue("area")',
            "no catalogue is called `area`",
            "did you mean `areas`?",
        ),
        (
            'line.item in catalogue("part-of-a-list")',
            "excerpt-catalogue",
            'catalogue("part-of-a-list")',
            "`part-of-a-list` is an excerpt: what it leaves out is unknown, so membership can't be asked",
            "read a fact that is looked up in it instead",
        ),
        ("visit.area == 12345", "wrong-type", "12345", "a code is expected here", None),
        ('visit.area == "12345"', "out-of-range", '"12345"', "`visit.area` is never `12345`", None),
        ('visit.area == "12345x"', "out-of-range", '"12345x"', "`visit.area` is never `12345x`", None),
        (
            'visit.area == "４４０３００"',
            "out-of-range",
            '"４４０３００"',
            "`visit.area` is never `４４０３００`",
            None,
        ),
        ('prefix(visit.area, 2) == "4x"', "out-of-range", '"4x"', "the first 2 characters are never `4x`", None),
        ('prefix(visit.area, 2) == "４４"', "out-of-range", '"４４"', "the first 2 characters are never `４４`", None),
        ("visit.note == abcdef", "out-of-range", "abcdef", "`visit.note` is never `abcdef`", None),
        ("line.item == x12345", "out-of-range", "x12345", "`line.item` is never `x12345`", None),
        ("visit.nights == 401", "out-of-range", "401", "`visit.nights` lies between -5 and 400", None),
        ("line.cap == 9", "out-of-range", "9", "`line.cap` lies between 10 and 500", None),
        (
            'prefix(visit.area, 2) == "123"',
            "out-of-range",
            '"123"',
            "the first 2 characters are never `123`",
            None,
        ),
        ("1 < 2", "no-fact", "1 < 2", "both sides are constants: the answer never changes", None),
        ("true == true", "no-fact", "true == true", "both sides are constants: the answer never changes", None),
        ('"a" == "a"', "no-fact", '"a" == "a"', "both sides are constants: the answer never changes", None),
        (
            "2024-01-01 < 2024-01-02",
            "no-fact",
            "2024-01-01 < 2024-01-02",
            "both sides are constants: the answer never changes",
            None,
        ),
        (
            "visit.kind == visit.knd",
            "unknown-field",
            "visit.knd",
            "no fact is called `visit.knd`",
            "did you mean `visit.kind`?",
        ),
        ("sqrt(5) > 1", "unknown-function", "sqrt(5)", "`sqrt` is not a word of the language", None),
        (
            "cont(lines) > 1",
            "unknown-function",
            "cont(lines)",
            "`cont` is not a word of the language",
            "did you mean `count`?",
        ),
        (
            "visit.kind in catalogu(drug)",
            "wrong-type",
            "catalogu(drug)",
            "this is no group of values",
            IN,
        ),
        (
            "catalogu(drug) == 1",
            "unknown-function",
            "catalogu(drug)",
            "`catalogu` is not a word of the language",
            "did you mean `catalogue`?",
        ),
        ("any(lines, any(lines, true))", NESTED[0], "any(lines, true)", NESTED[1], None),
        ("any(lines, count(lines) > 1)", NESTED[0], "count(lines)", NESTED[1], None),
        ("any(lines, sum(line.amount) > 1)", NESTED[0], "sum(line.amount)", NESTED[1], None),
        ("all(lines, some_saved)", NESTED[0], "some_saved", "the definition `some_saved` looks at several lines", None),
        (
            "any(lines, approved)",
            "finding-in-aggregate",
            "approved",
            "an aggregate reads facts, never findings",
            None,
        ),
    ],
)
def test_what_is_not_there_or_never_so(text: str, code: str, under: str, says: str, hint: str | None) -> None:
    assert mistake(text) == (code, under, says, hint)


@pytest.mark.parametrize(
    ("text", "under", "says", "hint"),
    [
        (
            "line.rescue",
            "line.rescue",
            "`line.rescue` belongs to a line",
            "ask about lines with `any(lines, …)`, or make the rule `about: line`",
        ),
        ("saved", "saved", "the definition `saved` reads a fact of a line", None),
        ("proper", "proper", "the finding `proper` belongs to a line", None),
        (
            'visit.kind in catalogue("sold-goods")',
            'catalogue("sold-goods")',
            "`sold-goods` goes by `line.sold`, a line's date",
            None,
        ),
    ],
)
def test_a_question_about_the_claim_reads_no_single_line(text: str, under: str, says: str, hint: str | None) -> None:
    assert mistake(text, Scope.CLAIM) == ("line-fact", under, says, hint)
    parse_condition(text, HERE, NAMES, Scope.LINE)


@pytest.mark.parametrize(
    ("text", "kind", "under", "says", "hint"),
    [
        ("80", Kind.BASIS_POINTS, "80", "a basis_points is expected here", "write it as a percentage, such as 80%"),
        ("line.rate", Kind.FEN, "line.rate", "a fen is expected, this is a basis_points", None),
        ("line.amount + line.rate", Kind.FEN, "line.rate", "a fen is expected, this is a basis_points", None),
        ("visit.started + 5 days", Kind.FEN, "visit.started", "a fen is expected, this is a date", None),
        ("line.amount * 2", Kind.INTEGER, "line.amount * 2", "a integer is expected, this is a fen", None),
        ("visit.urgent and true", Kind.FEN, "visit.urgent and true", VALUE, None),
    ],
)
def test_an_answer_of_another_kind(text: str, kind: Kind, under: str, says: str, hint: str | None) -> None:
    with pytest.raises(ProblemsFound) as caught:
        parse_value(text, HERE, NAMES, kind, Scope.LINE)
    assert told(caught.value, text) == ("wrong-type", under, says, hint)


def test_a_named_condition_with_a_finding_in_it_stands_in_no_aggregate() -> None:
    names = type(NAMES)(
        vocabulary=NAMES.vocabulary,
        catalogues={},
        definitions={"good": parse_condition("proper", HERE, NAMES, Scope.LINE)},
        findings=NAMES.findings,
    )
    with pytest.raises(ProblemsFound) as caught:
        parse_condition("any(lines, good)", HERE, names, Scope.LINE)
    assert told(caught.value, "any(lines, good)") == (
        "finding-in-aggregate",
        "good",
        "the definition `good` reads a finding",
        None,
    )


PLAN = "`if … then … else`, `//`, lists, `then` and `from` belong to the amounts of settlement plans"


@pytest.mark.parametrize(
    ("text", "under"),
    [
        ("if true then true else false", "if true then true else false"),
        ("line.amount // 2", "line.amount // 2"),
        ("line.amount // 2 > 1", "line.amount // 2"),
        ("[true]", "[true]"),
        ("[line.amount] > 1", "[line.amount]"),
    ],
)
def test_rules_have_no_forms_of_plans(text: str, under: str) -> None:
    assert mistake(text) == ("plan-only", under, "rules and guards have no such form", PLAN)


@pytest.mark.parametrize(
    ("text", "under", "says", "hint"),
    [
        ("if true else false", "else", "`then` is expected, not `else`", "if … then … else …"),
        ("if true then 1", "", "`else` is expected, not the end", "if … then … else …"),
        ("if true then 1 and", "", f"{NO_VALUE} the end of the expression", None),
        ("[true", "", "`]` is expected, not the end", None),
        ("visit.nights // // 2", "//", f"{NO_VALUE} `//`", None),
    ],
)
def test_half_a_form_of_a_plan(text: str, under: str, says: str, hint: str | None) -> None:
    assert mistake(text) == ("expression-syntax", under, says, hint)


def test_an_expression_has_at_most_2000_characters_and_24_levels() -> None:
    long = "visit.urgent" + " " * 1_988
    parse_condition(long, HERE, NAMES, Scope.CLAIM)
    with pytest.raises(ProblemsFound) as caught:
        parse_condition(long + " ", HERE, NAMES, Scope.CLAIM)
    (problem,) = caught.value.problems
    assert (problem.code, problem.place, problem.hint) == (
        "expression-too-long",
        HERE,
        "name a part of it under `let:`",
    )
    assert problem.message == "the expression has 2001 characters, at most 2000 are read"
    for opening, closing in (("(", ")"), ("not ", "")):
        deep = opening * 23 + "visit.urgent" + closing * 23
        parse_condition(deep, HERE, NAMES, Scope.CLAIM)
        assert mistake(opening + deep + closing) == (
            "expression-too-deep",
            "v",
            "the expression nests deeper than 24 levels",
            None,
        )


@pytest.mark.parametrize(
    "before", ["(visit.urgent)", "not visit.urgent", "(if visit.urgent then true else false)", "f(visit.urgent)"]
)
def test_what_is_closed_counts_for_no_level_and_what_is_open_for_one(before: str) -> None:
    def nested(levels: int) -> str:
        return "(" * 19 + f"{before} and " + "(" * levels + "true" + ")" * (19 + levels)

    parse(nested(4), HERE)
    with pytest.raises(ProblemsFound) as caught:
        parse(nested(5), HERE)
    assert caught.value.problems[0].code == "expression-too-deep"


def test_many_choices_side_by_side_are_not_deep() -> None:
    parse("[" + ", ".join(["if a then b else c"] * 30) + "]", HERE)


def test_depth_is_given_back() -> None:
    wide = " or ".join(f"({'not ' * 10}({'(' * 5}visit.urgent{')' * 5}))" for _part in range(10))
    parse_condition(wide, HERE, NAMES, Scope.CLAIM)
