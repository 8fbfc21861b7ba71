"""What a message of the national interface says of a settlement, as typed records: whole fen, of either sign.

A name that is missing from `amounts` has no value in the message; `empty` holds those that are written there all the
same, as null or an empty text. What a record stands for is told by the message it came in, never by its signs.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import frozen


@frozen(kw_only=True)
class TraceStep:
    """One step of a trace (`setl_proc_info`): an item of the region's policy, its base, its rate, what it paid."""

    item: str | None
    base_fen: int | None
    rate: Fraction | None
    pays_fen: int | None


@frozen(kw_only=True)
class Detail:
    """One row of `setldetail`: what one fund, account, hospital or person paid."""

    pointer: str
    fund_type: str | None
    amounts: Mapping[str, int]
    trace: tuple[TraceStep, ...]


@frozen(kw_only=True)
class Settlement:
    """One `setlinfo` with its `setldetail`, or what of both is there.

    `transaction` is the number of the message, where it has one. `asked` marks what was sent in with a question: the
    sums of its lines and nothing else. `target` is the settlement that a cancel says it cancels.
    """

    pointer: str
    transaction: str | None
    asked: bool
    names: Mapping[str, str]
    amounts: Mapping[str, int]
    empty: frozenset[str]
    rate: Fraction | None
    details: tuple[Detail, ...]
    target: str | None


@frozen(kw_only=True)
class BilledLine:
    """One fee line: amounts in fen, count and price as written."""

    pointer: str
    asked: bool
    amounts: Mapping[str, int]
    empty: frozenset[str]
    count: Fraction | None
    price: Fraction | None


@frozen(kw_only=True)
class SettlementMessages:
    """All that a document holds of settlements and fee lines, in the order in which it stands there."""

    settlements: tuple[Settlement, ...]
    lines: tuple[BilledLine, ...]
