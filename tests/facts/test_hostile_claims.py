"""Claims that are wrong on purpose: each is refused with its code and JSON pointer, quickly, and nothing is coerced."""

import json
import time

import pytest

from tests.facts.shipped import claim_of, complaints_on, problems_of, with_line

FEN, BP, DAY = "/lines/0/amount_fen", "/lines/0/first_payment_bp", "/lines/0/charged_on"
LINE = '{"lines": [{"line_id": "1", %s}]}'

SYNTAX = [
    "",
    "   ",
    "{",
    "[1, 2",
    '{"lines": [{"line_id": "1"},]}',
    "{'lines': []}",
    '{"lines": []} {}',
    '\ufeff{"lines": []}',
    '{"lines": [{"line_id": "a\nb"}]}',
    '{"lines": [{"line_id": "\\x41"}]}',
    '{"claim_id": 012}',
    '{"claim_id": .5}',
    '{"claim_id": True}',
    "// a comment\n{}",
]


@pytest.mark.parametrize("text", SYNTAX)
def test_what_is_no_json_is_refused_where_it_stops_being_json(text: str) -> None:
    (problem,) = problems_of(lambda: claim_of(text))
    assert problem.code == "json-syntax"
    assert problem.place.line is not None


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    (problem,) = problems_of(lambda: claim_of('{"claim_id": "\udcff"}'))
    assert (problem.code, problem.place.pointer) == ("json-syntax", "")


