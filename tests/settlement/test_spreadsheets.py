"""Decision tables from spreadsheets: what a sheet may hold, what is refused and in which cell, and the way there and
back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from fractions import Fraction

import openpyxl
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.bundled import policy
from tests.support.small_bundles import small_bundle
from tests.support.small_parameters import FILE, parameter, problems, text
from yibao.authoring.parameter_sheets import cells_of, csv_of, yaml_of
from yibao.basics.problems import Problem, ProblemsFound
from yibao.model.parameters import (
    AnyValue,
    Band,
    CodesMatch,
    HitPolicy,
    Match,
    Parameter,
    ParameterRow,
    RangeMatch,
    Unit,
)
from yibao.readers.policy.bundle_documents import Source
from yibao.readers.policy.parameters_from_yaml import rows_from_sheet
from yibao.readers.policy.workbooks import workbook_with

CSV = "policy/national/ratios.csv"
XLSX = "policy/national/ratios.xlsx"
KEYS = "[insured.person_type, encounter.institution.level]"
RATIOS = """\
insured.person_type,encounter.institution.level,value
"active, flexible",0..3,85%
retired,*,92%
"""


def reading(sheet: str, unit: str = "rate", keys: str = KEYS, more: str = "") -> str:
    """A parameter that takes its only entry from the sheet, and says why that has gaps."""
    entry = f"- {{from: 2023-07-01, sheet: {sheet!r}, incomplete: {{zh: 仅职工, en: Employees only}}}}"
    return text(entry, unit, keys, more)


def of_csv(content: str | bytes, unit: str = "rate", keys: str = KEYS) -> list[Problem]:
    return problems(reading("ratios.csv", unit, keys), ratios_csv=content)


def workbook(*rows: tuple[object, ...], change: Callable[[Worksheet], object] | None = None) -> bytes:
    """A workbook as a spreadsheet program would save it, with one worksheet `Sheet1`."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Sheet1"
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(sheet)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def of_workbook(content: bytes, unit: str = "rate", sheet: str = "ratios.xlsx#Sheet1") -> list[Problem]:
    return problems(reading(sheet, unit), ratios_xlsx=content)


HEAD = ("insured.person_type", "encounter.institution.level", "value")


def values(found: Parameter) -> list[tuple[str, ...]]:
    return [tuple(row) for row in cells_of(found, found.versions[0])[1:]]


@pytest.mark.parametrize("content", [RATIOS, "\ufeff" + RATIOS, RATIOS.replace("\n", "\r\n"), RATIOS + "\n,,,\n,\n"])
def test_rows_come_from_csv(content: str) -> None:
    found = parameter(reading("ratios.csv"), ratios_csv=content)
    assert values(found) == [("active, flexible", "0..3", "85%"), ("retired", "*", "92%")]


def test_columns_are_told_by_their_names() -> None:
    content = "value,encounter.institution.level,insured.person_type\n85%,0..3,active\n"
    assert values(parameter(reading("ratios.csv"), ratios_csv=content)) == [("active", "0..3", "85%")]


def test_rows_come_from_a_worksheet_and_a_percentage_format_counts() -> None:
    def as_percentages(sheet: Worksheet) -> None:
        for row in (2, 3, 4):
            sheet.cell(row, 3).number_format = "0.00%"

    content = workbook(
        HEAD, ("active", "0..2", 0.85), ("active", 3, 0.07), ("flexible", "*", 1), ("retired", "*", "92.5%"),
        change=as_percentages,
    )  # fmt: skip
    found = parameter(reading("ratios.xlsx#Sheet1"), ratios_xlsx=content)
    assert [row[2] for row in values(found)] == ["85%", "7%", "100%", "92.5%"]
    assert [row.value for row in found.versions[0].rows[:2]] == [Fraction(17, 20), Fraction(7, 100)]
    assert values(found)[1][1] == "3"


def test_the_only_worksheet_needs_no_name() -> None:
    content = workbook(HEAD, ("active", "*", "85%"))
    assert values(parameter(reading("ratios.xlsx"), ratios_xlsx=content)) == [("active", "*", "85%")]


