"""The first seeds of both campaigns: 20,000 profiles of the shipped policy and 2,000 random policies."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from tests.differential import campaign, shipped
from tests.differential.tally import Tally
from yibao.coverage import reference_atoms, rete

pytestmark = pytest.mark.skipif(not rete.available(), reason="durable_rules can't be installed on this Python")

SEEDS, POLICIES = 10_000, 2_000
SEEDS_AT_ONCE, POLICIES_AT_ONCE = 500, 100
THOROUGH_SEEDS, THOROUGH_POLICIES = 500, 100
PROVED = 300


@pytest.fixture(scope="module")
def seen() -> Tally:
    """What the profiles of this module came to, taken together."""
    return Tally()


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_AT_ONCE))
def test_engines_agree_on_the_shipped_policy(first: int, seen: Tally) -> None:
    found = campaign.walk("profiles", first, first + SEEDS_AT_ONCE, thorough=first < THOROUGH_SEEDS)
    assert found.difference is None, f"seed {found.seed}: {found.difference}"
    assert found.counts["lines"] == SEEDS_AT_ONCE * shipped.PROFILES_PER_SEED
    seen.include(found.counts)


def test_every_rule_applies_stands_and_is_silenced(seen: Tally) -> None:
    """Wherever a rule above can apply. A part of the seeds shows nothing of this."""
    if seen.counts["lines"] < SEEDS * shipped.PROFILES_PER_SEED:
        pytest.skip("not all profiles were drawn in this run")
    assert shipped.unreached(seen, least=10) == []
    for kind in ("admitted", "not admitted", "undetermined, exact", "undetermined, sufficient"):
        assert seen.counts[kind] > 100, kind


@pytest.mark.parametrize("first", range(0, POLICIES, POLICIES_AT_ONCE))
def test_engines_agree_on_random_policies(first: int) -> None:
    found = campaign.walk("policies", first, first + POLICIES_AT_ONCE, thorough=first < THOROUGH_POLICIES)
    assert found.difference is None, f"seed {found.seed}: {found.difference}"
    for feature in ("overrides", "a lift", "findings of a claim", "findings of a line"):
        assert found.counts[f"policies with {feature}"] > POLICIES_AT_ONCE // 5, feature


def test_what_is_decided_convinces_a_checker_that_runs_no_engine() -> None:
    found = campaign.walk("proofs", 0, PROVED)
    assert found.difference is None, f"seed {found.seed}: {found.difference}"
    assert found.counts["decisions that convince the checker"] > PROVED


def test_a_claim_never_has_an_accident_and_an_injury_at_once() -> None:
    """Facts are drawn, not atoms: one cause is one code."""
    for seed in range(300):
        claim, _draw = shipped.claim_of_seed(seed)
        assert all(isinstance(line.facts.get("line.cause", ""), str) for line in claim.lines)


def test_a_campaign_goes_on_where_it_was_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole, none = campaign.run("policies", 0, 3, 1, tmp_path / "whole", keep=False)
    assert (none, whole.reached, whole.counts["policies"]) == (None, 3, 3)
    campaign.run("policies", 0, 3, 1, tmp_path / "whole", keep=False)
    assert "finished before" in capsys.readouterr().out
    part = evolve(whole, reached=2, counts=campaign.walk("policies", 0, 2).counts)
    (tmp_path / "part").mkdir()
    campaign.write(tmp_path / "part" / "policies-0-3.json", part)
    resumed, none = campaign.run("policies", 0, 3, 1, tmp_path / "part", keep=False)
    assert "goes on at seed 2" in capsys.readouterr().out
    assert (none, resumed.counts) == (None, whole.counts)
    campaign.write(tmp_path / "part" / "policies-0-3.json", evolve(part, sources="of another day"))
    again, none = campaign.run("policies", 0, 3, 1, tmp_path / "part", keep=False)
    assert "starting again" in capsys.readouterr().out
    assert (none, again.counts) == (None, whole.counts)


def test_a_campaign_stops_at_the_first_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One engine with another meaning of `and` is found out at once, and the seed is named."""
    monkeypatch.setattr("yibao.coverage.reference.every", reference_atoms.some)
    progress, found = campaign.run("policies", 0, 300, 1, tmp_path, keep=False)
    assert found is not None
    assert found.seed is not None
    assert found.difference is not None
    assert "the engines differ in applies" in found.difference
    assert progress.reached <= found.seed


def test_an_engine_that_breaks_down_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise KeyError("no such rule")

    monkeypatch.setattr("tests.differential.comparing.verdict", broken)
    _progress, found = campaign.run("policies", 0, 300, 1, tmp_path, keep=False)
    assert found is not None
    assert "no such rule" in str(found.difference)