TEXTS = [
    # What is no claim at all.
    ("null", [("wrong-type", "")]),
    ("[]", [("wrong-type", "")]),
    ('"claim"', [("wrong-type", "")]),
    ("1e400", [("wrong-type", "")]),
    ("{}", [("no-lines", "")]),
    ('{"lines": []}', [("no-lines", "/lines")]),
    ('{"lines": {}}', [("wrong-type", "/lines")]),
    ('{"lines": null}', [("null-not-allowed", "/lines")]),
    ('{"lines": [1, null, "2", []]}', [("wrong-type", f"/lines/{at}") for at in range(4)]),
    ('{"lines": [{}]}', [("missing-field", "/lines/0")]),
    # Numbers: no text, no truth value, no fraction, no bound passed.
    (LINE % '"amount_fen": "19000"', [("wrong-type", FEN)]),
    (LINE % '"amount_fen": true', [("wrong-type", FEN)]),
    (LINE % '"amount_fen": null', [("null-not-allowed", FEN)]),
    (LINE % '"amount_fen": 1.5', [("wrong-type", FEN)]),
    (LINE % '"amount_fen": 1.0', [("wrong-type", FEN)]),
    (LINE % '"amount_fen": 1e2', [("wrong-type", FEN)]),
    (LINE % '"amount_fen": 1e400', [("wrong-type", FEN)]),
    (LINE % '"amount_fen": NaN', [("wrong-type", FEN)]),
    (LINE % '"amount_fen": Infinity', [("wrong-type", FEN)]),
    (LINE % '"amount_fen": -Infinity', [("wrong-type", FEN)]),
    (LINE % '"amount_fen": 10000000000001', [("out-of-range", FEN)]),
    (LINE % '"amount_fen": -10000000000001', [("out-of-range", FEN)]),
    (LINE % '"amount_fen": 9223372036854775808', [("out-of-range", FEN)]),
    (LINE % '"amount_fen": 18446744073709551616', [("out-of-range", FEN)]),
    (LINE % f'"amount_fen": {"9" * 5000}', [("out-of-range", FEN)]),
    (LINE % '"amount_fen": []', [("wrong-type", FEN)]),
    (LINE % '"amount_fen": {}', [("wrong-type", FEN)]),
    (LINE % '"ceiling_fen": -1', [("out-of-range", "/lines/0/ceiling_fen")]),
    (LINE % '"first_payment_bp": 10001', [("out-of-range", BP)]),
    (LINE % '"first_payment_bp": -1', [("out-of-range", BP)]),
    (LINE % '"first_payment_bp": 0.05', [("wrong-type", BP)]),
    # Dates: real days of the calendar, nothing else.
    (LINE % '"charged_on": "2023-02-29"', [("bad-date", DAY)]),
    (LINE % '"charged_on": "2023-2-1"', [("bad-date", DAY)]),
    (LINE % '"charged_on": "20230201"', [("bad-date", DAY)]),
    (LINE % '"charged_on": "2023-02-01T00:00:00"', [("bad-date", DAY)]),
    (LINE % '"charged_on": " 2023-02-01"', [("bad-date", DAY)]),
    (LINE % '"charged_on": "２０２３-02-01"', [("bad-date", DAY)]),
    (LINE % '"charged_on": ""', [("bad-date", DAY)]),
    (LINE % '"charged_on": 20230201', [("wrong-type", DAY)]),
    (LINE % '"charged_on": "0001-01-01"', [("out-of-range", DAY)]),
    (LINE % '"charged_on": "1899-12-31"', [("out-of-range", DAY)]),
    (LINE % '"charged_on": "2200-01-01"', [("out-of-range", DAY)]),
    # Codes: of the table, spelled as in the table.
    (LINE % '"catalogue_class": "a"', [("unknown-code", "/lines/0/catalogue_class")]),
    (LINE % '"catalogue_class": "甲"', [("unknown-code", "/lines/0/catalogue_class")]),
    (LINE % '"catalogue_class": "A "', [("unknown-code", "/lines/0/catalogue_class")]),
    (LINE % '"catalogue_class": ""', [("unknown-code", "/lines/0/catalogue_class")]),
    (LINE % '"catalogue_class": 1', [("wrong-type", "/lines/0/catalogue_class")]),
    (LINE % '"item_code": ""', [("empty-text", "/lines/0/item_code")]),
    (LINE % '"item_code": "XA 10"', [("bad-code", "/lines/0/item_code")]),
    (LINE % '"item_code": "XA10\u3000"', [("bad-code", "/lines/0/item_code")]),
    (LINE % f'"item_code": "{"X" * 51}"', [("too-long", "/lines/0/item_code")]),
    (LINE % f'"name": "{"药" * 201}"', [("too-long", "/lines/0/name")]),
    (LINE % '"restriction_met": "yes"', [("wrong-type", "/lines/0/restriction_met")]),
    (LINE % '"restriction_met": 1', [("wrong-type", "/lines/0/restriction_met")]),
    # Text that is no text.
    (LINE % '"name": "a\\u0000b"', [("bad-text", "/lines/0/name")]),
    (LINE % '"name": "\\ud800"', [("bad-text", "/lines/0/name")]),
    (LINE % '"name": "\\u001b[31m"', [("bad-text", "/lines/0/name")]),
    # Keys written twice, or not known.
    ('{"claim_id": "a", "claim_id": "a", "lines": [{"line_id": "1"}]}', [("json-duplicate-key", "/claim_id")]),
    (LINE % '"name": "a", "name": "b"', [("json-duplicate-key", "/lines/0/name")]),
    (LINE % '"line_id": "2"', [("json-duplicate-key", "/lines/0/line_id")]),
    (LINE % '"amount": 5', [("unknown-field", "/lines/0/amount")]),
    (LINE % '"__class__": "x"', [("unknown-field", "/lines/0/__class__")]),
    (LINE % '"": 1', [("unknown-field", "/lines/0/")]),
    (LINE % '"a/b~c": 1', [("unknown-field", "/lines/0/a~1b~0c")]),
    (LINE % '"\\ud800": 1', [("unknown-field", "/lines/0")]),
    (LINE % f'"{"k" * 100_000}": 1', [("unknown-field", "/lines/0")]),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS, ids=[text[:60] for text, _ in TEXTS])
def test_a_hostile_text_is_refused_with_a_pointer(text: str, expected: list[tuple[str, str]]) -> None:
    assert complaints_on(text) == expected