def test_amounts_and_bands_come_from_cells_too() -> None:
    bands = parameter(reading("ratios.xlsx", "bands"), ratios_xlsx=workbook(HEAD, ("active", "*", "30000: 85%; 90%")))
    amount = parameter(reading("ratios.xlsx", "yuan"), ratios_xlsx=workbook(HEAD, ("active", "*", 0.5)))
    assert bands.versions[0].rows[0].value == (Band(3_000_000, Fraction(17, 20)), Band(None, Fraction(9, 10)))
    assert amount.versions[0].rows[0].value == 50


@pytest.mark.parametrize(
    ("content", "code", "cell", "line", "column"),
    [
        (RATIOS.replace("retired", "retird"), "unknown-code", "A3", 3, 1),
        (RATIOS.replace("92%", "0.92"), "wrong-type", "C3", 3, 3),
        (RATIOS.replace("92%", "192%"), "out-of-range", "C3", 3, 3),
        (RATIOS.replace("0..3", "0..4"), "out-of-range", "B2", 2, 2),
        (RATIOS.replace("retired,*", "retired,"), "missing-field", "B3", 3, 2),
        (RATIOS.replace("92%", ""), "missing-field", "C3", 3, 3),
        (RATIOS.replace("retired,*,92%", "retired,*,92%,see note"), "unknown-field", "D3", 3, 4),
        (RATIOS.replace("retired", "active"), "overlapping-rows", "B3", 3, 2),
        (RATIOS.replace(",value", ",rate"), "unknown-field", "C1", 1, 3),
        (RATIOS.replace(",value", ",value,value"), "duplicate-name", "D1", 1, 4),
        (RATIOS.replace("insured.person_type,", ""), "missing-field", "A1", 1, 1),
        (RATIOS.replace("retired", "reti\u202ered"), "bad-text", "A3", 3, 1),
        (RATIOS.replace("retired", "x" * 2_001), "too-long", "A3", 3, 1),
        (RATIOS.replace("retired", "=retired()"), "unknown-code", "A3", 3, 1),
        (RATIOS.replace("retired", '"reti"red'), "sheet-unreadable", "A3", 3, 1),
    ],
)
def test_what_is_wrong_with_csv_is_said_of_its_cell(content: str, code: str, cell: str, line: int, column: int) -> None:
    found = next(problem for problem in of_csv(content) if problem.code == code)
    assert (found.place.path, found.place.line, found.place.column) == (CSV, line, column)
    assert found.message.startswith(f"ratios.csv {cell}: ")


VALUE_DUE = "write the value, or leave the row out and say why under `incomplete:`"


@pytest.mark.parametrize(
    ("content", "cell", "hint"),
    [
        (RATIOS.replace("retired,*", "retired,"), "B3", "write `*` for whatever the key is"),
        (RATIOS.replace(",92%", ","), "C3", VALUE_DUE),
        (RATIOS.replace(",92%", ""), "C3", VALUE_DUE),
    ],
)
def test_what_an_empty_cell_should_hold_is_said_of_its_column(content: str, cell: str, hint: str) -> None:
    found = next(problem for problem in of_csv(content) if problem.code == "missing-field")
    assert (found.message, found.hint) == (f"ratios.csv {cell}: the cell is empty", hint)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (RATIOS.encode("utf-16"), "sheet-unreadable"),
        ("参保类型".encode("gb18030"), "sheet-unreadable"),
        (b"", "missing-field"),
        (RATIOS.splitlines()[0].encode(), "empty-table"),
        (RATIOS.splitlines()[0].encode() + b"\n" + b"active,*,85%\n" * 5_001, "too-many"),
        (b",".join([b"a"] * 21), "too-many"),
    ],
)
def test_csv_that_can_not_be_read_is_refused(content: bytes, code: str) -> None:
    assert {problem.code for problem in of_csv(content)} == {code}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("=0.8+0.05", "sheet-formula"),
        ("#DIV/0!", "sheet-cell"),
        (0.85, "wrong-type"),
        (True, "wrong-type"),
        ("2024-01-01", "wrong-type"),
        ("101%", "out-of-range"),
        (None, "missing-field"),
    ],
)
def test_what_is_wrong_with_a_workbook_is_said_of_its_cell(value: object, code: str) -> None:
    (found,) = of_workbook(workbook(HEAD, ("active", "0..2", "85%"), ("retired", "*", value)))
    assert found.code == code
    assert (found.place.path, found.place.line, found.place.column) == (XLSX, 3, 3)
    assert found.message.startswith("ratios.xlsx!Sheet1 C3: ")


