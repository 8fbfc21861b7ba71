"""A cancel mirrors its original; which settlement that is, is told by numbers and ids, never by the signs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.nhsa.interface_messages import FAILS, HOLDS, NOT_TESTABLE, ROWS, STAY, failing, found_in, published, stay
from yibao.readers.nhsa.interface_names import MIRRORED


def turned(value: Any) -> Any:
    return value if not isinstance(value, str) or value == "0.00" else f"-{value}"


def cancel(**changes: Any) -> dict[str, Any]:
    """The cancel of the stay, as a platform answers it."""
    info = {key: turned(value) if key in MIRRORED else value for key, value in STAY.items()}
    rows = [{**row, "fund_payamt": turned(row["fund_payamt"])} for row in ROWS]
    return {
        "infno": "2305",
        "input": {"data": {"setl_id": "s-1", "mdtrt_id": "m-1", "psn_no": "p"}},
        "output": {"setlinfo": {**info, "setl_id": "s-2", "balc": "1000.00", **changes}, "setldetail": rows},
    }


def i7(document: Any, original: Any = None) -> dict[str, Any]:
    return {found.statement: found for found in found_in(document, original) if found.identity == "I7"}


def test_a_cancel_and_its_original_mirror_each_other_in_one_list_or_in_two_documents() -> None:
    together, apart = i7([stay(), cancel()]), i7(cancel(), stay())
    assert [{each.verdict for each in found.values()} for found in (together, apart)] == [{HOLDS}, {HOLDS}]
    assert len(apart) == len(MIRRORED) + len(ROWS)
    assert {each.pointer for each in together.values()} == {"/1/output/setlinfo"}


@pytest.mark.parametrize("field", sorted(MIRRORED))
def test_a_cancel_that_is_wrong_by_one_fen_in_one_field_is_named_with_it(field: str) -> None:
    own = turned(STAY[field])
    wrong = {field: f"-0.0{1}" if own == "0.00" else own[:-1] + ("1" if own[-1] == "0" else "0")}
    found = [each for each in i7(cancel(**wrong), stay()).values() if each.verdict is FAILS]
    assert [list(each.fields) for each in found] == [[field, f"original {field}"]]


def test_a_row_of_another_amount_than_the_originals_is_named() -> None:
    message = cancel()
    message["output"]["setldetail"][0]["fund_payamt"] = "-6799.99"
    found = i7(message, stay())
    assert [text for text, each in found.items() if each.verdict is FAILS] == [
        "fund_payamt of 310100 = -(original fund_payamt of 310100)"
    ]


def test_a_platform_that_sends_the_originals_amounts_back_is_found_out() -> None:
    message = {**stay(), "infno": "2305"}
    alone, beside = i7(message), i7(message, stay())
    assert "medfee_sumamt <= 0" in [text for text, each in alone.items() if each.verdict is FAILS]
    assert beside["medfee_sumamt = -(original medfee_sumamt)"].verdict is FAILS


def test_nulls_of_a_cancel_leave_those_fields_untested() -> None:
    found = i7(cancel(psn_part_amt=None), stay())
    assert found["psn_part_amt = -(original psn_part_amt)"].verdict is NOT_TESTABLE
    assert {each.verdict for each in found.values()} == {HOLDS, NOT_TESTABLE}


def test_without_its_original_only_the_signs_of_a_cancel_are_tested() -> None:
    found = i7(published("cancel"))
    assert {each.verdict for each in found.values()} == {HOLDS}
    assert found["medfee_sumamt <= 0"].because is not None


def test_a_settlement_that_another_visit_had_is_not_the_original() -> None:
    other = stay(mdtrt_id="m-9", setl_id="s-9", medfee_sumamt="1.00")
    nameless = {key: value for key, value in cancel().items() if key != "input"}
    assert "medfee_sumamt <= 0" in i7([other, nameless])
    assert "medfee_sumamt <= 0" in i7([other, cancel()])
    assert "medfee_sumamt = -(original medfee_sumamt)" in i7([other, nameless, stay()])


def test_the_calculation_before_a_settlement_is_not_taken_for_a_second_original() -> None:
    before = {**stay(setl_id=None), "infno": "2303"}
    nameless = {key: value for key, value in cancel().items() if key != "input"}
    assert failing(found_in([before, stay(), nameless])) == []
    assert "medfee_sumamt = -(original medfee_sumamt)" in i7([before, stay(), nameless])


def test_a_bureaus_record_names_the_settlement_that_it_cancels() -> None:
    record = {**cancel()["output"]["setlinfo"], "init_setl_id": "s-1", "refd_setl_flag": "1"}
    assert {each.verdict for each in i7([STAY, record]).values()} == {HOLDS}


def test_bare_amounts_given_with_their_original_are_taken_as_the_cancel() -> None:
    info = cancel()["output"]["setlinfo"]
    assert {each.verdict for each in i7(info, STAY).values()} == {HOLDS}
    assert i7(info) == {}


def test_a_platform_that_answers_a_cancel_with_the_very_record_is_found_out_too() -> None:
    assert "medfee_sumamt = -(original medfee_sumamt)" in i7(STAY, STAY)
    assert failing(found_in(STAY, STAY)) == ["I7"]


def test_among_many_cancels_each_finds_its_own_original() -> None:
    originals = [stay(setl_id=f"s-{at}", acct_pay=f"{at}.00") for at in range(300)]
    cancels = [cancel(acct_pay=f"-{at}.00") for at in range(300)]
    for at, message in enumerate(cancels):
        message["input"]["data"]["setl_id"] = f"s-{at}"
    found = [each for each in found_in([*cancels, *originals]) if each.statement == "acct_pay = -(original acct_pay)"]
    assert [each.verdict for each in found] == [HOLDS] * 300


def test_the_deductible_of_a_cancel_is_a_matter_of_its_original() -> None:
    assert "I8" not in {found.identity for found in found_in(cancel(), stay())}
