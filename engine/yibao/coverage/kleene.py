"""Statuses of rules from which of them apply: what stands, what is found, and whether a line is admitted.

Everything is a pair of sets of rules as bits: what surely is, and what may be. `applies` comes from an engine.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from yibao.coverage.judgement import Truth
from yibao.coverage.program import Program, numbers_in
from yibao.model.expressions import Always, And, Atom, Condition, Finding, Not, Or


@frozen
class Statuses:
    """Rules that surely are and that may be, as bits; sure is a subset of maybe."""

    sure: int
    maybe: int

    def of(self, number: int) -> Truth:
        if self.sure >> number & 1:
            return True
        return None if self.maybe >> number & 1 else False

    @property
    def open(self) -> int:
        return self.maybe & ~self.sure


def standing(program: Program, applies: Statuses) -> Statuses:
    """Which rules stand: those that apply while nothing above them does."""
    sure = maybe = 0
    for number in numbers_in(applies.maybe):
        above = program.above[number]
        if applies.sure >> number & 1 and not applies.maybe & above:
            sure |= 1 << number
        if not applies.sure & above:
            maybe |= 1 << number
    return Statuses(sure, maybe)


def found_of(program: Program, name: str, stands: Statuses) -> Truth:
    """Whether a finding holds: some rule that concludes it stands."""
    truths = [stands.of(number) for number in program.concluding.get(name, ())]
    if True in truths:
        return True
    return None if None in truths else False


def truth_of(condition: Condition, atom: Callable[[Atom], Truth], finding: Callable[[str], Truth]) -> Truth:
    """A condition in three values, from what is known of its atoms and findings."""
    match condition:
        case Always(constant):
            return constant
        case Not(inner):
            found = truth_of(inner, atom, finding)
            return None if found is None else not found
        case And(conditions):
            truths = [truth_of(inner, atom, finding) for inner in conditions]
            return False if False in truths else None if None in truths else True
        case Or(conditions):
            truths = [truth_of(inner, atom, finding) for inner in conditions]
            return True if True in truths else None if None in truths else False
        case Finding(name):
            return finding(name)
        case _:
            return atom(condition)


def admission(program: Program, stands: Statuses) -> Truth:
    """Admitted if an admission stands and no exclusion does."""
    if stands.sure & program.excludes or not stands.maybe & program.admits:
        return False
    if stands.sure & program.admits and not stands.maybe & program.excludes:
        return True
    return None