DOCUMENTS = [
    ({"encouter": {}}, ("unknown-field", "/encouter")),
    ({"insured": {"shceme": "employee"}}, ("unknown-field", "/insured/shceme")),
    ({"encounter": {"institution": {"levle": 3}}}, ("unknown-field", "/encounter/institution/levle")),
    ({"filing": {"referral": {"issuer": {"codee": "H1"}}}}, ("unknown-field", "/filing/referral/issuer/codee")),
    ({"third_party": {"liable": True}}, ("unknown-field", "/third_party/liable")),
    ({"insured": None}, ("null-not-allowed", "/insured")),
    ({"encounter": {"institution": None}}, ("null-not-allowed", "/encounter/institution")),
    ({"encounter": {"emergency": None}}, ("null-not-allowed", "/encounter/emergency")),
    ({"encounter": []}, ("wrong-type", "/encounter")),
    ({"filing": False}, ("wrong-type", "/filing")),
    ({"encounter": {"institution": {"level": 4}}}, ("out-of-range", "/encounter/institution/level")),
    ({"encounter": {"institution": {"level": -1}}}, ("out-of-range", "/encounter/institution/level")),
    ({"history": {"stays_this_year": 367}}, ("out-of-range", "/history/stays_this_year")),
    ({"insured": {"insured_area": "4403"}}, ("bad-code", "/insured/insured_area")),
    ({"insured": {"insured_area": "4403000"}}, ("bad-code", "/insured/insured_area")),
    ({"insured": {"insured_area": "44030０"}}, ("bad-code", "/insured/insured_area")),
    ({"insured": {"insured_area": "440300\n"}}, ("bad-text", "/insured/insured_area")),
    ({"insured": {"insured_area": 440300}}, ("wrong-type", "/insured/insured_area")),
    ({"documents": "id_card"}, ("wrong-type", "/documents")),
    ({"documents": ["id_card", "id_card"]}, ("duplicate-code", "/documents/1")),
    ({"documents": ["id_card", "idcard"]}, ("unknown-code", "/documents/1")),
    ({"documents": [None]}, ("wrong-type", "/documents/0")),
    ({"encounter": {"diagnoses": [f"X{at}" for at in range(1001)]}}, ("too-many", "/encounter/diagnoses")),
    ({"filing": {"referral": {"seals": {"hospital": True}}}}, ("wrong-type", "/filing/referral/seals")),
]


@pytest.mark.parametrize(("change", "expected"), DOCUMENTS, ids=[str(change)[:60] for change, _ in DOCUMENTS])
def test_a_hostile_object_is_refused_with_a_pointer(change: dict[str, object], expected: tuple[str, str]) -> None:
    assert expected in complaints_on({**change, **with_line()})
    assert {pointer for _, pointer in complaints_on({**change, **with_line()})} == {expected[1]}


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"encouter": {}}, "did you mean `encounter`?"),
        ({"line": []}, "did you mean `lines`?"),
        ({"insured": {"shceme": "employee"}}, "did you mean `scheme`?"),
        ({"encounter": {"kind": "inpatent"}}, "did you mean `inpatient`?"),
        ({"seals": ["hospital"]}, "it belongs elsewhere: `filing.referral.seals`"),
        ({"xyzzy": 1}, None),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest_one(change: dict[str, object], hint: str | None) -> None:
    (problem,) = problems_of(lambda: claim_of({**change, **with_line()}))
    assert problem.hint == hint


@pytest.mark.parametrize(
    ("written", "came"),
    [
        ('"100"', "the text `100`"),
        ('"4.52"', "the text `4.52`"),
        ("4.52", "the number `4.52`"),
        ("1e2", "the number `1e2`"),
        ("true", "`true`"),
        ("[]", "a list"),
        ("{}", "an object"),
    ],
)
def test_a_value_of_another_type_is_named_with_its_type(written: str, came: str) -> None:
    (problem,) = problems_of(lambda: claim_of(LINE % f'"amount_fen": {written}'))
    assert problem.message == f"`line.amount_fen` is a whole number, not {came}"
    money = "money is whole fen: 4.52 yuan is 452"
    assert problem.hint == (f"write it without quotes; {money}" if came.startswith("the text") else money)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('"restriction_met": "true"', "`line.restriction_met` is true or false, not the text `true`"),
        ('"charged_on": 20230201', "`line.charged_on` is a date such as 2023-01-01, not the number `20230201`"),
        ('"item_code": 12', "`line.item_code` is a text, not the number `12`"),
    ],
)
def test_a_number_is_told_from_a_text_that_looks_alike(written: str, said: str) -> None:
    (problem,) = problems_of(lambda: claim_of(LINE % written))
    assert problem.message == said


