"""The facts of a case on its way as a claim: the same checks as for any claim, but the bill may still be to come."""

from __future__ import annotations

from attrs import evolve

from yibao.basics.digest import digest_of_document
from yibao.model.case import Document
from yibao.model.claim import Claim
from yibao.model.facts import Vocabulary
from yibao.readers.claims_from_json import claim_from_document

_LINES = "lines"
_UNBILLED = ({"line_id": "unbilled"},)


def claim_of_case(document: Document, vocabulary: Vocabulary, path: str) -> Claim:
    """The claim that the merged facts make, without lines as long as none is known.

    Raises ProblemsFound when the facts can't be those of one claim; `path` names the case.
    """
    if document.get(_LINES):
        return claim_from_document(document, vocabulary, path)
    # A claim to be decided has at least one line, so the reader is given one that says nothing.
    claim = claim_from_document({**document, _LINES: list(_UNBILLED)}, vocabulary, path)
    return evolve(claim, lines=(), digest=digest_of_document(document))
