"""Walking the values of a plan: the facts under them, and what a fact's number is counted in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from yibao.basics.money import WHOLE_BASIS_POINTS
from yibao.model.amounts import Dimension
from yibao.model.expressions import FactTerm


def facts_under(node: Any) -> Iterator[str]:
    """The paths of the facts that a value or condition reads by itself, in its order, with repetitions."""
    if isinstance(node, FactTerm):
        yield node.path
    elif isinstance(node, tuple):
        for part in node:
            yield from facts_under(part)
    elif attrs.has(type(node)):
        for name in attrs.fields_dict(type(node)):
            yield from facts_under(getattr(node, name))


def scale_of(dimension: Dimension) -> int:
    """The denominator of a fact's whole numbers: a rate is given in basis points."""
    return WHOLE_BASIS_POINTS if dimension is Dimension.RATE else 1
