"""Every mistake in a value of a plan, with all that its author is told: what, where, how long, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.settlement.small_plans import names_of_a_plan
from yibao.basics.problems import Place, ProblemsFound
from yibao.language.amounts import parse_amount
from yibao.model.amounts import Dimension

HERE = Place(path="plan.yaml", line=1, column=1)
# A value, then indented: the code, the column and length of the text that is wrong, the message and, if any, the hint.
# A line that is indented further goes on with the one before.
MISTAKES = """
less(eligible, histry.fund_paid_fen)
  unknown-name 16+20: no earlier value and no fact is called `histry.fund_paid_fen`
  did you mean `history.fund_paid_fen`?
cap
  unknown-name 1+3: no earlier value and no fact is called `cap`; look it up with `table(cap)`
to-come
  later-name 1+7: `to-come` is not defined before this step, so it can't be read here
  a step names those before it, never a later one
paid(next-fund)
  later-name 6+9: the segment `next-fund` does not come before this step, so it can't be read here
  a value names those before it, never a later one
paid(pooled_fund)
  unknown-name 6+11: no earlier segment is called `pooled_fund`; did you mean `pooled-fund`?
min(pooled-fund, eligible)
  wrong-type 5+11: `pooled-fund` is a segment, not a value
  write `paid(pooled-fund)`, `base(pooled-fund)`, `left(pooled-fund)` or `beyond(pooled-fund)`
earlier(to-come)
  later-name 9+7: what `to-come` is can't be told before it is defined
  write it beside another value: `less(a, earlier(to-come))`
less(own-ratio, earlier(to-come))
  later-name 25+7: the rate `to-come` of the part before can be asked for only after the step that defines it
earlier(nothing)
  unknown-name 9+7: the plan has no value called `nothing`
earlier(kind)
  wrong-type 9+4: in the first part there is no code before
table(capp)
  unknown-parameter 7+4: no parameter of this place, or of what it lies in, is called `capp`; did you mean `cap`?
table(by-person, retired)
  wrong-keys 1+25: `by-person` has 2 keys (insured.person_type, age), this gives 1
table(by-person, retired, 80%)
  wrong-type 27+3: a whole number is expected here, this is a rate
table(steps)
  wrong-type 7+5: `steps` holds bands; bands are applied with `bands(amount, table(name))`, and with nothing else
bands(eligible, table(cap))
  wrong-type 23+3: `cap` holds no bands; bands are applied with `bands(amount, table(name))`, and with nothing else
bands(eligible, eligible)
  wrong-type 17+8: `bands` takes its bands from a parameter; write `table(name)`
bands(eligible, table(steps), then 0)
  wrong-type 1+37: `bands` is not used like this
  it is written bands(amount, table(name)) or bands(amount, table(name), from x)
eligible * deductible
  wrong-product 1+21: there is no product of two amounts, nor of codes; one side is a whole number; or both are rates
eligible * 80%
  wrong-product 1+14: an amount is not multiplied by a rate; write `share(amount, rate)`, which says how it is rounded
kind * 2
  wrong-product 1+8: there is no product of two amounts, nor of codes; one side is a whole number; or both are rates
share(age, 80%)
  wrong-type 7+3: an amount is expected here, this is a whole number
share(eligible, 80)
  wrong-type 17+2: a rate is expected here, this is a whole number
  a rate is written as a percentage, such as 80%, or looked up with `table(…)`
share(eligible, 120%)
  rate-above-whole 17+4: this rate can come to 120%, and a share is at most the whole; bound it with `min(…, 100%)`
share(eligible, table(ratio) + 20%)
  rate-above-whole 17+18: this rate can come to 105%, and a share is at most the whole; bound it with `min(…, 100%)`
less(eligible, 80%)
  wrong-type 16+3: an amount is expected here, this is a rate; an amount comes of a rate by `share(amount, rate)`
eligible + 500
  constant-amount 12+3: an amount other than 0 is not written into a plan
  declare a parameter for it, and look it up with `table(…)`
eligible - deductible
  wrong-type 1+21: `-` takes whole numbers from whole numbers; write `less(a, b)`: a without b, never below 0
age // stay
  wrong-type 8+4: `//` divides by a written whole number from 1 up
age // 0
  wrong-type 8+1: `//` divides by a written whole number from 1 up
eligible // 2
  wrong-type 1+8: a whole number is expected here, this is an amount
1001%
  out-of-range 1+5: a rate or factor is at most 1,000 %
10000000000001
  out-of-range 1+14: a number is at most 10000000000000
min(kind, kind)
  wrong-type 1+15: `min` takes no codes
kind + kind
  wrong-type 1+4: codes have no sum
min(eligible, age)
  wrong-type 15+3: an amount is expected here, this is a whole number
series(stay, [table(cap), 0])
  wrong-type 1+29: `series` is not used like this; it is written series(n, [a, b, c], then last)
series(eligible, [0], then last)
  wrong-type 8+8: a whole number is expected here, this is an amount
