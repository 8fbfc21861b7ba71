"""An amount of a claim above one that it is a part of is refused at its place, whichever way the document is read."""

import json

import pytest

from tests.facts.shipped import claim_of, problems_of, vocabulary
from tests.support.small_bundles import small_bundle
from yibao.readers.claims.claims_from_json import claim_from_document, claim_from_json
from yibao.readers.claims.quick_claims import quick_claims_of

PURSE = """\
facts: purse
title: {zh: 钱包, en: Purse}
meaning: {zh: 钱包, en: Purse}
source: here
fields:
  whole_fen: {type: fen, title: {zh: 全部, en: Whole}, meaning: {zh: 全部, en: Whole}, source: here}
  opened_on: {type: date, title: {zh: 开户, en: Opened}, meaning: {zh: 开户, en: Opened}, source: here}
  part_fen: {type: fen, NOT_ABOVE, title: {zh: 部分, en: Part}, meaning: {zh: 部分, en: Part}, source: here}
"""


def written(**account: int | None) -> bytes:
    return json.dumps({"account": account, "lines": [{"line_id": "1"}]}).encode()


def test_more_credited_this_year_than_the_account_holds_is_refused() -> None:
    content = written(balance_fen=1_000, current_year_balance_fen=1_001)
    for read in (
        lambda: claim_from_json(content, vocabulary(), "claim.json"),
        lambda: claim_from_document(json.loads(content), vocabulary(), "case"),
    ):
        (found,) = problems_of(read)
        assert (found.code, found.place.pointer) == ("amounts-out-of-order", "/account/current_year_balance_fen")
        assert found.message == "`account.current_year_balance_fen` is 1001, above `account.balance_fen`, 1000"


@pytest.mark.parametrize(
    "content",
    [
        written(balance_fen=1_000, current_year_balance_fen=1_000),
        written(current_year_balance_fen=1_000),
        written(balance_fen=0),
        json.dumps({"account": None, "lines": [{"line_id": "1"}]}).encode(),
    ],
)
def test_a_part_as_large_as_the_whole_or_beside_an_unknown_one_is_read(content: bytes) -> None:
    assert quick_claims_of(vocabulary()).read(content) == claim_from_json(content, vocabulary(), "claim.json")


@pytest.mark.parametrize(
    ("not_above", "code"),
    [
        ("purse.whole", "unknown-fact"),
        ("purse.opened_on", "wrong-order"),
        ("purse.part_fen", "wrong-order"),
        ("line.amount_fen", "wrong-order"),
        ("history.stays_this_year", "wrong-order"),
    ],
)
def test_what_an_amount_may_not_exceed_is_another_amount_of_the_claim(not_above: str, code: str) -> None:
    content = PURSE.replace("NOT_ABOVE", f"not_above: [{not_above}]")
    found = problems_of(lambda: small_bundle(files={"policy/facts/purse.yaml": content}))
    assert [problem.code for problem in found] == [code]


def test_an_author_can_declare_an_amount_that_is_a_part_of_another() -> None:
    law = small_bundle(files={"policy/facts/purse.yaml": PURSE.replace("NOT_ABOVE", "not_above: [purse.whole_fen]")})
    content = json.dumps({"purse": {"whole_fen": 1, "part_fen": 2}, "lines": [{"line_id": "1"}]}).encode()
    (found,) = problems_of(lambda: claim_from_json(content, law.vocabulary, "claim.json"))
    assert (found.code, found.place.pointer) == ("amounts-out-of-order", "/purse/part_fen")


def test_the_lines_of_a_claim_come_to_no_more_than_an_amount_may_be() -> None:
    """So that what is worked out of them is an amount too; a refund takes off what it refunds."""
    half = 5 * 10**12
    first, second = {"line_id": "1", "amount_fen": half}, {"line_id": "2", "amount_fen": half + 1}
    refund = {"line_id": "3", "refund_of": "2", "amount_fen": -1}
    (problem,) = problems_of(lambda: claim_of({"lines": [first, second]}))
    assert (problem.code, problem.place.pointer) == ("out-of-range", "/lines")
    assert len(claim_of({"lines": [first, {**second, "amount_fen": half}]}).lines) == 2
    assert len(claim_of({"lines": [first, second, refund]}).lines) == 2
