"""A `credit:` document to a Credit: for whom, since when, and what an account is credited for a month.

Credits are read after the parameters. Values are written as in plans; a credit has no segments and no purses.
"""

from __future__ import annotations

from collections.abc import Mapping

from yibao.language.parsing import Names
from yibao.language.plan_names import PlanNames
from yibao.model.amounts import Amount, Dimension
from yibao.model.credits import Credit
from yibao.model.parameters import Parameter
from yibao.model.plan import BenefitYear, NamedValue, Plan, Segment
from yibao.model.policy import Layer
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.yaml_nodes import Node
from yibao.readers.policy.cites_from_yaml import carries_of, check_grade, cites_of
from yibao.readers.policy.credit_examples import credit_examples_of
from yibao.readers.policy.plan_heads import claims_of, in_force_of, rounding_of
from yibao.readers.policy.plan_steps_from_yaml import MOST_STEPS, StepReader, names_declared
from yibao.readers.policy.plan_texts import PlanTexts

MOST_OVERRIDES = 100


def credit_from_yaml(
    node: Node, layer: Layer, names: Names, parameters: Mapping[str, tuple[Parameter, ...]], problems: Problems
) -> Credit | None:
    """The credit of one file; None, after its problems are noted, when it can't be used.

    `parameters` are those that can speak where the credit does, by name, the most local one of its own chain first.
    """
    before = len(problems.found)
    credit = _credit(Form(node, problems, "a credit"), layer, names, parameters)
    return credit if len(problems.found) == before else None


def _credit(form: Form, layer: Layer, names: Names, parameters: Mapping[str, tuple[Parameter, ...]]) -> Credit | None:
    name, title = form.identifier("credit", required=True), form.title("title", required=True)
    carries = carries_of(form)
    cites = cites_of(form, carries)
    illustrative = form.flag("illustrative") or layer.illustrative
    check_grade(form, cites, illustrative)
    in_force, published = in_force_of(form, names.vocabulary)
    when = form.read("when", lambda node: claims_of(node, names, form.problems), required=True)
    overrides = form.texts("overrides", most=MOST_OVERRIDES)
    rounding = rounding_of(form)
    values, amount = _values(form, names, parameters, illustrative)
    examples = credit_examples_of(form, names.vocabulary)
    form.finish()
    if name is None or title is None or in_force is None or published is None or when is None:
        return None
    if rounding is None or amount is None:
        return None
    if any(name == value.name for value in values):
        form.problems.add("duplicate-name", f"the credit and one of its values are called `{name}`", form.place)
    place = form.place_of("is")
    credited = NamedValue(name=name, title=title, dimension=Dimension.AMOUNT, amount=amount, cites=cites, place=place)
    plan = Plan(
        id=name,
        layer=layer.name,
        title=title,
        in_force=in_force,
        published=published,
        when=when,
        overrides=overrides,
        rounding=rounding,
        benefit_year=BenefitYear(month=1, day=1, by=in_force.by, split=False),
        steps=(*values, credited),
        deductible=None,
        accumulations=(),
        purses=(),
        examples=(),
        carries=carries,
        cites=cites,
        illustrative=illustrative,
        place=form.place_of("credit"),
    )
    return Credit(plan=plan, amount=credited, examples=examples)


def _values(
    form: Form, names: Names, parameters: Mapping[str, tuple[Parameter, ...]], illustrative: bool
) -> tuple[tuple[NamedValue, ...], Amount | None]:
    """The named values under `values:`, where there are some, and the amount under `is:`, which may name them."""
    nodes = form.items("values", most=MOST_STEPS)
    texts = PlanTexts(form.problems)
    known = PlanNames(
        names=names,
        parameters=parameters,
        values={},
        segments=frozenset(),
        all_values=names_declared(nodes, "value"),
        all_segments=frozenset(),
        words=frozenset(),
        split=False,
    )
    reader = StepReader(known, texts, form.problems, illustrative)
    steps = reader.steps(nodes)
    for step in steps:
        if isinstance(step, Segment):
            message = "a credit has values and no segments: nobody pays it"
            form.problems.add("segment-in-credit", message, step.place)
    amount = form.read("is", lambda node: texts.amount(node, reader.names, Dimension.AMOUNT), required=True)
    return tuple(step for step in steps if isinstance(step, NamedValue)), amount
