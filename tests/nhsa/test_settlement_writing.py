"""A settlement of ours is written in the words of the national interface; it passes our own check, and so does its
reversal."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.facts.shipped import problems_of
from tests.nhsa.interface_messages import FAILS, NOT_TESTABLE, STAY, failing, found_in, published, stay
from tests.support.bundled import document, policy
from yibao import api
from yibao.basics.problems import Fault, ProblemsFound
from yibao.readers.nhsa.settlement_messages import settlements_from_nhsa
from yibao.readers.nhsa.settlement_writing import settlement_for_nhsa

Written = tuple[dict[str, Any], list[str]]
FUND_PAYERS = (
    *("pooled_fund", "large_expense_fund", "critical_illness_insurance", "supplementary_fund"),
    *("civil_servant_subsidy", "medical_assistance"),
)


def segment(payer: str, base: int, rate: str | None, pays: int, name: str | None = None) -> dict[str, Any]:
    return {"segment": name or f"by-{payer}", "payer": payer, "base_fen": base, "rate": rate, "pays_fen": pays}


def amounts(**changes: int | None) -> dict[str, int | None]:
    """The amounts of a stay: 9,000 yuan in scope of 10,000, 1,000 deductible, 85 % of the rest."""
    return {
        "billed_fen": 1_000_000,
        "full_self_pay_fen": 50_000,
        "over_ceiling_fen": 0,
        "first_self_pay_fen": 50_000,
        "in_scope_fen": 900_000,
        "deductible_fen": 100_000,
        "pooled_fund_fen": 680_000,
        "fund_total_fen": 680_000,
        "personal_fen": 320_000,
        "hospital_fen": 0,
        "third_party_fen": 0,
        "account_fen": 120_000,
        "family_account_fen": 0,
        "cash_fen": 200_000,
        "account_balance_after_fen": 5_000,
        **changes,
    }


POOLED = segment("pooled_fund", 800_000, "85%", 680_000)


def written(segments: list[dict[str, Any]], scheme: str | None = "employee", **changes: int | None) -> Written:
    settlement = {"segments": segments, "amounts": amounts(**changes)}
    message, notices = settlement_for_nhsa(settlement, scheme, policy().vocabulary, "decision")
    return message, [notice.code for notice in notices]


def test_a_stay_is_written_in_the_words_and_forms_of_the_interface() -> None:
    message, notices = written([POOLED])
    assert notices == []
    assert message["setlinfo"] == {
        "insutype": "310",
        "medfee_sumamt": "10000.00",
        "fulamt_ownpay_amt": "500.00",
        "overlmt_selfpay": "0.00",
        "preselfpay_amt": "500.00",
        "inscp_scp_amt": "9000.00",
        "act_pay_dedc": "1000.00",
        "hifp_pay": "6800.00",
        "pool_prop_selfpay": "0.8500",
        **dict.fromkeys(("cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay"), "0.00"),
        "fund_pay_sumamt": "6800.00",
        "hosp_part_amt": "0.00",
        "psn_part_amt": "3200.00",
        "acct_pay": "1200.00",
        "psn_cash_pay": "2000.00",
        "acct_mulaid_pay": "0.00",
        "balc": "50.00",
    }
    fund, account = message["setldetail"]
    trace = '[{"hifpPayInscp":8000.00,"polItemCode":"by-pooled_fund","poolPropSelfpay":0.8500,"hifpPay":6800.00}]'
    assert (fund["fund_pay_type"], fund["fund_payamt"], fund["setl_proc_info"]) == ("310100", "6800.00", trace)
    assert (account["fund_pay_type"], account["fund_payamt"], account["setl_proc_info"]) == ("310200", "1200.00", None)


@pytest.mark.parametrize(("scheme", "code"), [("employee", "310100"), ("resident", "390100"), (None, None)])
def test_the_pooled_fund_is_that_of_the_persons_scheme(scheme: str | None, code: str | None) -> None:
    message, notices = written([POOLED], scheme)
    assert message["setldetail"][0]["fund_pay_type"] == code
    assert notices == ([] if code else ["nhsa-payer-without-code"])


@pytest.mark.parametrize(
    ("payer", "field"),
    [
        ("pooled_fund", "hifp_pay"),
        ("large_expense_fund", "hifob_pay"),
        ("supplementary_fund", "hifes_pay"),
        ("civil_servant_subsidy", "cvlserv_pay"),
        ("medical_assistance", "maf_pay"),
        ("other_fund", "oth_pay"),
    ],
)
def test_each_fund_has_its_own_field(payer: str, field: str) -> None:
    message, _ = written([segment(payer, 800_000, "85%", 680_000)])
    assert message["setlinfo"][field] == "6800.00"


@pytest.mark.parametrize(
    ("scheme", "field", "code"), [("employee", "hifob_pay", "330100"), ("resident", "hifmi_pay", "390200")]
)
def test_critical_illness_of_employees_goes_with_their_large_expenses(scheme: str, field: str, code: str) -> None:
    message, notices = written([segment("critical_illness_insurance", 800_000, "85%", 680_000)], scheme)
    row = message["setldetail"][0]
    assert (message["setlinfo"][field], row["fund_pay_type"], row["fund_pay_type_name"]) == (
        "6800.00",
        code,
        "大病保险",
    )
    assert [name for name, paid in message["setlinfo"].items() if name.startswith("hif") and paid != "0.00"] == [field]
    assert notices == []
    assert failing(found_in(message)) == []


def test_critical_illness_of_a_person_of_unknown_scheme_is_written_as_nobodys() -> None:
    # an employee's goes to hifob_pay, a resident's to hifmi_pay: without the scheme either would be a guess
    with pytest.raises(ProblemsFound) as caught:
        written([segment("critical_illness_insurance", 800_000, "85%", 680_000)], None)
    assert [(one.code, one.place.pointer) for one in caught.value.problems] == [
        ("nhsa-scheme-unknown", "/settlement/segments")
    ]
    assert "insured.scheme" in (caught.value.problems[0].hint or "")


def test_critical_illness_that_pays_nothing_asks_for_no_scheme() -> None:
    idle = segment("critical_illness_insurance", 120_000, "0%", 0)
    message, notices = written([POOLED, idle], None)
    assert (message["setlinfo"]["hifmi_pay"], message["setlinfo"]["hifob_pay"]) == ("0.00", "0.00")
    # nor is its code guessed
    assert [row["fund_pay_type"] for row in message["setldetail"]] == [None, None, "310200"]
    assert notices == ["nhsa-payer-without-code", "nhsa-payer-without-code"]


@pytest.mark.parametrize(
    ("segments", "deductible", "rate", "notices"),
    [
        ([POOLED], 100_000, "0.8500", []),
        ([{**POOLED, "rate": "85.25%"}], 100_000, "0.8525", []),
        ([{**POOLED, "rate": "85.255%"}], 100_000, None, ["nhsa-no-single-rate"]),
        ([{**POOLED, "rate": None}], 100_000, None, ["nhsa-no-single-rate"]),
        ([{**POOLED, "pays_fen": 0, "rate": "0%"}], 100_000, None, ["nhsa-no-single-rate"]),
        ([{**POOLED, "pays_fen": 0, "base_fen": 0}], 100_000, None, []),
        ([{**POOLED, "pays_fen": 0, "base_fen": 0}], 900_000, "0.0000", []),
        ([{**POOLED, "pays_fen": 0, "base_fen": 0}], 2_000_000, "0.0000", []),
        ([POOLED, segment("pooled_fund", 1, "90%", 0, "more")], 100_000, None, ["nhsa-no-single-rate"]),
        ([POOLED, segment("pooled_fund", 0, "90%", 0, "more")], 100_000, "0.8500", []),
    ],
)
def test_a_rate_is_written_where_it_is_one_and_never_rounded(
    segments: list[dict[str, Any]], deductible: int, rate: str | None, notices: list[str]
) -> None:
    paid = sum(each["pays_fen"] for each in segments)
    message, said = written(
        segments, deductible_fen=deductible, fund_total_fen=paid, personal_fen=1_000_000 - paid, cash_fen=880_000 - paid
    )
    assert (message["setlinfo"]["pool_prop_selfpay"], said) == (rate, notices)
    assert failing(found_in(message)) == []


def test_a_deductible_is_written_as_far_as_it_was_taken() -> None:
    message, _ = written([POOLED], deductible_fen=2_000_000)
    assert message["setlinfo"]["act_pay_dedc"] == "9000.00"
    message, _ = written([POOLED], deductible_fen=None, account_balance_after_fen=None)
    assert (message["setlinfo"]["act_pay_dedc"], message["setlinfo"]["balc"]) == (None, None)


def test_a_third_persons_part_is_written_with_the_cash_and_said() -> None:
    by_third = segment("third_party", 100_000, "100%", 100_000)
    message, notices = written([by_third, POOLED], third_party_fen=100_000, personal_fen=220_000, cash_fen=100_000)
    assert (message["setlinfo"]["psn_cash_pay"], message["setlinfo"]["psn_part_amt"]) == ("2000.00", "3200.00")
    assert notices == ["nhsa-third-party-in-cash"]
    assert [row["fund_pay_type"] for row in message["setldetail"]] == ["310100", "310200"]


def test_a_trace_stays_within_its_four_thousand_characters() -> None:
    steps = [segment("pooled_fund", 10, "85%", 0, f"step-{at}") for at in range(100)]
    message, notices = written([POOLED, *steps])
    trace = message["setldetail"][0]["setl_proc_info"]
    assert len(trace) <= 4_000
    assert len(json.loads(trace)) > 30
    assert notices == ["nhsa-trace-cut"]


def test_segments_that_do_not_make_the_funds_total_are_a_fault_of_ours() -> None:
    with pytest.raises(Fault, match="fund_total_fen"):
        written([POOLED], fund_total_fen=1)
    with pytest.raises(Fault, match="no payer"):
        written([segment("nobody", 1, None, 0)])


def test_a_decision_with_a_settlement_is_written_and_one_without_is_a_problem() -> None:
    claim = api.read_claim(document(), policy())
    settlement = {"segments": [POOLED], "amounts": amounts()}
    message, _ = api.nhsa_settlement({"settlement": settlement}, claim, policy())
    assert failing(found_in(message)) == []
    (problem,) = problems_of(lambda: api.nhsa_settlement({"settlement": None}, claim, policy()))
    assert (problem.code, problem.place.pointer) == ("nhsa-no-settlement", "/settlement")


def settlements(draw: Callable[[st.SearchStrategy[int]], int]) -> dict[str, Any]:
    """A settlement that is in balance: parts that make the total, payers within their bases, purses within the rest."""

    def upto(most: int) -> int:
        return draw(st.integers(0, most))

    self_pay, ceiling, first, in_scope = (upto(10**9) for _ in range(4))
    deductible = upto(2 * 10**9)
    left, segments = max(0, in_scope - deductible), []
    for payer in FUND_PAYERS:
        rate = upto(10_000)
        pays = min(left, (left * rate + 5_000) // 10_000, upto(10**9))
        segments.append(segment(payer, left, f"{rate // 100}.{rate % 100:02d}%", pays))
        left -= pays
    funds, billed = sum(each["pays_fen"] for each in segments), self_pay + ceiling + first + in_scope
    hospital = upto(left)
    segments.append(segment("hospital", left, None, hospital))
    third = upto(billed - funds - hospital)
    segments.append(segment("third_party", billed, None, third))
    personal = billed - funds - hospital - third
    account = upto(personal)
    family = upto(personal - account)
    return {
        "segments": segments,
        "amounts": {
            "billed_fen": billed,
            "full_self_pay_fen": self_pay,
            "over_ceiling_fen": ceiling,
            "first_self_pay_fen": first,
            "in_scope_fen": in_scope,
            "deductible_fen": deductible,
            "pooled_fund_fen": segments[0]["pays_fen"],
            "fund_total_fen": funds,
            "personal_fen": personal,
            "hospital_fen": hospital,
            "third_party_fen": third,
            "account_fen": account,
            "family_account_fen": family,
            "cash_fen": personal - account - family,
            "account_balance_after_fen": upto(10**6),
        },
    }


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(["employee", "resident"]))
def test_what_is_written_passes_the_check_and_its_reversal_cancels_it_exactly(data: st.DataObject, scheme: str) -> None:
    settlement = settlements(data.draw)
    message, _ = settlement_for_nhsa(settlement, scheme, policy().vocabulary, "decision")
    findings = found_in(message)
    assert failing(findings) == []
    assert {each.identity for each in findings if each.verdict is NOT_TESTABLE} <= {"I5", "I8"}
    made, notices = api.reverse_nhsa(json.dumps(message).encode())
    assert notices == []
    assert failing(found_in({"infno": "2305", "output": made}, message)) == []
    (read,) = settlements_from_nhsa(json.dumps(message).encode(), "message.json")[0].settlements
    (back,) = settlements_from_nhsa(json.dumps(made).encode(), "message.json")[0].settlements
    mirrored = {name: -fen for name, fen in read.amounts.items()} | {
        "balc": read.amounts["balc"] + read.amounts["acct_pay"]
    }
    assert back.amounts == mirrored
    for row, each in zip(read.details, (s for s in settlement["segments"] if s["base_fen"]), strict=False):
        if each["payer"] not in ("third_party", "hospital"):
            (step,) = row.trace
            assert (step.item, step.base_fen, step.pays_fen) == (each["segment"], each["base_fen"], each["pays_fen"])
            assert step.rate == Fraction(each["rate"].rstrip("%")) / 100


def test_a_reversal_negates_what_was_recorded_and_works_nothing_out() -> None:
    """Recorded amounts that no plan would come to are negated all the same."""
    recorded = stay(hifp_pay="6800.01", psn_part_amt=None, local_code="007", balc="")
    made, notices = api.reverse_nhsa(json.dumps(recorded).encode())
    info: Any = made["setlinfo"]
    assert (info["hifp_pay"], info["psn_part_amt"], info["local_code"]) == ("-6800.01", None, "007")
    assert (info["setl_id"], info["init_setl_id"], info["balc"], info["acct_mulaid_pay"]) == (None, "s-1", None, "0.00")
    assert info["pool_prop_selfpay"] == STAY["pool_prop_selfpay"]
    rows: Any = made["setldetail"]
    assert [row["fund_payamt"] for row in rows][:2] == ["-6800.00", "-100.00"]
    assert notices == []
    findings = [each for each in found_in({"infno": "2305", "output": made}, recorded) if each.identity == "I7"]
    assert [each for each in findings if each.verdict is FAILS] == []


@pytest.mark.parametrize(
    ("recorded", "code"),
    [
        ([], "nhsa-no-settlement"),
        ({"output": {}}, "nhsa-no-settlement"),
        ({"setlinfo": {}}, "nhsa-no-settlement"),
        (published("cancel"), "nhsa-reversal-of-a-reversal"),
        ({**stay(), "infno": "2305"}, "nhsa-reversal-of-a-reversal"),
        ({**stay(), "infno": " 2305A"}, "nhsa-reversal-of-a-reversal"),
        ({**stay(), "infno": 2208}, "nhsa-reversal-of-a-reversal"),
        ({**stay()["output"], "infno": "2208"}, "nhsa-reversal-of-a-reversal"),
        ({**stay(), "infno": "", "input": {"data": {"setl_id": "s-0"}}}, "nhsa-reversal-of-a-reversal"),
        ({"setlinfo": {**STAY, "init_setl_id": "s-0"}}, "nhsa-reversal-of-a-reversal"),
        ({**STAY, "initSetlId": "s-0"}, "nhsa-reversal-of-a-reversal"),
        ({**STAY, "refd_setl_flag": "1"}, "nhsa-reversal-of-a-reversal"),
        ({**STAY, "refdSetlFlag": 1}, "nhsa-reversal-of-a-reversal"),
        (stay(balc="99999999999999.99"), "nhsa-amount-too-long"),
        ({"setlinfo": STAY, "setldetail": [1]}, "wrong-type"),
        (stay(hifp_pay="x"), "wrong-type"),
    ],
)
def test_what_is_no_settlement_to_cancel_is_not_reversed(recorded: Any, code: str) -> None:
    problems = problems_of(lambda: api.reverse_nhsa(json.dumps(recorded).encode()))
    assert [problem.code for problem in problems] == [code]


@pytest.mark.parametrize(
    "marks",
    [
        {},
        {"init_setl_id": None, "refd_setl_flag": ""},
        {"init_setl_id": " ", "refd_setl_flag": "0"},
        {"refd_setl_flag": " 00 "},
    ],
)
def test_amounts_below_zero_make_no_cancel(marks: dict[str, Any]) -> None:
    """Some platforms send the original's amounts back unturned: a sign says nothing of what a settlement is."""
    made, _ = api.reverse_nhsa(json.dumps({"medfee_sumamt": "-100", "acct_pay": "-100.00", **marks}).encode())
    info: Any = made["setlinfo"]
    assert (info["medfee_sumamt"], info["acct_pay"]) == ("100.00", "100.00")


