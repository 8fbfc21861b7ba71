"""Charts: one file a procedure, checked as a whole, so that a chart that was read can be run and can come to its end.

Decides nothing. The scenarios beside a chart are read by `yibao.readers.charts.scenarios_from_yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from yibao.basics.digest import digest_of
from yibao.basics.problems import Place, ProblemsFound, did_you_mean
from yibao.language.parsing import Names
from yibao.model.chart import DECIDED, Chart, Guard, State, Step
from yibao.model.citations import Citation
from yibao.model.expressions import Scope
from yibao.model.facts import Title, Vocabulary
from yibao.model.walks import findings_in
from yibao.readers.charts.chart_checks import check_chart
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.yaml_nodes import Node, Scalar, read_yaml
from yibao.readers.policy.answers_from_yaml import DOCUMENTS_TABLE, condition_of
from yibao.readers.policy.cites_from_yaml import carries_of, cites_of, rests_on_unconfirmed

PROCEDURES = "procedure"
MOST_STATES = 500
SCENARIOS_SUFFIX = ".scenarios.yaml"
_WORD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def charts_from_folder(files: Mapping[str, bytes], names: Names) -> Mapping[str, Chart]:
    """The charts of a folder by name; `files` are its contents by path. Scenario files are passed over.

    Raises ProblemsFound with the problems of all files.
    """
    problems = Problems()
    charts: dict[str, Chart] = {}
    for path in sorted(path for path in files if not path.endswith(SCENARIOS_SUFFIX)):
        try:
            node = read_yaml(files[path], path)
        except ProblemsFound as error:
            problems.take(error)
            continue
        chart = chart_from_yaml(node, path, digest_of(files[path]), names, problems)
        if chart is not None:
            if chart.name in charts:
                problems.add("duplicate-name", f"a chart `{chart.name}` stands elsewhere already", chart.place)
            charts[chart.name] = chart
    if problems.found:
        raise ProblemsFound(problems.found)
    return charts


def chart_from_yaml(node: Node, path: str, content_digest: str, names: Names, problems: Problems) -> Chart | None:
    """The chart that a document declares, or None after its problems are noted in `problems`."""
    before = len(problems.found)
    form = Form(node, problems, "a chart")
    name, title, summary = form.identifier("chart", True), form.title("title", True), form.title("summary", True)
    carries = carries_of(form)
    cites = cites_of(form, carries)
    illustrative = form.flag("illustrative")
    _check_grade(form, cites, illustrative)
    reader = _ChartReader(form, names, problems)
    actors, states, steps = reader.actors, reader.states, reader.steps(cites)
    initial = reader.state_named(form, "initial")
    form.finish()
    _check_file_name(form, path, name)
    _check_procedure(form, name, names)
    if name is None or title is None or summary is None or initial is None:
        return None
    chart = Chart(
        name=name,
        title=title,
        summary=summary,
        actors=actors,
        initial=initial,
        states=states,
        steps=steps,
        carries=carries,
        cites=cites,
        illustrative=illustrative,
        digest=content_digest,
        place=form.place,
    )
    if len(problems.found) == before:
        check_chart(chart, problems)
    return chart if len(problems.found) == before else None


def _check_grade(form: Form, cites: tuple[Citation, ...], illustrative: bool) -> None:
    if cites and rests_on_unconfirmed(cites) and not illustrative:
        hint = "cite a better source, or write `illustrative: true`"
        message = "no citation is better than grade D or G, so this can't pass for law"
        form.problems.add("unconfirmed-source", message, form.place_of("cites"), hint)


def _check_file_name(form: Form, path: str, name: str | None) -> None:
    if name is not None and Path(path).name != f"{name}.yaml":
        message = f"the chart `{name}` stands in `{Path(path).name}`"
        form.problems.add("file-name", message, form.place_of("chart"), f"call it `{name}.yaml`")


def _check_procedure(form: Form, name: str | None, names: Names) -> None:
    """A claim names the chart that it took, so a chart is a code of the table of procedures."""
    table = names.vocabulary.tables.get(PROCEDURES)
    if name is not None and table is not None and name not in table.codes:
        hint = f"add it to the policy in a file that opens with `adds_to: {PROCEDURES}`"
        message = f"`{name}` is no code of the table `{PROCEDURES}`, so no claim could name it"
        form.problems.add("unknown-procedure", message, form.place_of("chart"), hint)


class _ChartReader:
    """Reads the parts of one chart, which share its actors, its states and the names that were given."""

    def __init__(self, form: Form, names: Names, problems: Problems) -> None:
        self._form = form
        self._names = names
        self._problems = problems
        self._given: dict[tuple[str, str], Place] = {}
        self.actors = self._actors()
        self.states = self._states()

    def state_named(self, form: Form, name: str) -> str | None:
        """The state that a required field names."""
        word = form.text(name, required=True)
        if word is not None and word not in self.states:
            hint = did_you_mean(word, self.states)
            self._problems.add("unknown-state", f"no state is called `{word}`", form.place_of(name), hint)
            return None
        return word

    def _actors(self) -> Mapping[str, Title]:
        actors: dict[str, Title] = {}
        node = self._form.take("actors", required=True)
        if node is None:
            return actors
        form = Form(node, self._problems, "`actors`")
        for entry in form.node.entries:
            title = form.title(entry.key.text, required=True)
            if _word(entry.key, self._problems, "an actor") is not None and title is not None:
                actors[entry.key.text] = title
        return actors

    def _states(self) -> Mapping[str, State]:
        states: dict[str, State] = {}
        for key, node in self._form.entries("states", required=True, most=MOST_STATES):
            form = Form(node, self._problems, f"the state `{key.text}`")
            title = form.title("title", required=True)
            final = form.flag("final")
            waits_for = self._actor(form, "waits_for", required=not final)
            nhsa = form.text("nhsa")
            form.finish()
            if final and waits_for is not None:
                message = f"the state `{key.text}` is final: it waits for nobody"
                self._problems.add("final-state-waits", message, form.place_of("waits_for"))
            if _word(key, self._problems, "a state") is not None and title is not None:
                states[key.text] = State(
                    name=key.text, title=title, final=final, waits_for=waits_for, nhsa=nhsa, place=key.place
                )
        return states

    def steps(self, cites: tuple[Citation, ...]) -> tuple[Step, ...]:
        forms = self._form.forms("steps", "a step", required=True, most=MOST_STATES)
        found = [self._step(form, cites) for form in forms]
        return tuple(step for step in found if step is not None)

    def _step(self, form: Form, chart_cites: tuple[Citation, ...]) -> Step | None:
        name, event = self._new_name(form, "step"), self._new_name(form, "event")
        source, target = self.state_named(form, "from"), self.state_named(form, "to")
        title = form.title("title", required=True)
        acts = self._actor(form, "acts", required=True)
        carries = carries_of(form)
        cites = cites_of(form, carries, required=False) or chart_cites
        documents = self._documents(form)
        guards = self._guards(form, "guards", cites, bars=False) + self._guards(form, "bars", cites, bars=True)
        facts = self._facts(form)
        decides = form.flag("decides")
        form.finish()
        if name is None or event is None or source is None or target is None or title is None or acts is None:
            return None
        return Step(
            name=name,
            event=event,
            source=source,
            target=target,
            title=title,
            acts=acts,
            documents=documents,
            guards=guards,
            facts=facts,
            decides=decides,
            carries=carries,
            cites=cites,
            place=form.place,
        )

    def _guards(self, form: Form, name: str, cites: tuple[Citation, ...], bars: bool) -> tuple[Guard, ...]:
        found = (self._guard(key, node, cites, bars) for key, node in form.entries(name))
        return tuple(guard for guard in found if guard is not None)

    def _guard(self, key: Scalar, node: Node, step_cites: tuple[Citation, ...], bars: bool) -> Guard | None:
        self._check_guard_name(key)
        form = Form(node, self._problems, f"the condition `{key.text}`")
        title = form.title("title", required=True)
        cites = cites_of(form, (), required=False) or step_cites
        when = form.take("when", required=True)
        condition = None if when is None else condition_of(when, self._names, Scope.CLAIM, self._problems)
        form.finish()
        if condition is None or title is None:
            return None
        for finding in findings_in(condition):
            message = f"`{finding.name}` is a finding of rules; a step asks about facts only"
            self._problems.add("finding-in-guard", message, form.place_of("when"))
        return Guard(name=key.text, title=title, condition=condition, bars=bars, cites=cites, place=key.place)

    def _check_guard_name(self, key: Scalar) -> None:
        if _word(key, self._problems, "a condition") is None:
            return
        if key.text == DECIDED:
            self._problems.add("name-taken", f"`{DECIDED}` is the condition of every step that decides", key.place)
        self._check_new("condition", key)

    def _new_name(self, form: Form, kind: str) -> str | None:
        """The name under `step:` or `event:`, which no other step has."""
        node = form.take(kind, required=True)
        if not isinstance(node, Scalar):
            return None if node is None else _word(node, self._problems, f"`{kind}`")
        self._check_new(kind, node)
        return _word(node, self._problems, f"`{kind}`")

    def _check_new(self, kind: str, name: Scalar) -> None:
        first = self._given.setdefault((kind, name.text), name.place)
        if first is not name.place:
            message = f"the {kind} `{name.text}` stands at line {first.line} already"
            self._problems.add("duplicate-name", message, name.place)

    def _documents(self, form: Form) -> tuple[str, ...]:
        table = self._names.vocabulary.tables.get(DOCUMENTS_TABLE)
        known = () if table is None else tuple(table.codes)
        return self._listed(form, "documents", known, "unknown-code", "no document is called")

    def _facts(self, form: Form) -> tuple[str, ...]:
        vocabulary: Vocabulary = self._names.vocabulary
        return self._listed(form, "facts", tuple(vocabulary.facts), "unknown-field", "no fact is called")

    def _listed(self, form: Form, name: str, known: tuple[str, ...], code: str, says: str) -> tuple[str, ...]:
        """A list of known words, each once."""
        found: list[str] = []
        for node in form.items(name):
            text = node.text if isinstance(node, Scalar) else ""
            if text not in known:
                self._problems.add(code, f"{says} `{text}`", node.place, did_you_mean(text, known))
            elif text in found:
                self._problems.add("duplicate-name", f"`{text}` stands twice under `{name}`", node.place)
            else:
                found.append(text)
        return tuple(found)

    def _actor(self, form: Form, name: str, required: bool) -> str | None:
        if form.take(name, required) is None:
            return None
        return form.choice(name, tuple(self.actors))


def _word(node: Node, problems: Problems, what: str) -> str | None:
    if isinstance(node, Scalar) and _WORD.fullmatch(node.text):
        return node.text
    problems.add("wrong-type", f"{what} is a name of lower-case letters, digits and underscores", node.place)
    return None
