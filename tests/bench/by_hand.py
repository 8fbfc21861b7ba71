"""The hand-written rules as an engine among the others: with the workload's money, and bare."""

from __future__ import annotations

import platform

from tests.bench.draw import ClaimRow
from tests.bench.fused import Answer, fused
from tests.bench.fused_money import answers_with_money, fused_with_money
from tests.bench.tasks import Engine, Task


def _as_drawn(row: ClaimRow) -> ClaimRow:
    return row


def _as_found(found: list[Answer]) -> list[Answer]:
    return found


def engine() -> Engine:
    """`by hand` is what published figures are relative to; `by hand, bare` leaves the money out."""
    return Engine(
        title=f"CPython {platform.python_version()}, the rules written by hand",
        tasks=(
            Task(name="by hand", prepare=_as_drawn, start=lambda: fused_with_money, answers=answers_with_money),
            Task(name="by hand, bare", prepare=_as_drawn, start=lambda: fused, answers=_as_found),
        ),
    )
