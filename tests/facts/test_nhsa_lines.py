"""Fee lines of messages 2204 and 2301 become lines of a claim, exactly; what they can't tell stays unknown."""

import json
from pathlib import Path

import pytest

from tests.facts.shipped import problems_of, vocabulary
from yibao.basics.problems import ProblemsFound
from yibao.readers.claims.claims_from_json import claim_from_document, document_from_json
from yibao.readers.nhsa.fee_lines import claim_from_nhsa, merge_lines

FEE_LINES = Path(__file__).resolve().parents[1] / "data" / "nhsa" / "fee-lines.json"
Row = dict[str, object]


def read(document: object) -> tuple[list[Row], list[tuple[str, str | None]]]:
    """The lines of a message, and code and pointer of every notice."""
    text = document if isinstance(document, str) else json.dumps(document)
    claim, notices = claim_from_nhsa(text.encode(), vocabulary(), "message.json")
    lines = claim["lines"]
    assert isinstance(lines, list)
    return lines, [(notice.code, notice.place.pointer) for notice in notices]


def line_of(**row: object) -> Row:
    """The line of one row, without its name."""
    lines, _ = read([{"feedetl_sn": "1", **row}])
    return {key: value for key, value in lines[0].items() if key != "line_id"}


def refused(document: object) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.place.pointer) for problem in problems_of(lambda: read(document))]


def test_the_published_drug_line_is_read_to_the_fen() -> None:
    lines, notices = read(FEE_LINES.read_text())
    assert lines[0] == {
        "line_id": "drug-1",
        "category": "drug",
        "catalogue_class": "B",
        "amount_fen": 452,
        "first_payment_bp": 500,
        "ceiling_fen": None,
        "restriction_met": None,
    }
    assert notices == []


def test_the_published_service_lines_have_their_ceilings_classes_and_no_guessed_category() -> None:
    lines, _ = read(FEE_LINES.read_text())
    assert [line["amount_fen"] for line in lines] == [
        452, 600, 600, 100, 1600, 300, 300, 200, 800, 3600, 4500, 3150, 150, 150, 150, 150, 150
    ]  # fmt: skip
    inside, outside = lines[1:12], lines[12:]
    assert all(line["ceiling_fen"] == line["amount_fen"] and line["first_payment_bp"] == 0 for line in inside)
    assert {line["catalogue_class"] for line in inside} == {"A"}
    assert all(line["ceiling_fen"] is None and "first_payment_bp" not in line for line in outside)
    assert {line["catalogue_class"] for line in outside} == {"C"}
    assert [line["line_id"] for line in lines if "category" in line] == ["drug-1"]


