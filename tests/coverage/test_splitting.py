"""The split of a line: over the ceiling, full self-pay, first self-pay and in scope always add up to the bill."""

from __future__ import annotations

import datetime

import pytest

from tests.support.random_policies import HERE, TITLE
from yibao.basics.periods import Period
from yibao.basics.problems import Fault
from yibao.coverage.split import CEILING, FIRST_PAYMENT, SHARE, Amounts, Valued, admitted, billed_of, excluded
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Always, Constant, FactTerm, InForce, Scope, Term
from yibao.model.facts import UNKNOWN, Given, Kind, Unknown, Value
from yibao.model.policy import Admit, Answer, Combine, Question, Rule, Side
from yibao.model.policy import Value as ValueAnswer

NONE_KNOWN = (None, None, None, None, None)


def parts(amounts: Amounts) -> tuple[int | None, ...]:
    """Billed, over the ceiling, full self-pay, first self-pay, in scope."""
    return (amounts.billed, amounts.over_ceiling, amounts.full_self_pay, amounts.first_self_pay, amounts.in_scope)


@pytest.mark.parametrize(
    ("billed", "ceiling", "share", "first", "outcome", "expected"),
    [
        (100, None, None, None, "covered", (100, 0, 0, 0, 100)),
        (100, 100, None, None, "covered", (100, 0, 0, 0, 100)),
        (100, 99, None, None, "partly_covered", (100, 1, 0, 0, 99)),
        (100, 0, None, None, "partly_covered", (100, 100, 0, 0, 0)),
        (100, None, 10_000, None, "covered", (100, 0, 0, 0, 100)),
        (100, None, 9_999, None, "partly_covered", (100, 0, 0, 0, 100)),
        (100, None, 8_000, None, "partly_covered", (100, 0, 20, 0, 80)),
        (100, None, 0, None, "partly_covered", (100, 0, 100, 0, 0)),
        (100, None, None, 1_000, "covered", (100, 0, 0, 10, 90)),
        (100, None, None, 0, "covered", (100, 0, 0, 0, 100)),
        (100, None, None, 1, "covered", (100, 0, 0, 0, 100)),
        (10_000, None, None, 1, "covered", (10_000, 0, 0, 1, 9_999)),
        (1_000, 800, 7_500, 1_000, "partly_covered", (1_000, 200, 200, 60, 540)),
        (100, None, None, UNKNOWN, "covered", (100, 0, 0, None, None)),
        (1_000, 800, 7_500, UNKNOWN, "partly_covered", (1_000, 200, 200, None, None)),
        (100, UNKNOWN, None, None, "undetermined", NONE_KNOWN),
        (100, None, UNKNOWN, None, "undetermined", NONE_KNOWN),
        (None, None, None, None, "covered", NONE_KNOWN),
        (None, None, 9_999, None, "partly_covered", NONE_KNOWN),
        (None, None, 10_000, None, "covered", NONE_KNOWN),
    ],
)
def test_an_admitted_line_is_split(
    billed: int | None,
    ceiling: int | Unknown | None,
    share: int | Unknown | None,
    first: int | Unknown | None,
    outcome: str,
    expected: tuple[int | None, ...],
) -> None:
    found, amounts = admitted(billed, {CEILING: ceiling, SHARE: share, FIRST_PAYMENT: first})
    assert (found, parts(amounts)) == (outcome, expected)


def test_no_answer_is_no_ceiling_no_share_and_no_first_payment() -> None:
    outcome, amounts = admitted(7, {})
    assert (outcome, parts(amounts)) == ("covered", (7, 0, 0, 0, 7))


@pytest.mark.parametrize("basis_points", [-1, 10_001])
def test_a_share_outside_nothing_and_the_whole_is_our_mistake(basis_points: int) -> None:
    said = f"a share of {basis_points} basis points is not between nothing and the whole"
    with pytest.raises(Fault, match=said):
        admitted(1, {SHARE: basis_points})


def test_an_excluded_line_is_full_self_pay_whole() -> None:
    assert parts(excluded(100)) == (100, 0, 100, 0, 0)
    assert parts(excluded(None)) == NONE_KNOWN


