"""Credits: how an individual account is credited for a month, as dated and cited policy."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from yibao.basics.periods import Date
from yibao.basics.problems import Place
from yibao.model.plan import NamedValue, Plan

# The fact that says for which month an account is credited, by the first day of the month.
MONTH = "account.credited_month"


@frozen(kw_only=True)
class CreditExample:
    """A complete claim of the bundle with differences, a month, and what the credit comes to.

    `applies` is False where another credit or none speaks; otherwise `credits_fen` is the amount, or `missing` are the
    facts and parameters that it needs.
    """

    sentence: str
    base: str
    given: Mapping[str, object]
    unknown: tuple[str, ...]
    month: Date
    applies: bool
    credits_fen: int | None
    missing: tuple[str, ...]
    place: Place = field(eq=False)


@frozen(kw_only=True)
class Credit:
    """One credit of one layer: a plan of named values that nobody pays, the last of which is the amount."""

    plan: Plan
    amount: NamedValue
    examples: tuple[CreditExample, ...]
