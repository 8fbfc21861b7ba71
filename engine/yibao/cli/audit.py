"""`yibao audit`: alterations of a journal; recorded cases made again, or under another policy; proofs checked."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.cli import words
from yibao.cli.claims import add_claim_options, claim_of
from yibao.cli.journals import add_journal, existing_journal_of, refuse_unknown_case
from yibao.cli.options import add_common, add_workflows, called, content_of, cores, head, processes
from yibao.cli.output import DONE, FOUND, WRONG_INPUT, print_document
from yibao.cli.progress import Progress
from yibao.readers.charts.submissions import case_name

if TYPE_CHECKING:
    from yibao.audit.running import Work

Found = TypeVar("Found")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `audit`."""
    parser = commands.add_parser("audit", help="find alterations; make cases again; compare policies; check proofs")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    says = "make every event and decision again under the law of then, and compare every byte"
    replaying = actions.add_parser("replay", help=says, description=says)
    replaying.add_argument("--case", metavar="ID", help="one case only")
    says = "only where each event led, by the charts: asks no condition, decides nothing again, and takes seconds"
    replaying.add_argument("--transitions", action="store_true", help=says)
    _add_work(replaying)
    replaying.set_defaults(run=_replay)
    says = "the same cases under two policies: what would change, by how many fen, because of which rules"
    comparing = actions.add_parser("diff", help=says, description=says)
    comparing.add_argument("--case", metavar="ID", help="one case only")
    says = "the other policy to compare with (default: what was recorded)"
    comparing.add_argument("--against", metavar="PATH", type=Path, help=says)
    _add_work(comparing)
    comparing.set_defaults(run=_diff)
    says = "look for alterations of a journal: chain, links, gaps, order, head, bundles, invoices"
    verifying = actions.add_parser("verify", help=says, description=says)
    says = "a head that was kept elsewhere, as an earlier run printed it"
    verifying.add_argument("--head", metavar="POSITION:LINK", type=head, help=says)
    add_common(verifying)
    add_journal(verifying)
    verifying.set_defaults(run=_verify)
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


def _add_work(parser: argparse.ArgumentParser) -> None:
    """Add what every command takes that works on all cases of a journal."""
    says = "so many at the same time (default: as many as there are cores)"
    parser.add_argument("--processes", metavar="N", type=processes, default=cores(), help=says)
    add_common(parser)
    add_workflows(parser)
    add_journal(parser)


def _replay(arguments: argparse.Namespace) -> int:
    from yibao.audit.laws import AtHand
    from yibao.audit.replay import Tally, events_of, replay_range
    from yibao.audit.running import Work
    from yibao.audit.transitions import replay_transitions
    from yibao.cli.replay_text import JsonReport, TextReport

    at_hand = AtHand(policy=arguments.policy, workflows=arguments.workflows)
    do = replay_transitions if arguments.transitions else replay_range
    work = Work(journal=arguments.journal, at_hand=at_hand, do=do, events=events_of)
    report = JsonReport() if arguments.json else TextReport(arguments.lang, not arguments.transitions)
    tally, begun = Tally(), False
    with Progress(words.said(words.SO_FAR, arguments.lang)) as progress:
        try:
            for found in _found(arguments, work, progress):
                if found is None:
                    return refuse_unknown_case(arguments, arguments.case)
                begun = True
                progress.clear()
                tally.take(found.tally)
                for each in found.told:
                    report.entry(each)
        except ProblemsFound as error:
            # What was printed of a document has to be brought to its end.
            if not begun or not arguments.json:
                raise
            report.end(tally, error.problems)
            return WRONG_INPUT
    report.end(tally, ())
    return DONE if tally.confirmed else FOUND


def _diff(arguments: argparse.Namespace) -> int:
    from yibao.audit.diff import CompareRange, Comparison, events_of
    from yibao.audit.laws import AtHand
    from yibao.audit.running import Work
    from yibao.cli.diff_text import diff_lines
    from yibao.readers.policy.bundles import load_policy

    against = None if arguments.against is None else load_policy(arguments.against).digest
    digests = {"policy": load_policy(arguments.policy).digest, "against": against}
    work = Work(
        journal=arguments.journal,
        at_hand=AtHand(policy=arguments.policy, workflows=arguments.workflows),
        do=CompareRange(arguments.policy, arguments.against),
        events=events_of,
    )
    comparison = Comparison()
    with Progress(words.said(words.SO_FAR, arguments.lang)) as progress:
        for found in _found(arguments, work, progress):
            if found is None:
                return refuse_unknown_case(arguments, arguments.case)
            comparison.take(found)
    if arguments.json:
        print_document({**digests, **comparison.document()})
    else:
        print("\n".join(diff_lines(comparison, arguments.lang)))
    return FOUND if comparison.not_compared else DONE


def _found(arguments: argparse.Namespace, work: Work[Found], progress: Progress) -> Iterator[Found | None]:
    """What is found in one case, or in all of them range by range; None for a case that was never opened."""
    from yibao.audit.running import work_on_all, work_on_case

    if arguments.case is not None:
        yield work_on_case(work, case_name(arguments.case, "--case"))
    else:
        yield from work_on_all(work, arguments.processes, progress.tell)


def _verify(arguments: argparse.Namespace) -> int:
    from yibao.audit.verify import verify
    from yibao.journal import Head

    found = []
    with existing_journal_of(arguments) as journal, journal.examined() as examined:
        heads = [Head(row.position, row.link.hex()) for row in examined.heads()]
        for alteration in verify(examined, arguments.head):
            found.append(alteration.document())
            if not arguments.json:
                print(alteration)
    if arguments.json:
        head = {"position": heads[0].position, "link": heads[0].link} if len(heads) == 1 else None
        print_document({"intact": not found, "head": head, "alterations": found})
        return FOUND if found else DONE
    print(words.said(words.ALTERED if found else words.INTACT, arguments.lang))
    for each in heads:
        print(f"{words.said(words.HEAD, arguments.lang)}: {each}")
    return FOUND if found else DONE


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
