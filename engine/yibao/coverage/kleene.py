"""Statuses of rules from which of them apply: what stands, what is found, and whether a line is admitted.

Everything is a pair of sets of rules as bits: what surely is, and what may be. `applies` comes from an engine.
"""

from __future__ import annotations

from attrs import frozen

from yibao.coverage.judgement import Truth
from yibao.coverage.program import Program, numbers_in


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


def standing(program: Program, applies: Statuses, among: int) -> Statuses:
    """Which rules of `among` stand: those that apply while nothing above them does."""
    sure = maybe = 0
    for number in numbers_in(among & applies.maybe):
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


def admission(program: Program, stands: Statuses) -> Truth:
    """Admitted if an admission stands and no exclusion does."""
    if stands.sure & program.excludes or not stands.maybe & program.admits:
        return False
    if stands.sure & program.admits and not stands.maybe & program.excludes:
        return True
    return None
