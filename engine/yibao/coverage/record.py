"""What coverage decides of a claim, as a typed record: for settlement to compute with, and for the document."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from attrs import frozen

from yibao.coverage.judgement import Judgement
from yibao.coverage.line_decision import LineDecision
from yibao.coverage.missing import Missing
from yibao.coverage.profile import Proof
from yibao.coverage.reasons import Rules
from yibao.coverage.wording import Wording
from yibao.model.claim import Claim
from yibao.model.policy import Policy


@frozen(kw_only=True, eq=False)
class Coverage:
    """The decision of every line of a claim, in the order of the claim.

    `places` are the layers that speak, the nation's first; `rules` the program by key. `missing` are the facts that
    keep lines open, `exact` whether they are exactly those that matter. `judgements`, `wordings` and `proofs` have one
    for each line; they are empty where a place is missing.
    """

    policy: Policy
    as_of: datetime.date | None
    claim: Claim
    places: tuple[str, ...]
    rules: Rules
    lines: tuple[LineDecision, ...]
    missing: Missing
    exact: bool
    judgements: tuple[Judgement, ...]
    wordings: tuple[Wording, ...]
    proofs: tuple[Proof, ...]

    @property
    def outcome(self) -> str:
        """The outcome of the claim as its lines alone make it: a settlement may still leave it undetermined."""
        return outcome_of(line.outcome for line in self.lines)


def outcome_of(outcomes: Iterable[str]) -> str:
    """The claim's outcome from those of its lines."""
    found = set(outcomes)
    if "undetermined" in found:
        return "undetermined"
    if found <= {"covered"}:
        return "covered"
    return "not_covered" if found <= {"excluded"} else "partly_covered"
