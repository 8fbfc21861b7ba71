"""All atoms of a program as one generated Python function: the facts of a claim or line to its key.

A key has one cell for each fact that atoms compare with constants (which of its named values it has, or on which
stretch of a number or date it lies) and for each other atom (true, false, unknown). Atoms can't tell apart what has one
key, so a key stands for a profile, is short however many atoms there are, and is turned into bits once.
The generated text holds names and numbers of ours alone; facts, constants and functions reach it as bound values.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import cast

from attrs import frozen

from yibao.language.cells import constants_of
from yibao.language.truth import Ask, asked
from yibao.model.claim import Claim
from yibao.model.expressions import Among, Atom, Compare, FactTerm, Holds, InForce, IsNone, Operator, Scope
from yibao.model.facts import Kind, Value, Vocabulary
from yibao.model.policy import Catalogue
from yibao.model.walks import compared_alone, scope_of

Bits = tuple[int, int]
Key = tuple[Hashable, ...]
KeysOf = Callable[[Claim], list[Key]]
_MIRRORED = {
    Operator.LESS: Operator.GREATER,
    Operator.GREATER: Operator.LESS,
    Operator.AT_MOST: Operator.AT_LEAST,
    Operator.AT_LEAST: Operator.AT_MOST,
}
_NUMBERED = (Kind.INTEGER, Kind.FEN, Kind.BASIS_POINTS, Kind.DATE)
_LISTED = (Kind.BOOLEAN, Kind.CODE, Kind.OBJECT, Kind.TEXT)
# The cells of a number or date, or of a set, that is absent or none; the others are counted from 0.
_ABSENT, _NONE = -2, -1


@frozen(eq=False)
class Conditions:
    """`keys_of` gives the key of a claim, or of each of its lines in their order; `bits_of` what a key stands for."""

    keys_of: KeysOf
    _cells: tuple[Callable[[Hashable], Bits], ...]

    def bits_of(self, key: Key) -> Bits:
        """The atoms that are true, and those that are unknown."""
        true = unknown = 0
        for cell, bits_of in zip(key, self._cells, strict=True):
            own_true, own_unknown = bits_of(cell)
            true |= own_true
            unknown |= own_unknown
        return true, unknown


def compile_conditions(
    scope: Scope, atoms: tuple[Atom, ...], vocabulary: Vocabulary, catalogues: Mapping[str, Catalogue]
) -> Conditions:
    """The keys for the atoms about `scope`: one key for a claim, or one for each of its lines."""
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
    return Conditions(writer.function(scope), tuple(writer.cells))


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
    """Collects the expressions of the cells, and the values that are bound to names."""

    def __init__(self, vocabulary: Vocabulary, catalogues: Mapping[str, Catalogue]) -> None:
        self._vocabulary = vocabulary
        self._catalogues = catalogues
        self._absent = object()
        self._bound: dict[str, object] = {"absent": self._absent, "stretch": bisect_right}
        self._expressions: list[str] = []
        self._of_claim: dict[str, str] = {}
        self._of_line: dict[str, str] = {}
        self.cells: list[Callable[[Hashable], Bits]] = []

    def one_fact(self, path: str, atoms: list[tuple[int, Atom]]) -> None:
        """One cell for all atoms that compare this fact with constants."""
        kind = self._vocabulary.facts[path].type.kind
        name, every = self._value(path), sum(1 << number for number, _atom in atoms)
        none = sum(1 << number for number, atom in atoms if isinstance(atom, IsNone))
        if kind in _LISTED:
            table, others = _table(atoms)
            self._listed(name, {**table, None: none}, others, every)
            return
        bits: dict[Hashable, Bits] = {_ABSENT: (0, every), _NONE: (none, 0)}
        known = f"{_ABSENT} if {name} is absent else {_NONE} if {name} is None else "
        if kind in _NUMBERED:
            boundaries, masks = _stretches(atoms)
            bits |= {at: (mask, 0) for at, mask in enumerate(masks)}
            if len(boundaries) == 1:
                cell = f"1 if {name} >= {self._bind(boundaries[0])} else 0"
            else:
                cell = f"stretch({self._bind(boundaries)}, {name})"
            self._cell(known + cell, bits.__getitem__)
        else:
            held: dict[str, int] = {}
            for number, atom in atoms:
                if isinstance(atom, Holds):
                    held[atom.code] = held.get(atom.code, 0) | 1 << number
            self._cell(known + f"sum([{self._bind(held)}.get(code, 0) for code in {name}])", _set_cell(bits))

    def _listed(self, name: str, table: Mapping[Value, int], others: int, every: int) -> None:
        """A cell for each distinct set of atoms that a named value makes true, one for all other values."""
        masks = {mask: at for at, mask in enumerate(dict.fromkeys((others, *table.values())))}
        bits: dict[Hashable, Bits] = {at: (mask, 0) for mask, at in masks.items()}
        bits[_ABSENT] = (0, every)
        cells: dict[object, int] = {value: masks[mask] for value, mask in table.items()}
        cells[self._absent] = _ABSENT
        self._cell(f"{self._bind(cells)}.get({name}, {masks[others]})", bits.__getitem__)

    def other(self, number: int, atom: Atom) -> None:
        """A cell of its own: two facts side by side, or a question to the slow but general functions."""
        bit = 1 << number
        bits: dict[Hashable, Bits] = {True: (bit, 0), False: (0, 0), None: (0, bit)}
        match atom:
            case Compare(operator, FactTerm(left), FactTerm(right)):
                one, two = self._value(left), self._value(right)
                none = f"False if {one} is None or {two} is None else {one} {operator.value} {two}"
                self._cell(f"None if {one} is absent or {two} is absent else {none}", bits.__getitem__)
            case _:
                ask: Ask = asked(atom, self._catalogues)
                self._cell(f"{self._bind(ask)}(claim, line)", bits.__getitem__)

    def function(self, scope: Scope) -> KeysOf:
        """The finished function."""
        parameters = ", ".join(["claim", *(f"{name}={name}" for name in self._bound)])
        of_claim = [f"    {name} = of_claim({path}, absent)" for path, name in self._of_claim.items()]
        of_line = [f"        {name} = of_line({path}, absent)" for path, name in self._of_line.items()]
        key = "(" + "".join(f"{expression}, " for expression in self._expressions) + ")"
        text = [f"def keys_of({parameters}):", "    of_claim = claim.facts.get", *of_claim]
        if scope is Scope.CLAIM:
            text += ["    line = None", f"    return [{key}]"]
        else:
            text += ["    keys = []", "    for line in claim.lines:", "        of_line = line.facts.get", *of_line]
            text += [f"        keys.append({key})", "    return keys"]
        namespace: dict[str, object] = dict(self._bound)
        exec("\n".join(text), namespace)
        return cast(KeysOf, namespace["keys_of"])

    def _cell(self, expression: str, bits_of: Callable[[Hashable], Bits]) -> None:
        self._expressions.append(f"({expression})")
        self.cells.append(bits_of)

    def _value(self, path: str) -> str:
        """The local name that holds a fact's value; the fact is read once."""
        read = self._of_line if path.startswith("line.") else self._of_claim
        known = next((name for bound, name in read.items() if self._bound[bound] == path), None)
        if known is None:
            known = f"v{len(self._of_line) + len(self._of_claim)}"
            read[self._bind(path)] = known
        return known

    def _bind(self, value: object) -> str:
        name = f"k{len(self._bound)}"
        self._bound[name] = value
        return name


def _set_cell(bits: Mapping[Hashable, Bits]) -> Callable[[Hashable], Bits]:
    """The cell of a set of codes is itself the atoms that are true."""

    def bits_of(cell: Hashable) -> Bits:
        return bits[cell] if cell in bits else (cast(int, cell), 0)

    return bits_of


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
