"""The seed ledger traced: for each statement of the sources, what carries it and which bundled examples show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yibao.model.chart import Chart
from yibao.model.citations import Citation
from yibao.model.credits import Credit
from yibao.model.parameters import Parameter
from yibao.model.policy import DocumentsDue, Policy, Rule
from yibao.model.scenarios import Move, Scenario

_PLAN = "plan "
_PARAMETER = "parameter "


def trace(
    policy: Policy, charts: Mapping[str, Chart], scenarios: Mapping[str, tuple[Scenario, ...]]
) -> list[dict[str, Any]]:
    """Every ledger row with `row`, `statement`, `carried_by`, `tests` and `status` (carried or open), in order.

    What only a plan or a parameter carries must be shown both ways by examples that name it. (That a rule and a credit
    are shown both ways, and a step taken and refused, is for their checks.)
    """
    carriers = [*_rules(policy), *_plans(policy), *_credits(policy), *_steps(charts)]
    shown = [*_examples(policy), *_scenarios(charts, scenarios)]
    rows = []
    for row in policy.ledger:
        carried_by = sorted({name for name, carries in carriers if row.row in carries})
        tests = sorted({name for name, carries in shown if row.row in carries})
        rows.append(
            {
                "row": row.row,
                "statement": row.statement.document(),
                "source": row.source,
                "due": row.carried_by,
                "carried_by": carried_by,
                "tests": tests,
                "status": "carried" if carried_by and tests and _both_ways(row.row, carried_by, policy) else "open",
            }
        )
    return rows


def _rules(policy: Policy) -> Iterator[tuple[str, set[str]]]:
    for rule in policy.rules:
        kind = "documents" if isinstance(rule.answer, DocumentsDue) else "rule"
        yield f"{kind} {rule.id}", _carried(rule)
    closing = policy.closing
    yield f"rule {closing.id}", set(closing.carries) | _cited(closing.cites)


def _plans(policy: Policy) -> Iterator[tuple[str, set[str]]]:
    for plan in policy.plans:
        yield f"{_PLAN}{plan.called}", set(plan.carried)
    for parameter in policy.parameters:
        yield f"{_PARAMETER}{parameter.layer}/{parameter.name}", _carried_by_parameter(parameter)


def _both_ways(row: str, carried_by: list[str], policy: Policy) -> bool:
    """Whether something other than plans carries the row, or examples of plans show it and its nearest opposite."""
    if any(not name.startswith((_PLAN, _PARAMETER)) for name in carried_by):
        return True
    examples = [example for plan in policy.plans for example in plan.examples]
    return any(row in example.shows for example in examples) and any(row in example.shows_not for example in examples)


def _credits(policy: Policy) -> Iterator[tuple[str, set[str]]]:
    for credit in policy.credits:
        yield f"credit {credit.plan.id}", _carried_by_credit(credit)


def _steps(charts: Mapping[str, Chart]) -> Iterator[tuple[str, set[str]]]:
    for chart in charts.values():
        of_steps = {row for step in chart.steps for row in step.carries}
        yield f"chart {chart.name}", set(chart.carries) - of_steps
        for step in chart.steps:
            yield f"step {chart.name}/{step.name}", set(step.carries) | _cited(step.cites)
            for guard in step.guards:
                yield f"guard {chart.name}/{step.name}/{guard.name}", set(step.carries)
            for deadline in step.deadlines:
                yield f"deadline {chart.name}/{step.name}/{deadline.name}", set(step.carries) | _cited(deadline.cites)
            for document in step.documents:
                yield f"document {chart.name}/{step.name}/{document}", set(step.carries)


def _examples(policy: Policy) -> Iterator[tuple[str, set[str]]]:
    carries: dict[str, set[str]] = {policy.closing.id: set(policy.closing.carries) | _cited(policy.closing.cites)}
    for rule in policy.rules:
        carries.setdefault(rule.id, set()).update(_carried(rule))
    for rule_id, examples in policy.examples.items():
        for example in examples:
            yield f"{rule_id}: {example.sentence}", carries.get(rule_id, set())
    for plan in policy.plans:
        for told in plan.examples:
            yield f"{plan.called}: {told.sentence}", {*told.shows, *told.shows_not}
    for credit in policy.credits:
        for shown in credit.examples:
            yield f"{credit.plan.id}: {shown.sentence}", _carried_by_credit(credit)


def _scenarios(
    charts: Mapping[str, Chart], scenarios: Mapping[str, tuple[Scenario, ...]]
) -> Iterator[tuple[str, set[str]]]:
    """A scenario shows what its chart carries, and what the steps carry that it takes or is refused."""
    for name, told in scenarios.items():
        chart = charts[name]
        for scenario in told:
            events = [move.event for move in scenario.moves if isinstance(move, Move)]
            steps = [step for event in events if (step := chart.step_of(event)) is not None]
            of_steps = {row for step in chart.steps for row in step.carries}
            shown = {row for step in steps for row in step.carries}
            yield f"{name}: {scenario.sentence}", shown | set(chart.carries) - of_steps


def _carried(rule: Rule) -> set[str]:
    return set(rule.carries) | _cited(rule.cites)


def _carried_by_parameter(parameter: Parameter) -> set[str]:
    return set(parameter.carries).union(*(_cited(version.cites) for version in parameter.versions))


def _carried_by_credit(credit: Credit) -> set[str]:
    return set(credit.plan.carries) | _cited(credit.plan.cites)


def _cited(cites: tuple[Citation, ...]) -> set[str]:
    return {row for citation in cites for row in citation.carries}
