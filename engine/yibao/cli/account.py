"""`yibao account`: the individual account's ledger, and the choice of those whose account falls short.

The ledger is a file (`--ledger`). What is refused changes nothing and is not recorded.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from yibao.basics.problems import Place, ProblemsFound, problem_of, unknown_name
from yibao.cli.claims import add_claim_options, claim_of
from yibao.cli.options import add_common, called, content_of, day, month, recorded_at
from yibao.cli.output import DONE, FOUND, REFUSED, UNDETERMINED, print_document, print_problems
from yibao.readers.charts.submissions import name

if TYPE_CHECKING:
    from yibao.accounts.commands import AccountCommand
    from yibao.api import Ledger, Recording
    from yibao.cli.account_text import AccountText
    from yibao.model.policy import Policy

LEDGER_DAMAGED = "ledger-damaged"
Handler = Callable[[argparse.Namespace], int]


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `account` and what can be done with accounts."""
    parser = commands.add_parser("account", help="the individual account: credit, pay, reverse, statement, options")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    crediting = _booking(actions, "credit", "credit an account for a month, as the policy says", credit)
    facts = crediting.add_mutually_exclusive_group(required=True)
    for option in ("--claim", "--person"):
        facts.add_argument(option, dest="person", metavar="FILE", help="the person's facts, as in a claim document")
    crediting.add_argument("--month", required=True, type=month, metavar="MONTH", help="the month, such as 2024-03")
    crediting.add_argument("--as-of", type=day, metavar="DATE", help="credit by what was published by this day")
    paying = _booking(actions, "pay", "pay what a decided settlement takes from the account", pay)
    paying.add_argument("--decision", required=True, metavar="FILE", help="the decision document; - for stdin")
    reversing = _booking(actions, "reverse", "give back what was paid for a decision", reverse)
    reversing.add_argument("--decision", required=True, metavar="FILE", help="the decision document; - for stdin")
    reversing.add_argument("--on", required=True, type=day, metavar="DATE", help="the day of the reversal")
    stating = _on_account(actions, "statement", "the entries of an account, and what they add up to", statement)
    stating.add_argument("--from", dest="start", type=day, metavar="DATE", help="the first day of recording")
    stating.add_argument("--to", dest="end", type=day, metavar="DATE", help="the last day of recording")
    says = "pay now, or wait for the next credit: what both come to"
    choosing = actions.add_parser("options", help=says, description=says)
    choosing.add_argument("document", metavar="CLAIM", help="a claim document or, with --from, a message; - for stdin")
    add_claim_options(choosing)
    choosing.add_argument("--on", type=day, metavar="DATE", help="the day of the choice (settled_on)")
    add_common(choosing, as_of=True)
    choosing.set_defaults(run=options)


def _on_account(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], called_by: str, says: str, handler: Handler
) -> argparse.ArgumentParser:
    parser = actions.add_parser(called_by, help=says, description=says)
    parser.add_argument("account", metavar="ACCOUNT", help="the name of the account")
    parser.add_argument("--ledger", required=True, type=Path, metavar="FILE", help="the file of entries")
    add_common(parser)
    parser.set_defaults(run=handler)
    return parser


def _booking(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], called_by: str, says: str, handler: Handler
) -> argparse.ArgumentParser:
    parser = _on_account(actions, called_by, says, handler)
    parser.add_argument("--at", metavar="TIME", help="when it is recorded: a date or time (now)")
    parser.add_argument("--key", metavar="KEY", help="idempotency key: a repetition is answered as the first time")
    return parser


def credit(arguments: argparse.Namespace) -> int:
    """`yibao account credit ACCOUNT --person FILE --month MONTH`."""
    from yibao import api

    policy = api.load_policy(arguments.policy)
    person = api.read_person(content_of(arguments.person), policy, called(arguments.person))
    found = api.month_credit(person, arguments.month, policy, arguments.as_of)
    if isinstance(found, api.Unsettled):
        missing = sorted({one.fact for one in found.absent})
        if arguments.json:
            print_document({"missing": missing})
        else:
            print(_text(policy, arguments).missing(missing))
        return UNDETERMINED
    command = api.CreditMonth(
        account=name(arguments.account, "ACCOUNT"),
        month=arguments.month,
        claim_digest=person.digest,
        policy_digest=policy.digest,
        credit=None if found is None else found.document(),
        recording=_recording(arguments),
    )
    return _booked(arguments, policy, command, create=command.credit is not None)


