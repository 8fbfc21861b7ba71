"""A case as a snapshot kept it, back to the model. What a snapshot says is worth no more than the events under it."""

from __future__ import annotations

import msgspec

from yibao.model.case import Case, Document


def case_from_document(document: Document) -> Case | None:
    """The case that a snapshot kept; None for what is none of ours, such as one of another release."""
    try:
        return msgspec.convert(document, Case)
    except msgspec.ValidationError:
        return None
