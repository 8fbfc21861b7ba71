"""durable_rules and the reference interpreter say the same of every line, whatever the rules and the facts."""

from __future__ import annotations

import pytest

from tests.support.random_policies import VOCABULARY, Draw
from yibao.coverage import rete
from yibao.coverage.inference import Inference
from yibao.coverage.program import compile_program
from yibao.coverage.reference import Reference
from yibao.coverage.selection import above_of

pytestmark = pytest.mark.skipif(not rete.available(), reason="durable_rules can't be installed on this Python")


@pytest.mark.parametrize("first_seed", range(0, 400, 50))
def test_engines_agree_on_random_policies(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 50):
        draw = Draw(seed)
        rules = draw.rules()
        inference = Inference(compile_program(rules, above_of(rules), "random", VOCABULARY, {}))
        reference = Reference(rules, rules, VOCABULARY, {})
        for unknown in (0.0, 0.1, 0.1, 0.2):
            claim = draw.claim(unknown)
            assert inference.judge(claim) == reference.judge(claim), f"seed {seed}, unknown {unknown}"
