"""What an embedder calls: load what is in force, read a claim, decide it, run a case. The command line calls the same.

import yibao

policy = yibao.load_policy()
decision = yibao.decide(claim_json, policy)
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from yibao.accounts.booking import account_in, accounts_in, book
from yibao.accounts.commands import CreditMonth, PayDecision, Recording, ReversePayment
from yibao.accounts.handling import AccountAnswer
from yibao.accounts.options import Choice, choice_of
from yibao.accounts.statement import statement_of
from yibao.audit.interface_findings import Finding
from yibao.audit.interface_identities import judged
from yibao.audit.proofs import check
from yibao.basics.problems import Place, Problem, ProblemsFound, problem_of, unknown_name
from yibao.cases.carrying_out import carry_out, case_in
from yibao.cases.commands import Law, OpenCase, Submission, TakeStep
from yibao.cases.handling import Answer, what_is_possible
from yibao.decision.decider import Decider
from yibao.journal.ledger import Ledger
from yibao.journal.sqlite import Journal
from yibao.language.parsing import Names
from yibao.model.case import Case, Document
from yibao.model.chart import Chart, Scenario
from yibao.model.claim import Claim
from yibao.model.credits import MONTH
from yibao.model.policy import Policy
from yibao.readers.accounts.payments_from_json import payment_from_json
from yibao.readers.charts.charts_from_yaml import charts_from_folder
from yibao.readers.charts.scenarios_from_yaml import scenarios_from_folder
from yibao.readers.claims.claims_from_json import claim_from_document, claim_from_json, document_from_json
from yibao.readers.claims.lookups import with_lookups
from yibao.readers.nhsa.fee_lines import claim_from_nhsa, merge_claims
from yibao.readers.nhsa.settlement_messages import settlements_from_nhsa
from yibao.readers.nhsa.settlement_reversal import reversal_from_nhsa
from yibao.readers.nhsa.settlement_writing import settlement_for_nhsa
from yibao.readers.policy.bundles import load_policy, load_policy_for, workflow_files
from yibao.settlement.crediting import Credited, Crediting
from yibao.settlement.result import Unsettled

__all__ = [
    "AccountAnswer",
    "Answer",
    "Case",
    "CreditMonth",
    "Credited",
    "Decider",
    "InForce",
    "Journal",
    "Law",
    "Ledger",
    "OpenCase",
    "PayDecision",
    "ProblemsFound",
    "Recording",
    "ReversePayment",
    "Submission",
    "TakeStep",
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
    "payment_choice",
    "payment_from_json",
    "read_claim",
    "read_claim_with_nhsa_lines",
    "read_person",
    "reverse_nhsa",
    "statement_of",
    "what_is_possible",
]


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
    return choice_of(Decider(policy, None, as_of), Crediting(policy, as_of), claim, on)


def read_claim_with_nhsa_lines(
    message: bytes, message_path: str, content: bytes | None, policy: Policy, path: str
) -> tuple[Claim, list[str]]:
    """A claim whose lines come from a fee-line message (2204, 2301) of the national interface, with the facts of a
    question for a settlement (2206, 2207, 2303, 2304) where one stands beside them.

    `content` is the rest of the claim, None when there is nothing else. The second result tells what in the message
    was not understood. Raises ProblemsFound.
    """
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
    return check.findings(check.decision_from(decision, path), claim, policy, path)


def check_nhsa(
    message: bytes, path: str = "message", original: bytes | None = None, original_path: str = "original"
) -> tuple[tuple[Finding, ...], list[Problem]]:
    """The amount identities of the national interface on anybody's settlements and fee lines, without any policy.

    `original` is the settlement that the message cancels, where it does. The second result tells what was not read.
    Raises ProblemsFound for what can't be read.
    """
    found, notices = settlements_from_nhsa(message, path)
    if original is None:
        return judged(found, None), notices
    before, more = settlements_from_nhsa(original, original_path)
    return judged(found, before), [*notices, *more]


def nhsa_settlement(
    decision: Mapping[str, Any], claim: Claim, policy: Policy, path: str = "decision"
) -> tuple[dict[str, object], list[Problem]]:
    """The settlement of a decision as `setlinfo` and `setldetail` of the national interface, and what did not fit.

    Raises ProblemsFound where the decision has no settlement.
    """
    settlement = decision.get("settlement")
    if settlement is None:
        place = Place(path=path, pointer="/settlement")
        said = "the decision has no settlement: no plan applies, or facts are missing"
        raise ProblemsFound([problem_of("nhsa-no-settlement", said, place)])
    scheme = claim.given("insured.scheme")
    return settlement_for_nhsa(settlement, scheme if isinstance(scheme, str) else None, policy.vocabulary, path)


def reverse_nhsa(recorded: bytes, path: str = "message") -> tuple[dict[str, object], list[Problem]]:
    """The reversal of a recorded settlement of the national interface: its amounts with every sign turned, never worked
    out again. Raises ProblemsFound."""
    return reversal_from_nhsa(recorded, path)


def load_charts(policy: Policy, folder: Path | None = None) -> Mapping[str, Chart]:
    """The procedures of a folder of charts, or the bundled ones, by name. Raises ProblemsFound."""
    return _charts(policy, workflow_files(folder))


def example_claim(policy: Policy, name: str) -> Mapping[str, Any]:
    """A complete claim of the bundle by name. Raises ProblemsFound for a name that is not there."""
    if name not in policy.claims:
        raise ProblemsFound([unknown_name("claim", name, policy.claims, Place(path=name))])
    return policy.claims[name]


@frozen(kw_only=True)
class InForce:
    """A policy and the charts of its procedures, with the files that the charts were read from, by path."""

    policy: Policy
    charts: Mapping[str, Chart]
    files: Mapping[str, bytes]

    def law(self) -> Law:
        """The law for commands to cases: claims are read by this policy's declarations and decided by its rules.

        Keep it for many commands; it keeps what it has worked out.
        """
        decider = Decider(self.policy)

        def read_case(document: Document) -> Claim:
            return claim_from_document(document, self.policy.vocabulary, "case", partial=True)

        def decide_case(claim: Claim) -> Document:
            return decider.decide(with_lookups(claim, self.policy, "case"))

        return Law(
            charts=self.charts,
            catalogues=self.policy.catalogues,
            policy_digest=self.policy.digest,
            read_claim=read_case,
            decide=decide_case,
        )

    def data(self, content: bytes | Document, path: str) -> Document:
        """The data of an event: a partial claim document (bytes, or already in memory), checked.

        `path` names the document in problems. Raises ProblemsFound with every problem.
        """
        return document_from_json(content, self.policy.vocabulary, path, partial=True)

    def scenarios(self) -> Mapping[str, tuple[Scenario, ...]]:
        """The scenarios beside the charts, by the name of the chart. Raises ProblemsFound."""
        return scenarios_from_folder(self.files, self.charts)


def in_force(policy: Path | None = None, workflows: Path | None = None) -> InForce:
    """What is in force: a folder of policy and a folder of charts, or the bundled ones. Raises ProblemsFound."""
    read, files = load_policy(policy), workflow_files(workflows)
    return InForce(policy=read, charts=_charts(read, files), files=files)


def _charts(policy: Policy, files: Mapping[str, bytes]) -> Mapping[str, Chart]:
    return charts_from_folder(files, Names(vocabulary=policy.vocabulary, catalogues=policy.catalogues))
