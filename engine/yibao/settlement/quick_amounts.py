"""The short way through a plan: the amounts of a claim of which everything that the plan reads is known.

A plan becomes one generated function. It says no more than the amounts, and nothing at all where anything is unknown,
out of balance, or refused: then the long way (`settling`) works the plan out and says what is to be said. Values that
several others name are worked out at once, so a plan may go the long way for one that nobody reads in the end.
A stay that is settled in parts goes the long way too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from yibao.model.claim import Claim
from yibao.settlement.inputs import Row
from yibao.settlement.result import Amounts

QuickAmounts = Callable[[Claim, Sequence[Row]], Amounts | None]
