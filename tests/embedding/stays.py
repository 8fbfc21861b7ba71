"""A stay in another province as a program that embeds cases would tell it: the data of each event, in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yibao import Casebook

INPATIENT = "out-of-province-inpatient"
# Nothing here depends on when a command is recorded.
AT = "2022-04-06"
OPENING = {
    "insured": {"scheme": "employee", "person_type": "retired", "born_on": "1956-04-12", "enrolment_status": "normal"}
}
_BEFORE: Mapping[str, Mapping[str, Any]] = {
    "issue_referral": {
        "insured": {"insured_area": "440300"},
        "filing": {
            "referral": {
                "certificate": "R-2022-0107",
                "issued_on": "2022-03-01",
                "issuer": {"code": "H44030000012", "area": "440300", "level": 3, "county_level_or_above": True},
            }
        },
        "documents": ["referral_certificate"],
    },
    "affix_seals": {"filing": {"referral": {"seals": ["hospital", "social_security_window"]}}},
    "register": {"filing": {"kind": "referral", "filed_on": "2022-03-03", "valid_from": "2022-03-03"}},
    "treat": {
        "encounter": {
            "kind": "inpatient",
            "treatment_area": "110000",
            "institution": {
                "code": "H11000000345",
                "kind": "hospital",
                "level": 3,
                "designated": True,
                "county_level_or_above": True,
                "department": None,
            },
            "admitted_on": "2022-03-10",
            "discharged_on": "2022-03-18",
            "cause": "disease",
            "emergency": False,
            "planned": False,
            "chronic_disease": None,
            "diagnoses": ["I25.103"],
        },
        "third_party": None,
        "lines": [
            {
                "line_id": "1",
                "item_code": "bed-per-day",
                "name": "普通床位费",
                "category": "service_facility",
                "catalogue_class": "A",
                "amount_fen": 40_000,
                "ceiling_fen": None,
                "purpose": "therapeutic",
                "restriction_met": None,
                "for_rescue": False,
                "charged_on": "2022-03-18",
            }
        ],
    },
}


def stay(invoice: str = "0034567821") -> dict[str, Mapping[str, Any]]:
    """The events of the stay with their data; `invoice` is the number of its invoice."""
    issued = {"issuer": "H11000000345", "number": invoice, "issued_on": "2022-03-18", "amount_fen": 40_000}
    return {
        **_BEFORE,
        "issue_invoice": {"invoice": issued, "documents": ["hospital_invoice"]},
        "settle": {
            "encounter": {"settlement_path": "manual", "settled_on": "2022-04-06"},
            "documents": ["id_card", "household_register", "social_security_card"],
        },
    }


def walk(book: Casebook, case_id: str, until: str = "settle", invoice: str = "0034567821") -> None:
    """Open a case and send it the events of the stay up to and with `until`; each must be accepted."""
    assert not book.open(INPATIENT, case_id, OPENING, at=AT).refused
    for event, data in stay(invoice).items():
        answer = book.do(case_id, event, data, at=AT)
        assert not answer.refused, answer.document
        if event == until:
            return
