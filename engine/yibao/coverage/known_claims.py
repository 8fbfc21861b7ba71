"""A claim of which everything is known, from its lines to the bytes of its document without a record of each line.

Nearly all claims are such. Every word comes from the wordings and templates that `document` writes with, and a claim of
which a fact is absent that matters, or of which something is said beside its lines, is left to that long way.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from attrs import frozen

from yibao.coverage.document import SAID, assembled, policy_bytes
from yibao.coverage.line_holes import amounts_bytes
from yibao.coverage.profile import Proof
from yibao.coverage.quick_lines import ClaimSpellings, Decided
from yibao.coverage.record import outcome_of
from yibao.coverage.split import Amounts
from yibao.coverage.template import text_of_value
from yibao.coverage.wording import Wording
from yibao.model.claim import Claim

# A document that says nothing beside its lines: illustrative, lines, outcome and policy are left open.
_SAID_OF_LINES = SAID % (b"[]", b"[]", b"false", b"[]", b"%b", b"%b", b"[]", b"exact", b"%b", b"%b")


@frozen(eq=False)
class KnownClaim:
    """What is decided of each line, its bytes, and its proof; and whether a line rests on an illustration."""

    claim: Claim
    places: tuple[str, ...]
    decided: list[Decided]
    lines: list[bytes]
    proofs: Sequence[Proof]
    illustrative: bool

    def written(self, policy_digest: str, as_of: datetime.date | None, settlement: bytes, illustrative: bool) -> bytes:
        """The canonical JSON of the decision document, given that of its settlement. `illustrative`: whether that
        rests on such a thing."""
        splits = [parts for _outcome, parts, _values in self.decided]
        billed, full, over, first, rest = map(sum, zip(*splits, strict=True))
        total = Amounts(billed=billed, full_self_pay=full, over_ceiling=over, first_self_pay=first, in_scope=rest)
        said = _SAID_OF_LINES % (
            text_of_value(illustrative or self.illustrative),
            b",".join(self.lines),
            outcome_of(outcome for outcome, _parts, _values in self.decided).encode(),
            policy_bytes(policy_digest, as_of, self.places),
        )
        return assembled(
            self.claim, amounts_bytes(total), said, {proof.name: proof for proof in self.proofs}, settlement
        )


def known_claim(
    claim: Claim,
    places: tuple[str, ...],
    wordings: Sequence[Wording],
    proofs: Sequence[Proof],
    spellings: ClaimSpellings,
) -> KnownClaim | None:
    """What is decided of a claim, from the wording and the proof of each line; None where it is not for here."""
    decided, lines = [], []
    for line, wording, proof in zip(claim.lines, wordings, proofs, strict=True):
        if wording.concerns_claim or line.refunds or line.looked_up:
            return None
        known = wording.known(claim, line)
        text = None if known is None else wording.quick_line(spellings, line, known, proof.spelt_name)
        if known is None or text is None:
            return None
        decided.append(known)
        lines.append(text)
    return KnownClaim(claim, places, decided, lines, proofs, any(wording.illustrative for wording in wordings))
