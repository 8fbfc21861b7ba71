"""The amount identities of the national interface, I1 to I8, on anybody's settlements and fee lines.

Tested where the message has the values; where it has not, the finding says which are missing. No policy is asked and
nothing is worked out again: an identity says whether a message agrees with itself, never whether it is right. I7, which
compares a cancel with its original, is in `interface_cancels`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from yibao.audit.interface_cancels import cancels_of
from yibao.audit.interface_findings import Finding, Verdict
from yibao.model.facts import Title
from yibao.readers.nhsa import interface_names as names
from yibao.readers.nhsa.fee_messages import price_agrees
from yibao.readers.nhsa.settlement_records import BilledLine, Detail, Settlement, SettlementMessages

_REST_IS_NONE = Title(zh="未列出的部分只能为零", en="what is not there can only be 0")
_UNCLEAR_ROWS = Title(zh="明细中有的类别在各地含义不同", en="rows whose kind differs from region to region")
_NO_ROWS = Title(zh="没有结算明细", en="there are no detail rows")
_MAY_BE_BELOW = Title(
    zh="无法判断政策范围内金额是否未超过起付线", en="whether the amount in scope is below the deductible can't be told"
)


def judged(message: SettlementMessages, original: SettlementMessages | None) -> tuple[Finding, ...]:
    """Every identity at every place where it is about something, in the order of the document.

    `original` holds the settlements that the message cancels, where they are beside it.
    """
    cancelled = cancels_of(message, original)
    found: list[Finding] = []
    for settlement in message.settlements:
        found.extend(_settlement(settlement, is_cancel=settlement.pointer in cancelled))
        found.extend(cancelled.get(settlement.pointer, ()))
    for line in message.lines:
        found.extend(_line(line))
    return tuple(found)


def _settlement(settlement: Settlement, is_cancel: bool) -> Iterable[Finding]:
    yield _sum("I1", settlement, names.TOTAL, names.PARTS)
    if settlement.asked:
        return
    yield _sum("I2", settlement, names.TOTAL, (names.FUND_TOTAL, names.PERSONAL, names.HOSPITAL))
    yield _personal(settlement)
    more = (names.DISABLED_FUND,) if names.DISABLED_FUND in settlement.amounts else ()
    yield _sum("I4", settlement, names.FUND_TOTAL, (*names.FUNDS, *more))
    yield from _details(settlement)
    if not is_cancel:
        yield _deductible(settlement)


def _sum(identity: str, record: Settlement | BilledLine, total: str, parts: tuple[str, ...]) -> Finding:
    """The total against the sum of its parts. A part that the record leaves out is 0 where the others make the total;
    one that it lists without a value leaves the identity untested."""
    fields = {name: record.amounts.get(name) for name in (total, *parts)}
    left, known = fields[total], [value for name in parts if (value := fields[name]) is not None]
    right, missing = sum(known), [name for name, value in fields.items() if value is None]
    verdict, because = Verdict.NOT_TESTABLE, None
    if not missing:
        verdict = Verdict.HOLDS if left == right else Verdict.FAILS
    elif left and known and left == right and not record.empty & set(missing):
        verdict, because = Verdict.HOLDS, _REST_IS_NONE
    return Finding(
        identity=identity,
        pointer=record.pointer,
        verdict=verdict,
        statement=f"{total} = {' + '.join(parts)}",
        fields=fields,
        left=left,
        right=right if known else None,
        because=because,
    )


def _personal(settlement: Settlement) -> Finding:
    """Whether what family members pay lies inside the account's part or beside it is not known: either holds."""
    plain = _sum("I3", settlement, names.PERSONAL, (names.ACCOUNT, names.CASH))
    if plain.verdict is Verdict.FAILS and settlement.amounts.get(names.FAMILY_ACCOUNT):
        return _sum("I3", settlement, names.PERSONAL, (names.ACCOUNT, names.CASH, names.FAMILY_ACCOUNT))
    return plain


def _details(settlement: Settlement) -> Iterable[Finding]:
    """The rows of `setldetail` kind by kind; the sum of all of them is no total of anything."""
    funds = [row for row in settlement.details if _kind(row, names.FUND_TYPES)]
    accounts = [row for row in settlement.details if _kind(row, names.ACCOUNT_TYPES)]
    hospital = [row for row in settlement.details if _kind(row, names.HOSPITAL_TYPES)]
    clear = {row.pointer for row in (*funds, *accounts, *hospital)}
    clear |= {row.pointer for row in settlement.details if _kind(row, names.PERSON_TYPES)}
    others = [row for row in settlement.details if row.pointer not in clear]
    unclear = [row for row in others if row.amounts.get(names.FUND_AMOUNT) != 0]
    yield _rows(settlement, names.FUND_TOTAL, funds, "fund", _UNCLEAR_ROWS if unclear else None)
    if accounts or settlement.amounts.get(names.ACCOUNT):
        # An account that paid has a row; only a row of a kind that is not clear may be it.
        because = None if accounts or not unclear else _UNCLEAR_ROWS
        found = _rows(settlement, names.ACCOUNT, accounts, "account", because)
        family = settlement.amounts.get(names.FAMILY_ACCOUNT)
        beside = accounts and family and _fails(found)
        yield _rows(settlement, names.ACCOUNT, accounts, "account", None, family) if beside else found
    if hospital:
        yield _rows(settlement, names.HOSPITAL, hospital, "hospital", _UNCLEAR_ROWS if unclear else None)


