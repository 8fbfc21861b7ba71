"""Expressions: what parses, what it prints as, and where a mistake is placed."""

from __future__ import annotations

import pytest

from tests.support.bundled import names
from tests.support.random_policies import VOCABULARY, Draw
from yibao.basics.problems import Place, ProblemsFound
from yibao.language.parsing import Names, parse_condition, parse_value
from yibao.language.printing import text_of
from yibao.model.expressions import InForce, Scope
from yibao.model.facts import Kind
from yibao.model.walks import atoms_in, findings_in

HERE = Place(path="x.yaml", line=3, column=7)


@pytest.mark.parametrize(
    "text",
    [
        "line.category == drug and line.catalogue_class in {A, B}",
        "not encounter.emergency or encounter.kind != inpatient",
        "(encounter.emergency or line.for_rescue) and not (encounter.planned and line.for_rescue)",
        "hospital in filing.referral.seals and social_security_window in filing.referral.seals",
        "filing is none or filing.filed_on > encounter.admitted_on",
        "filing.referral is not none",
        "line.cause not in {traffic_accident, work_injury}",
        "prefix(insured.insured_area, 2) != prefix(encounter.treatment_area, 2)",
        "filing.filed_on <= encounter.admitted_on + 30 days",
        "days(encounter.admitted_on, encounter.discharged_on) > 90",
        "any(lines, line.purpose == cosmetic)",
        "all(lines, line.amount_fen <= 100000 and line.category == drug)",
        "count(lines where line.category == consumable) >= 3",
        "count(lines) > 3",
        "sum(line.amount_fen where line.catalogue_class == B) > 50000",
        "max(line.charged_on) < 2024-01-01",
        "line.amount_fen - line.ceiling_fen > 100",
        "line.amount_fen * 2 < line.ceiling_fen + 5",
        "min(line.amount_fen, line.ceiling_fen) == 0",
        "procedure == out-of-province-inpatient",
        'encounter.institution.code in {H99010001, "9-1"}',
        "line.first_payment_bp >= 12.50%",
        "true",
    ],
)
def test_what_is_printed_parses_to_the_same(text: str) -> None:
    parsed = parse_condition(text, HERE, names(), Scope.LINE)
    printed = text_of(parsed)
    assert parse_condition(printed, HERE, names(), Scope.LINE) == parsed
    assert printed == text


def test_random_conditions_survive_printing() -> None:
    seen = 0
    for seed in range(300):
        for rule in Draw(seed).rules():
            if any(isinstance(atom, InForce) for atom in atoms_in(rule.when)):
                continue
            known = {finding.name: finding.scope for finding in findings_in(rule.when)}
            random_names = Names(vocabulary=VOCABULARY, catalogues={}, findings=known)
            printed = text_of(rule.when)
            again = parse_condition(printed, HERE, random_names, rule.about)
            assert text_of(again) == printed
            seen += 1
    assert seen > 1000


@pytest.mark.parametrize(
    ("text", "code", "column", "says"),
    [
        ("line.purpos == cosmetic", "unknown-field", 7, "did you mean `line.purpose`?"),
        ("line.purpose == cosmetics", "unknown-code", 23, "did you mean `cosmetic`?"),
        ("line.purpose < cosmetic", "wrong-type", 7, "no order"),
        ("line.amount_fen == true", "wrong-type", 26, "fen is expected"),
        ("line.amount_fen > encounter.admitted_on", "wrong-type", 25, "can't meet"),
        ("line.amount_fen > 1 > 2", "expression-syntax", 27, "do not chain"),
        ("line.purpose", "wrong-type", 7, "not yes or no"),
        ("line.purpose == cosmetic and", "expression-syntax", 35, "the end of the expression"),
        ("line.amount_fen > 2023-02-30", "expression-syntax", 25, "no day of the calendar"),
        ("eval(line.purpose)", "wrong-type", 7, "a condition is expected"),
        ("line.amount_fen > sqrt(line.amount_fen)", "unknown-function", 25, "not a word of the language"),
        ("line.purpose == cosmetic; import os", "expression-syntax", 31, "`;` is not understood"),
        ("any(lines, any(lines, line.for_rescue))", "nested-aggregate", 18, "can't stand inside"),
        ("line.amount_fen * line.ceiling_fen > 1", "wrong-type", 7, "whole number"),
        ('line.item_code in catalogue("no-such")', "unknown-catalogue", 25, "no catalogue"),
        ("1 == 1", "no-fact", 7, "never changes"),
        ("line.amount_fen > 1.5", "expression-syntax", 25, "not understood"),
        ("cosmetic", "unknown-field", 7, "no fact, definition or finding"),
    ],
)
def test_a_mistake_is_placed_under_its_text(text: str, code: str, column: int, says: str) -> None:
    with pytest.raises(ProblemsFound) as caught:
        parse_condition(text, HERE, names(), Scope.LINE)
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.line, problem.place.column) == (code, 3, column), str(problem)
    assert says in str(problem)


def test_a_claim_rule_reads_a_lines_fact_only_inside_an_aggregate() -> None:
    with pytest.raises(ProblemsFound) as caught:
        parse_condition("line.purpose == cosmetic", HERE, names(), Scope.CLAIM)
    assert caught.value.problems[0].code == "line-fact"
    parse_condition("any(lines, line.purpose == cosmetic)", HERE, names(), Scope.CLAIM)


@pytest.mark.parametrize(
    "text",
    [
        "not " * 400 + "encounter.emergency",
        "(" * 400 + "encounter.emergency" + ")" * 400,
        "encounter.emergency or " * 200,
    ],
)
def test_long_and_deep_expressions_are_refused_before_they_hurt(text: str) -> None:
    with pytest.raises(ProblemsFound) as caught:
        parse_condition(text, HERE, names(), Scope.LINE)
    assert caught.value.problems[0].code in ("expression-too-deep", "expression-too-long")


def test_a_rate_is_written_as_a_percentage_and_kept_as_basis_points() -> None:
    assert text_of(parse_value("12.5%", HERE, names(), Kind.BASIS_POINTS, Scope.LINE)) == "12.50%"
    with pytest.raises(ProblemsFound) as caught:
        parse_value("80", HERE, names(), Kind.BASIS_POINTS, Scope.LINE)
    assert "percentage" in str(caught.value)
