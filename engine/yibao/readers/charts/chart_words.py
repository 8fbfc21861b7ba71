"""The names of one chart: who acts, the states, and every name that is given once; steps and operations use them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from yibao.basics.problems import Place, did_you_mean
from yibao.language.parsing import Names
from yibao.model.chart import State
from yibao.model.facts import Kind, Title
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.yaml_nodes import Node, Scalar, Sequence
from yibao.readers.policy.answers_from_yaml import DOCUMENTS_TABLE

MOST_STATES = 500
_WORD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class ChartWords:
    """What the parts of one chart share while they are read; what is wrong is noted in `problems`."""

    def __init__(self, form: Form, names: Names, problems: Problems) -> None:
        self.names = names
        self.problems = problems
        self._form = form
        self._given: dict[tuple[str, str], Place] = {}
        self.actors = self._actors()
        self.states = self._states()

    def state_named(self, form: Form, name: str) -> str | None:
        """The state that a required field names."""
        node = form.take(name, required=True)
        return None if node is None else self._state(node)

    def states_named(self, form: Form, name: str, required: bool) -> tuple[str, ...]:
        """The states that a field names, one or a list of them."""
        node = form.take(name, required)
        if node is None:
            return ()
        nodes = node.items if isinstance(node, Sequence) else (node,)
        found = [self._state(each) for each in nodes]
        if required and not found:
            self.problems.add("missing-field", f"`{name}` names at least one state", node.place)
        for place, state in enumerate(found):
            if state is not None and state in found[:place]:
                self.problems.add("duplicate-name", f"`{state}` stands twice under `{name}`", nodes[place].place)
        return tuple(state for state in found if state is not None)

    def actor(self, form: Form, name: str, required: bool) -> str | None:
        """The actor that a field names."""
        if form.take(name, required) is None:
            return None
        return form.choice(name, tuple(self.actors))

    def new_name(self, form: Form, kind: str) -> str | None:
        """The name under `step:` or `event:`, which nothing else of the chart has."""
        node = form.take(kind, required=True)
        if not isinstance(node, Scalar):
            return None if node is None else word(node, self.problems, f"`{kind}`")
        self.check_new(kind, node)
        return word(node, self.problems, f"`{kind}`")

    def check_new(self, kind: str, name: Scalar) -> None:
        """Note a name that was given before."""
        first = self._given.setdefault((kind, name.text), name.place)
        if first is not name.place:
            message = f"the {kind} `{name.text}` stands at line {first.line} already"
            self.problems.add("duplicate-name", message, name.place)

    def documents(self, form: Form) -> tuple[str, ...]:
        """The codes under `documents:`."""
        table = self.names.vocabulary.tables.get(DOCUMENTS_TABLE)
        known = () if table is None else tuple(table.codes)
        return self.listed(form, "documents", known, "unknown-code", "no document is called")

    def facts(self, form: Form, name: str) -> tuple[str, ...]:
        """The paths of declared facts under a field."""
        return self.listed(form, name, tuple(self.names.vocabulary.facts), "unknown-field", "no fact is called")

    def fact_of_kind(self, form: Form, name: str, kind: Kind) -> str | None:
        """The path of a declared fact of the claim that a required field names; its kind must fit."""
        path = form.text(name, required=True)
        if path is None:
            return None
        facts = self.names.vocabulary.facts
        declared = facts.get(path)
        if declared is None:
            hint = did_you_mean(path, facts)
            self.problems.add("unknown-field", f"no fact is called `{path}`", form.place_of(name), hint)
            return None
        if declared.type.kind is not kind or declared.about_line:
            message = f"`{name}` is a fact of the claim of the type {kind.value}, and `{path}` is none"
            self.problems.add("wrong-type", message, form.place_of(name))
            return None
        return path

    def listed(self, form: Form, name: str, known: tuple[str, ...], code: str, says: str) -> tuple[str, ...]:
        """A list of known words, each once."""
        found: list[str] = []
        for node in form.items(name):
            text = node.text if isinstance(node, Scalar) else ""
            if text not in known:
                self.problems.add(code, f"{says} `{text}`", node.place, did_you_mean(text, known))
            elif text in found:
                self.problems.add("duplicate-name", f"`{text}` stands twice under `{name}`", node.place)
            else:
                found.append(text)
        return tuple(found)

    def _state(self, node: Node) -> str | None:
        name = word(node, self.problems, "a state")
        if name is None or name in self.states:
            return name
        self.problems.add("unknown-state", f"no state is called `{name}`", node.place, did_you_mean(name, self.states))
        return None

    def _actors(self) -> Mapping[str, Title]:
        actors: dict[str, Title] = {}
        node = self._form.take("actors", required=True)
        if node is None:
            return actors
        form = Form(node, self.problems, "`actors`")
        for entry in form.node.entries:
            title = form.title(entry.key.text, required=True)
            if word(entry.key, self.problems, "an actor") is not None and title is not None:
                actors[entry.key.text] = title
        return actors

    def _states(self) -> Mapping[str, State]:
        states: dict[str, State] = {}
        for key, node in self._form.entries("states", required=True, most=MOST_STATES):
            form = Form(node, self.problems, f"the state `{key.text}`")
            title = form.title("title", required=True)
            final = form.flag("final")
            waits_for = self.actor(form, "waits_for", required=not final)
            nhsa = form.text("nhsa")
            form.finish()
            if final and waits_for is not None:
                message = f"the state `{key.text}` is final: it waits for nobody"
                self.problems.add("final-state-waits", message, form.place_of("waits_for"))
            if word(key, self.problems, "a state") is not None and title is not None:
                states[key.text] = State(
                    name=key.text, title=title, final=final, waits_for=waits_for, nhsa=nhsa, place=key.place
                )
        return states


def word(node: Node, problems: Problems, what: str) -> str | None:
    """A name of lower-case letters, digits and underscores, as events and states have them."""
    if isinstance(node, Scalar) and _WORD.fullmatch(node.text):
        return node.text
    problems.add("wrong-type", f"{what} is a name of lower-case letters, digits and underscores", node.place)
    return None
