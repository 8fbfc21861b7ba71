"""Cases for a program that embeds them: open, do, next, show, on one journal, from as many threads as it has.

    book = Casebook.at("cases.sqlite")
    book.open("out-of-province-inpatient", "C1", at="2024-03-01")
    answer = book.do("C1", "issue_referral", {...}, at="2024-03-01", actor="Dr Wu")

Every call blocks until it is done; a program with an event loop hands it to a thread (`asyncio.to_thread`). The clock
is never read: `at` is an argument. Who may do what is for the program to know; `actor` is only a name.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar

from attrs import evolve, frozen

from yibao.basics.problems import Place, Problem, ProblemsFound, problem_of, unknown_name
from yibao.cases.answering import Answer
from yibao.cases.carrying_out import carry_out, pass_time, told_of_each
from yibao.cases.commands import OpenCase, SendEvent, Submission
from yibao.cases.histories import Histories
from yibao.cases.possibilities import operations_possible, steps_possible, what_lies_ahead
from yibao.journal.kept import KeptJournal
from yibao.journal.opening import open_journal
from yibao.law import InForce, in_force
from yibao.model.case import Case, Document
from yibao.model.events import Change
from yibao.model.refusals import PossibleStep
from yibao.procedure.ahead import DeadlineAhead
from yibao.readers.charts import submissions

T = TypeVar("T")
_NO_DATA: tuple[Document, Change | None] = ({}, None)


@frozen(kw_only=True)
class NextSteps:
    """What a case can do now: the steps of its procedure, the operations beside them, and what runs for later steps."""

    case: Case
    waits_for: str | None
    steps: tuple[PossibleStep, ...]
    operations: tuple[PossibleStep, ...]
    deadlines_ahead: tuple[DeadlineAhead, ...]

    def document(self) -> dict[str, Any]:
        """The same as `yibao case next --json` prints it."""
        return {
            "case": self.case.case_id,
            "chart": self.case.chart,
            "state": self.case.state,
            "version": self.case.version,
            "waits_for": self.waits_for,
            "possible_now": [step.document() for step in self.steps],
            "operations": [operation.document() for operation in self.operations],
            "deadlines_ahead": [ahead.document() for ahead in self.deadlines_ahead],
        }


class Casebook:
    """The cases of one journal under one law. Use it as a context manager; several threads may use one.

    Commands of one book are carried out one after the other: they would wait for each other at the journal anyway, and
    threads that take turns there begin again for nothing. Reading waits for no command. What is handed out is the
    caller's own: to change it changes no case.
    """

    def __init__(self, journal: KeptJournal, law: InForce) -> None:
        self._journal = journal
        self._in_force = law
        self._law = law.law()
        self._histories = Histories(journal)
        self._one_command = Lock()

    @classmethod
    def at(cls, journal: str, law: InForce | None = None) -> Self:
        """The cases of the journal of that name: a file, or a database such as `postgresql://host/name`.

        A journal that is not there is made. Without `law` the bundled policy and charts are in force. Raises
        ProblemsFound.
        """
        return cls(open_journal(journal, create=True), in_force() if law is None else law)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the journal, once the command that is being carried out is done. Later calls raise ProblemsFound."""
        with self._one_command:
            self._journal.close()

    def open(
        self,
        chart: str,
        case_id: str,
        data: bytes | Document | None = None,
        *,
        at: str,
        actor: str | None = None,
        key: str | None = None,
        expect_version: int | None = None,
    ) -> Answer:
        """Open a case of a chart. `data` is a partial claim document.

        `at` is when it is recorded, `actor` who does it. A command that is repeated with its `key` is answered as the
        first time; `expect_version` refuses it if the case has changed since. Raises ProblemsFound for what is wrong
        with the input; what the procedure forbids is a refusal in the answer.
        """
        reading = _Reading()
        name = reading.part(lambda: submissions.case_name(case_id, "case_id"), "")
        reading.part(lambda: self._check_chart(chart), None)
        facts, change = reading.part(lambda: self._data(data), _NO_DATA)
        reading.part(lambda: _check_nothing_changes(change), None)
        submission = reading.submission(at, actor, key, expect_version)
        reading.raise_if_any()
        return self._carried_out(OpenCase(case_id=name, chart=chart, data=facts, submission=submission))

    def do(
        self,
        case_id: str,
        event: str,
        data: bytes | Document | None = None,
        *,
        at: str,
        actor: str | None = None,
        key: str | None = None,
        expect_version: int | None = None,
    ) -> Answer:
        """Send an event to a case: a step of its chart, or an operation such as `correct`, whose data say what they
        change and why under `change`. The rest is as for `open`. Raises ProblemsFound."""
        reading = _Reading()
        name = reading.part(lambda: submissions.case_name(case_id, "case_id"), "")
        called = reading.part(lambda: submissions.name(event, "event"), "")
        facts, change = reading.part(lambda: self._data(data), _NO_DATA)
        submission = reading.submission(at, actor, key, expect_version)
        reading.raise_if_any()
        return self._carried_out(
            SendEvent(case_id=name, event=called, data=facts, change=change, submission=submission)
        )

    def next(self, case_id: str, *, at: str) -> NextSteps | None:
        """What a case can do at a time, and until when; None for a case that was never opened. Raises ProblemsFound."""
        time = submissions.time(at, "at")
        case = self.show(case_id)
        if case is None:
            return None
        chart = self._law.chart_of(case)
        return NextSteps(
            case=case,
            waits_for=chart.states[case.state].waits_for,
            steps=steps_possible(case, self._law, self._histories.of, time),
            operations=operations_possible(case, chart),
            deadlines_ahead=what_lies_ahead(case, self._law, time),
        )

    def show(self, case_id: str) -> Case | None:
        """A case as its events make it; None for one that was never opened. Raises ProblemsFound."""
        return deepcopy(self._histories.of(submissions.case_name(case_id, "case_id")).case)

    def tick(self, *, at: str, actor: str | None = None, case_id: str | None = None) -> tuple[Document, ...]:
        """Note the deadlines that have passed by a time, and move the cases that they end: in every case, or in one.

        What was noted, case by case. What is noted is never noted again. Raises ProblemsFound, after all others, where
        cases can't be read, with the problems of each; what was noted in the others stays noted, and `show` tells it.
        """
        reading = _Reading()
        submission = reading.submission(at, actor, None, None)
        if case_id is not None:
            reading.part(lambda: submissions.case_name(case_id, "case_id"), "")
        reading.raise_if_any()
        noted, problems = told_of_each(self._named(case_id), lambda name: self._time_passed(name, submission))
        if problems:
            raise ProblemsFound(problems)
        return noted

    def cases(self) -> tuple[str, ...]:
        """The names of all cases, sorted. Raises ProblemsFound."""
        return self._journal.cases()

    def decide(self, claim: bytes | Document) -> Document:
        """The decision of a complete claim under the law of these cases; no case is asked, and nothing is recorded.

        Raises ProblemsFound.
        """
        return self._law.decide(self._in_force.claim(claim, "claim"))

    def _carried_out(self, command: OpenCase | SendEvent) -> Answer:
        with self._one_command:
            answer = carry_out(self._journal, command, self._law, self._histories)
        return evolve(answer, document=_own(answer.document))

    def _time_passed(self, case_id: str, submission: Submission) -> tuple[Document, ...]:
        with self._one_command:
            return pass_time(self._journal, case_id, submission, self._law, self._histories)

    def _named(self, case_id: str | None) -> tuple[str, ...]:
        return self.cases() if case_id is None else (case_id,)

    def _data(self, data: bytes | Document | None) -> tuple[Document, Change | None]:
        return _NO_DATA if data is None else self._in_force.data(data, "data")

    def _check_chart(self, chart: str) -> None:
        name = submissions.name(chart, "chart")
        if name not in self._law.charts:
            raise ProblemsFound([unknown_name("chart", name, self._law.charts, Place(path="chart"))])


