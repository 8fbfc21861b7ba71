"""What hostile inputs once found beyond the readers, and what is now promised instead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hostile.folder_pieces import FACT, facts
from tests.hostile.small_world import bundle
from tests.hostile.test_bounds import deciding
from yibao.api import read_claim
from yibao.basics.problems import Place, ProblemsFound
from yibao.coverage import missing
from yibao.decision.decider import Decider
from yibao.language.parsing import Names, parse_condition
from yibao.model.expressions import Atom, Condition, Scope
from yibao.model.walks import atoms_in

ROOT = Path(__file__).resolve().parents[2]
HERE = Place(path="x", line=1, column=1)


def called_from(depth: int, action: Callable[[], object]) -> object:
    """Do something where a program that uses the engine may be: so many calls deep."""
    return action() if depth == 0 else called_from(depth - 1, action)


def test_a_long_chain_of_alternatives_is_read_wherever_it_is_asked_for() -> None:
    policy_of_one_letter = bundle(facts(f"  a: {{{FACT}}}\n"))
    names = Names(vocabulary=policy_of_one_letter.vocabulary, catalogues={})
    called_from(300, lambda: parse_condition(" or ".join(["a"] * 400), HERE, names, Scope.CLAIM))


def test_a_comparison_of_sums_of_constants_names_no_fact() -> None:
    names = Names(vocabulary=bundle({}).vocabulary, catalogues={})
    with pytest.raises(ProblemsFound) as refused:
        parse_condition("0 * 9 > 1", HERE, names, Scope.CLAIM)
    assert refused.value.problems[0].code == "no-fact"


def test_a_claim_that_comes_through_a_named_pipe_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "claim.json"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text("{"), daemon=True)
    writer.start()
    command = [sys.executable, "-m", "yibao", "decide", str(pipe)]
    folders = os.pathsep.join([str(ROOT / "engine"), os.environ.get("PYTHONPATH", "")])
    ended = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": folders}, timeout=60, capture_output=True, check=False
    )
    assert ended.returncode == 2


def test_a_rule_is_read_once_however_many_facts_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read once for each missing fact, a claim without places took a quarter of a second for each of its lines."""
    read: list[Condition] = []

    def counted(condition: Condition) -> Iterator[Atom]:
        read.append(condition)
        return atoms_in(condition)

    monkeypatch.setattr(missing, "atoms_in", counted)
    policy = deciding(12)
    area = {"encounter": {"treatment_area": "990100"}, "insured": {"insured_area": "990100"}}
    claim = {**area, "lines": [{"line_id": "1", "purpose": "cosmetic", "charged_on": "2024-01-01", "amount_fen": 1}]}
    decision = Decider(policy).decide(read_claim(json.dumps(claim).encode(), policy))
    assert len(decision["missing"]) == 12
    assert len(read) == 1
