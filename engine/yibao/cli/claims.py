"""The claim that a command is about: a claim document or, with `--from nhsa`, a fee-line message with the rest."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.cli.options import called, content_of

if TYPE_CHECKING:
    from yibao.model.claim import Claim
    from yibao.model.policy import Policy


def add_claim_options(parser: argparse.ArgumentParser) -> None:
    """Add `--from` and `--with`."""
    parser.add_argument("--from", dest="kind", choices=("nhsa",), help="take the lines from messages of the interface")
    parser.add_argument("--with", dest="rest", metavar="CLAIM", help="the rest of the claim, beside the message")


def claim_of(arguments: argparse.Namespace, document: str, policy: Policy) -> Claim:
    """The claim of a path (`-` is standard input) under the options. Raises ProblemsFound."""
    return claim_in(content_of(document), arguments, document, policy)


def claim_in(content: bytes, arguments: argparse.Namespace, document: str, policy: Policy) -> Claim:
    """The claim in the content of the document. Raises ProblemsFound."""
    from yibao import api

    if arguments.kind == "nhsa":
        rest = content_of(arguments.rest) if arguments.rest else None
        claim, notices = api.read_claim_with_nhsa_lines(
            content, called(document), rest, policy, called(arguments.rest or "claim")
        )
        for notice in notices:
            print(f"note: {notice}", file=sys.stderr)
        return claim
    if arguments.rest:
        place = Place(path="--with")
        raise ProblemsFound([problem_of("usage", "`--with` goes with `--from nhsa`", place)])
    return api.read_claim(content, policy, called(document))