def test_the_published_lines_make_a_claim_with_the_rest_of_a_document() -> None:
    lines, _ = read(FEE_LINES.read_text())
    rest = document_from_json(b'{"encounter": {"cause": "disease"}}', vocabulary(), "rest.json", partial=True)
    claim = claim_from_document(merge_lines(rest, lines, "rest.json"), vocabulary(), "rest.json")
    assert len(claim.lines) == 17
    assert claim.lines[0].given("line.cause") == "disease"
    assert claim.lines[0].given("line.amount_fen") == 452


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, {}),
        ({"det_item_fee_sumamt": "4.52"}, {"amount_fen": 452}),
        ({"det_item_fee_sumamt": 4.520000}, {"amount_fen": 452}),
        ({"det_item_fee_sumamt": 45e-1}, {"amount_fen": 450}),
        ({"det_item_fee_sumamt": 100000000000}, {"amount_fen": 10**13}),
        ({"det_item_fee_sumamt": "99999999999.99"}, {"amount_fen": 9_999_999_999_999}),
        ({"det_item_fee_sumamt": -1.5, "init_feedetl_sn": "0"}, {"amount_fen": -150, "refund_of": "0"}),
        ({"det_item_fee_sumamt": 0}, {"amount_fen": 0}),
        ({"det_item_fee_sumamt": None}, {}),
        ({"det_item_fee_sumamt": ""}, {}),
        ({"pric_uplmt_amt": 999999}, {"ceiling_fen": None}),
        ({"pric_uplmt_amt": "999999.000000", "cnt": 3}, {"ceiling_fen": None}),
        ({"pric_uplmt_amt": 2, "cnt": 3}, {"ceiling_fen": 600}),
        ({"pric_uplmt_amt": "0.005", "cnt": 1}, {"ceiling_fen": 1}),
        ({"pric_uplmt_amt": "0.0049", "cnt": 1}, {"ceiling_fen": 0}),
        ({"pric_uplmt_amt": "1.111111", "cnt": "2.3333"}, {"ceiling_fen": 259}),
        ({"pric_uplmt_amt": 2}, {}),
        ({"pric_uplmt_amt": 0, "cnt": 3}, {}),
        ({"pric_uplmt_amt": 2, "cnt": -1, "det_item_fee_sumamt": -2}, {"amount_fen": -200}),
        ({"chrgitm_lv": "1"}, {"catalogue_class": "A"}),
        ({"chrgitm_lv": "02"}, {"catalogue_class": "B"}),
        ({"chrgitm_lv": 3}, {"catalogue_class": "C"}),
        ({"chrgitm_lv": "04"}, {}),
        ({"chrgitm_lv": "01", "selfpay_prop": 0}, {"catalogue_class": "A", "first_payment_bp": 0}),
        ({"chrgitm_lv": "02", "selfpay_prop": "0.1234"}, {"catalogue_class": "B", "first_payment_bp": 1234}),
        ({"chrgitm_lv": "03", "selfpay_prop": 1}, {"catalogue_class": "C"}),
        ({"selfpay_prop": 0.1}, {}),
        ({"med_chrgitm_type": "01"}, {"category": "service_facility"}),
        ({"med_chrgitm_type": "6"}, {"category": "treatment_item"}),
        ({"med_chrgitm_type": "08"}, {"category": "consumable"}),
        ({"med_chrgitm_type": "11"}, {"category": "drug"}),
        ({"med_chrgitm_type": "14"}, {}),
        ({"lmt_used_flag": "0"}, {"restriction_met": None}),
        ({"lmt_used_flag": 0, "hosp_appr_flag": "1"}, {"restriction_met": None}),
        ({"lmt_used_flag": "0", "hosp_appr_flag": "2"}, {}),
        ({"lmt_used_flag": "1", "hosp_appr_flag": "1"}, {"restriction_met": True}),
        ({"lmt_used_flag": "01", "hosp_appr_flag": 1}, {"restriction_met": True}),
        ({"lmt_used_flag": "1", "hosp_appr_flag": "0"}, {"restriction_met": False}),
        ({"lmt_used_flag": "1", "hosp_appr_flag": 2}, {"restriction_met": False}),
        ({"lmt_used_flag": "1"}, {}),
        ({"lmt_used_flag": "", "hosp_appr_flag": "1"}, {}),
        ({"med_list_codg": "XA10BA02"}, {"item_code": "XA10BA02"}),
        ({"medins_list_name": "阿莫西林", "hilist_name": "阿莫西林胶囊"}, {"name": "阿莫西林"}),
        ({"medins_list_name": "", "hilist_name": "阿莫西林胶囊"}, {"name": "阿莫西林胶囊"}),
        ({"fee_ocur_time": "2024-02-29 08:30:00"}, {"charged_on": "2024-02-29"}),
        ({"fee_ocur_time": "2024-02-29T08:30:00.000"}, {"charged_on": "2024-02-29"}),
        ({"fee_ocur_time": "2024-02-29"}, {"charged_on": "2024-02-29"}),
    ],
)
def test_a_row_tells_what_it_can(row: Row, expected: Row) -> None:
    assert line_of(**row) == expected


