"""Which invoice an event claims for its case, and which it gives free.

An invoice backs one live settlement in a journal. What journals keep of it follows from the events alone: an event
claims with `invoice: {issuer, number}` and frees with `frees_invoice: {issuer, number}`, beside its envelope.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from yibao.model.case import Document, Invoice

CLAIMS, FREES = "invoice", "frees_invoice"


class NoInvoice(ValueError):
    """What stands where an event names an invoice is none."""


@frozen
class Movement:
    """An invoice that an event claims, or gives free."""

    invoice: Invoice
    claims: bool


def movements_of(document: Document) -> tuple[Movement, ...]:
    """What an event frees and claims, in this order. Raises NoInvoice."""
    if document.get(FREES) is None and document.get(CLAIMS) is None:
        return ()
    found = ((_invoice(document.get(key)), key == CLAIMS) for key in (FREES, CLAIMS))
    return tuple(Movement(invoice, claims) for invoice, claims in found if invoice is not None)


def _invoice(named: object) -> Invoice | None:
    if named is None:
        return None
    if isinstance(named, Mapping) and named.keys() == {"issuer", "number"}:
        issuer, number = named["issuer"], named["number"]
        if isinstance(issuer, str) and isinstance(number, str):
            return Invoice(issuer, number)
    raise NoInvoice(f"{named!r} names no invoice by issuer and number")
