"""Whole fen: shares are rounded once, half up; nothing falls below zero; people read yuan."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from yibao.basics.money import less, rate_of_basis_points, share, share_in_basis_points, yuan

LARGEST = 10**13


@pytest.mark.parametrize(
    ("amount", "basis_points", "expected"),
    [
        (0, 5_000, 0),
        (1, 0, 0),
        (1, 4_999, 0),
        (1, 5_000, 1),
        (3, 5_000, 2),
        (5, 1_000, 1),
        (4, 1_000, 0),
        (100, 8_000, 80),
        (999, 10_000, 999),
        (12_345, 3_333, 4_115),
        (12_344, 3_333, 4_114),
        (LARGEST, 10_000, LARGEST),
        (LARGEST - 1, 5_000, LARGEST // 2),
    ],
)
def test_a_share_is_rounded_half_up(amount: int, basis_points: int, expected: int) -> None:
    assert share(amount, rate_of_basis_points(basis_points)) == expected
    assert share_in_basis_points(amount, basis_points) == expected


@pytest.mark.parametrize(
    ("amount", "rate", "expected"), [(1, Fraction(1, 3), 0), (2, Fraction(1, 3), 1), (7, Fraction(1, 2), 4)]
)
def test_a_share_of_a_third_is_rounded_too(amount: int, rate: Fraction, expected: int) -> None:
    assert share(amount, rate) == expected


def test_no_share_is_taken_of_less_than_nothing() -> None:
    said = re.escape("a share is taken of amounts from 0 up, not of -1 fen")
    with pytest.raises(ValueError, match=said):
        share(-1, Fraction(1, 2))
    with pytest.raises(ValueError, match=said):
        share_in_basis_points(-1, 5_000)


@pytest.mark.parametrize("basis_points", [-1, 10_001])
def test_a_rate_lies_between_nothing_and_the_whole(basis_points: int) -> None:
    with pytest.raises(ValueError, match=f"^a rate lies between 0 and 1, not at {basis_points}/10000$"):
        share(1, rate_of_basis_points(basis_points))
    with pytest.raises(ValueError, match=f"^a rate lies between 0 and 10000 basis points, not at {basis_points}$"):
        share_in_basis_points(1, basis_points)


def test_a_rate_of_basis_points_is_exact() -> None:
    assert rate_of_basis_points(3_333) == Fraction(3_333, 10_000)


@pytest.mark.parametrize(("amount", "deduction", "left"), [(5, 3, 2), (3, 5, 0), (3, 3, 0), (4, 3, 1), (0, 0, 0)])
def test_a_deduction_leaves_nothing_below_zero(amount: int, deduction: int, left: int) -> None:
    assert less(amount, deduction) == left


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0.00"),
        (1, "0.01"),
        (-1, "-0.01"),
        (99, "0.99"),
        (100, "1.00"),
        (123_456_789, "1,234,567.89"),
        (-250, "-2.50"),
    ],
)
def test_people_read_yuan(amount: int, text: str) -> None:
    assert yuan(amount) == text
