"""The journal that a command names with `--journal`, and the refusal of a case that is not in it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from yibao.cli.output import REFUSED, print_document

if TYPE_CHECKING:
    from yibao.journal.kept import KeptJournal

DEFAULT_JOURNAL = "yibao-journal.sqlite"


def add_journal(parser: argparse.ArgumentParser) -> None:
    """Add `--journal`."""
    says = f"the file of events ({DEFAULT_JOURNAL}), or a database: postgresql://host/name"
    parser.add_argument("--journal", metavar="FILE or URL", default=DEFAULT_JOURNAL, help=says)


def journal_of(arguments: argparse.Namespace, *, create: bool) -> KeptJournal:
    """The journal that the command names. One that is not there is made when `create` is set, else read as empty.

    Raises ProblemsFound for what is no journal.
    """
    from yibao.journal.opening import open_journal

    return open_journal(arguments.journal, create=create)


def existing_journal_of(arguments: argparse.Namespace) -> KeptJournal:
    """The journal that the command names. Raises ProblemsFound for one that is not there, or is no journal."""
    from yibao.journal.opening import open_existing_journal

    return open_existing_journal(arguments.journal)


def refuse_unknown_case(arguments: argparse.Namespace, case_id: str) -> int:
    """Print the refusal for a case that the journal does not know; the exit code of a refusal."""
    from yibao import api
    from yibao.cases.answering import unknown_case
    from yibao.cli.case_text import CaseText

    document = unknown_case(case_id, None).document()
    if arguments.json:
        print_document(document)
    else:
        print(CaseText(api.in_force(arguments.policy, arguments.workflows), arguments.lang).refused(document, None))
    return REFUSED