@pytest.mark.parametrize(
    ("row", "notices"),
    [
        ({"psn_no": "x", "memo": "", "bilg_dept_codg": "1"}, []),
        ({"fee_amount": 1}, [("unknown-field", "/0/fee_amount")]),
        ({"chrgitm_lv": "04"}, [("unknown-code", "/0/chrgitm_lv")]),
        ({"med_chrgitm_type": "77"}, [("unknown-code", "/0/med_chrgitm_type")]),
        ({"pric_uplmt_amt": 0}, [("nhsa-unclear-ceiling", "/0/pric_uplmt_amt")]),
        ({"lmt_used_flag": 0, "hosp_appr_flag": 2}, [("nhsa-marked-self-paid", "/0/hosp_appr_flag")]),
        ({"det_item_fee_sumamt": 6, "cnt": 3, "pric": 2}, []),
        ({"det_item_fee_sumamt": 1, "cnt": 3, "pric": "0.333333"}, []),
        ({"det_item_fee_sumamt": 6, "cnt": 3, "pric": "2.01"}, [("nhsa-identity-broken", "/0/cnt")]),
    ],
)
def test_what_was_not_read_or_does_not_add_up_is_told(row: Row, notices: list[tuple[str, str]]) -> None:
    assert read([{"feedetl_sn": "1", **row}])[1] == notices


PARTS = {"fulamt_ownpay_amt": 0, "overlmt_amt": "0.00", "preselfpay_amt": 0.23, "inscp_scp_amt": 4.29}


@pytest.mark.parametrize(
    ("change", "notices"),
    [
        ({}, []),
        ({"inscp_scp_amt": 4.28}, [("nhsa-identity-broken", "/0/det_item_fee_sumamt")]),
        ({"inscp_scp_amt": None}, []),
        ({"overlmt_amt": ""}, []),
    ],
)
def test_the_parts_of_a_line_make_its_amount_or_are_not_testable(change: Row, notices: list[tuple[str, str]]) -> None:
    row = {"feedetl_sn": "1", "det_item_fee_sumamt": 4.52, **PARTS, **change}
    assert read([row])[1] == notices


ROW = {"feedetl_sn": "1", "det_item_fee_sumamt": 1}


@pytest.mark.parametrize(
    "document",
    [
        [ROW],
        {"output": {"result": [ROW]}},
        {"infno": "2301", "infcode": 0, "err_msg": "", "output": {"result": [ROW]}},
        {"infno": 2204, "infcode": "0", "output": {"result": [ROW]}},
        {"answers": [{"infno": "2204", "output": {"result": [ROW]}}]},
        {"answers": [{"output": {"result": []}}, {"output": {"result": [ROW]}}]},
    ],
)
def test_each_shape_of_a_message_gives_its_lines(document: object) -> None:
    assert read(document) == ([{"line_id": "1", "amount_fen": 100}], [])


def test_a_question_beside_its_answer_adds_what_only_the_question_says() -> None:
    asked = {
        "feedetl_sn": "1",
        "med_list_codg": "XA",
        "fee_ocur_time": "2024-01-02 03:04:05",
        "det_item_fee_sumamt": "1.00",
    }
    message = {"input": {"feedetail": [asked]}, "output": {"result": [{**ROW, "med_list_codg": None}]}}
    expected = {"line_id": "1", "amount_fen": 100, "item_code": "XA", "charged_on": "2024-01-02"}
    assert read(message) == ([expected], [])


