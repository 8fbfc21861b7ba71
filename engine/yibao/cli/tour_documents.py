"""The claims and the event data of the guided tour, made from the bundle's complete claims. Runs nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yibao.model.policy import Policy

SETTLED = "shanghai-inpatient"
LOCAL = "inpatient-appendicitis"
AWAY = "out-of-province-inpatient"
BEAUTY = "medical-beauty-skin-care"
ELSEWHERE = "990200"
_EYELIDS = {
    "item_code": "T-DOUBLE-EYELID",
    "name": "双眼皮成形术",
    "category": "treatment_item",
    "catalogue_class": "C",
    "purpose": "cosmetic",
}
Document = dict[str, Any]


def write_documents(policy: Policy, folder: Path) -> None:
    """Write every file that the tour's commands name into a folder."""
    documents = {**_claims(policy), **_event_data(policy.claims[AWAY])}
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document, ensure_ascii=False, indent=2), "utf-8")


def _claims(policy: Policy) -> dict[str, Document]:
    """The claims that are decided, and the one that is misspelt."""
    claim = _copy_of(policy, SETTLED)
    eyelids, unknown, misspelt = (_copy_of(policy, LOCAL) for _ in range(3))
    eyelids["lines"][0].update(_EYELIDS)
    del unknown["encounter"]["cause"]
    misspelt["lines"][0]["purpos"] = misspelt["lines"][0].pop("purpose")
    skin_care, elsewhere = _copy_of(policy, BEAUTY), _copy_of(policy, BEAUTY)
    elsewhere["insured"]["insured_area"] = elsewhere["encounter"]["treatment_area"] = ELSEWHERE
    return {
        "claim": claim,
        "eyelids": eyelids,
        "unknown": unknown,
        "misspelt": misspelt,
        "skin-care": skin_care,
        "skin-care-elsewhere": elsewhere,
    }


def _copy_of(policy: Policy, name: str) -> Document:
    return copy.deepcopy(dict(policy.claims[name]))


def _event_data(claim: Mapping[str, Any]) -> dict[str, Document]:
    """The out-of-province claim, as it becomes known step by step."""
    filing, encounter = dict(claim["filing"]), dict(claim["encounter"])
    referral = dict(filing.pop("referral"))
    seals, settled_on = referral.pop("seals"), encounter.pop("settled_on")
    known_at_once = ("claim_id", "procedure", "insured", "history", "account", "third_party")
    return {
        "open": {name: claim[name] for name in known_at_once},
        "issue_referral": {"filing": {"referral": referral}, "documents": ["referral_certificate"]},
        "affix_seals": {"filing": {"referral": {"seals": seals}}},
        "register": {"filing": filing},
        "treat": {"encounter": encounter},
        "issue_invoice": {"invoice": claim["invoice"], "lines": claim["lines"], "documents": ["hospital_invoice"]},
        "settle": {"encounter": {"settled_on": settled_on}, "documents": claim["documents"]},
    }
