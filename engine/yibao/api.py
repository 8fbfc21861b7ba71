"""What an embedder calls: load what is in force, read a claim, decide it, run a case. The command line calls the same.

import yibao

policy = yibao.load_policy()
decision = yibao.decide(claim_json, policy)
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from yibao.basics.problems import Place, Problem, ProblemsFound, problem_of, unknown_name
from yibao.decision.decider import Decider
from yibao.model.claim import Claim
from yibao.model.credits import MONTH
from yibao.model.policy import Policy
from yibao.readers.claims.claims_from_json import claim_from_document, claim_from_json, document_from_json
from yibao.readers.claims.lookups import with_lookups
from yibao.readers.policy.bundles import load_policy, load_policy_for
from yibao.settlement.crediting import Credited, Crediting
from yibao.settlement.result import Unsettled

if TYPE_CHECKING:
    from yibao.accounts.options import Choice
    from yibao.further import (
        AccountAnswer,
        Answer,
        Case,
        Casebook,
        Change,
        CreditMonth,
        InForce,
        Journal,
        Law,
        Ledger,
        NextSteps,
        OpenCase,
        PassTime,
        PayDecision,
        Recording,
        ReversePayment,
        SendEvent,
        Submission,
        account_in,
        accounts_in,
        book,
        carry_out,
        case_in,
        check_nhsa,
        in_force,
        load_charts,
        nhsa_settlement,
        open_journal,
        pass_time,
        payment_from_json,
        statement_of,
        what_is_possible,
        what_lies_ahead,
    )

__all__ = [
    "AccountAnswer",
    "Answer",
    "Case",
    "Casebook",
    "Change",
    "CreditMonth",
    "Credited",
    "Decider",
    "InForce",
    "Journal",
    "Law",
    "Ledger",
    "NextSteps",
    "OpenCase",
    "PassTime",
    "PayDecision",
    "ProblemsFound",
    "Recording",
    "ReversePayment",
    "SendEvent",
    "Submission",
    "Unsettled",
    "account_in",
    "accounts_in",
    "book",
    "carry_out",
    "case_in",
    "check_nhsa",
    "check_proof",
    "decide",
    "example_claim",
    "in_force",
    "load_charts",
    "load_policy",
    "load_policy_for",
    "month_credit",
    "nhsa_settlement",
    "open_journal",
    "pass_time",
    "payment_choice",
    "payment_from_json",
    "read_claim",
    "read_claim_with_nhsa_lines",
    "read_person",
    "reverse_nhsa",
    "statement_of",
    "what_is_possible",
    "what_lies_ahead",
]


def __getattr__(name: str) -> object:
    """A public name that deciding a claim does not need: importing them takes as long as a decision does. In the same
    way a function below imports what it needs alone."""
    if name not in __all__:
        raise AttributeError(f"module 'yibao.api' has no attribute '{name}'")
    from yibao import further

    return getattr(further, name)


def read_claim(content: bytes | Mapping[str, Any], policy: Policy, path: str = "claim") -> Claim:
    """The claim in a JSON document (bytes, or already in memory), with what the catalogues say of its lines.

    `path` names the document in problems. Raises ProblemsFound with every problem, each with a JSON pointer.
    """
    if isinstance(content, bytes):
        claim = claim_from_json(content, policy.vocabulary, path)
    else:
        claim = claim_from_document(content, policy.vocabulary, path)
    return with_lookups(claim, policy, path)


def read_person(content: bytes | Mapping[str, Any], policy: Policy, path: str = "person") -> Claim:
    """The facts of a person: a claim document that may lack its lines, and anything else. Raises ProblemsFound."""
    return claim_from_document(
        document_from_json(content, policy.vocabulary, path, partial=True), policy.vocabulary, path, partial=True
    )


def month_credit(
    person: Claim, month: datetime.date, policy: Policy, as_of: datetime.date | None = None
) -> Credited | Unsettled | None:
    """What a person's account is credited for the month that begins on the day; what is missing to tell; None where the
    policy has no credit for this person in this month.

    Raises ProblemsFound, also for facts that are of another month.
    """
    said = person.given(MONTH)
    if isinstance(said, datetime.date) and said != month:
        message = f"`{MONTH}` says {said}, and the credit is asked for the month from {month}"
        place = Place(path="person", pointer="/account/credited_month")
        raise ProblemsFound([problem_of("conflicting-fact", message, place)])
    return Crediting(policy, as_of).credit(person, month)


def payment_choice(
    claim: Claim, policy: Policy, on: datetime.date | None = None, as_of: datetime.date | None = None
) -> Choice:
    """To pay now or to wait for the next credit, with the amounts of both and the days. Raises ProblemsFound."""
    from yibao.accounts.options import choice_of

    return choice_of(Decider(policy, None, as_of), Crediting(policy, as_of), claim, on)


def read_claim_with_nhsa_lines(
    message: bytes, message_path: str, content: bytes | None, policy: Policy, path: str
) -> tuple[Claim, list[str]]:
    """A claim whose lines come from a fee-line message (2204, 2301) of the national interface, with the facts of a
    question for a settlement (2206, 2207, 2303, 2304) where one stands beside them.

    `content` is the rest of the claim, None when there is nothing else. The second result tells what in the message
    was not understood. Raises ProblemsFound.
    """
    from yibao.readers.nhsa.fee_lines import claim_from_nhsa, merge_claims

    read, notices = claim_from_nhsa(message, policy.vocabulary, message_path)
    rest = document_from_json(content, policy.vocabulary, path, partial=True) if content is not None else {}
    return read_claim(merge_claims(rest, read, path), policy, path), [str(notice) for notice in notices]


def decide(
    claim: bytes | Mapping[str, Any] | Claim,
    policy: Policy | None = None,
    *,
    engine: str | None = None,
    as_of: datetime.date | None = None,
) -> dict[str, Any]:
    """The decision document of a claim, under the bundled policy unless another is given.

    For many claims keep one `Decider`. Raises ProblemsFound for a claim that can't be read.
    """
    law = policy if policy is not None else load_policy()
    read = claim if isinstance(claim, Claim) else read_claim(claim, law)
    return Decider(law, engine, as_of).decide(read)


def check_proof(
    decision: bytes | Mapping[str, Any], claim: Claim, policy: Policy, path: str = "decision"
) -> list[Problem]:
    """Every place where a decision document does not follow from its claim and policy; none if its proof convinces.

    `path` names the decision in what is found. Raises ProblemsFound for what is no decision document, and where the
    policy is wrong about the claim, such as two plans that apply.
    """
    from yibao.audit.proofs import check

    return check.findings(check.decision_from(decision, path), claim, policy, path)


def reverse_nhsa(recorded: bytes, path: str = "message") -> tuple[dict[str, object], list[Problem]]:
    """The reversal of a recorded settlement of the national interface: its amounts with every sign turned, never worked
    out again. Raises ProblemsFound."""
    from yibao.readers.nhsa.settlement_reversal import reversal_from_nhsa

    return reversal_from_nhsa(recorded, path)


def example_claim(policy: Policy, name: str) -> Mapping[str, Any]:
    """A complete claim of the bundle by name. Raises ProblemsFound for a name that is not there."""
    if name not in policy.claims:
        raise ProblemsFound([unknown_name("claim", name, policy.claims, Place(path=name))])
    return policy.claims[name]
