"""Spreadsheets beside a parameter: CSV, workbooks, and workbooks of which one part of XML is a stranger's."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import cache

import openpyxl
from attrs import evolve

from tests.fuzz import world
from tests.fuzz.parameters import RATIOS
from tests.support.small_parameters import parameter, text
from yibao.authoring.parameter_sheets import cells_of, csv_of
from yibao.model.parameters import Parameter, Unit
from yibao.readers.policy.bundle_documents import Source
from yibao.readers.policy.parameters_from_yaml import rows_from_sheet
from yibao.readers.policy.workbooks import workbook_with

NAME = "sheets"
LONGEST = 12_000
CSV, WORKBOOK = b"C", b"X"
PARTS = (
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/_rels/workbook.xml.rels",
    "[Content_Types].xml",
)
# The letter of a part is what an input begins with that replaces it.
LETTERS = b"abcdef"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED_TYPE = (
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml" />'
)
UNITS = (Unit.RATE, Unit.YUAN, Unit.BANDS, Unit.DAYS)
WORDS = (
    *("insured.person_type", "encounter.institution.level", "value", "active", "retired", "none", "*", "0..3", "70.."),
    *(
        "85%",
        "30000: 85%; 90%",
        "1e5",
        "0.5",
        '"',
        '""',
        "\r\n",
        "\ufeff",
        "\t",
        "=1+1",
        '<c r="A1" t="s"><v>0</v></c>',
    ),
    *('<row r="1">', "</row>", "<sheetData>", 't="inlineStr"', 't="e"', 't="b"', 't="d"', "<f>1</f>", 's="1"', "<si>"),
    *('numFmtId="10"', 'formatCode="0.00%"', "<!DOCTYPE x>", "<!ENTITY", "&lt;", "1E309", "-0", "2024-02-29T00:00:00"),
)


def seeds() -> Iterator[bytes]:
    """A sheet of each unit as CSV and as a workbook, and each part of a workbook alone."""
    for number, value in enumerate(("85%", "1300.50", "30000: 85%; 90%", "90")):
        content = RATIOS.replace(b"85%", value.encode()).replace(b"92%", value.encode())
        yield CSV + bytes([number]) + content
        cells = [line.split(",") for line in content.decode().splitlines()]
        yield WORKBOOK + bytes([number]) + workbook_with("Sheet1", cells)
    for letter, part in zip(LETTERS, PARTS, strict=True):
        yield bytes([letter, 0]) + parts()[part]


def parse(data: bytes) -> None:
    """The first byte says what the rest is, the second the unit. What is read reads the same when it is written."""
    kind, frame, content = data[:1], frames()[(data[1] if len(data) > 1 else 0) % len(UNITS)], data[2:]
    ending = "csv" if kind == CSV else "xlsx"
    if kind not in (CSV, WORKBOOK):
        content = _with_part(PARTS[LETTERS.find(kind) if kind in LETTERS and kind else 0], content)
    version, vocabulary = frame.versions[0], world.policy().vocabulary
    rows = rows_from_sheet(frame, version, Source(path=f"fuzz.{ending}", content=content), None, vocabulary)
    written = csv_of(cells_of(frame, evolve(version, rows=rows))).encode()
    again = rows_from_sheet(frame, version, Source(path="written.csv", content=written), None, vocabulary)
    assert again == rows


@cache
def frames() -> tuple[Parameter, ...]:
    """A parameter by person and level of each unit; its entry may have gaps."""
    keys = "[insured.person_type, encounter.institution.level]"
    entry = '- {from: 2023-01-01, table: {"*": {"*": 1}}, incomplete: {zh: 例, en: An example}}'
    made = parameter(text(entry, "days", keys))
    return tuple(evolve(made, unit=unit) for unit in UNITS)


@cache
def parts() -> dict[str, bytes]:
    """The parts of a workbook as a spreadsheet program saves it: numbers, a percentage, texts."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ("insured.person_type", "encounter.institution.level", "value"),
        ("active", 3, 0.85),
        ("retired", "*", "92%"),
    ):
        sheet.append(row)
    sheet.cell(2, 3).number_format = "0.00%"
    written = io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    # One text stands among the shared ones, where spreadsheet programs put all of theirs.
    inline, override = b'<c r="A2" t="inlineStr"><is><t>active</t></is></c>', SHARED_TYPE.encode()
    assert inline in found[PARTS[0]]
    return {
        **found,
        PARTS[0]: found[PARTS[0]].replace(inline, b'<c r="A2" t="s"><v>0</v></c>'),
        PARTS[1]: f'<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>active</t></si></sst>'.encode(),
        PARTS[-1]: found[PARTS[-1]].replace(b"</Types>", override + b"</Types>"),
    }


def _with_part(name: str, content: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for part, own in parts().items():
            archive.writestr(part, content if part == name else own)
    return written.getvalue()
