"""The settlement of a decision document, taken out of it for the national interface."""

from __future__ import annotations

from yibao.basics.problems import Place, Problem, ProblemsFound, problem_of
from yibao.model.case import Document
from yibao.model.claim import Claim
from yibao.model.policy import Policy
from yibao.readers.nhsa.settlement_writing import settlement_for_nhsa


def nhsa_settlement(
    decision: Document, claim: Claim, policy: Policy, path: str = "decision"
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
