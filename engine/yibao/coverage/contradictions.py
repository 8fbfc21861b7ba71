"""Two different answers to a question that has one: whether any facts let both stand together.

Looked for when a policy is checked, over all completions of the facts that the two rules depend on, so that deciding
a claim never meets one.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator

from attrs import evolve, frozen

from yibao.coverage.completions import Layout, OpenState, lay_out
from yibao.coverage.kleene import Statuses
from yibao.coverage.program import Program, compile_program, numbers_in
from yibao.model.expressions import Compare, Constant, FactTerm, Operator, Scope
from yibao.model.facts import FactType, Kind, Vocabulary
from yibao.model.policy import NATIONAL, Combine, Policy, Rule, Side, Value
from yibao.model.selection import above_of, rules_for
from yibao.model.walks import conjunction

Chain = tuple[str, ...]


@frozen(kw_only=True)
class Contradiction:
    """Two rules that can stand together with different answers. `witness` lists literals of such a case; it is None
    when there are too many cases to look at, so that the author has to order the rules."""

    one: Rule
    other: Rule
    witness: tuple[str, ...] | None


def contradictions(policy: Policy) -> Iterator[Contradiction]:
    """Every contradiction of the policy, in order of the rules' keys."""
    valued = [rule for rule in policy.rules if isinstance(rule.answer, Value) and _single(policy, rule.answer)]
    above = above_of(policy.rules)
    programs: dict[tuple[Rule, ...], Program] = {}
    for one, other in itertools.combinations(valued, 2):
        if one.question != other.question or one.answer == other.answer or _never_in_force_together(one, other):
            continue
        chains = _meeting_place(policy, one, other)
        if chains is None:
            continue
        rules = tuple(_possible_rules(policy, chains, since=max(one.published, other.published)))
        if rules not in programs:
            vocabulary = _with_presences(policy.vocabulary, rules)
            programs[rules] = compile_program(rules, above, policy.digest, vocabulary, policy.catalogues)
        program = programs[rules]
        numbers = {rule.key: number for number, rule in enumerate(program.rules)}
        found = _meeting(program, numbers[one.key], numbers[other.key])
        if found is not None:
            yield Contradiction(one=one, other=other, witness=found or None)


def _possible_rules(policy: Policy, chains: tuple[Chain, Chain], since: datetime.date) -> Iterator[Rule]:
    """The rules that a program with the pair can have.

    Which further layers speak, and what was published by when, differs from claim to claim: a rule that some of those
    programs lack applies only where an atom of its own says that it is there.
    """
    certain = {rule.key for rule in rules_for(policy, *chains, as_of=None) if rule.published <= since}
    for rule in policy.rules:
        own = policy.chain(rule.layer if rule.side is not Side.NATIONAL else None)
        beside = chains[0] if rule.side is Side.INSURED else chains[1]
        if rule.key in certain:
            yield rule
        elif rule.side is Side.NATIONAL or _nested(own, beside):
            there = Compare(Operator.EQUAL, _presence(rule), Constant(True, Kind.BOOLEAN))
            yield evolve(rule, when=conjunction(there, rule.when))


def _presence(rule: Rule) -> FactTerm:
    prefix = "line." if rule.about is Scope.LINE else ""
    return FactTerm(f"{prefix}there:{rule.key}", Kind.BOOLEAN)


def _with_presences(vocabulary: Vocabulary, rules: tuple[Rule, ...]) -> Vocabulary:
    """The vocabulary with the facts that say of a rule that it is there."""
    some = next(iter(vocabulary.facts.values()))
    added = {
        path: evolve(some, path=path, type=FactType(kind=Kind.BOOLEAN), nullable=False, lookup=None, inherits=None)
        for path in (_presence(rule).path for rule in rules)
    }
    return evolve(vocabulary, facts={**vocabulary.facts, **added})


def _nested(one: Chain, other: Chain) -> bool:
    """Whether one chain of layers goes on where the other ends, so that one claim can have both."""
    shorter, longer = sorted((one, other), key=len)
    return longer[: len(shorter)] == shorter


def _never_in_force_together(one: Rule, other: Rule) -> bool:
    """Two periods of one governing date that share no day, such as those of two versions."""
    return one.in_force.by == other.in_force.by and not one.in_force.period.overlaps(other.in_force.period)


def _single(policy: Policy, answer: Value) -> bool:
    return policy.questions[answer.question].combine is Combine.ONE


def _meeting_place(policy: Policy, one: Rule, other: Rule) -> tuple[Chain, Chain] | None:
    """The chains of a claim in which both rules speak, or None where no claim's program has both."""
    chains: dict[Side, Chain] = {Side.INSURED: (NATIONAL,), Side.TREATMENT: (NATIONAL,)}
    for rule in (one, other):
        if rule.side is Side.NATIONAL:
            continue
        own, so_far = policy.chain(rule.layer), chains[rule.side]
        if not _nested(own, so_far):
            return None
        chains[rule.side] = max(own, so_far, key=len)
    return chains[Side.INSURED], chains[Side.TREATMENT]


def _meeting(program: Program, one: int, other: int) -> tuple[str, ...] | None:
    """None if the two never stand together; else a witness, empty when there are too many completions."""
    if program.above[one] >> other & 1 or program.above[other] >> one & 1:
        return None
    everything = (1 << len(program.rules)) - 1
    nothing_known = OpenState(
        true=0,
        unknown=(1 << len(program.atoms)) - 1,
        applies=Statuses(0, everything),
        stands=Statuses(0, everything),
    )
    layout = lay_out(program, nothing_known, 1 << one | 1 << other)
    if layout is None:
        return ()
    together = layout.stands[one] & layout.stands[other]
    return _witness(program, layout, next(numbers_in(together))) if together else None


def _witness(program: Program, layout: Layout, completion: int) -> tuple[str, ...]:
    literals = []
    for axis in layout.axes:
        for atom in axis.atoms:
            number = program.atom_numbers[atom]
            holds = layout.atoms[number] >> completion & 1
            literals.append(program.atom_texts[number] if holds else f"not ({program.atom_texts[number]})")
    return tuple(sorted(literals))
