"""The rules of one program made ready for inference: numbered atoms and rules, what stands above what, levels.

Sets of rules and of atoms are whole numbers read as bits: bit *n* is the rule or atom with number *n*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from yibao.basics.digest import digest_of_document
from yibao.basics.problems import Fault
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
    claim_levels: tuple[tuple[int, ...], ...]
    line_levels: tuple[tuple[int, ...], ...]
    concluding: Mapping[str, tuple[int, ...]]
    admits: int
    excludes: int
    answering: Mapping[str, tuple[int, ...]]


def compile_program(
    rules: tuple[Rule, ...],
    above: Mapping[str, frozenset[str]],
    policy_digest: str,
    vocabulary: Vocabulary,
    catalogues: Mapping[str, Catalogue],
) -> Program:
    """Number the atoms and rules of a program and order its strata.

    `above` names, for each rule of the policy, those above it. Raises Fault if findings go in a circle.
    """
    index = {rule.key: number for number, rule in enumerate(rules)}
    conditions = tuple(conjunction(rule.in_force, rule.when) for rule in rules)
    texts = {text_of(atom): atom for condition in conditions for atom in atoms_in(condition)}
    atoms = tuple(texts[text] for text in sorted(texts))
    numbers = {atom: number for number, atom in enumerate(atoms)}
    # A finding that no rule of this program concludes does not hold, and is known not to.
    concluding: dict[str, tuple[int, ...]] = {found.name: () for each in conditions for found in findings_in(each)}
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
        above=tuple(_bits(index[key] for key in above[rule.key] if key in index) for rule in rules),
        atoms=atoms,
        atom_texts=tuple(sorted(texts)),
        atom_numbers=numbers,
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