def test_the_document_names_each_part() -> None:
    assert admitted(1_000, {CEILING: 800, SHARE: 7_500, FIRST_PAYMENT: 1_000})[1].document() == {
        "billed_fen": 1_000,
        "over_ceiling_fen": 200,
        "full_self_pay_fen": 200,
        "first_self_pay_fen": 60,
        "in_scope_fen": 540,
    }


@pytest.mark.parametrize(
    ("facts", "expected"), [({"line.amount_fen": 5}, 5), ({"line.amount_fen": None}, None), ({}, None)]
)
def test_the_bill_of_a_line(facts: dict[str, Value], expected: int | None) -> None:
    assert billed_of(Line(line_id="1", facts=facts)) == expected


BILLED = FactTerm("line.amount_fen", Kind.FEN)
NAMED = FactTerm("line.name", Kind.TEXT)


def rule(name: str, answer: Answer) -> Rule:
    day = datetime.date(2024, 1, 1)
    return Rule(
        id=name,
        key=name,
        title=TITLE,
        advice=None,
        about=Scope.LINE,
        side=Side.NATIONAL,
        layer="national",
        in_force=InForce(FactTerm("line.day", Kind.DATE), Period(day)),
        when=Always(True),
        answer=answer,
        overrides=(),
        carries=(),
        cites=(),
        illustrative=False,
        published=day,
        place=HERE,
    )


def answers(combine: Combine, facts: dict[str, Value], *terms: Term) -> Given:
    """What rules with these terms answer together about a line."""
    question = Question(name="limit", title=TITLE, kind=Kind.FEN, combine=combine, place=HERE)
    rules = [rule(f"r{number}", ValueAnswer("limit", term)) for number, term in enumerate(terms)]
    line = Line(line_id="1", facts=facts)
    claim = Claim(claim_id=None, facts={}, lines=(line,), digest="")
    return Valued(question, rules, {}).of(claim, line)


FIVE, SEVEN = Constant(5, Kind.FEN), Constant(7, Kind.FEN)


@pytest.mark.parametrize(
    ("combine", "terms", "facts", "expected"),
    [
        (Combine.ONE, (), {}, None),
        (Combine.ONE, (FIVE,), {}, 5),
        (Combine.ONE, (BILLED,), {"line.amount_fen": 9}, 9),
        (Combine.ONE, (BILLED,), {"line.amount_fen": None}, None),
        (Combine.ONE, (BILLED,), {}, UNKNOWN),
        (Combine.ONE, (FIVE, FIVE), {}, 5),
        (Combine.ONE, (BILLED, BILLED), {"line.amount_fen": None}, None),
        (Combine.GREATEST, (FIVE, SEVEN), {}, 7),
        (Combine.LEAST, (SEVEN, FIVE), {}, 5),
        (Combine.GREATEST, (BILLED, FIVE), {"line.amount_fen": None}, 5),
        (Combine.GREATEST, (BILLED, FIVE), {}, UNKNOWN),
    ],
)
def test_rules_answer_together(
    combine: Combine, terms: tuple[Term, ...], facts: dict[str, Value], expected: Given
) -> None:
    assert answers(combine, facts, *terms) == expected


def test_two_answers_to_a_question_that_has_one_are_our_mistake() -> None:
    said = r"^`r0` and `r1` give different answers to `limit`; `yibao policy check` finds this$"
    with pytest.raises(Fault, match=said):
        answers(Combine.ONE, {}, FIVE, SEVEN)


def test_an_answer_that_is_no_number_is_our_mistake() -> None:
    with pytest.raises(Fault, match=r"^`r0` answers `limit` with 'five'$"):
        answers(Combine.ONE, {"line.name": "five"}, NAMED)
    question = Question(name="limit", title=TITLE, kind=Kind.FEN, combine=Combine.ONE, place=HERE)
    with pytest.raises(Fault, match=r"^`r9` answers no question with a value$"):
        Valued(question, [rule("r9", Admit())], {})
