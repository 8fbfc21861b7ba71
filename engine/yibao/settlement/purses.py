"""Who pays the personal part: the plan's purses in their order, an account never beyond its balance, cash last."""

from __future__ import annotations

from collections.abc import Mapping

from yibao.model.facts import UNKNOWN
from yibao.model.plan import Purse
from yibao.settlement.absence import Missed, missed, together
from yibao.settlement.arithmetic import whole
from yibao.settlement.program import Program, PurseAsks
from yibao.settlement.result import PursePaid
from yibao.settlement.run import Quantity, Run

BALANCES: Mapping[Purse, str] = {
    Purse.ACCOUNT: "account.balance_fen",
    Purse.FAMILY_ACCOUNT: "account.family_balance_fen",
}


def paid_by_purses(program: Program, run: Run, personal: int) -> list[PursePaid | Missed]:
    """What each purse but cash pays of the personal part, or what must be known to tell. What is left is cash."""
    left = personal
    found: list[PursePaid | Missed] = []
    for asks in program.purses:
        if asks.purse.purse is not Purse.CASH and left > 0:
            paid = _paid(program, run, asks, left)
            left -= paid.pays_fen if isinstance(paid, PursePaid) else 0
            found.append(paid)
    return found


def lacking(program: Program, run: Run) -> list[bool | Quantity]:
    """What the purses would ask, where the personal part is not known yet."""
    found: list[bool | Quantity] = []
    for asks in program.purses:
        applies = False if asks.purse.purse is Purse.CASH else True if asks.when is None else asks.when(run)
        if applies is not False:
            found += [applies, None if asks.may_pay is None else asks.may_pay(run)]
            found.append(_balance(program, run, asks.purse.purse))
    return found


def _paid(program: Program, run: Run, asks: PurseAsks, left: int) -> PursePaid | Missed:
    """The least of what is left, what the purse may pay, and its balance; a bound of 0 settles it."""
    applies = True if asks.when is None else asks.when(run)
    if applies is False:
        return PursePaid(purse=asks.purse, pays_fen=0, may_pay_fen=None, balance_fen=None)
    may_pay: Quantity = left if asks.may_pay is None else asks.may_pay(run)
    balance: Quantity = None if may_pay == 0 else _balance(program, run, asks.purse.purse)
    known = {
        "may_pay_fen": may_pay if isinstance(may_pay, int) and asks.may_pay is not None else None,
        "balance_fen": balance if isinstance(balance, int) else None,
    }
    if may_pay == 0 or balance == 0:
        return PursePaid(purse=asks.purse, pays_fen=0, **known)
    unknown = [value for value in (applies, may_pay, balance) if isinstance(value, Missed)]
    if unknown:
        return together(unknown)
    return PursePaid(purse=asks.purse, pays_fen=min(left, whole(may_pay), whole(balance)), **known)


def _balance(program: Program, run: Run, purse: Purse) -> int | Missed:
    """What the account holds: nothing, where it is known that there is none."""
    path = BALANCES[purse]
    balance = run.facts.get(path, UNKNOWN)
    if balance is None:
        return 0
    return balance if isinstance(balance, int) else missed(path, f"{program.plan.id}/{purse.value}")
