"""`yibao workflow`: the author's loop for charts: check them, run their scenarios, draw them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from yibao.basics.problems import Place, ProblemsFound, problem_of, unknown_name
from yibao.cli.options import add_common, add_workflows
from yibao.cli.output import DONE, FOUND, print_document

if TYPE_CHECKING:
    from yibao.api import InForce
    from yibao.model.chart import Chart

DRAWN_IN = "zh"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `workflow` and its actions."""
    parser = commands.add_parser("workflow", help="check, test and draw the charts of procedures")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, says, handler in (
        ("check", "what is wrong with the charts, and what their scenarios do not show", check),
        ("test", "run the scenarios beside the charts", test),
        ("draw", f"a chart as Mermaid or SVG, in the language of --lang (default here: {DRAWN_IN})", draw),
    ):
        action = actions.add_parser(name, help=says, description=says)
        add_common(action)
        add_workflows(action)
        action.add_argument("chart", metavar="CHART", nargs="?", help="the name of a chart (all of them)")
        if name == "draw":
            action.add_argument("--format", choices=("mermaid", "svg"), default="mermaid", help="what to draw")
        action.set_defaults(run=handler)


def check(arguments: argparse.Namespace) -> int:
    """`yibao workflow check [CHART]`."""
    from yibao.authoring.workflow_check import check_workflows

    in_force = _in_force(arguments)
    charts = _chosen(in_force, arguments.chart)
    problems = check_workflows(charts, in_force.scenarios())
    if arguments.json:
        print_document({"charts": sorted(charts), "problems": [problem.document() for problem in problems]})
    else:
        for problem in problems:
            print(problem)
        for name, chart in charts.items():
            print(f"{name}: {len(chart.states)} states, {len(chart.steps)} steps, {chart.digest}")
    return FOUND if problems else DONE


def test(arguments: argparse.Namespace) -> int:
    """`yibao workflow test [CHART]`."""
    from yibao.authoring.workflow_scenarios import run_scenarios

    in_force = _in_force(arguments)
    charts = _chosen(in_force, arguments.chart)
    results = run_scenarios(in_force.scenarios(), sorted(charts), in_force.law(), in_force.data)
    failed = [result for result in results if result.problems]
    if arguments.json:
        rows = [
            {
                "chart": result.scenario.chart,
                "it": result.scenario.sentence,
                "passed": not result.problems,
                "problems": [problem.document() for problem in result.problems],
            }
            for result in results
        ]
        print_document({"passed": len(results) - len(failed), "failed": len(failed), "scenarios": rows})
    else:
        for result in failed:
            print(f"✗ {result.scenario.chart}: {result.scenario.sentence}")
            for problem in result.problems:
                print(f"    {problem}")
        print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return FOUND if failed else DONE


def draw(arguments: argparse.Namespace) -> int:
    """`yibao workflow draw [CHART]`."""
    from yibao.authoring.draw import mermaid, svg
    from yibao.cli.speaker import DOCUMENTS_TABLE

    in_force = _in_force(arguments)
    charts = _chosen(in_force, arguments.chart)
    documents = in_force.policy.vocabulary.tables[DOCUMENTS_TABLE]
    language = arguments.lang or DRAWN_IN
    drawn = {
        name: svg(chart, documents, language) if arguments.format == "svg" else mermaid(chart, language)
        for name, chart in charts.items()
    }
    if arguments.json:
        print_document({"format": arguments.format, "charts": drawn})
        return DONE
    if arguments.format == "svg" and len(drawn) > 1:
        message = f"an SVG shows one chart; name one of {', '.join(sorted(drawn))}"
        raise ProblemsFound([problem_of("chart-not-named", message, Place(path="CHART"))])
    print("\n".join(drawn.values()), end="")
    return DONE


def _in_force(arguments: argparse.Namespace) -> InForce:
    from yibao import api

    return api.in_force(arguments.policy, arguments.workflows)


def _chosen(in_force: InForce, name: str | None) -> Mapping[str, Chart]:
    if name is None:
        return in_force.charts
    if name not in in_force.charts:
        raise ProblemsFound([unknown_name("chart", name, in_force.charts, Place(path="CHART"))])
    return {name: in_force.charts[name]}
