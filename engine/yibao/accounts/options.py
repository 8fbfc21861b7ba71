"""Pay now, or wait for the next credit: what both come to for a visit whose bill the account does not cover.

Which visits there is a choice for is said by a rule of the policy, which concludes a finding. The account's part is
worked out by settling the claim once more with what the account will hold; the claim keeps its dates, and so its law.
Where waiting reaches into the next benefit year, what a settlement of that day comes to is shown beside it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from yibao.accounts.next_year import BALANCE, CREDITED_THIS_YEAR, SETTLED_ON, NextYear
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.decision.decider import UNDETERMINED, Decider
from yibao.model.case import Document
from yibao.model.claim import Claim
from yibao.model.facts import Title, Vocabulary
from yibao.readers.claims.claim_classes import classes_of
from yibao.readers.documents.pointed_problems import PointedProblems
from yibao.settlement.absence import Absent
from yibao.settlement.crediting import Credited, Crediting
from yibao.settlement.result import Amounts, Settled, Unsettled

FINDING = "account_falls_short"
MOST_MONTHS = 12
PAY_NOW = Title(
    zh="当时付费：账户支付余额可付部分，其余付现金", en="Pay now: the account pays what it can, the rest is cash"
)
WAIT = Title(zh="等下次入账后再付", en="Wait for the next credit and pay then")


@frozen(kw_only=True)
class Choice:
    """The ways to pay, or why there is nothing to choose; and what is missing to tell."""

    options: tuple[Document, ...]
    because: Title | None
    cites: tuple[Document, ...]
    missing: tuple[str, ...]

    def document(self) -> Document:
        return {
            "options": list(self.options),
            "because": None if self.because is None else self.because.document(),
            "cites": list(self.cites),
            "missing": list(self.missing),
        }


def choice_of(decider: Decider, crediting: Crediting, claim: Claim, on: datetime.date | None) -> Choice:
    """What there is to choose on a day (the claim's `encounter.settled_on`, if none is given).

    A claim that is not settled yet is taken to be settled on the day. Raises ProblemsFound where the policy is wrong
    about the claim, and for a day before the visit (`dates-out-of-order`).
    """
    if on is not None:
        claim = _settled_by(claim, on, decider.policy.vocabulary)
    decision = decider.decide(claim)
    if decision["outcome"] == UNDETERMINED:
        return _missing(one["fact"] for one in decision["missing"])
    if decision["settlement"] is None:
        return _nothing(
            "没有适用的待遇方案，无法计算账户支付", "no plan applies, so nobody can tell what the account pays"
        )
    findings = [found for line in decision["lines"] for found in line["findings"] if found["finding"] == FINDING]
    if not findings:
        return _nothing("这里没有选择：并非账户余额不足的门诊费用", "no visit whose bill the account falls short of")
    day = claim.given(SETTLED_ON) if on is None else on
    if not isinstance(day, datetime.date):
        return _missing([SETTLED_ON])
    now = decision["settlement"]["amounts"]
    if now["cash_fen"] == 0:
        return _nothing("账户足够支付个人负担", "the account pays all that the person bears")
    cites = tuple(findings[0]["cites"])
    try:
        waiting = tuple(_waiting(decider, crediting, claim, day, now))
    except _Unknown as error:
        return evolve(_missing(one.fact for one in error.absent), cites=cites)
    because = None if waiting else Title(zh="等待入账不会减少现金支付", en="waiting takes nothing off the cash")
    return Choice(options=(_pay_now(day, now), *waiting), because=because, cites=cites, missing=())


def _settled_by(claim: Claim, on: datetime.date, vocabulary: Vocabulary) -> Claim:
    """The claim, settled on the day of the choice where it does not say when. Raises ProblemsFound for a day before the
    settlement, or before a day that a settlement can't precede."""
    settled_on = claim.given(SETTLED_ON)
    if isinstance(settled_on, datetime.date):
        if on < settled_on:
            message = f"the choice on {on} lies before the visit, which is settled on {settled_on}"
            raise ProblemsFound([problem_of("dates-out-of-order", message, Place(path="--on"))])
        return claim
    settled, problems = evolve(claim, facts={**claim.facts, SETTLED_ON: on}), PointedProblems("claim")
    classes_of(vocabulary).order.note(settled.facts, settled.lines, problems)
    problems.raise_if_any()
    return settled


class _Unknown(Exception):
    """Something that a later month hangs on is not known."""

    def __init__(self, absent: tuple[Absent, ...]) -> None:
        super().__init__(absent)
        self.absent = absent


def _waiting(
    decider: Decider, crediting: Crediting, claim: Claim, day: datetime.date, now: Mapping[str, Any]
) -> Iterator[Document]:
    """What paying after each of the next credits comes to, as long as each leaves less to pay in cash."""
    held, cash, month, since, since_new_year = claim.given(BALANCE), now["cash_fen"], day, 0, 0
    later = _next_year(decider, claim)
    for _number in range(MOST_MONTHS):
        month = _next_month(month)
        credited = crediting.credit(claim, month)
        if isinstance(credited, Unsettled):
            raise _Unknown(credited.absent)
        if credited is None or not isinstance(held, int):
            return
        since += credited.amount_fen
        since_new_year += credited.amount_fen if later is not None and later.begins_by(month) else 0
        amounts = _settled_with(decider, claim, held + since, since)
        if amounts.cash_fen >= cash:
            return
        cash = amounts.cash_fen
        anew = None if later is None else later.settled(month, held + since, since_new_year)
        yield _option(credited, held + since, amounts, anew)


def _next_year(decider: Decider, claim: Claim) -> NextYear | None:
    """The claim in later benefit years; None where it does not say when it is settled, so that no year goes by it."""
    settled_on, settled = claim.given(SETTLED_ON), decider.settle(decider.cover(claim))
    if not isinstance(settled_on, datetime.date) or not isinstance(settled, Settled):
        return None
    return NextYear(decider=decider, claim=claim, program=settled.program, settled_on=settled_on)


def _settled_with(decider: Decider, claim: Claim, balance_fen: int, credited_fen: int) -> Amounts:
    """The amounts of the claim if the account held this much, of which so much was credited since."""
    facts = {**claim.facts, BALANCE: balance_fen}
    this_year = claim.given(CREDITED_THIS_YEAR)
    if isinstance(this_year, int):
        facts[CREDITED_THIS_YEAR] = this_year + credited_fen
    richer = evolve(claim, facts=facts)
    settled = decider.settle(decider.cover(richer))
    if isinstance(settled, Settled):
        return settled.amounts
    raise _Unknown(settled.absent if isinstance(settled, Unsettled) else ())


def _pay_now(day: datetime.date, now: Mapping[str, Any]) -> Document:
    return {
        "option": "pay_now",
        "title": PAY_NOW.document(),
        "on": day.isoformat(),
        "balance_fen": now["account_fen"] + now["account_balance_after_fen"],
        "fund_total_fen": now["fund_total_fen"],
        "account_fen": now["account_fen"],
        "cash_fen": now["cash_fen"],
        "credit": None,
        "in_next_benefit_year": None,
    }


def _option(credited: Credited, balance_fen: int, amounts: Amounts, anew: Document | None) -> Document:
    return {
        "option": "wait",
        "title": WAIT.document(),
        "on": credited.month.isoformat(),
        "balance_fen": balance_fen,
        "fund_total_fen": amounts.fund_total_fen,
        "account_fen": amounts.account_fen,
        "cash_fen": amounts.cash_fen,
        "credit": credited.document(),
        "in_next_benefit_year": anew,
    }


def _next_month(day: datetime.date) -> datetime.date:
    """The first day of the month after that of the day."""
    return (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)


def _nothing(zh: str, en: str) -> Choice:
    return Choice(options=(), because=Title(zh=zh, en=en), cites=(), missing=())


def _missing(facts: Iterable[str]) -> Choice:
    return Choice(options=(), because=None, cites=(), missing=tuple(sorted(set(facts))))
