"""What must hold between the rules of a bundle, whatever the facts: overrides, findings, and examples.

Contradictions, which depend on facts, are looked for by `yibao.coverage.contradictions`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from yibao.basics.problems import Place, did_you_mean
from yibao.model.expressions import And, Condition, Not, Or
from yibao.model.policy import Conclude, Exclude, Lift, Policy, Rule
from yibao.model.walks import atoms_in, findings_in
from yibao.readers.documents.forms import Problems

# The rule engine loses a fact that passes more than 64 tests at once.
MOST_ALTERNATIVES = 60
# A fact of the engine has at most 254 properties, and each test may need two.
MOST_CONDITIONS = 110
_A_LOT = 10**9


def check_structure(policy: Policy, problems: Problems, broken: frozenset[str] = frozenset()) -> None:
    """Note every override of nothing, every circle, every lift that lifts nothing, every unusable example.

    `broken` names the files that were left out: that a rule points to one of them is not held against it.
    """
    by_id: dict[str, list[Rule]] = {}
    for rule in policy.rules:
        by_id.setdefault(rule.id, []).append(rule)
    _check_overrides(by_id, problems, broken)
    _check_circles(by_id, problems)
    _check_findings(policy, problems)
    _check_alternatives(policy, problems)
    _check_examples(policy, problems)


def _check_overrides(by_id: Mapping[str, list[Rule]], problems: Problems, broken: frozenset[str]) -> None:
    answered = {rule_id: {rule.question for rule in rules} for rule_id, rules in by_id.items()}
    for rule_id, rules in by_id.items():
        first = rules[0]
        place = first.overrides_place or first.place
        known = [name for name in first.overrides if name not in broken]
        for name in known:
            if name not in by_id:
                problems.add("override-of-nothing", f"no rule is called `{name}`", place, did_you_mean(name, by_id))
            elif not answered[name] & answered[rule_id]:
                message = f"`{rule_id}` and `{name}` answer no question in common, so one can't override the other"
                problems.add("override-of-nothing", message, place)
        for rule in rules:
            whole = len(known) == len(first.overrides)
            if whole and isinstance(rule.answer, Lift) and not any(_excludes_below(rule, by_id)):
                message = f"`{rule.id}` lifts, but overrides no rule that excludes"
                problems.add("lifts-nothing", message, rule.place)


def _excludes_below(rule: Rule, by_id: Mapping[str, list[Rule]]) -> Iterator[Rule]:
    """The exclusions that a rule overrides, itself or through others."""
    reached, waiting = {rule.key}, [rule]
    while waiting:
        named = [other for name in waiting.pop().overrides for other in by_id.get(name, ())]
        for other in named:
            if other.key not in reached and other.question == rule.question:
                reached.add(other.key)
                waiting.append(other)
                if isinstance(other.answer, Exclude):
                    yield other


def _check_circles(by_id: Mapping[str, list[Rule]], problems: Problems) -> None:
    """An override names a rule in all its versions, so one answer to one question stands for them all."""
    by_question: dict[str, dict[str, Rule]] = {}
    for rule_id, rules in by_id.items():
        for rule in rules:
            by_question.setdefault(rule.question, {}).setdefault(rule_id, rule)
    for _question, answering in sorted(by_question.items()):
        graph = {rule_id: [name for name in rule.overrides if name in answering] for rule_id, rule in answering.items()}
        for circle in circles(graph):
            first = answering[circle[0]]
            message = "overrides go in a circle: " + " → ".join(circle)
            problems.add("override-circle", message, first.overrides_place or first.place)


def _check_findings(policy: Policy, problems: Problems) -> None:
    graph: dict[str, set[str]] = {}
    places: dict[str, Place] = {}
    for rule in policy.rules:
        if not isinstance(rule.answer, Conclude):
            continue
        own = rule.answer.finding
        places.setdefault(own, rule.place)
        read = {finding.name for finding in findings_in(rule.when)}
        graph.setdefault(own, set()).update(read)
    for circle in circles({name: sorted(read) for name, read in graph.items()}):
        problems.add("finding-circle", "findings go in a circle: " + " → ".join(circle), places[circle[0]])


def _check_alternatives(policy: Policy, problems: Problems) -> None:
    for rule in policy.rules:
        conditions = len(set(atoms_in(rule.when))) + len({finding.name for finding in findings_in(rule.when)})
        if conditions > MOST_CONDITIONS:
            message = f"`{rule.id}` tests {conditions} things, at most {MOST_CONDITIONS} are judged at once"
            problems.add("too-many-conditions", message, rule.place, "conclude a finding for a part of the condition")
        ways = alternatives(rule.when, True)
        if ways > MOST_ALTERNATIVES:
            message = f"`{rule.id}` can hold in {ways} ways, at most {MOST_ALTERNATIVES} are judged"
            problems.add("too-many-alternatives", message, rule.place, "conclude a finding for a part of the condition")


def alternatives(condition: Condition, holds: bool) -> int:
    """In how many ways the condition can be true (or false): the size of its widest form without brackets, or 10^9
    where it is more than that."""
    match condition:
        case And(conditions) | Or(conditions):
            ways = [alternatives(inner, holds) for inner in conditions]
            return min(_A_LOT, math.prod(ways) if isinstance(condition, And) is holds else sum(ways))
        case Not(inner):
            return alternatives(inner, not holds)
        case _:
            return 1


def _check_examples(policy: Policy, problems: Problems) -> None:
    for name, base, place in _begun(policy):
        if base not in policy.claims:
            message = f"`{name}`: no claim of the bundle is called `{base}`"
            problems.add("unknown-claim", message, place, did_you_mean(base, policy.claims))


def _begun(policy: Policy) -> Iterator[tuple[str, str, Place]]:
    """The claim that each example begins with, after what the example stands beside."""
    for rule_id, examples in policy.examples.items():
        yield from ((rule_id, example.base, example.place) for example in examples)
    for plan in policy.plans:
        yield from ((plan.called, example.base, example.place) for example in plan.examples)
    for credit in policy.credits:
        yield from ((credit.plan.id, example.base, example.place) for example in credit.examples)


def circles(graph: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Each circle of the graph once, as the path that closes; found without recursion, in order of names."""
    done: set[str] = set()
    for start in sorted(graph):
        if start in done:
            continue
        # The path so far, in order; a dict, so that looking for a step does not walk along it.
        path: dict[str, None] = {start: None}
        stack: list[tuple[str, Iterator[str]]] = [(start, iter(sorted(graph[start])))]
        while stack:
            node, following = stack[-1]
            step = next(following, None)
            if step is None:
                done.add(node)
                path.popitem()
                stack.pop()
            elif step in path:
                passed = list(path)
                yield [*passed[passed.index(step) :], step]
            elif step not in done and step in graph:
                path[step] = None
                stack.append((step, iter(sorted(graph[step]))))
