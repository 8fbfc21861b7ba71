"""Which rules of a phase (of the claim, or of a line) apply: forward chaining by strata in durable_rules.

durable_rules reports, for each stratum, in a sure and a maybe run, which rules apply, and nothing else. It is asked
about the components that have a rule which may apply, and about each of them once for what its atoms say; of all the
others it is certain that they don't apply.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from yibao.coverage.judgement import Truth
from yibao.coverage.kleene import Statuses, found_of, standing
from yibao.coverage.patterns import pattern_of, symbols
from yibao.coverage.program import Program, numbers_in
from yibao.coverage.rete import Network
from yibao.coverage.slices import Candidates, Component, components_of

# What a component came to takes some 400 bytes: this many of them are a few megabytes.
MOST_REMEMBERED = 20_000
Findings = Mapping[str, Truth]
_Remembered = tuple[int, int, int, tuple[Truth, ...]]


class Strata:
    """The strata of one phase. `levels` has the numbers of the rules of each, from the lowest."""

    def __init__(self, program: Program, levels: tuple[tuple[int, ...], ...]) -> None:
        self._program = program
        self._networks = [
            (
                sum(1 << number for number in level),
                Network((number, pattern_of(program.conditions[number], program)) for number in level),
            )
            for level in levels
        ]
        numbers = tuple(number for level in levels for number in level)
        self._concluded = [name for name, by in program.concluding.items() if set(by) & set(numbers)]
        self._candidates = Candidates(program, numbers)
        self._components = components_of(program, numbers)
        self._memo: OrderedDict[_Remembered, tuple[int, int]] = OrderedDict()

    def applying(self, true: int, unknown: int, before: Statuses, findings: Findings) -> Statuses:
        """Which rules apply, those of the phase before included; `findings` are what that phase found."""
        sure, maybe = before.sure, before.maybe
        left = self._candidates.among(true | unknown)
        asked: list[tuple[_Remembered, Component]] = []
        while left:
            component = self._components[(left & -left).bit_length() - 1]
            left &= ~component.rules
            read = tuple([findings.get(name, False) for name in component.read])
            key = (component.number, true & component.atoms, unknown & component.atoms, read)
            known = self._memo.get(key)
            if known is None:
                asked.append((key, component))
            else:
                sure, maybe = sure | known[0], maybe | known[1]
        if asked:
            applies = self._chain([component for _key, component in asked], true, unknown, before, findings)
            sure, maybe = sure | applies.sure, maybe | applies.maybe
            for key, component in asked:
                self._memo[key] = (applies.sure & component.rules, applies.maybe & component.rules)
                if len(self._memo) > MOST_REMEMBERED:
                    self._memo.popitem(last=False)
        return Statuses(sure, maybe)

    def _chain(
        self, components: list[Component], true: int, unknown: int, before: Statuses, findings: Findings
    ) -> Statuses:
        """Run the strata upwards: each is given the atoms and the findings of those below."""
        rules = atoms = 0
        for component in components:
            rules, atoms = rules | component.rules, atoms | component.atoms
        applies, found = before, dict(findings)
        for own, network in self._networks:
            asked = own & rules
            if not asked:
                continue
            if self._concluded:
                stands = standing(self._program, applies)
                found.update({name: found_of(self._program, name, stands) for name in self._concluded})
            wanted = frozenset(numbers_in(asked))
            sure = network.fired(symbols(true, unknown, atoms, found, sure=True), wanted)
            maybe = sure
            if unknown & atoms or None in found.values():
                maybe = network.fired(symbols(true, unknown, atoms, found, sure=False), wanted)
            applies = Statuses(applies.sure | _bits(sure) & asked, applies.maybe | _bits(maybe) & asked)
        return applies


def _bits(numbers: set[int]) -> int:
    return sum(1 << number for number in numbers)
