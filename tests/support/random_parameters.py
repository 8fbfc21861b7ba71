"""Random parameters for random plans: of every unit but months, with one layer or two, gaps, and each hit policy."""

from __future__ import annotations

import datetime
import random
from collections.abc import Mapping
from fractions import Fraction

from attrs import evolve

from yibao.basics.periods import Period
from yibao.basics.problems import Place
from yibao.model.citations import Citation, Grade
from yibao.model.expressions import FactTerm
from yibao.model.facts import Kind, Title
from yibao.model.parameters import (
    AnyValue,
    Band,
    CodesMatch,
    HitPolicy,
    Key,
    Match,
    Parameter,
    ParameterRow,
    ParameterValue,
    ParameterVersion,
    RangeMatch,
    Unit,
)
from yibao.model.policy import Policy

PROVINCE, CITY = "990000", "990100"
# A value that each random plan defines before all others, for tables to be keyed by.
KEYED_BY = "stay"
CITES = (Citation(source="一份文件", grade=Grade.OFFICIAL),)
HERE, TITLE = Place(path="random"), Title(zh="随机", en="random")
PERSONS = ("active", "retired", "flexible")
DAYS = tuple(datetime.date(*day) for day in ((2022, 1, 1), (2023, 7, 1), (2024, 1, 1), (2025, 1, 1)))
BY = FactTerm("encounter.discharged_on", Kind.DATE)
UNITS = {"yuan": Unit.YUAN, "rate": Unit.RATE, "bands": Unit.BANDS, "count": Unit.COUNT}
PERSON = Key(name="insured.person_type", is_number=False, table="person-type")
LEVEL = Key(name="encounter.institution.level", is_number=True, table=None)
EMERGENCY = Key(name="encounter.emergency", is_number=False, table=None)
TIER = Key(name="insured.tier", is_number=False, table="tier")
STAY = Key(name=KEYED_BY, is_number=True, table=None)
KEYS: Mapping[str, tuple[Key, ...]] = {
    "": (),
    "-by-two": (PERSON, LEVEL),
    "-by-stay": (STAY,),
    "-by-three": (TIER, EMERGENCY, STAY),
}


def units() -> dict[str, list[str]]:
    """The names of the parameters of each unit."""
    return {kind: [kind] if kind == "bands" else [f"{kind}{keys}" for keys in KEYS] for kind in UNITS}


def parameters_of(draw: random.Random) -> tuple[Parameter, ...]:
    """One parameter of each name in the province, and some again in the city."""
    found = []
    for kind, names in units().items():
        for name in names:
            layers = [PROVINCE, *([CITY] if draw.random() < 0.3 else [])]
            keys = KEYS[name.removeprefix(kind)]
            hit = draw.choice(list(HitPolicy)) if keys else HitPolicy.UNIQUE
            found += [_parameter(draw, name, layer, UNITS[kind], keys, hit) for layer in layers]
    return tuple(found)


def filled(law: Policy) -> Policy:
    """The policy with an invented value wherever an entry of a parameter says that it is not known, or not all."""
    draw = random.Random(law.digest)

    def known(parameter: Parameter, version: ParameterVersion) -> ParameterVersion:
        if version.rows and version.incomplete is None:
            return version
        other = ParameterRow(
            matches=(AnyValue(),) * len(parameter.keys), value=_invented(draw, parameter.unit), place=HERE
        )
        return evolve(version, rows=(*version.rows, other), unknown=None)

    return evolve(
        law,
        parameters=tuple(
            evolve(
                each,
                hit=HitPolicy.FIRST if each.hit is HitPolicy.UNIQUE and each.keys else each.hit,
                versions=tuple(known(each, version) for version in each.versions),
            )
            for each in law.parameters
        ),
    )


def _invented(draw: random.Random, unit: Unit) -> ParameterValue:
    """A value of some sense."""
    match unit:
        case Unit.YUAN:
            return draw.choice((30_000, 100_000, 20_000_000))
        case Unit.RATE | Unit.FACTOR:
            return Fraction(draw.randrange(50, 100), 100)
    return _value(draw, unit)