class _Reading:
    """What a caller gave, read part by part, so that it hears of everything that is wrong at once."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def part(self, read: Callable[[], T], otherwise: T) -> T:
        """What a part reads as; `otherwise` where it has problems, which are noted."""
        try:
            return read()
        except ProblemsFound as error:
            self._problems.extend(error.problems)
            return otherwise

    def submission(self, at: str, actor: str | None, key: str | None, expect_version: int | None) -> Submission:
        return Submission(
            at=self.part(lambda: submissions.time(at, "at"), ""),
            actor=None if actor is None else self.part(lambda: submissions.name(actor, "actor"), ""),
            key=None if key is None else self.part(lambda: submissions.name(key, "key"), ""),
            expected_version=self.part(lambda: _version(expect_version), None),
        )

    def raise_if_any(self) -> None:
        if self._problems:
            raise ProblemsFound(self._problems)


def _own(value: Any) -> Any:
    """A copy of a JSON document: what `deepcopy` does, sooner, as only objects and lists can be changed."""
    if isinstance(value, dict):
        return {key: _own(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_own(member) for member in value]
    return tuple(map(_own, value)) if isinstance(value, tuple) else value


def _version(written: int | None) -> int | None:
    if written is None or (isinstance(written, int) and not isinstance(written, bool) and written >= 0):
        return written
    message = f"`{written}` is no version: a whole number, 0 for a case that is not open yet"
    raise ProblemsFound([problem_of("bad-version", message, Place(path="expect_version"))])


def _check_nothing_changes(change: Change | None) -> None:
    if change is not None:
        message = "the opening of a case changes nothing; only operations say what they change"
        raise ProblemsFound([problem_of("unknown-field", message, Place(path="data", pointer="/change"))])
