"""Canonical bytes: one spelling of a document, whichever way it is written, and no float in it."""

from __future__ import annotations

import datetime
import json
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.trying import tried
from yibao.basics.digest import canonical_json, canonical_json_of_whole_numbers

LEAVES = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text()
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


class Word(StrEnum):
    YES = "yes"


class Named(dict[str, Any]):
    pass


@tried(500)
@given(DOCUMENTS)
def test_a_document_has_the_bytes_that_the_standard_library_gives_it(document: Any) -> None:
    written = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical_json(document) == written.encode() == canonical_json_of_whole_numbers(document)


def test_every_character_is_spelt_as_the_standard_library_spells_it() -> None:
    characters = [chr(number) for number in range(0x110000) if not 0xD800 <= number <= 0xDFFF]
    written = json.dumps(characters, ensure_ascii=False, separators=(",", ":"))
    assert canonical_json(characters) == written.encode()


def test_names_stand_in_the_order_of_their_characters() -> None:
    document = {"\U00010000": 1, "\uffff": 2, "é": 3, "z": 4, "": 5}
    assert canonical_json(document) == '{"":5,"z":4,"é":3,"\uffff":2,"\U00010000":1}'.encode()


def test_words_and_documents_of_another_class_have_the_same_bytes() -> None:
    document = {"word": Word.YES, "inner": Named(b=1, a=[Word.YES]), Word.YES: None}
    assert canonical_json(document) == b'{"inner":{"a":["yes"],"b":1},"word":"yes","yes":null}'


@pytest.mark.parametrize(
    "document",
    [1.0, float("nan"), [[1, 2.5]], {"a": {"b": (True, 0.5)}}, {"word": Word.YES, "a": 1.5}, [Named(a=1.5)]],
)
def test_a_float_is_refused_wherever_it_stands(document: Any) -> None:
    with pytest.raises(TypeError, match="a float has no place"):
        canonical_json(document)


@pytest.mark.parametrize(
    "value", [datetime.date(2024, 1, 1), {"a"}, frozenset("a"), b"a", {("a", 1): 2}, {1: {datetime.date(2024, 1, 1)}}]
)
def test_what_json_does_not_have_is_refused(value: Any) -> None:
    for document in (value, [value], {"a": {"b": value}}):
        with pytest.raises(TypeError):
            canonical_json(document)


def test_half_a_character_has_no_bytes() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonical_json({"a": "\ud800"})


def test_one_name_that_is_a_number_is_spelt_as_the_standard_library_spells_it() -> None:
    assert canonical_json({10: "a", 9: "b"}) == b'{"9":"b","10":"a"}'
