"""Each amount identity holds, fails or can't be tested, and the finding says where and why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.nhsa.interface_messages import (
    FAILS,
    HOLDS,
    NOT_TESTABLE,
    ROWS,
    failing,
    found_in,
    judgeable,
    published,
    stay,
    verdicts,
)
from yibao.audit.interface_findings import exact_yuan


@pytest.mark.parametrize(
    ("sample", "tested"),
    [
        ("fee-lines", ["I6"]),
        # I5 in the form that can be tested: the rows of each kind, apart.
        ("below-the-deductible", ["I1", "I2", "I3", "I4", "I5", "I8"]),
        ("cancel", ["I1", "I4", "I5", "I7"]),
        ("trace", []),
        ("pharmacy", ["I1"]),
    ],
)
def test_what_can_be_tested_on_a_published_message_holds(sample: str, tested: list[str]) -> None:
    findings = found_in(published(sample))
    assert judgeable(findings) == tested
    assert failing(findings) == []


def test_all_seventeen_published_lines_are_tested_both_ways() -> None:
    findings = found_in(published("fee-lines"))
    assert (len(findings), {finding.verdict for finding in findings}) == (34, {HOLDS})


def test_a_cancel_that_answers_nulls_leaves_what_needs_them_untested() -> None:
    found = {finding.identity: finding for finding in found_in(published("cancel")) if finding.identity in ("I2", "I3")}
    assert found["I2"].missing == ("psn_part_amt", "hosp_part_amt")
    assert found["I3"].missing == ("psn_part_amt",)


def test_two_pharmacy_rows_need_the_part_that_was_not_published() -> None:
    rows = published("pharmacy")
    assert [finding.verdict for finding in found_in(rows) if finding.identity == "I1"] == [
        HOLDS, HOLDS, NOT_TESTABLE, NOT_TESTABLE
    ]  # fmt: skip
    rows[2]["preselfpay_amt"], rows[3]["preselfpay_amt"] = "2.8", "1.98"
    assert [finding.verdict for finding in found_in(rows) if finding.identity == "I1"] == [HOLDS] * 4


def test_a_whole_stay_meets_all_that_a_settlement_can() -> None:
    findings = found_in(stay())
    assert verdicts(findings) == {name: {HOLDS} for name in ("I1", "I2", "I3", "I4", "I5", "I8")}


@pytest.mark.parametrize(
    ("field", "by_a_fen", "broken"),
    [
        ("medfee_sumamt", "10000.01", ["I1", "I2"]),
        ("fulamt_ownpay_amt", "500.01", ["I1"]),
        ("overlmt_selfpay", "120.49", ["I1"]),
        ("preselfpay_amt", "379.51", ["I1"]),
        ("inscp_scp_amt", "8999.99", ["I1"]),
        ("fund_pay_sumamt", "7255.01", ["I2", "I4", "I5"]),
        ("hosp_part_amt", "45.01", ["I2", "I5"]),
        ("psn_part_amt", "2699.99", ["I2", "I3"]),
        ("acct_pay", "700.01", ["I3", "I5"]),
        ("psn_cash_pay", "1999.99", ["I3"]),
        ("hifp_pay", "6800.01", ["I4"]),
        ("cvlserv_pay", "100.01", ["I4"]),
        ("hifes_pay", "90.01", ["I4"]),
        ("hifmi_pay", "80.01", ["I4"]),
        ("hifob_pay", "70.01", ["I4"]),
        ("hifdm_pay", "5.01", ["I4"]),
        ("maf_pay", "60.01", ["I4"]),
        ("oth_pay", "50.01", ["I4"]),
        ("act_pay_dedc", "9000.01", ["I8"]),
    ],
)
def test_one_field_that_is_wrong_by_one_fen_breaks_the_identities_it_is_in(
    field: str, by_a_fen: str, broken: list[str]
) -> None:
    findings = found_in(stay(**{field: by_a_fen}))
    assert failing(findings) == broken
    for finding in findings:
        if finding.verdict is FAILS:
            assert field in finding.fields
            assert finding.pointer == "/output/setlinfo"
            assert exact_yuan(finding.difference) in ("0.01", "-0.01")


def test_a_failure_says_its_fields_both_sides_and_the_difference_in_yuan() -> None:
    (found,) = (finding for finding in found_in(stay(psn_cash_pay="1999.99")) if finding.verdict is FAILS)
    assert found.document() == {
        "identity": "I3",
        "pointer": "/output/setlinfo",
        "verdict": "fails",
        "statement": "psn_part_amt = acct_pay + psn_cash_pay",
        "fields": {"psn_part_amt": "2700.00", "acct_pay": "700.00", "psn_cash_pay": "1999.99"},
        "left": "2700.00",
        "right": "2699.99",
        "difference": "0.01",
        "missing": [],
        "because": None,
    }


@pytest.mark.parametrize("nothing", [None, "", ...])
@pytest.mark.parametrize(
    ("field", "untested"),
    [
        ("medfee_sumamt", {"I1", "I2"}),
        ("preselfpay_amt", {"I1"}),
        ("fund_pay_sumamt", {"I2", "I4", "I5"}),
        ("psn_part_amt", {"I2", "I3"}),
        ("hosp_part_amt", {"I2", "I5"}),
        ("oth_pay", {"I4"}),
        ("act_pay_dedc", {"I8"}),
    ],
)
def test_a_value_that_is_not_there_breaks_nothing(field: str, untested: set[str], nothing: Any) -> None:
    findings = found_in(stay(**{field: nothing}))
    assert {finding.identity for finding in findings if finding.verdict is NOT_TESTABLE} == untested
    assert failing(findings) == []
    assert all(field in finding.missing for finding in findings if finding.verdict is NOT_TESTABLE)


def test_nothing_is_not_zero_where_the_other_parts_make_the_total() -> None:
    whole = {"medfee_sumamt": 30, "fulamt_ownpay_amt": 0, "inscp_scp_amt": 30}
    assert found_in(whole)[0].verdict is HOLDS
    assert found_in({**whole, "preselfpay_amt": None})[0].verdict is NOT_TESTABLE
    assert found_in({"medfee_sumamt": 0, "fund_pay_sumamt": 0})[0].verdict is NOT_TESTABLE


@pytest.mark.parametrize(
    ("account", "family", "holds"),
    [("700.00", "200.00", True), ("900.00", "200.00", True), ("700.01", "200.00", False)],
)
def test_what_family_members_pay_may_lie_inside_the_account_or_beside_it(
    account: str, family: str, holds: bool
) -> None:
    message = stay(psn_part_amt="2900.00", acct_pay=account, acct_mulaid_pay=family)
    (finding,) = (finding for finding in found_in(message) if finding.identity == "I3")
    assert (finding.verdict is HOLDS) is holds


@pytest.mark.parametrize("code", ["999997", "620100", "630100", "640100", "910100", "990300", None])
def test_a_row_that_counts_otherwise_elsewhere_leaves_the_funds_untested(code: str | None) -> None:
    message = stay()
    message["output"]["setldetail"].append({"fund_pay_type": code, "fund_payamt": 1})
    found = {finding.statement.split()[0]: finding for finding in found_in(message) if finding.identity == "I5"}
    assert found["fund_pay_sumamt"].verdict is NOT_TESTABLE
    assert found["hosp_part_amt"].verdict is NOT_TESTABLE
    assert found["acct_pay"].verdict is HOLDS
    message["output"]["setldetail"][-1]["fund_payamt"] = 0
    assert verdicts(found_in(message))["I5"] == {HOLDS}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"act_pay_dedc": "4.29"}, HOLDS),
        ({"act_pay_dedc": "4.30"}, FAILS),
        ({"act_pay_dedc": "4.28"}, FAILS),
        ({"act_pay_dedc": "-4.29"}, FAILS),
        ({"act_pay_dedc": "0"}, HOLDS),
        # The fund has a rate and paid nothing: its cap may be used up.
        ({"act_pay_dedc": "4.28", "pool_prop_selfpay": "0.84"}, NOT_TESTABLE),
        ({"act_pay_dedc": "4.28", "pool_prop_selfpay": None}, NOT_TESTABLE),
        ({"act_pay_dedc": "4.28", "hifp_pay": None}, NOT_TESTABLE),
        ({"act_pay_dedc": "3.29", "hifp_pay": "0.84", "pool_prop_selfpay": "84"}, HOLDS),
        ({"act_pay_dedc": None}, NOT_TESTABLE),
        ({"inscp_scp_amt": ""}, NOT_TESTABLE),
    ],
)
def test_below_the_deductible_all_that_is_in_scope_is_taken(changes: dict[str, Any], verdict: object) -> None:
    message = published("below-the-deductible")[1]
    message["output"]["setlinfo"].update(changes)
    (finding,) = (finding for finding in found_in(message) if finding.identity == "I8")
    assert finding.verdict is verdict


LINE = {"feedetl_sn": "1", "det_item_fee_sumamt": "4.52", "cnt": 1, "pric": "4.52", "fulamt_ownpay_amt": 0}
PARTS = {"overlmt_amt": 0, "preselfpay_amt": "0.23", "inscp_scp_amt": "4.29"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, [HOLDS, HOLDS]),
        ({"inscp_scp_amt": "4.30"}, [HOLDS, FAILS]),
        ({"cnt": "2"}, [FAILS, HOLDS]),
        ({"pric": "4.525"}, [HOLDS, HOLDS]),
        ({"pric": "4.5251"}, [FAILS, HOLDS]),
        ({"cnt": None}, [NOT_TESTABLE, HOLDS]),
        ({"preselfpay_amt": ""}, [HOLDS, NOT_TESTABLE]),
        ({"det_item_fee_sumamt": None}, [NOT_TESTABLE, NOT_TESTABLE]),
        ({"det_item_fee_sumamt": "100.00", "cnt": "30000", "pric": "0.003333"}, [HOLDS, FAILS]),
        ({"det_item_fee_sumamt": "100.00", "cnt": "30000", "pric": "0.00333"}, [FAILS, FAILS]),
    ],
)
def test_a_line_is_count_times_price_and_the_sum_of_its_parts(change: dict[str, Any], found: list[object]) -> None:
    findings = found_in({"output": {"result": [{**LINE, **PARTS, **change}]}})
    assert [finding.verdict for finding in findings] == found
    assert {finding.identity for finding in findings} == {"I6"}


def test_a_line_that_is_only_asked_about_has_no_parts_yet() -> None:
    (finding,) = found_in({"infno": "2204", "input": {"feedetail": [LINE]}})
    assert (finding.verdict, finding.pointer) == (HOLDS, "/input/feedetail/0")


def test_what_a_question_for_a_settlement_sums_up_is_held_against_its_total() -> None:
    data = {"medfee_sumamt": "4.52", "fulamt_ownpay_amt": 0, "overlmt_selfpay": 0, "preselfpay_amt": "0.23"}
    (finding,) = found_in({"infno": "2206", "input": {"data": {**data, "inscp_scp_amt": "4.28"}}})
    assert (finding.identity, finding.verdict) == ("I1", FAILS)


@given(st.integers(-(10**15), 10**15))
def test_an_amount_is_printed_exactly(fen: int) -> None:
    whole, _, decimals = str(exact_yuan(fen)).partition(".")
    assert int(whole + decimals) == fen
    assert len(decimals) == 2
    assert exact_yuan(None) is None


def account_of(message: dict[str, Any]) -> list[object]:
    return [each.verdict for each in found_in(message) if each.identity == "I5" and "account" in each.statement]


def test_an_account_that_paid_has_a_row() -> None:
    message = stay()
    rows = message["output"]["setldetail"]
    rows[:] = [row for row in rows if row["fund_pay_type"] != "310200"]
    assert account_of(message) == [FAILS]
    rows.append({"fund_pay_type": "630100", "fund_payamt": "700.00"})
    assert account_of(message) == [NOT_TESTABLE]
    rows.clear()
    assert account_of(message) == [NOT_TESTABLE]
    message = stay(acct_pay="0.00", psn_cash_pay="2700.00")
    message["output"]["setldetail"] = [row for row in ROWS if row["fund_pay_type"] != "310200"]
    assert account_of(message) == []
