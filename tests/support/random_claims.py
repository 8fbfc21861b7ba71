"""Random claims for a given policy, drawn cell by cell: each fact takes a value that some rule tells from another."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Mapping

from attrs import frozen

from yibao.api import read_claim
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Among, Compare, Constant, Holds, InCatalogue, InForce
from yibao.model.facts import FactDeclaration, Kind, Value
from yibao.model.policy import Policy
from yibao.model.walks import atoms_in, facts_in

ELSEWHERE = "130100"
AREAS = ("insured.insured_area", "encounter.treatment_area")


@frozen(eq=False, kw_only=True)
class Material:
    """What claims for a policy are drawn from: the values of each fact, the policy's complete claims, its objects."""

    values: Mapping[str, list[Value]]
    bases: tuple[Claim, ...]
    objects: tuple[FactDeclaration, ...]


def material_of(policy: Policy) -> Material:
    """The material of a policy: worked out once for many draws."""
    values = values_by_fact(policy)
    areas: list[Value] = sorted({ELSEWHERE, *(name for name in policy.layers if name != "national")})
    return Material(
        values={**values, **dict.fromkeys(AREAS, areas)},
        bases=tuple(read_claim(document, policy) for _name, document in sorted(policy.claims.items())),
        objects=tuple(fact for fact in policy.vocabulary.facts.values() if fact.type.kind is Kind.OBJECT),
    )


class ClaimDraw:
    """Draws claims for a policy; the same seed draws the same."""

    def __init__(self, policy: Policy, seed: int, material: Material | None = None) -> None:
        self.policy = policy
        self.random = random.Random(seed)
        made = material or material_of(policy)
        self.values, self.bases, self.objects = made.values, made.bases, made.objects

    def claim(self, unknown: float, lines: int = 2) -> Claim:
        """A claim whose places are known and whose other facts are missing with the given probability."""
        return self.near(self.random.choice(self.bases), self.random.choice((0.05, 0.2, 1.0)), unknown, lines)

    def near(self, base: Claim, drift: float, unknown: float, lines: int) -> Claim:
        """A claim like `base`: with the probability `drift` each object of it is drawn anew."""
        facts = self._near(base.facts, self._facts(unknown, of_line=False), drift, unknown)
        for path in AREAS:
            facts.setdefault(path, self.random.choice(self.values[path]))
        inherited: dict[str, Value] = {
            path: facts[fact.inherits]
            for path, fact in self.policy.vocabulary.facts.items()
            if fact.inherits is not None and fact.inherits in facts
        }
        drawn = tuple(
            Line(line_id=str(number), facts={**inherited, **self._drawn_line(base, drift, unknown)})
            for number in range(lines)
        )
        return Claim(claim_id=None, facts=facts, lines=drawn, digest="sha256:drawn")

    def _drawn_line(self, base: Claim, drift: float, unknown: float) -> dict[str, Value]:
        like = self.random.choice(base.lines)
        own = {path: value for path, value in like.facts.items() if not self._inherited(path, value, base)}
        return self._near(own, self._facts(unknown, of_line=True), drift, unknown)

    def _inherited(self, path: str, value: Value, base: Claim) -> bool:
        """Whether the line has the fact from its claim; then it follows the claim that is drawn."""
        source = self.policy.vocabulary.facts[path].inherits
        return source is not None and base.facts.get(source) == value

    def _near(
        self, base: Mapping[str, Value], drawn: dict[str, Value], drift: float, unknown: float
    ) -> dict[str, Value]:
        """Mostly the base claim, so that not everything is excluded for several reasons: each object is drawn anew
        with the probability `drift`, and each fact of the others a little."""
        fresh = {path.partition(".")[0] for path in (*base, *drawn) if self.random.random() < drift}
        near = {path: value for path, value in drawn.items() if path.partition(".")[0] in fresh}
        for path, value in sorted(base.items(), key=lambda item: item[0]):
            if path.partition(".")[0] in fresh and not path.startswith("line."):
                continue
            declaration = self.policy.vocabulary.facts[path]
            movable = value is not None and declaration.type.kind is not Kind.OBJECT
            if movable and self.random.random() < unknown:
                near.pop(path, None)
                continue
            near[path] = self._value(declaration) if movable and self.random.random() < 0.08 else value
        return near

    def _facts(self, unknown: float, of_line: bool) -> dict[str, Value]:
        facts: dict[str, Value] = {}
        absent = self._absent_objects(unknown, facts) if not of_line else set[str]()
        for path, declaration in sorted(self.policy.vocabulary.facts.items()):
            if declaration.type.kind is Kind.OBJECT or declaration.about_line is not of_line:
                continue
            above = [fact.path for fact in self.objects if path.startswith(f"{fact.path}.")]
            if any(path_above in absent for path_above in above):
                continue
            missing = self.random.random() < unknown
            # Of what is known to be none, everything is known: no reader leaves a fact of it missing.
            if any(facts.get(path_above, True) is None for path_above in above):
                facts[path] = None
            elif not missing:
                facts[path] = self._value(declaration)
        return facts

    def _absent_objects(self, unknown: float, facts: dict[str, Value]) -> set[str]:
        """Decide which objects are there, which are none, and which nobody spoke of."""
        absent: set[str] = set()
        for fact in sorted(self.objects, key=lambda fact: fact.path):
            parent = fact.path.rpartition(".")[0]
            if parent in absent or self.random.random() < unknown / 2:
                absent.add(fact.path)
            elif facts.get(parent, True) is None or (fact.nullable and self.random.random() < 0.2):
                facts[fact.path] = None
            else:
                facts[fact.path] = True
        return absent

    def _value(self, declaration: FactDeclaration) -> Value:
        if declaration.null_allowed and self.random.random() < 0.15:
            return None
        if declaration.type.kind is Kind.BOOLEAN:
            return self.random.random() < 0.5
        if declaration.type.kind is Kind.CODES:
            return frozenset(str(code) for code in self.values[declaration.path] if self.random.random() < 0.7)
        return self.random.choice(self.values[declaration.path])


