"""`yibao decide`: one claim to its decision."""

from __future__ import annotations

import argparse

from yibao.cli.claims import add_claim_options, claim_in
from yibao.cli.nhsa import print_notices
from yibao.cli.options import add_common, content_of
from yibao.cli.output import DONE, UNDETERMINED, print_document


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "decide",
        help="decide a claim, line by line, with reasons and articles",
        usage="yibao decide CLAIM [options]\n       yibao decide --from nhsa MESSAGE [--with CLAIM] [options]",
    )
    parser.add_argument("document", metavar="CLAIM", help="a claim document or, with --from, a message; - for stdin")
    add_claim_options(parser)
    says = "print the settlement as setlinfo and setldetail of the national interface"
    parser.add_argument("--to", dest="form", choices=("nhsa",), help=says)
    parser.add_argument("--engine", choices=("durable", "reference"), help="the engine that judges (default: durable)")
    add_common(parser, as_of=True)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from yibao import api
    from yibao.cli.decision_text import decision_text

    content = content_of(arguments.document)
    if arguments.kind is None:
        policy = api.load_policy_for(content, arguments.policy)
    else:
        policy = api.load_policy(arguments.policy)
    claim = claim_in(content, arguments, arguments.document, policy)
    decision = api.decide(claim, policy, engine=arguments.engine, as_of=arguments.as_of)
    if arguments.form == "nhsa" and decision["outcome"] != "undetermined":
        document, notices = api.nhsa_settlement(decision, claim, policy)
        print_notices(notices)
        print_document(document)
    elif arguments.json:
        print_document(decision)
    else:
        print(decision_text(decision, claim, policy, arguments.lang))
    return UNDETERMINED if decision["outcome"] == "undetermined" else DONE