def test_all_problems_of_a_document_are_told_at_once() -> None:
    lines = [
        {"line_id": "1", "amount_fen": 4.5, "catalogue_class": "D"},
        {"amount_fen": "1"},
        {"line_id": "1", "nam": 1},
    ]
    assert complaints_on({"insured": {"scheme": "none"}, "clame_id": 1, "lines": lines}) == [
        ("unknown-field", "/clame_id"),
        ("unknown-code", "/insured/scheme"),
        ("wrong-type", "/lines/0/amount_fen"),
        ("unknown-code", "/lines/0/catalogue_class"),
        ("missing-field", "/lines/1"),
        ("wrong-type", "/lines/1/amount_fen"),
        ("duplicate-line", "/lines/2/line_id"),
        ("unknown-field", "/lines/2/nam"),
    ]


def test_what_is_shown_of_a_hostile_value_can_be_printed() -> None:
    document = {"\ud800\u001b": 1, "encounter": {"kind": "\ud800" + "x" * 10_000}, **with_line()}
    for problem in problems_of(lambda: claim_of(json.dumps(document))):
        text = str(problem)
        assert text.isprintable()
        assert len(text.encode()) < 400


@pytest.mark.parametrize("depth", [33, 1_000, 100_000])
def test_a_deep_document_is_refused_before_anything_recurses(depth: int) -> None:
    assert complaints_on('{"lines": ' + "[" * depth + "]" * depth + "}") == [("json-too-deep", "")]
    assert complaints_on('{"a":' * depth + "1" + "}" * depth) == [("json-too-deep", "")]


def test_brackets_inside_a_text_are_no_depth() -> None:
    assert claim_of(with_line(name='[{"\\' * 40)).lines[0].given("line.name") == '[{"\\' * 40


def test_a_document_of_nine_megabytes_is_refused_unread() -> None:
    assert complaints_on(" " * 9_000_000) == [("json-too-large", "")]


def test_more_than_a_megabyte_of_text_is_refused() -> None:
    lines = [{"line_id": str(at), "name": "药" * 150} for at in range(7_000)]
    assert [code for code, _ in complaints_on({"lines": lines})] == ["json-too-large"]


def test_ten_thousand_and_one_lines_are_refused() -> None:
    assert complaints_on({"lines": [{"line_id": str(at)} for at in range(10_001)]}) == [("too-many-lines", "/lines")]


@pytest.mark.parametrize(
    "text",
    [
        '{"lines": [' + ",".join('{"line_id": "1", "amount": 1.5, "x": 1}' for _ in range(10_000)) + "]}",
        "{" + ",".join(f'"clai_id{at}": 1' for at in range(100_000)) + "}",
        '{"claim_id": "' + '\\"' * 3_000_000,
        '{"claim_id": "' + "\\\\" * 3_000_000 + '"}',
        '{"documents": [' + ",".join(["1"] * 1_000) + "]}",
    ],
    ids=["wrong lines", "unknown keys", "open text of quotes", "text of backslashes", "wrong codes"],
)
def test_a_large_hostile_document_is_refused_within_seconds_and_with_few_problems(text: str) -> None:
    start = time.perf_counter()
    found = complaints_on(text)
    assert len(found) <= 201
    assert time.perf_counter() - start < 5


def test_a_list_of_problems_that_is_cut_says_so() -> None:
    document = {f"key{at}": 1 for at in range(500)}
    assert complaints_on(document)[0] == ("too-many-problems", "")
