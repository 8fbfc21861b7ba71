"""Claims drawn for one settlement plan, by seed, with the lines' parts as coverage would hand them over.

Numbers fall on and beside the edges that the plan and its parameters draw: deductibles, caps, ends of bands and what a
rate makes of them, ages, levels, months. Most claims are ones that the plan is for; some facts are unknown or none.
"""

from __future__ import annotations

import datetime
import random
import zlib
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
from attrs import frozen

from tests.settlement.naive_claims import SplitLine
from tests.settlement.naive_reading import Missing, Sight, holds, tried
from yibao.model.amounts import Fixed, Looked
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Aggregate, Among, Compare, Constant, FactTerm
from yibao.model.facts import FactDeclaration, Kind, Value
from yibao.model.parameters import CodesMatch, Parameter, RangeMatch
from yibao.model.plan import Plan
from yibao.model.policy import Policy
from yibao.settlement.inputs import Splits

PARTS = ("billed", "full_self_pay", "over_ceiling", "first_self_pay", "in_scope")
ADMITTED, DISCHARGED, SETTLED = "encounter.admitted_on", "encounter.discharged_on", "encounter.settled_on"
INSURED, TREATMENT = "insured.insured_area", "encounter.treatment_area"
ALWAYS_READ = (
    "account.balance_fen",
    "account.family_balance_fen",
    "account.use",
    INSURED,
    ADMITTED,
    DISCHARGED,
    SETTLED,
)
ELSEWHERE = ("110000", "330100", "440300")
LIABILITIES = (0, 1, 3_333, 5_000, 7_000, 9_999, 10_000)
POOL, MOST_TRIES = 64, 20_000
ON_PURPOSE = 0.95
Facts = dict[str, Value]


@frozen(kw_only=True)
class Drawn:
    """A claim and the parts of its lines, as both evaluators take them. `divisible` is whether the plan can't tell a
    line from its pieces: it counts none."""

    claim: Claim
    lines: tuple[SplitLine, ...]
    divisible: bool

    @property
    def splits(self) -> Splits:
        return Splits(
            lines=tuple(each.line for each in self.lines),
            absent=tuple(each.absent for each in self.lines),
            **{part: tuple(each.parts[part] for each in self.lines) for part in PARTS},
        )

    def with_lines(self, lines: Sequence[SplitLine]) -> Drawn:
        """The same claim with other lines."""
        claim = attrs.evolve(self.claim, lines=tuple(each.line for each in lines))
        return attrs.evolve(self, claim=claim, lines=tuple(lines))


