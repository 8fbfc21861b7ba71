"""Laws about decisions: what more facts do, what an excluded line costs, what a rule does that is not in force."""

from __future__ import annotations

import copy
import random
from typing import Any

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.differential import invented, shipped
from tests.properties.trying import tried
from tests.support.bundled import policy
from tests.support.completing import Completing, verdict
from tests.support.layered_policies import layered_policy, placed_claim, random_day
from tests.support.random_policies import Draw
from yibao.api import Decider
from yibao.basics.digest import canonical_json
from yibao.coverage.contradictions import contradictions
from yibao.coverage.judgement import Judgement
from yibao.model.claim import Claim
from yibao.model.expressions import Constant, Scope
from yibao.model.facts import Kind
from yibao.model.policy import Answer, Policy, Rule, Value

SEEDS = st.integers(0, 2**32)
SHIPPED_FACTS = sorted(
    path
    for path, declared in policy().vocabulary.facts.items()
    if declared.type.kind is not Kind.OBJECT and declared.inherits is None and path not in shipped.AREAS
)


def without(claim: Claim, paths: set[str]) -> Claim:
    """The claim without some of its facts, also where a line has them from it."""
    gone = paths | {path for path, one in policy().vocabulary.facts.items() if one.inherits in paths}
    lines = tuple(evolve(line, facts=_but(line.facts, gone)) for line in claim.lines)
    return evolve(claim, facts=_but(claim.facts, gone), lines=lines)


def _but(facts: Any, gone: set[str]) -> dict[str, Any]:
    return {path: value for path, value in facts.items() if path not in gone}


def stays_determined(decider: Decider, completing: Completing, claim: Claim, order: random.Random) -> None:
    """Give the missing facts one by one, in some order: nothing that was known changes on the way."""
    whole = completing.sampled(claim, order)
    of_line = {line.line_id: line.facts for line in whole.lines}
    missing = sorted(completing.open_facts(claim), key=str)
    order.shuffle(missing)
    before, answers = decider.judge(claim), {}
    for key in missing:
        path, line = key
        answers[key] = whole.facts[path] if line is None else of_line[line][path]
        after = decider.judge(completing.answered(claim, answers))
        for one, other in zip(before, after, strict=True):
            _nothing_changed(one, other)
        before = after
    assert not any(judgement.verdict_open for judgement in before)


def _nothing_changed(before: Judgement, after: Judgement) -> None:
    for kind in ("atoms", "findings", "applies", "stands"):
        known = {key: truth for key, truth in getattr(before, kind).items() if truth is not None}
        assert known.items() <= getattr(after, kind).items(), kind
    assert before.verdict_open or verdict(before) == verdict(after)


@tried(60)
@given(SEEDS, st.sets(st.sampled_from(SHIPPED_FACTS), max_size=8))
def test_adding_a_fact_never_changes_what_was_determined(seed: int, absent: set[str]) -> None:
    claim, order = shipped.claim_of_seed(seed)
    pair = shipped.bench().pairs[0]
    stays_determined(pair.durable, pair.completing, without(claim, absent), order)


@tried(60)
@given(SEEDS, st.sampled_from((0.05, 0.2, 0.4)))
def test_adding_a_fact_never_changes_what_was_determined_under_random_rules(seed: int, unknown: float) -> None:
    world = invented.world_of_seed(seed)
    claim = placed_claim(world.draw, unknown)
    stays_determined(world.pair.durable, world.pair.completing, claim, world.draw.random)