def test_a_settlement_that_was_asked_for_by_its_own_id_is_no_cancel() -> None:
    made, _ = api.reverse_nhsa(json.dumps({**stay(), "input": {"data": {"setl_id": "s-1"}}}).encode())
    info: Any = made["setlinfo"]
    assert info["init_setl_id"] == "s-1"


LONGEST = 10**16 - 1


@pytest.mark.parametrize(
    ("changes", "segments", "pointers"),
    [
        ({"billed_fen": LONGEST}, [POOLED], []),
        ({"billed_fen": LONGEST + 1}, [POOLED], ["/settlement/amounts/billed_fen"]),
        (
            {"billed_fen": 12 * 10**15, "in_scope_fen": 12 * 10**15},
            [POOLED],
            ["/settlement/amounts/billed_fen", "/settlement/amounts/in_scope_fen"],
        ),
        ({"account_balance_after_fen": 10**16}, [POOLED], ["/settlement/amounts/account_balance_after_fen"]),
        ({"cash_fen": LONGEST, "third_party_fen": 1}, [POOLED], ["/settlement/amounts/cash_fen"]),
        ({}, [{**POOLED, "base_fen": 10**16}], ["/settlement/segments/0/base_fen"]),
        (
            {"fund_total_fen": 2 * LONGEST},
            [{**POOLED, "pays_fen": LONGEST}, {**POOLED, "pays_fen": LONGEST}],
            ["/settlement/amounts/fund_total_fen", "/settlement/segments"],
        ),
    ],
)
def test_an_amount_that_the_interface_has_no_room_for_is_located(
    changes: dict[str, int], segments: list[dict[str, Any]], pointers: list[str]
) -> None:
    if not pointers:
        assert written(segments, **changes)[0]["setlinfo"]["medfee_sumamt"] == "99999999999999.99"
        return
    problems = problems_of(lambda: written(segments, **changes))
    assert sorted({(problem.code, str(problem.place.pointer)) for problem in problems}) == [
        ("nhsa-amount-too-long", pointer) for pointer in pointers
    ]
