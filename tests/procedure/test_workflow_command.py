"""`yibao workflow` as it is typed: checking, testing and drawing charts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.procedure.world import INPATIENT, OUTPATIENT, WORKFLOWS
from yibao.cli import main

SHIPPED = sorted(path.stem for path in WORKFLOWS.glob("*.yaml") if not path.name.endswith(".scenarios.yaml"))


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["workflow", *words])
    return code, capsys.readouterr().out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of an author's own, with a copy of the outpatient chart and its scenarios."""
    for name in (f"{OUTPATIENT}.yaml", f"{OUTPATIENT}.scenarios.yaml"):
        (tmp_path / name).write_bytes((WORKFLOWS / name).read_bytes())
    return tmp_path


def edited(path: Path, old: str, new: str, times: int = -1) -> None:
    """Replace a text in a file, everywhere or only the first times."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, times), encoding="utf-8")


def told(folder: Path) -> int:
    """How many scenarios are told of the outpatient chart."""
    written = yaml.safe_load((folder / f"{OUTPATIENT}.scenarios.yaml").read_text(encoding="utf-8"))
    return len(written["scenarios"])


def test_the_shipped_charts_are_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = typed(capsys, "check", "--json")
    assert (code, json.loads(printed)) == (0, {"charts": SHIPPED, "problems": []})


def test_the_shipped_scenarios_come_true(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = typed(capsys, "test", OUTPATIENT, "--json")
    document: dict[str, Any] = json.loads(printed)
    assert (code, document["failed"]) == (0, 0)
    assert document["passed"] == len(document["scenarios"]) == told(WORKFLOWS)
    assert {scenario["chart"] for scenario in document["scenarios"]} == {OUTPATIENT}


def test_a_scenario_that_does_not_come_true_ends_with_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(folder / f"{OUTPATIENT}.scenarios.yaml", "outcome: covered", "outcome: not_covered", times=1)
    code, printed = typed(capsys, "test", "--workflows", str(folder))
    assert code == 1
    assert "✗ out-of-province-outpatient: the invoice alone goes to the bureau" in printed
    assert "the decision is covered, and not_covered was expected" in printed
    assert printed.splitlines()[-1] == f"{told(folder) - 1} passed, 1 failed"
    code, printed = typed(capsys, "test", "--workflows", str(folder), "--json")
    assert (code, json.loads(printed)["failed"]) == (1, 1)


def test_a_chart_without_scenarios_ends_with_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / f"{OUTPATIENT}.scenarios.yaml").unlink()
    code, printed = typed(capsys, "check", "--workflows", str(folder))
    assert code == 1
    assert "no-scenarios" in printed


def test_a_broken_chart_ends_with_2_and_its_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(folder / f"{OUTPATIENT}.yaml", "to: settled", "to: setled")
    code, printed = typed(capsys, "check", "--workflows", str(folder), "--json")
    (problem,) = json.loads(printed)["problems"]
    assert (code, problem["code"], problem["hint"]) == (2, "unknown-state", "did you mean `settled`?")
    assert problem["path"] == f"{folder.as_posix()}/{OUTPATIENT}.yaml"
    lines = (folder / f"{OUTPATIENT}.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[problem["line"] - 1][problem["column"] - 1 :] == "setled"


@pytest.mark.parametrize(("form", "begins"), [("svg", "<svg "), ("mermaid", "stateDiagram-v2\n")])
def test_a_chart_is_drawn(form: str, begins: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = typed(capsys, "draw", INPATIENT, "--format", form, "--lang", "en")
    assert code == 0
    assert printed.startswith(begins)
    assert "Referral certificate" in printed
    code, again = typed(capsys, "draw", INPATIENT, "--format", form, "--lang", "en", "--json")
    assert json.loads(again) == {"format": form, "charts": {INPATIENT: printed}}


def test_an_svg_is_of_one_chart(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = typed(capsys, "draw", "--format", "svg", "--json")
    assert code == 0
    assert sorted(json.loads(printed)["charts"]) == SHIPPED
    assert typed(capsys, "draw", "--format", "svg") == (2, "")


def test_a_chart_that_is_not_there_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = typed(capsys, "draw", "out-of-province-inpatients", "--json")
    (problem,) = json.loads(printed)["problems"]
    assert (code, problem["code"], problem["hint"]) == (2, "unknown-chart", f"did you mean `{INPATIENT}`?")
