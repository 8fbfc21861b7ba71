"""The rules of one program made ready for inference: numbered atoms and rules, what stands above what, levels.

Sets of rules and of atoms are whole numbers read as bits: bit *n* is the rule or atom with number *n*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from yibao.basics.digest import digest_of_document
from yibao.basics.problems import Fault
from yibao.coverage.conditions import ProfileOf, compile_conditions
from yibao.language.printing import text_of
from yibao.model.expressions import Atom, Condition, Scope
from yibao.model.facts import Vocabulary
from yibao.model.policy import Admit, Catalogue, Conclude, Exclude, Rule, Value
from yibao.model.walks import atoms_in, conjunction, findings_in


@frozen(eq=False, kw_only=True)
class Program:
    """One program. `levels` holds, for claim rules and for line rules, the rule numbers of each stratum."""

    digest: str
    vocabulary: Vocabulary
    catalogues: Mapping[str, Catalogue]
    rules: tuple[Rule, ...]
    conditions: tuple[Condition, ...]
    above: tuple[int, ...]
    atoms: tuple[Atom, ...]
    atom_texts: tuple[str, ...]
    atom_numbers: Mapping[Atom, int]
    claim_profile: ProfileOf
    line_profile: ProfileOf
    claim_levels: tuple[tuple[int, ...], ...]
    line_levels: tuple[tuple[int, ...], ...]
    concluding: Mapping[str, tuple[int, ...]]
    admits: int
    excludes: int
    answering: Mapping[str, tuple[int, ...]]


def compile_program(
    rules: tuple[Rule, ...], policy_digest: str, vocabulary: Vocabulary, catalogues: Mapping[str, Catalogue]
) -> Program:
    """Number the atoms and rules of a program and order its strata. Raises Fault if findings go in a circle."""
    conditions = tuple(conjunction(rule.in_force, rule.when) for rule in rules)
    texts = {text_of(atom): atom for condition in conditions for atom in atoms_in(condition)}
    atoms = tuple(texts[text] for text in sorted(texts))
    numbers = {atom: number for number, atom in enumerate(atoms)}
    concluding: dict[str, tuple[int, ...]] = {}
    for number, rule in enumerate(rules):
        if isinstance(rule.answer, Conclude):
            concluding[rule.answer.finding] = (*concluding.get(rule.answer.finding, ()), number)
    levels = _levels(rules, conditions, concluding)
    return Program(
        digest=digest_of_document({"policy": policy_digest, "rules": [rule.key for rule in rules]}),
        vocabulary=vocabulary,
        catalogues=catalogues,
        rules=rules,
        conditions=conditions,
        above=_above(rules),
        atoms=atoms,
        atom_texts=tuple(sorted(texts)),
        atom_numbers=numbers,
        claim_profile=compile_conditions(Scope.CLAIM, atoms, vocabulary, catalogues),
        line_profile=compile_conditions(Scope.LINE, atoms, vocabulary, catalogues),
        claim_levels=_strata(rules, levels, Scope.CLAIM),
        line_levels=_strata(rules, levels, Scope.LINE),
        concluding=concluding,
        admits=_bits(number for number, rule in enumerate(rules) if isinstance(rule.answer, Admit)),
        excludes=_bits(number for number, rule in enumerate(rules) if isinstance(rule.answer, Exclude)),
        answering=_answering(rules),
    )


def numbers_in(bits: int) -> Iterator[int]:
    """The numbers whose bit is set, from the lowest."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _bits(numbers: Iterator[int]) -> int:
    return sum(1 << number for number in numbers)


def _above(rules: tuple[Rule, ...]) -> tuple[int, ...]:
    """For each rule, all from which it can be reached by following `overrides` within its question."""
    directly: list[int] = [0] * len(rules)
    for upper, rule in enumerate(rules):
        for lower, other in enumerate(rules):
            if other.id in rule.overrides and other.question == rule.question:
                directly[lower] |= 1 << upper
    above = list(directly)
    changed = True
    while changed:
        wider = [bits | _bits_of_all(above, bits) for bits in above]
        changed = wider != above
        above = wider
    return tuple(above)


def _bits_of_all(sets: list[int], members: int) -> int:
    found = 0
    for number in numbers_in(members):
        found |= sets[number]
    return found


def _levels(
    rules: tuple[Rule, ...], conditions: tuple[Condition, ...], concluding: Mapping[str, tuple[int, ...]]
) -> list[int]:
    """The stratum of each rule: one above the highest stratum of the rules that conclude a finding it reads."""
    levels = [0] * len(rules)
    read = [
        [number for finding in findings_in(condition) for number in concluding.get(finding.name, ())]
        for condition in conditions
    ]
    for _round in range(len(rules) + 1):
        wider = [1 + max((levels[number] for number in below), default=-1) for below in read]
        if wider == levels:
            return levels
        levels = wider
    raise Fault("findings go in a circle in a policy that was checked")


def _strata(rules: tuple[Rule, ...], levels: list[int], about: Scope) -> tuple[tuple[int, ...], ...]:
    own = [number for number, rule in enumerate(rules) if rule.about is about]
    return tuple(
        tuple(number for number in own if levels[number] == level)
        for level in sorted({levels[number] for number in own})
    )


def _answering(rules: tuple[Rule, ...]) -> Mapping[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for number, rule in enumerate(rules):
        if isinstance(rule.answer, Value):
            found[rule.answer.question] = (*found.get(rule.answer.question, ()), number)
    return found