def values_by_fact(policy: Policy) -> dict[str, list[Value]]:
    """For each fact, values on both sides of every constant that a rule compares it with."""
    named: dict[str, set[Value]] = {path: set() for path in policy.vocabulary.facts}
    for rule in policy.rules:
        for condition in (rule.in_force, rule.when):
            for atom in atoms_in(condition):
                for fact in facts_in(atom):
                    named[fact.path] |= set(_constants(atom, policy))
    return {
        path: sorted(_domain(declaration, named[path], policy), key=str)
        for path, declaration in policy.vocabulary.facts.items()
    }


def _constants(atom: object, policy: Policy) -> Iterator[Value]:
    match atom:
        case Compare(_, Constant(value), _) | Compare(_, _, Constant(value)):
            yield value
        case Among(_, values):
            yield from (constant.value for constant in values)
        case Holds(_, code):
            yield code
        case InForce(_, period):
            yield from (day for day in (period.start, period.end) if day is not None)
        case InCatalogue(_, name):
            yield from policy.catalogues[name].rows


def _domain(declaration: FactDeclaration, named: set[Value], policy: Policy) -> set[Value]:
    kind, table = declaration.type.kind, declaration.type.table
    if kind is Kind.BOOLEAN:
        return {False, True}
    if table is not None:
        return set(policy.vocabulary.tables[table].codes)
    if kind is Kind.DATE:
        days = {day for day in named if isinstance(day, datetime.date)} | {datetime.date(2024, 1, 1)}
        return {day + datetime.timedelta(days=step) for day in days for step in (-1, 0, 1, 30)}
    if declaration.type.is_number:
        low, high = declaration.type.low, min(declaration.type.high, 10_000)
        near = {number + step for number in named if isinstance(number, int) for step in (-1, 0, 1)}
        return {number for number in near | {low, high, 100} if low <= number <= declaration.type.high}
    return {text for text in named if isinstance(text, str)} | {"other"}
