"""`yibao nhsa`: messages of the national interface, checked and reversed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from yibao.basics.problems import Place, Problem, ProblemsFound, problem_of
from yibao.cli import words
from yibao.cli.options import add_common, called, content_of
from yibao.cli.output import DONE, FOUND, print_document

if TYPE_CHECKING:
    from yibao.audit.interface_findings import Finding


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `nhsa` and its actions."""
    parser = commands.add_parser("nhsa", help="messages of the national interface: check their amounts, reverse one")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    says = "the amount identities I1 to I8 on anybody's message: which hold, which fail, which can't be tested"
    checking = actions.add_parser("check", help=says, description=says)
    checking.add_argument("message", metavar="MESSAGE", help="settlements or fee lines, in any wrapping; - for stdin")
    checking.add_argument("--original", metavar="MESSAGE", help="the settlement that MESSAGE cancels")
    add_common(checking)
    checking.set_defaults(run=_check)
    says = (
        "the amounts of a recorded settlement with every sign turned, as a cancel has them; nothing is worked out again"
    )
    reversing = actions.add_parser("reverse", help=says, description=says)
    reversing.add_argument("message", metavar="MESSAGE", help="one settlement, as recorded; - for stdin")
    add_common(reversing)
    reversing.set_defaults(run=_reverse)


def print_notices(notices: Iterable[Problem]) -> None:
    """Remarks on a message, on standard error."""
    for notice in notices:
        print(f"note: {notice}", file=sys.stderr)


def _check(arguments: argparse.Namespace) -> int:
    from yibao import api
    from yibao.audit.interface_findings import Verdict

    if arguments.message == arguments.original == "-":
        raise ProblemsFound([problem_of("usage", "standard input gives one document", Place(path="--original"))])
    original = None if arguments.original is None else content_of(arguments.original)
    findings, notices = api.check_nhsa(
        content_of(arguments.message), called(arguments.message), original, called(arguments.original or "original")
    )
    counts = {verdict.value: sum(found.verdict is verdict for found in findings) for verdict in Verdict}
    if arguments.json:
        document = {
            "findings": [finding.document() for finding in findings],
            "counts": counts,
            "notices": [notice.document() for notice in notices],
        }
        print_document(document)
    else:
        print_notices(notices)
        for pointer, group in groupby(findings, key=lambda found: found.pointer):
            _print_place(pointer, list(group), arguments.lang)
        said = ", ".join(
            f"{count} {words.said(words.IDENTITY[name], arguments.lang)}" for name, count in counts.items()
        )
        print(said)
    return FOUND if counts[Verdict.FAILS.value] else DONE


def _print_place(pointer: str, findings: list[Finding], language: str | None) -> None:
    """One record: what fails first, what can't be tested, and in one line what holds."""
    from yibao.audit.interface_findings import IDENTITIES, Verdict

    print(f"{pointer or '/'}:")
    for verdict in (Verdict.FAILS, Verdict.NOT_TESTABLE):
        for found in findings:
            if found.verdict is verdict:
                said = words.said(words.IDENTITY[verdict.value], language)
                print(f"  {found.identity} {said}: {words.said(IDENTITIES[found.identity], language)}")
                print(f"    {found.statement}")
                print(f"    {_details(found, language)}")
    held = dict.fromkeys(found.identity for found in findings if found.verdict is Verdict.HOLDS)
    if held:
        print(f"  {' '.join(held)} {words.said(words.IDENTITY['holds'], language)}")


def _details(finding: Finding, language: str | None) -> str:
    document = finding.document()
    if finding.difference is not None and not finding.missing and finding.because is None:
        difference = words.said(words.DIFFERENCE, language)
        return f"{document['left']} ≠ {document['right']} ({difference} {document['difference']})"
    parts = [] if finding.because is None else [words.said(finding.because, language)]
    if finding.missing:
        parts.append(f"{words.said(words.WITHOUT_VALUE, language)}: {', '.join(finding.missing)}")
    return "; ".join(parts)


def _reverse(arguments: argparse.Namespace) -> int:
    from yibao import api

    document, notices = api.reverse_nhsa(content_of(arguments.message), called(arguments.message))
    print_notices(notices)
    print_document(document)
    return DONE
