"""Division codes of places: the first two digits are a province that exists, in claims and in policy."""

from __future__ import annotations

import pytest

from tests.support.bundled import document, policy
from tests.support.small_bundles import small_bundle
from yibao.basics.problems import ProblemsFound
from yibao.readers.claims.claim_schema import claim_schema
from yibao.readers.claims.claims_from_json import claim_from_document

PLACES = ("insured__insured_area", "insured__household_area", "encounter__treatment_area")


def problems_of(**places: str) -> list[tuple[str, str]]:
    """The problems of a claim that is sound but for these places: code and pointer."""
    try:
        claim_from_document(document("hospital-stay-2023", **places), policy().vocabulary, "claim.json")
    except ProblemsFound as error:
        return [(problem.code, problem.place.pointer or "") for problem in error.problems]
    return []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("code", ["999999", "123456", "000000", "240000", "880101", "310300"])
def test_a_place_in_a_province_that_does_not_exist_is_a_problem_where_it_stands(place: str, code: str) -> None:
    assert problems_of(**{place: code}) == [("unknown-division", f"/{place.replace('__', '/')}")]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("code", ["110105", "120223", "310000", "440305", "500112", "659001", "810000", "990100"])
def test_a_place_in_a_province_that_exists_is_taken_as_it_is(place: str, code: str) -> None:
    assert problems_of(**{place: code}) == []


def test_both_places_are_said_at_once() -> None:
    found = problems_of(insured__insured_area="999999", encounter__treatment_area="123456")
    assert found == [("unknown-division", "/encounter/treatment_area"), ("unknown-division", "/insured/insured_area")]


def test_there_are_34_provinces_besides_the_corps_of_xinjiang_and_the_place_of_examples() -> None:
    assert len(policy().vocabulary.tables["division"].codes.keys() - {"66", "99"}) == 34


def test_the_schema_of_claims_says_how_a_place_begins() -> None:
    area = claim_schema(policy().vocabulary, partial=False)["properties"]["insured"]["properties"]["insured_area"]
    assert area["pattern"].startswith("^(?=11(?:00|01|02)|12(?:00|01|02)|13|")


@pytest.mark.parametrize("name", ["880000", "999900", "123400"])
def test_a_layer_is_called_like_a_division_that_can_exist(name: str) -> None:
    layer = f'layer: "{name}"\nextends: national\ntitle: {{zh: 某地, en: Somewhere}}\n'
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(files={f"policy/{name}/layer.yaml": layer})
    assert [(one.code, one.place.path, one.place.line) for one in caught.value.problems] == [
        ("unknown-division", f"policy/{name}/layer.yaml", 1)
    ]
