"""What a long case added up to after one of its events, kept beside them so that they need not all be read again.

A snapshot is a cache: it can be dropped at any time, one that does not fit is not used, and no answer depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import asdict

from yibao.cases.events import History
from yibao.journal import Snapshot
from yibao.readers.charts.case_from_json import case_from_document

EVERY = 100
_CASE, _LAST_DIGEST, _ANSWERS = "case", "last_digest", "answers"


def snapshot_of(case_id: str, history: History, answers: Mapping[str, int]) -> Snapshot:
    """The snapshot of a history. `answers` are the numbers of the events that answered a command, by their keys."""
    case = None if history.case is None else asdict(history.case)
    document = {_CASE: case, _LAST_DIGEST: history.last_digest, _ANSWERS: dict(answers)}
    return Snapshot(case_id=case_id, sequence=history.sequence, document=document)


def history_of(snapshot: Snapshot) -> tuple[History, Mapping[str, int]] | None:
    """The history and the answers that a snapshot kept; None where it says nothing that can be read."""
    kept, last_digest, answers = (snapshot.document.get(name) for name in (_CASE, _LAST_DIGEST, _ANSWERS))
    case = case_from_document(kept) if isinstance(kept, Mapping) else None
    if case is None or case.case_id != snapshot.case_id or not isinstance(last_digest, str):
        return None
    if not isinstance(answers, Mapping) or not all(isinstance(number, int) for number in answers.values()):
        return None
    return History(sequence=snapshot.sequence, case=case, last_digest=last_digest), answers
