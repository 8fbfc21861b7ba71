"""Entries, statements, refusals and choices of an individual account as text for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from yibao.cli.speaker import Speaker
from yibao.model.facts import Title
from yibao.model.policy import Policy

Document = Mapping[str, Any]
KINDS: Mapping[str, Title] = {
    "credit": Title(zh="入账", en="credit"),
    "payment": Title(zh="支付", en="payment"),
    "reversal": Title(zh="冲正", en="reversal"),
}
REFUSALS: Mapping[str, Title] = {
    "key_reused": Title(zh="该幂等键已用于另一请求", en="the idempotency key was used for something else"),
    "nothing_to_credit": Title(
        zh="政策对此人本月没有入账规定", en="the policy credits this person nothing for this month"
    ),
    "month_credited": Title(zh="该月已经入账", en="the month was credited already"),
    "nothing_to_pay": Title(zh="该结算不使用个人账户", en="the settlement takes nothing from the account"),
    "already_paid": Title(zh="该结算已经支付", en="the settlement was paid already"),
    "account_overdrawn": Title(zh="账户余额不足，不得透支", en="the account holds less, and is never overdrawn"),
    "no_such_payment": Title(zh="没有可以冲正的支付", en="no payment stands that could be given back"),
    "account_busy": Title(zh="账户正忙，请重试", en="others write to the account; try again"),
}
ACCOUNT, BALANCE = Title(zh="个人账户", en="Account"), Title(zh="余额", en="balance")
OPENING, CLOSING = Title(zh="期初余额", en="Opening balance"), Title(zh="期末余额", en="Closing balance")
REFUSED, AMOUNT = Title(zh="未办理", en="Refused"), Title(zh="金额", en="amount")
MISSING, ENTRY = Title(zh="缺少", en="Missing"), Title(zh="记录", en="entry")
FUND = Title(zh="基金支付", en="from the fund")
FROM_ACCOUNT, CASH = Title(zh="账户支付", en="from the account"), Title(zh="现金", en="cash")
PAID = ((FUND, "fund_total_fen"), (FROM_ACCOUNT, "account_fen"), (CASH, "cash_fen"))


class AccountText:
    """What the commands about accounts print, in one language or in both."""

    def __init__(self, policy: Policy, language: str | None) -> None:
        self._speaker = Speaker(policy.vocabulary, language)

    def entry(self, entry: Document) -> str:
        """One entry with what it rests on."""
        return "\n".join([self._line(entry), *self._explained(entry["explanation"])])

    def statement(self, statement: Document) -> str:
        """The entries between the opening and the closing balance."""
        speaker = self._speaker
        period = " … ".join(day or "" for day in (statement["from"], statement["to"]))
        head = speaker.headed(ACCOUNT, statement["account"])
        lines = [head if period == " … " else f"{head}  ({period})"]
        lines.append(speaker.headed(OPENING, speaker.money(statement["opening_balance_fen"])))
        lines += [f"  {self._line(entry)}" for entry in statement["entries"]]
        lines.append(speaker.headed(CLOSING, speaker.money(statement["closing_balance_fen"])))
        return "\n".join(lines)

    def refused(self, refusal: Document) -> str:
        """Why nothing was done."""
        speaker = self._speaker
        said = [speaker.headed(BALANCE, speaker.money(refusal["balance_fen"]))]
        if refusal["amount_fen"] is not None:
            said.append(speaker.headed(AMOUNT, speaker.money(refusal["amount_fen"])))
        if refusal["stands_against"] is not None:
            said.append(f"{speaker.say(ENTRY)} {refusal['stands_against']}")
        reason = speaker.headed(REFUSED, speaker.say(REFUSALS[refusal["refused"]]))
        return f"✗ {reason} ({speaker.listed(said)})"

    def choice(self, choice: Document) -> str:
        """The ways to pay, or why there is nothing to choose."""
        if choice["missing"]:
            return self.missing(choice["missing"])
        lines: list[str] = []
        for option in choice["options"]:
            lines += self._option(option)
        if choice["because"]:
            lines.append(self._speaker.told(choice["because"]))
        return "\n".join([*lines, *(self._speaker.source(cite) for cite in choice["cites"])])

    def missing(self, facts: Iterable[str]) -> str:
        """What must be known to tell."""
        return "? " + self._speaker.headed(MISSING, self._speaker.listed(map(self._speaker.named_fact, facts)))

    def _line(self, entry: Document) -> str:
        speaker = self._speaker
        when = entry["month"] or entry["occurred_on"]
        amount = speaker.money(entry["amount_fen"])
        balance = speaker.headed(BALANCE, speaker.money(entry["balance_after_fen"]))
        return f"{entry['sequence']}  {when}  {speaker.say(KINDS[entry['kind']])}  {amount}  {balance}"

    def _option(self, option: Document) -> Iterator[str]:
        speaker = self._speaker
        yield f"▸ {option['on']}  {speaker.told(option['title'])}"
        yield "    " + self._amounts(option, ((BALANCE, "balance_fen"), *PAID))
        yield from self._anew(option["in_next_benefit_year"])
        yield from self._explained(option["credit"])

    def _amounts(self, shown: Document, names: Iterable[tuple[Title, str]]) -> str:
        speaker = self._speaker
        return speaker.listed(speaker.headed(title, speaker.money(shown[name])) for title, name in names)

    def _anew(self, anew: Document | None) -> Iterator[str]:
        """What a settlement in the next benefit year comes to, or why nobody can tell."""
        if anew is None:
            return
        yield "    " + self._speaker.told(anew["title"])
        if anew["missing"]:
            yield "      " + self.missing(anew["missing"])
        elif anew["because"]:
            yield "      " + self._speaker.told(anew["because"])
        else:
            yield "      " + self._amounts(anew, PAID)

    def _explained(self, credit: Document | None) -> Iterator[str]:
        """How a credit came about."""
        if credit is None:
            return
        speaker = self._speaker
        yield f"    {speaker.told(credit['title'])} [{credit['layer']}/{credit['credit']}]"
        yield from (f"      {speaker.told(value['working'])}" for value in credit["values"])
        cites = [*credit["cites"], *(cite for read in credit["parameters"] for cite in read["cites"])]
        yield from (f"      {speaker.source(cite)}" for cite in cites)
