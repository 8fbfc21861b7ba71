"""The one door to openpyxl: the texts of a worksheet's cells, and a worksheet of texts.

A workbook is a zip archive of XML written by strangers. Before openpyxl sees it, its parts are unpacked within a bound
and looked at: macros, links to other workbooks, declared document types and entities are refused. What openpyxl can't
read is a problem of the file, whatever it raises. A number counts by the shortest decimal text that stands for it, and
under a percentage format by its hundredfold: the cell that shows 85% holds 0.85 and gives `85%`.
"""

from __future__ import annotations

import datetime
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from yibao.basics.problems import Place, Problem, ProblemsFound, problem_of
from yibao.readers.documents.pointed_problems import MOST_PROBLEMS, shown

if TYPE_CHECKING:
    import zipfile

MOST_PARTS = 200
MOST_UNPACKED_BYTES = 16_000_000
MOST_SHEET_ROWS = 5_001  # with the row of names
MOST_SHEET_COLUMNS = 20
_XML = (".xml", ".rels", ".vml")
_ENCRYPTED = 0x1
_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_WRITTEN = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


@frozen
class Worksheet:
    """A worksheet by its name, its cells as texts; an empty text for an empty cell. Rows begin at the first.

    A cell that holds neither text nor number is None, and `problems` says why, up to the bound of such lists.
    """

    title: str
    rows: tuple[tuple[str | None, ...], ...]
    problems: tuple[Problem, ...]


def worksheet_of(content: bytes, path: str, title: str | None) -> Worksheet:
    """The worksheet called `title`, or the only one; `sheet-formula` and `sheet-cell` are among its problems.

    Raises ProblemsFound where there is none to read: `sheet-refused`, `sheet-unreadable`, `no-such-sheet`, `too-many`.
    """
    # A policy mostly has no workbook: what reads one is fetched when one is there.
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            reason = _reason_to_refuse(archive)
        if reason is not None:
            raise ProblemsFound([problem_of("sheet-refused", reason, Place(path=path))])
        return _read(content, path, title)
    except ProblemsFound:
        raise
    except Exception as error:
        # Whatever the two libraries raise: the bytes are strangers'.
        message = f"the workbook can't be read: {shown(error)}"
        raise ProblemsFound([problem_of("sheet-unreadable", message, Place(path=path))]) from error


def workbook_with(title: str, rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook with one worksheet of texts. The same texts give the same bytes, whenever they are written."""
    import zipfile

    import openpyxl

    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    for row in rows:
        sheet.append(list(row))
    written = io.BytesIO()
    workbook.save(written)
    settled = io.BytesIO()
    with zipfile.ZipFile(written) as archive, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in sorted(archive.namelist()):
            part = archive.read(name)
            if name == "docProps/core.xml":
                part = _TIME.sub(_WRITTEN, part.decode()).encode()
            copy.writestr(zipfile.ZipInfo(name, _FIRST_DAY_OF_ZIP), part, zipfile.ZIP_DEFLATED)
    return settled.getvalue()


def _reason_to_refuse(archive: zipfile.ZipFile) -> str | None:
    """Why openpyxl should not see the archive: hostile, of unbounded size, or more than a sheet."""
    import zipfile

    known_packings = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or len(set(names)) < len(names):
        return f"the workbook has more than {MOST_PARTS} parts, or two of one name"
    left = MOST_UNPACKED_BYTES
    for part in parts:
        name = part.filename.lower()
        if part.flag_bits & _ENCRYPTED or part.compress_type not in known_packings:
            return "the workbook is encrypted, or packed in an unusual way"
        if "vbaproject" in name or "externallink" in name:
            return "the workbook has macros, or is linked to other workbooks; save the sheet alone"
        with archive.open(part) as opened:
            unpacked = opened.read(left + 1)
        left -= len(unpacked)
        if left < 0:
            return f"the workbook unpacks to more than {MOST_UNPACKED_BYTES} bytes"
        if name.endswith(_XML) and _declares_entities(unpacked):
            return "a part of the workbook declares a document type, or is not UTF-8"
    return None


def _declares_entities(part: bytes) -> bool:
    try:
        text = part.decode("utf-8-sig")
    except UnicodeDecodeError:
        return True
    return "<!DOCTYPE" in text or "<!ENTITY" in text or "\0" in text


def _read(content: bytes, path: str, title: str | None) -> Worksheet:
    import openpyxl

    with warnings.catch_warnings():
        # It warns of decorations that it leaves out.
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheets = {sheet.title: sheet for sheet in workbook.worksheets}
        if title is None and len(sheets) == 1:
            title = next(iter(sheets))
        if title is None or title not in sheets:
            message = f"the workbook has the worksheets {', '.join(map(shown, sheets))}"
            hint = "name one of them behind the file, such as `ratios.xlsx#Sheet1`"
            raise ProblemsFound([problem_of("no-such-sheet", message, Place(path=path), hint)])
        sheet = sheets[title]
        # What the file says of its own extent need not be so.
        sheet.reset_dimensions()
        problems: list[Problem] = []
        rows = tuple(_texts(sheet.iter_rows(), path, problems))
        return Worksheet(title, rows, tuple(problems))


def _texts(rows: Iterator[tuple[object, ...]], path: str, problems: list[Problem]) -> Iterator[tuple[str | None, ...]]:
    """The cells of each row as texts, without the empty ones at its end. Raises ProblemsFound."""
    for line, row in enumerate(rows, start=1):
        if line > MOST_SHEET_ROWS:
            message = f"a sheet has at most {MOST_SHEET_ROWS} rows"
            raise ProblemsFound([problem_of("too-many", message, Place(path=path, line=line))])
        filled = [number for number, cell in enumerate(row, start=1) if getattr(cell, "value", None) is not None]
        width = max(filled, default=0)
        if width > MOST_SHEET_COLUMNS:
            place = Place(path=path, line=line, column=width)
            raise ProblemsFound([problem_of("too-many", f"a sheet has at most {MOST_SHEET_COLUMNS} columns", place)])
        places = (Place(path=path, line=line, column=column) for column in range(1, width + 1))
        texts = [_text(cell, place) for cell, place in zip(row, places, strict=False)]
        problems += [text for text in texts if isinstance(text, Problem)][: MOST_PROBLEMS - len(problems)]
        yield tuple(None if isinstance(text, Problem) else text for text in texts)


def _text(cell: object, place: Place) -> str | Problem:
    """The text of a cell, or why it has none."""
    value = getattr(cell, "value", None)
    kind, style = getattr(cell, "data_type", "n"), getattr(cell, "number_format", "")
    if value is None:
        return ""
    if kind == "f":
        return problem_of("sheet-formula", "the cell holds a formula", place, "put its value in its place")
    if isinstance(value, str) and kind != "e":
        return value.strip()
    if isinstance(value, bool):
        return str(value).lower()
    number = Decimal(repr(value)) if isinstance(value, int | float) else Decimal("NaN")
    if not number.is_finite():
        hint = "write a text or a number; format the cell as text where a program makes something else of it"
        return problem_of("sheet-cell", f"the cell holds {shown(value)}, no text or number", place, hint)
    return _plain(number * 100) + "%" if "%" in style else _plain(number)


def _plain(number: Decimal) -> str:
    """The digits of a number, without an exponent and without zeros behind the last decimal."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
