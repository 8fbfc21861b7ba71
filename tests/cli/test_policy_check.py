"""`policy check` shows all problems of a folder in one run, each at a file of the author's own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.bundled import policy
from tests.support.small_bundles import rule
from yibao.cli import main


def check(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    assert main(["policy", "check", str(folder), "--json"]) == 1
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)["problems"]
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "mine"
    (own / "city").mkdir(parents=True)
    (own / "manifest.yaml").write_text(
        f"bundle: mine\ntitle: {{zh: 我的, en: Mine}}\nextends: {{bundle: yibao, digest: {policy().digest}}}\n", "utf-8"
    )
    (own / "city" / "layer.yaml").write_text('layer: "130000"\ntitle: {zh: 省, en: P}\nextends: national\n', "utf-8")
    return own


def test_problems_of_every_kind_are_shown_in_one_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {
        "broken": "rule: broken\n  bad: [",
        "misspelt": rule("misspelt", when="line.purpos == cosmetic"),
        "dangling": rule("dangling", more="overrides: [nobody]\n"),
        "above-broken": rule("above-broken", more="overrides: [broken]\n"),
        "half": rule("half", then="{share: 50%}"),
        "whole": rule("whole", then="{share: 100%}"),
    }
    for name, text in files.items():
        (folder / "city" / f"{name}.yaml").write_text(text, "utf-8")
    found = check(folder, capsys)
    assert {str(problem["code"]) for problem in found} == {
        "yaml-syntax",
        "unknown-field",
        "override-of-nothing",
        "contradiction",
        "missing-example",
    }
    dangling = [problem["message"] for problem in found if problem["code"] == "override-of-nothing"]
    assert dangling == ["no rule is called `nobody`"], "what is said of a broken file is not held against others"


def test_each_sheet_of_a_folder_is_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def sheets_counted() -> int:
        assert main(["policy", "check", str(folder), "--lang", "zh"]) == 0
        found = re.search(r"、(\d+) 个电子表格、", capsys.readouterr().out)
        return int(found[1]) if found else 0

    before = sheets_counted()
    (folder / "city" / "daily-cap.yaml").write_text(
        "parameter: daily-cap\ntitle: {zh: 日限额, en: Cap of a day}\nunit: yuan\nby: encounter.settled_on\n"
        "keys: [insured.scheme]\ncites: [{source: 一份文件, grade: B}]\n"
        "values: [{from: 2023-01-01, sheet: cap.csv}]\n",
        "utf-8",
    )
    (folder / "city" / "cap.csv").write_text("insured.scheme,value\nemployee,100\nresident,200\n", "utf-8")
    assert sheets_counted() == before + 1


def test_a_problem_with_the_bundle_points_at_the_authors_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clash = rule("third-share", when="line.cause == traffic_accident", then="{share: 30%}")
    (folder / "city" / "third-share.yaml").write_text(clash, "utf-8")
    (folder / "city" / "cosmetic-surgery.yaml").write_text(rule("cosmetic-surgery"), "utf-8")
    places = {str(problem["code"]): str(problem["path"]) for problem in check(folder, capsys)}
    assert {"contradiction", "duplicate-rule"} <= set(places)
    assert all(path.startswith(folder.as_posix()) for path in places.values()), places
