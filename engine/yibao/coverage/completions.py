"""What an open outcome depends on: every completion of the missing facts, judged in one pass of bit arithmetic.

A completion gives each missing fact that can matter one value, each independently. A fact that its open atoms compare
with constants alone is an axis, cut into the cells on which these atoms agree; every other open atom is an axis of
its own with the cells true and false. Bit *n* of an atom is its truth in completion *n*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from attrs import frozen

from yibao.coverage.judgement import MOST_COMPLETIONS, Axis, Truth
from yibao.coverage.kleene import Statuses, found_of, truth_of
from yibao.coverage.program import Program, numbers_in
from yibao.language import cells
from yibao.model.expressions import Always, And, Atom, Condition, Finding, Not, Or

Row = int


@frozen(kw_only=True)
class Completed:
    """What the completions say: for each output whether it is True, False or open (None), and what it depends on."""

    outputs: tuple[Truth, ...]
    matters: tuple[Axis, ...]
    exact: bool


@frozen(kw_only=True)
class OpenState:
    """Where Kleene's three values left a line: what is known of atoms, rules and findings."""

    true: int
    unknown: int
    applies: Statuses
    stands: Statuses


Outputs = Callable[[Mapping[int, Row]], tuple[Row, ...]]


@frozen(kw_only=True)
class Layout:
    """All completions side by side: the row of every atom and of every rule's standing, and how the axes lie in it."""

    axes: tuple[cells.Axis, ...]
    strides: tuple[int, ...]
    full: Row
    atoms: Mapping[int, Row]
    stands: Mapping[int, Row]


def lay_out(program: Program, state: OpenState, wanted: int) -> Layout | None:
    """Every completion of what the standing of the rules `wanted` depends on; None when there are more than 65,536."""
    cone = _Cone(program, state)
    cone.follow(wanted)
    axes = cells.axes_of(_in_order(program, cone.atoms), program.vocabulary, MOST_COMPLETIONS)
    if axes is None:
        return None
    known = {number: state.true >> number & 1 for number in range(len(program.atoms))}
    rows, full, strides = _rows_of(program, axes, known)
    return Layout(
        axes=axes,
        strides=tuple(strides),
        full=full,
        atoms=rows,
        stands=_stand_rows(program, rows, full),
    )


def complete(program: Program, state: OpenState, wanted: int, outputs: Outputs) -> Completed | None:
    """Judge all completions of what the standing of the rules `wanted` depends on.

    `outputs` turns the standing of every rule (as rows of bits) into the rows asked for.
    None when there are more than 65,536 completions.
    """
    layout = lay_out(program, state, wanted)
    if layout is None:
        return None
    full = layout.full
    results = outputs(layout.stands)
    settled = tuple(True if row == full else False if row == 0 else None for row in results)
    matters = tuple(
        axis.atoms
        for axis, stride in zip(layout.axes, layout.strides, strict=True)
        if _moves(results, axis.size, stride, full)
    )
    exact = not matters or _independent(layout.axes)
    return Completed(outputs=settled, matters=tuple(sorted(matters, key=_spelling(program))), exact=exact)


def _independent(axes: tuple[cells.Axis, ...]) -> bool:
    """Whether the axes are facts that can take their values each on its own: no atom that stands for several facts,
    and no fact beside an object around it, under which it would be none."""
    paths = [axis.path for axis in axes]
    return None not in paths and not any(
        other.startswith(f"{path}.") for path in paths for other in paths if path is not None and other is not None
    )


def everything_open(program: Program, state: OpenState, wanted: int) -> tuple[Axis, ...]:
    """The axes that reach the standing of `wanted`, when there are too many completions to look at."""
    cone = _Cone(program, state)
    cone.follow(wanted)
    groups = cells.grouped(_in_order(program, cone.atoms), program.vocabulary)
    return tuple(sorted((tuple(group) for _path, group in groups), key=_spelling(program)))


