"""The working: sentences in Chinese and English that a person can redo on paper."""

from __future__ import annotations

import json

import pytest

from tests.settlement.worked import ELIGIBLE, decide, of_drugs, parameter, place, plan, read, segment, settle
from yibao.basics.digest import canonical_json
from yibao.cli.decision_text import decision_text
from yibao.decision.decider import Decider

KNOWN = (
    parameter("d", "yuan", "1300").replace("zh: 参数, en: A parameter", "zh: 起付标准, en: Deductible"),
    parameter("r", "rate", "85%").replace("zh: 参数, en: A parameter", "zh: 支付比例, en: Ratio"),
    parameter("b", "bands", "[{upto: 30000, rate: 85%}, {rate: 90%}]"),
    parameter("cap", "yuan", "5000").replace("zh: 参数, en: A parameter", "zh: 最高支付限额, en: Cap"),
)


def told(written: str, fen: int = 1_200_000) -> tuple[str, str]:
    """The working of one value in both languages."""
    policy = place(plan(ELIGIBLE, ("v", written), segment(base="v", pays="base")), *KNOWN)
    (found,) = [one for one in settle(policy, of_drugs(fen))["values"] if one["value"] == "v"]
    return found["working"]["zh"], found["working"]["en"]


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        (
            "less(eligible, table(d))",
            "eligible 12,000.00 − 起付标准 1,300.00 = 10,700.00",
            "eligible 12,000.00 − Deductible 1,300.00 = 10,700.00",
        ),
        (
            "share(less(eligible, table(d)), table(r))",
            "eligible 12,000.00 − 起付标准 1,300.00 = 10,700.00；10,700.00 × 支付比例 85% = 9,095.00",
            "eligible 12,000.00 − Deductible 1,300.00 = 10,700.00; 10,700.00 × Ratio 85% = 9,095.00",
        ),
        (
            "min(eligible, table(d), table(cap))",
            "eligible 12,000.00、起付标准 1,300.00 与 最高支付限额 5,000.00 取低者 = 1,300.00",
            "the lowest of eligible 12,000.00, Deductible 1,300.00 and Cap 5,000.00 = 1,300.00",
        ),
        (
            "less(table(d), table(cap))",
            "起付标准 1,300.00 − 最高支付限额 5,000.00 不大于 0，取 0.00",
            "Deductible 1,300.00 − Cap 5,000.00 is not above 0, so 0.00",
        ),
        (
            "series(2, [table(d), share(table(d), 50%)], then last)",
            "起付标准 1,300.00 × 50% = 650.00；2，取第 2 项：650.00",
            "Deductible 1,300.00 × 50% = 650.00; 2, so item 2: 650.00",
        ),
        (
            "if insured.person_type == retired then 0 else table(d)",
            "条件“人员类别为退休人员”不成立：起付标准 1,300.00",
            "the condition “Kind of insured person is Retired person” does not hold: Deductible 1,300.00",
        ),
        ("min(table(d), 0)", "0.00，因此为 0.00", "0.00, so it comes to 0.00"),
    ],
)
def test_a_value_is_told_so_that_it_can_be_redone(written: str, zh: str, en: str) -> None:
    assert told(written) == (zh, en)


@pytest.mark.parametrize(
    ("base", "pays", "rate"),
    [
        ("eligible", "share(base, table(r))", "85%"),
        ("less(eligible, table(d))", "share(less(eligible, table(d)), table(r))", "85%"),
        ("less(eligible, table(d))", "in-full", "85%"),
        # What is shared is not the base, so that no single rate leads from one to the other.
        ("eligible", "share(bands(eligible, table(b)), 100%)", None),
        ("eligible", "in-full", None),
        ("eligible", "min(base, share(base, table(r)))", None),
    ],
)
def test_a_rate_is_told_where_a_segment_pays_one_share_of_its_base(base: str, pays: str, rate: str | None) -> None:
    in_full = ("in-full", "share(less(eligible, table(d)), table(r))")
    policy = place(plan(ELIGIBLE, in_full, segment(base=base, pays=pays)), *KNOWN)
    (found,) = settle(policy, of_drugs(1_200_000))["segments"]
    assert found["rate"] == rate


