"""What an event adds to the facts of a case: never half, never against what was established."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.basics.digest import canonical_json
from yibao.cases.merging import changed_at, merge
from yibao.model.refusals import Conflict

LINE = {"line_id": "1", "amount_fen": 100}


@pytest.mark.parametrize(
    ("established", "given_now", "merged"),
    [
        ({}, {"insured": {"scheme": "employee"}}, {"insured": {"scheme": "employee"}}),
        (
            {"insured": {"scheme": "employee"}},
            {"insured": {"insured_area": "440300"}},
            {"insured": {"scheme": "employee", "insured_area": "440300"}},
        ),
        (
            {"documents": ["id_card"]},
            {"documents": ["id_card", "hospital_invoice"]},
            {"documents": ["id_card", "hospital_invoice"]},
        ),
        ({"third_party": None}, {"third_party": None}, {"third_party": None}),
        (
            {"lines": [LINE]},
            {"lines": [{"line_id": "2", "amount_fen": 200}, {"line_id": "1", "purpose": "therapeutic"}]},
            {"lines": [{**LINE, "purpose": "therapeutic"}, {"line_id": "2", "amount_fen": 200}]},
        ),
        (
            {"filing": {"referral": {"seals": ["hospital"]}}},
            {"filing": {"referral": {"seals": ["social_security_window"]}, "filed_on": "2022-03-03"}},
            {"filing": {"referral": {"seals": ["hospital", "social_security_window"]}, "filed_on": "2022-03-03"}},
        ),
    ],
)
def test_objects_merge_by_key_lines_by_id_and_sets_by_union(
    established: dict[str, Any], given_now: dict[str, Any], merged: dict[str, Any]
) -> None:
    found = merge(established, given_now)
    assert found.document == merged
    assert found.conflicts == ()


@pytest.mark.parametrize(
    ("established", "given_now", "fact", "line_id"),
    [
        ({"filing": {"filed_on": "2022-03-03"}}, {"filing": {"filed_on": "2022-03-04"}}, "filing.filed_on", None),
        ({"filing": None}, {"filing": {"kind": "referral"}}, "filing", None),
        ({"filing": {"kind": "referral"}}, {"filing": None}, "filing", None),
        ({"encounter": {"emergency": True}}, {"encounter": {"emergency": False}}, "encounter.emergency", None),
        ({"lines": [LINE]}, {"lines": [{"line_id": "1", "amount_fen": 101}]}, "line.amount_fen", "1"),
        ({"account": {"use": True}}, {"account": {"use": None}}, "account.use", None),
    ],
)
def test_a_contradiction_is_named_with_both_values_and_nothing_is_merged(
    established: dict[str, Any], given_now: dict[str, Any], fact: str, line_id: str | None
) -> None:
    before = canonical_json(established)
    found = merge(established, {"documents": ["id_card"], **given_now})
    (conflict,) = found.conflicts
    assert isinstance(conflict, Conflict)
    assert (conflict.fact, conflict.line_id) == (fact, line_id)
    assert conflict.established != conflict.given
    assert found.document is established
    assert canonical_json(established) == before


def test_every_contradiction_is_named() -> None:
    established = {"filing": {"filed_on": "2022-03-03", "kind": "referral"}, "lines": [LINE]}
    now = {
        "filing": {"filed_on": "2022-03-04", "kind": "long_term"},
        "lines": [{"line_id": "1", "amount_fen": 1, "name": "x"}],
    }
    assert [conflict.fact for conflict in merge(established, now).conflicts] == [
        "filing.filed_on",
        "filing.kind",
        "line.amount_fen",
    ]


CODES = st.lists(st.sampled_from(["a", "b", "c"]), unique=True)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "documents": CODES,
        "insured": st.fixed_dictionaries({}, optional={"scheme": st.sampled_from(["employee", "resident"])}),
        "lines": st.lists(
            st.fixed_dictionaries({"line_id": st.sampled_from(["1", "2"])}, optional={"amount_fen": st.integers(0, 2)}),
            unique_by=lambda line: line["line_id"],
        ),
    },
)


@given(DOCUMENTS, DOCUMENTS)
def test_a_merge_keeps_all_that_was_established_and_repeating_it_adds_nothing(one: Any, other: Any) -> None:
    found = merge(one, other)
    if found.conflicts:
        assert found.document == one
        return
    assert set(one) <= set(found.document)
    assert set(one.get("documents", [])) | set(other.get("documents", [])) == set(found.document.get("documents", []))
    again = merge(found.document, other)
    assert again.conflicts == ()
    assert canonical_json(again.document) == canonical_json(found.document)


BILL = ("line.amount_fen", "invoice.number", "documents")


@pytest.mark.parametrize(
    ("established", "given_now", "changed"),
    [
        ({"lines": [LINE]}, {"lines": [{"line_id": "1", "amount_fen": 90}]}, [("line.amount_fen", "1", 100, 90)]),
        ({"lines": [LINE]}, {"lines": [{**LINE, "purpose": "cosmetic"}]}, []),
        (
            {"lines": [LINE]},
            {"lines": [LINE, {"line_id": "2", "amount_fen": 5}]},
            [("line.amount_fen", "2", None, 5)],
        ),
        ({"lines": [{"line_id": "1"}]}, {"lines": [LINE]}, []),
        ({"invoice": {"number": "7"}}, {"invoice": {"number": "8"}}, [("invoice.number", None, "7", "8")]),
        ({"invoice": {"number": "7"}}, {"invoice": None}, [("invoice.number", None, "7", None)]),
        ({"invoice": None}, {"invoice": {"number": "8"}}, [("invoice.number", None, None, "8")]),
        ({"invoice": {}}, {"invoice": {"number": "8"}}, []),
        ({}, {"invoice": {"number": "8"}}, []),
        ({"documents": ["a", "b"]}, {"documents": ["b", "a"]}, []),
        ({"documents": ["a"]}, {"documents": ["b"]}, [("documents", None, ["a"], ["b"])]),
    ],
)
def test_what_is_kept_may_become_known_and_nothing_else(
    established: dict[str, Any], given_now: dict[str, Any], changed: list[tuple[str, str | None, object, object]]
) -> None:
    found = changed_at(BILL, established, given_now)
    assert [(one.fact, one.line_id, one.established, one.given) for one in found] == changed
