"""All atoms of a program as one generated Python function: the facts of a claim or line to a profile of bits.

Atoms that compare one fact with constants become one look-up of its value: by code, or by stretch of a number or date.
Two facts are compared in place; what is left (aggregates, prefixes, catalogues) is asked through `language.truth`.
The generated text holds names and numbers of ours alone; facts, constants and functions reach it as bound values.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import cast

from yibao.coverage.cells import constants_of
from yibao.language.truth import Ask, asked
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Among, Atom, Compare, FactTerm, Holds, InForce, IsNone, Operator, Scope
from yibao.model.facts import UNKNOWN, Kind, Value, Vocabulary
from yibao.model.policy import Catalogue
from yibao.model.walks import compared_alone, scope_of

Facts = Mapping[str, Value]
Bits = tuple[int, int]
_MIRRORED = {
    Operator.LESS: Operator.GREATER,
    Operator.GREATER: Operator.LESS,
    Operator.AT_MOST: Operator.AT_LEAST,
    Operator.AT_LEAST: Operator.AT_MOST,
}
ProfileOf = Callable[[Facts, Facts, Claim, "Line | None"], Bits]

_NUMBERED = (Kind.INTEGER, Kind.FEN, Kind.BASIS_POINTS, Kind.DATE)
_LISTED = (Kind.BOOLEAN, Kind.CODE, Kind.OBJECT, Kind.TEXT)


def compile_conditions(
    scope: Scope, atoms: tuple[Atom, ...], vocabulary: Vocabulary, catalogues: Mapping[str, Catalogue]
) -> ProfileOf:
    """The function that gives, for the atoms about `scope`, those that are true and those that are unknown.

    Its arguments are the facts of the claim and of the line, and the two themselves for what looks further.
    """
    numbered = [(number, atom) for number, atom in enumerate(atoms) if scope_of(atom) is scope]
    writer = _Writer(vocabulary, catalogues)
    alone: dict[str, list[tuple[int, Atom]]] = {}
    for number, atom in numbered:
        fact = _plainly_compared(atom)
        if fact is not None:
            alone.setdefault(fact.path, []).append((number, atom))
    for path in sorted(alone):
        writer.one_fact(path, alone[path])
    for number, atom in numbered:
        if _plainly_compared(atom) is None:
            writer.other(number, atom)
    return writer.function()


def _plainly_compared(atom: Atom) -> FactTerm | None:
    """The fact whose bare value the atom compares with constants."""
    match atom:
        case Compare(_, FactTerm() as fact, _) | Compare(_, _, FactTerm() as fact) if compared_alone(atom) == fact:
            return fact
        case Among(FactTerm() as fact, _) | Holds(fact) | IsNone(fact) | InForce(fact):
            return fact
        case _:
            return None


class _Writer:
    """Collects the lines of the function, and the values that are bound to their names."""

    def __init__(self, vocabulary: Vocabulary, catalogues: Mapping[str, Catalogue]) -> None:
        self._vocabulary = vocabulary
        self._catalogues = catalogues
        self._bound: dict[str, object] = {"missing": UNKNOWN, "stretch": bisect_right}
        self._lines: list[str] = []
        self._read: dict[str, str] = {}

    def one_fact(self, path: str, atoms: list[tuple[int, Atom]]) -> None:
        """One look-up for all atoms that compare this fact with constants."""
        kind = self._vocabulary.facts[path].type.kind
        name = self._value(path)
        none = sum(1 << number for number, atom in atoms if isinstance(atom, IsNone))
        self._lines.append(f"    if {name} is missing: unknown |= {_bits(atoms)}")
        if kind in _LISTED:
            table, others = _table(atoms)
            table[None] = none
            self._lines.append(f"    else: true |= {self._bind(table)}.get({name}, {others:#x})")
        elif kind in _NUMBERED:
            boundaries, masks = _stretches(atoms)
            self._lines.append(f"    elif {name} is None: true |= {none:#x}")
            self._lines.append(f"    else: true |= {self._bind(masks)}[stretch({self._bind(boundaries)}, {name})]")
        else:
            held: dict[str, int] = {}
            for number, atom in atoms:
                if isinstance(atom, Holds):
                    held[atom.code] = held.get(atom.code, 0) | 1 << number
            self._lines.append(f"    elif {name} is None: true |= {none:#x}")
            self._lines.append(f"    else:\n        for code in {name}: true |= {self._bind(held)}.get(code, 0)")

    def other(self, number: int, atom: Atom) -> None:
        """An atom on its own: two facts side by side, or a question to the slow but general functions."""
        bit = hex(1 << number)
        match atom:
            case Compare(operator, FactTerm(left), FactTerm(right)):
                first, second = self._value(left), self._value(right)
                self._lines.append(f"    if {first} is missing or {second} is missing: unknown |= {bit}")
                known = f"{first} is not None and {second} is not None"
                self._lines.append(f"    elif {known} and {first} {operator.value} {second}: true |= {bit}")
            case _:
                ask: Ask = asked(atom, self._catalogues)
                self._lines.append(f"    found = {self._bind(ask)}(claim, line)")
                self._lines.append(f"    if found is None: unknown |= {bit}")
                self._lines.append(f"    elif found: true |= {bit}")

    def function(self) -> ProfileOf:
        """The finished function."""
        parameters = ", ".join(["of_claim", "of_line", "claim", "line", *(f"{name}={name}" for name in self._bound)])
        text = "\n".join(
            [f"def profile({parameters}):", "    true = unknown = 0", *self._lines, "    return true, unknown"]
        )
        namespace: dict[str, object] = dict(self._bound)
        exec(text, namespace)
        return cast(ProfileOf, namespace["profile"])

    def _value(self, path: str) -> str:
        """The local name that holds a fact's value; the fact is read once."""
        if path not in self._read:
            name = f"v{len(self._read)}"
            self._read[path] = name
            facts = "of_line" if path.startswith("line.") else "of_claim"
            self._lines.append(f"    {name} = {facts}.get({self._bind(path)}, missing)")
        return self._read[path]

    def _bind(self, value: object) -> str:
        name = f"k{len(self._bound)}"
        self._bound[name] = value
        return name