def test_a_rounded_share_says_so() -> None:
    assert told("share(eligible, 0.33%)", 1_003) == (
        "eligible 10.03 × 0.33% = 0.03（四舍五入到分）",
        "eligible 10.03 × 0.33% = 0.03 (rounded to the fen)",
    )


def test_bands_are_told_one_by_one() -> None:
    # 34,000 × 85 % = 25,500 for the first 30,000, and 4,000 × 90 % = 3,600
    assert told("bands(eligible, table(b))", 3_400_000)[0] == (
        "eligible 34,000.00，参数：30,000.00 × 85%（0.00 至 30,000.00） + "
        "4,000.00 × 90%（30,000.00 至 34,000.00） = 29,100.00"
    )


def test_a_segment_tells_its_base_what_it_pays_and_its_limit() -> None:
    text = plan(ELIGIBLE, segment(base="less(eligible, table(d))", pays="share(base, table(r))", limit="table(cap)"))
    (found,) = settle(place(text, *KNOWN), of_drugs(1_200_000))["segments"]
    assert found["working"]["zh"] == (
        "eligible 12,000.00 − 起付标准 1,300.00 = 10,700.00；10,700.00 × 支付比例 85% = 9,095.00；"
        "限额：最高支付限额 5,000.00；以此为限，支付 5,000.00"
    )
    assert (found["rate"], found["limit_fen"], found["left_fen"]) == ("85%", 500_000, 570_000)


def test_a_segment_tells_why_it_pays_nothing() -> None:
    idle = segment("idle", when="insured.person_type == retired")
    empty = segment("empty", base="less(eligible, eligible)")
    found = {one["segment"]: one for one in settle(place(plan(ELIGIBLE, idle, empty)), of_drugs(1_000))["segments"]}
    assert found["idle"]["working"]["en"] == (
        "the condition “Kind of insured person is Retired person” does not hold, so it pays 0.00"
    )
    assert found["empty"]["working"]["en"] == "eligible 10.00 − eligible 10.00 is not above 0, so 0.00, so it pays 0.00"
    assert found["idle"]["rate"] is None


def test_a_product_that_a_second_factor_of_0_settles_does_not_work_out_the_first() -> None:
    """What the first is worked out of is not known, and is not asked for."""
    unknown = parameter("u", "rate", "", "[insured.person_type]", "{retired: 85%}")
    elsewhere = ("elsewhere", "if insured.person_type == retired then 1 else 0")
    v = ("v", "share(eligible, table(u)) * elsewhere")
    policy = place(plan(ELIGIBLE, elsewhere, v, segment(base="v", pays="base")), unknown)
    (found,) = [one for one in settle(policy, of_drugs(1_200_000))["values"] if one["value"] == "v"]
    assert (found["amount_fen"], found["working"]["en"]) == (0, "unknown × elsewhere 0 = 0.00")


def test_the_parameters_that_were_read_are_listed_with_their_keys_and_dates() -> None:
    table = parameter("rt", "rate", "", "[insured.person_type]", "{active: 85%}")
    (found,) = settle(place(plan(segment(pays="share(base, table(rt))")), table), of_drugs(1_000))["parameters"]
    assert (found["parameter"], found["value"], found["keys"]) == (
        "990000/rt",
        "85%",
        {"insured.person_type": "active"},
    )
    assert (found["by"], found["date"], found["from"]) == ("encounter.discharged_on", "2024-02-24", "2023-01-01")


def test_both_ways_of_writing_the_decision_say_the_same() -> None:
    policy = place(plan(ELIGIBLE, segment(pays="share(base, table(r))")), *KNOWN)
    decider, claim = Decider(policy), read(of_drugs(1_000, 7), policy)
    assert decider.decide_to_json(claim) == canonical_json(decider.decide(claim))
    assert json.loads(decider.decide_to_json(claim))["settlement"]["amounts"]["pooled_fund_fen"] == 856


@pytest.mark.parametrize(("language", "says"), [("zh", "统筹基金支付：8.56 元"), ("en", "pooled fund: 8.56 yuan")])
def test_people_read_who_pays_what(language: str, says: str) -> None:
    policy = place(plan(ELIGIBLE, segment(pays="share(base, table(r))")), *KNOWN)
    claim = of_drugs(1_000, 7)
    assert says in decision_text(decide(policy, claim), read(claim, policy), policy, language)
