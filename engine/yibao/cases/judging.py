"""Deciding a claim for a step: each claim once in a command, however often it is asked about."""

from __future__ import annotations

from yibao.basics.problems import Fault, ProblemsFound
from yibao.cases.commands import Law
from yibao.model.case import INVOICE_FACTS, Document, Invoice
from yibao.model.claim import Claim
from yibao.procedure.explain import Undecided

UNDETERMINED = "undetermined"


def invoice_of(claim: Claim) -> Invoice | None:
    """The invoice that backs a claim, where its issuer and number are known."""
    issuer, number = (claim.given(path) for path in INVOICE_FACTS)
    if not isinstance(issuer, str) or not isinstance(number, str):
        return None
    return Invoice(issuer=issuer, number=number)


class Judge:
    """Decides claims under one law and keeps what was found, for the length of one command."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._found: dict[str, Document | Undecided] = {}

    def undecided(self, claim: Claim) -> Undecided | None:
        """Why the claim is not decided, or None when it is."""
        found = self._judged(claim)
        return found if isinstance(found, Undecided) else None

    def decision(self, claim: Claim) -> Document:
        """The decision of a claim that was found to be decided."""
        found = self._judged(claim)
        if isinstance(found, Undecided):
            raise Fault("a step that decides was taken without a decision")
        return found

    def _judged(self, claim: Claim) -> Document | Undecided:
        if claim.digest not in self._found:
            self._found[claim.digest] = self._judge(claim)
        return self._found[claim.digest]

    def _judge(self, claim: Claim) -> Document | Undecided:
        if not claim.lines:
            return Undecided(missing=("lines",), problems=())
        try:
            decision = self._law.decide(claim)
        except ProblemsFound as error:
            return Undecided(missing=(), problems=error.problems)
        if decision["outcome"] == UNDETERMINED:
            return Undecided(missing=tuple(sorted({entry["fact"] for entry in decision["missing"]})), problems=())
        return decision
