"""Bounds that no single hostile file reaches: all files of a folder together, and the completions of a decision."""

from __future__ import annotations

import json
import time

import pytest

from tests.hostile.folder_pieces import FACT, facts, rule, rules
from tests.hostile.small_world import bundle
from yibao.api import read_claim
from yibao.basics.problems import ProblemsFound
from yibao.coverage.judgement import MOST_COMPLETIONS
from yibao.decision.decider import Decider
from yibao.model.policy import Policy
from yibao.readers.documents import yaml_nodes
from yibao.readers.documents.yaml_nodes import YamlFiles


def test_the_nodes_of_all_files_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_nodes, "MOST_NODES_TOGETHER", 9)
    files = YamlFiles()
    for name in ("a", "b", "c"):
        files.read(b"a: b", f"{name}.yaml")
    with pytest.raises(ProblemsFound) as refused:
        files.read(b"a: b", "d.yaml")
    (problem,) = refused.value.problems
    assert (problem.code, str(problem.place)) == ("yaml-too-many-nodes", "d.yaml:1:1")


PLACE = "{type: code, digits: 6, title: {zh: 地区, en: Area}, meaning: {zh: 地区, en: Area}, source: S0}"


def deciding(count: int) -> Policy:
    """A policy whose one rule asks for so many facts that can be true or false, and which has places to ask for."""
    wanted = [f"k{at}" for at in range(count)]
    declared = facts("".join(f"  {name}: {{{FACT}}}\n" for name in wanted))
    head = "facts: insured\ntitle: {zh: 参保人, en: Insured}\nmeaning: {zh: 人, en: Insured}\nsource: S0\nfields:\n"
    insured = f"{head}  insured_area: {PLACE}\n"
    treated = f"facts: encounter\nsource: S0\nfields:\n  treatment_area: {PLACE}\n"
    places = {"policy/facts/insured.yaml": insured.encode(), "policy/facts/treated.yaml": treated.encode()}
    return bundle({**declared, **places, **rules(rule("large", " and ".join(wanted)))})


@pytest.mark.parametrize(("count", "said"), [(16, "exact"), (17, "sufficient")])
def test_up_to_65536_completions_are_looked_at_and_no_more(count: int, said: str) -> None:
    assert MOST_COMPLETIONS == 2**16
    policy = deciding(count)
    claim = {
        "encounter": {"treatment_area": "990100"},
        "insured": {"insured_area": "990100"},
        "lines": [{"line_id": "1", "purpose": "cosmetic", "charged_on": "2024-01-01", "amount_fen": 1}],
    }
    started = time.process_time()
    decision = Decider(policy).decide(read_claim(json.dumps(claim).encode(), policy))
    assert time.process_time() - started < 10
    assert (decision["outcome"], decision["missing_is"]) == ("undetermined", said)
    assert len(decision["missing"]) == count
