"""Conditions as positive patterns over symbols, for an engine that knows neither negation nor the unknown.

Negation is pushed down to atoms and findings. Each atom and finding has two symbols: that it holds, and that it does
not. A sure run is given a symbol if its truth is certain; a maybe run, unless its falsehood is.
"""

from __future__ import annotations

from collections.abc import Mapping

from yibao.coverage.judgement import Truth
from yibao.coverage.program import Program, numbers_in
from yibao.coverage.rete import ALWAYS, NEVER, All, AnyOf, Pattern, Symbol
from yibao.model.expressions import Always, And, Condition, Finding, Not, Or


def pattern_of(condition: Condition, program: Program, holds: bool = True) -> Pattern:
    """The pattern that fires where the condition is true (or, with `holds` False, where it is false)."""
    match condition:
        case Always(truth):
            return ALWAYS if truth is holds else NEVER
        case Not(inner):
            return pattern_of(inner, program, not holds)
        case And(conditions) | Or(conditions):
            parts = tuple(pattern_of(inner, program, holds) for inner in conditions)
            return _joined(parts, every=isinstance(condition, And) is holds)
        case Finding(name):
            return Symbol(finding_symbol(name, holds))
        case _:
            return Symbol(atom_symbol(program.atom_numbers[condition], holds))


def atom_symbol(number: int, holds: bool) -> str:
    """The symbol that an atom is true, or that it is false."""
    return f"{'t' if holds else 'f'}{number}"


def finding_symbol(name: str, holds: bool) -> str:
    """The symbol that a finding holds, or that it does not. Finding names have letters, digits and underscores."""
    return f"{'y' if holds else 'n'}_{name}"


def symbols(true: int, unknown: int, atoms: int, findings: Mapping[str, Truth], sure: bool) -> frozenset[str]:
    """What a sure run, or a maybe run, is given of these atoms and findings.

    A sure run needs certainty; a maybe run, that the contrary is not certain.
    """
    holding, failing = (true, ~(true | unknown)) if sure else (true | unknown, ~true)
    given = [f"t{number}" for number in numbers_in(holding & atoms)]
    given += [f"f{number}" for number in numbers_in(failing & atoms)]
    for name, truth in findings.items():
        given += [
            finding_symbol(name, holds)
            for holds in (True, False)
            if (truth is holds if sure else truth is not (not holds))
        ]
    return frozenset(given)


def _joined(parts: tuple[Pattern, ...], every: bool) -> Pattern:
    """The parts as one pattern, with constants folded: the engine never sees an empty group."""
    neutral, deciding = (ALWAYS, NEVER) if every else (NEVER, ALWAYS)
    if deciding in parts:
        return deciding
    kept = tuple(part for part in parts if part != neutral)
    if not kept:
        return neutral
    if len(kept) == 1:
        return kept[0]
    return All(kept) if every else AnyOf(kept)
