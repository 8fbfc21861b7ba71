"""`policy show` of a parameter with its history, and `policy table`: an entry as a sheet and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.bundled import policy
from tests.support.small_parameters import SOURCE
from yibao.cli import main

Run = Callable[..., tuple[int, str, str]]
CAP = f"""\
parameter: annual-cap
title: {{zh: 年度最高支付限额, en: Yearly cap of the fund}}
unit: yuan
by: encounter.discharged_on
cites: [{SOURCE}]
values:
  - {{from: 2022-07-01, to: 2023-07-01, value: 610000}}
  - {{from: 2023-07-01, published: 2023-06-20, value: 650000}}
"""
RATIO = """\
parameter: ratio
title: {zh: 住院支付比例, en: Ratio for stays}
unit: rate
by: encounter.discharged_on
keys: [insured.person_type, encounter.institution.level]
cites: [{source: 某市讲解, grade: C}]
values:
  - from: 2023-07-01
    sheet: ratio.csv
    incomplete: {zh: 仅职工, en: Employees only}
"""
SHEET = "insured.person_type,encounter.institution.level,value\nactive,0..3,85%\nretired,*,92%\n"
PLACE = 'layer: "130000"\ntitle: {zh: 省, en: P}\nextends: national\n'
OTHER_PLACE = 'layer: "210000"\ntitle: {zh: 另一省, en: Q}\nextends: national\n'


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command of `yibao policy` beside a folder `mine` with parameters of two places."""
    monkeypatch.chdir(tmp_path)
    pinned = f"extends: {{bundle: yibao, digest: {policy().digest}}}"
    for path, content in {
        "manifest.yaml": f"bundle: mine\ntitle: {{zh: 我的, en: Mine}}\n{pinned}\n",
        "one/layer.yaml": PLACE,
        "one/annual-cap.yaml": CAP,
        "one/ratio.yaml": RATIO,
        "one/ratio.csv": SHEET,
        "other/layer.yaml": OTHER_PLACE,
        "other/annual-cap.yaml": CAP.replace("650000", "700000"),
    }.items():
        file = tmp_path / "mine" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["policy", *arguments, "--policy", "mine"])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def shown(run: Run, *arguments: str) -> list[dict[str, Any]]:
    code, out, _ = run("show", *arguments, "--json")
    assert code == 0
    found: list[dict[str, Any]] = json.loads(out)["layers"]
    return found


def test_a_parameter_is_shown_with_its_history_the_newest_last(run: Run) -> None:
    (found,) = shown(run, "130000/annual-cap")
    assert [(entry["from"], entry["to"], entry["value"]) for entry in found["entries"]] == [
        ("2022-07-01", "2023-07-01", "610000"),
        ("2023-07-01", None, "650000"),
    ]
    assert (found["unit"], found["in_force"]) == ("yuan", None)
    cites = found["entries"][0]["cites"]
    assert [(cite["source"], cite["grade"]) for cite in cites] == [("沪医保规〔2023〕6号", "B")]
    assert found["file"].startswith("mine/one/annual-cap.yaml:")


def test_a_name_that_several_places_have_is_shown_of_each(run: Run) -> None:
    """The shipped places have one of this name as well."""
    found = [each["parameter"] for each in shown(run, "annual-cap")]
    assert found == sorted(found)
    assert {"130000/annual-cap", "210000/annual-cap", "440300/annual-cap"} <= {*found}


@pytest.mark.parametrize(
    ("day", "value", "known"),
    [("2022-06-30", None, 0), ("2023-06-19", "610000", 1), ("2023-06-30", "610000", 2), ("2023-07-01", "650000", 2)],
)
def test_as_of_a_day_the_value_in_force_is_shown_and_what_was_known(
    run: Run, day: str, value: str | None, known: int
) -> None:
    (found,) = shown(run, "130000/annual-cap", "--as-of", day)
    assert (found["in_force"] and found["in_force"]["value"], len(found["entries"])) == (value, known)


def test_an_end_that_was_not_yet_known_is_not_shown(run: Run) -> None:
    (found,) = shown(run, "130000/annual-cap", "--as-of", "2023-06-19")
    assert found["in_force"]["to"] is None


def test_a_table_is_shown_row_by_row(run: Run) -> None:
    (found,) = shown(run, "ratio")
    (entry,) = found["entries"]
    assert entry["rows"][1] == {
        "when": {"insured.person_type": "retired", "encounter.institution.level": "*"},
        "value": "92%",
    }
    assert (entry["illustrative"], entry["incomplete"]["en"]) == (True, "Employees only")


@pytest.mark.parametrize(
    ("language", "said", "unsaid"), [("zh", "单位：元", "yuan"), ("en", "Yearly cap of the fund", "限额")]
)
def test_a_parameter_is_told_in_one_language(run: Run, language: str, said: str, unsaid: str) -> None:
    code, out, _ = run("show", "130000/annual-cap", "--lang", language, "--as-of", "2023-07-01")
    assert code == 0
    assert said in out
    assert unsaid not in out.replace("年度最高支付限额" if language == "zh" else "", "")
    assert "[2023-07-01, …)  ← " in out


def test_an_unknown_name_is_told_with_the_nearest(run: Run) -> None:
    code, out, _ = run("show", "annual-cup", "--json")
    (problem,) = json.loads(out)["problems"]
    assert (code, problem["code"], problem["hint"]) == (2, "unknown-rule", "did you mean `annual-cap`?")


def test_the_summary_names_the_parameters(run: Run) -> None:
    _, out, _ = run("show", "--json")
    assert "130000/ratio" in json.loads(out)["parameters"]


