"""What every peer is given: the conditions of the workload's rules, and a claim's facts under flat names.

Only facts that some rule reads are given. Dates are day numbers, and where a line has no limit price it has one that
no amount reaches, because the peers do not know what is known to be none.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache

from tests.bench.documents import workload_policy
from tests.bench.workload_rules import number_of
from yibao.model.claim import Claim
from yibao.model.expressions import Compare, Condition, Constant, ConstantValue, FactTerm
from yibao.model.facts import LINE_PREFIX, Value
from yibao.model.walks import facts_in

NO_LIMIT = 10**13
Plain = bool | int | str


@cache
def conditions() -> Mapping[int, Condition]:
    """The condition of each rule by its number, in order."""
    found = {number_of(rule.id): rule.when for rule in workload_policy().rules}
    return {number: found[number] for number in sorted(found)}


@cache
def paths_read() -> tuple[str, ...]:
    """The facts that some rule reads."""
    return tuple(sorted({fact.path for condition in conditions().values() for fact in facts_in(condition)}))


def is_of_line(path: str) -> bool:
    return path.startswith(LINE_PREFIX)


def name_of(fact: FactTerm) -> str:
    """A fact's name without points, which some engines take for objects."""
    return fact.path.replace(".", "_")


def plain(value: Value | ConstantValue) -> Plain:
    """A value that every engine knows. Raises TypeError for one that none of the rules reads."""
    if isinstance(value, datetime.date):
        return value.toordinal()
    if value is None:
        return NO_LIMIT
    if isinstance(value, bool | int | str):
        return value
    raise TypeError(f"no engine is given {value!r}")


def flat_facts(claim: Claim) -> tuple[dict[str, Plain], list[dict[str, Plain]]]:
    """The facts of the claim, and those of each line."""
    of_claim = {_flat(path): plain(claim.facts[path]) for path in paths_read() if not is_of_line(path)}
    of_lines = [
        {_flat(path): plain(line.facts[path]) for path in paths_read() if is_of_line(path)} for line in claim.lines
    ]
    return of_claim, of_lines


def compared(condition: Compare) -> tuple[FactTerm, FactTerm | Plain]:
    """The two sides of a comparison. Raises TypeError for a form that the workload does not have."""
    match condition.left, condition.right:
        case FactTerm() as left, FactTerm() as right:
            return left, right
        case FactTerm() as left, Constant(value):
            return left, plain(value)
    raise TypeError(f"the workload has no {condition}")


def _flat(path: str) -> str:
    return path.replace(".", "_")
