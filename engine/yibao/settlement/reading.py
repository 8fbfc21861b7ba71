"""What a plan reads, as functions of a run: facts, parameters, the parts of the lines, and birthdays."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import cast

from attrs import frozen

from yibao.language.truth import absent_facts, read
from yibao.model.amounts import LinePart
from yibao.model.claim import Line
from yibao.model.expressions import DaysBetween, FactTerm, Term
from yibao.model.facts import UNKNOWN, Given, Unknown, Vocabulary
from yibao.model.policy import Catalogue
from yibao.model.walks import facts_in
from yibao.settlement.absence import Missed, missed, together
from yibao.settlement.book import Found, Layered, ScaledBands
from yibao.settlement.inputs import Column, Splits
from yibao.settlement.lookup import could_answer
from yibao.settlement.run import Ask, Quantity, Run

MOST_KEPT = 10_000
Key = Callable[[Run], Given | Missed]
Days = tuple[Given, ...]
AskOfLine = Callable[[Run, Line | None], bool | Missed]
Kept = dict[tuple[Days, tuple[Given, ...]], Found]
AskBands = Callable[[Run], ScaledBands | Missed]


@frozen(eq=False, kw_only=True)
class LookUp:
    """A look-up made ready; what it found is noted in the run at its place. `layered` is None for a parameter that the
    chain does not have; `values` are those of its keys that are values of the plan."""

    layered: Layered | None
    values: frozenset[str]
    place: int
    ask: Callable[[Run], Found | Missed]
    scale: int


def of_fact(term: Term, is_code: bool, vocabulary: Vocabulary, catalogues: Mapping[str, Catalogue], by: str) -> Ask:
    """The value of a fact or term. A number that is known not to be has no value, and is asked for."""
    value_in = read(term, catalogues)
    floor = isinstance(term, DaysBetween)

    def value(run: Run) -> Quantity:
        found = value_in(run.claim, None)
        if type(found) is int:
            return 0 if floor and found < 0 else found
        if is_code and (found is None or isinstance(found, str)):
            return found
        return _lacking(term, run, vocabulary, by)

    return value


def key_of_fact(path: str, by: str) -> Key:
    """A fact as the key of a table: its value, none, or what is missing."""

    def key(run: Run) -> Given | Missed:
        found: Given = run.facts.get(path, UNKNOWN)
        return missed(path, by) if isinstance(found, Unknown) else found

    return key


def completed_years(start: FactTerm, end: FactTerm, by: str) -> Ask:
    """Anniversaries of `start` that `end` has reached; none before the first."""

    def value(run: Run) -> Quantity:
        first, last = run.facts.get(start.path, UNKNOWN), run.facts.get(end.path, UNKNOWN)
        if isinstance(first, datetime.date) and isinstance(last, datetime.date):
            return anniversaries(first, last)
        facts = ((start.path, first), (end.path, last))
        return together(missed(path, by) for path, found in facts if not isinstance(found, datetime.date))

    return value


def anniversaries(first: datetime.date, last: datetime.date) -> int:
    """How many anniversaries of the first day the last has reached; 29 February counts from 1 March elsewhere."""
    return max(0, last.year - first.year - ((last.month, last.day) < (first.month, first.day)))


def looked_up(
    place: int, layered: Layered, keys: tuple[Key, ...], steady: bool, by: str
) -> Callable[[Run], Found | Missed]:
    """The answer of a parameter for the claim's dates and the keys, noted in the run; answers are kept. `steady` keys
    are the same throughout a run."""
    governing = layered.governing
    first, others = governing[0], governing[1:]
    kept: Kept = {}

    def found(run: Run) -> Found | Missed:
        noted = run.found[place]
        if steady and noted is not None and noted.quantity is not None:
            return noted
        facts = run.facts
        days: Days = (facts.get(first, UNKNOWN), *[facts.get(path, UNKNOWN) for path in others])
        given = [key(run) for key in keys] if keys else []
        known: tuple[Given, ...] = (
            tuple([UNKNOWN if isinstance(each, Missed) else each for each in given]) if keys else ()
        )
        answer = kept.get((days, known))
        if answer is None:
            if UNKNOWN in days:
                return together(missed(path, by) for path, day in zip(governing, days, strict=True) if day is UNKNOWN)
            answer = layered.find(dict(zip(governing, days, strict=True)), known)
            if len(kept) < MOST_KEPT:
                kept[days, known] = answer
        run.found[place] = answer
        if answer.quantity is not None:
            return answer
        # Without an answer it is the keys that are missing, if a row could match; else it is the parameter.
        hangs = UNKNOWN in known and answer.version is not None and could_answer(answer.version, known)
        return together(given) if hangs else missed(f"parameter:{answer.called}", by)

    return found


def of_parameter(found: Callable[[Run], Found | Missed]) -> Ask:
    """The value of a parameter that is an amount, a rate or a whole number."""

    def value(run: Run) -> Quantity:
        answer = found(run)
        if isinstance(answer, Missed):
            return answer
        quantity = answer.quantity
        return quantity if isinstance(quantity, int) else None

    return value


def bands_of_parameter(found: Callable[[Run], Found | Missed]) -> AskBands:
    """The value of a parameter that is bands."""

    def value(run: Run) -> ScaledBands | Missed:
        answer = found(run)
        if isinstance(answer, Missed):
            return answer
        quantity = answer.quantity
        return quantity if isinstance(quantity, tuple) else ()

    return value


def sum_of_lines(part: LinePart, where: AskOfLine | None, by: str) -> Ask:
    """The sum of one part over the lines where the condition holds. A line whose part is 0 is asked nothing."""
    column_of: Callable[[Splits], Column] = attrgetter(part.value)

    def total(run: Run) -> Quantity:
        column = column_of(run.splits)
        if where is None and None not in column:
            return sum(cast(tuple[int, ...], column))
        unknown: list[Missed] = []
        amount = 0
        for place, fen in enumerate(column):
            line = run.splits.lines[place]
            chosen = False if fen == 0 else True if where is None else where(run, line)
            if isinstance(chosen, Missed):
                unknown.append(chosen)
            elif chosen and fen is None:
                unknown.extend(missed(path, by, line.line_id) for path in run.splits.absent[place])
            elif chosen and fen is not None:
                amount += fen
        return together(unknown) if unknown else amount

    return total


def _lacking(term: Term, run: Run, vocabulary: Vocabulary, by: str) -> Missed:
    """The facts that leave a term without a value: those that are absent, else those that are none."""
    absent = [(vocabulary.axis_of(path), line_id) for path, line_id in absent_facts(term, run.claim, None)]
    if absent:
        return together(missed(path, by, line_id) for path, line_id in absent)
    return together(missed(fact.path, by) for fact in facts_in(term))
