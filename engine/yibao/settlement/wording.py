"""The words and figures of a working, in Chinese and English: yuan with two decimals, exact percentages."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from yibao.basics.money import yuan
from yibao.model.amounts import Dimension
from yibao.model.facts import Title

UNKNOWN = Title(zh="未知", en="unknown")
NONE = Title(zh="无", en="none")
ROUNDED = Title(zh="（四舍五入到分）", en=" (rounded to the fen)")
ROUNDED_TO_EVEN = Title(zh="（四舍六入五成双，到分）", en=" (rounded to the fen, half a fen to even)")
STOP = Title(zh="；", en="; ")


def number_text(dimension: Dimension, scale: int) -> Callable[[int], str]:
    """How people read a value other than a code; its whole numbers are over the scale."""
    match dimension:
        case Dimension.AMOUNT:
            return yuan
        case Dimension.RATE:
            return lambda value: rate_text(value, scale)
        case _:
            return str


@lru_cache(maxsize=4_096)
def rate_text(value: int, scale: int) -> str:
    """The percentage of a rate over a scale."""
    return percentage(Fraction(value, scale))


def percentage(rate: Fraction) -> str:
    """A rate as an exact percentage; a fraction of whole numbers where it has no end as a decimal."""
    hundredfold = rate * 100
    for decimals in range(19):
        shifted = hundredfold * 10**decimals
        if shifted.denominator == 1:
            whole, rest = divmod(shifted.numerator, 10**decimals)
            return f"{whole}.{rest:0{decimals}d}%" if decimals else f"{whole}%"
    return f"{rate.numerator}/{rate.denominator}"
