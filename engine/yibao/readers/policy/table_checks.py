"""What must hold between the rows of a decision table: no two match where one may, and no combination is left out.

The values of each key fall into classes that no row tells apart. Rows are parted by the classes of one key after the
other, and classes with the same rows are looked at once; so the work grows with the rows and hardly with their
combinations, and has a bound.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen

from yibao.basics.money import MAXIMUM_FEN
from yibao.basics.periods import Period
from yibao.basics.problems import Place
from yibao.language.parameter_texts import NOTHING, text_of_match
from yibao.model.parameters import AnyValue, CodesMatch, HitPolicy, Match, ParameterRow, RangeMatch, Unit
from yibao.readers.documents.forms import Problems
from yibao.readers.policy.decision_tables import Column, RawTable, rows_of
from yibao.readers.policy.values_from_text import HIGHEST_FACTOR, HIGHEST_NUMBER

MOST_WORK = 1_000_000
MOST_GAPS_NAMED = 3
MOST_VALUES_NAMED = 4
_HIGHEST: dict[Unit, int] = {Unit.YUAN: MAXIMUM_FEN, Unit.RATE: 1, Unit.FACTOR: HIGHEST_FACTOR}


@frozen(kw_only=True)
class TableCheck:
    """What is to be held of the rows of one entry."""

    columns: tuple[Column, ...]
    period: Period
    hit: HitPolicy
    unit: Unit
    may_have_gaps: bool


def checked_rows(table: RawTable, check: TableCheck) -> tuple[ParameterRow, ...]:
    """The rows of a table, checked one by one and, where each can be used, together."""
    before = len(table.problems.found)
    rows = rows_of(table, check.columns, check.unit)
    if table.whole and len(table.problems.found) == before and check.columns:
        _check_together(rows, check, table.node.place, table.problems)
    return rows


def _check_together(rows: tuple[ParameterRow, ...], check: TableCheck, place: Place, problems: Problems) -> None:
    """Note rows that overlap, rows that are never used, sums beyond the unit, and combinations without a row."""
    walk = _Walk(rows, check, problems)
    try:
        walk.part(range(len(rows)), 0, (), True)
    except _TooMuchWork:
        message = "the rows overlap in too many ways to be checked"
        problems.add("table-too-wide", message, place, "use fewer keys, or `*` where a key does not matter")
        return
    if check.hit is HitPolicy.FIRST:
        for number in sorted(set(range(len(rows))) - walk.used):
            message = "rows above it match first, so this row is never used"
            problems.add("row-never-used", message, rows[number].place)
    if walk.gaps and not check.may_have_gaps:
        _note_gaps(walk.gaps, place, problems)


def _note_gaps(gaps: list[str], place: Place, problems: Problems) -> None:
    named = "; ".join(gaps[:MOST_GAPS_NAMED])
    more = f"; and {len(gaps) - MOST_GAPS_NAMED} more" if len(gaps) > MOST_GAPS_NAMED else ""
    message = f"no row answers {named}{more}"
    hint = "write the rows, or say under `incomplete: {zh: …, en: …}` why there are none"
    problems.add("table-gap", message, place, hint)


class _TooMuchWork(Exception):
    """The bound of what is looked at is reached."""


@frozen
class _Class:
    """Values of a key that no row tells apart. `due`: the table has to answer them."""

    text: str
    due: bool


class _Axis:
    """The classes of one key, and in which of them a row matches."""

    def __init__(self, column: Column, matches: Sequence[Match], period: Period) -> None:
        self.name = column.key.name
        self._edges: list[int] = []
        self._places: dict[str, int] = {}
        if column.key.is_number:
            self.classes = self._of_numbers(column, matches)
        else:
            self.classes = self._of_codes(column, matches, period)
        # Known not to be: nobody has to answer for it, but two rows can both name it.
        self._none = len(self.classes)
        if any(isinstance(match, CodesMatch) and match.none for match in matches):
            self.classes.append(_Class(NOTHING, False))
        if not any(each.due for each in self.classes):
            # No row asks anything of the key: one of its values stands for all.
            self.classes[0] = _Class(self.classes[0].text, True)
        self.all = range(len(self.classes))

    def where(self, match: Match) -> Sequence[int]:
        """The numbers of the classes in which the row matches."""
        match match:
            case AnyValue():
                return self.all
            case CodesMatch(codes, none):
                found = [self._places[code] for code in sorted(codes)]
                return [*found, self._none] if none else found
            case RangeMatch(low, high):
                end = self._none if high is None else bisect_left(self._edges, high + 1)
                return range(bisect_left(self._edges, low), end)

    def _of_numbers(self, column: Column, matches: Sequence[Match]) -> list[_Class]:
        """Stretches between the numbers at which some row begins or ends. Due are those from the least number up to
        the end of the last row that has one, or all of them where some row has none."""
        ranges = [match for match in matches if isinstance(match, RangeMatch)]
        ends = [match.high + 1 for match in ranges if match.high is not None]
        self._edges = sorted({column.low, *(match.low for match in ranges), *ends})
        endless = len(ends) < len(ranges)
        last = max(ends, default=column.low)
        found = []
        for low, high in zip(self._edges, [*(edge - 1 for edge in self._edges[1:]), None], strict=True):
            possible = column.high is None or low <= column.high
            found.append(_Class(text_of_match(RangeMatch(low, high)), possible and (low < last or endless)))
        return found

    def _of_codes(self, column: Column, matches: Sequence[Match], period: Period) -> list[_Class]:
        named = {code for match in matches if isinstance(match, CodesMatch) for code in match.codes}
        if column.codes is None:
            due = named
            known = sorted(named)
        else:
            due = {code for code, valid in column.codes.items() if valid.overlaps(period)}
            known = [code for code in column.codes if code in due or code in named]
        self._places = {code: number for number, code in enumerate(known)}
        classes = [_Class(code, code in due) for code in known]
        return classes if column.codes is not None else [*classes, _Class("any other", False)]


class _Walk:
    """One walk over all combinations of classes. `used` are the rows that are first somewhere."""

    def __init__(self, rows: tuple[ParameterRow, ...], check: TableCheck, problems: Problems) -> None:
        self.gaps: list[str] = []
        self.used: set[int] = set()
        self._rows = rows
        self._check = check
        self._problems = problems
        self._work = MOST_WORK
        self._noted: set[int] = set()
        self._axes = [
            _Axis(column, [row.matches[number] for row in rows], check.period)
            for number, column in enumerate(check.columns)
        ]
        self._where = [[axis.where(row.matches[number]) for row in rows] for number, axis in enumerate(self._axes)]

    def part(self, rows: Sequence[int], depth: int, chosen: tuple[str, ...], due: bool) -> None:
        """Look at the rows that match the classes chosen so far. Raises _TooMuchWork."""
        self._spend(len(rows) + 1)
        if not rows:
            if due and all(any(each.due for each in axis.classes) for axis in self._axes[depth:]):
                self.gaps.append(", ".join(chosen) or "anything")
            return
        if depth == len(self._axes):
            self._judge(rows)
            return
        axis, where = self._axes[depth], self._where[depth]
        matching: list[list[int]] = [[] for _ in axis.classes]
        for row in rows:
            self._spend(len(where[row]))
            for number in where[row]:
                matching[number].append(row)
        alike: dict[tuple[tuple[int, ...], bool], list[str]] = {}
        for each, found in zip(axis.classes, matching, strict=True):
            alike.setdefault((tuple(found), each.due), []).append(each.text)
        for (found_rows, each_due), texts in alike.items():
            more = ", …" if len(texts) > MOST_VALUES_NAMED else ""
            said = f"{axis.name} = {', '.join(texts[:MOST_VALUES_NAMED])}{more}"
            self.part(found_rows, depth + 1, (*chosen, said), due and each_due)

    def _spend(self, work: int) -> None:
        self._work -= work
        if self._work < 0:
            raise _TooMuchWork

    def _judge(self, rows: Sequence[int]) -> None:
        """What is to be held of rows that all match one combination."""
        self.used.add(rows[0])
        if len(rows) == 1:
            return
        first, second = self._rows[rows[0]], self._rows[rows[1]]
        if self._check.hit is HitPolicy.UNIQUE and rows[1] not in self._noted:
            self._noted.add(rows[1])
            message = f"this row and the one at {first.place} can both match"
            hint = "under UNIQUE one row answers; let the keys differ, or write `hit: FIRST`"
            self._problems.add("overlapping-rows", message, second.place, hint)
        if self._check.hit is HitPolicy.COLLECT_SUM and rows[-1] not in self._noted:
            values = [self._rows[row].value for row in rows]
            total = sum((Fraction(value) for value in values if not isinstance(value, tuple)), Fraction())
            if total > _HIGHEST.get(self._check.unit, HIGHEST_NUMBER):
                self._noted.add(rows[-1])
                message = "with the rows above that match at the same time, the sum leaves the range of the unit"
                self._problems.add("out-of-range", message, self._rows[rows[-1]].place)
