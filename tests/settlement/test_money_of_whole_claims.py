"""Whole claims through coverage and settlement, from the claims of the plans' own examples: the order of the lines, a
line in pieces, and a reversal, where the parts of the lines are coverage's own."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from attrs import evolve

from tests.settlement.money import balanced, reversal_cancels, shown_alike, within_bounds
from tests.settlement.naive import Naive, NaiveSettled
from tests.settlement.naive_claims import SplitLine
from tests.support.bundled import decider, policy
from tests.support.random_settlements import PARTS
from yibao.authoring.examples import claim_of
from yibao.decision.decider import splits_of
from yibao.model.claim import Claim, Line
from yibao.model.plan import Applies, Plan
from yibao.settlement.result import Settled

AMOUNT, CEILING = "line.amount_fen", "line.ceiling_fen"
PLANS = policy().plans
# An example's own amounts, and as many others.
TRIES = 4
# Coverage rounds the share that is accepted and the first self-payment of each line.
ROUNDED_BUCKETS = 2


def claims_for(plan: Plan) -> Iterator[Claim]:
    """The claims of the plan's examples that settle, with their own amounts and with others."""
    draw = random.Random(plan.id)
    for example in plan.examples:
        if example.applies is not Applies.YES:
            continue
        claim = claim_of(policy(), example)
        if isinstance(settled(claim), Settled):
            yield claim
            for _try in range(TRIES):
                yield evolve(claim, lines=tuple(with_amount(line, draw.randrange(3_000_000)) for line in claim.lines))


def with_amount(line: Line, fen: int) -> Line:
    return evolve(line, facts={**line.facts, AMOUNT: fen})


def settled(claim: Claim) -> object:
    return decider().settle(decider().cover(claim))


def amounts_of(claim: Claim) -> dict[str, int | None]:
    found = settled(claim)
    assert isinstance(found, Settled)
    return {name: getattr(found.amounts, name) for name in found.amounts.__slots__ if name != "__weakref__"}


def in_pieces(claim: Claim, draw: random.Random) -> Claim | None:
    """The claim with one line in two; None where each has a ceiling, which is of the whole line."""
    free = [line for line in claim.lines if line.facts.get(CEILING) is None]
    if not free:
        return None
    line = draw.choice(free)
    whole = line.facts[AMOUNT]
    assert isinstance(whole, int)
    first = draw.randint(0, whole)
    pieces = [evolve(with_amount(line, fen), line_id=f"{line.line_id}/{fen}") for fen in (first, whole - first)]
    lines = [*(each for each in claim.lines if each is not line), *pieces]
    return evolve(claim, lines=tuple(lines))


@pytest.mark.parametrize("place", range(len(PLANS)), ids=[f"{plan.layer}/{plan.id}" for plan in PLANS])
def test_the_money_of_whole_claims_holds(place: int) -> None:
    draw, seen, naive = random.Random(place), 0, Naive(policy())
    for claim in claims_for(PLANS[place]):
        seen += 1
        coverage = decider().cover(claim)
        found, splits = decider().settle(coverage), splits_of(coverage)
        assert isinstance(found, Settled)
        balanced(found)
        within_bounds(found)
        scheme = claim.facts.get("insured.scheme")
        reversal_cancels(shown_alike(found), scheme if isinstance(scheme, str) else None, policy().vocabulary)
        lines = [
            SplitLine(line=line, parts={part: getattr(splits, part)[at] for part in PARTS}, absent=splits.absent[at])
            for at, line in enumerate(splits.lines)
        ]
        second = naive.settle(coverage.claim, lines)
        amounts = amounts_of(claim)
        assert isinstance(second, NaiveSettled)
        assert second.amounts == amounts
        assert amounts_of(evolve(claim, lines=tuple(draw.sample(claim.lines, len(claim.lines))))) == amounts
        divided = in_pieces(claim, draw)
        if divided is not None:
            again = amounts_of(divided)
            moved = {name: abs((again[name] or 0) - (fen or 0)) for name, fen in amounts.items()}
            assert moved["billed_fen"] == moved["over_ceiling_fen"] == 0
            assert moved["full_self_pay_fen"] <= 1 >= moved["first_self_pay_fen"]
            assert moved["in_scope_fen"] <= ROUNDED_BUCKETS
            if moved["full_self_pay_fen"] == moved["first_self_pay_fen"] == 0:
                assert again == amounts
    assert seen or not any(example.applies is Applies.YES and example.amounts for example in PLANS[place].examples)
