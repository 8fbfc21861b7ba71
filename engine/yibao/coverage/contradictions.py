"""Two different answers to a question that has one: whether any facts let both stand together.

Looked for when a policy is checked, over all completions of the facts that the two rules depend on, so that deciding
a claim never meets one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from attrs import frozen

from yibao.coverage.completions import Layout, OpenState, lay_out
from yibao.coverage.kleene import Statuses
from yibao.coverage.program import Program, compile_program, numbers_in
from yibao.coverage.selection import rules_for
from yibao.model.policy import Combine, Policy, Rule, Side, Value


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
    programs: dict[tuple[tuple[str, ...], tuple[str, ...]], Program] = {}
    for one, other in itertools.combinations(valued, 2):
        if one.question != other.question or one.answer == other.answer or _never_in_force_together(one, other):
            continue
        chains = _meeting_place(policy, one, other)
        if chains is None:
            continue
        if chains not in programs:
            rules = rules_for(policy, *chains, as_of=None)
            programs[chains] = compile_program(rules, policy.digest, policy.vocabulary, policy.catalogues)
        program = programs[chains]
        found = _meeting(program, program.rules.index(one), program.rules.index(other))
        if found is not None:
            yield Contradiction(one=one, other=other, witness=found or None)


def _never_in_force_together(one: Rule, other: Rule) -> bool:
    """Two periods of one governing date that share no day, such as those of two versions."""
    return one.in_force.by == other.in_force.by and not one.in_force.period.overlaps(other.in_force.period)


def _single(policy: Policy, answer: Value) -> bool:
    return policy.questions[answer.question].combine is Combine.ONE


def _meeting_place(policy: Policy, one: Rule, other: Rule) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The chains of a claim in which both rules speak, or None where no claim's program has both."""
    chains: dict[Side, tuple[str, ...]] = {Side.INSURED: ("national",), Side.TREATMENT: ("national",)}
    for rule in (one, other):
        if rule.side is Side.NATIONAL:
            continue
        own, so_far = policy.chain(rule.layer), chains[rule.side]
        longer, shorter = (own, so_far) if len(own) >= len(so_far) else (so_far, own)
        if longer[: len(shorter)] != shorter:
            return None
        chains[rule.side] = longer
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
        for number in axis.numbers:
            holds = layout.atoms[number] >> completion & 1
            literals.append(program.atom_texts[number] if holds else f"not ({program.atom_texts[number]})")
    return tuple(sorted(literals))
