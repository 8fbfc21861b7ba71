"""A `parameter:` document to a Parameter: dated, cited values, each a scalar or a decision table.

What is written wrong is noted at its place, a cell of a sheet by its name; nothing is rounded or guessed. Which values
a plan may look up as keys is checked where plans are read.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import pairwise

from attrs import field, frozen

from yibao.basics.periods import Period
from yibao.basics.problems import Place, ProblemsFound
from yibao.model.citations import Citation, Grade
from yibao.model.expressions import Scope
from yibao.model.facts import Title, Vocabulary
from yibao.model.parameters import HitPolicy, Parameter, ParameterRow, ParameterVersion, Unit
from yibao.model.policy import Layer
from yibao.readers.documents.forms import Form, Problems, overlapping
from yibao.readers.documents.yaml_nodes import Node, Scalar
from yibao.readers.policy.bundle_documents import Source
from yibao.readers.policy.cites_from_yaml import carries_of, cites_of
from yibao.readers.policy.decision_tables import (
    Column,
    RawRow,
    RawTable,
    column_of,
    key_names,
    rows_of_table,
)
from yibao.readers.policy.governing_dates import governing_date
from yibao.readers.policy.sheets import Sheets, table_of_sheet
from yibao.readers.policy.table_checks import TableCheck, checked_rows

MOST_ENTRIES = 200
_UNITS = tuple(unit.value for unit in Unit)
_HITS = tuple(hit.value for hit in HitPolicy)
_COLLECTING = (HitPolicy.COLLECT_SUM, HitPolicy.COLLECT_LEAST, HitPolicy.COLLECT_GREATEST)
_ESTABLISHED = (Grade.PRIMARY, Grade.OFFICIAL)
_ANSWERS = ("value", "table", "sheet", "unknown")


@frozen(kw_only=True)
class _Entry:
    """One entry under `values:` before its texts are understood. Without a table its value is known to be missing."""

    period: Period
    published: datetime.date
    table: RawTable | None
    unknown: Title | None
    incomplete: Title | None
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)


def parameter_from_yaml(
    node: Node, layer: Layer, vocabulary: Vocabulary, sheets: Sheets, problems: Problems
) -> Parameter | None:
    """The parameter of one file; None, after its problems are noted, when it can't be used."""
    before = len(problems.found)
    form = Form(node, problems, "a parameter")
    reader = _ParameterReader(form, layer, vocabulary, sheets)
    parameter = reader.parameter()
    return parameter if len(problems.found) == before else None