def test_an_answer_that_differs_from_its_question_counts_and_is_told() -> None:
    message = {"input": {"feedetail": [{**ROW, "det_item_fee_sumamt": 2}]}, "output": {"result": [ROW]}}
    lines, notices = read(message)
    assert lines == [{"line_id": "1", "amount_fen": 100}]
    assert notices == [("nhsa-rows-differ", "/output/result/0/det_item_fee_sumamt")]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{", [("json-syntax", None)]),
        ("null", [("wrong-type", "")]),
        ('"2204"', [("wrong-type", "")]),
        ([], [("no-lines", "")]),
        ({"output": {"result": []}}, [("no-lines", "")]),
        ({"answers": []}, [("no-lines", "")]),
        ({"answers": {}}, [("wrong-type", "/answers")]),
        ({"answers": [1]}, [("wrong-type", "/answers/0")]),
        ({}, [("missing-field", "")]),
        ({"output": None}, [("missing-field", "")]),
        ({"output": {"result": {}}}, [("missing-field", "")]),
        ({"output": {"result": [1]}}, [("wrong-type", "/output/result/0")]),
        ({"input": {"feedetail": 1}, "output": {"result": [ROW]}}, [("wrong-type", "/input/feedetail")]),
        ({"infno": "2207", "output": {"result": [ROW]}}, [("nhsa-other-message", "/infno")]),
        ({"infcode": -1, "err_msg": "x", "output": {"result": [ROW]}}, [("nhsa-failed-message", "/infcode")]),
        ([{}], [("missing-field", "/0")]),
        ([{"feedetl_sn": ""}], [("missing-field", "/0")]),
        ([{"feedetl_sn": True}], [("wrong-type", "/0/feedetl_sn")]),
        ([ROW, ROW], [("duplicate-line", "/1/feedetl_sn")]),
        ('[{"feedetl_sn": "1", "feedetl_sn": "1"}]', [("json-duplicate-key", "/0/feedetl_sn")]),
    ],
)
def test_a_malformed_message_is_refused_with_a_pointer(
    document: object, expected: list[tuple[str, str | None]]
) -> None:
    assert refused(document) == expected


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("det_item_fee_sumamt", "4.525", "finer-than-a-fen"),
        ("det_item_fee_sumamt", "1e-3", "finer-than-a-fen"),
        ("det_item_fee_sumamt", "100000000000.01", "out-of-range"),
        ("det_item_fee_sumamt", "99999999999999.99", "out-of-range"),
        ("det_item_fee_sumamt", "1e99", "out-of-range"),
        ("det_item_fee_sumamt", "1e400", "wrong-type"),
        ("det_item_fee_sumamt", "4,52", "wrong-type"),
        ("det_item_fee_sumamt", "4. 52", "wrong-type"),
        ("det_item_fee_sumamt", "４.52", "wrong-type"),
        ("det_item_fee_sumamt", "1_000", "wrong-type"),
        ("det_item_fee_sumamt", "NaN", "wrong-type"),
        ("det_item_fee_sumamt", float("nan"), "wrong-type"),
        ("det_item_fee_sumamt", True, "wrong-type"),
        ("det_item_fee_sumamt", [], "wrong-type"),
        ("cnt", "three", "wrong-type"),
        ("pric_uplmt_amt", {}, "wrong-type"),
        ("inscp_scp_amt", "x", "wrong-type"),
        ("selfpay_prop", "1.5", "out-of-range"),
        ("selfpay_prop", "-0.1", "out-of-range"),
        ("selfpay_prop", "0.00001", "out-of-range"),
        ("fee_ocur_time", "2023-02-29 00:00:00", "bad-date"),
        ("fee_ocur_time", "20230228", "bad-date"),
        ("fee_ocur_time", "1899-12-31 00:00:00", "bad-date"),
        ("chrgitm_lv", [], "wrong-type"),
        ("med_list_codg", 1.5, "wrong-type"),
    ],
)
def test_a_value_that_is_none_of_its_kind_is_refused_with_a_pointer(key: str, value: object, code: str) -> None:
    row = {"feedetl_sn": "1", "chrgitm_lv": "02", key: value}
    assert refused({"output": {"result": [row]}}) == [(code, f"/output/result/0/{key}")]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"det_item_fee_sumamt": " 1000.00 "}, {"amount_fen": 100_000}),
        ({"det_item_fee_sumamt": "\u30001000.00\u00a0"}, {"amount_fen": 100_000}),
        ({"det_item_fee_sumamt": "  "}, {}),
        ({"chrgitm_lv": "02 "}, {"catalogue_class": "B"}),
        ({"med_chrgitm_type": " 11"}, {"category": "drug"}),
        ({"lmt_used_flag": "1 ", "hosp_appr_flag": " 01"}, {"restriction_met": True}),
        ({"fee_ocur_time": " 2024-02-29 08:30:00 "}, {"charged_on": "2024-02-29"}),
        ({"med_list_codg": " XA10BA02 ", "init_feedetl_sn": "0 "}, {"item_code": "XA10BA02", "refund_of": "0"}),
    ],
)
def test_white_space_around_a_value_is_no_part_of_it(row: Row, expected: Row) -> None:
    assert read([{"feedetl_sn": "1 ", **row}]) == ([{"line_id": "1", **expected}], [])


