"""Decision tables from spreadsheets that stand beside a parameter's file: one column for each key, then `value`.

CSV is read here, workbooks by `workbooks`. Either gives texts, which are checked as those of a YAML file are; what is
wrong with one is said of its cell.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from attrs import frozen

from yibao.basics.problems import Place, Problem, ProblemsFound, did_you_mean, problem_of
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.pointed_problems import shown
from yibao.readers.documents.yaml_nodes import Scalar
from yibao.readers.policy.bundle_documents import SHEETS, Source
from yibao.readers.policy.decision_tables import RawRow, RawTable
from yibao.readers.policy.workbooks import MOST_SHEET_COLUMNS, MOST_SHEET_ROWS, Worksheet, worksheet_of

VALUE = "value"
LONGEST_CELL = 2_000
_LETTERS = 26
_FOR_A_KEY = "write `*` for whatever the key is"
_FOR_A_VALUE = "write the value, or leave the row out and say why under `incomplete:`"


class Sheets:
    """The spreadsheets of a bundle by path. Remembers which of them a parameter has named."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.named: set[str] = set()
        self._sources = sources

    def table(self, reference: Scalar, keys: tuple[str, ...], problems: Problems) -> RawTable | None:
        """The rows of the sheet that a parameter names; None after it is noted that they can't be had."""
        name, hash_mark, title = reference.text.partition("#")
        folder = reference.place.path.rpartition("/")[0]
        path = f"{folder}/{name}"
        self.named.add(path)
        if "/" in name or not name.endswith(SHEETS) or (hash_mark and not name.endswith(SHEETS[1])):
            message = f"{shown(reference.text)} is no sheet beside this file"
            hint = "name a file such as `ratios.csv`, or a worksheet such as `ratios.xlsx#Sheet1`"
            problems.add("no-such-sheet", message, reference.place, hint)
            return None
        if path not in self._sources:
            beside = [found.rpartition("/")[2] for found in self._sources if found.rpartition("/")[0] == folder]
            message = f"no file {shown(name)} stands beside this one"
            problems.add("no-such-sheet", message, reference.place, did_you_mean(name, beside))
            return None
        try:
            return table_of_sheet(self._sources[path], title or None, reference, keys, problems)
        except ProblemsFound as error:
            problems.take(error)
            return None

    def note_unnamed(self, problems: Problems) -> None:
        """Note each sheet that no parameter names, so that none is passed over."""
        for path in sorted(set(self._sources) - self.named):
            hint = "name it under `sheet:` in a parameter beside it, or take it out of the folder"
            problems.add("unused-sheet", "no parameter reads this sheet", Place(path=path), hint)


class CellProblems(Problems):
    """Problems of a sheet: each says the cell in the words of spreadsheets, and goes on to the list of the bundle."""

    def __init__(self, outer: Problems, path: str, called: str) -> None:
        super().__init__()
        self.found = outer.found
        self._path = path
        self._called = called

    def _note(self, problem: Problem) -> None:
        place = problem.place
        if place.path == self._path and place.line is not None and place.column is not None:
            message = f"{self._called} {cell_name(place.line, place.column)}: {problem.message}"
            problem = problem_of(problem.code, message, place, problem.hint)
        super()._note(problem)


def table_of_sheet(
    source: Source, title: str | None, node: Scalar, keys: tuple[str, ...], problems: Problems
) -> RawTable | None:
    """The rows of a sheet with these keys; None after it is noted that they can't be had. Raises TooManyProblems."""
    name = source.path.rpartition("/")[2]
    told = CellProblems(problems, source.path, name if title is None else f"{name}!{title}")
    try:
        sheet = _worksheet(source, title)
    except ProblemsFound as error:
        told.take(error)
        return None
    told = CellProblems(problems, source.path, f"{name}!{sheet.title}" if sheet.title else name)
    before = len(problems.found)
    for problem in sheet.problems:
        told.take(ProblemsFound([problem]))
    cells = [
        [
            _readable(_Cell(text, Place(path=source.path, line=line, column=column)), told)
            for column, text in enumerate(row, 1)
        ]
        for line, row in enumerate(sheet.rows, start=1)
    ]
    columns = _columns(cells[0] if cells else [], keys, source.path, told)
    if columns is None:
        return None
    rows = [found for row in cells[1:] if (found := _raw_row(row, columns, told)) is not None]
    if not rows:
        told.add("empty-table", "the sheet has no row below the names of its columns", Place(path=source.path, line=1))
        return None
    return RawTable(rows=tuple(rows), node=node, whole=len(problems.found) == before, problems=told)


