"""The flat facts of the model: the values that are drawn for them, and where each stands in a claim document."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.simulation.model import Facts
from yibao.model.case import Document

# Where the flat facts of the model stand in a document.
PLACES = {
    "filing": ("filing", "case_id"),
    "applied": ("application", "applied_on"),
    "complete": ("application", "materials_complete"),
    "kind": ("encounter", "kind"),
    "discharged": ("encounter", "discharged_on"),
    "cause": ("encounter", "cause"),
    "invoice": ("invoice", "number"),
    "paid": ("handling", "paid_on"),
}
VALUES: dict[str, list[Any]] = {
    "filing": ["F1", "F1", "F1", "F9"],
    "applied": ["2024-03-20", "2024-03-20", "2024-03-20", "2024-03-12", "2024-04-20"],
    "complete": [True, True, False],
    "kind": ["inpatient", "inpatient", "outpatient"],
    "discharged": ["2024-03-11"],
    "cause": ["disease", "disease", "work_injury"],
    "invoice": ["0001", "0001", "0002"],
    "paid": ["2024-03-25"],
    "documents": [frozenset({"hospital_invoice"}), frozenset({"hospital_invoice"}), frozenset({"id_card"})],
    "line 1": [100_000, 100_000, 99],
    "line 2": [55],
}
GOOD: dict[str, Facts] = {
    "apply": {
        "filing": "F1",
        "applied": "2024-03-20",
        "discharged": "2024-03-11",
        "line 1": 100_000,
        "documents": frozenset({"hospital_invoice"}),
    },
    "review": {"complete": True},
    "settle": {"cause": "disease"},
}


def facts(*names: str) -> st.SearchStrategy[Facts]:
    """Some of the named facts, with values that do and that do not do."""
    return st.fixed_dictionaries({}, optional={name: st.sampled_from(VALUES[name]) for name in names})


def document(given: Facts) -> dict[str, Any]:
    """Flat facts as a partial claim document."""
    written: dict[str, Any] = {}
    for name, value in given.items():
        if name == "documents":
            written[name] = sorted(value)
        elif name.startswith("line "):
            written.setdefault("lines", []).append({"line_id": name.split()[1], "amount_fen": value})
        else:
            holder, field = PLACES[name]
            written.setdefault(holder, {})[field] = value
    if "invoice" in given:
        written["invoice"]["issuer"] = "H1"
    return written


def claim_of(written: Document) -> dict[str, Any]:
    """The facts of a document that the model knows, in no particular order."""
    found: dict[str, Any] = {"documents": frozenset(written.get("documents", ()))}
    found |= {f"line {line['line_id']}": line["amount_fen"] for line in written.get("lines", ())}
    for name, (holder, field) in PLACES.items():
        found[name] = written.get(holder, {}).get(field)
    return found
