"""The axes of missing facts, and their cells: the stretches of a domain on which a group of atoms agrees.

An atom that compares one fact with constants lies on the axis of that fact; every other atom is an axis of its own, and
so is one whose fact such an atom reads too. Representatives of every stretch are taken from the constants that the
atoms name (each, and what follows it) and from the ends of the domain; those on which all atoms agree fall into one
cell. Nothing is inferred here: the completions of the engine and the checker of proofs both begin from it.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterable, Iterator

from attrs import frozen

from yibao.basics.periods import FIRST_DAY, LAST_DAY
from yibao.language.truth import asked
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Among, Atom, Compare, Constant, ConstantValue, Holds, InForce, ShiftedDate, Term
from yibao.model.facts import FactDeclaration, Kind, Value, Vocabulary
from yibao.model.walks import compared_alone, facts_in

# More codes of one set than this make more completions than are ever looked at.
MOST_CODES = 40
# Ends a text so that it is longer than, and different from, every code of the policy.
SOMETHING_ELSE = "\uffff"


@frozen(kw_only=True)
class Axis:
    """One direction of the completions: its atoms, and the truth of each in every cell.

    `path` is the fact that the atoms compare with constants alone; None for an atom that is an axis of its own.
    """

    path: str | None
    atoms: tuple[Atom, ...]
    cells: tuple[tuple[bool, ...], ...]

    @property
    def size(self) -> int:
        return len(self.cells)


def axes_of(atoms: Iterable[Atom], vocabulary: Vocabulary, most: int) -> tuple[Axis, ...] | None:
    """The axes of open atoms, given in the order of their texts; None when they have more than `most` completions."""
    axes: list[Axis] = []
    completions = 1
    for path, group in grouped(atoms, vocabulary):
        limit = most // completions
        cells = ((True,), (False,)) if path is None else cells_of(path, group, vocabulary, limit)
        if cells is None or len(cells) > limit:
            return None
        completions *= len(cells)
        axes.append(Axis(path=path, atoms=tuple(group), cells=cells))
    return tuple(axes)


def grouped(atoms: Iterable[Atom], vocabulary: Vocabulary) -> list[tuple[str | None, list[Atom]]]:
    """Open atoms by the fact that they compare alone; None for those that are an axis of their own."""
    listed = [*atoms]
    entangled = {
        vocabulary.axis_of(fact.path) for atom in listed if compared_alone(atom) is None for fact in facts_in(atom)
    }
    alone: dict[str, list[Atom]] = {}
    groups: list[tuple[str | None, list[Atom]]] = []
    for atom in listed:
        fact = compared_alone(atom)
        path = vocabulary.axis_of(fact.path) if fact is not None else None
        if path is None or path in entangled:
            groups.append((None, [atom]))
        else:
            alone.setdefault(path, []).append(atom)
    return [*alone.items(), *groups]


def cells_of(path: str, atoms: list[Atom], vocabulary: Vocabulary, limit: int) -> tuple[tuple[bool, ...], ...] | None:
    """The distinct truths that the atoms can have together, in order of their representatives.

    `path` is the missing fact that all the atoms compare with constants alone. None when there are more than `limit`.
    """
    codes = {atom.code for atom in atoms if isinstance(atom, Holds)}
    if limit < 1 << min(len(codes), MOST_CODES):
        return None
    cells: dict[tuple[bool, ...], None] = {}
    tests = [_test_of(atom) for atom in atoms]
    for value in _representatives(vocabulary.facts[path], vocabulary, atoms):
        cells[tuple(test(value) for test in tests)] = None
        if len(cells) > limit:
            return None
    return tuple(cells)


def _test_of(atom: Atom) -> Callable[[Value], bool]:
    """The atom as a function of the value of its one fact."""
    fact = compared_alone(atom)
    if fact is None:
        raise TypeError("only an atom about one fact has cells")
    path, ask = fact.path, asked(atom, {})

    def test(value: Value) -> bool:
        facts = {path: value}
        line = Line(line_id="", facts=facts)
        return bool(ask(Claim(claim_id=None, facts=facts, lines=(line,), digest=""), line))

    return test


def _representatives(declaration: FactDeclaration, vocabulary: Vocabulary, atoms: list[Atom]) -> Iterator[Value]:
    table = declaration.type.table
    if declaration.type.kind is Kind.CODE and table is not None:
        yield from vocabulary.tables[table].codes
    else:
        yield from _values(declaration, atoms)
    if declaration.nullable:
        yield None


def _values(declaration: FactDeclaration, atoms: list[Atom]) -> Iterable[Value]:
    constants = sorted({value for atom in atoms for value in constants_of(atom)}, key=str)
    match declaration.type.kind:
        case Kind.BOOLEAN:
            return (True, False)
        case Kind.OBJECT:
            return (True,)
        case Kind.INTEGER | Kind.FEN | Kind.BASIS_POINTS:
            return _numbers(constants, declaration.type.low, declaration.type.high)
        case Kind.DATE:
            return _days(constants)
        case Kind.CODES:
            return _subsets(sorted({atom.code for atom in atoms if isinstance(atom, Holds)}))
        case _ if declaration.type.digits is not None:
            return _digits(constants, declaration.type.digits)
        case _:
            return _texts(constants)


def constants_of(atom: Atom) -> Iterator[ConstantValue]:
    """The constants of an atom about one fact, in terms of that fact's own value."""
    match atom:
        case Compare(_, term, Constant(value)) | Compare(_, Constant(value), term):
            yield _unshifted(term, value)
        case Among(term, values):
            yield from (_unshifted(term, constant.value) for constant in values)
        case InForce(_, period):
            yield period.start
            if period.end is not None:
                yield period.end


def _unshifted(term: Term, value: ConstantValue) -> ConstantValue:
    """What the fact itself is compared with, when the term moves it by days."""
    if isinstance(term, ShiftedDate) and isinstance(value, datetime.date):
        return datetime.date.fromordinal(value.toordinal() - term.days)
    return value


def _numbers(constants: list[ConstantValue], low: int, high: int) -> Iterable[int]:
    near = {number + step for number in constants if isinstance(number, int) for step in (0, 1)}
    return sorted({low, high} | {number for number in near if low <= number <= high})


def _days(constants: list[ConstantValue]) -> Iterable[datetime.date]:
    ordinals = {day.toordinal() + step for day in constants if isinstance(day, datetime.date) for step in (0, 1)}
    first, last = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
    inside = {first, last} | {ordinal for ordinal in ordinals if first <= ordinal <= last}
    return [datetime.date.fromordinal(ordinal) for ordinal in sorted(inside)]


def _subsets(codes: list[str]) -> Iterator[frozenset[str]]:
    for size in range(len(codes) + 1):
        for chosen in itertools.combinations(codes, size):
            yield frozenset(chosen)


def _digits(constants: list[ConstantValue], length: int) -> Iterable[str]:
    """Codes of that many digits that part from each named code or prefix at each of its digits."""
    named = [text for text in constants if isinstance(text, str)]
    found = {"0" * length: None, "9" * length: None}
    for text in named:
        for at in range(min(len(text) + 1, length)):
            found.update({(text[:at] + digit).ljust(length, "0"): None for digit in "0123456789"})
    return found


def _texts(constants: list[ConstantValue]) -> Iterable[str]:
    """Each constant, something longer that begins like it, and something else altogether."""
    named = [text for text in constants if isinstance(text, str)]
    return [*named, *(text + SOMETHING_ELSE for text in named), SOMETHING_ELSE]