class _ParameterReader:
    """Reads one document: its head, then the entries, then the rows of each."""

    def __init__(self, form: Form, layer: Layer, vocabulary: Vocabulary, sheets: Sheets) -> None:
        self.form = form
        self.layer = layer
        self.vocabulary = vocabulary
        self.sheets = sheets
        self.problems = form.problems

    def parameter(self) -> Parameter | None:
        form = self.form
        name, title = form.identifier("parameter", required=True), form.title("title", required=True)
        unit = form.choice("unit", _UNITS, required=True)
        by = governing_date(form, self.vocabulary, Scope.CLAIM)
        names = key_names(form)
        hit = self._hit(unit, names)
        carries = carries_of(form)
        cites = cites_of(form, carries, required=False)
        entries = self._entries(names, cites)
        form.finish()
        columns = self._columns(names, entries)
        if name is None or title is None or unit is None or by is None or len(columns) < len(names):
            return None
        versions = tuple(self._version(entry, columns, Unit(unit), hit) for entry in entries)
        self._check_periods(entries)
        return Parameter(
            name=name,
            layer=self.layer.name,
            title=title,
            unit=Unit(unit),
            by=by,
            keys=tuple(column.key for column in columns),
            hit=hit,
            carries=carries,
            versions=tuple(sorted(versions, key=lambda version: version.period.start)),
            place=form.place_of("parameter"),
        )

    def _hit(self, unit: str | None, names: tuple[Scalar, ...]) -> HitPolicy:
        word = self.form.choice("hit", _HITS)
        hit = HitPolicy.UNIQUE if word is None else HitPolicy(word)
        place = self.form.place_of("hit")
        if word is not None and not names:
            self.problems.add("wrong-shape", "without `keys:` there are no rows to choose from", place)
        if hit in _COLLECTING and unit == Unit.BANDS.value:
            self.problems.add("wrong-type", f"bands can't be put together by {hit.value}", place)
        return hit

    def _entries(self, names: tuple[Scalar, ...], cites: tuple[Citation, ...]) -> list[_Entry]:
        forms = self.form.forms("values", "an entry", required=True, most=MOST_ENTRIES)
        found = [self._entry(form, tuple(name.text for name in names), cites) for form in forms]
        if self.form.has("values") and not found and not self.problems.found:
            self.problems.add("missing-field", "a parameter has at least one entry", self.form.place_of("values"))
        return [entry for entry in found if entry is not None]

    def _entry(self, form: Form, names: tuple[str, ...], cites: tuple[Citation, ...]) -> _Entry | None:
        period, published = form.period(), form.date("published")
        said = [name for name in _ANSWERS if form.has(name)]
        own = cites_of(form, carries_of(self.form), required=not cites and said != ["unknown"])
        incomplete, unknown = form.title("incomplete"), form.title("unknown")
        table = self._table(form, said, names)
        form.finish()
        if incomplete is not None and (not names or unknown is not None):
            self.problems.add("wrong-shape", "only a table can be incomplete", form.place_of("incomplete"))
        if period is None or (table is None and unknown is None):
            return None
        return _Entry(
            period=period,
            published=published or period.start,
            table=table,
            unknown=unknown,
            incomplete=incomplete,
            cites=own or cites,
            place=form.place,
        )

    def _table(self, form: Form, said: list[str], names: tuple[str, ...]) -> RawTable | None:
        """The rows of an entry; None for one that is unknown, and after a problem is noted."""
        value, table, sheet = form.take("value"), form.take("table"), form.take("sheet")
        if len(said) != 1:
            code = "two-values" if said else "missing-field"
            message = f"an entry has one of {', '.join(f'`{name}:`' for name in _ANSWERS)}"
            self.problems.add(code, message, form.place_of(said[1]) if said else form.place)
            return None
        if said == ["unknown"]:
            return None
        if (said == ["value"]) == bool(names):
            due = "`table:` or `sheet:`, since it has keys" if names else "`value:`, since it has no keys"
            self.problems.add("wrong-shape", f"this parameter writes {due}", form.place_of(said[0]))
            return None
        if value is not None:
            return RawTable(rows=(RawRow(keys=(), value=value),), node=value, whole=True, problems=self.problems)
        if table is not None:
            return rows_of_table(table, names, self.problems)
        if isinstance(sheet, Scalar):
            return self.sheets.table(sheet, names, self.problems)
        self.problems.add("wrong-type", "`sheet` names a file", form.place_of("sheet"))
        return None

    def _columns(self, names: tuple[Scalar, ...], entries: list[_Entry]) -> tuple[Column, ...]:
        found = [
            column_of(name, _texts_of_all(entries, number), self.vocabulary, self.problems)
            for number, name in enumerate(names)
        ]
        return tuple(column for column in found if column is not None)

    def _version(self, entry: _Entry, columns: tuple[Column, ...], unit: Unit, hit: HitPolicy) -> ParameterVersion:
        check = TableCheck(
            columns=columns, period=entry.period, hit=hit, unit=unit, may_have_gaps=entry.incomplete is not None
        )
        return ParameterVersion(
            period=entry.period,
            published=entry.published,
            rows=() if entry.table is None else checked_rows(entry.table, check),
            unknown=entry.unknown,
            incomplete=entry.incomplete,
            cites=entry.cites,
            illustrative=self.layer.illustrative or not _is_established(entry),
            place=entry.place,
        )

    def _check_periods(self, entries: list[_Entry]) -> None:
        """Periods may not overlap, and between two there is no day without an entry."""
        overlaps = list(overlapping(entries, lambda entry: entry.period))
        for earlier, later in overlaps:
            message = f"the entries {earlier.period} and {later.period} overlap"
            hint = "say under `to:` of the earlier one when it ended"
            self.problems.add("overlapping-dates", message, later.place, hint)
        if overlaps:
            return
        ordered = sorted(entries, key=lambda entry: entry.period.start)
        for earlier, later in pairwise(ordered):
            if earlier.period.end != later.period.start:
                message = f"nothing is said from {earlier.period.end} to {later.period.start}"
                hint = "write the entry for these days, with `unknown: {zh: …, en: …}` if their value is not known"
                self.problems.add("period-gap", message, later.place, hint)


def rows_from_sheet(
    parameter: Parameter, version: ParameterVersion, source: Source, worksheet: str | None, vocabulary: Vocabulary
) -> tuple[ParameterRow, ...]:
    """The rows of a sheet, read and checked as those of an entry of the parameter. Raises ProblemsFound."""
    problems = Problems()
    names = tuple(Scalar(key.name, True, parameter.place) for key in parameter.keys)
    node = Scalar(source.path, True, Place(path=source.path, line=1, column=1))
    table = table_of_sheet(source, worksheet, node, tuple(name.text for name in names), problems)
    rows: tuple[ParameterRow, ...] = ()
    if table is not None:
        texts = [list(_texts(table, number)) for number in range(len(names))]
        columns = [column_of(name, iter(under), vocabulary, problems) for name, under in zip(names, texts, strict=True)]
        check = TableCheck(
            columns=tuple(column for column in columns if column is not None),
            period=version.period,
            hit=parameter.hit,
            unit=parameter.unit,
            may_have_gaps=version.incomplete is not None,
        )
        rows = checked_rows(table, check)
    if problems.found:
        raise ProblemsFound(problems.found)
    return rows


def _is_established(entry: _Entry) -> bool:
    """Whether a source of grade A or B stands behind the entry. One that says nothing needs none."""
    return entry.table is None or any(cite.grade in _ESTABLISHED for cite in entry.cites)


def _texts_of_all(entries: list[_Entry], number: int) -> Iterator[str]:
    """What stands under one key, in all entries."""
    for entry in entries:
        if entry.table is not None:
            yield from _texts(entry.table, number)


def _texts(table: RawTable, number: int) -> Iterator[str]:
    """What stands under one key of a table, as far as it can be read."""
    for row in table.rows:
        text = row.keys[number]
        if text is not None:
            yield text.text
