"""The claims of the workload, drawn from a seed: any number of claims is the beginning of any larger number.

The generator, its seeds and the order of the draws are those of the published measurements that these figures are to
be compared with. Changing any of them changes every claim.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from typing import TypedDict, TypeVar

import numpy as np
from numpy.random import PCG64, Generator

FIRST_SEED = 20_240_501
CLAIMS_OF_A_CHUNK = 10_000
LINES = 10

SCHEMES = ("employee", "resident")
CLASSES = ("A", "B", "C")
AREAS = ("310000", "330000", "440000", "510000", "420000")
CAUSES = ("disease", "traffic", "work_injury", "crime", "suicide", "self_harm", "fight", "drunk")
CATEGORIES = (
    "drug",
    "treatment",
    "facility",
    "consumable",
    "checkup",
    "cosmetic",
    "dental",
    "fertility",
    "nursing",
    "vaccine",
)
_DEAREST_FEN = 20_000_000
T = TypeVar("T")


class LineRow(TypedDict):
    """One line as plain values. `limit` is the limit price in fen, 0 where there is none."""

    category: str
    catalogue_class: str
    amount: int
    limit: int
    restricted: bool
    indicated: bool
    child_only: bool


class ClaimRow(TypedDict):
    """One claim as plain values."""

    number: int
    scheme: str
    level: int
    out_of_province: bool
    filed: bool
    area: str
    admitted_on: datetime.date
    days_enrolled: int
    age: int
    cause: str
    third_party: bool
    designated: bool
    emergency: bool
    overseas: bool
    lines: list[LineRow]


def drawn_claims(count: int, start: int = 0) -> Iterator[ClaimRow]:
    """`count` claims, leaving out the first `start`; one chunk of them is in memory at a time."""
    chunk, offset = divmod(start, CLAIMS_OF_A_CHUNK)
    numbered = itertools.chain.from_iterable(_chunk(number) for number in itertools.count(chunk))
    return itertools.islice(numbered, offset, offset + count)


def _chunk(number: int) -> Iterator[ClaimRow]:
    draw = Generator(PCG64(FIRST_SEED + number))
    headers = _headers(draw, CLAIMS_OF_A_CHUNK)
    lines = _lines(draw, CLAIMS_OF_A_CHUNK * LINES)
    first = number * CLAIMS_OF_A_CHUNK
    for at, header in enumerate(headers):
        yield {**header, "number": first + at, "lines": list(itertools.islice(lines, LINES))}


def _headers(draw: Generator, size: int) -> Iterator[ClaimRow]:
    scheme = _picked(draw, SCHEMES, (6, 4), size)
    level = _picked(draw, (1, 2, 3), (3, 4, 3), size)
    out_of_province, filed = _flags(draw, 0.15, size), _flags(draw, 0.7, size)
    area = _picked(draw, AREAS, (2, 2, 2, 2, 2), size)
    admitted_on = _days(draw, size)
    days_enrolled = draw.integers(0, 3000, size).tolist()
    age = draw.integers(0, 95, size).tolist()
    cause = _picked(draw, CAUSES, (88, 5, 2, 0.5, 0.5, 1, 1.5, 1.5), size)
    third_party, designated = _flags(draw, 0.6, size), _flags(draw, 0.95, size)
    emergency, overseas = _flags(draw, 0.3, size), _flags(draw, 0.005, size)
    for at in range(size):
        yield {
            "number": at,
            "scheme": scheme[at],
            "level": level[at],
            "out_of_province": out_of_province[at],
            "filed": filed[at],
            "area": area[at],
            "admitted_on": admitted_on[at],
            "days_enrolled": days_enrolled[at],
            "age": age[at],
            "cause": cause[at],
            "third_party": third_party[at],
            "designated": designated[at],
            "emergency": emergency[at],
            "overseas": overseas[at],
            "lines": [],
        }


def _lines(draw: Generator, size: int) -> Iterator[LineRow]:
    category = _picked(draw, CATEGORIES, (45, 25, 8, 10, 3, 1, 3, 1, 3, 1), size)
    catalogue_class = _picked(draw, CLASSES, (45, 45, 10), size)
    amounts = np.minimum(np.exp(draw.normal(10.6, 1.6, size)).astype(np.int64) + 1, _DEAREST_FEN)
    limits = (amounts * draw.uniform(0.5, 2.0, size)).astype(np.int64)
    limits = np.where(draw.random(size) < 0.4, limits, 0)
    restricted, indicated = _flags(draw, 0.12, size), _flags(draw, 0.8, size)
    child_only = _flags(draw, 0.02, size)
    amount, limit = amounts.tolist(), limits.tolist()
    for at in range(size):
        yield {
            "category": category[at],
            "catalogue_class": catalogue_class[at],
            "amount": amount[at],
            "limit": limit[at],
            "restricted": restricted[at],
            "indicated": indicated[at],
            "child_only": child_only[at],
        }


def _picked(draw: Generator, among: tuple[T, ...], weights: tuple[float, ...], size: int) -> list[T]:
    chances = np.array(weights) / sum(weights)
    return [among[at] for at in draw.choice(len(among), size=size, p=chances).tolist()]


def _flags(draw: Generator, chance: float, size: int) -> list[bool]:
    return [number < chance for number in draw.random(size).tolist()]


def _days(draw: Generator, size: int) -> list[datetime.date]:
    years, months, days = (draw.integers(low, high, size).tolist() for low, high in ((0, 2), (1, 13), (1, 29)))
    return [datetime.date(2023 + year, month, day) for year, month, day in zip(years, months, days, strict=True)]
