"""One event made again: the command that it answered, held once more against what it met then, under the law of then.

Only the event that the command leads to is looked at. It is the same if its bytes are, digest for digest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from attrs import evolve, frozen

from yibao.audit.commands_again import Answered, command_of
from yibao.audit.earlier_releases import as_in_0_2_0, is_of_0_2_0
from yibao.audit.laws import LawThen
from yibao.audit.surroundings import Others
from yibao.basics.digest import canonical_json_of_whole_numbers, digest_of_document
from yibao.cases.answering import Around
from yibao.cases.commands import Command, Law, OpenCase, command_digest
from yibao.cases.events import History
from yibao.cases.handling import handle
from yibao.journal.chain import named
from yibao.model.case import Document, Invoice
from yibao.model.claim import Claim
from yibao.model.events import CaseEvent, CaseRedecided, StepRefused, StepTaken

MOST_MOMENTS = 50


@frozen(kw_only=True)
class Then:
    """What stood around an event when it was recorded: its place in the journal, and what came before it."""

    position: int
    history: History
    answered: Answered
    others: Others


@frozen
class Again:
    """What came out: the document of the event, None where nothing would have been recorded; and whether its bytes are
    those that were recorded."""

    document: Document | None
    same: bool


def made_again(event: CaseEvent, digest: bytes, then: Then, law: LawThen) -> Again:
    """A recorded event with the digest of its bytes, made again. Raises ProblemsFound where its facts can't be used."""
    command = command_of(event, then.history, then.answered)
    lawful = _naming(_deciding(law, event), command, event)
    asked: set[str] = set()
    first: Again | None = None
    for moment in _moments(event, then, asked):
        found = _made_at(moment, command, lawful, event, then, asked, named(digest))
        if found.same:
            return found
        first = first or found
    return first or Again(None, same=False)


def _made_at(
    moment: int, command: Command, law: Law, event: CaseEvent, then: Then, asked: set[str], digest: str
) -> Again:
    def other(case_id: str) -> History:
        if case_id == command.case_id:
            return then.history
        asked.add(case_id)
        return then.others.before(case_id, moment)

    around = Around(history=then.history, answered=then.answered.get, others=other, holder=_holder(event, then))
    recorded = handle(command, law, around).recorded
    if recorded is None:
        return Again(None, same=False)
    written, as_recorded = recorded.document, recorded.after.last_digest
    if _named_unknown_chart(event, command):
        written = {**written, "envelope": {**written["envelope"], "command": event.envelope.command}}
    if is_of_0_2_0(event.envelope):
        written = as_in_0_2_0(written)
    made = as_recorded if written is recorded.document else digest_of_document(written)
    return Again(written, same=made == digest)


def _named_unknown_chart(event: CaseEvent, command: Command) -> bool:
    """Whether a refused second opening named a chart that nothing tells any more but the digest of the command."""
    return (
        isinstance(event, StepRefused)
        and isinstance(command, OpenCase)
        and command_digest(command) != event.envelope.command
    )


def _moments(event: CaseEvent, then: Then, asked: set[str]) -> Iterator[int]:
    """The places of the journal before which other cases are looked at.

    A refusal may have been written a moment after it was made, when the other cases had gone on; so it is tried with
    those as they were earlier, too. What was accepted was accepted as they stood.
    """
    moment: int | None = then.position
    for _attempt in range(MOST_MOMENTS):
        if moment is None:
            return
        yield moment
        if not isinstance(event, StepRefused):
            return
        earlier = [then.others.earlier(case_id, moment) for case_id in sorted(asked)]
        moment = max((place for place in earlier if place is not None), default=None)


def _holder(event: CaseEvent, then: Then) -> Callable[[Invoice], str | None]:
    """Who held an invoice. What was accepted was held by nobody else: the journal sees to that when it appends.

    A refusal names the holder, who is asked whether that was ever so before.
    """
    said = event.refusal.get("invoice_with") if isinstance(event, StepRefused) else None

    def holder(invoice: Invoice) -> str | None:
        return said if isinstance(said, str) and then.others.once_held(said, invoice, then.position) else None

    return holder


def _deciding(law: LawThen, event: CaseEvent) -> Law:
    """The law, whose decisions are made again as bytes: where they are those of the recorded decision, it is that."""
    recorded = decision_in(event)
    expected = None if recorded is None else canonical_json_of_whole_numbers(recorded)

    def decide(claim: Claim) -> Document:
        written = law.written(claim)
        if recorded is not None and written == expected:
            return recorded
        document: Document = json.loads(written)
        return document

    return evolve(law.law, decide=decide)


def decision_in(event: CaseEvent) -> Document | None:
    """The decision that an event made, if it made one."""
    return event.decision if isinstance(event, StepTaken | CaseRedecided) else None


def _naming(law: Law, command: Command, event: CaseEvent) -> Law:
    """The law, with the chart that a refused second opening named: of that chart only the name matters."""
    if not isinstance(command, OpenCase) or not isinstance(event, StepRefused) or command.chart in law.charts:
        return law
    named = evolve(next(iter(law.charts.values())), name=command.chart)
    return evolve(law, charts={**law.charts, named.name: named})