def test_all_that_is_wrong_in_a_workbook_is_said_in_one_run() -> None:
    # Two formulas, an error value and an empty cell stand between other mistakes, and hide none of them.
    content = workbook(
        HEAD, ("active", "=1+1", "=0.8+0.05"), ("activ", "0..2", "#REF!"), ("retired", "0..9", "92%"),
        ("retired", None, "192%"), ("flexible", "*", "85%"),
    )  # fmt: skip
    assert [(one.code, one.place.line, one.place.column) for one in of_workbook(content)] == [
        ("sheet-formula", 2, 2),
        ("sheet-formula", 2, 3),
        ("unknown-code", 3, 1),
        ("sheet-cell", 3, 3),
        ("out-of-range", 4, 2),
        ("missing-field", 5, 2),
        ("out-of-range", 5, 3),
    ]


def test_a_text_that_can_not_be_seen_is_said_once() -> None:
    assert [one.code for one in of_csv(RATIOS.replace("retired", "reti\u202ered"))] == ["bad-text"]


def test_a_row_that_can_not_be_read_is_not_missed_as_a_gap() -> None:
    (found,) = problems(
        reading("ratios.xlsx").replace(", incomplete: {zh: 仅职工, en: Employees only}", ""),
        ratios_xlsx=workbook(HEAD, ("*", "0..2", "85%"), ("*", "3", "=0.8")),
    )
    assert (found.code, found.place.line, found.place.column) == ("sheet-formula", 3, 3)


def test_a_formula_among_the_names_of_the_columns_is_not_said_to_be_a_missing_column() -> None:
    content = workbook((*HEAD[:2], "=A1"), ("active", "*", "85%"))
    assert [(one.code, one.place.line, one.place.column) for one in of_workbook(content)] == [("sheet-formula", 1, 3)]


def test_a_sheet_full_of_formulas_is_no_endless_list() -> None:
    found = of_workbook(workbook(HEAD, *[("=A1", "=A1", "=A1")] * 1_000))
    assert (len(found), found[-1].code) == (201, "too-many-problems")


def test_a_date_that_a_program_made_of_a_text_is_no_text() -> None:
    def as_date(sheet: Worksheet) -> None:
        sheet.cell(2, 2).number_format = "yyyy-mm-dd"

    (found,) = of_workbook(workbook(HEAD, ("active", 45_000, "85%"), change=as_date))
    assert (found.code, found.message[:23]) == ("sheet-cell", "ratios.xlsx!Sheet1 B2: ")


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("ratio.csv", "no-such-sheet"),
        ("../national/ratios.csv", "no-such-sheet"),
        ("ratios.csv#Sheet1", "no-such-sheet"),
        ("ratios.ods", "no-such-sheet"),
        ("ratios.xlsx#Sheet2", "no-such-sheet"),
    ],
)
def test_a_sheet_that_is_not_there_is_refused(reference: str, code: str) -> None:
    files: dict[str, str | bytes] = {"ratios_csv": RATIOS, "ratios_xlsx": workbook(HEAD, ("active", "*", "85%"))}
    (found,) = problems(reading(reference), **files)
    assert found.code == code


def test_a_sheet_of_another_name_is_told() -> None:
    (found,) = problems(reading("ratio.csv"), ratios_csv=RATIOS)
    assert (found.place.path, found.hint) == (FILE, "did you mean `ratios.csv`?")


def test_of_several_worksheets_one_is_named() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Second")
    written = io.BytesIO()
    book.save(written)
    (found,) = of_workbook(written.getvalue(), sheet="ratios.xlsx")
    assert (found.code, found.message) == ("no-such-sheet", "the workbook has the worksheets `Sheet`, `Second`")


