"""What is said of a settlement is found again by the answers it turns on: the words are those of a telling from new."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.differential.money import AREAS, World, world_of
from tests.settlement.small_plans import bundle
from tests.settlement.worked import ELIGIBLE, of_drugs, parameter, place, plan, read, segment, settle
from tests.support.bundled import policy
from tests.support.random_plans import policy_of_seed
from yibao.basics.digest import canonical_json
from yibao.basics.problems import ProblemsFound
from yibao.decision.decider import Decider
from yibao.settlement import telling
from yibao.settlement.document import settlement_document, settlement_json
from yibao.settlement.forms import Form, alone, in_text
from yibao.settlement.result import Settled
from yibao.settlement.telling import Ways


def settlements(world: World, claims: int) -> Iterator[Settled]:
    for seed in range(claims):
        drawn = world.claims.drawn(seed)
        try:
            found = world.money.settler.settle(drawn.claim, drawn.splits)
        except ProblemsFound:
            continue
        if isinstance(found, Settled):
            yield found


def told(found: Settled) -> str:
    """The document with its keys in their order. Its canonical JSON says the same."""
    document = settlement_document(found)
    assert settlement_json(found) == canonical_json(document)
    return json.dumps(document, ensure_ascii=False)


def told_anew(found: Settled, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same with nothing found again."""
    with monkeypatch.context() as patched:
        patched.setattr(Ways, "_found", lambda self, seen: None)
        return told(found)


def worlds() -> Iterator[World]:
    yield from (world_of(policy(), each) for each in policy().plans[::4])
    around = bundle()
    for seed in range(12):
        law = policy_of_seed(seed, around)
        yield world_of(law, law.plans[0], AREAS[seed % 2])


def test_what_is_found_again_says_what_is_told_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    for world in worlds():
        for found in settlements(world, 12):
            assert told(found) == told_anew(found, monkeypatch), world.name
            compared += 1
    assert compared > 100


def test_a_way_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = place(plan(ELIGIBLE, ("v", "less(eligible, table(d))"), segment(base="v")), parameter("d", "yuan", "10"))
    decider, tales = Decider(policy), []
    keep = Ways._keep
    monkeypatch.setattr(Ways, "_keep", lambda self, tale, form: (tales.append(form), keep(self, tale, form)))
    for fen in (5_000, 7_000, 90_000):
        decider.decide(read(of_drugs(fen), policy))
    assert len(tales) == 3, "a value, a value and a segment"
    decider.decide(read(of_drugs(900), policy))
    assert len(tales) == 5, "the second value comes to 0, and the segment has no base"


def test_what_is_remembered_of_a_step_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = place(plan(ELIGIBLE, segment(base="less(eligible, table(d))")), parameter("d", "yuan", "10"))
    claims = [read(of_drugs(fen), policy) for fen in (5_000, 900, 7_000, 800)]
    decider = Decider(policy)
    wanted = [decider.decide_to_json(claim) for claim in claims]
    monkeypatch.setattr(telling, "MOST_WAYS", 1)
    narrow = Decider(policy)
    assert [narrow.decide_to_json(claim) for claim in claims] == wanted
    program = narrow._settler.program_for(claims[0])
    assert {ways.known for ways in program.ways.values()} == {1}


def test_a_parameter_that_is_the_key_of_another_is_listed_as_well() -> None:
    stay = parameter("which", "count", "2")
    rate = parameter("rt", "rate", "", "[stay]", "{1: 90%, 2: 80%, 3: 70%}")
    found = settle(place(plan(segment(pays="share(base, table(rt, table(which)))")), stay, rate), of_drugs(1_000))
    assert [(one["parameter"], one["value"]) for one in found["parameters"]] == [
        ("990000/which", "2"),
        ("990000/rt", "80%"),
    ]


def test_a_rate_that_turns_on_the_base_is_that_of_its_own_base() -> None:
    high, rate = parameter("high", "yuan", "100"), "share(base, if base > table(high) then 80% else 50%)"
    text = plan(segment("first", pays="share(base, 99%)"), segment("second", base="left(first)", pays=rate))
    _first, second = settle(place(text, high), of_drugs(100_000))["segments"]
    assert (second["base_fen"], second["pays_fen"], second["rate"]) == (1_000, 500, "50%")


def test_an_unknown_factor_beside_0_is_told_as_unknown() -> None:
    """Nobody knows the rate before 2031, and times nothing it comes to nothing."""
    later = parameter("later", "rate", "90%").replace("from: 2023-01-01", "from: 2031-01-01")
    text = plan(("nothing", "table(later) * 0"), segment(pays="share(base, nothing)"))
    (value,) = settle(place(text, later), of_drugs(1_000))["values"]
    assert (value["rate"], value["working"]["zh"]) == ("0%", "参数 未知 × 0 = 0%")


def test_a_form_is_filled_alike_in_memory_and_as_json() -> None:
    form = Form({"b": [{"text": f"100% of {in_text(1)} is {in_text(0)}"}], "a": alone(2), "none": None, "%": "%s"})
    filled = ["0.80", "1.00", "null"]
    assert form.document(filled) == {"b": [{"text": "100% of 1.00 is 0.80"}], "a": None, "none": None, "%": "%s"}
    assert form.text(filled).encode() == canonical_json(form.document(filled))