@frozen
class _Cell:
    """A cell and what stands in it: nothing (an empty text), a text, or what can't be read and is noted (None)."""

    text: str | None
    place: Place


def _worksheet(source: Source, title: str | None) -> Worksheet:
    if source.path.endswith(SHEETS[0]):
        return Worksheet("", _csv_rows(source), ())
    return worksheet_of(source.content, source.path, title)


def _csv_rows(source: Source) -> tuple[tuple[str, ...], ...]:
    """The cells of a CSV file in UTF-8. Raises ProblemsFound: `sheet-unreadable`, `too-many`."""
    place = Place(path=source.path, line=1, column=1)
    try:
        text = source.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8; save the sheet as `CSV UTF-8`"
        raise ProblemsFound([problem_of("sheet-unreadable", message, place)]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[str, ...]] = []
    try:
        for row in reader:
            place = Place(path=source.path, line=len(rows) + 1, column=max(1, len(row)))
            rows.append(_without_empty_end(row))
            if len(rows) > MOST_SHEET_ROWS or len(rows[-1]) > MOST_SHEET_COLUMNS:
                message = f"a sheet has at most {MOST_SHEET_ROWS} rows and {MOST_SHEET_COLUMNS} columns"
                raise ProblemsFound([problem_of("too-many", message, place)])
    except csv.Error as error:
        place = Place(path=source.path, line=len(rows) + 1, column=1)
        raise ProblemsFound([problem_of("sheet-unreadable", f"not CSV: {shown(error)}", place)]) from None
    return tuple(rows)


def _without_empty_end(row: list[str]) -> tuple[str, ...]:
    """The cells up to the last that is filled: a program may write a comma for each column that it shows."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _readable(cell: _Cell, problems: Problems) -> _Cell:
    """The cell; without its text, after that is noted, where nobody should read it."""
    if cell.text is None:
        return cell
    if not cell.text.isprintable():
        problems.add("bad-text", f"{shown(cell.text)} holds a character that can't be seen", cell.place)
    elif len(cell.text) > LONGEST_CELL:
        problems.add("too-long", f"the text is longer than {LONGEST_CELL} characters", cell.place)
    else:
        return cell
    return _Cell(None, cell.place)


def _columns(names: list[_Cell], keys: tuple[str, ...], path: str, problems: Problems) -> list[int] | None:
    """At which place of a row each key stands, and last the value; None after it is noted that one is missing."""
    wanted = (*keys, VALUE)
    found: dict[str, int] = {}
    for number, cell in enumerate(names):
        if cell.text is None:
            continue
        if cell.text not in wanted:
            hint = did_you_mean(cell.text, wanted) or f"the columns are {', '.join(wanted)}"
            problems.add("unknown-field", f"no key is called {shown(cell.text)}", cell.place, hint)
        elif cell.text in found:
            problems.add("duplicate-name", f"the column {shown(cell.text)} stands twice", cell.place)
        else:
            found[cell.text] = number
    missing = [name for name in wanted if name not in found]
    # A name that can't be read may be the one that is missing.
    for name in missing if all(cell.text is not None for cell in names) else ():
        problems.add("missing-field", f"the sheet has no column {shown(name)}", Place(path=path, line=1, column=1))
    return None if missing else [found[name] for name in wanted]


def _raw_row(row: list[_Cell], columns: list[int], problems: Problems) -> RawRow | None:
    """The cells of a row in the order of the keys; None for an empty row. Notes each that is empty."""
    if all(cell.text == "" for cell in row):
        return None
    for extra in (cell for cell in row[len(columns) :] if cell.text):
        problems.add("unknown-field", "the cell belongs to no column", extra.place)
    cells: list[Scalar | None] = []
    for number in columns:
        first = row[0].place
        cell = (
            row[number] if number < len(row) else _Cell("", Place(path=first.path, line=first.line, column=number + 1))
        )
        if cell.text == "":
            hint = _FOR_A_VALUE if number == columns[-1] else _FOR_A_KEY
            problems.add("missing-field", "the cell is empty", cell.place, hint)
        cells.append(Scalar(cell.text, True, cell.place) if cell.text else None)
    return RawRow(keys=tuple(cells[:-1]), value=cells[-1])


def cell_name(row: int, column: int) -> str:
    """The name of a cell: `B7` for column 2 of row 7."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"
