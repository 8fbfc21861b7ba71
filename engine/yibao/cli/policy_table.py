"""`yibao policy table`: an entry of a parameter as a sheet, and a sheet as the YAML of an entry.

Export writes one entry. Import checks a sheet as it would be checked beside the parameter, and writes what an author
puts into an entry; it changes no policy.
"""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from yibao.basics.problems import Place, ProblemsFound, problem_of, unknown_name
from yibao.cli.files import write_whole
from yibao.cli.options import STDIN, add_common, content_of, day
from yibao.cli.output import DONE, print_document
from yibao.cli.parameter_text import row_document
from yibao.settlement.lookup import entries_by, entry_on

if TYPE_CHECKING:
    from yibao.model.parameters import Parameter, ParameterVersion
    from yibao.model.policy import Policy

LARGEST_SHEET = 1_000_000
_FORMATS = ("csv", "xlsx")


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `table` with `export` and `import`."""
    says = "an entry of a parameter as a sheet, and a sheet as an entry"
    table = actions.add_parser("table", help=says, description=says)
    inner = table.add_subparsers(required=True, metavar="DIRECTION")
    exported = inner.add_parser("export", help="write an entry as a sheet", description="write an entry as a sheet")
    exported.add_argument("id", metavar="ID", help="a parameter, or LAYER/NAME")
    exported.add_argument("--format", choices=_FORMATS, help="default: as the output is called, else csv")
    exported.set_defaults(run=export)
    says = "check a sheet and write it as the YAML of an entry"
    imported = inner.add_parser("import", help=says, description=says)
    imported.add_argument("sheet", metavar="FILE", help="a .csv or .xlsx file, or FILE.xlsx#WORKSHEET")
    imported.add_argument("--into", metavar="ID", required=True, help="the parameter whose keys and unit it has")
    imported.set_defaults(run=import_)
    for action in (exported, imported):
        add_common(action)
        action.add_argument(
            "--as-of", type=day, metavar="DATE", help="the entry in force on this day (default: the last)"
        )
        action.add_argument("--output", type=Path, metavar="FILE", help="write to this file, whole or not at all")


def export(arguments: argparse.Namespace) -> int:
    """`yibao policy table export ID`. Raises ProblemsFound."""
    from yibao import api
    from yibao.authoring.parameter_sheets import cells_of, csv_of

    parameter, entry = _entry(api.load_policy(arguments.policy), arguments.id, arguments)
    cells = cells_of(parameter, entry)
    output: Path | None = arguments.output
    if _format(arguments) == "xlsx":
        from yibao.readers.policy.workbooks import workbook_with

        if output is None:
            raise ProblemsFound(
                [problem_of("usage", "a workbook needs a file: `--output FILE`", Place(path="--output"))]
            )
        content = workbook_with(parameter.name[:31], cells)
    else:
        content = csv_of(cells).encode()
    if output is not None:
        write_whole(output, content)
    if arguments.json:
        called = None if output is None else str(output)
        said = {"parameter": f"{parameter.layer}/{parameter.name}", "period": str(entry.period), "file": called}
        print_document({**said, "cells": cells})
    else:
        print(content.decode() if output is None else str(output), end="" if output is None else "\n")
    return DONE


def import_(arguments: argparse.Namespace) -> int:
    """`yibao policy table import FILE --into ID`. Raises ProblemsFound with every problem of the sheet."""
    from yibao import api
    from yibao.authoring.parameter_sheets import yaml_of
    from yibao.readers.policy.bundle_documents import SHEETS, Source
    from yibao.readers.policy.parameters_from_yaml import rows_from_sheet

    policy = api.load_policy(arguments.policy)
    parameter, entry = _entry(policy, arguments.into, arguments)
    path, _, worksheet = arguments.sheet.partition("#")
    if not path.endswith(SHEETS):
        message = f"a sheet ends in {' or '.join(SHEETS)}"
        raise ProblemsFound([problem_of("usage", message, Place(path=STDIN if path == "-" else path))])
    source = Source(path=path, content=content_of(path, LARGEST_SHEET))
    rows = rows_from_sheet(parameter, entry, source, worksheet or None, policy.vocabulary)
    text = yaml_of(parameter, rows)
    output: Path | None = arguments.output
    if output is not None:
        write_whole(output, text.encode())
    if arguments.json:
        shown = [row_document(parameter, row) for row in rows]
        called = None if output is None else str(output)
        said = {"parameter": f"{parameter.layer}/{parameter.name}", "period": str(entry.period), "file": called}
        print_document({**said, "rows": shown, "yaml": text})
    else:
        print(text if output is None else str(output), end="" if output is None else "\n")
    return DONE


def _format(arguments: argparse.Namespace) -> str:
    """The format that was asked for, or that the output's name has. Raises ProblemsFound where the two differ."""
    output: Path | None = arguments.output
    ending = None if output is None else output.suffix.removeprefix(".")
    asked: str | None = arguments.format
    if asked is not None and ending in _FORMATS and ending != asked:
        message = f"the output is called .{ending}, and {asked} was asked for"
        raise ProblemsFound([problem_of("usage", message, Place(path="--format"))])
    return asked or (ending if ending in _FORMATS else _FORMATS[0])


def _entry(policy: Policy, name: str, arguments: argparse.Namespace) -> tuple[Parameter, ParameterVersion]:
    """The parameter of that name and its entry of the day, or its last. Raises ProblemsFound where there is none."""
    place = Place(path="ID")
    found = [item for item in policy.parameters if name in (item.name, f"{item.layer}/{item.name}")]
    if not found:
        known = {called for item in policy.parameters for called in (item.name, f"{item.layer}/{item.name}")}
        raise ProblemsFound([unknown_name("parameter", name, known, place)])
    if len(found) > 1:
        message = f"several layers have a parameter `{name}`"
        hint = f"name one of {', '.join(f'{item.layer}/{item.name}' for item in found)}"
        raise ProblemsFound([problem_of("parameter-not-named", message, place, hint)])
    entries = entries_by(found[0], arguments.as_of)
    entry = entries[-1] if arguments.as_of is None else entry_on(entries, arguments.as_of)
    if entry is None or not entry.rows:
        valued = [str(other.period) for other in found[0].versions if other.rows]
        instead = f"entries with values: {', '.join(valued)}" if valued else None
        raise ProblemsFound([problem_of("no-entry", _without_values(name, entry, arguments.as_of), place, instead)])
    return found[0], entry


def _without_values(name: str, entry: ParameterVersion | None, as_of: datetime.date | None) -> str:
    """Why there is nothing to write: no entry of the day, or one that says that nobody knows."""
    if entry is None or entry.unknown is None:
        return f"`{name}` has no entry in force on {as_of}"
    return f"the entry of `{name}` for {entry.period} says that the value is unknown: {entry.unknown.en}"
