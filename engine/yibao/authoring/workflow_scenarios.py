"""Running the scenarios beside a chart: each is played with real events, and whatever comes out differently is a
problem.

Beside what a scenario says, every refused move is held to the promise that it leaves the case byte for byte as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import frozen

from yibao.basics.digest import canonical_json
from yibao.basics.problems import Problem, ProblemsFound, problem_of
from yibao.cases.carrying_out import carry_out, case_in
from yibao.cases.commands import Command, Law, OpenCase, Submission, TakeStep
from yibao.journal.memory import MemoryStore
from yibao.model.case import Case, Document
from yibao.model.chart import ExpectedRefusal, Move, Scenario

ReadData = Callable[[Document, str], Document]
"""Checks a partial claim document; the text says where it stands. Raises ProblemsFound."""

_CASE = "scenario"
_SUBMISSION = Submission(at="2024-01-01", actor=None, key=None, expected_version=None)


@frozen(kw_only=True)
class ScenarioResult:
    """A scenario and what came out differently; nothing for one that came true."""

    scenario: Scenario
    problems: tuple[Problem, ...]


def run_scenarios(scenarios: Iterable[Scenario], law: Law, read_data: ReadData) -> tuple[ScenarioResult, ...]:
    """Each scenario with what came out differently."""
    return tuple(_Teller(scenario, law, read_data).tell() for scenario in scenarios)


class _Teller:
    """Plays one scenario."""

    def __init__(self, scenario: Scenario, law: Law, read_data: ReadData) -> None:
        self._scenario = scenario
        self._law = law
        self._read_data = read_data
        self._store = MemoryStore()
        self._problems: list[Problem] = []

    def tell(self) -> ScenarioResult:
        try:
            self._open()
            for move in self._scenario.moves:
                self._play(move)
                if self._problems:
                    break
            else:
                self._check_end()
        except ProblemsFound as error:
            self._problems.extend(error.problems)
        return ScenarioResult(scenario=self._scenario, problems=tuple(self._problems))

    def _open(self) -> None:
        scenario = self._scenario
        data = self._read_data(scenario.opening, str(scenario.place))
        answer = self._carry_out(OpenCase(case_id=_CASE, chart=scenario.chart, data=data, submission=_SUBMISSION))
        if "refused" in answer:
            self._note_move("scenario-refused", f"the case can't be opened: {answer['refused']}", None)

    def _play(self, move: Move) -> None:
        before = self._bytes()
        data = self._read_data(move.data, str(move.place))
        answer = self._carry_out(TakeStep(case_id=_CASE, event=move.event, data=data, submission=_SUBMISSION))
        refused = "refused" in answer
        if refused and self._bytes() != before:
            self._note_move("scenario-case-changed", f"the refused `{move.event}` has changed the case", move)
        if refused and move.refused is None:
            message = f"`{move.event}` is refused: {_shown(answer)}"
            self._note_move("scenario-refused", message, move)
        elif not refused and move.refused is not None:
            self._note_move("scenario-not-refused", f"`{move.event}` is taken, and a refusal was expected", move)
        elif move.refused is not None:
            self._compare(move, move.refused, answer)

    def _compare(self, move: Move, expected: ExpectedRefusal, answer: Document) -> None:
        found = {
            "reason": (expected.reason, answer["refused"]),
            "missing_steps": (expected.missing_steps, tuple(answer["missing_steps"])),
            "missing_documents": (expected.missing_documents, tuple(answer["missing_documents"])),
            "failed": (expected.failed, tuple(each["condition"] for each in answer["failed"])),
            "asks": (expected.asks, tuple(fact for each in answer["failed"] for fact in each["missing"])),
        }
        for name, (told, came) in found.items():
            if told is not None and told != came:
                message = f"`{move.event}`: `{name}` is {_words(came)}, and {_words(told)} was expected"
                self._note_move("scenario-differs", message, move)

    def _check_end(self) -> None:
        scenario, case = self._scenario, self._case()
        if case is None or case.state != scenario.state:
            came = "nowhere" if case is None else f"in `{case.state}`"
            self._note_move("scenario-differs", f"the scenario ends {came}, and `{scenario.state}` was expected", None)
        outcome = None if case is None or case.decision is None else case.decision["outcome"]
        if scenario.outcome is not None and outcome != scenario.outcome:
            message = f"the decision is {outcome or 'not made'}, and {scenario.outcome} was expected"
            self._note_move("scenario-differs", message, None)

    def _carry_out(self, command: Command) -> Document:
        return carry_out(self._store, command, self._law).document

    def _case(self) -> Case | None:
        return case_in(self._store, _CASE)

    def _bytes(self) -> bytes:
        case = self._case()
        return b"" if case is None else canonical_json(case.document())

    def _note_move(self, code: str, message: str, move: Move | None) -> None:
        place = self._scenario.place if move is None else move.place
        self._problems.append(problem_of(code, message, place))


def _shown(answer: Document) -> str:
    needs = [*answer["missing_steps"], *answer["missing_documents"], *(each["condition"] for each in answer["failed"])]
    asked = sorted({fact for each in answer["failed"] for fact in each["missing"]})
    tail = f" (asks for {', '.join(asked)})" if asked else ""
    return f"{answer['refused']} {_words(tuple(needs))}{tail}"


def _words(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(str(word) for word in value) + "]"
    return str(value)
