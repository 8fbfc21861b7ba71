"""The words and figures of a working, in Chinese and English: yuan with two decimals, exact percentages."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from yibao.basics.money import yuan
from yibao.model.amounts import Dimension, LinePart, SegmentPart
from yibao.model.facts import Title
from yibao.settlement.absence import Missed
from yibao.settlement.run import Quantity

PARTS_OF_LINES = {
    LinePart.BILLED: Title(zh="各行总金额", en="billed amounts of the lines"),
    LinePart.FULL_SELF_PAY: Title(zh="各行全自费金额", en="full self-pay of the lines"),
    LinePart.OVER_CEILING: Title(zh="各行超限价金额", en="amounts over the ceiling of the lines"),
    LinePart.FIRST_SELF_PAY: Title(zh="各行先行自付金额", en="first self-pay of the lines"),
    LinePart.IN_SCOPE: Title(zh="各行政策范围内金额", en="amounts in scope of the lines"),
}
PARTS_OF_SEGMENTS = {
    SegmentPart.BASE: Title(zh="{}的计算基数", en="base of {}"),
    SegmentPart.PAID: Title(zh="{}支付", en="paid by {}"),
    SegmentPart.LEFT: Title(zh="{}支付后剩余", en="left by {}"),
    SegmentPart.BEYOND: Title(zh="{}超出限额部分", en="beyond the limit of {}"),
}
UNKNOWN = Title(zh="未知", en="unknown")
NONE = Title(zh="无", en="none")
ROUNDED = Title(zh="（四舍五入到分）", en=" (rounded to the fen)")
ROUNDED_TO_EVEN = Title(zh="（四舍六入五成双，到分）", en=" (rounded to the fen, half a fen to even)")
STOP = Title(zh="；", en="; ")


def same(text: str) -> Title:
    """A text that is the same in both languages: figures and signs."""
    return Title(zh=text, en=text)


def joined(parts: Iterable[Title], between: Title) -> Title:
    """The texts one after the other."""
    listed = [*parts]
    return Title(zh=between.zh.join([part.zh for part in listed]), en=between.en.join([part.en for part in listed]))


def followed(first: Title, *others: Title) -> Title:
    """Texts written together."""
    zh = first.zh + "".join([other.zh for other in others])
    return Title(zh=zh, en=first.en + "".join([other.en for other in others]))


def valued(title: Title, value: Title) -> Title:
    """A title with its value behind it."""
    return Title(zh=f"{title.zh} {value.zh}", en=f"{title.en} {value.en}")


def value_text(value: Quantity, dimension: Dimension, scale: int) -> Title:
    """A value as people read it."""
    if isinstance(value, Missed):
        return UNKNOWN
    if value is None:
        return NONE
    if isinstance(value, str):
        return same(value)
    match dimension:
        case Dimension.AMOUNT:
            return same(yuan(value))
        case Dimension.RATE:
            return same(rate_text(value, scale))
        case _:
            return same(str(value))


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