series(stay, [table(cap), 5%], then last)
  wrong-type 27+2: an amount is expected here, this is a rate; an amount comes of a rate by `share(amount, rate)`
series(less(part, 1), [table(cap)], then last)
  misplaced-word 13+4: `part` can't be named here; it stands where the plan's `benefit_year` says `split: true`
less(eligible)
  wrong-type 1+14: `less` is not used like this; it is written less(a, b)
sqrt(eligible)
  unknown-function 1+14: `sqrt` is not a word of plans
shar(eligible, 5%)
  unknown-function 1+18: `shar` is not a word of plans; did you mean `share`?
line.amount_fen
  line-fact 1+15: `line.amount_fen` belongs to a line
  ask about lines with `any(lines, …)`, or make the rule `about: line`
sum(lines, in_scop)
  unknown-name 12+7: `in_scop` is no part of a line's split: billed, full_self_pay, over_ceiling,
    first_self_pay, in_scope
  did you mean `in_scope`?
sum(lines, in_scope where age > 3)
  wrong-type 27+7: lines are picked by their facts; values of the plan can't be asked here
sum(lines, in_scope where any(lines, line.for_rescue))
  nested-aggregate 27+27: an aggregate can't stand inside another
max(line.charged_on)
  wrong-type 1+20: a date is no value of a plan
encounter.admitted_on
  wrong-type 1+21: `encounter.admitted_on` is a date, not a value of a plan
  count with `days(start, end)` or `years(start, end)`
encounter.emergency
  wrong-type 1+19: `encounter.emergency` is a bool, not a value of a plan; ask it: `if … then … else …`
years(insured.born_on, age)
  unknown-field 24+3: no fact is called `age`
years(insured.born_on, insured.scheme)
  wrong-type 24+14: `insured.scheme` is a code, not a date
true
  wrong-type 1+4: this is no value of a plan
if eligible then 0 else deductible
  wrong-type 4+8: a condition is expected here
  compare values of the plan with `==`, `!=`, `<`, `<=`, `>`, `>=` or `in {…}`
if 1 < 2 then 0 else deductible
  no-fact 4+5: both sides are constants: the answer never changes
if kind < retired then 0 else deductible
  wrong-type 4+14: `<` needs numbers; a code has no order; compare with `==`, `!=` or `in {…}`
base
  misplaced-word 1+4: `base` can't be named here; it stands in `pays` and `limit` of a segment
personal
  misplaced-word 1+8: `personal` can't be named here; it stands in `purses`
share(eligible, table(points) + 96%)
  rate-above-whole 17+19: this rate can come to 101%, and a share is at most the whole; bound it with `min(…, 100%)`
series(stay, [kind, kind], then kind)
  wrong-type 15+4: `series` takes no codes
clamp(kind, kind, kind)
  wrong-type 1+23: `clamp` takes no codes
less(kind, kind)
  wrong-type 1+16: `less` takes no codes
table(by-person, eligible, 3)
  wrong-type 18+8: a code is expected here, this is an amount
table(by-person, kind, eligible)
  wrong-type 24+8: a whole number is expected here, this is an amount
table(by-emergency, encounter.planned, 3)
  wrong-keys 1+41: `by-emergency` has 1 keys (encounter.emergency), this gives 2
table(by-emergency, 3)
  wrong-type 21+1: a code is expected here, this is a whole number
sum(lines, in_scope, billed)
  wrong-type 1+28: `sum` is not used like this
  it is written sum(lines, in_scope), sum(lines, in_scope where …) or sum(line.fact where …)
years(insured.born_on)
  wrong-type 1+22: `years` is not used like this; it is written years(start, end)
paid(pooled-fund, next-fund)
  wrong-type 1+28: `paid` is not used like this; it is written paid(segment)
paid(nothing)
  unknown-name 6+7: no earlier segment is called `nothing`
earlier(3)
  wrong-type 1+10: `earlier` is not used like this; it is written earlier(name)
kind - 1
  wrong-type 1+8: `-` takes whole numbers from whole numbers; write `less(a, b)`: a without b, never below 0
age // true
  wrong-type 8+4: `//` divides by a written whole number from 1 up
if encounter.emergency then 0 else 85%
  wrong-type 29+1: a rate is expected here, this is a whole number
  a rate is written as a percentage, such as 80%, or looked up with `table(…)`
insured.person_type + 1
  wrong-type 23+1: a code is expected here, this is a whole number
1000.01%
  out-of-range 1+8: a rate or factor is at most 1,000 %
if age in {1, kind} then 0 else deductible
  wrong-type 15+4: a whole number is expected here, this is a code
if insured.person_type == kindd then 0 else deductible
  unknown-code 27+5: `kindd` is no code of `person-type`, the table of `insured.person_type`
if kind == "retird" then 0 else deductible
  unknown-code 12+8: `retird` is no code of `person-type`, and no earlier value has this name; did you mean `retired`?
if age then 0 else deductible
  wrong-type 4+3: a condition is expected here
  compare values of the plan with `==`, `!=`, `<`, `<=`, `>`, `>=` or `in {…}`
