"""What a case can be asked to do, and the law under which it is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from yibao.basics.digest import digest_of_document
from yibao.basics.problems import Place, ProblemsFound, problem_of, unknown_name
from yibao.model.case import Case, Document
from yibao.model.chart import Chart
from yibao.model.claim import Claim
from yibao.model.policy import Catalogue


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
class TakeStep:
    """Send an event to a case. `data` is a partial claim document that was read and checked."""

    case_id: str
    event: str
    data: Document
    submission: Submission


Command = OpenCase | TakeStep


def command_digest(command: Command) -> str:
    """The digest of what is asked and by whom: a repetition may be sent later and expect another version."""
    asked = {"open": command.chart} if isinstance(command, OpenCase) else {"event": command.event}
    return digest_of_document(
        {"case": command.case_id, "actor": command.submission.actor, "data": command.data, **asked}
    )


@frozen(kw_only=True)
class Law:
    """What is in force when a command is answered.

    `read_claim` turns a merged claim document into a claim and raises ProblemsFound when it contradicts itself.
    `decide` gives the decision document of a claim.
    """

    charts: Mapping[str, Chart]
    catalogues: Mapping[str, Catalogue]
    policy_digest: str
    read_claim: Callable[[Document], Claim]
    decide: Callable[[Claim], Document]

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
