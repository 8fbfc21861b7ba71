"""What campaigns decide, held before the checker of certificates: a stranger, who runs no engine, accepts all of it.

A seed of `proofs` is the claim that it draws for the shipped policy; every so often it is a random policy with its
claims as well.
"""

from __future__ import annotations

import json

from tests.differential import invented, shipped
from tests.differential.tally import Difference, Tally
from yibao.api import Decider, check_proof
from yibao.coverage.contradictions import contradictions
from yibao.model.claim import Claim

POLICY_EVERY = 5


def check(seed: int, tally: Tally, _thorough: bool) -> None:
    """Decide what the seed draws and have it checked, as the JSON that a file would hold. Raises Difference."""
    claim, draw = shipped.claim_of_seed(seed)
    _convinces(draw.choice(shipped.bench().pairs).durable, claim, tally)
    if seed % POLICY_EVERY == 0:
        world = invented.world_of_seed(seed)
        # Where rules give different answers nothing is decided; `yibao policy check` refuses such a policy.
        for each in world.claims if not any(contradictions(world.policy)) else ():
            _convinces(world.pair.durable, each, tally)


def _convinces(decider: Decider, claim: Claim, tally: Tally) -> None:
    decision = json.loads(decider.decide_to_json(claim))
    findings = check_proof(decision, claim, decider.policy)
    if findings:
        raise Difference(f"the checker refuses a decision: {findings[0]}")
    tally.add("decisions that convince the checker")
    tally.add(f"decisions that convince the checker, {decision['outcome']}")
