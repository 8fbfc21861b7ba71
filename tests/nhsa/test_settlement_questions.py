"""A question for a settlement beside its fee lines says more of the claim; a contradiction is located."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.facts.shipped import problems_of, vocabulary
from yibao.readers.nhsa.fee_lines import claim_from_nhsa, merge_claims

ROW = {"feedetl_sn": "1", "det_item_fee_sumamt": "4.52"}
LINES = {"infno": "2301", "output": {"result": [ROW]}}
DATA = {"psn_no": "p", "mdtrt_id": "m", "psn_setlway": "01", "medfee_sumamt": "4.52"}


def asked(infno: str = "2303", around: dict[str, Any] | None = None, **data: Any) -> dict[str, Any]:
    """A question for a settlement; `...` leaves a field out."""
    fields = {key: value for key, value in {**DATA, **data}.items() if value is not ...}
    return {"infno": infno, **(around or {}), "input": {"data": fields}}


def read(*messages: Any) -> tuple[dict[str, object], list[tuple[str, str | None]]]:
    """Facts without the lines, and the notices."""
    claim, notices = claim_from_nhsa(json.dumps(messages).encode(), vocabulary(), "message.json")
    facts = {key: value for key, value in claim.items() if key != "lines"}
    return facts, [(notice.code, notice.place.pointer) for notice in notices]


def refused(*messages: Any) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.place.pointer) for problem in problems_of(lambda: read(*messages))]


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        (asked(), {}),
        (asked(insutype="310"), {"insured": {"scheme": "employee"}}),
        (asked(insutype=390), {"insured": {"scheme": "resident"}}),
        (asked(med_type="21"), {"encounter": {"kind": "inpatient"}}),
        (asked("2206", med_type="1401"), {"encounter": {"kind": "chronic_outpatient"}}),
        (asked(acct_used_flag="1"), {"account": {"use": True}}),
        (asked(acct_used_flag=0), {"account": {"use": False}}),
        (asked(acct_used_flag="01"), {"account": {"use": True}}),
        (asked(invono="No-7"), {"invoice": {"number": "No-7"}}),
        (asked(dscgTime="2024-03-01 10:00:00"), {"encounter": {"discharged_on": "2024-03-01"}}),
        (asked("2206", dscgTime="2024-03-01"), {}),
        (asked(insutype="", med_type=None, acct_used_flag=""), {}),
        (asked(around={"insuplc_admdvs": "310000", "mdtrtarea_admvs": "440305"}),
         {"insured": {"insured_area": "310000"}, "encounter": {"treatment_area": "440305"}}),
        (asked(insutype=" 310 ", med_type="21 ", acct_used_flag="1 "),
         {"insured": {"scheme": "employee"}, "encounter": {"kind": "inpatient"}, "account": {"use": True}}),
        (asked("2303 ", dscg_time=" 2024-03-01T10:00:00 "), {"encounter": {"discharged_on": "2024-03-01"}}),
        (asked(medType="21", acctUsedFlag=0), {"encounter": {"kind": "inpatient"}, "account": {"use": False}}),
        (asked(around={"insu_optins": " 310000", "mdtrtarea_admdvs": "440305 "}),
         {"insured": {"insured_area": "310000"}, "encounter": {"treatment_area": "440305"}}),
        (asked(around={"insu_admdvs": "310000", "mdtrtareaAdmvs": 440305}),
         {"insured": {"insured_area": "310000"}, "encounter": {"treatment_area": "440305"}}),
        (asked(around={"fixmedinsCode": "H1 ", "FIXMEDINS_NAME": "x"}), {"encounter": {"institution": {"code": "H1"}}}),
        (asked(around={"fixmedins_code": "H44030500001"}), {"encounter": {"institution": {"code": "H44030500001"}}}),
    ],
)  # fmt: skip
def test_a_question_says_what_is_certain(message: Any, facts: dict[str, object]) -> None:
    assert read(LINES, message) == (facts, [])


@pytest.mark.parametrize(
    ("message", "notice"),
    [
        (asked(around={"insuplc_admdvs": "999999"}), ("unknown-division", "/1/insuplc_admdvs")),
        (asked(around={"mdtrtarea_admvs": "123456"}), ("unknown-division", "/1/mdtrtarea_admvs")),
        (asked(insutype="399"), ("unknown-code", "/1/input/data/insutype")),
        (asked(med_type="9903"), ("unknown-code", "/1/input/data/med_type")),
        (asked(acct_used_flag="2"), ("unknown-code", "/1/input/data/acct_used_flag")),
        (asked(dscgTime="1 March"), ("unknown-code", "/1/input/data/dscgTime")),
        (asked(dscgTime="2024-03-01", mid_setl_flag="1"), ("unknown-code", "/1/input/data/dscgTime")),
        (asked(around={"insuplc_admdvs": "3100"}), ("unknown-code", "/1/insuplc_admdvs")),
        (asked(vendor="x"), ("unknown-field", "/1/input/data/vendor")),
        (asked(dscgTime="2024-03-01 at noon"), ("unknown-code", "/1/input/data/dscgTime")),
        (asked(dscgTime="0001-01-01"), ("unknown-code", "/1/input/data/dscgTime")),
        (asked(around={"vendorKey": "x"}), ("unknown-field", "/1/vendorKey")),
        (asked(medType="9903"), ("unknown-code", "/1/input/data/medType")),
        ({**asked(), "output": {"setlinfo": {}}}, ("nhsa-answer-unread", "/1/output")),
    ],
)
def test_what_a_question_does_not_say_for_certain_stays_unknown_and_is_told(
    message: Any, notice: tuple[str, str]
) -> None:
    assert read(LINES, message) == ({}, [notice])


def test_blanks_around_the_numbers_of_messages_are_no_part_of_them() -> None:
    lines = {"infno": " 2301", "infcode": "0 ", "output": {"result": [{**ROW, "det_item_fee_sumamt": " 4.52 "}]}}
    assert read(lines, asked(medfee_sumamt="4.52 ")) == ({}, [])


def test_the_total_is_that_of_the_lines() -> None:
    assert refused(LINES, asked(medfee_sumamt="4.53")) == [("nhsa-total-differs", "/1/input/data/medfee_sumamt")]
    two = {"output": {"result": [ROW, {"feedetl_sn": "2", "det_item_fee_sumamt": None}]}}
    assert read(two, asked(medfee_sumamt="9.00")) == ({}, [])


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ((asked(),), [("no-lines", "")]),
        (
            (LINES, asked(insutype="310"), asked("2304", insutype="390")),
            [("conflicting-fact", "/2/input/data/insutype")],
        ),
        ((LINES, asked(insutype=[])), [("wrong-type", "/1/input/data/insutype")]),
        ((LINES, asked(med_type="21", medType="11")), [("nhsa-spellings-differ", "/1/input/data/medType")]),
        (
            (LINES, asked(around={"insuplc_admdvs": "310000", "insu_optins": "440305"})),
            [("nhsa-spellings-differ", "/1/insu_optins")],
        ),
        (
            (LINES, asked(medfee_sumamt=..., medFeeSumamt="4.53")),
            [("nhsa-total-differs", "/1/input/data/medFeeSumamt")],
        ),
        ((LINES, {**asked(), "infcode": " -1 "}), [("nhsa-failed-message", "/1/infcode")]),
        ((LINES, asked(medfee_sumamt="x")), [("wrong-type", "/1/input/data/medfee_sumamt")]),
        (
            (LINES, {"infno": "2303", "input": {"data": 1}}),
            [("missing-field", "/1"), ("nhsa-other-message", "/1/infno")],
        ),
        ((LINES, {"infno": "2208", "input": {"data": {}}}), [("nhsa-other-message", "/1/infno")]),
    ],
)
def test_a_question_that_can_not_be_taken_is_refused_with_a_pointer(messages: Any, expected: object) -> None:
    assert refused(*messages) == expected


@pytest.mark.parametrize(
    ("claim", "pointer"),
    [
        ({"insured": {"scheme": "resident"}}, "/insured/scheme"),
        ({"account": None}, "/account"),
        ({"account": {"use": False}}, "/account/use"),
        ({"encounter": {"institution": {"code": "X"}}}, "/encounter/institution/code"),
    ],
)
def test_a_claim_that_says_otherwise_is_told_where(claim: dict[str, object], pointer: str) -> None:
    message = asked(insutype="310", acct_used_flag="1", around={"fixmedins_code": "H1"})
    read_claim, _ = claim_from_nhsa(json.dumps([LINES, message]).encode(), vocabulary(), "message.json")
    (problem,) = problems_of(lambda: merge_claims(claim, read_claim, "claim.json"))
    assert (problem.code, str(problem.place)) == ("conflicting-fact", f"claim.json#{pointer}")


def test_what_the_claim_says_is_added_to_what_the_question_says() -> None:
    message = asked(insutype="310", acct_used_flag="0", med_type="21")
    read_claim, _ = claim_from_nhsa(json.dumps([LINES, message]).encode(), vocabulary(), "message.json")
    claim = {
        "account": None,
        "insured": {"scheme": "employee", "person_type": "retired"},
        "encounter": {"cause": "disease"},
    }
    assert merge_claims(claim, read_claim, "claim.json") == {
        "account": None,
        "insured": {"scheme": "employee", "person_type": "retired"},
        "encounter": {"cause": "disease", "kind": "inpatient"},
        "lines": [{"line_id": "1", "amount_fen": 452}],
    }
