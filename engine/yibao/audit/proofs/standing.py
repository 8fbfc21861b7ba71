"""What holds of one line: by the statuses that its certificate claims, and in all completions where they stay open.

A truth is a pair of rows of bits, one bit for each completion: where it surely holds, and where it may. With one bit
the pairs are the three values of Kleene. Findings go in no circle, so statuses of which each follows from the others
are the only ones: a certificate is checked by one local look at each rule, in any order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from attrs import evolve, frozen

from yibao.basics.digest import digest_of_document
from yibao.language import cells
from yibao.language.printing import text_of
from yibao.language.truth import Truth
from yibao.model import expressions as ir
from yibao.model.facts import Vocabulary
from yibao.model.policy import Admit, Conclude, Exclude, Rule

Pair = tuple[int, int]
Axes = list[tuple[ir.Atom, ...]]
NO, OPEN, YES = (0, 0), (0, 1), (1, 1)
TRUTHS: Mapping[Pair, Truth] = {NO: False, OPEN: None, YES: True}
MOST_COMPLETIONS = 65_536


@frozen(kw_only=True, eq=False)
class World:
    """Completions side by side. `known` are statuses of rules: claimed, or worked out when they are asked for."""

    rules: Mapping[str, Rule]
    above: Mapping[str, list[Rule]]
    conditions: Mapping[str, ir.Condition]
    full: int
    atoms: Mapping[ir.Atom, Pair]
    known: dict[str, Pair]

    def giving(self, *answers: type, to: str | None = None) -> list[Rule]:
        """The rules with an answer of one of these kinds, to this question if one is named."""
        found = [rule for rule in self.rules.values() if isinstance(rule.answer, answers)]
        return found if to is None else [rule for rule in found if rule.question == to]

    def applies(self, rule: Rule) -> Pair:
        """Its claimed status or, in completions, what its condition comes to."""
        if rule.key not in self.known:
            self.known[rule.key] = self.holds(self.conditions[rule.key])
        return self.known[rule.key]

    def stands(self, rule: Rule) -> Pair:
        """It applies, and nothing above it does."""
        return both(self.applies(rule), self.turned(some(map(self.applies, self.above[rule.key]))))

    def some_stands(self, answer: type) -> Pair:
        """Some rule with an answer of this kind stands."""
        return some(map(self.stands, self.giving(answer)))

    def admitted(self) -> Pair:
        """An admission stands and no exclusion does."""
        return both(self.some_stands(Admit), self.turned(self.some_stands(Exclude)))

    def holds(self, condition: ir.Condition) -> Pair:
        """A condition, from atoms and the statuses of rules."""
        match condition:
            case ir.Always(constant):
                return (self.full, self.full) if constant else NO
            case ir.Not(inner):
                return self.turned(self.holds(inner))
            case ir.And(parts):
                return self.turned(some(self.turned(self.holds(part)) for part in parts))
            case ir.Or(parts):
                return some(map(self.holds, parts))
            case ir.Finding(name):
                return some(self.stands(rule) for rule in self.giving(Conclude) if rule.answer == Conclude(name))
            case _:
                return self.atoms[condition]

    def turned(self, pair: Pair) -> Pair:
        """Where it does not hold."""
        return self.full & ~pair[1], self.full & ~pair[0]

    def literals(self, condition: ir.Condition, holds: bool, wanted: Truth) -> Iterator[ir.Condition]:
        """The first literals that suffice to make the condition (its contrary, with `holds` False) fail; or, with
        `wanted` None, all that leave it open."""
        match condition:
            case ir.Not(inner):
                yield from self.literals(inner, not holds, wanted)
            case ir.And(parts) | ir.Or(parts):
                same = OPEN if wanted is None else NO if holds else YES
                found = [part for part in parts if self.holds(part) == same]
                one_suffices = wanted is False and isinstance(condition, ir.And) is holds
                for part in found[:1] if one_suffices else found:
                    yield from self.literals(part, holds, wanted)
            case _:
                yield condition if holds else ir.Not(condition)

    @cached_property
    def certificate(self) -> tuple[str, dict[str, Any]]:
        """The profile's name and what its certificate has to say, if the statuses that it claims are right."""
        applies, silenced = [], {}
        failing: dict[bool | None, dict[str, list[str]]] = {False: {}, None: {}}
        for key, condition in self.conditions.items():
            truth = TRUTHS[self.holds(condition)]
            above = [upper for upper in self.above[key] if self.applies(upper) == YES]
            if truth is not True:
                failing[truth][key] = [text_of(literal) for literal in self.literals(condition, True, truth)]
                continue
            applies.append(key)
            if above:
                silenced[key] = min(above, key=lambda upper: (self.stands(upper) != YES, upper.key)).key
        body = {"applies": applies, "fails": failing[False], "open": failing[None], "silenced": silenced}
        atoms = {text_of(atom): TRUTHS[pair] for atom, pair in self.atoms.items()}
        name = digest_of_document({"atoms": atoms, "certificate": body}).removeprefix("sha256:")[:16]
        return f"profile-{name}", body

    def reaching(self, wanted: list[Rule]) -> list[ir.Atom]:
        """The open atoms on which the open ones of these rules hang, in the order of their texts."""
        found: dict[str, ir.Atom] = {}
        followed: dict[str, Rule] = {}
        waiting = [*wanted]
        while waiting:
            rule = waiting.pop()
            if rule.key in followed or TRUTHS[self.stands(rule)] is not None:
                continue
            followed[rule.key] = rule
            for each in (rule, *self.above[rule.key]):
                opened = self.literals(self.conditions[each.key], True, None) if self.applies(each) == OPEN else ()
                for literal in opened:
                    leaf = literal.condition if isinstance(literal, ir.Not) else literal
                    if isinstance(leaf, ir.Finding):
                        waiting += [one for one in self.giving(Conclude) if one.answer == Conclude(leaf.name)]
                    elif isinstance(leaf, ir.ATOM_TYPES):
                        found[text_of(leaf)] = leaf
        return [found[text] for text in sorted(found)]

    def judged(self, asked: list[Rule], vocabulary: Vocabulary) -> tuple[Truth, list[Rule], Axes, bool]:
        """Whether the line is admitted, which of the value rules asked for then stand, the axes on which that hangs,
        and whether these are exactly what matters."""
        admitted = TRUTHS[self.admitted()]
        if admitted is False or (admitted and all(self.stands(rule) != OPEN for rule in asked)):
            return admitted, [rule for rule in asked if self.stands(rule) == YES], [], True
        wanted = [*asked]
        if admitted is None and self.some_stands(Admit) != YES:
            wanted += self.giving(Admit)
        if admitted is None and self.some_stands(Exclude) != NO:
            wanted += self.giving(Exclude)
        atoms = self.reaching(wanted)
        axes = cells.axes_of(atoms, vocabulary, MOST_COMPLETIONS)
        if axes is None:
            return None, [], [tuple(group) for _path, group in cells.grouped(atoms, vocabulary)], False
        full = (1 << math.prod(axis.size for axis in axes)) - 1
        known = {atom: (full * sure, full * maybe) for atom, (sure, maybe) in self.atoms.items()}
        stride, neighbours = 1, []
        for axis in axes:
            turns = full // ((1 << stride * axis.size) - 1)
            neighbours.append((axis, stride, turns * ((1 << stride * (axis.size - 1)) - 1)))
            for at, atom in enumerate(axis.atoms):
                true = sum(1 << stride * cell for cell, truths in enumerate(axis.cells) if truths[at])
                known[atom] = (turns * true * ((1 << stride) - 1),) * 2
            stride *= axis.size
        world = evolve(self, full=full, atoms=known, known={})
        rows = [world.admitted()[0], *(both(world.admitted(), world.stands(rule))[0] for rule in asked)]
        matters = [axis for axis, step, alike in neighbours if any((row ^ row >> step) & alike for row in rows)]
        paths = [axis.path or "" for axis in axes]
        exact = all(paths) and not any(inner.startswith(f"{path}.") for path in paths for inner in paths)
        standing = [rule for rule, row in zip(asked, rows[1:], strict=True) if row == full]
        truth = {full: True, 0: False}.get(rows[0])
        return truth, standing, [axis.atoms for axis in matters], exact or not matters


def both(one: Pair, other: Pair) -> Pair:
    """Where both hold."""
    return one[0] & other[0], one[1] & other[1]


def some(pairs: Iterable[Pair]) -> Pair:
    """Where one of them holds."""
    sure = maybe = 0
    for pair in pairs:
        sure, maybe = sure | pair[0], maybe | pair[1]
    return sure, maybe
