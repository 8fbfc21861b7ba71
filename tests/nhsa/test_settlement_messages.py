"""Settlements are found in anybody's message and read exactly; what can't be read is located, the unknown is told."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from tests.facts.shipped import problems_of
from tests.nhsa.interface_messages import STAY, failing, found_in, judgeable, notices_on, published, stay
from yibao.readers.nhsa.settlement_messages import settlements_from_nhsa
from yibao.readers.nhsa.settlement_records import Settlement, TraceStep


def settlements_of(document: Any) -> tuple[Settlement, ...]:
    text = document if isinstance(document, str) else json.dumps(document)
    return settlements_from_nhsa(text.encode(), "message.json")[0].settlements


def refused(document: Any) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.place.pointer) for problem in problems_of(lambda: settlements_of(document))]


@pytest.mark.parametrize(
    ("wrapped", "pointer"),
    [
        (stay(), "/output/setlinfo"),
        ([stay()], "/0/output/setlinfo"),
        ({"answers": [stay()]}, "/answers/0/output/setlinfo"),
        (stay()["output"], "/setlinfo"),
        (STAY, ""),
        ([STAY], "/0"),
        ({"vendor": {"deep": [{"setlinfo": STAY}]}}, "/vendor/deep/0/setlinfo"),
    ],
)
def test_a_settlement_is_found_however_it_is_wrapped(wrapped: Any, pointer: str) -> None:
    (found,) = settlements_of(wrapped)
    assert (found.pointer, found.amounts["hifp_pay"], found.rate) == (pointer, 680_000, Fraction(17, 20))


SPELLINGS = {
    "inscp_scp_amt": "inscp_amt",
    "overlmt_selfpay": "overlmt_amt",
    "oth_pay": "othfund_pay",
    "medfee_sumamt": "med_sumfee",
    "psn_part_amt": "psn_pay",
    "psn_cash_pay": "cashPayamt",
    "hosp_part_amt": "ownpay_hosp_part",
    "preselfpay_amt": "prese_ifpay_amt",
    "fund_pay_sumamt": "fundPaySumamt",
    "hifp_pay": "HIFP_PAY",
}


def test_a_bureau_and_its_vendors_spell_the_same_fields() -> None:
    info = {SPELLINGS.get(key, key): value for key, value in STAY.items()}
    (bureau,), (own,) = settlements_of({"setlinfo": info}), settlements_of({"setlinfo": STAY})
    assert bureau == own
    assert notices_on({"setlinfo": info}) == []


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("psnCash_pay", "psn_cash_pay"), ("pdn_cash_pay", "psn_cash_pay"), ("med_fee_sumamt", "medfee_sumamt")],
)
def test_each_drift_of_a_spelling_is_known(spelling: str, name: str) -> None:
    (found,) = settlements_of({"setlinfo": {spelling: 1}})
    assert found.amounts == {name: 100}


def test_two_spellings_of_one_field_that_differ_are_told_and_the_interfaces_own_counts() -> None:
    document = {"setlinfo": {"ownpay_hosp_part": 3, "hosp_part_amt": "2.00", "psn_pay": "1.0", "psn_part_amt": 1}}
    (found,) = settlements_of(document)
    assert found.amounts == {"hosp_part_amt": 200, "psn_part_amt": 100}
    assert notices_on(document) == [("nhsa-spellings-differ", "/setlinfo/ownpay_hosp_part")]


@pytest.mark.parametrize("as_written", [7, "7", "7.0", "7.00", "0.7e1", "70e-1"])
def test_a_number_is_the_same_however_it_is_written(as_written: Any) -> None:
    (found,) = settlements_of({"setlinfo": {"medfee_sumamt": as_written}})
    assert found.amounts == {"medfee_sumamt": 700}


def test_an_amount_is_exact_where_a_float_would_not_be() -> None:
    (found,) = settlements_of('{"setlinfo": {"medfee_sumamt": 99999999999999.99}}')
    assert found.amounts == {"medfee_sumamt": 9_999_999_999_999_999}


@pytest.mark.parametrize(
    ("written", "rate"), [("0.84", Fraction(21, 25)), (84, Fraction(21, 25)), (1, Fraction(1)), (0, Fraction(0))]
)
def test_the_funds_rate_is_on_a_scale_of_one_or_of_a_hundred(written: Any, rate: Fraction) -> None:
    (found,) = settlements_of({"setlinfo": {"pool_prop_selfpay": written, "medfee_sumamt": 1}})
    assert found.rate == rate


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("4.525", "finer-than-a-fen"),
        ("100000000000000.00", "out-of-range"),
        ("1e99", "out-of-range"),
        ("1e400", "wrong-type"),
        ("4,52", "wrong-type"),
        ("NaN", "wrong-type"),
        (True, "wrong-type"),
        ([], "wrong-type"),
        ({}, "wrong-type"),
    ],
)
def test_a_value_that_is_no_amount_is_refused_with_a_pointer(value: Any, code: str) -> None:
    assert refused({"setlinfo": {"hifp_pay": value}}) == [(code, "/setlinfo/hifp_pay")]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{", [("json-syntax", None)]),
        ("[" * 40 + "]" * 40, [("json-too-deep", "")]),
        ("null", [("nhsa-nothing-to-check", "")]),
        ([], [("nhsa-nothing-to-check", "")]),
        ([1, "x"], [("nhsa-nothing-to-check", "")]),
        ({"infno": "1101", "output": {"insuinfo": []}}, [("nhsa-nothing-to-check", "")]),
        ({"infcode": -1, "err_msg": "x", "output": None}, [("nhsa-nothing-to-check", "")]),
        ({"setlinfo": 1}, [("wrong-type", "/setlinfo")]),
        ({"setldetail": {}}, [("wrong-type", "/setldetail")]),
        ({"setldetail": [1]}, [("wrong-type", "/setldetail/0")]),
        ('{"setlinfo": {"medfee_sumamt": 1, "medfee_sumamt": 2}}', [("json-duplicate-key", "/setlinfo/medfee_sumamt")]),
        ({"setldetail": [{"fund_pay_type": 1.5, "fund_payamt": 1}]}, [("wrong-type", "/setldetail/0/fund_pay_type")]),
    ],
)
def test_a_document_that_is_no_message_is_refused(document: Any, expected: list[tuple[str, str | None]]) -> None:
    assert refused(document) == expected


def test_what_is_not_known_is_told_and_dropped_nowhere() -> None:
    message = stay(local_pay="3.00")
    message["output"]["setldetail"][0]["local_row"] = 1
    message["vendor_note"] = "x"
    message["output"]["more"] = ["x"]
    assert sorted(notices_on(message)) == [
        ("unknown-field", "/output/more/0"),
        ("unknown-field", "/output/setldetail/0/local_row"),
        ("unknown-field", "/output/setlinfo/local_pay"),
        ("unknown-field", "/vendor_note"),
    ]


def test_a_message_that_failed_is_told_and_what_it_holds_is_judged() -> None:
    message = {**stay(), "infcode": "-1", "err_msg": "超时"}
    assert notices_on(message) == [("nhsa-failed-message", "/infcode")]
    assert "I1" in judgeable(found_in(message))


def test_the_published_trace_is_read_out_of_its_text() -> None:
    (found,) = settlements_of(published("trace"))
    step = TraceStep(item="C001", base_fen=1_202_848, rate=Fraction(21, 25), pays_fen=1_010_392)
    assert [row.trace for row in found.details] == [(step,), ()]


@pytest.mark.parametrize(
    "trace",
    ["[", "{}", "[1]", "x" * 4_001, "[" * 40, '[{"hifpPay": "x"}]', '[{"hifpPay": 1, "hifpPay": 2}]', 7, ["x"]],
)
def test_a_trace_in_another_form_is_told_and_the_amounts_are_judged(trace: Any) -> None:
    message = stay()
    message["output"]["setldetail"][0]["setl_proc_info"] = trace
    assert notices_on(message) == [("nhsa-trace-unread", "/output/setldetail/0/setl_proc_info")]
    assert failing(found_in(message)) == []


def test_notices_and_findings_of_a_long_list_stay_bounded() -> None:
    rows = [{**STAY, f"local_{at}": at} for at in range(1_000)]
    assert len(notices_on(rows)) == 201
    assert failing(found_in(rows)) == []


def test_a_wrapper_of_any_name_is_read_and_not_called_unread() -> None:
    wrapped = {"presettle_output": stay(), "rows": [stay()["output"]]}
    assert notices_on(wrapped) == []
    assert len(found_in(wrapped)) == 2 * len(found_in(stay()))
    assert notices_on({**wrapped, "nothing": {}, "word": "x"}) == [
        ("unknown-field", "/nothing"),
        ("unknown-field", "/word"),
    ]


def test_the_mark_of_utf_8_and_blanks_around_a_number_are_no_part_of_a_message() -> None:
    message = stay(medfee_sumamt=" 10000.00 ", acct_pay="700.00 ")
    assert found_in("\ufeff" + json.dumps(message)) == found_in(stay())


def test_a_text_of_blanks_is_no_value_and_blanks_around_a_code_are_no_part_of_it() -> None:
    message = stay(hosp_part_amt="  ", setl_id=" s-1 ")
    assert found_in(message) == found_in(stay(hosp_part_amt=""))
    (found,) = settlements_of({**message, "infno": " 2304A ", "infcode": "0 "})
    assert (found.transaction, found.names["setl_id"]) == ("2304", "s-1")
    assert notices_on({**message, "infno": " 2304 ", "infcode": "0 "}) == []


def test_the_header_of_a_message_is_read_in_each_spelling() -> None:
    message = {**stay(), "fixmedinsCode": "H1", "mdtrtarea_admdvs": "310000", "insu_optins": "310000"}
    assert notices_on(message) == []
    (found,) = settlements_of({"INFNO": "2304", "output": stay()["output"]})
    assert found.transaction == "2304"


def test_two_spellings_with_the_same_text_are_one_field() -> None:
    document = {"setlinfo": {"medfee_sumamt": 1, "setl_id": "s-1", "setlId": "s-1 "}}
    assert notices_on(document) == []
