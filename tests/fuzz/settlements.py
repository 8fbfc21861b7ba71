"""Settlements in messages of the national interface: found, judged by their identities, reversed, and judged again."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

from tests.nhsa.interface_messages import STAY, stay
from yibao.audit.interface_check import check_nhsa
from yibao.audit.interface_findings import Finding
from yibao.basics.problems import Problem, ProblemsFound
from yibao.readers.nhsa.settlement_reversal import reversal_from_nhsa

NAME = "settlements"
LONGEST = 6_000
SAMPLES = Path(__file__).resolve().parents[1] / "data" / "nhsa"
WORDS = (
    *(
        '"setlinfo": {',
        '"setldetail": [{',
        '"fund_pay_type"',
        '"fund_payamt"',
        '"310200"',
        '"999996"',
        '"medfee_sumamt"',
    ),
    *(
        '"psn_part_amt"',
        '"acct_pay"',
        '"cashPayamt"',
        '"setl_id"',
        '"init_setl_id"',
        '"setl_proc_info": "[',
        '"data": {',
    ),
    *('"act_pay_dedc"', '"pool_prop_selfpay"', '"balc"', '"acct_mulaid_pay"', '"hosp_part_amt"', '"inscp_scp_amt"'),
    *(
        '"infno": "2208"',
        '"infno": "2305"',
        '"infno": "2304A"',
        '"input": {',
        '"output": {',
        '"infcode": -1',
        '"det_item',
    ),
    *(
        '"-0.01"',
        '"0.8500"',
        '"1e5"',
        "-1.5",
        "null",
        '""',
        "true",
        "99999999999999",
        '"１.00"',
        "[",
        "]",
        "{",
        "}",
        ",",
    ),
)


def seeds() -> Iterator[bytes]:
    """The published messages; a stay in which all takes part, without each of its fields, bare, cancelled, traced."""
    for path in sorted(SAMPLES.glob("*.json")):
        yield path.read_bytes()
    whole = stay()
    for field in STAY:
        yield json.dumps(stay(**{field: ...})).encode()
    output = whole["output"]
    cancel = copy.deepcopy(whole)
    cancel |= {"infno": "2305", "input": {"data": {"setl_id": "s-1"}}}
    trace = json.dumps([{"seq": 1, "base": "8000.00", "pays": "6800.00"}])
    traced = stay(setl_proc_info=trace)
    for document in (output["setlinfo"], [whole, cancel], cancel, traced, {"2304": whole}, output["setldetail"]):
        yield json.dumps(document).encode()


def parse(data: bytes) -> None:
    """What is found is judged alone and as a cancel of itself. A reversal is read again, and judged as a cancel."""
    try:
        reversal, notices = reversal_from_nhsa(data, "fuzz.json")
    except ProblemsFound:
        pass
    else:
        _told((), notices)
        written = json.dumps(reversal).encode()
        _told(*check_nhsa(written, "reversed.json", data, "fuzz.json"))
    _told(*check_nhsa(data, "fuzz.json"))
    _told(*check_nhsa(data, "fuzz.json", data, "fuzz.json"))


def _told(findings: tuple[Finding, ...], notices: list[Problem]) -> None:
    assert all(str(notice).isprintable() for notice in notices)
    assert json.dumps([finding.document() for finding in findings])
