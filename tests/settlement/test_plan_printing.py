"""Whatever values and tests a plan has: what is printed of them parses to the same."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.settlement.random_amounts import AMOUNT, RATE, WHOLE, amounts, questions
from tests.settlement.small_plans import names_of_a_plan
from yibao.basics.problems import Place
from yibao.language.amount_printing import text_of
from yibao.language.amounts import parse_amount, parse_test
from yibao.language.syntax import LONGEST_TEXT
from yibao.model.amount_walks import dimension_of
from yibao.model.amounts import Amount, Test

HERE = Place(path="random", line=1, column=1)
NAMES = names_of_a_plan()


@given(st.sampled_from([AMOUNT, RATE, WHOLE]).flatmap(lambda dimension: amounts(dimension, 3)))
def test_a_printed_value_parses_to_the_same(amount: Amount) -> None:
    printed = text_of(amount)
    assume(len(printed) <= LONGEST_TEXT)
    assert parse_amount(printed, HERE, NAMES, dimension_of(amount)) == amount


@given(questions(3))
def test_a_printed_test_parses_to_the_same(test: Test) -> None:
    printed = text_of(test)
    assume(len(printed) <= LONGEST_TEXT)
    assert parse_test(printed, HERE, NAMES) == test