@tried(150)
@given(SEEDS, st.sets(st.sampled_from(SHIPPED_FACTS), max_size=3))
def test_no_claim_pays_an_excluded_line(seed: int, absent: set[str]) -> None:
    claim, _order = shipped.claim_of_seed(seed)
    decision = shipped.bench().pairs[0].durable.decide(without(claim, absent))
    for line in decision["lines"]:
        amounts = line["amounts"]
        parts = [amounts[name] for name in amounts if name != "billed_fen"]
        if line["outcome"] == "excluded":
            assert amounts["full_self_pay_fen"] == amounts["billed_fen"]
            assert sum(part or 0 for part in parts) == (amounts["billed_fen"] or 0)
        if line["outcome"] == "undetermined":
            assert set(amounts.values()) == {None}
        if None not in amounts.values():
            assert sum(parts) == amounts["billed_fen"]
            assert min(parts) >= 0
    outcomes = {line["outcome"] for line in decision["lines"]}
    if decision["outcome"] == "not_covered":
        assert outcomes == {"excluded"}
    if outcomes == {"excluded"} and decision["outcome"] != "not_covered":
        # Nothing is paid; only which plan would say so, or from which purse the person pays, is not known.
        assert decision["outcome"] == "undetermined"
        assert decision["settlement"] is None
        assert decision["missing"]
    if decision["settlement"] is not None and outcomes == {"excluded"}:
        assert decision["settlement"]["amounts"]["fund_total_fen"] == 0


def dropped(law: Policy, gone: Rule) -> Policy:
    """The policy without a rule. What was above it stays above what it was above."""
    rules = tuple(
        evolve(rule, overrides=(*rule.overrides, *gone.overrides)) if gone.id in rule.overrides else rule
        for rule in law.rules
        if rule.key != gone.key
    )
    return evolve(law, rules=rules)


def out_of_force(rule: Rule, claim: Claim) -> bool:
    """Whether the rule's governing date is known of every line, and lies outside its period."""
    days = [claim.facts.get(rule.in_force.by.path, "unknown")]
    if rule.in_force.by.path.startswith("line."):
        days = [line.facts.get(rule.in_force.by.path, "unknown") for line in claim.lines]
    return all(day is None or (day != "unknown" and day not in rule.in_force.period) for day in days)


def told(decision: dict[str, Any]) -> bytes:
    """The document without what names the rules that do not apply: certificates and digests."""
    kept = copy.deepcopy({key: part for key, part in decision.items() if key not in ("decision_id", "proofs")})
    for line in kept["lines"]:
        del line["proof"]
    return canonical_json(kept)


@tried(60)
@given(SEEDS, SEEDS)
def test_a_rule_that_is_not_in_force_changes_nothing(seed: int, which: int) -> None:
    claim, _order = shipped.claim_of_seed(seed)
    idle = [rule for rule in policy().rules if out_of_force(rule, claim)]
    assume(idle)
    rule = idle[which % len(idle)]
    smaller = Decider(dropped(policy(), rule), "durable")
    assert told(smaller.decide(claim)) == told(shipped.bench().pairs[0].durable.decide(claim)), rule.key


@tried(60)
@given(SEEDS)
def test_random_rules_that_are_not_in_force_change_nothing(seed: int) -> None:
    draw = Draw(seed)
    law, day = layered_policy(draw), random_day(draw)
    assume(not any(contradictions(law)))
    claim = placed_claim(draw, 0.1)
    full = Decider(law, "durable", as_of=day)
    published = {rule.key for rule in full.rules(claim) if out_of_force(rule, claim)}
    idle = [rule for rule in law.rules if rule.key in published]
    assume(idle)
    for rule in idle:
        smaller = Decider(dropped(law, rule), "durable", as_of=day)
        assert told(smaller.decide(claim)) == told(full.decide(claim)), rule.key


class ManyShares(Draw):
    """Rules half of which answer how much of a line is paid, so that they often disagree."""

    def answer(self, about: Scope) -> Answer:
        if self.random.random() < 0.5:
            return super().answer(about)
        return Value("share", Constant(self.random.randint(0, 3) * 1000, Kind.BASIS_POINTS))


@tried(100)
@given(SEEDS)
def test_a_checked_policy_never_meets_a_contradiction(seed: int) -> None:
    """What the check lets through decides every claim: no two shares are ever true of one line."""
    draw = ManyShares(seed)
    law = layered_policy(draw)
    assume(not any(contradictions(law)))
    decider = Decider(law, "durable", as_of=random_day(draw))
    for unknown in (0.0, 0.0, 0.0, 0.0, 0.1, 0.3):
        for line in decider.decide(placed_claim(draw, unknown))["lines"]:
            shares = {one["value_bp"] for one in line["answers"] if one["question"] == "share"}
            assert len(shares) < 2 or law.questions["share"].combine.value != "one"
