"""A parameter's entry as the cells of a sheet, and the rows of a sheet as the YAML of an entry.

What is written either way reads back as the same rows.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.language.parameter_texts import percent_of, text_of_match, text_of_value, yuan_of
from yibao.model.parameters import HitPolicy, Parameter, ParameterRow, ParameterValue, ParameterVersion, Unit
from yibao.readers.policy.sheets import VALUE

_STEP = "  "


def cells_of(parameter: Parameter, version: ParameterVersion) -> list[list[str]]:
    """The names of the keys and `value`, then a line of texts for each row."""
    names = [*(key.name for key in parameter.keys), VALUE]
    return [
        names,
        *([*map(text_of_match, row.matches), text_of_value(row.value, parameter.unit)] for row in version.rows),
    ]


def csv_of(cells: Sequence[Sequence[str]]) -> str:
    """The cells as CSV."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(cells)
    return written.getvalue()


def yaml_of(parameter: Parameter, rows: tuple[ParameterRow, ...]) -> str:
    """The rows as the `table:` (or the `value:`) of an entry.

    Raises ProblemsFound (`not-nested`) for rows that nested entries can't say: two that ask the same of all keys, or
    an order under FIRST that putting rows together by their first keys would change.
    """
    if not parameter.keys:
        return "".join(f"value: {_value(row.value, parameter.unit)}\n" for row in rows)
    grouped = list(_grouped(rows, 0))
    changed = parameter.hit is HitPolicy.FIRST and grouped != list(rows)
    if changed or len({row.matches for row in rows}) < len(rows):
        message = "nested entries can't say these rows: two ask the same of all keys, or their order would change"
        hint = "keep the sheet, and name it under `sheet:`"
        raise ProblemsFound([problem_of("not-nested", message, Place(path=rows[0].place.path), hint)])
    return "table:\n" + "".join(_lines(grouped, parameter.unit))


def _grouped(rows: Sequence[ParameterRow], depth: int) -> Iterator[ParameterRow]:
    """The rows with those together that ask the same of a key, key by key."""
    if not rows or depth == len(rows[0].matches):
        yield from rows
        return
    groups: dict[object, list[ParameterRow]] = {}
    for row in rows:
        groups.setdefault(row.matches[depth], []).append(row)
    for group in groups.values():
        yield from _grouped(group, depth + 1)


def _lines(rows: Sequence[ParameterRow], unit: Unit) -> Iterator[str]:
    above: tuple[object, ...] = ()
    for row in rows:
        depth = next(
            (number for number, match in enumerate(row.matches) if above[number : number + 1] != (match,)),
            len(row.matches),
        )
        for number in range(depth, len(row.matches)):
            key = json.dumps(text_of_match(row.matches[number]), ensure_ascii=False)
            value = f" {_value(row.value, unit)}" if number + 1 == len(row.matches) else ""
            yield f"{_STEP * (number + 1)}{key}:{value}\n"
        above = row.matches


def _value(value: ParameterValue, unit: Unit) -> str:
    """A value as YAML takes it: decimals of yuan in quotes, bands as a list."""
    if not isinstance(value, tuple):
        return _quoted(text_of_value(value, unit))
    bands = (
        f"{{rate: {percent_of(band.rate)}}}"
        if band.upto_fen is None
        else f"{{upto: {_quoted(yuan_of(band.upto_fen))}, rate: {percent_of(band.rate)}}}"
        for band in value
    )
    return f"[{', '.join(bands)}]"


def _quoted(text: str) -> str:
    return f'"{text}"' if "." in text and not text.endswith("%") else text