def _parameter(
    draw: random.Random, name: str, layer: str, unit: Unit, keys: tuple[Key, ...], hit: HitPolicy
) -> Parameter:
    starts = sorted(draw.sample(DAYS, draw.randint(1, 3)))
    starts = [DAYS[0], *starts[1:]] if draw.random() < 0.9 else starts
    ends = [*starts[1:], None if draw.random() < 0.9 else starts[-1] + datetime.timedelta(500)]
    versions = tuple(
        _version(draw, Period(start, end), unit, keys, hit) for start, end in zip(starts, ends, strict=True)
    )
    return Parameter(
        name=name, layer=layer, title=TITLE, unit=unit, by=BY, keys=keys, hit=hit, carries=(), versions=versions,
        place=HERE,
    )  # fmt: skip


def _version(
    draw: random.Random, period: Period, unit: Unit, keys: tuple[Key, ...], hit: HitPolicy
) -> ParameterVersion:
    unknown = draw.random() < 0.02
    columns = _grid(draw, keys) if hit is HitPolicy.UNIQUE else _heap(draw, keys)
    rows = tuple(ParameterRow(matches=matches, value=_value(draw, unit), place=HERE) for matches in columns)
    return ParameterVersion(
        period=period,
        published=period.start,
        rows=() if unknown else rows,
        unknown=TITLE if unknown else None,
        incomplete=TITLE,
        cites=CITES,
        illustrative=False,
        place=HERE,
    )


def _grid(draw: random.Random, keys: tuple[Key, ...]) -> list[tuple[Match, ...]]:
    """Rows of which no two can match at once, with a hole here and there."""
    rows: list[tuple[Match, ...]] = [()]
    for key in keys:
        rows = [(*row, match) for row in rows for match in _parts(draw, key)]
    return [row for row in rows if not keys or draw.random() < 0.98]


def _heap(draw: random.Random, keys: tuple[Key, ...]) -> list[tuple[Match, ...]]:
    """Any rows."""
    rows = [tuple(draw.choice(_parts(draw, key)) for key in keys) for _row in range(draw.randint(2, 6))]
    return [*rows, (AnyValue(),) * len(keys)] if draw.random() < 0.8 else rows


def _parts(draw: random.Random, key: Key) -> list[Match]:
    """Matches of one key that exclude each other."""
    if draw.random() < 0.25:
        return [AnyValue()]
    if key.is_number:
        edges = [0, *sorted(draw.sample(range(1, 6), 2))]
        last = None if draw.random() < 0.8 else edges[-1] + 1
        ranges = [*zip(edges, [edge - 1 for edge in edges[1:]], strict=False), (edges[-1], last)]
        return [RangeMatch(low, high) for low, high in ranges]
    codes = {"encounter.emergency": ("true", "false"), "insured.tier": ("tier_1", "tier_2")}.get(key.name, PERSONS)
    cut = draw.randint(1, len(codes))
    none = draw.random() < 0.5
    found: list[Match] = [CodesMatch(frozenset(codes[:cut]), none)]
    return [*found, CodesMatch(frozenset(codes[cut:]), False)] if codes[cut:] else found


def _value(draw: random.Random, unit: Unit) -> ParameterValue:
    match unit:
        case Unit.YUAN:
            return draw.choice((0, 100, 65_000, 130_000, draw.randrange(1_000_000)))
        case Unit.RATE:
            return Fraction(draw.choice((0, 45, 333, 850, 925, 1000)), 1_000)
        case Unit.BANDS:
            edges = sorted(draw.sample(range(100, 900_000), draw.randint(0, 3)))
            last = [] if edges and draw.random() < 0.2 else [None]
            return tuple(Band(edge, Fraction(draw.randrange(0, 1_001), 1_000)) for edge in [*edges, *last])
    return draw.randrange(12)
