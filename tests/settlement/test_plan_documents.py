"""The parameters, plans and values of the documents are read, and are what is said of them."""

from __future__ import annotations

from functools import cache

import pytest
from attrs import evolve

from tests.docs.markdown import DOCUMENTS, blocks, name_of
from tests.settlement.small_plans import PROVINCE, bundle, parameter
from yibao.basics.problems import Place, ProblemsFound
from yibao.language.amount_bounds import highest
from yibao.language.amount_printing import text_of
from yibao.language.amounts import parse_amount, table_of
from yibao.language.parsing import Names
from yibao.language.plan_names import Known, PlanNames
from yibao.model.amount_walks import dimension_of
from yibao.model.plan import NamedValue
from yibao.model.policy import Policy
from yibao.readers.policy.plan_checks import parameters_around

ANYWHERE = Place(path="docs", line=1, column=1)
# Parameters that the documents speak of and don't show.
NOT_SHOWN = {
    "annual-deductible": parameter("annual-deductible", "yuan", "1500"),
    "annual-cap": parameter("annual-cap", "yuan", "610000"),
    "bands-of-a-year": parameter("bands-of-a-year", "bands", "[{upto: 30000, rate: 85%}, {rate: 90%}]"),
}


def shown(kind: str) -> list[str]:
    return [block.text for document in DOCUMENTS for block in blocks(document) if block.kind == kind]


def lines_of(kind: str) -> list[tuple[str, str]]:
    """Each line of the blocks of a kind: the value, and what is said of it after `#`."""
    pairs = [line.partition(" #") for text in shown(kind) for line in text.splitlines()]
    return [(text.strip(), said.strip()) for text, _, said in pairs]


@cache
def place() -> Policy:
    """A place with the parameters and the plan that are shown."""
    texts = {
        text.splitlines()[0].partition(": ")[2]: text for text in (*shown("yibao-parameter"), *shown("yibao-plan"))
    }
    return bundle({f"{PROVINCE}/{name}.yaml": text for name, text in (NOT_SHOWN | texts).items()})


@cache
def names_after_the_plan() -> PlanNames:
    policy = place()
    (plan,) = policy.plans
    names = PlanNames(
        names=Names(vocabulary=policy.vocabulary, catalogues=policy.catalogues),
        parameters=parameters_around(PROVINCE, policy.layers, policy.parameters),
        values={},
        segments=frozenset(),
        all_values=frozenset(step.name for step in plan.steps if isinstance(step, NamedValue)),
        all_segments=frozenset(segment.name for segment in plan.segments),
        words=frozenset(),
        split=plan.benefit_year.split,
    )
    for step in plan.steps:
        if not isinstance(step, NamedValue):
            names = names.with_segment(step.name)
            continue
        known = Known(dimension=step.dimension, table=table_of(step.amount, names), highest=highest(step.amount, names))
        names = names.with_value(step.name, known)
    return names


def test_the_plan_that_is_shown_is_read_and_its_values_are_spelled_back() -> None:
    (plan,) = place().plans
    assert [step.name for step in plan.steps] == ["eligible", "deductible", "pooled-fund", "above-the-cap"]
    names = names_after_the_plan()
    inside = evolve(names, words=frozenset({"base"}))
    values = [step.amount for step in plan.steps if isinstance(step, NamedValue)]
    for amount in (*values, *(segment.base for segment in plan.segments)):
        assert parse_amount(text_of(amount), ANYWHERE, names) == amount
    for segment in plan.segments:
        assert parse_amount(text_of(segment.pays), ANYWHERE, inside) == segment.pays


@pytest.mark.parametrize(("text", "said"), lines_of("yibao-amount"))
def test_a_value_that_is_shown_is_read_and_is_what_is_said(text: str, said: str) -> None:
    amount = parse_amount(text, ANYWHERE, names_after_the_plan())
    assert dimension_of(amount).value == said
    assert parse_amount(text_of(amount), ANYWHERE, names_after_the_plan()) == amount


@pytest.mark.parametrize(("text", "code"), lines_of("yibao-amount-refused"))
def test_a_value_that_is_shown_as_refused_is_refused_for_that(text: str, code: str) -> None:
    with pytest.raises(ProblemsFound) as refused:
        parse_amount(text, ANYWHERE, names_after_the_plan())
    assert [problem.code for problem in refused.value.problems] == [code]


def test_the_page_shows_a_parameter_a_plan_and_values() -> None:
    shows = {block.kind for document in DOCUMENTS for block in blocks(document) if "settlement" in name_of(document)}
    assert shows >= {"yibao-parameter", "yibao-plan", "yibao-amount", "yibao-amount-refused"}
