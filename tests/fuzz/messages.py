"""Messages of the national interface: fee lines and questions become a claim."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz import world
from yibao.readers.claims.claims_from_json import claim_from_document
from yibao.readers.nhsa.fee_lines import claim_from_nhsa, merge_claims

NAME = "messages"
LONGEST = 6_000
SAMPLES = Path(__file__).resolve().parents[1] / "data" / "nhsa"
SAMPLE = SAMPLES / "fee-lines.json"
WORDS = (
    *('"feedetl_sn"', '"init_feedetl_sn"', '"det_item_fee_sumamt"', '"cnt"', '"pric"', '"pric_uplmt_amt"', "999999"),
    *('"selfpay_prop"', '"chrgitm_lv"', '"med_chrgitm_type"', '"lmt_used_flag"', '"hosp_appr_flag"', '"fee_ocur_time"'),
    *('"fulamt_ownpay_amt"', '"overlmt_amt"', '"preselfpay_amt"', '"inscp_scp_amt"', '"infno"', '"infcode"', "-1.5"),
    *('"output": {"result": [', '"input": {"feedetail": [', '"answers": [', '"2301"', '"2024-02-29 08:30:00"', "1e99"),
    *('"setlinfo": {', '"medfee_sumamt"', '"2208"', '"setl_id"', '"data": {'),
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
    """Read as a claim: the lines that come out are those of a claim document, or are refused as such."""
    vocabulary = world.policy().vocabulary
    read, notices = claim_from_nhsa(data, vocabulary, "fuzz.json")
    assert all(str(notice).isprintable() for notice in notices)
    document = merge_claims({"encounter": {"cause": "disease"}}, read, "fuzz.json")
    claim = claim_from_document(document, vocabulary, "fuzz.json")
    lines = read["lines"]
    assert isinstance(lines, list)
    assert {line.line_id for line in claim.lines} <= {str(line["line_id"]) for line in lines}
