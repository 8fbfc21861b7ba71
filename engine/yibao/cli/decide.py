"""`yibao decide`: one claim to its decision."""

from __future__ import annotations

import argparse
import sys

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.cli.options import add_common, called, content_of
from yibao.cli.output import DONE, UNDETERMINED, print_document


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "decide",
        help="decide a claim, line by line, with reasons and articles",
        usage="yibao decide CLAIM [options]\n       yibao decide --from nhsa MESSAGE [--with CLAIM] [options]",
    )
    parser.add_argument("document", metavar="CLAIM", help="a claim document or, with --from, a message; - for stdin")
    parser.add_argument("--from", dest="kind", choices=("nhsa",), help="take the lines from a fee-line message")
    parser.add_argument("--with", dest="rest", metavar="CLAIM", help="the rest of the claim, beside the message")
    parser.add_argument("--engine", choices=("durable", "reference"), help="the engine that judges (default: durable)")
    add_common(parser, as_of=True)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from yibao import api
    from yibao.cli.decision_text import decision_text

    policy = api.load_policy(arguments.policy)
    content = content_of(arguments.document)
    if arguments.kind == "nhsa":
        rest = content_of(arguments.rest) if arguments.rest else None
        claim, notices = api.read_claim_with_nhsa_lines(
            content, called(arguments.document), rest, policy, called(arguments.rest or "claim")
        )
        for notice in notices:
            print(f"note: {notice}", file=sys.stderr)
    elif arguments.rest:
        place = Place(path="--with")
        raise ProblemsFound([problem_of("usage", "`--with` goes with `--from nhsa`", place)])
    else:
        claim = api.read_claim(content, policy, called(arguments.document))
    decision = api.decide(claim, policy, engine=arguments.engine, as_of=arguments.as_of)
    if arguments.json:
        print_document(decision)
    else:
        print(decision_text(decision, claim, policy, arguments.lang))
    return UNDETERMINED if decision["outcome"] == "undetermined" else DONE
