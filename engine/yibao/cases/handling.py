"""A command held against the history of its case: an event that may be recorded, or a refusal that says why not."""

from __future__ import annotations

from yibao.cases.answering import Answer, Around, nothing_recorded, told, version_of
from yibao.cases.changes import no_change
from yibao.cases.commands import Command, Law, OpenCase, PassTime, SendEvent, command_digest
from yibao.cases.operating import operate
from yibao.cases.passing import pass_time
from yibao.cases.stepping import open_case, take_step
from yibao.model.events import StepRefused


def handle(command: Command, law: Law, around: Around) -> Answer:
    """The answer to a command under a law.

    Raises ProblemsFound when the command names no known chart or its data make the claim contradict itself.
    """
    repeated = _repeated(command, around)
    if repeated is not None:
        return repeated
    match command:
        case OpenCase():
            return open_case(command, law, around)
        case PassTime():
            return pass_time(command, law, around)
        case SendEvent():
            return _send(command, law, around)


def _send(command: SendEvent, law: Law, around: Around) -> Answer:
    case = around.history.case
    operation = None if case is None else law.chart_of(case).operations.get(command.event)
    if operation is not None:
        return operate(command, operation, law, around)
    if case is not None and law.chart_of(case).step_of(command.event) is not None:
        no_change(command)
    return take_step(command, law, around)


def _repeated(command: Command, around: Around) -> Answer | None:
    """The first answer again, where the same command was sent under the same key before."""
    key, case = command.submission.key, around.history.case
    first = None if key is None else around.answered(key)
    if first is None or case is None or first.envelope.command != command_digest(command):
        return None
    document = told(first, case.chart, version_of(case))
    return nothing_recorded(document, refused=isinstance(first, StepRefused))
