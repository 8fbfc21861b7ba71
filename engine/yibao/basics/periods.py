"""Half-open periods of whole days: `start` belongs to the period, `end` does not."""

from __future__ import annotations

import datetime

from attrs import frozen

Date = datetime.date
# The days that a claim or a rule can name.
FIRST_DAY = datetime.date(1900, 1, 1)
LAST_DAY = datetime.date(2199, 12, 31)


def is_nameable(day: Date) -> bool:
    """Whether the day lies in the two centuries and a half that are looked at, so that no arithmetic can leave them."""
    return FIRST_DAY <= day <= LAST_DAY


@frozen(order=True)
class Period:
    """From `start` (inclusive) to `end` (exclusive; None for no end)."""

    start: Date
    end: Date | None = None

    def __contains__(self, day: Date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        """Whether some day lies in both."""
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)

    def __str__(self) -> str:
        return f"[{self.start}, {self.end or '…'})"
