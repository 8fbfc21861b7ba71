"""Text to tokens to a tree: what binds how, where each part stands, and what the tree means with small names."""

from __future__ import annotations

import datetime

import pytest

from tests.language.small_names import (
    AMOUNT,
    AREA,
    CAP,
    ENDED,
    GOODS,
    HERE,
    ITEM,
    KIND,
    NAMES,
    NIGHTS,
    NOTE,
    RATE,
    RESCUE,
    SEALS,
    SOLD,
    STARTED,
    URGENT,
    VISIT,
)
from yibao.language.parsing import parse_condition, parse_value
from yibao.language.syntax import parse
from yibao.language.trees import (
    Binary,
    Braces,
    Call,
    Days,
    IfTree,
    ListTree,
    Literal,
    Marked,
    NoneTest,
    NotTree,
    Span,
    Token,
    Tree,
    Word,
    tokens_of,
    trees_in,
)
from yibao.model.expressions import (
    Aggregate,
    Aggregation,
    Always,
    Among,
    And,
    Arithmetic,
    Compare,
    Computed,
    Condition,
    Constant,
    DaysBetween,
    FactTerm,
    Finding,
    ForAllLines,
    ForAnyLine,
    Holds,
    InCatalogue,
    IsNone,
    Not,
    Operator,
    Or,
    Prefix,
    Scope,
    ShiftedDate,
    Term,
)
from yibao.model.facts import Kind


def word(text: str, start: int) -> Word:
    return Word(text, Span(start, start + len(text)))


def literal(value: bool | int | str | datetime.date, start: int, end: int, percent: bool = False) -> Literal:
    return Literal(value, percent, Span(start, end))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", word("a", 0)),
        ("a-b.c-1", word("a-b.c-1", 0)),
        (" 007 ", literal(7, 1, 4)),
        ("0", literal(0, 0, 1)),
        ('"x y"', literal("x y", 0, 5)),
        ('""', literal("", 0, 2)),
        ("true", literal(True, 0, 4)),
        ("false", literal(False, 0, 5)),
        ("80%", literal(8_000, 0, 3, percent=True)),
        ("12.5%", literal(1_250, 0, 5, percent=True)),
        ("12.05%", literal(1_205, 0, 6, percent=True)),
        ("2024-02-29", literal(datetime.date(2024, 2, 29), 0, 10)),
        ("1900-01-01", literal(datetime.date(1900, 1, 1), 0, 10)),
        ("2199-12-31", literal(datetime.date(2199, 12, 31), 0, 10)),
        ("30 days", Days(30, Span(0, 7))),
        ("100000 days", Days(100_000, Span(0, 11))),
        ("days", word("days", 0)),
        ("(a)", word("a", 1)),
        ("not a", NotTree(word("a", 4), Span(0, 5))),
        ("a is none", NoneTest(word("a", 0), Span(0, 9))),
        ("a is not none", NotTree(NoneTest(word("a", 0), Span(0, 13)), Span(0, 13))),
        ("a in b", Binary("in", word("a", 0), word("b", 5), Span(0, 6))),
        (
            "a not in {b, c}",
            NotTree(
                Binary(
                    "in",
                    word("a", 0),
                    Braces((word("b", 10), word("c", 13)), Span(9, 15)),
                    Span(0, 15),
                ),
                Span(0, 15),
            ),
        ),
        ("a - b", Binary("-", word("a", 0), word("b", 4), Span(0, 5))),
        (
            "a + b - c",
            Binary("-", Binary("+", word("a", 0), word("b", 4), Span(0, 5)), word("c", 8), Span(0, 9)),
        ),
        (
            "a + b * c",
            Binary("+", word("a", 0), Binary("*", word("b", 4), word("c", 8), Span(4, 9)), Span(0, 9)),
        ),
        (
            "a * b * c",
            Binary("*", Binary("*", word("a", 0), word("b", 4), Span(0, 5)), word("c", 8), Span(0, 9)),
        ),
        (
            "a or b and c",
            Binary("or", word("a", 0), Binary("and", word("b", 5), word("c", 11), Span(5, 12)), Span(0, 12)),
        ),
        (
            "a and b or c or d",
            Binary(
                "or",
                Binary(
                    "or",
                    Binary("and", word("a", 0), word("b", 6), Span(0, 7)),
                    word("c", 11),
                    Span(0, 12),
                ),
                word("d", 16),
                Span(0, 17),
            ),
        ),
        ("f(a)", Call("f", (word("a", 2),), None, Span(0, 4))),
        ("f(a, b)", Call("f", (word("a", 2), word("b", 5)), None, Span(0, 7))),
        ("f(a where b)", Call("f", (word("a", 2),), word("b", 10), Span(0, 12))),
        *(
            (f"a {sign} b", Binary(sign, word("a", 0), word("b", 3 + len(sign)), Span(0, 4 + len(sign))))
            for sign in ("==", "!=", "<", "<=", ">", ">=")
        ),
    ],
)
def test_text_becomes_a_tree_with_places(text: str, tree: Tree) -> None:
    assert parse(text, HERE) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a // b", Binary("//", word("a", 0), word("b", 5), Span(0, 6))),
        (
            "if a then b else c",
            IfTree(word("a", 3), word("b", 10), word("c", 17), Span(0, 18)),
        ),
        (
            "if a then 1 else if b then 2 else 3",
            IfTree(
                word("a", 3),
                literal(1, 10, 11),
                IfTree(word("b", 20), literal(2, 27, 28), literal(3, 34, 35), Span(17, 35)),
                Span(0, 35),
            ),
        ),
        ("[a]", ListTree((word("a", 1),), Span(0, 3))),
        ("[a, b, 1]", ListTree((word("a", 1), word("b", 4), literal(1, 7, 8)), Span(0, 9))),
        ("f(a, then b)", Call("f", (word("a", 2), Marked("then", word("b", 10), Span(5, 11))), None, Span(0, 12))),
        ("f(from 1, b)", Call("f", (Marked("from", literal(1, 7, 8), Span(2, 8)), word("b", 10)), None, Span(0, 12))),
        ("f(from)", Call("f", (word("from", 2),), None, Span(0, 7))),
        ("f(then, from)", Call("f", (word("then", 2), word("from", 8)), None, Span(0, 13))),
        ("if == then", Binary("==", word("if", 0), word("then", 6), Span(0, 10))),
        ("if in {a}", Binary("in", word("if", 0), Braces((word("a", 7),), Span(6, 9)), Span(0, 9))),
        (
            "if not in {a}",
            NotTree(
                Binary("in", word("if", 0), Braces((word("a", 11),), Span(10, 13)), Span(0, 13)),
                Span(0, 13),
            ),
        ),
        (
            "if not a then true else (b)",
            IfTree(NotTree(word("a", 7), Span(3, 8)), literal(True, 14, 18), word("b", 25), Span(0, 26)),
        ),
    ],
)
def test_the_forms_of_plans_become_trees_too(text: str, tree: Tree) -> None:
    assert parse(text, HERE) == tree


