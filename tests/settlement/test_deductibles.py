"""Deductibles as places have them, each worked by hand: the working stands in the comment beside the example."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settlement.worked import ELIGIBLE, of_drugs, paid, parameter, place, plan, segment, settle, values

LEVEL = "[encounter.institution.level]"
AFTER = segment(base="less(eligible, deductible)", pays="share(base, 80%)")
SHOWN = "deductible: deductible\npurses: [{purse: cash}]\n"


def deductible(is_: str, *parameters: str, before: tuple[tuple[str, str], ...] = (), **changes: Any) -> tuple[int, int]:
    """The deductible and what the pooled fund pays (80 % of the rest) on 10,000.00 in scope."""
    policy = place(plan(ELIGIBLE, *before, ("deductible", is_), AFTER, more=SHOWN), *parameters)
    settlement = settle(policy, of_drugs(600_000, 400_000, **changes))
    return settlement["amounts"]["deductible_fen"], paid(settlement)["pooled-fund"]


def test_per_stay() -> None:
    # 10,000.00 − 1,300.00 = 8,700.00; × 80 % = 6,960.00
    assert deductible("min(eligible, table(d))", parameter("d", "yuan", "1300")) == (130_000, 696_000)


def test_per_year_what_is_met_counts() -> None:
    # 1,500.00 a year, 900.00 met: 600.00 left; (10,000.00 − 600.00) × 80 % = 7,520.00
    written = "min(eligible, less(table(d), history.deductible_met_fen))"
    met = {"history__deductible_met_fen": 90_000}
    assert deductible(written, parameter("d", "yuan", "1500"), **met) == (60_000, 752_000)


def test_per_hospital() -> None:
    # 1,000.00 a year and hospital, all of it met here: 10,000.00 × 80 %
    written = "min(eligible, less(table(d), history.deductible_met_here_fen))"
    assert deductible(written, parameter("d", "yuan", "1000"), history__deductible_met_here_fen=120_000) == (0, 800_000)


@pytest.mark.parametrize(
    ("least", "most", "expected"), [("200", "2000", 50_000), ("600", "2000", 60_000), ("1", "300", 30_000)]
)
def test_a_percentage_with_bounds(least: str, most: str, expected: int) -> None:
    # 5 % of 10,000.00 is 500.00, between the bounds
    written = "clamp(share(eligible, table(r)), table(least), table(most))"
    bounds = (parameter("r", "rate", "5%"), parameter("least", "yuan", least), parameter("most", "yuan", most))
    assert deductible(written, *bounds)[0] == expected


@pytest.mark.parametrize(("stays", "expected"), [(0, 65_000), (1, 55_000), (2, 35_000), (3, 0), (9, 0)])
def test_a_series_for_the_nth_stay(stays: int, expected: int) -> None:
    # 650, 550, 350, then 0 (Xi'an's series)
    steps = [parameter("a", "yuan", "650"), parameter("b", "yuan", "550"), parameter("c", "yuan", "350")]
    written = "series(history.stays_this_year + 1, [table(a), table(b), table(c)], then 0)"
    assert deductible(written, *steps, history__stays_this_year=stays)[0] == expected


@pytest.mark.parametrize(("stays", "expected"), [(0, 130_000), (1, 65_000), (5, 65_000)])
def test_a_series_that_goes_on_with_its_last(stays: int, expected: int) -> None:
    # 1,300 for the first stay and 650 for every other (Beijing)
    steps = [parameter("a", "yuan", "1300"), parameter("b", "yuan", "650")]
    written = "series(history.stays_this_year + 1, [table(a), table(b)], then last)"
    assert deductible(written, *steps, history__stays_this_year=stays)[0] == expected


@pytest.mark.parametrize(("stays", "expected"), [(0, 90_000), (1, 45_000), (2, 30_000)])
def test_halved_with_a_floor(stays: int, expected: int) -> None:
    # 900, then 450, then 225, of which the floor makes 300
    written = (
        "max(table(floor), series(history.stays_this_year + 1, "
        "[table(d), share(table(d), 50%), share(table(d), 25%)], then last))"
    )
    assert (
        deductible(
            written, parameter("d", "yuan", "900"), parameter("floor", "yuan", "300"), history__stays_this_year=stays
        )[0]
        == expected
    )


@pytest.mark.parametrize(
    ("stays", "level", "expected"), [(0, 3, 88_000), (1, 3, 79_200), (2, 3, 70_400), (4, 3, 62_000), (9, 1, 10_000)]
)
def test_reduced_by_a_share_with_floors_per_level(stays: int, level: int, expected: int) -> None:
    # Chongqing: −10 % of 880 with each stay, not below 620 at level 3; −10 % of 200, not below 100, at level 1
    first = parameter("d", "yuan", "", LEVEL, '{"3": 880, "1": 200}')
    floor = parameter("floor", "yuan", "", LEVEL, '{"3": 620, "1": 100}')
    written = "max(table(floor), share(table(d), less(100%, 10% * history.stays_this_year)))"
    changes = {"history__stays_this_year": stays, "encounter__institution__level": level}
    policy = place(plan(ELIGIBLE, ("deductible", written), AFTER, more=SHOWN), first, floor)
    claim = of_drugs(1_000_000, history__stays_this_year=stays)
    claim["encounter"]["institution"]["level"] = level
    assert settle(policy, claim)["amounts"]["deductible_fen"] == expected, changes


def test_a_ceiling_over_the_year() -> None:
    # 900 a stay, at most 1,200 a year, 700 met: 500
    written = "min(eligible, table(d), less(table(most), history.deductible_met_fen))"
    steps = [parameter("d", "yuan", "900"), parameter("most", "yuan", "1200")]
    assert deductible(written, *steps, history__deductible_met_fen=70_000) == (50_000, 760_000)


def test_topped_up_to_the_highest_level_reached() -> None:
    # Ningbo: the year's deductible is that of the highest level reached; 800.00 were met at a lower one, so 700.00 more
    written = "less(table(d), history.deductible_met_fen)"
    d = parameter("d", "yuan", "", LEVEL, '{"1": 300, "2": 800, "3": 1500}')
    assert deductible(written, d, history__deductible_met_fen=80_000)[0] == 70_000


@pytest.mark.parametrize(
    ("admitted", "expected"), [("2024-02-18", 100_000), ("2023-11-26", 100_000), ("2023-11-25", 200_000)]
)
def test_restarted_every_ninety_days_of_a_stay(admitted: str, expected: int) -> None:
    # discharged on 2024-02-24: from 2023-11-26 it is 90 days, and the 91st day begins a second period
    written = "table(d) * (1 + max(0, days(encounter.admitted_on, encounter.discharged_on) - 1) // 90)"
    assert deductible(written, parameter("d", "yuan", "1000"), encounter__admitted_on=admitted)[0] == expected


@pytest.mark.parametrize(("before", "expected"), [("2024-02-10", 0), ("2024-01-20", 80_000), (None, 80_000)])
def test_shared_by_a_readmission_within_fifteen_days(before: str | None, expected: int) -> None:
    # Taizhou: admitted on 2024-02-18, 8 days after the last discharge, it is the same stay; 29 days after, it is not
    written = (
        "if history.previous_discharged_on is not none and "
        "days(history.previous_discharged_on, encounter.admitted_on) <= 15 then 0 else table(d)"
    )
    assert deductible(written, parameter("d", "yuan", "800"), history__previous_discharged_on=before)[0] == expected


@pytest.mark.parametrize(("transferred", "expected"), [(True, 70_000), (False, 110_000)])
def test_a_transfer_pays_the_difference(transferred: bool, expected: int) -> None:
    # 1,100.00 here, 400.00 paid at the hospital before: 700.00
    written = "if encounter.transferred then less(table(d), history.previous_deductible_fen) else table(d)"
    changes = {"encounter__transferred": transferred, "history__previous_deductible_fen": 40_000}
    assert deductible(written, parameter("d", "yuan", "1100"), **changes)[0] == expected


def test_a_deductible_is_not_more_than_what_is_in_scope() -> None:
    policy = place(
        plan(ELIGIBLE, ("deductible", "min(eligible, table(d))"), AFTER, more=SHOWN), parameter("d", "yuan", "1300")
    )
    settlement = settle(policy, of_drugs(50_000))
    assert values(settlement) == {"eligible": 50_000, "deductible": 50_000}
    assert settlement["amounts"]["cash_fen"] == 50_000
