"""The meaning of the language, as plainly as it can be said: the judge of the other engine.

It follows `docs/language.md` word by word: what applies, what stands, what is found, how an open outcome depends on
missing facts. It knows no strata, memo, bits or rule engine, enumerates completions one by one, and may be slow. It
shares the rules and their typed conditions with the other engine, and nothing else.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping

from yibao.coverage.judgement import MOST_COMPLETIONS, VERDICT_QUESTIONS, Axis, Judgement, truths_of
from yibao.coverage.reference_atoms import Facts, Truth, cells, every, negation, number_of_codes, some, truth
from yibao.language.printing import text_of
from yibao.model import expressions as ir
from yibao.model import walks
from yibao.model.claim import Claim
from yibao.model.facts import Vocabulary
from yibao.model.policy import Admit, Catalogue, Conclude, Exclude, Rule, Value

Outcome = tuple[Truth, ...]


class World:
    """One assignment of truths to atoms, and what the rules make of it. Statuses are worked out when asked for."""

    def __init__(
        self, rules: tuple[Rule, ...], above: Mapping[str, list[Rule]], atoms: Mapping[ir.Condition, Truth]
    ) -> None:
        self.rules, self.above, self.atoms = rules, above, atoms
        self._applies: dict[str, Truth] = {}

    def applies(self, rule: Rule) -> Truth:
        """In force, and its condition true."""
        if rule.key not in self._applies:
            self._applies[rule.key] = every(self.holds(part) for part in (rule.in_force, rule.when))
        return self._applies[rule.key]

    def stands(self, rule: Rule) -> Truth:
        """It applies, and no rule above it does."""
        silent = (negation(self.applies(upper)) for upper in self.above[rule.key])
        return every(itertools.chain([self.applies(rule)], silent))

    def found(self, finding: str) -> Truth:
        """Some rule that concludes it stands."""
        return some(self.stands(rule) for rule in self.rules if rule.answer == Conclude(finding))

    def holds(self, condition: ir.Condition) -> Truth:
        match condition:
            case ir.And(inner):
                return every(self.holds(each) for each in inner)
            case ir.Or(inner):
                return some(self.holds(each) for each in inner)
            case ir.Not(inner):
                return negation(self.holds(inner))
            case ir.Finding(name):
                return self.found(name)
            case ir.Always(constant):
                return constant
        return self.atoms[condition]

    def admitted(self) -> Truth:
        """An admission stands and no exclusion does."""
        return every(iter([self.some_stands(Admit), negation(self.some_stands(Exclude))]))

    def some_stands(self, answer: type) -> Truth:
        return some(self.stands(rule) for rule in self.rules if isinstance(rule.answer, answer))


class Reference:
    """Judges claims under the rules of one program."""

    def __init__(
        self,
        rules: tuple[Rule, ...],
        policy_rules: tuple[Rule, ...],
        vocabulary: Vocabulary,
        catalogues: Mapping[str, Catalogue],
    ) -> None:
        self.rules, self.vocabulary, self.catalogues = rules, vocabulary, catalogues
        self.policy_rules = policy_rules
        self.above = {
            rule.key: [upper for upper in rules if upper != rule and self._reaches(upper, rule)] for rule in rules
        }
        conditions = [part for rule in rules for part in (rule.in_force, rule.when)]
        self.atoms = sorted({atom for part in conditions for atom in walks.atoms_in(part)}, key=text_of)

    def judge(self, claim: Claim) -> list[Judgement]:
        """The judgement of each line, in the order of the claim."""
        asked = [Facts(claim, line, self.catalogues) for line in claim.lines]
        return [self._judge({atom: truth(atom, facts) for atom in self.atoms}) for facts in asked]

    def _judge(self, atoms: Mapping[ir.Condition, Truth]) -> Judgement:
        world = World(self.rules, self.above, atoms)
        admitted, verdict_open, matters, exact = self._verdict(world)
        answers: dict[str, tuple[str, ...]] = {}
        open_answers: dict[str, tuple[Axis, ...]] = {}
        if admitted and not verdict_open:
            for question in sorted({rule.answer.question for rule in self.rules if isinstance(rule.answer, Value)}):
                keys, axes = self._answer(world, question)
                if axes:
                    open_answers[question] = axes
                elif keys:
                    answers[question] = keys
        read = {finding.name for rule in self.rules for finding in walks.findings_in(rule.when)}
        findings = sorted(read | {rule.answer.finding for rule in self.rules if isinstance(rule.answer, Conclude)})
        return Judgement(
            atoms={text_of(atom): found for atom, found in atoms.items()},
            findings={name: world.found(name) for name in findings},
            applies=truths_of({rule.key: world.applies(rule) for rule in self.rules}),
            stands=truths_of({rule.key: world.stands(rule) for rule in self.rules}),
            silenced_by=self._silencers(world),
            admitted=admitted,
            verdict_open=verdict_open,
            matters=matters,
            exact=exact,
            answers=answers,
            open_answers=open_answers,
        )

    def _verdict(self, world: World) -> tuple[Truth, bool, tuple[Axis, ...], bool]:
        admitted = world.admitted()
        valued = [rule for rule in self._answering(*VERDICT_QUESTIONS) if world.stands(rule) is None]
        if admitted is False or (admitted and not valued):
            return admitted, False, (), True
        hangs_on = valued + (self._open_coverage(world) if admitted is None else [])

        def outcome(other: World) -> Outcome:
            found = other.admitted()
            return (found, *(every(iter([found, other.stands(rule)])) for rule in valued))

        outcomes, matters, exact = self._complete(world, hangs_on, outcome)
        if outcomes is None:
            return None, True, matters, False
        first = {results[0] for results in outcomes}
        return first.pop() if len(first) == 1 else None, len(outcomes) > 1, matters, exact

    def _answer(self, world: World, question: str) -> tuple[tuple[str, ...], tuple[Axis, ...]]:
        rules = self._answering(question)
        if all(world.stands(rule) is not None for rule in rules):
            return tuple(rule.key for rule in rules if world.stands(rule)), ()
        coverage = self._open_coverage(world) if world.admitted() is None else []

        def outcome(other: World) -> Outcome:
            return tuple(every(iter([other.admitted(), other.stands(rule)])) for rule in rules)

        outcomes, matters, _exact = self._complete(world, rules + coverage, outcome)
        if outcomes is None or len(outcomes) > 1:
            return (), matters
        only = outcomes.pop()
        return tuple(rule.key for rule, stands in zip(rules, only, strict=True) if stands), ()

    def _complete(
        self, world: World, hangs_on: list[Rule], outcome: Callable[[World], Outcome]
    ) -> tuple[set[Outcome] | None, tuple[Axis, ...], bool]:
        """All outcomes over the completions, the axes that matter, and whether they are exactly what matters."""
        groups = self._groups(set(itertools.chain.from_iterable(self._depends(world, rule) for rule in hangs_on)))
        too_many = (tuple(sorted((axis for axis, _path in groups), key=_spelled)), False)
        if any(2 ** number_of_codes(axis) > MOST_COMPLETIONS for axis, _path in groups):
            return (None, *too_many)
        turns = [cells(path, list(axis), self.vocabulary) if path else [(True,), (False,)] for axis, path in groups]
        if math.prod(len(cell) for cell in turns) > MOST_COMPLETIONS:
            return (None, *too_many)
        outcomes: dict[tuple[int, ...], Outcome] = {}
        for cell in itertools.product(*(range(len(each)) for each in turns)):
            chosen = dict(world.atoms)
            for (axis, _path), turn, number in zip(groups, turns, cell, strict=True):
                chosen.update(zip(axis, turn[number], strict=True))
            outcomes[cell] = outcome(World(self.rules, self.above, chosen))
        matters = tuple(sorted((groups[at][0] for at in range(len(groups)) if _moves(outcomes, at)), key=_spelled))
        paths = [path for _axis, path in groups]
        exact = all(paths) and not any(other.startswith(f"{path}.") for path in paths for other in paths)
        return set(outcomes.values()), matters, exact or not matters

    def _groups(self, atoms: set[ir.Atom]) -> list[tuple[Axis, str]]:
        """Open atoms by the missing fact that they compare with constants alone; each other by itself, with ""."""
        groups: dict[tuple[str, str], list[ir.Atom]] = {}
        others = [atom for atom in atoms if walks.compared_alone(atom) is None]
        entangled = {self.vocabulary.axis_of(fact.path) for atom in others for fact in walks.facts_in(atom)}
        for atom in sorted(atoms, key=text_of):
            fact = walks.compared_alone(atom)
            path = "" if fact is None else self.vocabulary.axis_of(fact.path)
            alone = path != "" and path not in entangled
            groups.setdefault((path, "") if alone else ("", text_of(atom)), []).append(atom)
        return [(tuple(group), path) for (path, _text), group in groups.items()]

    def _depends(self, world: World, rule: Rule) -> Iterable[ir.Atom]:
        """The open atoms that an open standing depends on."""
        if world.stands(rule) is None:
            for each in (rule, *self.above[rule.key]):
                if world.applies(each) is None:
                    yield from self._depends_condition(world, ir.And((each.in_force, each.when)))

    def _depends_condition(self, world: World, condition: ir.Condition) -> Iterable[ir.Atom]:
        if world.holds(condition) is not None:
            return
        match condition:
            case ir.And(inner) | ir.Or(inner):
                for each in inner:
                    yield from self._depends_condition(world, each)
            case ir.Not(negated):
                yield from self._depends_condition(world, negated)
            case ir.Finding(name):
                for rule in self.rules:
                    if rule.answer == Conclude(name):
                        yield from self._depends(world, rule)
            case ir.Always():
                return
            case _:
                yield condition

    def _open_coverage(self, world: World) -> list[Rule]:
        admits = [] if world.some_stands(Admit) else [Admit]
        excludes = [] if world.some_stands(Exclude) is False else [Exclude]
        return [rule for rule in self.rules if isinstance(rule.answer, (*admits, *excludes))]

    def _answering(self, *questions: str) -> list[Rule]:
        return [rule for rule in self.rules if isinstance(rule.answer, Value) and rule.answer.question in questions]

    def _silencers(self, world: World) -> dict[str, str]:
        found = {}
        for rule in self.rules:
            upper = [other for other in self.above[rule.key] if world.applies(other)]
            if world.applies(rule) and upper:
                found[rule.key] = min(upper, key=lambda other: (world.stands(other) is not True, other.key)).key
        return found

    def _reaches(self, upper: Rule, lower: Rule) -> bool:
        """Whether following `overrides` from `upper`, within one question, comes to `lower`."""
        if upper.question != lower.question:
            return False
        reached, waiting = set[str](), [upper]
        while waiting:
            for rule in self.policy_rules:
                if rule.id in waiting[0].overrides and rule.question == upper.question and rule.key not in reached:
                    reached.add(rule.key)
                    waiting.append(rule)
            waiting.pop(0)
        return lower.key in reached


def _moves(outcomes: Mapping[tuple[int, ...], Outcome], at: int) -> bool:
    """Whether two completions that differ in one axis alone come out differently."""
    seen: dict[tuple[int, ...], Outcome] = {}
    return any(seen.setdefault((*cell[:at], *cell[at + 1 :]), found) != found for cell, found in outcomes.items())


def _spelled(axis: Axis) -> tuple[str, ...]:
    return tuple(text_of(atom) for atom in axis)