@pytest.mark.parametrize("value", ["b", '"b"', "1", "2%", "2024-01-01", "true", "false", "not b", "(b)"])
def test_an_if_stands_before_a_value(value: str) -> None:
    assert isinstance(parse(f"if {value} then a else c", HERE), IfTree)


def test_every_part_of_a_tree_is_found_once() -> None:
    text = "f(a, then b where not c) + [1, 2] * (if d is none then e else g) in {h}"
    found = [tree for tree in trees_in(parse(text, HERE)) if isinstance(tree, Word | Literal)]
    assert [tree.text if isinstance(tree, Word) else tree.value for tree in found] == [*"abc", 1, 2, *"degh"]
    assert [type(tree) for tree in trees_in(parse("a + [b]", HERE))] == [Binary, Word, ListTree, Word]


def test_tokens_are_closed_by_an_end() -> None:
    assert tokens_of(" not a<=1 ", HERE) == [
        Token("keyword", "not", 1),
        Token("word", "a", 5),
        Token("sign", "<=", 6),
        Token("number", "1", 8),
        Token("end", "", 10),
    ]
    assert Token("word", "abc", 4).span == Span(4, 7)


def test_as_many_parts_as_are_allowed_make_a_sum_or_a_product() -> None:
    for sign in (" + ", " * "):
        tree = parse(sign.join(["a"] * 40), HERE)
        assert tree.span == Span(0, 157)


YES = Constant(True, Kind.BOOLEAN)
LINES = Aggregate(Aggregation.COUNT, None, Always(True), Kind.INTEGER)
SAVED = Compare(Operator.EQUAL, RESCUE, YES)


