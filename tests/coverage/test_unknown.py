"""Unknown, by enumeration: every completion of small claims under random policies is looked at.

A line is undetermined exactly when two completions differ, and misses exactly the facts that matter; where what it
misses is only sufficient, it does settle the line. The campaigns (`tests/differential`) do the same for more policies.
"""

from __future__ import annotations

import pytest
from attrs import evolve

from tests.differential.invented import MOST_ENUMERATED, World, world_of_seed
from tests.support.enumerating import Seen, Wrong, check_by_enumeration
from yibao.coverage.judgement import Judgement
from yibao.coverage.reference import Reference
from yibao.model.claim import Claim

FIRST, POLICIES, AT_ONCE = 1_000_000, 300, 50


def reference_of(world: World, claim: Claim) -> Reference:
    """The reference interpreter under the program of the claim."""
    law = world.policy
    return Reference(world.pair.reference.rules(claim), law.rules, law.vocabulary, law.catalogues)


def hold(world: World, claim: Claim, judged: list[Judgement]) -> Seen | None:
    reference = reference_of(world, claim)
    completing = world.pair.completing
    return check_by_enumeration(reference.rules, reference.above, claim, judged, completing, MOST_ENUMERATED)


@pytest.mark.parametrize("first", range(FIRST, FIRST + POLICIES, AT_ONCE))
def test_what_is_undetermined_and_missing_is_what_completions_show(first: int) -> None:
    found: list[Seen] = []
    for seed in range(first, first + AT_ONCE):
        world = world_of_seed(seed)
        for claim in world.claims:
            try:
                seen = hold(world, claim, reference_of(world, claim).judge(claim))
            except Wrong as error:
                pytest.fail(f"seed {seed}: {error}", pytrace=False)
            found += [] if seen is None else [seen]
    assert len(found) > 3 * AT_ONCE, "most claims are small enough"
    assert sum(seen.exact for seen in found) > 10
    assert sum(seen.sufficient for seen in found) > 10


def test_the_enumeration_notices_what_is_wrong() -> None:
    """Said to be determined, said to miss something else, said to miss too little: none of it passes."""
    told = 0
    for seed in range(60):
        world = world_of_seed(seed)
        for claim in world.claims:
            judged = reference_of(world, claim).judge(claim)
            if hold(world, claim, judged) is None:
                continue
            for at, judgement in enumerate(judged):
                if not judgement.verdict_open or not judgement.exact:
                    continue
                wrong = [
                    evolve(judgement, verdict_open=False, admitted=True, matters=()),
                    evolve(judgement, verdict_open=False, admitted=False, matters=()),
                    evolve(judgement, matters=judgement.matters[1:]),
                    evolve(judgement, matters=judgement.matters[1:], exact=False),
                ]
                for one in wrong:
                    with pytest.raises(Wrong):
                        hold(world, claim, [*judged[:at], one, *judged[at + 1 :]])
                    told += 1
    assert told > 40