if age == eligible then 0 else deductible
  wrong-type 11+8: a whole number is expected here, this is an amount
clamp(eligible, 0)
  wrong-type 1+18: `clamp` is not used like this; it is written clamp(a, low, high)
share(eligible)
  wrong-type 1+15: `share` is not used like this; it is written share(amount, rate)
series(stay)
  wrong-type 1+12: `series` is not used like this; it is written series(n, [a, b, c], then last)
less(eligible, 0, 0)
  wrong-type 1+20: `less` is not used like this; it is written less(a, b)
bands(eligible)
  wrong-type 1+15: `bands` is not used like this
  it is written bands(amount, table(name)) or bands(amount, table(name), from x)
from
  unknown-name 1+4: no earlier value and no fact is called `from`
by-person
  unknown-name 1+9: no earlier value and no fact is called `by-person`; look it up with `table(by-person)`
next-fund
  wrong-type 1+9: `next-fund` is a segment, not a value
  write `paid(next-fund)`, `base(next-fund)`, `left(next-fund)` or `beyond(next-fund)`
part + eligible
  misplaced-word 1+4: `part` can't be named here; it stands where the plan's `benefit_year` says `split: true`
series(stay, [0, 0], then last) + age
  wrong-type 35+3: an amount is expected here, this is a whole number
share(eligible, max(table(ratio), 101%))
  rate-above-whole 17+23: this rate can come to 101%, and a share is at most the whole; bound it with `min(…, 100%)`
share(eligible, series(stay, [101%], then 50%))
  rate-above-whole 17+30: this rate can come to 101%, and a share is at most the whole; bound it with `min(…, 100%)`
share(eligible, if age > 3 then 101% else 3%)
  rate-above-whole 17+28: this rate can come to 101%, and a share is at most the whole; bound it with `min(…, 100%)`
share(eligible, less(150%, 80%))
  rate-above-whole 17+15: this rate can come to 150%, and a share is at most the whole; bound it with `min(…, 100%)`
share(eligible, 1% * (age // 2))
  rate-above-whole 17+14: this rate can come to 150%, and a share is at most the whole; bound it with `min(…, 100%)`
"""
FORMS = (
    "a value is a name, a constant, a call (less, min, max, clamp, share, bands, table, series, sum, count, days, "
    "years, earlier, base, paid, left, beyond) or `if … then … else …`"
)


def mistakes() -> Iterator[tuple[str, str]]:
    """Each value with what is said of it."""
    said: list[str] = []
    for line in reversed(MISTAKES.strip("\n").splitlines()):
        if line.startswith("  "):
            said.insert(0, line[2:])
        else:
            yield line, "; ".join(said).replace(";   ", " ")
            said = []


def told(text: str, dimension: Dimension | None = None, split: bool = True) -> str:
    with pytest.raises(ProblemsFound) as caught:
        parse_amount(text, HERE, names_of_a_plan(split, frozenset()), dimension)
    (problem,) = caught.value.problems
    hint = "" if problem.hint is None else f"; {problem.hint}"
    assert (problem.place.path, problem.place.line) == (HERE.path, HERE.line)
    return f"{problem.code} {problem.place.column}+{problem.place.length}: {problem.message}{hint}"


@pytest.mark.parametrize(("text", "says"), [*mistakes()], ids=[text for text, _said in mistakes()])
def test_an_author_is_told_all_of_a_mistake(text: str, says: str) -> None:
    assert told(text) == says


@pytest.mark.parametrize(
    ("text", "column", "length"), [("[1, 2]", 1, 6), ("eligible > 0", 1, 12), ("less(eligible, from 0)", 16, 6)]
)
def test_where_a_value_is_due_its_forms_are_told(text: str, column: int, length: int) -> None:
    assert told(text) == f"wrong-type {column}+{length}: a value is expected here; {FORMS}"


@pytest.mark.parametrize(
    ("text", "dimension", "says"),
    [
        (
            "80%",
            Dimension.AMOUNT,
            "an amount is expected here, this is a rate; an amount comes of a rate by `share(amount, rate)`",
        ),
        ("80%", Dimension.WHOLE, "a whole number is expected here, this is a rate"),
        ("age", Dimension.AMOUNT, "an amount is expected here, this is a whole number"),
        (
            "eligible",
            Dimension.RATE,
            "a rate is expected here, this is an amount; "
            "a rate is written as a percentage, such as 80%, or looked up with `table(…)`",
        ),
        ("kind", Dimension.RATE, "a rate is expected here, this is a code"),
    ],
)
def test_a_value_of_another_dimension_is_told_what_it_is(text: str, dimension: Dimension, says: str) -> None:
    assert told(text, dimension) == f"wrong-type 1+{len(text)}: {says}"


def test_the_part_before_is_there_where_a_stay_is_split() -> None:
    said = "`earlier` asks for the part of the stay before, and this plan does not split a stay"
    where = "it stands where the plan's `benefit_year` says `split: true`"
    assert told("earlier(eligible)", split=False) == f"misplaced-word 9+8: {said}; {where}"
