"""Catalogues fill in what a line leaves open, contradict what it says wrongly, and are never guessed at."""

import datetime
from typing import Any

import pytest

from tests.facts.shipped import claim_of, problems_of, vocabulary
from yibao.basics.periods import Period
from yibao.basics.problems import Fault, Place
from yibao.model.expressions import FactTerm
from yibao.model.facts import UNKNOWN, Kind, Title
from yibao.model.policy import Catalogue, CatalogueRow, ClosingRule, Layer, Policy
from yibao.readers.claims.lookups import check_catalogue, with_lookups
from yibao.readers.documents.forms import Problems

HERE = Place(path="test.yaml", line=1, column=1)
NAMED = Title(zh="测试", en="Test")
SHENZHEN, CHENGDU, BEIJING = "440300", "510100", "110000"
Rows = dict[str, dict[str, object]]


def catalogue(layer: str, rows: Rows, name: str = "items") -> Catalogue:
    period = Period(datetime.date(2023, 1, 1), datetime.date(2024, 7, 1))
    return Catalogue(
        name=f"{layer}-{name}",
        title=NAMED,
        layer=layer,
        by=FactTerm("line.charged_on", Kind.DATE),
        excerpt=True,
        illustrative=True,
        cites=(),
        rows={code: (CatalogueRow(code=code, period=period, columns=row, place=HERE),) for code, row in rows.items()},
        place=HERE,
    )


def policy(*catalogues: Catalogue) -> Policy:
    """Three layers: the nation, Shenzhen and Chengdu; Beijing has no layer of its own."""
    layers = {
        name: Layer(name=name, title=NAMED, extends=extends, illustrative=True, place=HERE)
        for name, extends in (("national", None), (SHENZHEN, "national"), (CHENGDU, "national"))
    }
    return Policy(
        name="test",
        digest="sha256:0",
        vocabulary=vocabulary(),
        questions={},
        layers=layers,
        rules=(),
        closing=ClosingRule(
            id="c", title=NAMED, reason="no_limb_applies", carries=(), cites=(), illustrative=True, place=HERE
        ),
        catalogues={found.name: found for found in catalogues},
        examples={},
        claims={},
        ledger=(),
    )


def document(path: str | None, treated: str | None, insured: str | None, **line: object) -> dict[str, Any]:
    encounter = {"settlement_path": path, "treatment_area": treated}
    return {
        "encounter": {key: value for key, value in encounter.items() if value is not None},
        "insured": {} if insured is None else {"insured_area": insured},
        "lines": [{"line_id": "1", "item_code": "XB01", "charged_on": "2024-03-01", **line}],
    }


def found(law: Policy, claim: dict[str, Any], fact: str = "line.catalogue_class") -> object:
    return with_lookups(claim_of(claim), law, "claim.json").lines[0].given(fact)


NATIONAL = catalogue("national", {"XB01": {"class": "B"}, "XB02": {"class": "A"}})
LOCAL = catalogue(SHENZHEN, {"XB01": {"class": "A", "category": "drug"}})
SAME = catalogue(CHENGDU, {"XB01": {"class": "B"}})


@pytest.mark.parametrize(
    ("path", "treated", "insured", "expected"),
    [
        ("direct", SHENZHEN, CHENGDU, "A"),
        ("manual", SHENZHEN, CHENGDU, "B"),
        ("manual", CHENGDU, SHENZHEN, "A"),
        ("direct", SHENZHEN, None, "A"),
        ("direct", BEIJING, SHENZHEN, "B"),
        ("direct", None, SHENZHEN, UNKNOWN),
        (None, SHENZHEN, SHENZHEN, "A"),
        (None, CHENGDU, BEIJING, "B"),
        (None, SHENZHEN, CHENGDU, UNKNOWN),
        (None, SHENZHEN, None, UNKNOWN),
        (None, None, None, UNKNOWN),
    ],
)
def test_the_catalogue_of_the_right_place_speaks_and_none_is_guessed(
    path: str | None, treated: str | None, insured: str | None, expected: object
) -> None:
    assert found(policy(NATIONAL, LOCAL, SAME), document(path, treated, insured)) == expected


def test_an_item_that_only_the_nation_lists_needs_no_place() -> None:
    assert found(policy(NATIONAL, LOCAL), document(None, None, None, item_code="XB02")) == "A"


