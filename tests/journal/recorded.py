"""A journal with something of everything: cases in turns, bundles, invoices claimed and freed, snapshots."""

from __future__ import annotations

from typing import Any

from yibao.basics.digest import digest_of_document
from yibao.journal import Head, Snapshot
from yibao.journal.bundles import Bundle, extension_bundle, file_bundle, folder_bundle
from yibao.journal.kept import KeptJournal

CASES = ("S-1", "S-2", "病例-3", "S-4")
ROUNDS = 8
CHARTS = tuple(file_bundle(f"chart: 办理-{number}\nsteps: []\n".encode()) for number in range(2))
NATION = folder_bundle(
    {"facts/claim.yaml": b"facts: []\n", "national/rules/a.yaml": b"rule: a\n", "manifest.yaml": b"-"}
)
CITY = extension_bundle({"city/rules/b.yaml": b"rule: b\n", "manifest.yaml": b"extends: yibao\n"}, NATION.digest)
BUNDLES: dict[str, Bundle] = {bundle.digest: bundle for bundle in (*CHARTS, NATION, CITY)}


def event(case_id: str, sequence: int, previous: str | None) -> dict[str, Any]:
    """The event of a case in the form of the real ones."""
    number = CASES.index(case_id)
    envelope = {
        "case_id": case_id,
        "sequence": sequence,
        "policy_digest": CITY.digest,
        "chart_digest": CHARTS[number % 2].digest,
        "previous": previous,
    }
    return {"kind": "step_taken", "envelope": envelope, "data": {"n": sequence}, **_moved(number, sequence)}


def _moved(number: int, sequence: int) -> dict[str, Any]:
    """The second event of a case claims an invoice and the third frees it; the fifth claims one that stays claimed."""
    once, for_good = {"issuer": "H1", "number": f"{number}"}, {"issuer": "医院", "number": f"9{number}"}
    return {2: {"invoice": once}, 3: {"frees_invoice": once}, 5: {"invoice": for_good}}.get(sequence, {})


def record(journal: KeptJournal) -> list[Head]:
    """Fill an empty journal; its head after each event."""
    previous: dict[str, str | None] = dict.fromkeys(CASES)
    heads = []
    for sequence in range(1, ROUNDS + 1):
        for case_id in CASES:
            document = event(case_id, sequence, previous[case_id])
            heads.append(journal.append(case_id, sequence - 1, [document], BUNDLES))
            previous[case_id] = digest_of_document(document)
    for case_id in CASES[:2]:
        journal.keep_snapshot(Snapshot(case_id=case_id, sequence=4, document={"state": "办理中"}))
    return heads
