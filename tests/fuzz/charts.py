"""Charts, and the scenarios beside them; a chart that is read can be run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.fuzz import world
from yibao.procedure.machine import take
from yibao.readers.charts.charts_from_yaml import SCENARIOS_SUFFIX, charts_from_folder
from yibao.readers.charts.scenarios_from_yaml import scenarios_from_folder
from yibao.readers.documents.locate import bundled_folder, files_of_folder

NAME = "charts"
LONGEST = 12_000
CHART, SCENARIOS = b"C", b"S"
_NAME = re.compile(rb"^(?:chart|scenarios_of): +([a-z0-9-]+)$", re.MULTILINE)
WORDS = (
    *("chart: ", "states:", "steps:", "initial: ", "final: true", "waits_for: ", "event: ", "guards: {", "bars: {"),
    *(
        "documents: [hospital_invoice]",
        "decides: true",
        "when: ",
        "from: ",
        "to: ",
        "acts: ",
        "delay: 5s",
        "{zh: 甲, en: A}",
    ),
    *("scenarios_of: ", "scenarios:", "moves: [", "set: {", "without: [", "refused: {reason: ", "data:", "opening:"),
    *("out-of-province-inpatient", "filing.referral.seals.hospital", "lines", "title: ", "actors: "),
)


def seeds() -> Iterator[bytes]:
    """The shipped charts and their scenarios."""
    for path, content in files_of_folder(bundled_folder("workflows")).items():
        yield (SCENARIOS if path.endswith(SCENARIOS_SUFFIX) else CHART) + content


def parse(data: bytes) -> None:
    """The first byte says what the rest is: a chart, or scenarios of a shipped one; the file is called as it says."""
    content = data[1:]
    named = _NAME.search(content)
    name = "out-of-province-inpatient" if named is None else named[1].decode()
    if data[:1] == SCENARIOS:
        scenarios_from_folder({f"{name}{SCENARIOS_SUFFIX}": content}, world.charts())
        return
    for chart in charts_from_folder({f"{name}.yaml": content}, world.names(), world.units()).values():
        for step in chart.steps:
            for source in step.sources:
                assert take(chart, source, step.event, dict.fromkeys(step.requirements, True)) == step.target
