"""What a case can be asked to do, and the law under which it is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import asdict, frozen

from yibao.basics.digest import digest_of_document
from yibao.basics.problems import Place, ProblemsFound, problem_of, unknown_name
from yibao.journal.bundles import Bundle
from yibao.model.calendar import Calendar
from yibao.model.case import Case, Document
from yibao.model.chart import Chart
from yibao.model.claim import Claim
from yibao.model.events import Change, Envelope
from yibao.model.policy import Catalogue
from yibao.procedure.deadlines import LengthOf
from yibao.procedure.machine import Move


@frozen(kw_only=True)
class Submission:
    """How a command was sent.

    `at` is when it is recorded (ISO date or time). `key` makes a repetition harmless: the same command with the same
    key is answered as the first time. `expected_version` is the version that the caller last saw.
    """

    at: str
    actor: str | None
    key: str | None
    expected_version: int | None


@frozen(kw_only=True)
class OpenCase:
    """Begin a case of a chart. `data` is a partial claim document that was read and checked."""

    case_id: str
    chart: str
    data: Document
    submission: Submission


@frozen(kw_only=True)
class SendEvent:
    """Send an event to a case: a step of its chart, or an operation such as `correct`.

    `data` is a partial claim document that was read and checked. `change` is what an operation is about; a step has
    none.
    """

    case_id: str
    event: str
    data: Document
    change: Change | None
    submission: Submission


@frozen(kw_only=True)
class PassTime:
    """Look for the deadlines of a case that have passed by the day of the submission."""

    case_id: str
    submission: Submission


Command = OpenCase | SendEvent | PassTime


def command_digest(command: Command) -> str:
    """The digest of what is asked and by whom: a repetition may be sent later and expect another version."""
    asked: dict[str, object] = {"case": command.case_id, "actor": command.submission.actor}
    match command:
        case OpenCase():
            asked |= {"open": command.chart, "data": command.data}
        case SendEvent():
            asked |= {"event": command.event, "data": command.data}
            if command.change is not None:
                asked["change"] = asdict(command.change)
        case PassTime():
            asked["passes"] = command.submission.at
    return digest_of_document(asked)


@frozen(kw_only=True)
class Law:
    """What is in force when a command is answered.

    `read_claim` turns a merged claim document into a claim and raises ProblemsFound when it contradicts itself.
    `decide` gives the decision document of a claim. `length_of` is how long a parameter is for a claim, and `calendar`
    the one by which working days are counted. `move` says where an event leads, as the state machine does. `bundles`
    are the files of policy and chart that an event names by their digests, to be kept with it.
    """

    charts: Mapping[str, Chart]
    catalogues: Mapping[str, Catalogue]
    policy_digest: str
    read_claim: Callable[[Document], Claim]
    decide: Callable[[Claim], Document]
    length_of: LengthOf
    calendar: Calendar | None
    move: Move
    bundles: Callable[[Envelope], Mapping[str, Bundle]]

    def chart(self, name: str) -> Chart:
        """Raises ProblemsFound for a chart that nobody declared."""
        if name not in self.charts:
            raise ProblemsFound([unknown_name("chart", name, self.charts, Place(path="workflows"))])
        return self.charts[name]

    def chart_of(self, case: Case) -> Chart:
        """The chart of a case. Raises ProblemsFound when it is not there, or no longer has the case's state."""
        chart = self.chart(case.chart)
        if case.state not in chart.states:
            message = f"the case {case.case_id} rests in `{case.state}`, which the chart `{chart.name}` does not have"
            raise ProblemsFound([problem_of("unknown-state", message, chart.place)])
        return chart