def pay(arguments: argparse.Namespace) -> int:
    """`yibao account pay ACCOUNT --decision FILE`."""
    from yibao import api

    due = api.payment_from_json(content_of(arguments.decision), called(arguments.decision))
    command = api.PayDecision(
        account=name(arguments.account, "ACCOUNT"),
        decision_id=due.decision_id,
        amount_fen=due.amount_fen,
        settled_on=due.settled_on,
        policy_digest=due.policy_digest,
        recording=_recording(arguments),
    )
    return _booked(arguments, api.load_policy(arguments.policy), command, create=False)


def reverse(arguments: argparse.Namespace) -> int:
    """`yibao account reverse ACCOUNT --decision FILE --on DATE`."""
    from yibao import api

    due = api.payment_from_json(content_of(arguments.decision), called(arguments.decision))
    command = api.ReversePayment(
        account=name(arguments.account, "ACCOUNT"),
        decision_id=due.decision_id,
        reversed_on=arguments.on,
        recording=_recording(arguments),
    )
    return _booked(arguments, api.load_policy(arguments.policy), command, create=False)


def statement(arguments: argparse.Namespace) -> int:
    """`yibao account statement ACCOUNT`. Ends with 1 when the entries do not add up."""
    from yibao import api

    wanted = name(arguments.account, "ACCOUNT")
    if not arguments.ledger.exists():
        hint = "`yibao account credit` makes one"
        place = Place(path=str(arguments.ledger))
        raise ProblemsFound([problem_of("no-such-ledger", "there is no such file", place, hint)])
    try:
        with _ledger(arguments, create=False) as ledger:
            account, known = api.account_in(ledger, wanted), api.accounts_in(ledger)
    except ProblemsFound as error:
        if any(problem.code != LEDGER_DAMAGED for problem in error.problems):
            raise
        print_problems(error.problems, as_json=arguments.json)
        return FOUND
    if not account.entries:
        raise ProblemsFound([unknown_name("account", wanted, known, Place(path=str(arguments.ledger)))])
    document = api.statement_of(account, arguments.start, arguments.end)
    if arguments.json:
        print_document(document)
    else:
        print(_text(api.load_policy(arguments.policy), arguments).statement(document))
    return DONE


def options(arguments: argparse.Namespace) -> int:
    """`yibao account options CLAIM`."""
    from yibao import api

    policy = api.load_policy(arguments.policy)
    claim = claim_of(arguments, arguments.document, policy)
    choice = api.payment_choice(claim, policy, arguments.on, arguments.as_of)
    if arguments.json:
        print_document(choice.document())
    else:
        print(_text(policy, arguments).choice(choice.document()))
    return UNDETERMINED if choice.missing else DONE


def _booked(arguments: argparse.Namespace, policy: Policy, command: AccountCommand, *, create: bool) -> int:
    """Book the command and print what came of it."""
    from yibao import api
    from yibao.accounts.entries import entry_document

    # Only a credit makes a file: nothing can be paid from an account that is not there.
    with _ledger(arguments, create=create) as ledger:
        answer = api.book(ledger, command)
    text = _text(policy, arguments)
    if answer.refusal is not None:
        document = answer.refusal.document()
        print_document(document) if arguments.json else print(text.refused(document))
        return REFUSED
    if answer.entry is not None:
        document = entry_document(answer.entry)
        print_document(document) if arguments.json else print(text.entry(document))
    return DONE


def _ledger(arguments: argparse.Namespace, *, create: bool) -> Ledger:
    from yibao.api import Ledger

    return Ledger.open(arguments.ledger, create)


def _recording(arguments: argparse.Namespace) -> Recording:
    from yibao.api import Recording

    return Recording(at=recorded_at(arguments.at), key=None if arguments.key is None else name(arguments.key, "--key"))


def _text(policy: Policy, arguments: argparse.Namespace) -> AccountText:
    from yibao.cli.account_text import AccountText

    language: str | None = arguments.lang
    return AccountText(policy, language)
