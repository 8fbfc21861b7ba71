"""The scenarios beside a chart, in `<chart>.scenarios.yaml`: what happens to a case, told with data.

`data:` gives the data of each event on the good way; a move names its event and says what is different:
`set:` changes or adds facts, `without:` leaves facts (or members of a set) out, `refused:` expects a refusal. `by:`
says who sends each event on the good way; `beside:` names cases of other charts that are there before.
Runs nothing; the data are written as a claim document and are read as one when the scenario is run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import field, frozen

from yibao.basics.problems import Place, Problem, ProblemsFound, unknown_name
from yibao.model.chart import Chart
from yibao.model.outcomes import OUTCOMES
from yibao.model.refusals import RefusalReason
from yibao.model.scenarios import Beside, ExpectedRefusal, Move, Scenario, TimePasses
from yibao.readers.charts.charts_from_yaml import SCENARIOS_SUFFIX
from yibao.readers.documents.forms import Form, Problems, text_of
from yibao.readers.documents.yaml_nodes import Mapping as MappingNode
from yibao.readers.documents.yaml_nodes import Node, Scalar, Sequence, read_yaml

MOST_SCENARIOS, MOST_MOVES, MOST_BESIDE = 1_000, 200, 20
# When a move is recorded that does not say so. Deadlines go by the days in the data.
USUAL_TIME = "2024-01-01"
CHANGE = "change"
DEEPEST = 32
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})", re.ASCII)
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}
Plain = dict[str, object]


def scenarios_from_folder(
    files: Mapping[str, bytes], charts: Mapping[str, Chart]
) -> Mapping[str, tuple[Scenario, ...]]:
    """The scenarios of each chart by its name. Raises ProblemsFound with the problems of all files."""
    problems = Problems()
    found: dict[str, tuple[Scenario, ...]] = {}
    for path in sorted(path for path in files if path.endswith(SCENARIOS_SUFFIX)):
        try:
            reader = _ScenarioFile(Form(read_yaml(files[path], path), problems, "a scenario file"), charts)
        except ProblemsFound as error:
            problems.take(error)
            continue
        chart, scenarios = reader.read()
        if chart is not None and not path.endswith(f"{chart.name}{SCENARIOS_SUFFIX}"):
            hint = f"call it `{chart.name}{SCENARIOS_SUFFIX}`"
            problems.add("file-name", f"the scenarios of `{chart.name}` stand in `{path}`", reader.form.place, hint)
        if chart is not None:
            found[chart.name] = scenarios
    if problems.found:
        raise ProblemsFound(problems.found)
    return found


@frozen(kw_only=True)
class _Difference:
    """A path under `set:` or `without:`, and the value that it gets (None under `without:`)."""

    path: tuple[str, ...]
    value: object
    place: Place = field(eq=False)


class _ScenarioFile:
    """Reads one file of scenarios."""

    def __init__(self, form: Form, charts: Mapping[str, Chart]) -> None:
        self.form = form
        self._problems = form.problems
        self._charts = charts
        self._events: dict[str, Plain] = {}
        self._actors: dict[str, str] = {}

    def read(self) -> tuple[Chart | None, tuple[Scenario, ...]]:
        chart = self._chart()
        opening = self._document(self.form.take("opening"))
        for key, node in self.form.entries("data"):
            self._check_event(key.text, key.place, chart)
            self._events[key.text] = self._document(node)
        for key, node in self.form.entries("by"):
            self._check_event(key.text, key.place, chart)
            self._actors[key.text] = text_of(node, self.form.problems, "who sends an event") or ""
        beside = tuple(self._beside(key, node) for key, node in self.form.entries("beside", most=MOST_BESIDE))
        scenarios: list[Scenario] = []
        for form in self.form.forms("scenarios", "a scenario", required=True, most=MOST_SCENARIOS):
            scenario = None if chart is None else self._scenario(form, chart, opening, beside)
            if scenario is not None:
                scenarios.append(scenario)
        self.form.finish()
        return chart, tuple(scenarios)

    def _chart(self) -> Chart | None:
        name = self.form.identifier("scenarios_of", required=True)
        if name is not None and name not in self._charts:
            self._note(unknown_name("chart", name, self._charts, self.form.place_of("scenarios_of")))
        return None if name is None else self._charts.get(name)

    def _beside(self, key: Scalar, node: Node) -> Beside:
        form = Form(node, self._problems, f"the case `{key.text}`")
        chart, plays = form.identifier("chart", required=True), form.text("plays", required=True)
        form.finish()
        if chart is not None and chart not in self._charts:
            self._note(unknown_name("chart", chart, self._charts, form.place_of("chart")))
        return Beside(case_id=key.text, chart=chart or "", plays=plays or "", place=key.place)

    def _scenario(self, form: Form, chart: Chart, opening: Plain, beside: tuple[Beside, ...]) -> Scenario | None:
        sentence = form.text("it", required=True)
        moves = [self._move(node, chart) for node in form.items("moves", required=True, most=MOST_MOVES)]
        state = form.choice("state", tuple(chart.states), required=True)
        outcome = form.choice("outcome", tuple(OUTCOMES))
        form.finish()
        if sentence is None or state is None or any(move is None for move in moves):
            return None
        return Scenario(
            sentence=sentence,
            chart=chart.name,
            opening=opening,
            beside=beside,
            moves=tuple(move for move in moves if move is not None),
            state=state,
            outcome=outcome,
            place=form.place,
        )

    def _move(self, node: Node, chart: Chart) -> Move | TimePasses | None:
        if isinstance(node, Scalar):
            self._check_event(node.text, node.place, chart)
            return self._plain_move(node.text, node.place)
        form = Form(node, self._problems, "a move")
        if form.has("tick"):
            return self._tick(form, chart)
        event = form.text("event", required=True)
        added = [self._difference(key, value) for key, value in form.entries("set")]
        left_out = [self._difference(item, None) for item in form.items("without")]
        change = form.take("change")
        actor, at, key = form.text("actor"), form.text("at"), form.text("key")
        refused = self._refusal(form, chart)
        form.finish()
        if event is None:
            return None
        if refused is None or refused.reason != RefusalReason.UNKNOWN_EVENT.value:
            self._check_event(event, form.place_of("event"), chart)
        data = self._events.get(event, {})
        if change is not None:
            data = {**data, CHANGE: self._document(change)}
        for difference in added:
            data = _with(data, difference.path, difference.value)
        for difference in left_out:
            data = self._without(data, difference)
        return Move(
            event=event,
            data=data,
            actor=self._actors.get(event) if actor is None else actor,
            at=USUAL_TIME if at is None else at,
            key=key,
            refused=refused,
            place=form.place,
        )

    def _tick(self, form: Form, chart: Chart) -> TimePasses | None:
        day, notes = form.date("tick"), self._names(form, "notes")
        known = [deadline.name for step in chart.steps for deadline in step.deadlines]
        for word in notes or ():
            if word not in known:
                self._note(unknown_name("deadline", word, known, form.place_of("notes")))
        form.finish()
        return None if day is None else TimePasses(day=day, notes=notes, place=form.place)

    def _plain_move(self, event: str, place: Place) -> Move:
        """An event as on the good way."""
        return Move(
            event=event,
            data=self._events.get(event, {}),
            actor=self._actors.get(event),
            at=USUAL_TIME,
            key=None,
            refused=None,
            place=place,
        )

    def _refusal(self, form: Form, chart: Chart) -> ExpectedRefusal | None:
        node = form.take("refused")
        if node is None:
            return None
        inner = Form(node, self._problems, "`refused`")
        reason = inner.choice("reason", tuple(reason.value for reason in RefusalReason), required=True)
        steps, documents = self._names(inner, "missing_steps"), self._names(inner, "missing_documents")
        failed, asks = self._names(inner, "failed"), self._names(inner, "asks")
        known = tuple(step.name for step in chart.steps)
        for word in steps or ():
            if word not in known:
                self._note(unknown_name("step", word, known, inner.place_of("missing_steps")))
        inner.finish()
        if reason is None:
            return None
        return ExpectedRefusal(
            reason=reason, missing_steps=steps, missing_documents=documents, failed=failed, asks=asks
        )

    def _names(self, form: Form, name: str) -> tuple[str, ...] | None:
        return form.texts(name) if form.has(name) else None

    def _difference(self, node: Node, value: Node | None) -> _Difference:
        path = text_of(node, self._problems, "the path of a fact") or ""
        if path.count(".") >= DEEPEST:
            self._problems.add("wrong-path", f"the path of a fact has at most {DEEPEST} words", node.place)
            path = ""
        return _Difference(
            path=tuple(path.split(".")), value=None if value is None else _plain(value), place=node.place
        )

    def _without(self, data: Plain, difference: _Difference) -> Plain:
        try:
            return _left_out(data, difference.path)
        except KeyError:
            message = f"there is no `{'.'.join(difference.path)}` in the data of the event to leave out"
            self._problems.add("unknown-field", message, difference.place)
            return data

    def _document(self, node: Node | None) -> Plain:
        if node is None:
            return {}
        if not isinstance(node, MappingNode):
            self._problems.add("wrong-shape", "the data of an event are a claim document", node.place)
            return {}
        return {entry.key.text: _plain(entry.value) for entry in node.entries}

    def _check_event(self, event: str, place: Place, chart: Chart | None) -> None:
        known = () if chart is None else (*(step.event for step in chart.steps), *chart.operations)
        if chart is not None and event not in known:
            self._note(unknown_name("event", event, known, place))

    def _note(self, problem: Problem) -> None:
        self._problems.add(problem.code, problem.message, problem.place, problem.hint)


def _plain(node: Node) -> object:
    """The node as a JSON document: what is quoted stays text, whole numbers, true, false and null are taken as such."""
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    if isinstance(node, MappingNode):
        return {entry.key.text: _plain(entry.value) for entry in node.entries}
    if node.quoted:
        return node.text
    if _WHOLE.fullmatch(node.text):
        return int(node.text)
    return _WORDS.get(node.text, node.text)


def _with(data: Plain, path: tuple[str, ...], value: object) -> Plain:
    head, rest = path[0], path[1:]
    if not rest:
        return {**data, head: value}
    inner = data.get(head)
    return {**data, head: _with(inner if isinstance(inner, dict) else {}, rest, value)}


def _left_out(data: Plain, path: tuple[str, ...]) -> Plain:
    """The data without a key or a member of a set. Raises KeyError when it is not there."""
    head, rest = path[0], path[1:]
    inner = data[head]
    if not rest:
        return {key: value for key, value in data.items() if key != head}
    if isinstance(inner, list):
        if len(rest) > 1 or rest[0] not in inner:
            raise KeyError(rest[0])
        return {**data, head: [member for member in inner if member != rest[0]]}
    if not isinstance(inner, dict):
        raise KeyError(rest[0])
    return {**data, head: _left_out(inner, rest)}
