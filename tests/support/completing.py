"""Completions of a claim: every missing fact given a value of its domain, cell by cell.

A cell is a stretch of values on which every atom that compares the fact with constants alone agrees. Cells are told
apart with the reference interpreter's reading of atoms, and known nothing of otherwise: not how either engine cuts.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve

from yibao.coverage.judgement import VERDICT_QUESTIONS, Axis, Judgement
from yibao.coverage.reference_atoms import Facts, truth
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Atom, Holds
from yibao.model.facts import FactDeclaration, Kind, Value, Vocabulary
from yibao.model.policy import Rule
from yibao.model.walks import atoms_in, compared_alone, conjunction, facts_in, reads_aggregate

# A missing fact: its path, and the line that it is missing from (None: from the claim).
Missing = tuple[str, str | None]
Answers = Mapping[Missing, Value]
Cells = tuple[tuple[Value, ...], ...]


def verdict(judgement: Judgement) -> tuple[object, ...]:
    """What a line comes to, as far as the profile says: whether it is admitted, and which rules cut it."""
    if not judgement.admitted:
        return (judgement.admitted,)
    return (True, *(judgement.answers.get(question, ()) for question in VERDICT_QUESTIONS))


class Completing:
    """Completes claims. `values` lists values of each fact, at least one of every cell; `rules` tell the cells."""

    def __init__(self, vocabulary: Vocabulary, values: Mapping[str, list[Value]], rules: Iterable[Rule]) -> None:
        self.vocabulary = vocabulary
        atoms = {atom for rule in rules for atom in atoms_in(conjunction(rule.in_force, rule.when))}
        self.read = {vocabulary.axis_of(fact.path) for atom in atoms for fact in facts_in(atom)}
        alone: dict[str, list[Atom]] = {}
        for atom in sorted(atoms, key=repr):
            fact = compared_alone(atom)
            if fact is not None:
                alone.setdefault(vocabulary.axis_of(fact.path), []).append(atom)
        self.cells: Mapping[str, Cells] = {
            path: _cells(_with_subsets(values.get(path, []), alone.get(path, [])), alone.get(path, []))
            for path in vocabulary.facts
        }

    def sampled(self, claim: Claim, draw: random.Random) -> Claim:
        """The claim with every missing fact given: a cell is drawn, then a value in it."""
        facts = dict(claim.facts)
        for path, declared in sorted(self.vocabulary.facts.items()):
            if not declared.about_line and path not in facts:
                facts[path] = self._drawn(declared, facts, draw)
        lines = []
        for line in claim.lines:
            own = dict(line.facts)
            for path, declared in sorted(self.vocabulary.facts.items()):
                if declared.about_line and path not in own:
                    inherits = declared.inherits
                    own[path] = facts[inherits] if inherits is not None else self._drawn(declared, facts, draw)
            lines.append(evolve(line, facts=own))
        return evolve(claim, facts=facts, lines=tuple(lines))

    def missing(self, axes: Iterable[Axis], claim: Claim, line: Line) -> set[Missing]:
        """The absent facts behind axes, as the line sees them; an inherited fact is missing from the claim."""
        found: set[Missing] = set()
        for atom in itertools.chain.from_iterable(axes):
            for fact in facts_in(atom):
                of_line = self.vocabulary.facts[fact.path].about_line
                for holder in (claim.lines if reads_aggregate(atom) else (line,)) if of_line else (claim,):
                    if fact.path not in holder.facts:
                        path = self.vocabulary.axis_of(fact.path)
                        inside = self.vocabulary.facts[path].about_line and isinstance(holder, Line)
                        found.add((path, holder.line_id if inside and isinstance(holder, Line) else None))
        return found

    def open_facts(self, claim: Claim) -> set[Missing]:
        """Every fact that some rule reads and that the claim does not give."""
        found: set[Missing] = set()
        for path in self.read:
            if not self.vocabulary.facts[path].about_line:
                found |= {(path, None)} if path not in claim.facts else set()
            else:
                found |= {(path, line.line_id) for line in claim.lines if path not in line.facts}
        return found

    def every(self, missing: Iterable[Missing], claim: Claim, most: int) -> Sequence[Answers] | None:
        """Every way to answer for the missing facts, one value a cell; None when there are more than `most`."""
        keys = sorted(missing, key=lambda key: (key[0], key[1] or ""))
        turns = [self._values(path, claim) for path, _line in keys]
        if math.prod(len(turn) for turn in turns) > most:
            return None
        ways = [dict(zip(keys, chosen, strict=True)) for chosen in itertools.product(*turns)]
        in_objects = any(self._above(path) for path, _line in keys)
        return [each for each in ways if self._possible(each, claim)] if in_objects else ways

    def answered(self, claim: Claim, answers: Answers) -> Claim:
        """The claim with these facts given besides, and what follows from them for objects and inheriting lines."""
        facts = dict(claim.facts)
        for (path, line_id), value in sorted(answers.items(), key=lambda item: item[0][0]):
            if line_id is None:
                self._give(facts, path, value)
        lines = []
        for line in claim.lines:
            own = dict(line.facts)
            own.update({path: value for (path, line_id), value in answers.items() if line_id == line.line_id})
            for path, declared in self.vocabulary.facts.items():
                if declared.inherits is not None and declared.inherits in facts:
                    own.setdefault(path, facts[declared.inherits])
            lines.append(evolve(line, facts=own))
        return evolve(claim, facts=facts, lines=tuple(lines))

    def _give(self, facts: dict[str, Value], path: str, value: Value) -> None:
        """Write down one answer, and what it says of the objects around the fact or of the facts in the object."""
        facts[path] = value
        around = self._above(path)
        if value is not None:
            for above in around:
                facts.setdefault(above, True)
        elif not self.vocabulary.facts[path].null_allowed:
            unsaid = [above for above in around if above not in facts and self.vocabulary.facts[above].null_allowed]
            facts.update(dict.fromkeys(unsaid[:1]))
        if value is None and self.vocabulary.facts[path].type.kind is Kind.OBJECT:
            facts.update({below: None for below in self.vocabulary.facts if below.startswith(f"{path}.")})

    def _possible(self, answers: Answers, claim: Claim) -> bool:
        """Whether the answers agree about the objects around them: all is none in an object that is, and what can't
        be none by itself is none only there."""
        facts = self.answered(claim, answers).facts
        for (path, line_id), value in answers.items():
            if line_id is not None:
                continue
            in_none = None in [facts.get(above, True) for above in self._above(path)]
            by_itself = self.vocabulary.facts[path].null_allowed
            if facts[path] != value or (in_none if value is not None else not in_none and not by_itself):
                return False
        return True

    def _above(self, path: str) -> list[str]:
        """The declared objects that a fact lies in, the innermost first."""
        parts = path.split(".")
        names = (".".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))
        return [name for name in names if name in self.vocabulary.facts]

    def _values(self, path: str, claim: Claim) -> list[Value]:
        """One value of each cell, and none where the fact can be none: by itself, or with an object around it."""
        declared = self.vocabulary.facts[path]
        around = self._above(path)
        unsaid = [above for above in around if above not in claim.facts and self.vocabulary.facts[above].nullable]
        found: list[Value] = [True] if declared.type.kind is Kind.OBJECT else [cell[0] for cell in self.cells[path]]
        return [*found, None] if declared.null_allowed or unsaid else found

    def _drawn(self, declared: FactDeclaration, facts: Mapping[str, Value], draw: random.Random) -> Value:
        around = self._above(declared.path)
        if around and facts[around[0]] is None:
            return None
        if declared.type.kind is Kind.OBJECT:
            below = (value for path, value in facts.items() if path.startswith(f"{declared.path}."))
            given = any(value is not None for value in below)
            return None if declared.null_allowed and not given and draw.random() < 0.4 else True
        cells = self.cells[declared.path]
        chosen = draw.randrange(len(cells) + declared.null_allowed)
        return draw.choice(cells[chosen]) if chosen < len(cells) else None


def _with_subsets(values: list[Value], atoms: list[Atom]) -> Iterator[Value]:
    """The values, without none; for sets, every set of the codes that some atom looks for."""
    codes = sorted({atom.code for atom in atoms if isinstance(atom, Holds)})
    if not codes:
        yield from (value for value in values if value is not None)
    for size in range(len(codes) + 1 if codes else 0):
        yield from (frozenset(chosen) for chosen in itertools.combinations(codes, size))


def _cells(values: Iterable[Value], atoms: list[Atom]) -> Cells:
    found: dict[tuple[bool | None, ...], list[Value]] = {}
    for value in values:
        facts = {fact.path: value for atom in atoms for fact in facts_in(atom)}
        line = Line(line_id="", facts=facts)
        asked = Facts(Claim(claim_id=None, facts=facts, lines=(line,), digest=""), line, {})
        found.setdefault(tuple(truth(atom, asked) for atom in atoms), []).append(value)
    return tuple(tuple(cell) for cell in found.values()) or ((True,),)
