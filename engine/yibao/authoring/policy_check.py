"""What `yibao policy check` looks for beyond what a policy needs to be loaded: contradictions, things not shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from yibao.basics.problems import Place, Problem, problem_of
from yibao.coverage.contradictions import contradictions
from yibao.model.plan import Applies
from yibao.model.policy import Policy, Rule, Side
from yibao.readers.policy.bundles import examine_policy


def check_folder(folder: Path | None) -> tuple[Policy | None, list[Problem]]:
    """Every problem of a folder in one run, and its policy where there is none."""
    policy, problems = examine_policy(folder)
    if policy is None:
        return None, problems
    in_circles = any(problem.code.endswith("-circle") for problem in problems)
    found = [*problems, *(() if in_circles else _contradicting(policy)), *_not_shown(policy)]
    return (None if found else policy), found


def check_policy(policy: Policy) -> list[Problem]:
    """Every problem of a policy that could be loaded."""
    return [*_contradicting(policy), *_not_shown(policy)]


def _contradicting(policy: Policy) -> Iterator[Problem]:
    for found in contradictions(policy):
        pair = f"`{found.one.id}` and `{found.other.id}`"
        # The outer layer's rule came later, and its author is the one who can order the two.
        outer = max((found.one, found.other), key=lambda rule: (len(policy.chain(_area(rule))), rule.key))
        if found.witness is None:
            message = f"{pair} may answer the same question differently in more cases than can be looked at"
        else:
            message = f"{pair} answer the same question differently where " + " and ".join(found.witness)
        yield problem_of("contradiction", message, outer.place, "let one of them override the other")


def _area(rule: Rule) -> str | None:
    return None if rule.side is Side.NATIONAL else rule.layer


def _not_shown(policy: Policy) -> Iterator[Problem]:
    """Each rule and each plan shows a case that it covers and the nearest that it does not."""
    places: dict[str, Place] = {rule.id: rule.place for rule in policy.rules}
    places[policy.closing.id] = policy.closing.place
    for rule_id in sorted(places):
        shown = {example.fires for example in policy.examples.get(rule_id, ())}
        for wanted, words in (("yes", "fires"), ("no", "does not fire")):
            if wanted not in shown:
                message = f"`{rule_id}` has no example where it {words}"
                hint = f"add one under `examples:` with `fires: {wanted}`"
                yield problem_of("missing-example", message, places[rule_id], hint)
    for plan in policy.plans:
        told = {example.applies for example in plan.examples}
        for due, words in ((Applies.YES, "applies"), (Applies.NO, "does not apply")):
            if due not in told:
                message = f"the plan `{plan.called}` has no example where it {words}"
                hint = f"add one under `examples:` with `applies: {due.value}`"
                yield problem_of("missing-example", message, plan.place, hint)
    for credit in policy.credits:
        speaking = {example.applies for example in credit.examples}
        for speaks, words in ((True, "speaks"), (False, "does not speak")):
            if speaks not in speaking:
                message = f"the credit `{credit.plan.called}` has no example where it {words}"
                hint = "add one under `examples:` with `applies: no`, or with what it comes to"
                yield problem_of("missing-example", message, credit.plan.place, hint)
