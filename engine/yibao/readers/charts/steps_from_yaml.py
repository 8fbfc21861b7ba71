"""The steps of a chart: what each requires, how long it may take, and whom or what it waits for."""

from __future__ import annotations

from collections.abc import Mapping

from yibao.basics.problems import did_you_mean
from yibao.model.chart import (
    ACTOR,
    DECIDED,
    DECIDED_AS,
    RELIED,
    Bound,
    Deadline,
    Guard,
    OperationKind,
    Reliance,
    Step,
)
from yibao.model.citations import Citation
from yibao.model.expressions import Scope
from yibao.model.facts import Kind
from yibao.model.outcomes import OUTCOMES
from yibao.model.parameters import Unit
from yibao.model.walks import findings_in
from yibao.readers.charts.chart_words import MOST_STATES, ChartWords, word
from yibao.readers.documents.forms import Form
from yibao.readers.documents.yaml_nodes import Node, Scalar, Sequence
from yibao.readers.policy.answers_from_yaml import condition_of
from yibao.readers.policy.cites_from_yaml import carries_of, cites_of

_CALENDAR_DAYS, _WORKING_DAYS = "calendar_days", "working_days"
_REFUSED, _NOTED = "refused", "noted"
# What steps require under names of ours, with whose condition each is.
_OURS = {
    DECIDED: "every step that decides",
    DECIDED_AS: "every step with `decided_as:`",
    RELIED: "every step with `relies_on:`",
    ACTOR: "every step with `differs_from:`",
}


