"""How earlier releases wrote events: what is made again today is brought to their writing before it is compared.

Release 0.2.0 knew no versions and states in envelopes, no other cases, invoices or operations, and no first days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yibao.model.case import Document
from yibao.model.events import Envelope

_LATER: Mapping[str, frozenset[str]] = {
    "": frozenset({"brought", "relied_on", "invoice", "change"}),
    "envelope": frozenset({"version", "state"}),
    "refusal": frozenset({"operations", "invoice_with"}),
}
_LATER_IN_POSSIBLE = frozenset({"earliest", "provisional"})


def is_of_0_2_0(envelope: Envelope) -> bool:
    """Whether release 0.2.0 wrote an event: it did not write the version of the case."""
    return envelope.version is None


def as_in_0_2_0(document: Document) -> dict[str, Any]:
    """An event as release 0.2.0 would have written it: opened, taken or refused, which is all that it had."""
    written = _without(document, _LATER[""])
    written["envelope"] = _without(document["envelope"], _LATER["envelope"])
    if "refusal" in document:
        refusal = _without(document["refusal"], _LATER["refusal"])
        refusal["possible_now"] = [_without(step, _LATER_IN_POSSIBLE) for step in refusal["possible_now"]]
        written["refusal"] = refusal
    return written


def _without(document: Document, keys: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in keys}
