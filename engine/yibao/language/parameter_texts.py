"""Parameters as files write them: yuan, percentages, bands, and what a row asks of a key.

What is written here reads back as it was (`yibao.readers.policy.values_from_text`, `decision_tables`).
"""

from __future__ import annotations

from fractions import Fraction

from yibao.model.parameters import AnyValue, Bands, CodesMatch, Match, ParameterValue, RangeMatch, Unit

ANYTHING = "*"
NOTHING = "none"
_FEN_OF_A_YUAN = 100
# A percentage has up to four decimals, so that a rate is a whole number of millionths.
MILLIONTHS = 1_000_000
_MILLIONTHS_OF_A_PERCENT = 10_000


def text_of_value(value: ParameterValue, unit: Unit) -> str:
    """A value in its unit: `1300` or `0.50` yuan, `85%`, `30000: 85%; 90%`, a whole number."""
    if isinstance(value, tuple):
        return _text_of_bands(value)
    if isinstance(value, Fraction):
        return percent_of(value)
    return yuan_of(value) if unit is Unit.YUAN else str(value)


def text_of_match(match: Match) -> str:
    """What a row asks of a key: `active, flexible`, `none`, `60..69`, `70..`, or `*`."""
    match match:
        case AnyValue():
            return ANYTHING
        case CodesMatch(codes, none):
            return ", ".join((*sorted(codes), *((NOTHING,) if none else ())))
        case RangeMatch(low, high) if low == high:
            return str(low)
        case RangeMatch(low, high):
            return f"{low}..{'' if high is None else high}"


def yuan_of(fen: int) -> str:
    """An amount in yuan without separators, and without decimals where they would be zero."""
    whole, rest = divmod(fen, _FEN_OF_A_YUAN)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def percent_of(rate: Fraction) -> str:
    """A rate as a percentage with the decimals that it has, at most four."""
    whole, rest = divmod(int(rate * MILLIONTHS), _MILLIONTHS_OF_A_PERCENT)
    return f"{whole}.{rest:04d}".rstrip("0") + "%" if rest else f"{whole}%"


def _text_of_bands(bands: Bands) -> str:
    return "; ".join(
        percent_of(band.rate) if band.upto_fen is None else f"{yuan_of(band.upto_fen)}: {percent_of(band.rate)}"
        for band in bands
    )