def test_a_padded_line_id_is_the_same_line() -> None:
    assert refused([ROW, {**ROW, "feedetl_sn": "1 "}]) == [("duplicate-line", "/1/feedetl_sn")]
    message = {"input": {"feedetail": [{"feedetl_sn": " 1", "med_list_codg": "XA"}]}, "output": {"result": [ROW]}}
    assert read(message) == ([{"line_id": "1", "amount_fen": 100, "item_code": "XA"}], [])


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        *(("detItemFeeSumamt", "det_item_fee_sumamt"), ("DetItemFeeSumamt", "det_item_fee_sumamt")),
        *(("DET_ITEM_FEE_SUMAMT", "det_item_fee_sumamt"), ("hilist_lv", "chrgitm_lv"), ("chrgitmLv", "chrgitm_lv")),
        *(("inscp_amt", "inscp_scp_amt"), ("overlmt_selfpay", "overlmt_amt"), ("overlmtSelfpay", "overlmt_amt")),
        *(("prese_ifpay_amt", "preselfpay_amt"), ("feeOcurTime", "fee_ocur_time"), ("feedetlSn", "feedetl_sn")),
    ],
)
def test_a_line_is_the_same_in_the_spellings_of_bureaus_and_vendors(spelling: str, name: str) -> None:
    row = {"feedetl_sn": "1", "det_item_fee_sumamt": 4.52, "chrgitm_lv": "02", "fee_ocur_time": "2024-02-29", **PARTS}
    spelled = {spelling if key == name else key: value for key, value in row.items()}
    assert read([spelled]) == read([row])
    assert read([spelled])[1] == []
    broken = {**spelled, spelling if name == "inscp_scp_amt" else "inscp_scp_amt": "4.28"}
    assert ("nhsa-identity-broken" in str(read([broken])[1])) is True


def test_a_value_in_another_spelling_is_pointed_at_where_it_stands() -> None:
    assert refused([{"feedetlSn": "1", "detItemFeeSumamt": "x"}]) == [("wrong-type", "/0/detItemFeeSumamt")]
    asked = {"feedetail": [{"feedetl_sn": "1", "feeOcurTime": "2023-02-29"}]}
    message = {"input": asked, "output": {"result": [ROW]}}
    assert refused(message) == [("bad-date", "/input/feedetail/0/feeOcurTime")]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"det_item_fee_sumamt": "5", "detItemFeeSumamt": "6"}, [("nhsa-spellings-differ", "/0/detItemFeeSumamt")]),
        ({"detItemFeeSumamt": "6", "det_item_fee_sumamt": "5"}, [("nhsa-spellings-differ", "/0/detItemFeeSumamt")]),
        ({"med_list_codg": "XA", "medListCodg": "XB"}, [("nhsa-spellings-differ", "/0/medListCodg")]),
        ({"overlmt_amt": 1, "overlmt_selfpay": 2}, [("nhsa-spellings-differ", "/0/overlmt_selfpay")]),
    ],
)
def test_two_spellings_of_one_field_of_a_line_that_differ_are_refused(
    row: Row, expected: list[tuple[str, str]]
) -> None:
    assert refused([{"feedetl_sn": "1", **row}]) == expected


@pytest.mark.parametrize(
    "row",
    [
        {"det_item_fee_sumamt": "5", "detItemFeeSumamt": " 5.00"},
        {"med_list_codg": "XA", "medListCodg": "XA "},
        {"chrgitm_lv": "02", "hilist_lv": 2},
        {"fee_ocur_time": "2024-02-29", "feeOcurTime": ""},
    ],
)
def test_two_spellings_that_say_the_same_are_one_field(row: Row) -> None:
    own, *_ = row
    assert read([{"feedetl_sn": "1", **row}]) == read([{"feedetl_sn": "1", own: row[own]}])


