"""What the naive evaluator reads: facts, conditions over facts, and the rows of parameters, in the plainest way.

Written from `docs/language.md` and `docs/settlement.md`, sections 1 and 7; shares no code with `yibao.settlement` nor
with the evaluator of conditions in `yibao.language`. It knows no `--as-of`: everything is published.
"""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from attrs import evolve, frozen

from yibao.model.claim import Claim, Line
from yibao.model.expressions import (
    Aggregate,
    Aggregation,
    Always,
    Among,
    And,
    Arithmetic,
    Compare,
    Computed,
    Condition,
    Constant,
    DaysBetween,
    FactTerm,
    ForAllLines,
    ForAnyLine,
    Holds,
    InCatalogue,
    InForce,
    IsNone,
    Not,
    Operator,
    Or,
    Prefix,
    ShiftedDate,
    Term,
)
from yibao.model.facts import UNKNOWN, Given, Unknown
from yibao.model.parameters import (
    AnyValue,
    CodesMatch,
    HitPolicy,
    Match,
    Parameter,
    ParameterRow,
    ParameterValue,
    RangeMatch,
)
from yibao.model.policy import Policy
from yibao.model.walks import facts_in, reads_aggregate

# A missing thing: its name, the line that lacks it, and who asks.
Gap = tuple[str, str | None, str]
Found = TypeVar("Found")
COMPARE: Mapping[Operator, Callable[[object, object], bool]] = {
    Operator.EQUAL: operator.eq,
    Operator.UNEQUAL: operator.ne,
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.GREATER: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


class Missing(Exception):
    """A value that can't be told, and all that was read for it and is missing."""

    def __init__(self, gaps: Iterable[Gap]) -> None:
        self.gaps = frozenset(gaps)
        super().__init__(sorted(map(str, self.gaps)))


def tried(work_out: Callable[[], Found]) -> Found | Missing:
    """The value, or why there is none."""
    try:
        return work_out()
    except Missing as missing:
        return missing


def all_of(found: Iterable[Found | Missing]) -> list[Found]:
    """The values. Raises Missing for all that is missing together."""
    told = list(found)
    gaps = [gap for each in told if isinstance(each, Missing) for gap in each.gaps]
    if any(isinstance(each, Missing) for each in told):
        raise Missing(gaps)
    return [each for each in told if not isinstance(each, Missing)]


@frozen(kw_only=True)
class Sight:
    """What can be seen of a claim, or of one of its lines."""

    policy: Policy
    claim: Claim
    line: Line | None

    def given(self, path: str) -> Given:
        if path.startswith("line."):
            return UNKNOWN if self.line is None else self.line.facts.get(path, UNKNOWN)
        return self.claim.facts.get(path, UNKNOWN)

    def absent(self, node: Term | Condition, asked_by: str) -> Iterable[Gap]:
        """Each fact under the node that is absent: from the claim, from this line, or from any where all are read."""
        lines = self.claim.lines if self.line is None or reads_aggregate(node) else (self.line,)
        for fact in facts_in(node):
            holders = lines if fact.path.startswith("line.") else (None,)
            for line in holders:
                if evolve(self, line=line).given(fact.path) is UNKNOWN:
                    axis = self.policy.vocabulary.axis_of(fact.path)
                    yield axis, line.line_id if line and axis.startswith("line.") else None, asked_by


def holds(condition: Condition, sight: Sight, asked_by: str) -> bool:
    """Whether the condition is true. Raises Missing where that hangs on an absent fact."""
    match condition:
        case Always(truth):
            return truth
        case Not(inner):
            return not holds(inner, sight, asked_by)
        case And(parts):
            return decided([tried(lambda part=part: holds(part, sight, asked_by)) for part in parts], by=False)
        case Or(parts):
            return decided([tried(lambda part=part: holds(part, sight, asked_by)) for part in parts], by=True)
    truth = atom(condition, sight)
    if isinstance(truth, Unknown):
        raise Missing(sight.absent(condition, asked_by))
    return truth


def decided(truths: Iterable[bool | Missing], by: bool) -> bool:
    """`by` if one of them is; else the contrary. Raises Missing where an unknown one could still be."""
    known = list(truths)
    return by if by in known else (all_of(known), not by)[1]


def atom(condition: Condition, sight: Sight) -> bool | Unknown:
    """One yes-or-no test."""
    match condition:
        case Compare(sign, left, right):
            return _tested([value(left, sight), value(right, sight)], COMPARE[sign])
        case Among(term, constants):
            return _tested([value(term, sight)], lambda found: found in [each.value for each in constants])
        case Holds(fact, code):
            return _tested([value(fact, sight)], lambda codes: code in codes)
        case InForce(by, period):
            return _tested([value(by, sight)], lambda day: day in period)
        case InCatalogue(fact, name, by):
            catalogue = sight.policy.catalogues[name]
            return _tested(
                [value(fact, sight), value(by, sight)], lambda code, day: catalogue.row_on(code, day) is not None
            )
        case IsNone(fact):
            found = value(fact, sight)
            return UNKNOWN if isinstance(found, Unknown) else found is None
        case ForAnyLine(inner) | ForAllLines(inner):
            every = [tried(lambda line=line: holds(inner, evolve(sight, line=line), "")) for line in sight.claim.lines]
            found = tried(lambda: decided(every, by=isinstance(condition, ForAnyLine)))
            return UNKNOWN if isinstance(found, Missing) else found
    raise TypeError(f"no atom: {condition}")


def _tested(values: list[Given], test: Callable[..., bool]) -> bool | Unknown:
    """The test of the values; false if one of them is none."""
    if UNKNOWN in values:
        return UNKNOWN
    return None not in values and test(*values)


def value(term: Term, sight: Sight) -> Given:
    """The value of a term: none is None."""
    match term:
        case FactTerm(path):
            return sight.given(path)
        case Constant(constant):
            return constant
        case Prefix(fact, length):
            return _worked([value(fact, sight)], lambda code: code[:length])
        case DaysBetween(start, end):
            return _worked([value(start, sight), value(end, sight)], lambda first, last: (last - first).days)
        case ShiftedDate(date, days):
            return _worked([value(date, sight)], lambda day: day + datetime.timedelta(days))
        case Computed(operation, left, right):
            return _worked([value(left, sight), value(right, sight)], _ARITHMETIC[operation])
        case Aggregate():
            found = tried(lambda: _aggregated(term, sight))
            return UNKNOWN if isinstance(found, Missing) else found


_ARITHMETIC: Mapping[Arithmetic, Callable[..., Given]] = {
    Arithmetic.PLUS: operator.add,
    Arithmetic.MINUS: operator.sub,
    Arithmetic.TIMES: operator.mul,
    Arithmetic.MINIMUM: min,
    Arithmetic.MAXIMUM: max,
}


def _worked(values: list[Given], work: Callable[..., Given]) -> Given:
    return UNKNOWN if UNKNOWN in values else None if None in values else work(*values)


def _aggregated(term: Aggregate, sight: Sight) -> Given:
    """Raises Missing (for no one in particular) if one contribution is unknown."""
    counted = []
    for line in sight.claim.lines:
        there = evolve(sight, line=line)
        if holds(term.where, there, ""):
            found = 1 if term.value is None else value(term.value, there)
            if isinstance(found, Unknown):
                raise Missing([])
            counted.extend([] if found is None else [found])
    if term.aggregation in (Aggregation.SUM, Aggregation.COUNT):
        return sum(counted)
    return None if not counted else min(counted) if term.aggregation is Aggregation.MINIMUM else max(counted)


def answer(parameter: Parameter, day: datetime.date, keys: list[Given]) -> ParameterValue | None:
    """What a parameter says on a day for the keys: None where no row answers, or where an unknown key could matter."""
    version = next(version for version in parameter.versions if day in version.period)
    possible = [row for row in version.rows if _could_match(row, keys)]
    if parameter.hit is HitPolicy.FIRST:
        sure = next((place for place, row in enumerate(possible) if not _asks_unknown(row, keys)), len(possible))
        possible = possible[: sure + 1]
    if not possible or any(_asks_unknown(row, keys) for row in possible):
        return None
    values = [row.value for row in possible]
    match parameter.hit:
        case HitPolicy.COLLECT_SUM:
            return sum(values)
        case HitPolicy.COLLECT_LEAST:
            return min(values)
        case HitPolicy.COLLECT_GREATEST:
            return max(values)
    return values[0]


def could_answer(parameter: Parameter, day: datetime.date, keys: list[Given]) -> bool:
    """Whether some row could match."""
    version = next(version for version in parameter.versions if day in version.period)
    return any(_could_match(row, keys) for row in version.rows)


def _could_match(row: ParameterRow, keys: list[Given]) -> bool:
    return all(key is UNKNOWN or _matches(match, key) for match, key in zip(row.matches, keys, strict=True))


def _asks_unknown(row: ParameterRow, keys: list[Given]) -> bool:
    pairs = zip(row.matches, keys, strict=True)
    return any(key is UNKNOWN and not isinstance(match, AnyValue) for match, key in pairs)


def _matches(match: Match, key: Given) -> bool:
    match match:
        case CodesMatch(codes, none):
            return (
                none
                if key is None
                else ({True: "true", False: "false"}[key] if isinstance(key, bool) else key) in codes
            )
        case RangeMatch(low, high):
            return key is not None and low <= key and (high is None or key <= high)
    return True
