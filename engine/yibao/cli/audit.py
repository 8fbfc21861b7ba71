"""`yibao audit`: recorded decisions made again from their records; the proof of one decision checked."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.cli import words
from yibao.cli.claims import add_claim_options, claim_of
from yibao.cli.journals import add_journal, existing_journal_of, refuse_unknown_case
from yibao.cli.options import add_common, add_workflows, called, case_name, content_of
from yibao.cli.output import DONE, FOUND, print_document

if TYPE_CHECKING:
    from yibao.audit.replay import Replayed, Tally
    from yibao.model.case import Document


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `audit`."""
    parser = commands.add_parser("audit", help="make recorded decisions again; check a proof")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    says = "decide again from the record, and compare every byte"
    replaying = actions.add_parser("replay", help=says, description=says)
    replaying.add_argument("--case", metavar="ID", help="one case only")
    add_common(replaying)
    add_workflows(replaying)
    add_journal(replaying)
    replaying.set_defaults(run=_replay)
    says = "check that a decision follows from its claim and policy, by its proof and without the engine"
    checking = actions.add_parser(
        "check-proof",
        help=says,
        description=says,
        usage="yibao audit check-proof DECISION --claim CLAIM [options]\n"
        "       yibao audit check-proof DECISION --claim MESSAGE --from nhsa [--with CLAIM] [options]",
    )
    checking.add_argument("decision", metavar="DECISION", help="a decision document; - for stdin")
    says = "the claim that was decided or, with --from, a message; - for stdin"
    checking.add_argument("--claim", metavar="CLAIM", required=True, help=says)
    add_claim_options(checking)
    add_common(checking)
    checking.set_defaults(run=_check_proof)


def _replay(arguments: argparse.Namespace) -> int:
    from yibao import api
    from yibao.audit.replay import replay, tally

    with existing_journal_of(arguments) as journal:
        known = journal.cases()
        chosen = known if arguments.case is None else (case_name(arguments.case, "--case"),)
        histories = [journal.events(case_id) for case_id in chosen]
    if arguments.case is not None and arguments.case not in known:
        return refuse_unknown_case(arguments, arguments.case)
    law = api.in_force(arguments.policy, arguments.workflows).law()

    def decide(document: Document) -> Document:
        return law.decide(law.read_claim(document))

    found = [each for events in histories for each in replay(events, law.policy_digest, decide)]
    counted = tally(found)
    if arguments.json:
        print_document({"replayed": [each.document() for each in found], **counted.document()})
    else:
        _print(found, counted, arguments.lang)
    return DONE if counted.confirmed else FOUND


def _check_proof(arguments: argparse.Namespace) -> int:
    from yibao import api

    if [arguments.decision, arguments.claim, arguments.rest].count("-") > 1:
        raise ProblemsFound([problem_of("usage", "standard input gives one document", Place(path="-"))])
    policy = api.load_policy(arguments.policy)
    content = content_of(arguments.decision)
    found = api.check_proof(content, claim_of(arguments, arguments.claim, policy), policy, called(arguments.decision))
    if arguments.json:
        print_document({"convinces": not found, "findings": [finding.document() for finding in found]})
        return FOUND if found else DONE
    for finding in found:
        print(finding)
    print(words.said(words.DOES_NOT_CONVINCE if found else words.CONVINCES, arguments.lang))
    return FOUND if found else DONE


def _print(found: list[Replayed], counted: Tally, language: str | None) -> None:
    for each in found:
        verdict = words.said(words.VERDICTS[each.verdict], language)
        print(f"{each.case_id} #{each.sequence} {each.decision_id[:19]}… {verdict} {', '.join(each.differs)}".rstrip())
        for problem in each.problems:
            print(f"    {problem}")
    if not found:
        print(words.said(words.NO_DECISION, language))
        return
    counts = ", ".join(
        f"{count} {words.said(words.TALLY[verdict], language)}" for verdict, count in counted.document().items()
    )
    print(f"{words.said(words.REPLAYED, language)}: {counted.recorded} ({counts})")
