"""Conditions over the facts of a claim as expressions of Python, for the short way.

An expression is true or false as the condition is. Where it meets a fact that is not given it raises KeyError, and
where it can't tell, Elsewhere: the long way (`truths`) goes on from the beginning. So nothing here is ever unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yibao.basics.periods import Period
from yibao.language.truth import Ask, asked
from yibao.model.claim import Claim, Line
from yibao.model.expressions import (
    Always,
    Among,
    And,
    Compare,
    Condition,
    Constant,
    FactTerm,
    Holds,
    InForce,
    IsNone,
    Not,
    Operator,
    Or,
)
from yibao.model.facts import LINE_PREFIX
from yibao.model.policy import Catalogue
from yibao.settlement.generating import Bound, Elsewhere


class ConditionWriter:
    """Writes conditions into one function, in which `facts` and `claim` are those of the claim."""

    def __init__(self, bound: Bound, catalogues: Mapping[str, Catalogue]) -> None:
        self._bound, self._catalogues = bound, catalogues

    def expression(self, condition: Condition) -> str:
        """The condition as an expression in brackets."""
        match condition:
            case Always(constant):
                return "(True)" if constant else "(False)"
            case Not(inner):
                return f"(not {self.expression(inner)})"
            case And(conditions):
                return f"({' and '.join(map(self.expression, conditions))})"
            case Or(conditions):
                return f"({' or '.join(map(self.expression, conditions))})"
            case Compare(Operator.EQUAL, FactTerm(path), Constant(value)) if _of_claim(path):
                return f"(facts[{self._bound.bind(path)}] == {self._bound.bind(value)})"
            case Compare(sign, FactTerm(path), Constant(value)) if _of_claim(path):
                return self._tested(path, f"{sign.value} {self._bound.bind(value)}")
            case Among(FactTerm(path), values) if _of_claim(path):
                return f"(facts[{self._bound.bind(path)}] in {self._bound.bind(_among(values))})"
            case Holds(FactTerm(path), code) if _of_claim(path):
                held = self._bound.place()
                fact = self._bound.bind(path)
                return f"(({held} := facts[{fact}]) is not None and {self._bound.bind(code)} in {held})"
            case InForce(FactTerm(path), period) if _of_claim(path):
                return self._within(path, period)
            case IsNone(FactTerm(path)) if _of_claim(path):
                return f"(facts[{self._bound.bind(path)}] is None)"
        return f"({self._bound.bind(_surely(asked(condition, self._catalogues)))}(claim))"

    def _within(self, path: str, period: Period) -> str:
        day, first = self._bound.place(), self._bound.bind(period.start)
        ends = "" if period.end is None else f" and {day} < {self._bound.bind(period.end)}"
        return f"(({day} := facts[{self._bound.bind(path)}]) is not None and {first} <= {day}{ends})"

    def _tested(self, path: str, test: str) -> str:
        """A test that none does not pass."""
        value = self._bound.place()
        return f"(({value} := facts[{self._bound.bind(path)}]) is not None and {value} {test})"


def of_line(condition: Condition, catalogues: Mapping[str, Catalogue]) -> Callable[[Claim, Line], bool]:
    """A condition about a line as a function. Raises Elsewhere where it is unknown."""
    ask = asked(condition, catalogues)

    def truth(claim: Claim, line: Line) -> bool:
        found = ask(claim, line)
        if found is None:
            raise Elsewhere
        return found

    return truth


def _surely(ask: Ask) -> Callable[[Claim], bool]:
    def truth(claim: Claim) -> bool:
        found = ask(claim, None)
        if found is None:
            raise Elsewhere
        return found

    return truth


def _among(values: tuple[Constant, ...]) -> frozenset[object]:
    return frozenset(value.value for value in values)


def _of_claim(path: str) -> bool:
    return not path.startswith(LINE_PREFIX)
