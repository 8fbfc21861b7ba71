"""How high a rate or a number of a plan can get, where a series would begin below its first item, and keys by name."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve

from tests.settlement.small_plans import names_of_a_plan
from yibao.basics.problems import Place, ProblemsFound
from yibao.language.amount_bounds import begins_below_first, highest
from yibao.language.amount_printing import text_of
from yibao.language.amounts import parse_amount
from yibao.language.plan_names import Known, PlanNames
from yibao.model.amount_walks import dimension_of
from yibao.model.amounts import Choice, Dimension, Greatest, Least, Less, Plus, Series
from yibao.model.expressions import Scope
from yibao.model.parameters import HitPolicy, Key, Parameter, Unit

HERE = Place(path="plan.yaml", line=1, column=1)
NAMES = names_of_a_plan()
RATE, WHOLE, AMOUNT = Dimension.RATE, Dimension.WHOLE, Dimension.AMOUNT


def percent(number: int) -> Fraction:
    return Fraction(number, 100)


@pytest.mark.parametrize(
    ("text", "dimension", "most"),
    [
        ("85%", RATE, percent(85)),
        ("3", WHOLE, 3),
        ("part", WHOLE, 301),
        ("age", WHOLE, 300),
        ("own-ratio", RATE, 1),
        ("years(insured.born_on, encounter.admitted_on)", WHOLE, 300),
        ("third_party.liability_bp", RATE, 1),
        ("encounter.institution.level", WHOLE, 3),
        ("count(lines where line.category == drug)", WHOLE, 10_000),
        ("table(ratio)", RATE, percent(85)),
        ("table(window)", WHOLE, 28),
        ("table(by-person, kind, 3)", RATE, percent(90)),
        ("table(bonus)", RATE, None),
        ("table(cap)", AMOUNT, None),
        ("eligible", AMOUNT, None),
        ("earlier(own-ratio)", RATE, None),
        ("table(ratio) + 5% + own-ratio", RATE, percent(190)),
        ("table(ratio) + table(bonus)", RATE, None),
        ("less(table(ratio), 80%)", RATE, percent(85)),
        ("age - 60", WHOLE, 300),
        ("min(table(bonus), 120%, 110%)", RATE, percent(110)),
        ("min(table(bonus), earlier(own-ratio))", RATE, None),
        ("max(table(ratio), 20%)", RATE, percent(85)),
        ("max(table(ratio), table(bonus))", RATE, None),
        ("1% * age", RATE, 3),
        ("table(ratio) * table(bonus)", RATE, None),
        ("table(bonus) * table(ratio)", RATE, None),
        ("age // 7", WHOLE, 42),
        ("series(stay, [10%, 30%], then 20%)", RATE, percent(30)),
        ("series(stay, [10%, 20%], then 30%)", RATE, percent(30)),
        ("series(stay, [10%], then table(bonus))", RATE, None),
        ("if age > 3 then 10% else 30%", RATE, percent(30)),
        ("if age > 3 then 30% else table(bonus)", RATE, None),
    ],
)
def test_a_rate_or_number_is_at_most_what_its_parts_come_to(
    text: str, dimension: Dimension, most: Fraction | int | None
) -> None:
    assert highest(parse_amount(text, HERE, NAMES, dimension), NAMES) == most


def with_parameter(name: str, **changes: Any) -> PlanNames:
    """The names with another parameter in the place of this one."""
    nearest, *others = NAMES.parameters[name]
    changed: Parameter = evolve(nearest, **changes)
    return evolve(NAMES, parameters={**NAMES.parameters, name: (changed, *others)})


@pytest.mark.parametrize(
    ("hit", "most"),
    [
        (HitPolicy.UNIQUE, percent(90)),
        (HitPolicy.FIRST, percent(90)),
        (HitPolicy.COLLECT_SUM, percent(175)),
        (HitPolicy.COLLECT_GREATEST, percent(90)),
    ],
)
def test_rows_that_are_summed_are_counted_together(hit: HitPolicy, most: Fraction) -> None:
    names = with_parameter("by-person", hit=hit)
    assert highest(parse_amount("table(by-person)", HERE, names, RATE), names) == most


@pytest.mark.parametrize(
    ("text", "below"),
    [
        ("0", True),
        ("1", False),
        ("part", False),
        ("part - 1", True),
        ("1 - part", True),
        ("part // 2", True),
        ("part + 1", False),
        ("(part - 1) + 1", False),
        ("(part - 1) + (part // 2)", True),
        ("(part - 1) + age", False),
        ("age - part", False),
        ("age", False),
        ("age // 2", False),
        ("if age > 3 then 0 else 1", True),
        ("if age > 3 then 1 else 0", True),
        ("if age > 3 then age else 1", False),
        ("3 - age", False),
        ("if age > 3 then 2 else if age > 2 then part - 1 else 1", True),
    ],
)
def test_a_series_begins_below_its_first_item_where_written_numbers_come_to_0(text: str, below: bool) -> None:
    assert begins_below_first(parse_amount(text, HERE, NAMES, WHOLE), NAMES) is below


@pytest.mark.parametrize(
    "text",
    [
        "(if encounter.emergency then 1 else age) * table(cap)",
        "table(cap) * (if encounter.emergency then 1 else age)",
        "(age + 1) * table(cap)",
        "table(cap) * (age + 1)",
        "age * (age * 2)",
        "age * (age // 2)",
        "(if encounter.emergency then 1 else age) // 2",
        "(age + 1) // 2",
        "sum(lines, in_scope)",
        "sum(lines, in_scope where line.category == drug)",
    ],
)
def test_what_is_printed_keeps_the_brackets_that_it_needs_and_no_other(text: str) -> None:
    assert text_of(parse_amount(text, HERE, NAMES)) == text


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("less(0, earlier(to-come))", Less),
        ("min(0, earlier(to-come))", Least),
        ("max(0, earlier(to-come))", Greatest),
        ("clamp(0, 0, earlier(to-come))", Greatest),
        ("0 + earlier(to-come)", Plus),
        ("series(stay, [0], then earlier(to-come))", Series),
        ("if encounter.emergency then 0 else earlier(to-come)", Choice),
    ],
)
@pytest.mark.parametrize("dimension", [AMOUNT, WHOLE])
def test_parts_take_the_dimension_that_is_needed_of_the_whole(text: str, made: type, dimension: Dimension) -> None:
    read = parse_amount(text, HERE, NAMES, dimension)
    assert isinstance(read, made)
    assert dimension_of(read) is dimension


def told(text: str, names: PlanNames) -> str:
    with pytest.raises(ProblemsFound) as caught:
        parse_amount(text, HERE, names)
    (problem,) = caught.value.problems
    return f"{problem.code} {problem.place.column}+{problem.place.length}: {problem.message}; {problem.hint}"


DEFINE = "define it before this step, or give the keys: `table(by-person, …)`"


def test_a_key_by_its_name_must_be_known_and_of_its_kind() -> None:
    person, age = NAMES.parameters["by-person"][0].keys
    unknown = with_parameter("by-person", keys=(person, Key(name="nights", is_number=True, table=None)))
    said = "`by-person` goes by `nights`, which is no fact and no earlier value of the plan"
    assert told("table(by-person)", unknown) == f"wrong-keys 7+9: {said}; {DEFINE}"
    said = "`by-person` goes by `age`, which is a {} in this plan"
    for dimension in (RATE, Dimension.CODE):
        other = NAMES.with_value("age", Known(dimension=dimension, table=None, highest=None))
        assert told("table(by-person)", other) == f"wrong-keys 7+9: {said.format(dimension.value)}; {DEFINE}"
    of_kind = with_parameter("by-person", keys=(Key(name="kind", is_number=False, table="scheme"), age))
    said = "`by-person` goes by `kind`, which is a code in this plan"
    assert told("table(by-person)", of_kind) == f"wrong-keys 7+9: {said}; {DEFINE}"


@pytest.mark.parametrize("changes", [{"unit": Unit.COUNT}, {"keys": ()}])
def test_parameters_of_one_name_have_one_unit_and_the_same_keys(changes: dict[str, Any]) -> None:
    (nearest,) = NAMES.parameters["by-person"]
    further: Parameter = evolve(nearest, layer="990100", **changes)
    names = evolve(NAMES, parameters={**NAMES.parameters, "by-person": (nearest, further)})
    said = "`by-person` has other keys, or another unit, in 990100 than in 990000"
    hint = "one that speaks in the place of another has the same unit and the same keys"
    assert told("table(by-person)", names) == f"parameters-differ 7+9: {said}; {hint}"


def test_a_plan_asks_for_no_finding() -> None:
    names = evolve(NAMES, names=evolve(NAMES.names, findings={"approved": Scope.CLAIM}))
    said = "a plan reads facts and its own values, never what rules have found"
    assert told("if approved then 0 else eligible", names) == f"finding-in-plan 4+8: {said}; None"
