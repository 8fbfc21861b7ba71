"""Which rules can still matter, and which of them belong together.

A rule whose condition needs an atom that certainly fails can't apply. Rules that hang together by findings form a
component; which rules of a component apply depends on the atoms of that component alone, so that it is remembered
apart. Overrides join nothing here: they are looked at after it is known which rules apply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from yibao.coverage.program import Program, numbers_in
from yibao.model.expressions import (
    Always,
    Among,
    And,
    Atom,
    Compare,
    Condition,
    Constant,
    FactTerm,
    Finding,
    Holds,
    InForce,
    Not,
    Operator,
    Or,
)
from yibao.model.walks import atoms_in, findings_in


@frozen(eq=False, kw_only=True)
class Component:
    """Rules that read each other's findings, as bits; their atoms; and the findings from outside that they read."""

    number: int
    rules: int
    atoms: int
    read: tuple[str, ...]


class Candidates:
    """The rules that may apply, found through the most selective atom that each of them needs."""

    def __init__(self, program: Program, numbers: Iterable[int]) -> None:
        needed = {number: _needed(program.conditions[number], program) for number in numbers}
        popular: dict[str, int] = {}
        for atom in {program.atoms[atom] for atoms in needed.values() for atom in atoms}:
            popular[_fact_of(atom)] = popular.get(_fact_of(atom), 0) + 1
        self._always = 0
        self._by_atom: dict[int, list[tuple[int, int]]] = {}
        for number, atoms in needed.items():
            needs = sum(1 << atom for atom in atoms)
            if not atoms:
                self._always |= 1 << number
                continue
            key = max(sorted(atoms), key=lambda atom: _selectivity(program.atoms[atom], popular))
            self._by_atom.setdefault(key, []).append((number, needs))
        self._keys = sum(1 << atom for atom in self._by_atom)

    def among(self, possible: int) -> int:
        """The rules that may apply where these atoms are true or unknown, and no others."""
        found, impossible = self._always, ~possible
        for atom in numbers_in(possible & self._keys):
            for number, needs in self._by_atom[atom]:
                if not needs & impossible:
                    found |= 1 << number
        return found


def components_of(program: Program, numbers: tuple[int, ...]) -> dict[int, Component]:
    """The component of each of these rules, by the number of the rule."""
    concluding = {name: [number for number in by if number in set(numbers)] for name, by in program.concluding.items()}
    leader = {number: number for number in numbers}

    def led(number: int) -> int:
        while leader[number] != number:
            number = leader[number]
        return number

    for number in numbers:
        names = [finding.name for finding in findings_in(program.conditions[number])]
        for other in (other for name in names for other in concluding.get(name, ())):
            leader[led(other)] = led(number)
    for by in concluding.values():
        for other in by[1:]:
            leader[led(other)] = led(by[0])
    groups: dict[int, list[int]] = {}
    for number in numbers:
        groups.setdefault(led(number), []).append(number)
    made = [_component(program, at, group, concluding) for at, group in enumerate(groups.values())]
    return {number: component for component in made for number in numbers_in(component.rules)}


def _component(program: Program, number: int, group: list[int], concluding: Mapping[str, list[int]]) -> Component:
    conditions = [program.conditions[rule] for rule in group]
    read = {finding.name for condition in conditions for finding in findings_in(condition)}
    # What no rule of this phase concludes, or rules of another phase conclude too, comes from outside.
    outside = {name for name in read if len(concluding.get(name, ())) != len(program.concluding[name])}
    atoms = {program.atom_numbers[atom] for condition in conditions for atom in atoms_in(condition)}
    return Component(
        number=number,
        rules=sum(1 << rule for rule in group),
        atoms=sum(1 << atom for atom in atoms),
        read=tuple(sorted(outside)),
    )


def _needed(condition: Condition, program: Program) -> frozenset[int]:
    """Atoms without which the condition can't be true."""
    match condition:
        case And(conditions):
            return frozenset().union(*(_needed(inner, program) for inner in conditions))
        case Or(conditions):
            return frozenset.intersection(*(_needed(inner, program) for inner in conditions))
        case Not() | Always() | Finding():
            return frozenset()
        case _:
            return frozenset({program.atom_numbers[condition]})


def _selectivity(atom: Atom, popular: Mapping[str, int]) -> tuple[int, int]:
    """Equality with a constant tells most, the more so the more values of its fact are asked for."""
    match atom:
        case Compare(Operator.EQUAL, _, Constant()) | Compare(Operator.EQUAL, Constant(), _) | Among() | Holds():
            return 2, popular[_fact_of(atom)]
        case InForce():
            return 0, 0
    return 1, 0


def _fact_of(atom: Atom) -> str:
    match atom:
        case Compare(_, FactTerm(path), _) | Compare(_, _, FactTerm(path)) | Among(FactTerm(path)):
            return path
        case Holds(FactTerm(path)):
            return path
    return ""
