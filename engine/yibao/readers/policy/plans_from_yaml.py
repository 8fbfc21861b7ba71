"""A `plan:` document to a Plan: when it applies, its steps, its purses, and what it adds to the person's year.

Plans are read after the parameters, whose names and keys they use. What holds between plans is for `plan_checks`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from yibao.basics.problems import did_you_mean
from yibao.language.parsing import Names
from yibao.language.plan_names import PART, PERSONAL, PlanNames
from yibao.model.amounts import Dimension
from yibao.model.expressions import FactTerm, Scope
from yibao.model.facts import Kind
from yibao.model.parameters import Parameter
from yibao.model.plan import (
    Accumulation,
    BenefitYear,
    Plan,
    Purse,
    PursePart,
    Update,
)
from yibao.model.policy import Layer
from yibao.readers.documents.forms import Form, Problems, text_of
from yibao.readers.documents.yaml_nodes import Node
from yibao.readers.policy.cites_from_yaml import carries_of, check_grade, cites_of
from yibao.readers.policy.governing_dates import governing_date
from yibao.readers.policy.plan_examples import check_examples, plan_examples_of
from yibao.readers.policy.plan_heads import claims_of, in_force_of, rounding_of
from yibao.readers.policy.plan_steps_from_yaml import MOST_STEPS, StepReader, names_declared
from yibao.readers.policy.plan_texts import PlanTexts
from yibao.readers.policy.shared_steps import SharedSteps

MOST_PURSES = 20
MOST_ACCUMULATORS = 100
MOST_OVERRIDES = 100
_DAY_OF_A_YEAR = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
_DIMENSIONS = {Kind.FEN: Dimension.AMOUNT, Kind.INTEGER: Dimension.WHOLE, Kind.BASIS_POINTS: Dimension.RATE}
# 29 February is not in it: a benefit year begins in each year.
_SOME_YEAR = 2001


def plan_from_yaml(
    node: Node,
    layer: Layer,
    names: Names,
    parameters: Mapping[str, tuple[Parameter, ...]],
    shared: SharedSteps,
    problems: Problems,
) -> Plan | None:
    """The plan of one file; None, after its problems are noted, when it can't be used.

    `parameters` are those that can speak where the plan does, by name, the most local one of its own chain first.
    """
    before = len(problems.found)
    reader = _PlanReader(Form(node, problems, "a plan"), layer, names, parameters, shared)
    plan = reader.plan()
    return plan if len(problems.found) == before else None


class _PlanReader:
    """Reads the fields of one plan file; problems are collected by its form."""

    def __init__(
        self,
        form: Form,
        layer: Layer,
        names: Names,
        parameters: Mapping[str, tuple[Parameter, ...]],
        shared: SharedSteps,
    ) -> None:
        self.form = form
        self.shared = shared
        self.problems = form.problems
        self.layer = layer
        self.names = names
        self.parameters = parameters
        self.texts = PlanTexts(form.problems)

    def plan(self) -> Plan | None:
        form, before = self.form, len(self.problems.found)
        plan_id, title = form.identifier("plan", required=True), form.title("title", required=True)
        carries = carries_of(form)
        cites = cites_of(form, carries)
        illustrative = form.flag("illustrative") or self.layer.illustrative
        check_grade(form, cites, illustrative)
        in_force, published = in_force_of(form, self.names.vocabulary)
        when = form.read("when", lambda node: claims_of(node, self.names, self.problems), required=True)
        overrides = form.texts("overrides", most=MOST_OVERRIDES)
        rounding, year = rounding_of(form), self._benefit_year()
        nodes = self._items("values", MOST_STEPS)
        reader = StepReader(self._names(nodes, year), self.texts, self.problems, illustrative)
        steps = reader.steps(nodes)
        deductible = self._deductible(steps, reader.names)
        sound = len(self.problems.found) == before
        accumulations, purses = self._accumulations(reader.names), self._purses(reader.names, illustrative)
        examples = plan_examples_of(form, self.names.vocabulary)
        form.finish()
        if plan_id is None or title is None or in_force is None or published is None or when is None:
            return None
        if rounding is None or year is None:
            return None
        plan = Plan(
            id=plan_id,
            layer=self.layer.name,
            title=title,
            in_force=in_force,
            published=published,
            when=when,
            overrides=overrides,
            rounding=rounding,
            benefit_year=year,
            steps=steps,
            deductible=deductible,
            accumulations=accumulations,
            purses=purses,
            carries=carries,
            cites=cites,
            illustrative=illustrative,
            examples=examples,
            place=form.place_of("plan"),
        )
        # Of a plan that is not whole, nobody knows what its examples may name.
        if sound:
            check_examples(plan, self.problems)
        return plan

    def _items(self, part: str, most: int) -> tuple[Node, ...]:
        """What stands under `values` or `purses`, with what is shared in its place."""
        nodes = self.form.items(part, required=True, most=most)
        return self.shared.expanded(nodes, part, self.layer.name, self.problems)

    def _names(self, nodes: tuple[Node, ...], year: BenefitYear | None) -> PlanNames:
        """What can be named before the first step."""
        split = year is not None and year.split
        return PlanNames(
            names=self.names,
            parameters=self.parameters,
            values={},
            segments=frozenset(),
            all_values=names_declared(nodes, "value"),
            all_segments=names_declared(nodes, "segment"),
            words=frozenset({PART} if split else ()),
            split=split,
        )

    def _benefit_year(self) -> BenefitYear | None:
        node = self.form.take("benefit_year", required=True)
        if node is None:
            return None
        form = Form(node, self.problems, "`benefit_year`")
        starts = form.read("starts", self._day_of_a_year, required=True)
        by, split = governing_date(form, self.names.vocabulary, Scope.CLAIM), form.flag("split")
        form.finish()
        if starts is None or by is None:
            return None
        return BenefitYear(month=starts.month, day=starts.day, by=by, split=split)

    def _day_of_a_year(self, node: Node) -> datetime.date | None:
        text = text_of(node, self.problems, "`starts`")
        if text is None:
            return None
        found = _DAY_OF_A_YEAR.fullmatch(text)
        try:
            if found is not None:
                return datetime.date(_SOME_YEAR, int(found[1]), int(found[2]))
        except ValueError:
            pass
        message = "`starts` is a month and a day that each year has, such as 01-01 or 07-01"
        self.problems.add("wrong-type", message, node.place)
        return None

    def _deductible(self, steps: tuple[object, ...], names: PlanNames) -> str | None:
        """The value that is shown as the deductible: one of the plan's amounts."""
        name = self.form.identifier("deductible")
        if name is None or name not in names.values:
            if name is not None and name not in names.all_values:
                hint = did_you_mean(name, names.all_values)
                message = f"the plan has no value called `{name}`"
                self.problems.add("unknown-name", message, self.form.place_of("deductible"), hint)
            return None
        if names.values[name].dimension is not Dimension.AMOUNT:
            message = f"`{name}` is a {names.values[name].dimension.value}, and a deductible is an amount"
            self.problems.add("wrong-type", message, self.form.place_of("deductible"))
        return name

    def _accumulations(self, names: PlanNames) -> tuple[Accumulation, ...]:
        found: list[Accumulation] = []
        for form in self.form.forms("accumulators", "an accumulator", most=MOST_ACCUMULATORS):
            accumulation = self._accumulation(form, names)
            if accumulation is None:
                continue
            if any(accumulation.fact == other.fact for other in found):
                message = f"`{accumulation.fact.path}` is changed twice"
                self.problems.add("duplicate-name", message, accumulation.place)
            found.append(accumulation)
        return tuple(found)

    def _accumulation(self, form: Form, names: PlanNames) -> Accumulation | None:
        fact = form.read("fact", self._accumulator, required=True)
        dimension = None if fact is None else _DIMENSIONS[fact.kind]
        said = [update for update in Update if form.has(update.value)]
        read = [form.read(update.value, lambda node: self.texts.amount(node, names, dimension)) for update in Update]
        resets = form.flag("resets", absent=True)
        form.finish()
        if len(said) != 1:
            message = "what a settlement does to an accumulator is `add`, `max` or `set`: one of the three"
            self.problems.add("wrong-update", message, form.place)
            return None
        amount = next((each for each in read if each is not None), None)
        if fact is None or amount is None:
            return None
        return Accumulation(fact=fact, update=said[0], amount=amount, resets=resets, place=form.place_of("fact"))

    def _accumulator(self, node: Node) -> FactTerm | None:
        path = text_of(node, self.problems, "`fact`")
        if path is None:
            return None
        facts = self.names.vocabulary.facts
        growing = [name for name, fact in facts.items() if fact.accumulator and fact.type.kind in _DIMENSIONS]
        if path not in growing:
            message = f"`{path}` is no accumulator: no number declared with `accumulator: true`"
            self.problems.add("no-accumulator", message, node.place, did_you_mean(path, growing))
            return None
        return FactTerm(path, facts[path].type.kind)

    def _purses(self, names: PlanNames, illustrative: bool) -> tuple[PursePart, ...]:
        inner = names.with_words(PERSONAL)
        before = len(self.problems.found)
        forms = [Form(node, self.problems, "a purse") for node in self._items("purses", MOST_PURSES)]
        found = tuple(part for form in forms if (part := self._purse(form, inner, illustrative)) is not None)
        if len(self.problems.found) == before:
            self._check_order(found)
        return found

    def _purse(self, form: Form, names: PlanNames, illustrative: bool) -> PursePart | None:
        purse = form.choice("purse", tuple(each.value for each in Purse), required=True)
        when = form.read("when", lambda node: self.texts.test(node, names))
        may_pay = form.read("may_pay", lambda node: self.texts.amount(node, names, Dimension.AMOUNT))
        cites = cites_of(form, (), required=False)
        form.finish()
        check_grade(form, cites, illustrative)
        if purse is None:
            return None
        return PursePart(purse=Purse(purse), when=when, may_pay=may_pay, cites=cites, place=form.place)

    def _check_order(self, purses: tuple[PursePart, ...]) -> None:
        """Each purse stands once. Cash takes what remains: it stands last, and nothing holds it back."""
        for at, part in enumerate(purses):
            if part.purse is not Purse.CASH and any(part.purse is other.purse for other in purses[:at]):
                self.problems.add("duplicate-name", f"the purse `{part.purse.value}` stands twice", part.place)
        last = [part for part in purses if part.purse is Purse.CASH]
        if len(last) != 1 or purses[-1] is not last[0] or last[0].when is not None or last[0].may_pay is not None:
            message = "`cash` stands last, once, without `when` and `may_pay`: it takes what remains"
            self.problems.add("cash-not-last", message, self.form.place_of("purses"))
