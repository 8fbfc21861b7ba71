"""`yibao audit replay`: recorded decisions made again from their records."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yibao.cli.options import add_common
from yibao.cli.output import DONE, FOUND, print_document

_WORDS = {
    "same": ("复核一致", "the same bytes"),
    "different": ("复核不一致", "DIFFERENT"),
    "other_policy": ("作出时的政策不同", "made under another policy"),
}


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `audit`."""
    parser = commands.add_parser("audit", help="make recorded decisions again")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    replaying = actions.add_parser("replay", help="decide again from the record, and compare every byte")
    replaying.add_argument("--journal", metavar="FILE", required=True, type=Path)
    replaying.add_argument("--case", metavar="ID", help="one case only")
    add_common(replaying)
    replaying.set_defaults(run=_replay, workflows=None)


def _replay(arguments: argparse.Namespace) -> int:
    from yibao.audit.replay import OTHER_POLICY, SAME, replay
    from yibao.cli.in_force import in_force
    from yibao.journal.sqlite import Journal

    law = in_force(arguments).law()

    def decide(document: Mapping[str, Any]) -> Mapping[str, Any]:
        return law.decide(law.read_claim(document))

    with Journal.open(arguments.journal, create=False) as journal:
        names = [arguments.case] if arguments.case else sorted(journal.cases())
        found = [each for name in names for each in replay(journal.events(name), law.policy_digest, decide)]
    if arguments.json:
        print_document({"replayed": [each.document() for each in found]})
    for each in [] if arguments.json else found:
        words = " · ".join(_WORDS[each.verdict])
        print(f"{each.case_id} #{each.sequence} {each.decision_id[:19]}… {words} {', '.join(each.differs)}".rstrip())
    if not arguments.json and not found:
        print("没有可复核的裁决 · no recorded decision")
    return DONE if all(each.verdict in (SAME, OTHER_POLICY) for each in found) else FOUND
