"""Running the scenarios beside a chart: each is played with real events, and whatever comes out differently is a
problem.

Beside what a scenario says, every refused move is held to the promise that it leaves the case byte for byte as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from attrs import frozen

from yibao.basics.digest import canonical_json
from yibao.basics.problems import Problem, ProblemsFound, problem_of, unknown_name
from yibao.cases.carrying_out import carry_out, case_in, pass_time
from yibao.cases.commands import Command, Law, OpenCase, SendEvent, Submission
from yibao.journal.memory import MemoryStore
from yibao.model.case import Case, Document
from yibao.model.events import Change
from yibao.model.scenarios import Beside, ExpectedRefusal, Move, Scenario, TimePasses

ReadData = Callable[[Document, str], tuple[Document, Change | None]]
"""Checks the data of an event; the text says where they stand. Raises ProblemsFound."""

_CASE = "scenario"
_OPENED_AT = "2024-01-01"
_MOST_BESIDE_EACH_OTHER = 4


@frozen(kw_only=True)
class ScenarioResult:
    """A scenario and what came out differently; nothing for one that came true."""

    scenario: Scenario
    problems: tuple[Problem, ...]


def run_scenarios(
    scenarios: Mapping[str, tuple[Scenario, ...]], chosen: Iterable[str], law: Law, read_data: ReadData
) -> tuple[ScenarioResult, ...]:
    """Each scenario of the chosen charts with what came out differently; `scenarios` are those of all charts."""
    return tuple(
        _Teller(scenario, _CASE, MemoryStore(), scenarios, law, read_data).tell()
        for name in chosen
        for scenario in scenarios.get(name, ())
    )


class _Teller:
    """Plays one scenario in a store, under the name of a case. `all_of_them` are those that can play beside it."""

    def __init__(
        self,
        scenario: Scenario,
        case_id: str,
        store: MemoryStore,
        all_of_them: Mapping[str, tuple[Scenario, ...]],
        law: Law,
        read_data: ReadData,
        depth: int = 0,
    ) -> None:
        self._scenario, self._case_id, self._store = scenario, case_id, store
        self._all, self._law, self._read_data, self._depth = all_of_them, law, read_data, depth
        self._problems: list[Problem] = []

    def tell(self) -> ScenarioResult:
        try:
            for beside in self._scenario.beside:
                self._play_beside(beside)
            self._open()
            for move in self._scenario.moves:
                if isinstance(move, TimePasses):
                    self._pass_time(move)
                else:
                    self._play(move)
                if self._problems:
                    break
            else:
                self._check_end()
        except ProblemsFound as error:
            self._problems.extend(error.problems)
        return ScenarioResult(scenario=self._scenario, problems=tuple(self._problems))

    def _play_beside(self, beside: Beside) -> None:
        known = {scenario.sentence: scenario for scenario in self._all.get(beside.chart, ())}
        if beside.plays not in known:
            raise ProblemsFound([unknown_name("scenario", beside.plays, known, beside.place)])
        if self._depth >= _MOST_BESIDE_EACH_OTHER:
            message = f"scenarios play beside each other at most {_MOST_BESIDE_EACH_OTHER} deep"
            raise ProblemsFound([problem_of("too-deep", message, beside.place)])
        teller = _Teller(
            known[beside.plays], beside.case_id, self._store, self._all, self._law, self._read_data, self._depth + 1
        )
        self._problems.extend(teller.tell().problems)

    def _open(self) -> None:
        scenario = self._scenario
        data, _change = self._read_data(scenario.opening, str(scenario.place))
        submission = Submission(at=_OPENED_AT, actor=None, key=None, expected_version=None)
        command = OpenCase(case_id=self._case_id, chart=scenario.chart, data=data, submission=submission)
        answer = self._carry_out(command)
        if "refused" in answer:
            self._note_move("scenario-refused", f"the case can't be opened: {answer['refused']}", None)

    def _play(self, move: Move) -> None:
        before = self._bytes()
        data, change = self._read_data(move.data, str(move.place))
        submission = Submission(at=move.at, actor=move.actor, key=move.key, expected_version=None)
        answer = self._carry_out(
            SendEvent(case_id=self._case_id, event=move.event, data=data, change=change, submission=submission)
        )
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

    def _pass_time(self, move: TimePasses) -> None:
        submission = Submission(at=move.day.isoformat(), actor=None, key=None, expected_version=None)
        noted = pass_time(self._store, self._case_id, submission, self._law)
        came = tuple(each["deadline"] for each in noted)
        if move.notes is not None and move.notes != came:
            message = f"the day {move.day} notes {_words(came)}, and {_words(move.notes)} was expected"
            self._note_move("scenario-differs", message, move)

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
        return case_in(self._store, self._case_id)

    def _bytes(self) -> bytes:
        case = self._case()
        return b"" if case is None else canonical_json(case.document())

    def _note_move(self, code: str, message: str, move: Move | TimePasses | None) -> None:
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
