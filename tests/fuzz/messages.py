"""Messages of the national interface: fee lines and questions become a claim, settlements are judged and reversed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz import world
from yibao.audit.interface_identities import judged
from yibao.basics.problems import ProblemsFound
from yibao.readers.claims.claims_from_json import claim_from_document
from yibao.readers.nhsa.fee_lines import claim_from_nhsa, merge_claims
from yibao.readers.nhsa.settlement_messages import settlements_from_nhsa
from yibao.readers.nhsa.settlement_reversal import reversal_from_nhsa

NAME = "messages"
LONGEST = 6_000
SAMPLES = Path(__file__).resolve().parents[1] / "data" / "nhsa"
SAMPLE = SAMPLES / "fee-lines.json"
WORDS = (
    *('"feedetl_sn"', '"init_feedetl_sn"', '"det_item_fee_sumamt"', '"cnt"', '"pric"', '"pric_uplmt_amt"', "999999"),
    *('"selfpay_prop"', '"chrgitm_lv"', '"med_chrgitm_type"', '"lmt_used_flag"', '"hosp_appr_flag"', '"fee_ocur_time"'),
    *('"fulamt_ownpay_amt"', '"overlmt_amt"', '"preselfpay_amt"', '"inscp_scp_amt"', '"infno"', '"infcode"', "-1.5"),
    *('"output": {"result": [', '"input": {"feedetail": [', '"answers": [', '"2301"', '"2024-02-29 08:30:00"', "1e99"),
    *('"setlinfo": {', '"setldetail": [{', '"fund_pay_type"', '"fund_payamt"', '"310200"', '"medfee_sumamt"', '"2208"'),
    *(
        '"psn_part_amt"',
        '"acct_pay"',
        '"cashPayamt"',
        '"setl_id"',
        '"init_setl_id"',
        '"setl_proc_info": "[',
        '"data": {',
    ),
    *('"insutype"', '"med_type"', '"acct_used_flag"', '"dscgTime"', '"2303"', '"act_pay_dedc"', '"pool_prop_selfpay"'),
)


def seeds() -> Iterator[bytes]:
    """The published messages, each fee line alone, and the shapes of a message."""
    for path in sorted(SAMPLES.glob("*.json")):
        yield path.read_bytes()
    rows = [row for answer in json.loads(SAMPLE.read_text())["answers"] for row in answer["output"]["result"]]
    for row in rows:
        yield json.dumps([row]).encode()
        yield json.dumps({"infno": "2301", "infcode": 0, "output": {"result": [row]}}).encode()
        asked = {"feedetail": [{**row, "fee_ocur_time": "2024-01-02 03:04:05", "med_list_codg": "XA"}]}
        yield json.dumps({"input": asked, "output": {"result": [row]}}).encode()
        data = {"insutype": "310", "med_type": "21", "acct_used_flag": "1", "medfee_sumamt": row["det_item_fee_sumamt"]}
        messages = [{"output": {"result": [row]}}, {"infno": "2303", "input": {"data": data}}]
        yield json.dumps(messages).encode()
        yield json.dumps([{**row, "feedetl_sn": "2", "init_feedetl_sn": "1"}, {**row, "feedetl_sn": "1"}]).encode()


def parse(data: bytes) -> None:
    """Read as a claim: the lines that come out are those of a claim document, or are refused as such. Before that the
    settlements in it are judged, and reversed."""
    _judge(data)
    _reverse(data)
    vocabulary = world.policy().vocabulary
    read, notices = claim_from_nhsa(data, vocabulary, "fuzz.json")
    assert all(str(notice).isprintable() for notice in notices)
    document = merge_claims({"encounter": {"cause": "disease"}}, read, "fuzz.json")
    claim = claim_from_document(document, vocabulary, "fuzz.json")
    lines = read["lines"]
    assert isinstance(lines, list)
    assert {line.line_id for line in claim.lines} <= {str(line["line_id"]) for line in lines}


def _judge(data: bytes) -> None:
    try:
        found, notices = settlements_from_nhsa(data, "fuzz.json")
    except ProblemsFound:
        return
    assert all(str(notice).isprintable() for notice in notices)
    findings = judged(found, found)
    assert json.dumps([finding.document() for finding in findings])


def _reverse(data: bytes) -> None:
    try:
        made, _ = reversal_from_nhsa(data, "fuzz.json")
        settlements_from_nhsa(json.dumps(made).encode(), "reversed.json")
    except ProblemsFound:
        return
