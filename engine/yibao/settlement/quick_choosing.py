"""Which plan speaks, the short way: all plans of a chain become one generated function of the claim's facts.

It gives the numbers of those that hold as bits. Which of them speaks is decided by the long way (`choosing`) the first
time that a set of plans holds, and remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from yibao.model.claim import Claim
from yibao.model.policy import Catalogue
from yibao.settlement.choosing import Candidate
from yibao.settlement.generating import Bound, Elsewhere
from yibao.settlement.quick_conditions import ConditionWriter

# The plans that hold as bits; None where one of them is open.
Holding = Callable[[Claim], int | None]


def quick_choice(candidates: Sequence[Candidate], catalogues: Mapping[str, Catalogue]) -> Holding:
    """The function for the plans of a chain."""
    bound = Bound()
    writer = ConditionWriter(bound, catalogues)
    body = ["facts, holding = claim.facts, 0", "try:", "    pass"]
    for number, candidate in enumerate(candidates):
        plan = candidate.plan
        holds = f"{writer.expression(plan.in_force)} and {writer.expression(plan.when)}"
        body.append(f"    if {holds}: holding |= {bound.bind(1 << number)}")
    body += [f"except {bound.bind((KeyError, Elsewhere))}: return None", "return holding"]
    return bound.function("claim", body)
