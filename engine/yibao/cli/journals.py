"""The journal that a command names with `--journal`, and the refusal of a case that is not in it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.cli.output import REFUSED, print_document

if TYPE_CHECKING:
    from yibao.api import Journal

DEFAULT_JOURNAL = "yibao-journal.sqlite"


def add_journal(parser: argparse.ArgumentParser) -> None:
    """Add `--journal`."""
    says = f"the file of events ({DEFAULT_JOURNAL})"
    parser.add_argument("--journal", metavar="FILE", default=DEFAULT_JOURNAL, help=says)


def journal_of(arguments: argparse.Namespace, *, create: bool) -> Journal:
    """The journal that the command names. One that is not there is made when `create` is set, else read as empty.

    Raises ProblemsFound for what is no journal.
    """
    from yibao.api import Journal

    return Journal.open(_path_of(arguments), create)


def existing_journal_of(arguments: argparse.Namespace) -> Journal:
    """The journal that the command names. Raises ProblemsFound for one that is not there, or is no journal."""
    path = _path_of(arguments)
    if not path.exists():
        hint = "cases are kept in the file that `yibao case --journal` names"
        raise ProblemsFound([problem_of("no-such-journal", "there is no such file", Place(path=str(path)), hint)])
    return journal_of(arguments, create=False)


def refuse_unknown_case(arguments: argparse.Namespace, case_id: str) -> int:
    """Print the refusal for a case that the journal does not know; the exit code of a refusal."""
    from yibao import api
    from yibao.cases.handling import unknown_case
    from yibao.cli.case_text import CaseText

    document = unknown_case(case_id, None).document()
    if arguments.json:
        print_document(document)
    else:
        print(CaseText(api.in_force(arguments.policy, arguments.workflows), arguments.lang).refused(document, None))
    return REFUSED


def _path_of(arguments: argparse.Namespace) -> Path:
    written: str = arguments.journal
    if "://" in written:
        message = f"`{written}` is no file; journals are SQLite files"
        raise ProblemsFound([problem_of("unsupported-journal", message, Place(path="--journal"))])
    return Path(written)
