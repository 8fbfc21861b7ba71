"""Charts: one file a procedure, checked as a whole, so that a chart that was read can be run and can come to its end.

Decides nothing. The scenarios beside a chart are read by `yibao.readers.charts.scenarios_from_yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from yibao.basics.digest import digest_of
from yibao.basics.problems import ProblemsFound
from yibao.language.parsing import Names
from yibao.model.chart import Chart
from yibao.model.citations import Citation
from yibao.model.parameters import Unit
from yibao.readers.charts.chart_checks import check_chart, check_charts_together
from yibao.readers.charts.chart_words import ChartWords
from yibao.readers.charts.operations_from_yaml import operations_from
from yibao.readers.charts.steps_from_yaml import StepReader
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.yaml_nodes import Node, read_yaml
from yibao.readers.policy.cites_from_yaml import carries_of, cites_of, rests_on_unconfirmed

PROCEDURES = "procedure"
SCENARIOS_SUFFIX = ".scenarios.yaml"


def charts_from_folder(files: Mapping[str, bytes], names: Names, units: Mapping[str, Unit]) -> Mapping[str, Chart]:
    """The charts of a folder by name; `files` are its contents by path. Scenario files are passed over.

    `units` are those of the policy's parameters by name, which deadlines look up. Raises ProblemsFound with the
    problems of all files.
    """
    problems = Problems()
    charts: dict[str, Chart] = {}
    for path in sorted(path for path in files if not path.endswith(SCENARIOS_SUFFIX)):
        try:
            node = read_yaml(files[path], path)
        except ProblemsFound as error:
            problems.take(error)
            continue
        chart = chart_from_yaml(node, path, digest_of(files[path]), names, units, problems)
        if chart is not None:
            if chart.name in charts:
                problems.add("duplicate-name", f"a chart `{chart.name}` stands elsewhere already", chart.place)
            charts[chart.name] = chart
    check_charts_together(charts, problems)
    if problems.found:
        raise ProblemsFound(problems.found)
    return charts


def chart_from_file(content: bytes, names: Names, units: Mapping[str, Unit]) -> Chart:
    """One chart by itself, as a journal keeps it, of this release or an earlier one. The charts whose cases it waits
    for are not asked for.

    Raises ProblemsFound.
    """
    problems = Problems()
    node = read_yaml(content, PROCEDURES)
    called = Form(node, Problems(), "a chart").identifier("chart", True)
    chart = chart_from_yaml(node, f"{called}.yaml", digest_of(content), names, units, problems, of_any_release=True)
    if chart is None or problems.found:
        raise ProblemsFound(problems.found)
    return chart


def chart_from_yaml(
    node: Node,
    path: str,
    content_digest: str,
    names: Names,
    units: Mapping[str, Unit],
    problems: Problems,
    of_any_release: bool = False,
) -> Chart | None:
    """The chart that a document declares, or None after its problems are noted in `problems`.

    One of an earlier release may lack what charts did not have then.
    """
    before = len(problems.found)
    form = Form(node, problems, "a chart")
    name, title, summary = form.identifier("chart", True), form.title("title", True), form.title("summary", True)
    carries = carries_of(form)
    cites = cites_of(form, carries)
    illustrative, unnamed_invoice = form.flag("illustrative"), form.flag("unnamed_invoice")
    _check_grade(form, cites, illustrative)
    words = ChartWords(form, names, problems)
    reader = StepReader(form, words, units, cites)
    steps = reader.steps()
    # A step that could not be read may be the one that decides.
    decides = any(step.decides for step in steps) if reader.complete else None
    operations = operations_from(form, words, tuple(step.name for step in steps), decides, cites, not of_any_release)
    initial = words.state_named(form, "initial")
    form.finish()
    _check_name(form, path, name, names)
    if name is None or title is None or summary is None or initial is None:
        return None
    chart = Chart(
        name=name,
        title=title,
        summary=summary,
        actors=words.actors,
        initial=initial,
        states=words.states,
        steps=steps,
        operations=operations,
        carries=carries,
        cites=cites,
        illustrative=illustrative,
        unnamed_invoice=unnamed_invoice,
        digest=content_digest,
        place=form.place,
    )
    if len(problems.found) == before:
        check_chart(chart, problems)
    return chart if len(problems.found) == before else None


def _check_grade(form: Form, cites: tuple[Citation, ...], illustrative: bool) -> None:
    if cites and rests_on_unconfirmed(cites) and not illustrative:
        hint = "cite a better source, or write `illustrative: true`"
        message = "no citation is better than grade D or G, so this can't pass for law"
        form.problems.add("unconfirmed-source", message, form.place_of("cites"), hint)


def _check_name(form: Form, path: str, name: str | None, names: Names) -> None:
    """A chart stands in a file of its name, which is a code of the table of procedures, since claims name it."""
    if name is not None and Path(path).name != f"{name}.yaml":
        message = f"the chart `{name}` stands in `{Path(path).name}`"
        form.problems.add("file-name", message, form.place_of("chart"), f"call it `{name}.yaml`")
    table = names.vocabulary.tables.get(PROCEDURES)
    if name is not None and table is not None and name not in table.codes:
        hint = f"add it to the policy in a file that opens with `adds_to: {PROCEDURES}`"
        message = f"`{name}` is no code of the table `{PROCEDURES}`, so no claim could name it"
        form.problems.add("unknown-procedure", message, form.place_of("chart"), hint)
