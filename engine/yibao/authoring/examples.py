"""The examples beside rules, plans and credits, run: a claim of the bundle with differences, and what it must give."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from yibao.authoring.plan_examples import plan_differences
from yibao.basics.problems import ProblemsFound
from yibao.decision.decider import Decider
from yibao.model.claim import Claim
from yibao.model.credits import Credit, CreditExample
from yibao.model.plan import Plan, PlanExample
from yibao.model.policy import Example, Policy
from yibao.readers.claims.claims_from_json import claim_from_document
from yibao.readers.claims.lookups import with_lookups
from yibao.settlement.crediting import Credited, Crediting
from yibao.settlement.result import Unsettled

LINE = "line."
_FIRES = {"yes": True, "no": False, "unknown": None}


@frozen(kw_only=True)
class Result:
    """One example run. `differences` is empty when it shows what it says; else each expectation that was not met.

    `rule` is what the example stands beside: a rule, `LAYER/NAME` of a plan, or a credit.
    """

    rule: str
    example: Example | PlanExample | CreditExample
    differences: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.rule}: {self.example.sentence}"


def run_examples(policy: Policy, engine: str | None) -> Iterator[Result]:
    """Run every example of the policy with one engine, those of rules, then of plans, then of credits."""
    decider = Decider(policy, engine)
    for rule_id in sorted(policy.examples):
        for example in policy.examples[rule_id]:
            yield Result(rule=rule_id, example=example, differences=tuple(_differences(decider, rule_id, example)))
    for plan in policy.plans:
        for told in plan.examples:
            yield Result(rule=plan.called, example=told, differences=tuple(_plan_differences(decider, plan, told)))
    crediting = Crediting(policy, None)
    for credit in policy.credits:
        for shown in credit.examples:
            differences = tuple(_credit_differences(policy, crediting, credit, shown))
            yield Result(rule=credit.plan.id, example=shown, differences=differences)


def claim_of(policy: Policy, example: Example | PlanExample | CreditExample) -> Claim:
    """The claim that an example describes. Raises ProblemsFound when its facts are not those of a claim."""
    document = copy.deepcopy(dict(policy.claims[example.base]))
    for path in example.unknown:
        for holder, key in _holders(document, path):
            holder.pop(key, None)
    for path, value in example.given.items():
        for holder, key in _holders(document, path):
            holder[key] = value
    name = f"{example.place.path}:{example.place.line}"
    return with_lookups(claim_from_document(document, policy.vocabulary, name), policy, name)


def _holders(document: dict[str, Any], path: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The objects that hold a fact, each with the fact's key; an object that was null is given room."""
    roots = document["lines"] if path.startswith(LINE) else [document]
    *objects, key = path.removeprefix(LINE).split(".")
    for root in roots:
        holder = root
        for name in objects:
            if not isinstance(holder.get(name), dict):
                holder[name] = {}
            holder = holder[name]
        yield holder, key


def _differences(decider: Decider, rule_id: str, example: Example) -> Iterator[str]:
    try:
        claim = claim_of(decider.policy, example)
    except ProblemsFound as error:
        yield from (str(problem) for problem in error.problems)
        return
    decision = decider.decide(claim)
    if example.fires is not None:
        yield from _expect("fires", _FIRES[example.fires], _fires(decider, rule_id, claim, decision))
    if example.outcome is not None and not _comes_out(example.outcome, decision):
        outcomes = [line["outcome"] for line in decision["lines"]]
        yield f"outcome: expected {example.outcome}, found {decision['outcome']} (lines: {', '.join(outcomes)})"
    if example.missing is not None:
        yield from _expect("missing", sorted(example.missing), [one["fact"] for one in decision["missing"]])
    if example.reason is not None:
        given = {
            reason["rule"] for line in decision["lines"] for reason in line["reasons"] if not reason["silenced_by"]
        }
        if example.reason not in given:
            yield f"reason: expected {example.reason}, found {', '.join(sorted(given)) or 'none'}"
    if example.documents is not None:
        yield from _expect(
            "documents", sorted(example.documents), [due["document"] for due in decision["documents_due"]]
        )
    for name, amount in example.amounts.items():
        yield from _expect(name, amount, decision["amounts"][name])


def _plan_differences(decider: Decider, plan: Plan, example: PlanExample) -> Iterator[str]:
    try:
        yield from plan_differences(decider, plan, example, claim_of(decider.policy, example))
    except ProblemsFound as error:
        yield from (str(problem) for problem in error.problems)


def _credit_differences(policy: Policy, crediting: Crediting, credit: Credit, example: CreditExample) -> Iterator[str]:
    try:
        found = crediting.credit(claim_of(policy, example), example.month)
    except ProblemsFound as error:
        yield from (str(problem) for problem in error.problems)
        return
    if isinstance(found, Unsettled):
        yield from _expect("missing", sorted(example.missing), sorted({one.fact for one in found.absent}))
        return
    spoke = isinstance(found, Credited) and found.program.plan == credit.plan
    yield from _expect("applies", example.applies, spoke)
    if example.applies and found is not None:
        yield from _expect("credits_fen", example.credits_fen, found.amount_fen)


def _expect(what: str, expected: object, found: object) -> Iterator[str]:
    if expected != found:
        yield f"{what}: expected {expected}, found {found}"


def _fires(decider: Decider, rule_id: str, claim: Claim, decision: Mapping[str, Any]) -> bool | None:
    """Whether the rule applies to some line; the closing rule, whether it is some line's reason."""
    if rule_id == decider.policy.closing.id:
        return any(reason["rule"] == rule_id for line in decision["lines"] for reason in line["reasons"])
    truths = [
        judgement.applies[rule.key]
        for judgement in decider.judge(claim)
        for rule in decider.rules(claim)
        if rule.id == rule_id
    ]
    return True if True in truths else None if None in truths else False


def _comes_out(expected: str, decision: Mapping[str, Any]) -> bool:
    """Whether all lines come out so; `not excluded` asks that no line be excluded."""
    outcomes = {line["outcome"] for line in decision["lines"]}
    return "excluded" not in outcomes if expected == "not excluded" else outcomes == {expected}
