"""The rules in durable_rules through its own Host: each line is one flat fact of the claim's session.

The Host is used as it comes, with its dispatcher threads. They sometimes take actions from the caller. So four rules,
of which exactly one holds for any line, run last, and a claim is complete when one of them has run for each line.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from importlib.metadata import version

from durable.engine import Closure, Host

from tests.bench.documents import model_claim
from tests.bench.draw import ClaimRow
from tests.bench.fused import FIRST_LIMIT, LAST_EXCLUSION, Answer, status_of
from tests.bench.peers.rules import Plain, compared, conditions, flat_facts, name_of
from tests.bench.tasks import Engine, Task, every_line, first_line
from yibao.model.expressions import Among, And, Compare, Condition, Constant, FactTerm, Not, Operator, Or

RULES = "workload"
# Class A; class B; class C, twice.
_CLOSING = (28, 27, 13, 21)
_FIRST, _LAST = 1, 2
_LONGEST_WAIT_S = 5.0
_WORDS = {
    Operator.UNEQUAL: "$neq",
    Operator.LESS: "$lt",
    Operator.AT_MOST: "$lte",
    Operator.GREATER: "$gt",
    Operator.AT_LEAST: "$gte",
}
Facts = list[dict[str, Plain]]


class DurableHost:
    """One Host with the 30 rules. `decide` gives the number of the rule that speaks for each line."""

    def __init__(self) -> None:
        self._applying: dict[str, set[int]] = {}
        self._closed = 0
        self._sessions = itertools.count()
        rules = {
            f"r{number}": {
                "all": [{"m": _pattern(condition)}],
                "run": self._noting(number, number in _CLOSING),
                "pri": _LAST if number in _CLOSING else _FIRST,
            }
            for number, condition in conditions().items()
        }
        self._host = Host({RULES: rules})

    def decide(self, lines: Facts) -> list[int]:
        """Raises TimeoutError if the Host does not come to an end with the claim."""
        session = f"s{next(self._sessions)}"
        ids = [f"{session}-{at}" for at in range(len(lines))]
        facts = [{**line, "id": name, "sid": session, "kind": "F"} for name, line in zip(ids, lines, strict=True)]
        self._applying, self._closed = {name: set() for name in ids}, 0
        if len(facts) == 1:
            self._host.assert_fact(RULES, facts[0])
        else:
            self._host.assert_facts(RULES, facts)
        self._await(len(facts))
        self._host.delete_state(RULES, session)
        return [_speaking(self._applying[name]) for name in ids]

    def _await(self, lines: int) -> None:
        """Wait for actions that a dispatcher thread took."""
        until = None
        while self._closed < lines:
            until = until or time.monotonic() + _LONGEST_WAIT_S
            if time.monotonic() > until:
                raise TimeoutError("durable_rules' Host left actions undone")
            time.sleep(0)

    def _noting(self, number: int, closing: bool) -> Callable[[Closure], None]:
        def note(closure: Closure) -> None:
            self._applying[closure.m.id].add(number)
            self._closed += closing

        return note


def _speaking(applying: set[int]) -> int:
    """The lowest exclusion, else the lowest limit, else the lowest first payment."""
    lowest = min(applying)
    if lowest <= LAST_EXCLUSION or max(applying) < FIRST_LIMIT:
        return lowest
    return min(number for number in applying if number >= FIRST_LIMIT)


def _pattern(condition: Condition) -> dict[str, object]:
    return {"$and": [{"kind": "F"}, _tests(condition)]}


def _tests(condition: Condition) -> dict[str, object]:
    match condition:
        case And(parts):
            return {"$and": [_tests(part) for part in parts]}
        case Or(parts):
            return {"$or": [_tests(part) for part in parts]}
        case Not(Compare(Operator.EQUAL, FactTerm() as fact, Constant(True))):
            return {name_of(fact): False}
        case Among(FactTerm() as fact, values):
            return {"$or": [{name_of(fact): value.value} for value in values]}
        case Compare(operator):
            fact, other = compared(condition)
            value: object = {"$m": name_of(other)} if isinstance(other, FactTerm) else other
            test: dict[str, object] = {name_of(fact): value}
            return test if operator is Operator.EQUAL else {_WORDS[operator]: test}
    raise TypeError(f"the workload has no {condition}")


def _prepared(row: ClaimRow) -> Facts:
    """Each line with the claim's facts beside its own."""
    of_claim, of_lines = flat_facts(model_claim(row))
    return [{**of_claim, **line} for line in of_lines]


def _answers(numbers: list[int]) -> list[Answer]:
    return [(status_of(number), number) for number in numbers]


def engine() -> Engine:
    """The Host on claims of ten lines, and on single lines."""
    host = DurableHost()

    def task(name: str, view: Callable[[ClaimRow], ClaimRow]) -> Task[Facts, list[int]]:
        return Task(name=name, view=view, prepare=_prepared, start=lambda: host.decide, answers=_answers)

    return Engine(
        title=f"durable_rules {version('durable_rules')}, its own Host",
        tasks=(task("host", every_line), task("host, one line", first_line)),
    )