def changed(content: bytes, name: str, part: bytes, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with one part put in, or in place of the one of that name."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(written, "w", packing) as copy:
        for other in archive.namelist():
            if other != name:
                copy.writestr(other, archive.read(other))
        copy.writestr(name, part)
    return written.getvalue()


PLAIN = workbook(HEAD, ("active", "*", "85%"))
SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


BROKEN = {
    "empty": (b"", "sheet-unreadable"),
    "only a mark": (b"PK\x03\x04", "sheet-unreadable"),
    "cut off": (PLAIN[:-60], "sheet-unreadable"),
    "a byte changed": (PLAIN[:100] + b"\xff\xff" + PLAIN[102:], "sheet-unreadable"),
    "no XML": (changed(PLAIN, SHEET, b"<worksheet"), "sheet-unreadable"),
    "no worksheet": (changed(PLAIN, "xl/workbook.xml", b"<workbook/>"), "no-such-sheet"),
    "entities": (changed(PLAIN, SHEET, ENTITIES), "sheet-refused"),
    "entities in UTF-16": (changed(PLAIN, SHEET, ENTITIES.decode().encode("utf-16")), "sheet-refused"),
    "not UTF-8": (changed(PLAIN, "docProps/other.xml", b"\xff"), "sheet-refused"),
    "macros": (changed(PLAIN, "xl/vbaProject.bin", b"macro"), "sheet-refused"),
    "links": (changed(PLAIN, "xl/externalLinks/externalLink1.xml", b"<a/>"), "sheet-refused"),
    "large": (changed(PLAIN, "xl/media/image1.png", bytes(16_000_001)), "sheet-refused"),
    "packed otherwise": (changed(PLAIN, SHEET, b"<a/>", zipfile.ZIP_LZMA), "sheet-refused"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_workbook_that_is_broken_or_hostile_is_refused(case: str) -> None:
    content, code = BROKEN[case]
    assert [problem.code for problem in of_workbook(content)] == [code]


def test_parts_of_one_name_and_many_parts_are_refused() -> None:
    written = io.BytesIO(PLAIN)
    with zipfile.ZipFile(written, "a") as archive:
        for number in range(200):
            archive.writestr(f"xl/media/{number}", b"")
    assert [problem.code for problem in of_workbook(written.getvalue())] == ["sheet-refused"]


@pytest.mark.parametrize(
    ("row", "column"), [(5_002, 1), (1_048_576, 1), (2, 21), (2, 16_384)], ids=lambda number: str(number)
)
def test_a_cell_far_out_is_refused_soon(row: int, column: int) -> None:
    content = workbook(HEAD, change=lambda sheet: sheet.cell(row, column, "x"))
    (found,) = of_workbook(content)
    assert found.code == "too-many"


def test_what_a_workbook_says_of_its_own_extent_does_not_matter() -> None:
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        sheet = archive.read(SHEET)
    assert b'ref="A1:C2"' in sheet
    lying = changed(PLAIN, SHEET, sheet.replace(b'ref="A1:C2"', b'ref="A1:A1"'))
    assert of_workbook(lying) == []


def test_a_sheet_that_no_parameter_names_is_not_passed_over() -> None:
    with pytest.raises(ProblemsFound) as raised:
        small_bundle(files={CSV: RATIOS})
    (found,) = raised.value.problems
    assert (found.code, found.place.path) == ("unused-sheet", CSV)


def test_the_digest_of_a_policy_is_of_its_sheets_too() -> None:
    files: dict[str, str | bytes] = {FILE: reading("ratios.csv"), CSV: RATIOS}
    first = small_bundle(files=files)
    second = small_bundle(files={**files, CSV: RATIOS.replace("92%", "93%")})
    assert len(first.parameters) == 1
    assert first.digest != second.digest


def test_the_same_texts_give_the_same_workbook() -> None:
    assert workbook_with("Sheet1", [["a"]]) == workbook_with("Sheet1", [["a"]])


# There and back.

PERSONS = sorted(policy().vocabulary.tables["person-type"].codes)
PERCENTAGES = st.integers(0, 1_000_000).map(lambda number: Fraction(number, 1_000_000))
BANDS = st.tuples(
    st.sets(st.integers(1, 10**13), min_size=1, max_size=4),
    st.lists(PERCENTAGES, min_size=5, max_size=5),
    st.booleans(),
).map(
    lambda drawn: (
        *(Band(edge, rate) for edge, rate in zip(sorted(drawn[0]), drawn[1], strict=False)),
        *((Band(None, drawn[1][-1]),) if drawn[2] else ()),
    )
)
VALUES = {
    Unit.YUAN: st.integers(0, 10**13),
    Unit.RATE: PERCENTAGES,
    Unit.FACTOR: st.integers(0, 10_000_000).map(lambda number: Fraction(number, 1_000_000)),
    Unit.BANDS: BANDS,
    Unit.DAYS: st.integers(0, 1_000_000),
}
CODES = st.sets(st.sampled_from(PERSONS), min_size=1).map(lambda codes: CodesMatch(frozenset(codes), False))
LEVELS = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda ends: RangeMatch(min(ends), max(ends)))
ANYTHING: st.SearchStrategy[Match] = st.just(AnyValue())
AGES = st.sets(st.integers(0, 10**8), min_size=1, max_size=16).map(sorted)
THREE_KEYS = "[insured.person_type, encounter.institution.level, age]"
FRAME = text(
    '- {from: 2023-01-01, table: {"*": {"*": {"1": 1}}}, incomplete: {zh: 例, en: An example}}', "days", THREE_KEYS
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Parameter, tuple[ParameterRow, ...]]:
    """A parameter and rows of its only entry that no two of can match, because each is for ages of its own."""
    frame = parameter(FRAME)
    unit = draw(st.sampled_from(sorted(VALUES, key=lambda unit: unit.value)))
    ages = draw(AGES)
    stretches = [RangeMatch(low, high) for low, high in zip(ages[::2], [*ages[1::2], None], strict=False)]
    rows = tuple(
        ParameterRow(
            matches=(draw(CODES | ANYTHING), draw(LEVELS | ANYTHING), stretch),
            value=draw(VALUES[unit]),
            place=frame.place,
        )
        for stretch in draw(st.permutations(stretches))
    )
    return evolve(frame, unit=unit), rows


@settings(max_examples=150, deadline=None)
@given(drawn=tables(), ending=st.sampled_from(["csv", "xlsx"]))
def test_a_table_that_is_exported_and_imported_is_the_same(
    drawn: tuple[Parameter, tuple[ParameterRow, ...]], ending: str
) -> None:
    frame, rows = drawn
    cells = cells_of(frame, evolve(frame.versions[0], rows=rows))
    content = csv_of(cells).encode() if ending == "csv" else workbook_with("Sheet1", cells)
    source = Source(path=f"ratios.{ending}", content=content)
    assert rows_from_sheet(frame, frame.versions[0], source, None, policy().vocabulary) == rows


@settings(max_examples=100, deadline=None)
@given(drawn=tables())
def test_a_table_that_is_written_as_yaml_is_the_same(drawn: tuple[Parameter, tuple[ParameterRow, ...]]) -> None:
    frame, rows = drawn
    head = "- from: 2023-01-01\n  incomplete: {zh: 例, en: An example}\n"
    entry = head + "".join(f"  {line}\n" for line in yaml_of(frame, rows).splitlines())
    read = parameter(text(entry, frame.unit.value, THREE_KEYS)).versions[0].rows
    assert sorted(map(str, map(said, read))) == sorted(map(str, map(said, rows)))


def said(row: ParameterRow) -> tuple[object, ...]:
    codes = row.matches[0].codes if isinstance(row.matches[0], CodesMatch) else ()
    return sorted(codes), row.matches[1:], row.value


def test_rows_whose_order_nesting_would_change_stay_in_their_sheet() -> None:
    content = "insured.person_type,encounter.institution.level,value\nactive,0,1\nretired,0,2\nactive,*,3\n"
    found = parameter(reading("ratios.csv", "days", more="hit: FIRST"), ratios_csv=content)
    with pytest.raises(ProblemsFound) as raised:
        yaml_of(found, found.versions[0].rows)
    assert [problem.code for problem in raised.value.problems] == ["not-nested"]
    unique = evolve(found, hit=HitPolicy.COLLECT_LEAST)
    assert yaml_of(unique, found.versions[0].rows) == (
        'table:\n  "active":\n    "0": 1\n    "*": 3\n  "retired":\n    "0": 2\n'
    )
