"""`yibao schema`: what a claim document, and the data of an event, may say."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from yibao.basics.problems import Place, ProblemsFound, unknown_name
from yibao.cli.options import add_common, add_workflows
from yibao.cli.output import DONE, print_document

if TYPE_CHECKING:
    from yibao.api import InForce
    from yibao.model.chart import Chart, Operation

EXAMPLE = "inpatient-appendicitis"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("schema", help="print the JSON Schema of a claim, or of an event's data")
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    claim = kinds.add_parser("claim", help="the claim document")
    says = f"print a complete claim of the policy instead ({EXAMPLE}, which decides as covered)"
    claim.add_argument("--example", nargs="?", const=EXAMPLE, metavar="NAME", help=says)
    add_common(claim)
    claim.set_defaults(run=_claim)
    event = kinds.add_parser("event", help="the data that an event may carry")
    event.add_argument("chart", metavar="CHART")
    event.add_argument("event", metavar="EVENT")
    add_common(event)
    add_workflows(event)
    event.set_defaults(run=_event)


def _claim(arguments: argparse.Namespace) -> int:
    from yibao import api
    from yibao.readers.claims.claim_schema import claim_schema

    policy = api.load_policy(arguments.policy)
    if arguments.example is not None:
        print_document(api.example_claim(policy, arguments.example))
    else:
        print_document(claim_schema(policy.vocabulary, partial=False))
    return DONE


def _event(arguments: argparse.Namespace) -> int:
    from yibao import api
    from yibao.readers.claims.claim_schema import claim_schema

    in_force = api.in_force(arguments.policy, arguments.workflows)
    chart = in_force.charts.get(arguments.chart)
    if chart is None:
        raise ProblemsFound([unknown_name("chart", arguments.chart, in_force.charts, Place(path="CHART"))])
    operation, step = chart.operations.get(arguments.event), chart.step_of(arguments.event)
    if operation is not None:
        print_document(_operation_schema(chart, operation, in_force))
        return DONE
    if step is None:
        events = [*(step.event for step in chart.steps), *chart.operations]
        raise ProblemsFound([unknown_name("event", arguments.event, events, Place(path="EVENT"))])
    schema: dict[str, Any] = dict(claim_schema(in_force.policy.vocabulary, partial=True))
    schema["title"] = f"{chart.name}: {step.event}"
    schema["description"] = f"{step.title.zh} · {step.title.en}: a partial claim document, merged into the case's facts"
    schema["x-facts"] = list(step.facts)
    schema["x-documents"] = list(step.documents)
    schema["x-guards"] = {guard.name: guard.title.document() for guard in step.guards}
    schema["x-deadlines"] = {each.name: each.title.document() for each in step.deadlines}
    print_document(schema)
    return DONE


def _operation_schema(chart: Chart, operation: Operation, in_force: InForce) -> dict[str, Any]:
    """What an operation is told: what it changes, and the facts that it brings where it may bring any."""
    from yibao.model.chart import OperationKind
    from yibao.readers.charts.event_data import CHANGE, change_schema
    from yibao.readers.claims.claim_schema import claim_schema

    schema: dict[str, Any] = dict(claim_schema(in_force.policy.vocabulary, partial=True))
    brings = operation.kind in (OperationKind.CORRECT, OperationKind.REDECIDE)
    facts = dict(schema["properties"]) if brings else {}
    schema["title"] = f"{chart.name}: {operation.kind.value}"
    schema["description"] = f"{operation.title.zh} · {operation.title.en}"
    schema["properties"] = {CHANGE: change_schema(), **facts}
    schema["required"] = [CHANGE]
    return schema
