"""Events as a journal holds their bytes, read for an audit: the document, and the event that it writes.

Whoever wrote the bytes is not trusted: what is no event of ours is a problem.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NoReturn

from attrs import frozen

from yibao.basics.digest import canonical_json
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.cases.events import History
from yibao.cases.folding import DoesNotFollow, folded
from yibao.journal.chain import named
from yibao.model.case import Document
from yibao.model.events import CaseEvent
from yibao.readers.charts.events_from_json import event_from_document

_LINES, _LINE_ID = "lines", "line_id"
_HALF = rb"\ud"


@frozen
class Recorded:
    """One event: the document as it was kept, and what it says."""

    document: Document
    event: CaseEvent


def recorded_event(body: bytes) -> Recorded:
    """The event in the bytes of a row. Raises ProblemsFound when they are none of ours."""
    try:
        document: object = json.loads(body, parse_float=_no_number_of_ours, parse_constant=_no_number_of_ours)
    except (ValueError, RecursionError) as error:
        raise unreadable(str(error)) from None
    if not isinstance(document, dict):
        raise unreadable("an event is an object")
    if _HALF in body:
        _check_text(document)
    for key in ("data", "brought"):
        _check_facts(document.get(key))
    return Recorded(document, event_from_document(document))


def followed(history: History, event: CaseEvent, digest: bytes) -> History:
    """The history with an event that was kept under a digest. Raises ProblemsFound where it does not follow."""
    try:
        case = folded(history.case, event)
    except DoesNotFollow as error:
        raise ProblemsFound([problem_of("journal-damaged", str(error), Place(path="journal"))]) from None
    return History(sequence=history.sequence + 1, case=case, last_digest=named(digest))


def unreadable(message: str) -> ProblemsFound:
    """The problem of an event that nobody of ours wrote."""
    return ProblemsFound([problem_of("journal-damaged", f"an event can't be read: {message}", Place(path="journal"))])


def _check_facts(data: object) -> None:
    """Facts are merged line by line before anything else is asked of them, so lines have to be lines."""
    lines = data.get(_LINES) if isinstance(data, Mapping) else None
    sound = lines is None or (
        isinstance(lines, list)
        and all(isinstance(line, Mapping) and isinstance(line.get(_LINE_ID), str) for line in lines)
    )
    if not sound:
        raise unreadable("its lines are no lines")


def _check_text(document: object) -> None:
    """What looks like half of a surrogate pair may be a text with a backslash in it; it is none if it can be spelt."""
    try:
        canonical_json(document)
    except UnicodeEncodeError:
        raise unreadable("its text is no text") from None


def _no_number_of_ours(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of ours")
