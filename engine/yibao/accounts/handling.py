"""A command held against an account: an entry that may be recorded, or a refusal that says why not."""

from __future__ import annotations

from attrs import frozen

from yibao.accounts.commands import AccountCommand, CreditMonth, PayDecision, ReversePayment, command_digest
from yibao.accounts.entries import Account
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.model.accounts import AccountRefusal, AccountRefusalReason, Entry, EntryKind
from yibao.model.case import Document


@frozen(kw_only=True)
class AccountAnswer:
    """The entry that answers a command, or the refusal. A repetition is answered with the entry of the first time,
    which is not `new`."""

    entry: Entry | None
    refusal: AccountRefusal | None
    new: bool


def handle(account: Account, command: AccountCommand, paid_elsewhere: bool) -> AccountAnswer:
    """The answer to a command. `paid_elsewhere` says that another account paid the decision and has not got it back.

    Raises ProblemsFound (`dates-out-of-order`) for a reversal before its payment.
    """
    first = account.keyed(command.recording.key)
    if first is not None:
        if first.command == command_digest(command):
            return AccountAnswer(entry=first, refusal=None, new=False)
        return _refused(account, AccountRefusalReason.KEY_REUSED, None, first)
    match command:
        case CreditMonth():
            return _credit(account, command)
        case PayDecision():
            return _pay(account, command, paid_elsewhere)
        case ReversePayment():
            return _reverse(account, command)


def refusal(account: Account, reason: AccountRefusalReason, amount_fen: int | None = None) -> AccountAnswer:
    """A refusal that no entry stands behind."""
    return _refused(account, reason, amount_fen, None)


def _credit(account: Account, command: CreditMonth) -> AccountAnswer:
    month = command.month.isoformat()[:7]
    credited = account.credited(month)
    if credited is not None:
        return _refused(account, AccountRefusalReason.MONTH_CREDITED, None, credited)
    credit = command.credit
    if credit is None or credit["amount_fen"] == 0:
        return refusal(account, AccountRefusalReason.NOTHING_TO_CREDIT, None if credit is None else 0)
    return _entered(
        account,
        command,
        kind=EntryKind.CREDIT,
        amount_fen=credit["amount_fen"],
        occurred_on=command.month.isoformat(),
        month=month,
        reference=command.claim_digest,
        rule=f"{credit['layer']}/{credit['credit']}",
        policy=command.policy_digest,
        explanation=credit,
    )


def _pay(account: Account, command: PayDecision, paid_elsewhere: bool) -> AccountAnswer:
    amount, paid = command.amount_fen, account.live_payment(command.decision_id)
    if paid is not None or paid_elsewhere:
        return _refused(account, AccountRefusalReason.ALREADY_PAID, amount, paid)
    if amount == 0:
        return refusal(account, AccountRefusalReason.NOTHING_TO_PAY, amount)
    if amount > account.balance_fen:
        return refusal(account, AccountRefusalReason.ACCOUNT_OVERDRAWN, amount)
    return _entered(
        account,
        command,
        kind=EntryKind.PAYMENT,
        amount_fen=-amount,
        occurred_on=command.settled_on.isoformat(),
        reference=command.decision_id,
        policy=command.policy_digest,
    )


def _reverse(account: Account, command: ReversePayment) -> AccountAnswer:
    paid = account.live_payment(command.decision_id)
    if paid is None:
        return refusal(account, AccountRefusalReason.NO_SUCH_PAYMENT)
    reversed_on = command.reversed_on.isoformat()
    if reversed_on < paid.occurred_on:
        message = (
            f"the payment {paid.sequence} is of {paid.occurred_on}, and the reversal of {reversed_on} lies before it"
        )
        raise ProblemsFound([problem_of("dates-out-of-order", message, Place(path="--on"))])
    return _entered(
        account,
        command,
        kind=EntryKind.REVERSAL,
        amount_fen=-paid.amount_fen,
        occurred_on=reversed_on,
        reference=command.decision_id,
        reverses=paid.sequence,
    )


def _entered(
    account: Account,
    command: AccountCommand,
    *,
    kind: EntryKind,
    amount_fen: int,
    occurred_on: str,
    reference: str,
    month: str | None = None,
    reverses: int | None = None,
    rule: str | None = None,
    policy: str | None = None,
    explanation: Document | None = None,
) -> AccountAnswer:
    entry = Entry(
        account=account.name,
        sequence=len(account.entries) + 1,
        kind=kind,
        amount_fen=amount_fen,
        balance_after_fen=account.balance_fen + amount_fen,
        occurred_on=occurred_on,
        month=month,
        reference=reference,
        reverses=reverses,
        rule=rule,
        policy=policy,
        explanation=explanation,
        key=command.recording.key,
        command=command_digest(command),
        at=command.recording.at,
        previous=account.last_digest,
    )
    return AccountAnswer(entry=entry, refusal=None, new=True)


def _refused(
    account: Account, reason: AccountRefusalReason, amount_fen: int | None, against: Entry | None
) -> AccountAnswer:
    refused = AccountRefusal(
        reason=reason,
        account=account.name,
        balance_fen=account.balance_fen,
        amount_fen=amount_fen,
        stands_against=None if against is None else against.sequence,
    )
    return AccountAnswer(entry=None, refusal=refused, new=False)