class _Cone:
    """The open atoms that reach an open standing: through open conditions, findings, and the rules above."""

    def __init__(self, program: Program, state: OpenState) -> None:
        self._program = program
        self._state = state
        self._followed: set[tuple[str, int]] = set()
        self.atoms: set[int] = set()

    def follow(self, rules: int) -> None:
        """Follow the open ones among the rules whose standing is asked for."""
        for number in numbers_in(rules & self._state.stands.open):
            if ("stands", number) in self._followed:
                continue
            self._followed.add(("stands", number))
            for each in (number, *numbers_in(self._program.above[number])):
                self._follow_applying(each)

    def _follow_applying(self, number: int) -> None:
        if ("applies", number) in self._followed or not self._state.applies.open >> number & 1:
            return
        self._followed.add(("applies", number))
        self._follow_condition(self._program.conditions[number])

    def _follow_condition(self, condition: Condition) -> None:
        """What is decided depends on nothing; what is open depends on its open parts."""
        if self._truth(condition) is not None:
            return
        match condition:
            case Not(inner):
                self._follow_condition(inner)
            case And(conditions) | Or(conditions):
                for inner in conditions:
                    self._follow_condition(inner)
            case Finding(name):
                self.follow(sum(1 << number for number in self._program.concluding.get(name, ())))
            case Always():
                return
            case _:
                self.atoms.add(self._program.atom_numbers[condition])

    def _truth(self, condition: Condition) -> Truth:
        return truth_of(condition, self._atom, lambda name: found_of(self._program, name, self._state.stands))

    def _atom(self, atom: Atom) -> Truth:
        number = self._program.atom_numbers[atom]
        return None if self._state.unknown >> number & 1 else bool(self._state.true >> number & 1)


def _in_order(program: Program, numbers: Iterable[int]) -> list[Atom]:
    """The atoms with these numbers, which are in the order of their texts."""
    return [program.atoms[number] for number in sorted(numbers)]


def _rows_of(
    program: Program, axes: tuple[cells.Axis, ...], known: dict[int, int]
) -> tuple[dict[int, Row], Row, list[int]]:
    """Each atom's row of truths over all completions, the full row, and the stride of each axis."""
    total = 1
    strides = []
    for axis in axes:
        strides.append(total)
        total *= axis.size
    full = (1 << total) - 1
    rows = {number: full if truth else 0 for number, truth in known.items()}
    for axis, stride in zip(axes, strides, strict=True):
        for at, atom in enumerate(axis.atoms):
            block = sum(((1 << stride) - 1) << stride * cell for cell, truths in enumerate(axis.cells) if truths[at])
            rows[program.atom_numbers[atom]] = _repeated(block, stride * axis.size, total)
    return rows, full, strides


def _repeated(block: Row, width: int, total: int) -> Row:
    while width < total:
        block |= block << width
        width *= 2
    return block & ((1 << total) - 1)


def _stand_rows(program: Program, atom_rows: Mapping[int, Row], full: Row) -> dict[int, Row]:
    """The standing of every rule in every completion: the definition of the language, on rows of bits."""
    applies: dict[int, Row] = {}
    stands: dict[int, Row] = {}
    findings: dict[str, Row] = {}
    for level in (*program.claim_levels, *program.line_levels):
        for number in level:
            applies[number] = _row(program.conditions[number], program, atom_rows, findings, full)
        for number in applies:
            silenced = 0
            for upper in numbers_in(program.above[number]):
                silenced |= applies.get(upper, 0)
            stands[number] = applies[number] & ~silenced
        for name, concluding in program.concluding.items():
            findings[name] = _union(stands.get(number, 0) for number in concluding)
    return stands


def _row(
    condition: Condition, program: Program, atoms: Mapping[int, Row], findings: Mapping[str, Row], full: Row
) -> Row:
    match condition:
        case Always(truth):
            return full if truth else 0
        case Not(inner):
            return full & ~_row(inner, program, atoms, findings, full)
        case And(conditions):
            row = full
            for inner in conditions:
                row &= _row(inner, program, atoms, findings, full)
            return row
        case Or(conditions):
            return _union(_row(inner, program, atoms, findings, full) for inner in conditions)
        case Finding(name):
            return findings.get(name, 0)
        case _:
            return atoms[program.atom_numbers[condition]]


def _union(rows: Iterable[Row]) -> Row:
    union = 0
    for row in rows:
        union |= row
    return union


def _moves(results: tuple[Row, ...], size: int, stride: int, full: Row) -> bool:
    """Whether some result differs between two completions that differ on this axis alone."""
    total = full.bit_length()
    comparable = _repeated((1 << stride * (size - 1)) - 1, stride * size, total)
    return any((row ^ row >> stride) & comparable for row in results)


def _spelling(program: Program) -> Callable[[Axis], tuple[str, ...]]:
    return lambda axis: tuple(program.atom_texts[program.atom_numbers[atom]] for atom in axis)