def test_a_question_and_its_answer_may_spell_a_field_differently() -> None:
    message = {
        "input": {"feedetail": [{"feedetlSn": "1", "detItemFeeSumamt": "2.00", "medListCodg": "XA"}]},
        "output": {"result": [{**ROW, "med_list_codg": ""}]},
    }
    lines, notices = read(message)
    assert lines == [{"line_id": "1", "amount_fen": 100, "item_code": "XA"}]
    assert notices == [("nhsa-rows-differ", "/output/result/0/det_item_fee_sumamt")]


def test_a_number_of_the_message_is_exact_where_a_float_would_not_be() -> None:
    assert line_of(det_item_fee_sumamt="70368744177.65")["amount_fen"] == 7_036_874_417_765
    lines, _ = read('[{"feedetl_sn": "1", "det_item_fee_sumamt": 99999999999.99}]')
    assert lines[0]["amount_fen"] == 9_999_999_999_999


def test_one_notice_is_made_of_a_field_that_many_rows_have() -> None:
    rows = [{"feedetl_sn": str(at), "vendor_key": at} for at in range(1_000)]
    assert read(rows)[1] == [("unknown-field", "/0/vendor_key")]


def test_notices_are_bounded_and_the_rest_is_counted() -> None:
    rows = [{"feedetl_sn": str(at), f"vendor_key_{at}": at} for at in range(1_000)]
    notices = claim_from_nhsa(json.dumps(rows).encode(), vocabulary(), "message.json")[1]
    assert len(notices) == 201
    assert notices[-1].message == "800 more remarks are not listed"


@pytest.mark.parametrize(
    ("claim", "lines", "expected"),
    [
        ({}, [{"line_id": "1"}], {"lines": [{"line_id": "1"}]}),
        ({"claim_id": "c"}, [{"line_id": "1"}], {"claim_id": "c", "lines": [{"line_id": "1"}]}),
        ({"lines": []}, [{"line_id": "1"}], {"lines": [{"line_id": "1"}]}),
        (
            {"lines": [{"line_id": "2"}]},
            [{"line_id": "1"}, {"line_id": "2"}],
            {"lines": [{"line_id": "1"}, {"line_id": "2"}]},
        ),
        (
            {"lines": [{"line_id": "1", "purpose": "therapeutic"}]},
            [{"line_id": "1", "amount_fen": 5}],
            {"lines": [{"line_id": "1", "amount_fen": 5, "purpose": "therapeutic"}]},
        ),
        (
            {"lines": [{"line_id": "1", "amount_fen": 5}]},
            [{"line_id": "1", "amount_fen": 5}],
            {"lines": [{"line_id": "1", "amount_fen": 5}]},
        ),
    ],
)
def test_lines_of_a_message_join_those_of_the_claim(claim: Row, lines: list[Row], expected: Row) -> None:
    assert merge_lines(claim, lines, "claim.json") == expected


def test_a_claim_and_a_message_that_contradict_each_other_are_not_merged() -> None:
    claim = {"lines": [{"line_id": "0"}, {"line_id": "1", "amount_fen": 6, "name": "a"}]}
    lines = [{"line_id": "0"}, {"line_id": "1", "amount_fen": 5, "name": "a"}]
    (problem,) = problems_of(lambda: merge_lines(claim, lines, "claim.json"))
    assert (problem.code, str(problem.place)) == ("conflicting-fact", "claim.json#/lines/1/amount_fen")


def test_the_claim_beside_a_message_speaks_of_no_other_line() -> None:
    """The lines are those of the message: one more would be decided as if it had been billed."""
    with pytest.raises(ProblemsFound) as found:
        merge_lines({"lines": [{"line_id": "0"}]}, [{"line_id": "1"}], "claim.json")
    (problem,) = found.value.problems
    assert (problem.code, problem.place.pointer) == ("line-not-in-message", "/lines/0/line_id")
