"""Marginal bands: an amount laid out from a start, each stretch paid at the rate of its band."""

from __future__ import annotations

from collections.abc import Iterator

from yibao.model.plan import BandRounding, Rounding
from yibao.settlement.absence import Missed, together
from yibao.settlement.arithmetic import whole
from yibao.settlement.book import ScaledBands
from yibao.settlement.reading import AskBands
from yibao.settlement.rounding import rounded
from yibao.settlement.run import Ask, Quantity, Run

# Where a stretch begins and ends, and its rate.
Stretch = tuple[int, int, int]


def stretches(amount: int, start: int, bands: ScaledBands) -> Iterator[Stretch]:
    """The stretches of start to start + amount. Beyond the last edge nothing is."""
    low, end = start, start + amount
    for upto, rate in bands:
        edge = end if upto is None else min(upto, end)
        if edge > low:
            yield low, edge, rate
            low = edge


def paid_on(amount: int, start: int, bands: ScaledBands, scale: int, rounding: Rounding) -> int:
    """What the bands pay, in fen: rounded stretch by stretch or once on their sum, as the plan says."""
    products = [(high - low) * rate for low, high, rate in stretches(amount, start, bands)]
    if rounding.bands is BandRounding.EACH:
        return sum(rounded(product, scale, rounding.ties) for product in products)
    return rounded(sum(products), scale, rounding.ties)


def banded(amount: Ask, bands: AskBands, start: Ask | None, scale: int, rounding: Rounding) -> Ask:
    """The function of a run that pays by bands; an amount of 0 reads neither bands nor start."""

    def value(run: Run) -> Quantity:
        found = amount(run)
        if found == 0:
            return 0
        rates = bands(run)
        begin: Quantity = 0 if start is None else start(run)
        if isinstance(found, Missed) or isinstance(rates, Missed) or isinstance(begin, Missed):
            return together([found, rates, begin])
        return paid_on(whole(found), whole(begin), rates, scale, rounding)

    return value
