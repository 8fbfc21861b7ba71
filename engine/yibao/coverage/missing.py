"""Facts that are missing and matter: gathered over lines, each with the rules that ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yibao.coverage.judgement import Axis, Judgement
from yibao.language.truth import absent_facts
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Condition, Term
from yibao.model.facts import Vocabulary
from yibao.model.policy import Rule
from yibao.model.walks import atoms_in, conjunction

INSURED_AREA = "insured.insured_area"
TREATMENT_AREA = "encounter.treatment_area"
PLACES = (INSURED_AREA, TREATMENT_AREA)


class Missing:
    """Missing facts by path: the lines from which they are missing, and the ids of the rules that ask."""

    def __init__(self) -> None:
        self._lines: dict[str, set[str]] = {}
        self._asked_by: dict[str, set[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, path: str, line_id: str | None, asked_by: set[str]) -> None:
        lines = self._lines.setdefault(path, set())
        if line_id is not None:
            lines.add(line_id)
        self._asked_by.setdefault(path, set()).update(asked_by)

    def include(self, other: Missing) -> None:
        for path, lines in other._lines.items():
            self._lines.setdefault(path, set()).update(lines)
            self._asked_by.setdefault(path, set()).update(other._asked_by[path])

    def paths(self) -> list[str]:
        return sorted(self._lines)

    def lines(self, path: str) -> list[str]:
        return sorted(self._lines[path])

    def asked_by(self, path: str) -> list[str]:
        return sorted(self._asked_by[path])


# For what lacks nothing; nobody adds to it.
NOTHING_MISSING = Missing()


def missing_document(missing: Missing) -> list[dict[str, Any]]:
    """The `missing` list of a decision: the places first, then sorted by fact."""
    paths = sorted(missing.paths(), key=lambda path: (PLACES.index(path) if path in PLACES else len(PLACES), path))
    return [{"fact": path, "lines": missing.lines(path), "asked_by": missing.asked_by(path)} for path in paths]


def add_axes(
    missing: Missing,
    axes: tuple[Axis, ...],
    rules: Mapping[str, Rule],
    judgement: Judgement,
    vocabulary: Vocabulary,
    claim: Claim,
    line: Line,
) -> None:
    """Name the absent facts behind open axes, with the open rules whose conditions contain them."""
    opened = [rules[key] for key in judgement.applies.open_names()] if axes else []
    asked = [(rule.id, frozenset(atoms_in(conjunction(rule.in_force, rule.when)))) for rule in opened]
    for axis in axes:
        asking = {name for name, atoms in asked if not atoms.isdisjoint(axis)}
        for atom in axis:
            add_absent(missing, atom, asking, vocabulary, claim, line)


def add_absent(
    missing: Missing, node: Condition | Term, asking: set[str], vocabulary: Vocabulary, claim: Claim, line: Line
) -> None:
    """Name the absent facts that an atom or term reads; an inheriting fact is missing as what it inherits from."""
    for path, line_id in absent_facts(node, claim, line):
        named = vocabulary.axis_of(path)
        missing.add(named, line_id if named.startswith("line.") else None, asking)