def test_an_entry_is_exported_as_it_was_written(run: Run) -> None:
    assert run("table", "export", "ratio") == (0, SHEET, "")
    code, out, _ = run("table", "export", "ratio", "--output", "out.csv", "--json")
    assert (code, Path("out.csv").read_text("utf-8")) == (0, SHEET)
    assert json.loads(out)["file"] == "out.csv"


def test_a_workbook_that_is_exported_is_imported_as_the_yaml_of_an_entry(run: Run) -> None:
    assert run("table", "export", "ratio", "--output", "out.xlsx")[:2] == (0, "out.xlsx\n")
    assert openpyxl.load_workbook("out.xlsx").sheetnames == ["ratio"]
    code, out, _ = run("table", "import", "out.xlsx#ratio", "--into", "130000/ratio")
    assert code == 0
    assert out == 'table:\n  "active":\n    "0..3": 85%\n  "retired":\n    "*": 92%\n'
    assert run("table", "import", "out.xlsx", "--into", "ratio", "--output", "entry.yaml")[0] == 0
    assert Path("entry.yaml").read_text("utf-8") == out


def test_a_scalar_is_a_sheet_with_one_column(run: Run) -> None:
    assert run("table", "export", "130000/annual-cap", "--as-of", "2023-01-01")[1] == "value\n610000\n"
    Path("cap.csv").write_text("value\n0.50\n", "utf-8")
    assert run("table", "import", "cap.csv", "--into", "130000/annual-cap")[1] == 'value: "0.50"\n'


def test_a_sheet_with_a_mistake_is_not_written(run: Run) -> None:
    Path("bad.csv").write_text(SHEET.replace("85%", "185%").replace("retired", "retird"), "utf-8")
    code, out, _ = run("table", "import", "bad.csv", "--into", "ratio", "--output", "entry.yaml", "--json")
    found = [(problem["code"], problem["line"], problem["column"]) for problem in json.loads(out)["problems"]]
    assert (code, found) == (2, [("out-of-range", 2, 3), ("unknown-code", 3, 1)])
    assert not Path("entry.yaml").exists()


def test_a_cell_is_named_and_nothing_is_underlined_in_its_file(run: Run) -> None:
    Path("bad.csv").write_text(SHEET.replace("retired", "retird"), "utf-8")
    _, _, err = run("table", "import", "bad.csv", "--into", "ratio")
    assert err.splitlines()[0] == "bad.csv:3:1: unknown-code: bad.csv A3: `retird` is no code of `insured.person_type`"
    assert "^" not in err


def test_an_entry_that_is_not_there_is_told_from_one_that_says_that_nobody_knows(run: Run) -> None:
    unknown = "  - {from: 2024-07-01, unknown: {zh: 尚未公布, en: Not published yet}}\n"
    until = CAP.replace("{from: 2023-07-01,", "{from: 2023-07-01, to: 2024-07-01,")
    Path("mine/one/annual-cap.yaml").write_text(until + unknown, "utf-8")
    export = ("table", "export", "130000/annual-cap", "--json")
    with_values = "entries with values: [2022-07-01, 2023-07-01), [2023-07-01, 2024-07-01)"
    told = "the entry of `130000/annual-cap` for [2024-07-01, …) says that the value is unknown: Not published yet"
    for more, message in (
        ((), told),
        (("--as-of", "2024-07-01"), told),
        (("--as-of", "2022-06-30"), "`130000/annual-cap` has no entry in force on 2022-06-30"),
    ):
        code, out, _ = run(*export, *more)
        (problem,) = json.loads(out)["problems"]
        assert (code, problem["code"], problem["message"], problem["hint"]) == (2, "no-entry", message, with_values)
    Path("mine/one/annual-cap.yaml").write_text(CAP.split("  - ", maxsplit=1)[0] + unknown, "utf-8")
    assert json.loads(run(*export)[1])["problems"][0]["hint"] is None


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "2022-06-30：当日没有适用的条目，数值未知"), ("en", "2022-06-30: no entry in force, value unknown")],
)
def test_a_day_without_an_entry_is_told(run: Run, language: str, said: str) -> None:
    out = run("show", "130000/annual-cap", "--lang", language, "--as-of", "2022-06-30")[1]
    assert said in out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("table", "export", "ratios"), "unknown-parameter"),
        (("table", "export", "annual-cap"), "parameter-not-named"),
        (("table", "export", "ratio", "--as-of", "2023-06-30"), "no-entry"),
        (("table", "export", "ratio", "--format", "xlsx"), "usage"),
        (("table", "export", "ratio", "--format", "xlsx", "--output", "a.csv"), "usage"),
        (("table", "export", "ratio", "--output", "nowhere/a.csv"), "unwritable-file"),
        (("table", "import", "nowhere.csv", "--into", "ratio"), "unreadable-file"),
        (("table", "import", "ratio.ods", "--into", "ratio"), "usage"),
        (("table", "import", "-", "--into", "ratio"), "usage"),
    ],
)
def test_what_can_not_be_done_is_said(run: Run, arguments: tuple[str, ...], code: str) -> None:
    exit_code, out, _ = run(*arguments, "--json")
    assert (exit_code, [problem["code"] for problem in json.loads(out)["problems"]]) == (2, [code])


def test_a_file_that_can_not_be_replaced_stays_as_it_was(run: Run) -> None:
    Path("kept.csv").mkdir()
    assert run("table", "export", "ratio", "--output", "kept.csv")[0] == 2
    assert sorted(path.name for path in Path().iterdir()) == ["kept.csv", "mine"]
