"""Whole-fen money. Amounts are `int` fen from 0 to 10^13; rounding happens in one function, half up.

Half up to the fen at each published bucket is what published settlements allow (no tie was ever seen, so it is a
convention of ours and will be a parameter of a plan); the counterpart always comes from subtraction.
"""

from __future__ import annotations

from fractions import Fraction

MAXIMUM_FEN = 10**13
WHOLE_BASIS_POINTS = 10_000


def share(amount_fen: int, rate: Fraction) -> int:
    """`amount_fen` times `rate`, rounded once, half up, to the fen.

    Raises ValueError for a negative amount (half up is not symmetric) and for a rate outside 0 to 1.
    """
    if amount_fen < 0:
        raise ValueError(f"a share is taken of amounts from 0 up, not of {amount_fen} fen")
    if not 0 <= rate <= 1:
        raise ValueError(f"a rate lies between 0 and 1, not at {rate}")
    return _half_up(amount_fen * rate.numerator, rate.denominator)


def share_in_basis_points(amount_fen: int, basis_points: int) -> int:
    """The same for a rate in basis points (10,000 = 100 %), without making a fraction of it."""
    if amount_fen < 0:
        raise ValueError(f"a share is taken of amounts from 0 up, not of {amount_fen} fen")
    if not 0 <= basis_points <= WHOLE_BASIS_POINTS:
        raise ValueError(f"a rate lies between 0 and {WHOLE_BASIS_POINTS} basis points, not at {basis_points}")
    return _half_up(amount_fen * basis_points, WHOLE_BASIS_POINTS)


def _half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to the quotient; of two that are equally near, the greater."""
    return (2 * numerator + denominator) // (2 * denominator)


def less(amount_fen: int, deduction_fen: int) -> int:
    """`amount_fen` without `deduction_fen`, never below zero."""
    return max(0, amount_fen - deduction_fen)


def rate_of_basis_points(basis_points: int) -> Fraction:
    """A rate from basis points (10,000 = 100 %)."""
    return Fraction(basis_points, WHOLE_BASIS_POINTS)


def yuan(amount_fen: int) -> str:
    """The amount in yuan with two decimals, for people."""
    sign = "-" if amount_fen < 0 else ""
    whole, fen = divmod(abs(amount_fen), 100)
    return f"{sign}{whole:,}.{fen:02d}"
