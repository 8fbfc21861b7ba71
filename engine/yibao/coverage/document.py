"""The decision document of the outer contract, written from what coverage and settlement decided.

`document_of` gives it in memory, in the order in which people read it; `bytes_of` gives its canonical JSON and never
makes the document. Both have the same content.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from attrs import frozen

from yibao.basics.digest import canonical_json, decision_id_of, digest_of
from yibao.coverage.line_decision import LineDecision
from yibao.coverage.line_holes import Filling, amounts_bytes
from yibao.coverage.missing import NOTHING_MISSING, Missing, missing_document
from yibao.coverage.profile import Proof
from yibao.coverage.quick_lines import ClaimSpellings, Decided
from yibao.coverage.record import Coverage
from yibao.coverage.split import Amounts, Parts
from yibao.coverage.supporting import documents_due, documents_possible
from yibao.coverage.template import text_of_value
from yibao.coverage.wording import UNDECIDED, LineTemplate
from yibao.model.claim import Claim
from yibao.model.facts import Unknown


@frozen(kw_only=True, eq=False)
class Settled:
    """What settlement adds beside its own object: the facts without which a settlement that is due can't be made, which
    leave the claim undetermined. `illustrative`: whether it rests on an illustration."""

    missing: Missing
    exact: bool
    illustrative: bool


NO_SETTLEMENT = Settled(missing=NOTHING_MISSING, exact=True, illustrative=False)


def document_of(coverage: Coverage, settled: Settled, settlement: Mapping[str, Any] | None) -> dict[str, Any]:
    """The document with its `decision_id`. `settlement` is the contract's object, None where no plan applies or a fact
    is missing."""
    claim, policy = coverage.claim, coverage.policy
    filling, whole = Filling(claim), _of_whole_claim(coverage, settled)
    document: dict[str, Any] = {
        "claim_id": claim.claim_id,
        "claim_digest": claim.digest,
        "policy": {
            "digest": policy.digest,
            "as_of": coverage.as_of.isoformat() if coverage.as_of else None,
            "jurisdictions": list(coverage.places),
        },
        "outcome": whole.outcome,
        "enquiry": whole.enquiry,
        "lines": _lines(coverage, filling),
        "amounts": _total(coverage.lines).document(),
        "settlement": settlement,
        "findings": whole.findings.filled(filling) if whole.findings is not None else [],
        "missing": whole.missing,
        "missing_is": whole.missing_is,
        "documents_due": whole.documents_due,
        "documents_possible": whole.documents_possible,
        "proofs": {proof.name: json.loads(proof.certificate) for proof in coverage.proofs},
        "illustrative": whole.illustrative,
    }
    return {"decision_id": decision_id_of(document), **document}


def bytes_of(coverage: Coverage, spellings: ClaimSpellings, settled: Settled, settlement: bytes) -> bytes:
    """The canonical JSON of the same document. `spellings` are those of the claim's facts, and `settlement` is the
    canonical JSON of what `document_of` is given."""
    filling, whole = Filling(coverage.claim), _of_whole_claim(coverage, settled)
    said = SAID % (
        _spelt(whole.documents_due),
        _spelt(whole.documents_possible),
        text_of_value(whole.enquiry),
        b"[]" if whole.findings is None else b"".join(whole.findings.written(filling)),
        text_of_value(whole.illustrative),
        _lines_bytes(coverage, filling, spellings),
        _spelt(whole.missing),
        whole.missing_is.encode(),
        whole.outcome.encode(),
        policy_bytes(coverage.policy.digest, coverage.as_of, coverage.places),
    )
    proofs = {proof.name: proof for proof in coverage.proofs}
    return assembled(coverage.claim, amounts_bytes(_total(coverage.lines)), said, proofs, settlement)


# What stands in a document between its id and its proofs, in the order of the alphabet.
SAID = (
    b',"documents_due":%b,"documents_possible":%b,"enquiry":%b,"findings":%b,"illustrative":%b,"lines":[%b],'
    b'"missing":%b,"missing_is":"%b","outcome":"%b","policy":%b,"proofs":{'
)


def assembled(claim: Claim, amounts: bytes, said: bytes, proofs: Mapping[str, Proof], settlement: bytes) -> bytes:
    """The canonical JSON of a document from its parts, with the `decision_id` that they come to. `amounts` are those of
    the claim, `said` is `SAID` filled in, `proofs` are by name."""
    head = b'{"amounts":%b,"claim_digest":"%b","claim_id":%b' % (
        amounts,
        claim.digest.encode(),
        text_of_value(claim.claim_id),
    )
    tail = b'},"settlement":%b}' % settlement
    in_order = [proofs[name] for name in sorted(proofs)]
    digests = b",".join([proof.digest_entry for proof in in_order])
    name = digest_of(b"".join([head, said, digests, tail]))
    bodies = b",".join([proof.entry for proof in in_order])
    return b"".join([head, b',"decision_id":"', name.encode(), b'"', said, bodies, tail])


@frozen(kw_only=True, eq=False)
class _WholeClaim:
    """What the document says of the claim as a whole. `findings` is None where there are none."""

    outcome: str
    enquiry: bool
    illustrative: bool
    findings: LineTemplate | None
    missing: list[dict[str, Any]]
    missing_is: str
    documents_due: list[dict[str, Any]]
    documents_possible: list[dict[str, Any]]


def _of_whole_claim(coverage: Coverage, settled: Settled) -> _WholeClaim:
    policy, rules, claim, wordings = coverage.policy, coverage.rules, coverage.claim, coverage.wordings
    # What a line means for the claim; most lines mean nothing beyond themselves.
    concerning = [at for at, wording in enumerate(wordings) if wording.concerns_claim]
    asking = [at for at in concerning if coverage.lines[at].outcome != "excluded"]
    due = {key for at in asking for key in wordings[at].documents_due}
    possible = [(coverage.judgements[at], coverage.lines[at].line, wordings[at].documents_possible) for at in asking]
    missing = coverage.missing
    if settled.missing:
        missing = Missing()
        missing.include(coverage.missing)
        missing.include(settled.missing)
    documents = documents_due(policy, rules, due, claim) if due else []
    return _WholeClaim(
        outcome="undetermined" if settled.missing else coverage.outcome,
        enquiry=any(wordings[at].enquiry for at in concerning),
        illustrative=any(line.illustrative for line in coverage.lines)
        or any(wordings[at].illustrative_finding for at in concerning)
        or any(one["illustrative"] for one in documents)
        or settled.illustrative,
        findings=wordings[0].claim_findings if concerning and wordings[0].concerns_claim else None,
        missing=missing_document(missing) if missing else [],
        missing_is="exact" if coverage.exact and settled.exact else "sufficient",
        documents_due=documents,
        documents_possible=documents_possible(policy, rules, possible, claim) if possible else [],
    )


@lru_cache(maxsize=256)
def policy_bytes(digest: str, as_of: datetime.date | None, places: tuple[str, ...]) -> bytes:
    """The canonical JSON of what names the policy and the places whose rules spoke."""
    return canonical_json(
        {"digest": digest, "as_of": as_of.isoformat() if as_of else None, "jurisdictions": list(places)}
    )


def _lines(coverage: Coverage, filling: Filling) -> list[dict[str, Any]]:
    found = []
    for at, line in enumerate(coverage.lines):
        filling.turn_to(line, coverage.proofs[at].name if coverage.proofs else None)
        template = coverage.wordings[at].line if coverage.wordings else UNDECIDED
        found.append(template.filled(filling))
    return found


def _lines_bytes(coverage: Coverage, filling: Filling, spellings: ClaimSpellings) -> bytes:
    if not coverage.wordings:
        return canonical_json(_lines(coverage, filling))[1:-1]
    written = []
    for decision, wording, proof in zip(coverage.lines, coverage.wordings, coverage.proofs, strict=True):
        known = _known(decision)
        text = None if known is None else wording.quick_line(spellings, decision.line, known, proof.spelt_name)
        if text is None:
            filling.turn_to(decision, proof.name)
            text = b"".join(wording.line.written(filling))
        written.append(text)
    return b",".join(written)


def _known(decision: LineDecision) -> Decided | None:
    """What is decided of a line, in short, where everything is known and nothing is to be said of how it came there."""
    line, amounts, values = decision.line, decision.amounts, decision.values
    if amounts.in_scope is None or line.refunds or line.looked_up or decision.amounts_missing:
        return None
    known = {question: value for question, value in values.items() if not isinstance(value, Unknown)}
    if len(known) < len(values):
        return None
    split = (amounts.billed, amounts.full_self_pay, amounts.over_ceiling, amounts.first_self_pay, amounts.in_scope)
    return decision.outcome, cast(Parts, split), known


def _spelt(part: Any) -> bytes:
    return canonical_json(part) if part else b"[]"


def _total(lines: Sequence[LineDecision]) -> Amounts:
    """The sums over all lines; None where a line's amount is not known."""
    split = [line.amounts for line in lines]
    known = [amounts for amounts in split if amounts.in_scope is not None]
    add = _sum if len(known) == len(split) else _sum_if_known
    return Amounts(
        billed=add([amounts.billed for amounts in split]),
        full_self_pay=add([amounts.full_self_pay for amounts in split]),
        over_ceiling=add([amounts.over_ceiling for amounts in split]),
        first_self_pay=add([amounts.first_self_pay for amounts in split]),
        in_scope=add([amounts.in_scope for amounts in split]),
    )


def _sum_if_known(amounts: Sequence[int | None]) -> int | None:
    return None if None in amounts else _sum(amounts)


def _sum(amounts: Sequence[int | None]) -> int:
    return sum(cast("Sequence[int]", amounts))