def test_a_column_that_only_one_place_has_is_used_only_there() -> None:
    law = policy(NATIONAL, LOCAL)
    assert found(law, document("direct", SHENZHEN, None), "line.category") == "drug"
    assert found(law, document("direct", CHENGDU, None), "line.category") is UNKNOWN
    assert found(law, document(None, SHENZHEN, CHENGDU), "line.category") is UNKNOWN


@pytest.mark.parametrize(
    "line",
    [
        {"item_code": "XB09"},
        {"charged_on": "2022-12-31"},
        {"charged_on": "2024-07-01"},
    ],
)
def test_an_item_without_a_row_on_that_day_stays_unknown(line: dict[str, object]) -> None:
    assert found(policy(NATIONAL), document("direct", BEIJING, None, **line)) is UNKNOWN


@pytest.mark.parametrize("absent", ["item_code", "charged_on"])
def test_without_code_or_day_nothing_is_looked_up(absent: str) -> None:
    claim = document("direct", BEIJING, None)
    claim["lines"] = [{key: value for key, value in line.items() if key != absent} for line in claim["lines"]]
    assert found(policy(NATIONAL), claim) is UNKNOWN


def test_the_first_and_the_last_day_of_a_row_count() -> None:
    assert found(policy(NATIONAL), document("direct", BEIJING, None, charged_on="2023-01-01")) == "B"
    assert found(policy(NATIONAL), document("direct", BEIJING, None, charged_on="2024-06-30")) == "B"


def test_a_given_class_that_the_catalogue_confirms_stays() -> None:
    assert found(policy(NATIONAL), document("direct", BEIJING, None, catalogue_class="B")) == "B"


def test_a_given_class_that_differs_is_a_problem_at_its_line_in_the_document() -> None:
    claim = document("direct", BEIJING, None, catalogue_class="A")
    billed = {"line_id": "0", "amount_fen": 5}
    claim["lines"] = [billed, {"line_id": "r", "amount_fen": -5, "refund_of": "0"}, *claim["lines"]]
    (problem,) = problems_of(lambda: found(policy(NATIONAL), claim))
    assert (problem.code, str(problem.place)) == ("differs-from-catalogue", "claim.json#/lines/2/catalogue_class")
    assert "`national-items`" in problem.message
    assert "`B`" in problem.message


def test_a_given_class_is_not_held_against_a_catalogue_that_may_not_be_the_right_one() -> None:
    law = policy(NATIONAL, LOCAL, SAME)
    assert found(law, document(None, SHENZHEN, CHENGDU, catalogue_class="C")) == "C"
    assert found(law, document("direct", SHENZHEN, CHENGDU, catalogue_class="A")) == "A"


def test_a_catalogue_without_a_restriction_says_that_there_is_none() -> None:
    law = policy(catalogue("national", {"XB01": {"restriction_met": None, "first_payment_bp": 500}}))
    assert found(law, document("direct", BEIJING, None), "line.restriction_met") is None
    assert found(law, document("direct", BEIJING, None), "line.first_payment_bp") == 500
    assert found(law, document("direct", BEIJING, None), "line.catalogue_class") is UNKNOWN


def test_two_catalogues_of_one_place_that_differ_are_not_chosen_between() -> None:
    other = catalogue("national", {"XB01": {"class": "A"}}, name="more")
    assert found(policy(NATIONAL, other), document("direct", BEIJING, None)) is UNKNOWN


def test_the_digest_is_that_of_the_document_as_given() -> None:
    claim = claim_of(document("direct", BEIJING, None))
    assert with_lookups(claim, policy(NATIONAL), "claim.json").digest == claim.digest


@pytest.mark.parametrize(
    ("columns", "codes"),
    [
        ({"class": "D"}, ["wrong-column"]),
        ({"class": 1}, ["wrong-column"]),
        ({"class": None}, ["wrong-column"]),
        ({"first_payment_bp": 10_001}, ["wrong-column"]),
        ({"first_payment_bp": "500"}, ["wrong-column"]),
        ({"first_payment_bp": True}, ["wrong-column"]),
        ({"restriction_met": 1}, ["wrong-column"]),
        ({"class": "A", "category": "drug", "first_payment_bp": 0, "restriction_met": None, "note": "any"}, []),
    ],
)
def test_a_column_that_no_fact_can_take_is_the_authors_mistake(columns: dict[str, object], codes: list[str]) -> None:
    problems = Problems()
    wrong = catalogue("national", {"XB01": columns})
    check_catalogue(wrong, vocabulary(), problems)
    assert [problem.code for problem in problems.found] == codes
    if codes:
        with pytest.raises(Fault):
            found(policy(wrong), document("direct", BEIJING, None))