def _fails(finding: Finding) -> bool:
    return finding.verdict is Verdict.FAILS


def _kind(row: Detail, types: tuple[str, ...]) -> bool:
    return row.fund_type is not None and row.fund_type.startswith(types)


def _rows(
    settlement: Settlement, total: str, rows: list[Detail], kind: str, unclear: Title | None, beside: int | None = None
) -> Finding:
    """One total against the rows of its kind; `beside` is a second amount that the rows may include."""
    paid = {f"{row.pointer}/{names.FUND_AMOUNT}": row.amounts.get(names.FUND_AMOUNT) for row in rows}
    fields: dict[str, Fraction | int | None] = {total: settlement.amounts.get(total), **paid}
    left, right = settlement.amounts.get(total), sum(value for value in paid.values() if value is not None)
    statement = f"{total} = sum of {names.FUND_AMOUNT} of the {kind} rows of setldetail"
    if beside is not None:
        fields[names.FAMILY_ACCOUNT] = beside
        left = None if left is None else left + beside
        statement = f"{total} + {names.FAMILY_ACCOUNT}{statement.removeprefix(total)}"
    because = _NO_ROWS if not settlement.details else unclear
    testable = because is None and None not in fields.values()
    return Finding(
        identity="I5",
        pointer=settlement.pointer,
        verdict=Verdict.NOT_TESTABLE if not testable else Verdict.HOLDS if left == right else Verdict.FAILS,
        statement=statement,
        fields=fields,
        left=left,
        right=right if settlement.details else None,
        because=because,
    )


def _deductible(settlement: Settlement) -> Finding:
    """The deductible never takes more than the amount in scope."""
    read = (names.DEDUCTIBLE, names.IN_SCOPE, names.POOLED, names.FUND_TOTAL)
    fields = {name: settlement.amounts.get(name) for name in read}
    taken, in_scope = fields[names.DEDUCTIBLE], fields[names.IN_SCOPE]
    verdict = Verdict.NOT_TESTABLE if taken is None or in_scope is None else _taken(settlement, taken, in_scope)
    return Finding(
        identity="I8",
        pointer=settlement.pointer,
        verdict=verdict,
        statement=f"{names.DEDUCTIBLE} = {names.IN_SCOPE}, where that is below the deductible; never more",
        fields=fields,
        left=taken,
        right=in_scope,
        because=_MAY_BE_BELOW if verdict is Verdict.NOT_TESTABLE and None not in (taken, in_scope) else None,
    )


def _taken(settlement: Settlement, taken: int, in_scope: int) -> Verdict:
    """A part was taken: so the rest was above the deductible, and the fund paid of it or at least has a rate."""
    if taken in (0, in_scope):
        return Verdict.HOLDS
    if abs(taken) > abs(in_scope) or taken * in_scope < 0:
        return Verdict.FAILS
    paid, funds = settlement.amounts.get(names.POOLED), settlement.amounts.get(names.FUND_TOTAL)
    if paid:
        return Verdict.HOLDS
    return Verdict.FAILS if paid == 0 and funds == 0 and settlement.rate == 0 else Verdict.NOT_TESTABLE


def _line(line: BilledLine) -> Iterable[Finding]:
    yield _count_times_price(line)
    if not line.asked:
        yield _sum("I6", line, names.LINE_TOTAL, names.LINE_PARTS)


def _count_times_price(line: BilledLine) -> Finding:
    amount, count, price = line.amounts.get(names.LINE_TOTAL), line.count, line.price
    product = None if count is None or price is None else count * price * 100
    verdict = Verdict.NOT_TESTABLE
    if amount is not None and count is not None and price is not None:
        verdict = Verdict.HOLDS if price_agrees(amount, count, price) else Verdict.FAILS
    # A count is no amount; it is shown beside the amounts in the same form.
    fields: Mapping[str, Fraction | int | None] = {
        names.LINE_TOTAL: amount,
        names.COUNT: None if count is None else count * 100,
        names.PRICE: None if price is None else price * 100,
    }
    return Finding(
        identity="I6",
        pointer=line.pointer,
        verdict=verdict,
        statement=f"{names.LINE_TOTAL} = {names.COUNT} x {names.PRICE}, to the fen",
        fields=fields,
        left=amount,
        right=product,
    )
