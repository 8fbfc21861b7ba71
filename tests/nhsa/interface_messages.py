"""Messages of the national interface for the tests: the published ones, and short ways to judge a document."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from yibao.audit.interface_findings import Finding, Verdict
from yibao.audit.interface_identities import judged
from yibao.readers.nhsa.settlement_messages import settlements_from_nhsa

PUBLISHED = Path(__file__).resolve().parents[1] / "data" / "nhsa"
HOLDS, FAILS, NOT_TESTABLE = Verdict.HOLDS, Verdict.FAILS, Verdict.NOT_TESTABLE
# One stay in which all takes part: every fund pays, the hospital bears something, the account pays.
STAY: dict[str, Any] = {
    "setl_id": "s-1",
    "mdtrt_id": "m-1",
    "insutype": "310",
    "medfee_sumamt": "10000.00",
    "fulamt_ownpay_amt": "500.00",
    "overlmt_selfpay": "120.50",
    "preselfpay_amt": "379.50",
    "inscp_scp_amt": "9000.00",
    "act_pay_dedc": "1000.00",
    "hifp_pay": "6800.00",
    "pool_prop_selfpay": "0.8500",
    "cvlserv_pay": "100.00",
    "hifes_pay": "90.00",
    "hifmi_pay": "80.00",
    "hifob_pay": "70.00",
    "hifdm_pay": "5.00",
    "maf_pay": "60.00",
    "oth_pay": "50.00",
    "fund_pay_sumamt": "7255.00",
    "hosp_part_amt": "45.00",
    "psn_part_amt": "2700.00",
    "acct_pay": "700.00",
    "psn_cash_pay": "2000.00",
    "acct_mulaid_pay": "0.00",
    "balc": "300.00",
}
ROWS: list[dict[str, Any]] = [
    {"fund_pay_type": code, "fund_payamt": amount}
    for code, amount in (
        *(("310100", "6800.00"), ("320100", "100.00"), ("370100", "90.00"), ("390200", "80.00"), ("330100", "70.00")),
        *(("340100", "5.00"), ("610100", "60.00"), ("510100", "50.00"), ("310200", "700.00"), ("999996", "45.00")),
    )
]


def published(name: str) -> Any:
    return json.loads((PUBLISHED / f"{name}.json").read_text("utf-8"), parse_float=str)


def stay(**changes: Any) -> dict[str, Any]:
    """The message of the stay; `...` leaves a field out."""
    info = {**copy.deepcopy(STAY), **changes}
    return {
        "infno": "2304",
        "output": {
            "setlinfo": {key: value for key, value in info.items() if value is not ...},
            "setldetail": copy.deepcopy(ROWS),
        },
    }


def found_in(document: Any, original: Any = None) -> tuple[Finding, ...]:
    """All findings on a document (or JSON text)."""
    text = document if isinstance(document, str) else json.dumps(document)
    read, _ = settlements_from_nhsa(text.encode(), "message.json")
    before = None
    if original is not None:
        before, _ = settlements_from_nhsa(json.dumps(original).encode(), "original.json")
    return judged(read, before)


def notices_on(document: Any) -> list[tuple[str, str | None]]:
    _, notices = settlements_from_nhsa(json.dumps(document).encode(), "message.json")
    return [(notice.code, notice.place.pointer) for notice in notices]


def verdicts(findings: tuple[Finding, ...]) -> dict[str, set[Verdict]]:
    """What each identity came to."""
    by_identity: dict[str, set[Verdict]] = {}
    for found in findings:
        by_identity.setdefault(found.identity, set()).add(found.verdict)
    return by_identity


def failing(findings: tuple[Finding, ...]) -> list[str]:
    """The identities that fail somewhere."""
    return sorted({found.identity for found in findings if found.verdict is FAILS})


def judgeable(findings: tuple[Finding, ...]) -> list[str]:
    """The identities that could be tested somewhere."""
    return sorted({found.identity for found in findings if found.verdict is not NOT_TESTABLE})
