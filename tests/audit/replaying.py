"""A recorded journal in the hands of somebody who alters events and works out every digest and link anew."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.bundled import document
from yibao.basics.digest import digest_of_document
from yibao.cli import main
from yibao.journal.bundles import Bundle
from yibao.journal.sqlite import Journal

CHART, CLEARING = "out-of-province-inpatient", "direct-settlement"
STEPS = ("issue_referral", "affix_seals", "register", "treat", "issue_invoice", "settle")
SETTLED = len(STEPS)
"""The place of the event that decides, after the opening and the steps before it."""

Event = dict[str, Any]
Alter = Callable[[list[Event]], None]


class Recording:
    """Events of some cases, as they were recorded, and the bundles that they name."""

    def __init__(self, path: Path, cases: Sequence[str]) -> None:
        with Journal.open(path, create=False) as journal:
            self.events = {case_id: journal.events(case_id) for case_id in cases}
            envelopes = [event["envelope"] for events in self.events.values() for event in events]
            digests = {each[key] for each in envelopes for key in ("policy_digest", "chart_digest")}
            kept = {digest: journal.bundle(digest) for digest in sorted(digests)}
        self.bundles: Mapping[str, Bundle] = {digest: each for digest, each in kept.items() if each is not None}

    def written(self, path: Path, alter: Alter | None = None, without: str | None = None) -> None:
        """Write the events into a new journal, altered, with everything that is worked out of them made to fit.

        `without` leaves out the bundle that the envelopes name under that key.
        """
        with Journal.open(path, create=True) as journal:
            for case_id, recorded in self.events.items():
                events: list[Event] = [copy.deepcopy(dict(event)) for event in recorded]
                if alter is not None:
                    alter(events)
                left_out = {event["envelope"][without] for event in events} if without else set[str]()
                bundles = {digest: each for digest, each in self.bundles.items() if digest not in left_out}
                journal.append(case_id, 0, rechained(events), bundles)


def rechained(events: list[Event]) -> list[Event]:
    """The events with the digest of the one before in each."""
    previous = None
    for event in events:
        event["envelope"]["previous"] = previous
        previous = digest_of_document(event)
    return events


def record_decided(path: Path) -> None:
    """A case A1 that was opened with all its facts and went the whole way, with a refusal at the start."""
    where = ("--journal", str(path), "--at", "2024-03-20", "--json")
    _type("case", "open", CHART, "--case", "A1", "--data", json.dumps(document(CHART)), *where)
    for step in STEPS:
        _type("case", "do", "A1", step, *where)


def record_settled(path: Path, case_id: str, invoice: str) -> None:
    """A case that was settled to the fen: an employee of Shanghai, 12,760.50 yuan in scope, 1,500 yuan deductible."""
    where = ("--journal", str(path), "--at", "2024-02-24", "--json")
    claim = document("shanghai-inpatient", procedure=..., invoice__number=invoice)
    _type("case", "open", CLEARING, "--case", case_id, *where)
    _type("case", "do", case_id, "serve", "--data", json.dumps(claim), *where)
    _type("case", "do", case_id, "settle", *where)


def _type(*words: str) -> None:
    assert main(list(words)) == 0, words
