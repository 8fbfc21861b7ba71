"""What is known while a plan is worked out for one claim, or for one part of a split stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from yibao.model.claim import Claim
from yibao.model.facts import Value
from yibao.settlement.absence import Missed
from yibao.settlement.book import Found
from yibao.settlement.inputs import Splits

# Fen, a whole number, a rate over the scale of its expression, a code, none, or unknown.
Quantity = int | str | None | Missed
PENDING = Missed(())


class SegmentRun:
    """What came of one segment. `base` is the whole base, `cut` what was left of it to pay on.

    An inactive segment (its condition is false, or its base is 0) paid 0 and read nothing else; the base of one whose
    condition is false is worked out for those that ask. `limit` and `pays` are None where they were not worked out.
    """

    __slots__ = ("active", "base", "beyond", "cut", "limit", "paid", "pays")

    def __init__(self) -> None:
        self.active = False
        self.base: Quantity = 0
        self.cut: Quantity = 0
        self.pays: Quantity = None
        self.limit: Quantity = None
        self.paid: Quantity = 0
        self.beyond: Quantity = PENDING


class Run:
    """The state of one evaluation. Named values and segments are worked out when they are first asked for.

    `found` has what each look-up of the plan found; `reached` has what the least base found that reaches a limit.
    """

    __slots__ = (
        "base", "before", "claim", "facts", "found", "part", "personal", "reached", "segments", "splits", "values",
    )  # fmt: skip

    def __init__(
        self, claim: Claim, splits: Splits, part: int, before: Run | None, sizes: tuple[int, int, int]
    ) -> None:
        values, segments, lookups = sizes
        self.claim = claim
        self.facts: Mapping[str, Value] = claim.facts
        self.splits = splits
        self.part = part
        self.before = before
        self.base: Quantity = 0
        self.personal: Quantity = 0
        self.values: list[Quantity] = [PENDING] * values
        self.segments: list[SegmentRun | None] = [None] * segments
        self.found: list[Found | None] = [None] * lookups
        self.reached: list[Found] = []

    def answers(self) -> Iterator[Found]:
        """Every answer of a parameter that the evaluation stands on, in the order of the plan; some more than once."""
        yield from (found for found in self.found if found is not None)
        yield from self.reached


Ask = Callable[[Run], Quantity]
AskTruth = Callable[[Run], bool | Missed]
