"""Values of plans: what they parse to, what they print as, and where a mistake is placed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.settlement.small_plans import names_of_a_plan
from yibao.basics.problems import Place, Problem, ProblemsFound
from yibao.language.amount_printing import text_of
from yibao.language.amounts import parse_amount, parse_test
from yibao.language.parsing import parse_condition
from yibao.model.amount_walks import dimension_of
from yibao.model.amounts import (
    Amount,
    Banded,
    Both,
    Choice,
    CompareAmounts,
    CompletedYears,
    Dimension,
    Earlier,
    Either,
    Fixed,
    Greatest,
    Least,
    Less,
    LinePart,
    Looked,
    Named,
    Neither,
    OfFact,
    OfFacts,
    OfSegment,
    Plus,
    SegmentPart,
    Series,
    Share,
    SumOfLines,
    Times,
    WholeQuotient,
)
from yibao.model.expressions import (
    Aggregate,
    Aggregation,
    Always,
    And,
    Compare,
    Constant,
    DaysBetween,
    FactTerm,
    Operator,
    Scope,
)
from yibao.model.facts import Kind

HERE = Place(path="plan.yaml", line=3, column=7)
AMOUNT, RATE, WHOLE, CODE = Dimension.AMOUNT, Dimension.RATE, Dimension.WHOLE, Dimension.CODE
ELIGIBLE, DEDUCTIBLE = Named("eligible", AMOUNT), Named("deductible", AMOUNT)
AGE, STAY, OWN_RATIO, BASE = Named("age", WHOLE), Named("stay", WHOLE), Named("own-ratio", RATE), Named("base", AMOUNT)
PAID = OfFact(FactTerm("history.fund_paid_fen", Kind.FEN), AMOUNT)
STAYS = OfFact(FactTerm("history.stays_this_year", Kind.INTEGER), WHOLE)
NOTHING, CAP, RATIO = Fixed(0, AMOUNT), Looked("cap", (), AMOUNT), Looked("ratio", (), RATE)
PERSON = OfFact(FactTerm("insured.person_type", Kind.CODE), CODE)
ADMITTED = FactTerm("encounter.admitted_on", Kind.DATE)
DISCHARGED, BORN = FactTerm("encounter.discharged_on", Kind.DATE), FactTerm("insured.born_on", Kind.DATE)
IS_DRUG = Compare(Operator.EQUAL, FactTerm("line.category", Kind.CODE), Constant("drug", Kind.CODE))
EMERGENCY = OfFacts(
    Compare(Operator.EQUAL, FactTerm("encounter.emergency", Kind.BOOLEAN), Constant(True, Kind.BOOLEAN))
)


def amount(text: str, dimension: Dimension | None = None) -> Amount:
    return parse_amount(text, HERE, names_of_a_plan(), dimension)


def problem_of_amount(text: str, dimension: Dimension | None = None, split: bool = True) -> Problem:
    with pytest.raises(ProblemsFound) as caught:
        parse_amount(text, HERE, names_of_a_plan(split, frozenset()), dimension)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("eligible", ELIGIBLE),
        ("base", BASE),
        ("part", Named("part", WHOLE)),
        ("history.fund_paid_fen", PAID),
        ("history.stays_this_year", STAYS),
        ("third_party.liability_bp", OfFact(FactTerm("third_party.liability_bp", Kind.BASIS_POINTS), RATE)),
        ("insured.person_type", PERSON),
        ("0", NOTHING),
        ("3", Fixed(3, WHOLE)),
        ("85%", Fixed(Fraction(85, 100), RATE)),
        ("0.05%", Fixed(Fraction(5, 10_000), RATE)),
        ("eligible + history.fund_paid_fen", Plus((ELIGIBLE, PAID), AMOUNT)),
        ("eligible + (deductible + 0)", Plus((ELIGIBLE, DEDUCTIBLE, NOTHING), AMOUNT)),
        ("own-ratio + 5%", Plus((OWN_RATIO, Fixed(Fraction(5, 100), RATE)), RATE)),
        ("0 + age", Plus((Fixed(0, WHOLE), AGE), WHOLE)),
        ("age - 60", Less(AGE, Fixed(60, WHOLE), WHOLE)),
        ("0 - age", Less(Fixed(0, WHOLE), AGE, WHOLE)),
        ("less(eligible, deductible)", Less(ELIGIBLE, DEDUCTIBLE, AMOUNT)),
        ("less(own-ratio, 5%)", Less(OWN_RATIO, Fixed(Fraction(5, 100), RATE), RATE)),
        ("less(age, 60)", Less(AGE, Fixed(60, WHOLE), WHOLE)),
        ("min(eligible, 0, table(cap))", Least((ELIGIBLE, NOTHING, CAP), AMOUNT)),
        ("max(0, age)", Greatest((Fixed(0, WHOLE), AGE), WHOLE)),
        ("clamp(eligible, 0, table(cap))", Greatest((NOTHING, Least((ELIGIBLE, CAP), AMOUNT)), AMOUNT)),
        ("table(cap) * stay", Times(CAP, STAY, AMOUNT)),
        ("2 * table(cap)", Times(Fixed(2, WHOLE), CAP, AMOUNT)),
        ("1% * (age - 60)", Times(Fixed(Fraction(1, 100), RATE), Less(AGE, Fixed(60, WHOLE), WHOLE), RATE)),
        ("own-ratio * table(bonus)", Times(OWN_RATIO, Looked("bonus", (), RATE), RATE)),
        ("age * 2", Times(AGE, Fixed(2, WHOLE), WHOLE)),
        ("age // 10 * 2", Times(WholeQuotient(AGE, 10), Fixed(2, WHOLE), WHOLE)),
        (
            "days(encounter.admitted_on, encounter.discharged_on) // 90",
            WholeQuotient(OfFact(DaysBetween(ADMITTED, DISCHARGED), WHOLE), 90),
        ),
        ("years(insured.born_on, encounter.admitted_on)", CompletedYears(BORN, ADMITTED)),
        ("table(cap)", CAP),
        ("table(by-person)", Looked("by-person", (PERSON, AGE), RATE)),
        ("table(by-person, retired, 70)", Looked("by-person", (Fixed("retired", CODE), Fixed(70, WHOLE)), RATE)),
        ("table(by-person, kind, stay)", Looked("by-person", (Named("kind", CODE), STAY), RATE)),
        (
            "table(by-emergency)",
            Looked("by-emergency", (OfFact(FactTerm("encounter.emergency", Kind.BOOLEAN), CODE),), RATE),
        ),
        ("series(stay, [table(cap), 0], then last)", Series(STAY, (CAP, NOTHING), NOTHING, AMOUNT)),
        ("series(stay, [eligible], then 0)", Series(STAY, (ELIGIBLE,), NOTHING, AMOUNT)),
        (
            "series(stay, [10%, 5%], then own-ratio)",
            Series(STAY, (Fixed(Fraction(1, 10), RATE), Fixed(Fraction(1, 20), RATE)), OWN_RATIO, RATE),
        ),
        (
            "share(less(eligible, deductible), 80%)",
            Share(Less(ELIGIBLE, DEDUCTIBLE, AMOUNT), Fixed(Fraction(4, 5), RATE)),
        ),
        ("share(base, table(ratio) * table(bonus))", Share(BASE, Times(RATIO, Looked("bonus", (), RATE), RATE))),
        ("bands(base, table(steps))", Banded(BASE, Looked("steps", (), RATE), None)),
        ("bands(base, table(steps), from deductible)", Banded(BASE, Looked("steps", (), RATE), DEDUCTIBLE)),
        ("bands(base, table(steps), from 0)", Banded(BASE, Looked("steps", (), RATE), NOTHING)),
        ("sum(lines, in_scope)", SumOfLines(LinePart.IN_SCOPE, Always(True))),
        ("sum(lines, billed where line.category == drug)", SumOfLines(LinePart.BILLED, IS_DRUG)),
        (
            "sum(line.amount_fen where line.category == drug)",
            OfFact(Aggregate(Aggregation.SUM, FactTerm("line.amount_fen", Kind.FEN), IS_DRUG, Kind.FEN), AMOUNT),
        ),
        ("count(lines)", OfFact(Aggregate(Aggregation.COUNT, None, Always(True), Kind.INTEGER), WHOLE)),
        ("paid(pooled-fund)", OfSegment(SegmentPart.PAID, "pooled-fund")),
        ("base(pooled-fund)", OfSegment(SegmentPart.BASE, "pooled-fund")),
        ("left(pooled-fund)", OfSegment(SegmentPart.LEFT, "pooled-fund")),
        ("beyond(pooled-fund)", OfSegment(SegmentPart.BEYOND, "pooled-fund")),
        ("if encounter.emergency then 0 else deductible", Choice(EMERGENCY, NOTHING, DEDUCTIBLE, AMOUNT)),
        (
            "if (encounter.emergency) then 85% else if age >= 60 then 90% else 80%",
            Choice(
                EMERGENCY,
                Fixed(Fraction(85, 100), RATE),
                Choice(
                    CompareAmounts(Operator.AT_LEAST, AGE, Fixed(60, WHOLE)),
                    Fixed(Fraction(9, 10), RATE),
                    Fixed(Fraction(4, 5), RATE),
                    RATE,
                ),
                RATE,
            ),
        ),
        (
            'if encounter.emergency then "near" else "far"',
            Choice(EMERGENCY, Fixed("near", CODE), Fixed("far", CODE), CODE),
        ),
        (
            "if encounter.emergency then retired else kind",
            Choice(EMERGENCY, Fixed("retired", CODE), Named("kind", CODE), CODE),
        ),
        ("earlier(deductible)", Earlier("deductible", AMOUNT)),
        ("less(table(cap), earlier(to-come))", Less(CAP, Earlier("to-come", AMOUNT), AMOUNT)),
    ],
)
def test_a_value_means_what_the_page_says(text: str, meaning: Amount) -> None:
    assert amount(text) == meaning
    printed = text_of(meaning)
    assert amount(printed, dimension_of(meaning)) == meaning
    assert text_of(amount(printed, dimension_of(meaning))) == printed


@pytest.mark.parametrize(
    ("text", "needed", "meaning"),
    [
        ("0", AMOUNT, NOTHING),
        ("0", WHOLE, Fixed(0, WHOLE)),
        ("if encounter.emergency then 0 else 1", None, Choice(EMERGENCY, Fixed(0, WHOLE), Fixed(1, WHOLE), WHOLE)),
        ("min(0, 0)", None, Least((NOTHING, NOTHING), AMOUNT)),
        ("0 * table(cap)", None, Times(Fixed(0, WHOLE), CAP, AMOUNT)),
        ("earlier(to-come)", WHOLE, Earlier("to-come", WHOLE)),
    ],
)
def test_what_has_no_dimension_of_its_own_takes_the_one_that_is_needed(
    text: str, needed: Dimension | None, meaning: Amount
) -> None:
    assert amount(text, needed) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("encounter.emergency", EMERGENCY),
        ("history.deductible_met_fen > 0 and encounter.emergency", None),
        ("eligible > 0", CompareAmounts(Operator.GREATER, ELIGIBLE, NOTHING)),
        ("0 < eligible", CompareAmounts(Operator.LESS, NOTHING, ELIGIBLE)),
        (
            "eligible > table(cap) and encounter.emergency and not age < 60",
            Both(
                (
                    CompareAmounts(Operator.GREATER, ELIGIBLE, CAP),
                    EMERGENCY,
                    Neither(CompareAmounts(Operator.LESS, AGE, Fixed(60, WHOLE))),
                )
            ),
        ),
        (
            "kind in {retired, active}",
            Either(
                (
                    CompareAmounts(Operator.EQUAL, Named("kind", CODE), Fixed("retired", CODE)),
                    CompareAmounts(Operator.EQUAL, Named("kind", CODE), Fixed("active", CODE)),
                )
            ),
        ),
        ("stay not in {2}", Neither(CompareAmounts(Operator.EQUAL, STAY, Fixed(2, WHOLE)))),
        ("insured.person_type == kind", CompareAmounts(Operator.EQUAL, PERSON, Named("kind", CODE))),
        (
            "years(insured.born_on, encounter.admitted_on) >= 60",
            CompareAmounts(Operator.AT_LEAST, CompletedYears(BORN, ADMITTED), Fixed(60, WHOLE)),
        ),
        (
            "history.stays_this_year > part",
            CompareAmounts(Operator.GREATER, STAYS, Named("part", WHOLE)),
        ),
    ],
)
def test_a_condition_over_facts_stays_one_and_values_are_compared_beside_it(text: str, meaning: object) -> None:
    names = names_of_a_plan()
    found = parse_test(text, HERE, names)
    if meaning is None:
        assert isinstance(found, OfFacts)
        assert isinstance(found.condition, And)
    else:
        assert found == meaning
    assert parse_test(text_of(found), HERE, names) == found


@pytest.mark.parametrize(
    ("text", "code", "column", "says"),
    [
        ("eligibl", "unknown-name", 7, "did you mean `eligible`?"),
        ("less(eligible, histry.fund_paid_fen)", "unknown-name", 22, "did you mean `history.fund_paid_fen`?"),
        ("cap", "unknown-name", 7, "look it up with `table(cap)`"),
        ("to-come", "later-name", 7, "never a later one"),
        ("paid(next-fund)", "later-name", 12, "does not come before"),
        ("paid(pooled_fund)", "unknown-name", 12, "did you mean `pooled-fund`?"),
        ("min(pooled-fund, eligible)", "wrong-type", 11, "paid(pooled-fund)"),
        ("earlier(to-come)", "later-name", 15, "can't be told"),
        ("less(own-ratio, earlier(to-come))", "later-name", 31, "only after the step"),
        ("earlier(nothing)", "unknown-name", 15, "no value called"),
        ("earlier(kind)", "wrong-type", 15, "no code"),
        ("table(capp)", "unknown-parameter", 13, "did you mean `cap`?"),
        ("table(by-person, retired)", "wrong-keys", 7, "has 2 keys"),
        ("table(by-person, retird, 3)", "unknown-code", 24, "did you mean `retired`?"),
        ("table(by-person, insured.scheme, 3)", "wrong-type", 24, "`person-type` is expected"),
        ("table(by-person, retired, 80%)", "wrong-type", 33, "a whole number is expected"),
        ("table(steps)", "wrong-type", 13, "holds bands"),
        ("bands(eligible, table(cap))", "wrong-type", 29, "holds no bands"),
        ("bands(eligible, eligible)", "wrong-type", 23, "table(name)"),
        ("bands(eligible, table(steps), then 0)", "wrong-type", 7, "from x"),
        ("eligible * deductible", "wrong-product", 7, "two amounts"),
        ("eligible * 80%", "wrong-product", 7, "share(amount, rate)"),
        ("kind * 2", "wrong-product", 7, "codes"),
        ("share(age, 80%)", "wrong-type", 13, "an amount is expected here, this is a whole number"),
        ("share(eligible, 80)", "wrong-type", 23, "such as 80%"),
        ("share(eligible, 120%)", "rate-above-whole", 23, "120%"),
        ("share(eligible, table(ratio) + 20%)", "rate-above-whole", 23, "105%"),
        ("share(eligible, 1% * age)", "rate-above-whole", 23, "min(…, 100%)"),
        ("less(eligible, 80%)", "wrong-type", 22, "an amount is expected here, this is a rate"),
        ("eligible + 500", "constant-amount", 18, "declare a parameter"),
        ("eligible - deductible", "wrong-type", 7, "less(a, b)"),
        ("age // stay", "wrong-type", 14, "written whole number"),
        ("age // 0", "wrong-type", 14, "from 1 up"),
        ("eligible // 2", "wrong-type", 7, "a whole number is expected"),
        ("1001%", "out-of-range", 7, "1,000 %"),
        ("10000000000001", "out-of-range", 7, "at most"),
        ("min(kind, kind)", "wrong-type", 7, "takes no codes"),
        ("kind + kind", "wrong-type", 7, "no sum"),
        ("min(eligible, age)", "wrong-type", 21, "an amount is expected"),
        ("series(stay, [table(cap), 0])", "wrong-type", 7, "then last"),
        ("series(eligible, [0], then last)", "wrong-type", 14, "a whole number is expected"),
        ("series(stay, [table(cap), 5%], then last)", "wrong-type", 33, "an amount is expected"),
        ("series(0, [table(cap)], then last)", "series-below-first", 14, "counts from 1"),
        ("series(1 - 1, [table(cap)], then last)", "series-below-first", 14, "counts from 1"),
        (
            "series(if encounter.emergency then 0 else stay, [table(cap)], then last)",
            "series-below-first",
            14,
            "counts",
        ),
        ("[1, 2]", "wrong-type", 7, "a value is a name"),
        ("less(eligible)", "wrong-type", 7, "less(a, b)"),
        ("less(eligible, from 0)", "wrong-type", 22, "a value is a name"),
        ("sqrt(eligible)", "unknown-function", 7, "no"),
        ("shar(eligible, 5%)", "unknown-function", 7, "did you mean `share`?"),
        ("line.amount_fen", "line-fact", 7, "belongs to a line"),
        ("sum(lines, in_scop)", "unknown-name", 18, "did you mean `in_scope`?"),
        ("sum(lines, in_scope where age > 3)", "wrong-type", 33, "can't be asked here"),
        ("sum(lines, in_scope where any(lines, line.for_rescue))", "nested-aggregate", 33, "can't stand inside"),
        ("max(line.charged_on)", "wrong-type", 7, "a date"),
        ("encounter.admitted_on", "wrong-type", 7, "days(start, end)"),
        ("encounter.emergency", "wrong-type", 7, "then … else"),
        ("years(insured.born_on, age)", "unknown-field", 30, "no fact"),
        ("years(insured.born_on, insured.scheme)", "wrong-type", 30, "not a date"),
        ("true", "wrong-type", 7, "no value of a plan"),
        ("eligible > 0", "wrong-type", 7, "a value is expected here"),
        ("if eligible then 0 else deductible", "wrong-type", 10, "a condition is expected"),
        ("if eligible > 0 then 0", "expression-syntax", 29, "`else` is expected"),
        ("if age > 1 else 0", "expression-syntax", 18, "`then` is expected"),
        ("if 1 < 2 then 0 else deductible", "no-fact", 10, "never changes"),
        ("if kind < retired then 0 else deductible", "wrong-type", 10, "no order"),
        ("if eligible > 3 then 0 else deductible", "constant-amount", 21, "parameter"),
        ("if eligibl > 0 then 0 else deductible", "unknown-name", 10, "did you mean `eligible`?"),
        ("if eligible is none then 0 else deductible", "wrong-type", 10, "compare values"),
        ("if line.for_rescue then 0 else deductible", "line-fact", 10, "belongs to a line"),
        ("if encounter.emergncy then 0 else deductible", "unknown-field", 10, "did you mean `encounter.emergency`?"),
        ("base", "misplaced-word", 7, "in `pays` and `limit` of a segment"),
        ("personal", "misplaced-word", 7, "in `purses`"),
    ],
)
def test_a_mistake_is_placed_under_its_text(text: str, code: str, column: int, says: str) -> None:
    problem = problem_of_amount(text)
    assert (problem.code, problem.place.line, problem.place.column) == (code, 3, column), str(problem)
    assert says in str(problem)


def test_the_words_of_a_split_stay_belong_to_plans_that_split_one() -> None:
    for text in ("part", "earlier(eligible)"):
        problem = problem_of_amount(text, split=False)
        assert problem.code == "misplaced-word"
        assert "split: true" in str(problem)


def test_a_series_that_begins_below_its_first_place_in_the_first_part_of_a_stay_is_refused() -> None:
    for number in ("less(part, 1)", "part - 1", "part // 2", "less(3, part)"):
        with pytest.raises(ProblemsFound) as caught:
            parse_amount(f"series({number}, [table(cap)], then last)", HERE, names_of_a_plan(), None)
        (problem,) = caught.value.problems
        assert (problem.code, problem.place.column) == ("series-below-first", 14), number


def test_an_amount_is_not_a_rate() -> None:
    assert problem_of_amount("80%", AMOUNT).hint == "an amount comes of a rate by `share(amount, rate)`"


@pytest.mark.parametrize(
    "text",
    ["share(eligible, min(1% * age, 100%))", "share(eligible, own-ratio)", "share(eligible, table(bonus))"],
)
def test_a_rate_that_is_bounded_or_may_exceed_the_whole_by_declaration_is_accepted(text: str) -> None:
    assert isinstance(amount(text), Share)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("if encounter.emergency then encounter.emergency else encounter.planned", "plan-only"),
        ("line.amount_fen // 3 > 1", "plan-only"),
        ("min(line.amount_fen, then 3) > 1", "plan-only"),
        ("[line.amount_fen] == 3", "plan-only"),
        ("line.amount_fen in {[1]}", "wrong-type"),
        ("share(line.amount_fen, 80%) > 3", "unknown-function"),
    ],
)
def test_a_rule_has_none_of_the_forms_of_plans(text: str, code: str) -> None:
    with pytest.raises(ProblemsFound) as caught:
        parse_condition(text, HERE, names_of_a_plan().names, Scope.LINE)
    assert [problem.code for problem in caught.value.problems] == [code]


@pytest.mark.parametrize("word", ["if", "then", "else", "from", "last"])
def test_codes_that_are_called_like_the_words_of_plans_keep_their_meaning(word: str) -> None:
    names = names_of_a_plan().names
    for text in (
        f"encounter.institution.code == {word}",
        f"encounter.institution.code in {{{word}, {word}}}",
        f"any(lines, line.item_code == {word})",
        f"encounter.institution.code == {word} and not encounter.institution.code != {word}",
    ):
        condition = parse_condition(text, HERE, names, Scope.LINE)
        assert condition == parse_condition(text.replace(word, f'"{word}"'), HERE, names, Scope.LINE)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 400 + "eligible" + ")" * 400,
        "if encounter.emergency then 0 else " * 60 + "0",
        "min(" * 100 + "0" + ", 0)" * 100,
        "[" * 400,
        "eligible + " * 300 + "eligible",
        "age // 2" + " // 2" * 300,
    ],
)
def test_long_and_deep_values_are_refused_before_they_hurt(text: str) -> None:
    assert problem_of_amount(text).code in ("expression-too-deep", "expression-too-long", "expression-syntax")
