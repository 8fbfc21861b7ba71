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

from attrs import frozen

from yibao.coverage.cells import SOMETHING_ELSE, constants_of
from yibao.language.truth import Ask, asked
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Among, Atom, Compare, FactTerm, Holds, InForce, IsNone, Scope
from yibao.model.facts import UNKNOWN, Kind, Value, Vocabulary
from yibao.model.policy import Catalogue
from yibao.model.walks import compared_alone, scope_of

Facts = Mapping[str, Value]
Bits = tuple[int, int]
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


@frozen
class _Stretches:
    """The true atoms by stretch of a number or date: `masks[n]` between boundary n - 1 and boundary n."""

    boundaries: tuple[int, ...] | tuple[datetime.date, ...]
    masks: tuple[int, ...]


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
        every = sum(1 << number for number, _atom in atoms)
        none = _mask(atoms, None, self._catalogues)
        self._lines.append(f"    if {name} is missing: unknown |= {every}")
        if kind in _LISTED:
            table = {value: _mask(atoms, value, self._catalogues) for value in (*_named(kind, atoms), None)}
            others = _mask(atoms, SOMETHING_ELSE, self._catalogues)
            self._lines.append(f"    else: true |= {self._bind(table)}.get({name}, {others})")
        elif kind in _NUMBERED:
            found = self._stretches(kind, atoms)
            self._lines.append(f"    elif {name} is None: true |= {none}")
            boundaries, masks = self._bind(found.boundaries), self._bind(found.masks)
            self._lines.append(f"    else: true |= {masks}[stretch({boundaries}, {name})]")
        else:
            held = {atom.code: 0 for _number, atom in atoms if isinstance(atom, Holds)}
            for number, atom in atoms:
                if isinstance(atom, Holds):
                    held[atom.code] |= 1 << number
            self._lines.append(f"    elif {name} is None: true |= {none}")
            self._lines.append(f"    else:\n        for code in {name}: true |= {self._bind(held)}.get(code, 0)")

    def other(self, number: int, atom: Atom) -> None:
        """An atom on its own: two facts side by side, or a question to the slow but general functions."""
        bit = 1 << number
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

    def _stretches(self, kind: Kind, atoms: list[tuple[int, Atom]]) -> _Stretches:
        if kind is Kind.DATE:
            days = {day for day in _named(kind, atoms) if isinstance(day, datetime.date)}
            edges = sorted(days | {day + datetime.timedelta(days=1) for day in days})
            inside: list[Value] = [datetime.date.min, *edges]
            return _Stretches(tuple(edges), tuple(_mask(atoms, day, self._catalogues) for day in inside))
        numbers = {number for number in _named(kind, atoms) if isinstance(number, int)}
        bounds = sorted(numbers | {number + 1 for number in numbers})
        least = bounds[0] - 1 if bounds else 0
        masks = tuple(_mask(atoms, number, self._catalogues) for number in (least, *bounds))
        return _Stretches(tuple(bounds), masks)


def _named(kind: Kind, atoms: Iterable[tuple[int, Atom]]) -> set[Value]:
    """The values of the fact that its atoms tell apart by name."""
    if kind is Kind.BOOLEAN:
        return {True, False}
    return {True} if kind is Kind.OBJECT else {value for _number, atom in atoms for value in constants_of(atom)}


def _mask(atoms: Iterable[tuple[int, Atom]], value: Value, catalogues: Mapping[str, Catalogue]) -> int:
    """The atoms about one fact that hold of the value."""
    mask = 0
    for number, atom in atoms:
        fact = compared_alone(atom)
        if fact is None:
            raise TypeError("only atoms about one fact have a mask")
        facts = {fact.path: value}
        line = Line(line_id="", facts=facts)
        claim = Claim(claim_id=None, facts=facts, lines=(line,), digest="")
        if asked(atom, catalogues)(claim, line):
            mask |= 1 << number
    return mask
