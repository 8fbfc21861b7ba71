"""Printing: one JSON document on standard output, or text; problems with the offending text underlined."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from yibao.basics.problems import Problem, report
from yibao.cli.options import STDIN
from yibao.cli.streams import plain_output

_SHEET = ".csv"
DONE, FOUND, WRONG_INPUT, UNDETERMINED, REFUSED, OUR_FAULT = 0, 1, 2, 3, 4, 70
# What a shell says of a program that was ended because nobody read its output any more: 128 and the number of SIGPIPE.
NOBODY_READS = 141


def print_document(document: Mapping[str, Any] | list[Any]) -> None:
    """One JSON document on standard output."""
    print(json.dumps(document, ensure_ascii=False, indent=2), file=plain_output())


def print_problems(problems: Iterable[Problem], as_json: bool) -> None:
    """Every problem: as one document on standard output, or as text on standard error."""
    found = list(problems)
    if as_json:
        print_document(dict(report(found)))
        return
    for problem in found:
        print(_with_source(problem), file=sys.stderr)
    count = len(found)
    print(f"{count} problem{'s' if count != 1 else ''} found", file=sys.stderr)


def print_fault(error: Exception) -> None:
    """A fault of ours, as a document in the form of a problem, though nothing in the input is at fault."""
    print_document({"problems": [{"code": "fault", "message": f"a fault of ours: {type(error).__name__}: {error}"}]})


def _with_source(problem: Problem) -> str:
    place = problem.place
    lines = [f"{place}: {problem.code}: {problem.message}"]
    source = _source_line(problem)
    if source is not None and place.column is not None:
        start = min(place.column - 1, len(source))
        length = max(1, min(place.length, len(source) - start))
        margin = "".join(" " * _width(character) for character in source[:start])
        underline = "^" * max(1, sum(_width(character) for character in source[start : start + length]))
        lines += [f"    {source}", f"    {margin}{underline}"]
    if problem.hint:
        lines.append(f"    {problem.hint}")
    return "\n".join(lines)


def _source_line(problem: Problem) -> str | None:
    """The line that a problem stands on, when its document is a file at hand. The columns of a sheet are its cells."""
    if problem.place.line is None or problem.place.path == STDIN or problem.place.path.endswith(_SHEET):
        return None
    path = Path(problem.place.path)
    try:
        if not path.is_file():  # a pipe gives its bytes once
            return None
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    at = problem.place.line - 1
    return lines[at].replace("\t", " ") if 0 <= at < len(lines) and len(lines[at]) <= 400 else None


def _width(character: str) -> int:
    """Columns that a character takes in a terminal: two for the wide scripts."""
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