def _bits(atoms: Iterable[tuple[int, Atom]]) -> str:
    return hex(sum(1 << number for number, _atom in atoms))


def _table(atoms: Iterable[tuple[int, Atom]]) -> tuple[dict[Value, int], int]:
    """For a fact compared for equality: the true atoms by named value, and those of every other value."""
    equal: dict[Value, int] = {True: 0, False: 0}
    unequal: dict[Value, int] = {}
    others = 0
    for number, atom in atoms:
        bit = 1 << number
        match atom:
            case Compare(Operator.UNEQUAL):
                others |= bit
                for value in constants_of(atom):
                    unequal[value] = unequal.get(value, 0) | bit
            case Compare() | Among():
                for value in constants_of(atom):
                    equal[value] = equal.get(value, 0) | bit
    table = {value: equal.get(value, 0) | others & ~unequal.get(value, 0) for value in (*equal, *unequal)}
    return table, others


def _stretches(atoms: Iterable[tuple[int, Atom]]) -> tuple[tuple[Value, ...], tuple[int, ...]]:
    """For a number or date: the boundaries, and the true atoms below the first, between each two, and from the last."""
    turning: dict[int, int] = {}
    lowest = 0
    is_date = False
    for number, atom in atoms:
        bit = 1 << number
        if isinstance(atom, IsNone):
            continue
        constants = [*constants_of(atom)]
        is_date = is_date or any(isinstance(value, datetime.date) for value in constants)
        from_the_start, turns = _turns(atom, [_ordinal(value) for value in constants])
        lowest |= bit if from_the_start else 0
        for turn in turns:
            turning[turn] = turning.get(turn, 0) ^ bit
    masks = [lowest]
    for turn in sorted(turning):
        masks.append(masks[-1] ^ turning[turn])
    boundaries = tuple(datetime.date.fromordinal(turn) if is_date else turn for turn in sorted(turning))
    return boundaries, tuple(masks)


def _turns(atom: Atom, constants: list[int]) -> tuple[bool, list[int]]:
    """Whether the atom holds of the least values, and the values at which its truth turns."""
    match atom:
        case InForce():
            return False, constants
        case Among():
            return False, [edge for value in {*constants} for edge in (value, value + 1)]
    if not isinstance(atom, Compare):
        raise TypeError(f"no test of a number: {atom!r}")
    operator = atom.operator if isinstance(atom.left, FactTerm) else _MIRRORED.get(atom.operator, atom.operator)
    (value,) = constants
    match operator:
        case Operator.EQUAL:
            return False, [value, value + 1]
        case Operator.UNEQUAL:
            return True, [value, value + 1]
        case Operator.LESS:
            return True, [value]
        case Operator.AT_MOST:
            return True, [value + 1]
        case Operator.GREATER:
            return False, [value + 1]
        case Operator.AT_LEAST:
            return False, [value]


def _ordinal(value: Value) -> int:
    if isinstance(value, datetime.date):
        return value.toordinal()
    if isinstance(value, int):
        return value
    raise TypeError(f"no number and no date: {value!r}")