def whole(number: int, kind: Kind = Kind.INTEGER) -> Constant:
    return Constant(number, kind)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("true", Always(True)),
        ("visit.urgent", Compare(Operator.EQUAL, URGENT, YES)),
        ("not visit.urgent", Not(Compare(Operator.EQUAL, URGENT, YES))),
        ("true and false and true", And((Always(True), Always(False), Always(True)))),
        ("true and (false and true)", And((Always(True), Always(False), Always(True)))),
        ("true or false or true", Or((Always(True), Always(False), Always(True)))),
        ("(true or false) or (true and true)", Or((Always(True), Always(False), And((Always(True), Always(True)))))),
        ("long_stay", Compare(Operator.GREATER, NIGHTS, whole(90))),
        ("saved", SAVED),
        ("any(lines, saved)", ForAnyLine(SAVED)),
        ("approved", Finding("approved", Scope.CLAIM)),
        ("proper", Finding("proper", Scope.LINE)),
        ("visit is none", IsNone(VISIT)),
        ("visit.seals is not none", Not(IsNone(SEALS))),
        ("all(lines, line.rescue)", ForAllLines(SAVED)),
        ("visit.kind == inpatient", Compare(Operator.EQUAL, KIND, Constant("inpatient", Kind.CODE))),
        ("inpatient != visit.kind", Compare(Operator.UNEQUAL, Constant("inpatient", Kind.CODE), KIND)),
        ("visit.kind == visit.kind", Compare(Operator.EQUAL, KIND, KIND)),
        ("visit.area == line.item", Compare(Operator.EQUAL, AREA, ITEM)),
        ('visit.area == "440300"', Compare(Operator.EQUAL, AREA, Constant("440300", Kind.TEXT))),
        ("line.item == x123", Compare(Operator.EQUAL, ITEM, Constant("x123", Kind.TEXT))),
        ("visit.note != abcde", Compare(Operator.UNEQUAL, NOTE, Constant("abcde", Kind.TEXT))),
        ("visit.urgent == false", Compare(Operator.EQUAL, URGENT, Constant(False, Kind.BOOLEAN))),
        ("visit.nights <= 400", Compare(Operator.AT_MOST, NIGHTS, whole(400))),
        ("10 <= line.cap", Compare(Operator.AT_MOST, whole(10, Kind.FEN), CAP)),
        ("line.rate >= 100%", Compare(Operator.AT_LEAST, RATE, whole(10_000, Kind.BASIS_POINTS))),
        ("visit.started < visit.ended", Compare(Operator.LESS, STARTED, ENDED)),
        ("line.sold < 2024-01-01", Compare(Operator.LESS, SOLD, Constant(datetime.date(2024, 1, 1), Kind.DATE))),
        ("line.amount > line.cap", Compare(Operator.GREATER, AMOUNT, CAP)),
        (
            "line.goods in {drug, device}",
            Among(GOODS, (Constant("drug", Kind.CODE), Constant("device", Kind.CODE))),
        ),
        ("visit.nights not in {1, 2}", Not(Among(NIGHTS, (whole(1), whole(2))))),
        (
            'prefix(visit.area, 2) in {"44", "45"}',
            Among(Prefix(AREA, 2), (Constant("44", Kind.TEXT), Constant("45", Kind.TEXT))),
        ),
        ("hospital in visit.seals", Holds(SEALS, "hospital")),
        ('"office" in visit.seals', Holds(SEALS, "office")),
        ('line.item in catalogue("sold-goods")', InCatalogue(ITEM, "sold-goods", SOLD)),
        ('visit.kind in catalogue("areas")', InCatalogue(KIND, "areas", STARTED)),
        (
            "count(lines) > 3",
            Compare(Operator.GREATER, Aggregate(Aggregation.COUNT, None, Always(True), Kind.INTEGER), whole(3)),
        ),
        (
            "sum(line.amount where saved) > 3",
            Compare(Operator.GREATER, Aggregate(Aggregation.SUM, AMOUNT, SAVED, Kind.FEN), whole(3, Kind.FEN)),
        ),
        (
            "prefix(visit.area, 2) == prefix(line.item, 2)",
            Compare(Operator.EQUAL, Prefix(AREA, 2), Prefix(ITEM, 2)),
        ),
        (
            "visit.started + 5 days < visit.ended - 5 days",
            Compare(Operator.LESS, ShiftedDate(STARTED, 5), ShiftedDate(ENDED, -5)),
        ),
        (
            "days(visit.started, visit.ended) == visit.nights",
            Compare(Operator.EQUAL, DaysBetween(STARTED, ENDED), NIGHTS),
        ),
        (
            "line.sold == max(line.sold)",
            Compare(Operator.EQUAL, SOLD, Aggregate(Aggregation.MAXIMUM, SOLD, Always(True), Kind.DATE)),
        ),
    ],
)
def test_a_condition_is_read(text: str, condition: Condition) -> None:
    assert parse_condition(text, HERE, NAMES, Scope.LINE) == condition


