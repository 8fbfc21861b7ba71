"""What an account can be asked to do."""

from __future__ import annotations

import datetime

from attrs import frozen

from yibao.basics.digest import digest_of_document
from yibao.model.case import Document


@frozen(kw_only=True)
class Recording:
    """How a command was sent: `at` is when it is recorded (ISO date or time); `key` makes a repetition harmless."""

    at: str
    key: str | None


@frozen(kw_only=True)
class CreditMonth:
    """Credit an account for a month. `claim_digest` names the facts, `credit` is how the policy works the amount out;
    None where the policy has no credit for this person in this month."""

    account: str
    month: datetime.date
    claim_digest: str
    policy_digest: str
    credit: Document | None
    recording: Recording


@frozen(kw_only=True)
class PayDecision:
    """Pay what a decided settlement takes from the account."""

    account: str
    decision_id: str
    amount_fen: int
    settled_on: datetime.date
    policy_digest: str | None
    recording: Recording


@frozen(kw_only=True)
class ReversePayment:
    """Give back what was paid for a decision."""

    account: str
    decision_id: str
    reversed_on: datetime.date
    recording: Recording


AccountCommand = CreditMonth | PayDecision | ReversePayment


def command_digest(command: AccountCommand) -> str:
    """The digest of what is asked: a repetition may be sent later, and be worked out under another policy."""
    match command:
        case CreditMonth(account=account, month=month, claim_digest=claim):
            asked: Document = {"credit": account, "month": month.isoformat(), "claim": claim}
        case PayDecision(account=account, decision_id=decision):
            asked = {"pay": account, "decision": decision}
        case ReversePayment(account=account, decision_id=decision):
            asked = {"reverse": account, "decision": decision}
    return digest_of_document(asked)
