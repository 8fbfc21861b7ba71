"""The parameters that a settlement lists: each answer that was read, once, whatever was settled before and however
often it is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.settlement.worked import ELIGIBLE, of_drugs, parameter, place, plan, read, segment, settle
from yibao.decision.decider import Decider
from yibao.settlement import reading
from yibao.settlement.document import settlement_document
from yibao.settlement.result import Settled

HIGH, CAP = parameter("high", "yuan", "100"), parameter("cap", "yuan", "60")
RATE = parameter("rt", "rate", "", "[k]", "{1: 90%, 2: 80%, 3: 70%}")
# 300.00 pays 80 %, of which the cap leaves 60.00; the least base that pays as much is 85.71, which pays 70 %.
CAPPED = plan(
    segment("first", pays="share(base, table(rt, if base > table(high) then 2 else 3))", limit="table(cap)"),
    segment("second", base="beyond(first)", pays="share(base, 10%)"),
)


def listed(settlement: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(one["parameter"].removeprefix("990000/"), one["value"]) for one in settlement["parameters"]]


def test_a_parameter_that_two_steps_read_alike_is_listed_once() -> None:
    rate = "share(base, if base > table(high) then 80% else 50%)"
    text = plan(segment("first", pays=rate), segment("second", base="left(first)", pays=rate))
    assert listed(settle(place(text, HIGH), of_drugs(100_000))) == [("high", "100")]


def test_a_parameter_that_is_read_with_two_keys_is_listed_with_each() -> None:
    text = plan(
        segment("first", pays="share(base, table(rt, 1))"),
        segment("second", base="left(first)", pays="share(base, table(rt, 2))"),
    )
    assert listed(settle(place(text, RATE), of_drugs(100_000))) == [("rt", "90%"), ("rt", "80%")]


def test_a_parameter_that_both_parts_of_a_stay_read_is_listed_once_though_no_answer_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "MOST_KEPT", 0)
    year = "starts: 01-01, by: encounter.discharged_on, split: true"
    text = plan(ELIGIBLE, segment(base="eligible", pays="min(base, table(high))"), year=year)
    stay = {"encounter__admitted_on": "2023-12-20", "encounter__discharged_on": "2024-01-10"}
    claim = of_drugs(50_000, 50_000, **stay)
    for line, day in zip(claim["lines"], ("2023-12-21", "2024-01-05"), strict=True):
        line["charged_on"] = day
    found = settle(place(text, HIGH), claim)
    assert [each["benefit_year"] for each in found["segments"]] == [2023, 2024]
    assert listed(found) == [("high", "100")]


def test_the_row_that_was_applied_is_listed_beside_that_of_the_base_that_reaches_the_limit() -> None:
    found = settle(place(CAPPED, HIGH, RATE, CAP), of_drugs(30_000))
    first, second = found["segments"]
    assert (first["rate"], first["pays_fen"], second["base_fen"]) == ("80%", 6_000, 30_000 - 8_571)
    assert listed(found) == [("high", "100"), ("rt", "80%"), ("cap", "60"), ("rt", "70%")]


def test_a_value_that_is_first_read_below_the_limit_is_told_with_its_parameter() -> None:
    text = plan(
        ("low", "table(rt, 3)"),
        segment("first", pays="share(base, if base > table(high) then 80% else low)", limit="table(cap)"),
        segment("second", base="beyond(first)", pays="share(base, 10%)"),
    )
    found = settle(place(text, HIGH, RATE, CAP), of_drugs(30_000))
    assert [(each["value"], each["working"]["en"]) for each in found["values"]] == [("low", "A parameter 70%")]
    assert ("rt", "70%") in listed(found)


def test_a_settlement_that_is_told_twice_says_the_same() -> None:
    policy = place(CAPPED, HIGH, RATE, CAP)
    decider = Decider(policy)
    settled = decider.settle(decider.cover(read(of_drugs(30_000), policy)))
    assert isinstance(settled, Settled)
    assert settlement_document(settled) == settlement_document(settled)
    assert [part.run.base for part in settled.parts] == [0]
