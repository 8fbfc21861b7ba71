"""The individual account as a list of entries that is only added to, and the answers to what is asked of it."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from yibao.model.case import Document


class EntryKind(Enum):
    """What an entry does to the balance. A reversal gives back what one payment took."""

    CREDIT = "credit"
    PAYMENT = "payment"
    REVERSAL = "reversal"


@frozen(kw_only=True)
class Entry:
    """One entry of an account, numbered from 1.

    `amount_fen` is what the balance changes by: below zero for a payment. `reference` is the digest of the claim that a
    credit was worked out from, or the id of the decision that a payment settles; `reverses` is the number of the
    payment that a reversal gives back. `rule`, `policy` and `explanation` say how a credit came about; `policy` says of
    a payment under what it was decided. `occurred_on` is an ISO date, `at` the time of recording, `key` the caller's
    idempotency key, `command` the digest of what was asked, `previous` that of the entry before.
    """

    account: str
    sequence: int
    kind: EntryKind
    amount_fen: int
    balance_after_fen: int
    occurred_on: str
    month: str | None
    reference: str
    reverses: int | None
    rule: str | None
    policy: str | None
    explanation: Document | None
    key: str | None
    command: str
    at: str
    previous: str | None


class AccountRefusalReason(Enum):
    """Why an account is not changed. Nothing is recorded of a refusal."""

    KEY_REUSED = "key_reused"
    NOTHING_TO_CREDIT = "nothing_to_credit"
    MONTH_CREDITED = "month_credited"
    NOTHING_TO_PAY = "nothing_to_pay"
    ALREADY_PAID = "already_paid"
    ACCOUNT_OVERDRAWN = "account_overdrawn"
    NO_SUCH_PAYMENT = "no_such_payment"
    ACCOUNT_BUSY = "account_busy"


@frozen(kw_only=True)
class AccountRefusal:
    """Why it is not done. `stands_against` is the number of the entry that forbids it, where there is one."""

    reason: AccountRefusalReason
    account: str
    balance_fen: int
    amount_fen: int | None
    stands_against: int | None

    def document(self) -> Document:
        return {
            "refused": self.reason.value,
            "account": self.account,
            "balance_fen": self.balance_fen,
            "amount_fen": self.amount_fen,
            "stands_against": self.stands_against,
        }
