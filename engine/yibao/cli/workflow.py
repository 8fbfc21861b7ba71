"""`yibao workflow`: the author's loop for charts: check them, run their stories, draw them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from yibao.basics.problems import Place, ProblemsFound, did_you_mean, problem_of
from yibao.cli.options import add_common
from yibao.cli.output import DONE, FOUND, print_document

if TYPE_CHECKING:
    from yibao.cli.in_force import InForce
    from yibao.model.chart import Chart, Scenario

DOCUMENTS_TABLE = "document"
DRAWN_IN = "zh"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `workflow` and its actions."""
    from yibao.cli.in_force import add_workflows

    parser = commands.add_parser("workflow", help="check, test and draw the charts of procedures")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, says, handler in (
        ("check", "what is wrong with the charts, and what their stories do not show", check),
        ("test", "run the stories beside the charts", test),
        ("draw", "a chart as Mermaid or SVG", draw),
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
    from yibao.cli.in_force import in_force

    now_in_force = in_force(arguments)
    charts = _chosen(now_in_force, arguments.chart)
    problems = check_workflows(charts, _scenarios(now_in_force))
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
    from yibao.cli.in_force import in_force

    now_in_force = in_force(arguments)
    charts = _chosen(now_in_force, arguments.chart)
    scenarios = _scenarios(now_in_force)
    told = [scenario for name in sorted(charts) for scenario in scenarios.get(name, ())]
    results = run_scenarios(told, now_in_force.law(), now_in_force.read_data)
    failed = [result for result in results if result.problems]
    if arguments.json:
        stories = [
            {
                "chart": result.scenario.chart,
                "it": result.scenario.sentence,
                "passed": not result.problems,
                "problems": [problem.document() for problem in result.problems],
            }
            for result in results
        ]
        print_document({"passed": len(results) - len(failed), "failed": len(failed), "scenarios": stories})
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
    from yibao.cli.in_force import in_force

    now_in_force = in_force(arguments)
    charts = _chosen(now_in_force, arguments.chart)
    documents = now_in_force.policy.vocabulary.tables[DOCUMENTS_TABLE]
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


def _chosen(now_in_force: InForce, name: str | None) -> Mapping[str, Chart]:
    charts = now_in_force.charts
    if name is None:
        return charts
    if name not in charts:
        hint = did_you_mean(name, charts)
        message = f"no chart is called `{name}`; there are {', '.join(sorted(charts))}"
        raise ProblemsFound([problem_of("unknown-chart", message, Place(path="CHART"), hint)])
    return {name: charts[name]}


def _scenarios(now_in_force: InForce) -> Mapping[str, tuple[Scenario, ...]]:
    from yibao.readers.scenarios_from_yaml import scenarios_from_folder

    return scenarios_from_folder(now_in_force.files, now_in_force.charts)
