"""The one place of a plan where parts of a fen are rounded."""

from __future__ import annotations

from yibao.model.plan import Ties


def rounded(numerator: int, denominator: int, ties: Ties) -> int:
    """The whole fen nearest to `numerator / denominator`, which is not negative; half a fen goes as `ties` says."""
    whole, rest = divmod(numerator, denominator)
    if 2 * rest == denominator:
        return whole + (1 if ties is Ties.UP else whole & 1)
    return whole + (1 if 2 * rest > denominator else 0)