def fen(operation: Arithmetic, left: Term, right: Term) -> Computed:
    return Computed(operation, left, right, Kind.FEN)


@pytest.mark.parametrize(
    ("text", "kind", "term"),
    [
        ("5", Kind.FEN, whole(5, Kind.FEN)),
        ("5%", Kind.BASIS_POINTS, whole(500, Kind.BASIS_POINTS)),
        ("1000000000", Kind.FEN, whole(1_000_000_000, Kind.FEN)),
        ("abc", Kind.TEXT, Constant("abc", Kind.TEXT)),
        ("abc", Kind.CODE, Constant("abc", Kind.TEXT)),
        ("abc", Kind.CODES, Constant("abc", Kind.TEXT)),
        ("line.amount", Kind.FEN, AMOUNT),
        ("1 + 2", Kind.FEN, fen(Arithmetic.PLUS, whole(1, Kind.FEN), whole(2, Kind.FEN))),
        ("line.amount - 2", Kind.FEN, fen(Arithmetic.MINUS, AMOUNT, whole(2, Kind.FEN))),
        ("2 + line.amount", Kind.FEN, fen(Arithmetic.PLUS, whole(2, Kind.FEN), AMOUNT)),
        ("line.amount * 2", Kind.FEN, fen(Arithmetic.TIMES, AMOUNT, whole(2))),
        ("2 * line.amount", Kind.FEN, fen(Arithmetic.TIMES, AMOUNT, whole(2))),
        ("min(line.amount, 5)", Kind.FEN, fen(Arithmetic.MINIMUM, AMOUNT, whole(5, Kind.FEN))),
        ("max(5, line.amount)", Kind.FEN, fen(Arithmetic.MAXIMUM, whole(5, Kind.FEN), AMOUNT)),
        ("max(line.amount, line.cap)", Kind.FEN, fen(Arithmetic.MAXIMUM, AMOUNT, CAP)),
        (
            "line.amount + (line.cap - 1)",
            Kind.FEN,
            fen(Arithmetic.PLUS, AMOUNT, fen(Arithmetic.MINUS, CAP, whole(1, Kind.FEN))),
        ),
        ("min(line.amount)", Kind.FEN, Aggregate(Aggregation.MINIMUM, AMOUNT, Always(True), Kind.FEN)),
        ("min(line.rate)", Kind.BASIS_POINTS, Aggregate(Aggregation.MINIMUM, RATE, Always(True), Kind.BASIS_POINTS)),
        ("count(lines)", Kind.INTEGER, LINES),
        ("days(visit.started, line.sold)", Kind.INTEGER, DaysBetween(STARTED, SOLD)),
        ("visit.started + 3 days", Kind.DATE, ShiftedDate(STARTED, 3)),
        ("prefix(visit.area, 1)", Kind.CODE, Prefix(AREA, 1)),
    ],
)
def test_a_value_is_read(text: str, kind: Kind, term: Term) -> None:
    assert parse_value(text, HERE, NAMES, kind, Scope.LINE) == term


def test_the_products_of_constants_know_their_kinds() -> None:
    for text, kind in (("2 * 3", Kind.INTEGER), ("3 * 5%", Kind.BASIS_POINTS)):
        found = parse_value(f"min({text}, {text})", HERE, NAMES, kind, Scope.LINE)
        assert isinstance(found, Computed)
        assert found.kind is kind


def test_inside_an_aggregate_the_facts_of_lines_are_read_about_the_claim() -> None:
    text = "sum(line.amount where line.cap > 10) > 3 and any(lines, line.rescue)"
    assert parse_condition(text, HERE, NAMES) == parse_condition(text, HERE, NAMES, Scope.LINE)


def test_a_fact_of_the_vocabulary_hides_a_code_of_its_name() -> None:
    facts = {**NAMES.vocabulary.facts, "drug": NAMES.vocabulary.facts["visit.kind"]}
    names = type(NAMES)(vocabulary=type(NAMES.vocabulary)(facts=facts, tables=NAMES.vocabulary.tables), catalogues={})
    assert parse_condition("drug == visit.kind", HERE, names) == Compare(
        Operator.EQUAL, FactTerm("drug", Kind.CODE), KIND
    )