class ClaimsOf:
    """Draws claims for one plan of a policy."""

    def __init__(self, policy: Policy, plan: Plan, area: str | None = None) -> None:
        self.policy, self.plan = policy, plan
        self.area = area or (plan.layer if plan.layer.isdigit() else ELSEWHERE[0])
        chain = policy.chain(self.area)
        self.parameters = [p for p in policy.parameters if p.layer in chain and p.name in set(_looked_up(plan))]
        around = [other for other in policy.plans if other.layer in chain]
        read: set[str] = {*ALWAYS_READ, *_paths([(other.in_force, other.when) for other in around]), *_paths(plan)}
        for parameter in self.parameters:
            read |= {parameter.by.path, *(key.name for key in parameter.keys)}
        if plan.benefit_year.split:
            read.add("line.charged_on")
        facts = policy.vocabulary.facts
        self.objects = [facts[path] for path in sorted(_objects(read, facts))]
        self.facts = [
            facts[path] for path in sorted(read) if path in facts and facts[path].type.kind is not Kind.OBJECT
        ]
        self.of_claim = [fact for fact in self.facts if not fact.about_line]
        self.of_line = [fact for fact in self.facts if fact.about_line]
        self.codes = _codes_named([self.plan, [other.when for other in around]], self.parameters)
        self.numbers, self.edges = _edges(plan, self.parameters)
        self.purpose = {path for path in _paths(plan.when) if path in facts}
        versions = [version for parameter in self.parameters for version in parameter.versions]
        self.gaps = any(not version.rows or version.incomplete for version in versions)
        self.divisible = not any(isinstance(part, Aggregate) for part in _inside(plan))
        self.pool = list(self._pooled())

    def drawn(self, seed: int) -> Drawn:
        """The claim of a seed."""
        draw = random.Random(zlib.crc32(f"{self.plan.layer}/{self.plan.id}".encode()) * 2**32 + seed)
        facts = self._facts(draw)
        if self.pool and draw.random() < ON_PURPOSE:
            facts |= draw.choice(self.pool)
        if draw.random() < 0.2:
            facts = {path: fact for path, fact in facts.items() if path == INSURED or draw.random() > 0.1}
        lines = tuple(self._lines(draw, facts))
        claim = Claim(claim_id=f"{seed}", facts=facts, lines=tuple(each.line for each in lines), digest="")
        return Drawn(claim=claim, lines=lines, divisible=self.divisible)

    def _pooled(self) -> Iterator[Facts]:
        """Facts for which the plan is the one, of those that its condition reads."""
        draw, found = random.Random(self.plan.id), 0
        for _attempt in range(MOST_TRIES):
            facts = self._facts(draw)
            claim = Claim(claim_id=None, facts=facts, lines=(), digest="")
            sight = Sight(policy=self.policy, claim=claim, line=None)
            truth = tried(lambda sight=sight: holds(self.plan.when, sight, ""))
            if truth is True and not isinstance(truth, Missing):
                yield {path: facts[path] for path in self.purpose if path in facts}
                found += 1
            if found == POOL:
                return

    def _facts(self, draw: random.Random) -> Facts:
        """The facts of the claim, none of them unknown."""
        days = self._days(draw)
        facts: Facts = {fact.path: self._value(draw, fact, days) for fact in self.of_claim}
        for declared in self.objects:
            there = not declared.nullable or draw.random() < 0.75
            facts[declared.path] = True if there else None
            if not there:
                facts |= {path: None for path in facts if path.startswith(f"{declared.path}.")}
        return facts | {INSURED: self.area}

    def _days(self, draw: random.Random) -> dict[str, datetime.date]:
        """Admission, discharge and settlement, such that the day that chooses the plan lies in its period."""
        period = self.plan.in_force.period
        entries = [version.period.start for parameter in self.parameters for version in parameter.versions]
        turn = [datetime.date(year, self.plan.benefit_year.month, self.plan.benefit_year.day) for year in (2023, 2024)]
        last = period.end or max([period.start, *entries]) + datetime.timedelta(700)
        anchors = [day for day in (period.start, last, *entries, *turn) if period.start <= day <= last]
        by = draw.choice(anchors) + datetime.timedelta(draw.choice((-1, 0, 1, draw.randrange(400))))
        by = max(period.start, min(by, last - datetime.timedelta(1)))
        stay, lag = draw.choice((0, 1, 5, 30, 89, 90, 91, 180, 181)), draw.choice((0, 0, 1, 20))
        before = {ADMITTED: 0, DISCHARGED: stay, SETTLED: stay + lag}.get(self.plan.in_force.by.path, stay)
        admitted = by - datetime.timedelta(before)
        return {ADMITTED: admitted, DISCHARGED: admitted + datetime.timedelta(stay),
                SETTLED: admitted + datetime.timedelta(stay + lag), "by": by}  # fmt: skip

    def _value(self, draw: random.Random, fact: FactDeclaration, days: Mapping[str, datetime.date]) -> Value:
        if fact.path in (ADMITTED, DISCHARGED, SETTLED, self.plan.in_force.by.path):
            return days.get(fact.path, days["by"])
        if fact.nullable and draw.random() < 0.15:
            return None
        match fact.type.kind:
            case Kind.BOOLEAN:
                return draw.random() < 0.5
            case Kind.CODE:
                return self._code(draw, fact)
            case Kind.CODES:
                return frozenset(draw.sample(sorted(self.codes.get(fact.path, {"X00"})), 1))
            case Kind.DATE:
                return self._date(draw, fact.path, days)
            case Kind.FEN:
                return draw.choice((0, 0, self._money(draw)))
            case Kind.BASIS_POINTS:
                return draw.choice(LIABILITIES)
            case Kind.INTEGER:
                near = [*self.numbers, draw.randrange(4), draw.randrange(13), draw.randrange(400)]
                number = draw.choice(near) + draw.choice((-1, 0, 0, 1))
                return max(fact.type.low, min(number, fact.type.high))
        return "text"

    def _code(self, draw: random.Random, fact: FactDeclaration) -> str:
        named = sorted(self.codes.get(fact.path, ()))
        if fact.type.table is None:
            return draw.choice([*named, self.area, f"{self.area[:4]}00", *ELSEWHERE])
        table = sorted(self.policy.vocabulary.tables[fact.type.table].codes)
        return draw.choice(named if named and draw.random() < 0.7 else table)

    def _date(self, draw: random.Random, path: str, days: Mapping[str, datetime.date]) -> datetime.date:
        admitted = days[ADMITTED]
        if path.startswith("line."):
            return admitted + datetime.timedelta(draw.randint(0, (days[DISCHARGED] - admitted).days))
        if "born" in path or "retired" in path:
            age = draw.choice([*(number for number in self.numbers if number <= 110), 0, 17, 18, 59, 60, 69, 70, 95])
            day = draw.choice((admitted, days[DISCHARGED], datetime.date(2000, 2, 29), datetime.date(2000, 7, 1)))
            leap = day.month == 2 and (admitted.year - age) % 4
            return datetime.date(admitted.year - age, day.month, min(day.day, 28) if leap else day.day)
        apart = draw.choice([*(number for number in self.numbers if number <= 366), 0, 1, 14, 15, 28, 30, 90, 366])
        return admitted + datetime.timedelta(draw.choice((-apart - 1, -apart, -apart + 1, apart)))

    def _money(self, draw: random.Random) -> int:
        """An amount on or beside an edge or a sum of two, or any."""
        way = draw.random()
        if way < 0.2 or not self.edges:
            return int(10 ** (draw.random() * 7))
        edge = draw.choice(self.edges) + (draw.choice(self.edges) if way > 0.7 else 0)
        return max(0, edge + draw.choice((-1, 0, 0, 1, draw.randrange(1_000))))

    def _lines(self, draw: random.Random, facts: Facts) -> Iterator[SplitLine]:
        count = draw.choice((1, 1, 2, 3, 5))
        left = 0 if draw.random() < 0.05 else self._money(draw)
        for number in range(1, count + 1):
            in_scope = left if number == count else draw.choice((0, left // 2, draw.randint(0, left), min(left, 1)))
            left -= in_scope
            others = {part: _seldom(draw) for part in PARTS[1:4]}
            parts: dict[str, int | None] = {"billed": in_scope + sum(others.values()), **others, "in_scope": in_scope}
            absent: tuple[str, ...] = ()
            if draw.random() < 0.004:
                parts, absent = parts | {"first_self_pay": None, "in_scope": None}, ("line.first_payment_bp",)
            known = {fact.path: self._value(draw, fact, _dated(facts)) for fact in self.of_line if draw.random() < 0.99}
            yield SplitLine(line=Line(line_id=str(number), facts=known), parts=parts, absent=absent)


def _dated(facts: Facts) -> dict[str, datetime.date]:
    """The days of the stay; where one is unknown, some other stands in for it."""
    known = [day for path in (ADMITTED, DISCHARGED, SETTLED) if isinstance(day := facts.get(path), datetime.date)]
    first, last = (min(known), max(known)) if known else (datetime.date(2024, 1, 1), datetime.date(2024, 1, 9))
    return {ADMITTED: first, DISCHARGED: last, SETTLED: last, "by": last}


def _seldom(draw: random.Random) -> int:
    return 0 if draw.random() < 0.6 else int(10 ** (draw.random() * 5.5))


def _inside(node: Any) -> Iterator[Any]:
    """Every part of a declaration, itself first."""
    yield node
    parts = node if isinstance(node, tuple | list) else ()
    if attrs.has(type(node)):
        parts = [getattr(node, name) for name in attrs.fields_dict(type(node)) if name != "place"]
    for part in parts:
        yield from _inside(part)


def _paths(node: Any) -> set[str]:
    return {part.path for part in _inside(node) if isinstance(part, FactTerm)}


def _looked_up(plan: Plan) -> set[str]:
    return {part.parameter for part in _inside(plan) if isinstance(part, Looked)}


def _objects(paths: set[str], facts: Mapping[str, FactDeclaration]) -> set[str]:
    """The objects that lie around the facts, and those that are asked for themselves."""
    around = {".".join(path.split(".")[:depth]) for path in paths for depth in range(1, path.count(".") + 2)}
    return {path for path in around if path in facts and facts[path].type.kind is Kind.OBJECT and path != "line"}


def _codes_named(nodes: Any, parameters: Sequence[Parameter]) -> dict[str, set[str]]:
    """The codes that conditions and tables name, by fact."""
    found: dict[str, set[str]] = {}
    for part in _inside(nodes):
        match part:
            case Compare(_, FactTerm(path), Constant(str() as code)):
                found.setdefault(path, set()).add(code)
            case Among(FactTerm(path), constants):
                found.setdefault(path, set()).update(each.value for each in constants if isinstance(each.value, str))
    for parameter in parameters:
        for version in parameter.versions:
            for row in version.rows:
                for key, match in zip(parameter.keys, row.matches, strict=True):
                    if isinstance(match, CodesMatch):
                        found.setdefault(key.name, set()).update(match.codes)
    return found


def _edges(plan: Plan, parameters: Sequence[Parameter]) -> tuple[list[int], list[int]]:
    """Whole numbers at which something changes, and amounts in fen."""
    numbers: set[int] = set()
    rates: set[Fraction] = set()
    for part in _inside([plan, [parameter.versions for parameter in parameters]]):
        match part:
            case RangeMatch(low, high):
                numbers |= {low, high if high is not None else low}
            case Constant(int() as number) | Fixed(int() as number):
                numbers.add(int(number))
            case Fraction() if part > 0:
                rates.add(part)
    values = [row.value for parameter in parameters for version in parameter.versions for row in version.rows]
    fen = {value for value in values if isinstance(value, int)}
    fen |= {
        band.upto_fen for value in values if isinstance(value, tuple) for band in value if band.upto_fen is not None
    }
    divided = {int(amount / rate) for amount in sorted(fen)[:40] for rate in sorted(rates)[:10]}
    numbers |= {amount for amount in fen if amount <= 1_200}
    return sorted(number for number in numbers if number <= 10_000), sorted({*fen, *divided} - {0})