class StepReader:
    """Reads the steps of one chart. `units` are those of the policy's parameters by name."""

    def __init__(self, form: Form, words: ChartWords, units: Mapping[str, Unit], cites: tuple[Citation, ...]) -> None:
        self._form = form
        self._words = words
        self._units = units
        self._cites = cites
        self._problems = words.problems
        self.complete = True

    def steps(self) -> tuple[Step, ...]:
        """The steps that could be read; what is wrong with the others is noted, and `complete` is no longer True."""
        found = [self._step(form) for form in self._form.forms("steps", "a step", required=True, most=MOST_STATES)]
        steps = tuple(step for step in found if step is not None)
        self.complete = len(steps) == len(found)
        names = {step.name for step in steps}
        for step in steps:
            for other in step.differs_from:
                if other not in names or other == step.name:
                    hint = did_you_mean(other, names)
                    message = f"`{step.name}` differs from `{other}`, which is no other step"
                    self._problems.add("unknown-name", message, step.place, hint)
        return steps

    def _step(self, form: Form) -> Step | None:
        words = self._words
        name, event = words.new_name(form, "step"), words.new_name(form, "event")
        sources, target = words.states_named(form, "from", required=True), words.state_named(form, "to")
        title = form.title("title", required=True)
        acts = words.actor(form, "acts", required=True)
        carries = carries_of(form)
        cites = cites_of(form, carries, required=False) or self._cites
        documents = words.documents(form)
        guards = self._guards(form, "guards", cites, bars=False) + self._guards(form, "bars", cites, bars=True)
        deadlines = self._deadlines(form, cites)
        reliance = self._reliance(form, cites)
        differs_from = form.texts("differs_from")
        facts = words.facts(form, "facts")
        decides, decided_as = form.flag("decides"), self._decided_as(form)
        form.finish()
        self._check_event(form, event)
        if name is None or event is None or not sources or target is None or title is None or acts is None:
            return None
        return Step(
            name=name,
            event=event,
            sources=sources,
            target=target,
            title=title,
            acts=acts,
            documents=documents,
            guards=guards,
            deadlines=deadlines,
            reliance=reliance,
            differs_from=differs_from,
            facts=facts,
            decides=decides,
            decided_as=decided_as,
            carries=carries,
            cites=cites,
            place=form.place,
        )

    def _decided_as(self, form: Form) -> tuple[str, ...]:
        """The outcomes of which the live decision must have one; not all of them, since that would ask for nothing."""
        found = self._words.listed(
            form, "decided_as", tuple(OUTCOMES), "unknown-choice", "no outcome of a decision is called"
        )
        node = form.take("decided_as")
        if isinstance(node, Sequence) and not node.items:
            message = "`decided_as` names at least one outcome"
            self._problems.add("missing-field", message, form.place_of("decided_as"))
        if len(found) == len(OUTCOMES):
            message = "`decided_as` names every outcome, so it asks for nothing"
            self._problems.add("constant-condition", message, form.place_of("decided_as"))
        return found

    def _check_event(self, form: Form, event: str | None) -> None:
        if event in {kind.value for kind in OperationKind}:
            message = f"`{event}` is the event of an operation, which every chart has"
            self._problems.add("name-taken", message, form.place_of("event"))

    def _guards(self, form: Form, name: str, cites: tuple[Citation, ...], bars: bool) -> tuple[Guard, ...]:
        found = (self._guard(key, node, cites, bars) for key, node in form.entries(name))
        return tuple(guard for guard in found if guard is not None)

    def _guard(self, key: Scalar, node: Node, step_cites: tuple[Citation, ...], bars: bool) -> Guard | None:
        self._check_condition_name(key)
        form = Form(node, self._problems, f"the condition `{key.text}`")
        title = form.title("title", required=True)
        cites = cites_of(form, (), required=False) or step_cites
        when = form.take("when", required=True)
        condition = None if when is None else condition_of(when, self._words.names, Scope.CLAIM, self._problems)
        form.finish()
        if condition is None or title is None:
            return None
        for finding in findings_in(condition):
            message = f"`{finding.name}` is a finding of rules; a step asks about facts only"
            self._problems.add("finding-in-guard", message, form.place_of("when"))
        return Guard(name=key.text, title=title, condition=condition, bars=bars, cites=cites, place=key.place)

    def _check_condition_name(self, key: Scalar) -> None:
        if word(key, self._problems, "a condition") is None:
            return
        if key.text in _OURS:
            message = f"`{key.text}` is the condition of {_OURS[key.text]}"
            self._problems.add("name-taken", message, key.place)
        self._words.check_new("condition", key)

    def _deadlines(self, form: Form, step_cites: tuple[Citation, ...]) -> tuple[Deadline, ...]:
        found = (self._deadline(key, node, step_cites) for key, node in form.entries("deadlines"))
        return tuple(deadline for deadline in found if deadline is not None)

    def _deadline(self, key: Scalar, node: Node, step_cites: tuple[Citation, ...]) -> Deadline | None:
        self._check_condition_name(key)
        form = Form(node, self._problems, f"the deadline `{key.text}`")
        title = form.title("title", required=True)
        after = self._words.fact_of_kind(form, "after", Kind.DATE)
        on = self._words.fact_of_kind(form, "on", Kind.DATE)
        bound, parameter = self._length(form)
        counts = form.choice("counts", (_CALENDAR_DAYS, _WORKING_DAYS))
        rolls = form.flag("rolls")
        late = form.choice("late", (_REFUSED, _NOTED))
        overdue = self._words.state_named(form, "overdue") if form.has("overdue") else None
        ahead = form.flag("ahead")
        cites = cites_of(form, (), required=False) or step_cites
        form.finish()
        if title is None or after is None or on is None or bound is None or parameter is None:
            return None
        self._check_deadline(form, bound, parameter, counts)
        return Deadline(
            name=key.text,
            title=title,
            after=after,
            on=on,
            bound=bound,
            parameter=parameter,
            working_days=counts == _WORKING_DAYS,
            rolls=rolls,
            refuses=late != _NOTED,
            overdue=overdue,
            ahead=ahead,
            cites=cites,
            place=key.place,
        )

    def _length(self, form: Form) -> tuple[Bound | None, str | None]:
        """The bound that is given, and the parameter that says how long."""
        given = [bound for bound in Bound if form.has(bound.value)]
        if len(given) != 1:
            words = " or ".join(f"`{bound.value}:`" for bound in Bound)
            self._problems.add("missing-field", f"{form.what} has {words}, and one of them only", form.place)
            for bound in given:
                form.take(bound.value)
            return None, None
        name = form.text(given[0].value)
        if name is not None and name not in self._units:
            hint = did_you_mean(name, self._units)
            message = f"no parameter of the policy is called `{name}`"
            self._problems.add("unknown-parameter", message, form.place_of(given[0].value), hint)
            return None, None
        return given[0], name

    def _check_deadline(self, form: Form, bound: Bound, parameter: str, counts: str | None) -> None:
        unit = self._units[parameter]
        if unit not in (Unit.DAYS, Unit.MONTHS):
            message = f"the parameter `{parameter}` is in {unit.value}; a deadline counts days or months"
            self._problems.add("wrong-unit", message, form.place_of(bound.value))
        if (unit is Unit.DAYS) != (counts is not None):
            message = f"`counts:` says which days are counted; a parameter in {unit.value} " + (
                "needs it" if unit is Unit.DAYS else "has none"
            )
            self._problems.add("wrong-unit", message, form.place_of("counts"))
        if bound is Bound.AT_LEAST:
            for name in ("late", "overdue", "rolls", "ahead"):
                if form.has(name):
                    message = f"`{name}:` is for `{Bound.AT_MOST.value}:`, since nothing passes here"
                    self._problems.add("deadline-never-passes", message, form.place_of(name))

    def _reliance(self, form: Form, step_cites: tuple[Citation, ...]) -> Reliance | None:
        node = form.take("relies_on")
        if node is None:
            return None
        inner = Form(node, self._problems, "`relies_on`")
        case_fact = self._words.fact_of_kind(inner, "case", Kind.TEXT)
        chart, states = inner.identifier("chart", required=True), inner.texts("states", required=True)
        brings = self._words.facts(inner, "brings")
        title = inner.title("title", required=True)
        cites = cites_of(inner, (), required=False) or step_cites
        inner.finish()
        if case_fact is None or chart is None or not states or title is None:
            return None
        return Reliance(
            case_fact=case_fact,
            chart=chart,
            states=states,
            brings=brings,
            title=title,
            cites=cites,
            place=inner.place,
        )
