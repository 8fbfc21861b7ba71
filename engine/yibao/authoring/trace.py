"""The seed ledger traced: for each statement of the sources, what carries it and which bundled examples show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yibao.model.chart import Chart, Scenario
from yibao.model.policy import Citation, DocumentsDue, Policy, Rule


def trace(
    policy: Policy, charts: Mapping[str, Chart], scenarios: Mapping[str, tuple[Scenario, ...]]
) -> list[dict[str, Any]]:
    """Every ledger row with `row`, `statement`, `carried_by`, `tests` and `status` (carried or open), in order."""
    carriers = [*_rules(policy), *_steps(charts)]
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
                "status": "carried" if carried_by and tests else "open",
            }
        )
    return rows


def _rules(policy: Policy) -> Iterator[tuple[str, set[str]]]:
    for rule in policy.rules:
        kind = "documents" if isinstance(rule.answer, DocumentsDue) else "rule"
        yield f"{kind} {rule.id}", _carried(rule)
    closing = policy.closing
    yield f"rule {closing.id}", set(closing.carries) | _cited(closing.cites)


def _steps(charts: Mapping[str, Chart]) -> Iterator[tuple[str, set[str]]]:
    for chart in charts.values():
        of_steps = {row for step in chart.steps for row in step.carries}
        yield f"chart {chart.name}", set(chart.carries) - of_steps
        for step in chart.steps:
            yield f"step {chart.name}/{step.name}", set(step.carries) | _cited(step.cites)
            for guard in step.guards:
                yield f"guard {chart.name}/{step.name}/{guard.name}", set(step.carries)
            for document in step.documents:
                yield f"document {chart.name}/{step.name}/{document}", set(step.carries)


def _examples(policy: Policy) -> Iterator[tuple[str, set[str]]]:
    carries: dict[str, set[str]] = {policy.closing.id: set(policy.closing.carries) | _cited(policy.closing.cites)}
    for rule in policy.rules:
        carries.setdefault(rule.id, set()).update(_carried(rule))
    for rule_id, examples in policy.examples.items():
        for example in examples:
            yield f"{rule_id}: {example.sentence}", carries.get(rule_id, set())


def _scenarios(
    charts: Mapping[str, Chart], scenarios: Mapping[str, tuple[Scenario, ...]]
) -> Iterator[tuple[str, set[str]]]:
    """A scenario shows what its chart carries, and what the steps carry that it takes or is refused."""
    for name, told in scenarios.items():
        chart = charts[name]
        for scenario in told:
            steps = [step for move in scenario.moves if (step := chart.step_of(move.event)) is not None]
            of_steps = {row for step in chart.steps for row in step.carries}
            shown = {row for step in steps for row in step.carries}
            yield f"{name}: {scenario.sentence}", shown | set(chart.carries) - of_steps


def _carried(rule: Rule) -> set[str]:
    return set(rule.carries) | _cited(rule.cites)


def _cited(cites: tuple[Citation, ...]) -> set[str]:
    return {row for citation in cites for row in citation.carries}
