"""A refund is taken off the line that it names before anything else; any other negative amount is an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts.shipped import claim_of, complaints_on

Lines = list[dict[str, object]]
BILLED = {"line_id": "1", "item_code": "XB01", "amount_fen": 1_000, "charged_on": "2024-01-02"}


def refund(amount_fen: object = -300, **more: object) -> dict[str, object]:
    return {"line_id": "r", "amount_fen": amount_fen, "refund_of": "1", **more}


@pytest.mark.parametrize(
    ("refunds", "net", "named"),
    [
        ([refund()], 700, ("r",)),
        ([refund(-1_000)], 0, ("r",)),
        ([refund(-1)], 999, ("r",)),
        ([refund(-400), refund(-600, line_id="q")], 0, ("q", "r")),
        ([refund(item_code="XB01")], 700, ("r",)),
        ([refund(charged_on="2024-01-09", name="退药", ceiling_fen=None)], 700, ("r",)),
        ([], 1_000, ()),
    ],
)
def test_a_line_and_its_refunds_are_reported_as_one_line(refunds: Lines, net: int, named: tuple[str, ...]) -> None:
    (line,) = claim_of({"lines": [*refunds, BILLED]}).lines
    assert (line.line_id, line.given("line.amount_fen"), line.refunds) == ("1", net, named)
    assert line.position == len(refunds)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([{"line_id": "1", "amount_fen": -1}], [("negative-amount", "/lines/0/amount_fen")]),
        ([{"line_id": "1", "amount_fen": -1, "refund_of": None}], [("negative-amount", "/lines/0/amount_fen")]),
        ([BILLED, refund(-1_001)], [("refund-too-large", "/lines/1/amount_fen")]),
        ([BILLED, refund(-999), refund(-2, line_id="q")], [("refund-too-large", "/lines/2/amount_fen")]),
        ([BILLED, refund(300)], [("refund-not-negative", "/lines/1/amount_fen")]),
        ([BILLED, refund(0)], [("refund-not-negative", "/lines/1/amount_fen")]),
        ([BILLED, {"line_id": "r", "refund_of": "1"}], [("missing-field", "/lines/1")]),
        ([BILLED, refund(refund_of="2")], [("refund-unknown-line", "/lines/1/refund_of")]),
        ([BILLED, refund(refund_of="r")], [("refund-of-refund", "/lines/1/refund_of")]),
        ([BILLED, refund(), refund(-1, line_id="q", refund_of="r")], [("refund-of-refund", "/lines/2/refund_of")]),
        ([BILLED, refund(item_code="XB02")], [("refund-differs", "/lines/1/item_code")]),
        ([{**BILLED, "cause": "disease"}, refund(cause="work_injury")], [("refund-differs", "/lines/1/cause")]),
        (
            [{"line_id": "1", "amount_fen": -5}, refund(-1, line_id="q"), refund(7, refund_of="9")],
            [
                ("negative-amount", "/lines/0/amount_fen"),
                ("refund-not-negative", "/lines/2/amount_fen"),
                ("refund-unknown-line", "/lines/2/refund_of"),
            ],
        ),
    ],
)
def test_what_is_no_proper_refund_is_a_located_problem(lines: Lines, expected: list[tuple[str, str]]) -> None:
    assert complaints_on({"lines": lines}) == expected


def test_a_refund_of_a_line_whose_amount_is_unknown_leaves_it_unknown() -> None:
    (line,) = claim_of({"lines": [{"line_id": "1"}, refund()]}).lines
    assert "line.amount_fen" not in line.facts
    assert line.refunds == ("r",)


def test_a_refund_may_repeat_a_cause_that_its_line_has_from_the_encounter() -> None:
    claim = claim_of({"encounter": {"cause": "disease"}, "lines": [BILLED, refund(cause="disease")]})
    assert claim.lines[0].given("line.cause") == "disease"


def test_a_refund_without_a_cause_has_that_of_its_line_not_of_the_encounter() -> None:
    claim = claim_of({"encounter": {"cause": "disease"}, "lines": [BILLED | {"cause": "work_injury"}, refund()]})
    assert claim.lines[0].given("line.cause") == "work_injury"


def test_a_refund_may_not_contradict_a_cause_that_its_line_has_from_the_encounter() -> None:
    document = {"encounter": {"cause": "disease"}, "lines": [BILLED, refund(cause="work_injury")]}
    assert complaints_on(document) == [("refund-differs", "/lines/1/cause")]


@given(parts=st.lists(st.integers(1, 500), max_size=4), order=st.data())
def test_the_net_amount_is_what_is_left_whatever_the_order_of_the_lines(parts: list[int], order: st.DataObject) -> None:
    lines = [BILLED | {"amount_fen": 2_000}]
    lines += [refund(-part, line_id=f"r{at}") for at, part in enumerate(parts)]
    (line,) = claim_of({"lines": order.draw(st.permutations(lines))}).lines
    assert line.given("line.amount_fen") == 2_000 - sum(parts)
    assert line.refunds == tuple(f"r{at}" for at in range(len(parts)))
