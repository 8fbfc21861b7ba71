"""What another policy would change in the cases of a journal: outcomes, fen and the rules, told with the amounts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.audit.replaying import record_decided, record_settled
from yibao.cli import main
from yibao.journal.sqlite import Journal

POLICY = Path(__file__).resolve().parents[2] / "policy"
RATIO = "310000-shanghai/parameters/employee-inpatient-ratio.yaml"
EXCLUSION = """\
rule: sutures-are-not-paid
title: {zh: 手术不予支付, en: The operation is not paid}
carries: [S0.2]
cites: [{source: 社会保险法, article: 28, grade: A}]
in_force: {by: line.charged_on, from: 2000-01-01}
about: line
when: line.amount_fen == 1180000
then: {exclude: self_funded_item}
"""


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two settled cases of Shanghai, one of a province without a plan, and one in which nothing is decided."""
    path = tmp_path_factory.mktemp("compared") / "cases.sqlite"
    record_decided(path)
    record_settled(path, "S1", "310000240000001")
    record_settled(path, "S2", "310000240000002")
    where = ("--journal", str(path), "--at", "2024-02-24", "--json")
    assert main(["case", "open", "direct-settlement", "--case", "Z", *where]) == 0
    return path


@pytest.fixture
def other_policy(tmp_path: Path) -> Path:
    """A copy of the shipped policy, to be changed."""
    return Path(shutil.copytree(POLICY, tmp_path / "policy"))


def diff(capsys: pytest.CaptureFixture[str], journal: Path, *options: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = main(["audit", "diff", "--journal", str(journal), *options, "--json"])
    return code, json.loads(capsys.readouterr().out)


def put(policy: Path, path: str, old: str, new: str) -> None:
    text = (policy / path).read_text("utf-8")
    assert text.count(old) == 1
    (policy / path).write_text(text.replace(old, new), "utf-8")


def test_under_the_same_policy_nothing_changes(capsys: pytest.CaptureFixture[str], journal: Path) -> None:
    code, found = diff(capsys, journal)
    assert (code, found["compared"], found["same"], found["changed"], found["not_compared"]) == (0, 3, 3, 0, 0)
    assert (found["groups"], found["amounts"], found["outcomes"]) == ([], {}, [])


def test_a_lower_rate_moves_the_fen_that_are_worked_out_by_hand(
    capsys: pytest.CaptureFixture[str], journal: Path, other_policy: Path
) -> None:
    # In scope 12,760.50 yuan, less the deductible of 1,500: 11,260.50. Of it 85 % are 9,571.43, and 80 % are 9,008.40.
    put(other_policy, RATIO, "85%", "80%")
    code, found = diff(capsys, journal, "--policy", str(other_policy))
    assert (code, found["same"], found["changed"]) == (0, 1, 2)
    less, more = {"more_fen": 0, "less_fen": 2 * 56_303}, {"more_fen": 2 * 56_303, "less_fen": 0}
    assert found["amounts"] == {
        "cash_fen": more, "fund_total_fen": less, "personal_fen": more, "pooled_fund_fen": less
    }  # fmt: skip
    (group,) = found["groups"]
    assert group["because_of"] == [{"kind": "parameter", "name": "310000/employee-inpatient-ratio"}]
    assert group["decisions"] == 2
    assert [(each["case"], each["sequence"], each["fen"]["fund_total_fen"]) for each in group["examples"]] == [
        ("S1", 3, -56_303),
        ("S2", 3, -56_303),
    ]


def test_an_exclusion_is_told_with_its_rule_and_the_outcomes_that_it_changes(
    capsys: pytest.CaptureFixture[str], journal: Path, other_policy: Path
) -> None:
    # Without the operation (11,800 yuan) 960.50 are in scope, less than the deductible: the fund pays nothing.
    (other_policy / "national" / "rules" / "sutures-are-not-paid.yaml").write_text(EXCLUSION, "utf-8")
    code, found = diff(capsys, journal, "--policy", str(other_policy))
    assert (code, found["changed"]) == (0, 2)
    assert found["outcomes"] == [{"before": "covered", "after": "partly_covered", "decisions": 2}]
    (group,) = found["groups"]
    assert group["because_of"] == [{"kind": "rule", "name": "sutures-are-not-paid"}]
    assert found["amounts"]["fund_total_fen"] == {"more_fen": 0, "less_fen": 2 * 957_143}
    assert found["amounts"]["in_scope_fen"] == {"more_fen": 0, "less_fen": 2 * 1_180_000}
    assert found["amounts"]["full_self_pay_fen"] == {"more_fen": 2 * 1_180_000, "less_fen": 0}


def test_two_policies_are_compared_beside_the_record(
    capsys: pytest.CaptureFixture[str], journal: Path, other_policy: Path
) -> None:
    put(other_policy, RATIO, "85%", "80%")
    code, found = diff(capsys, journal, "--against", str(other_policy))
    assert (code, found["amounts"]["fund_total_fen"]) == (0, {"more_fen": 2 * 56_303, "less_fen": 0})
    assert found["against"] != found["policy"]


def test_one_case_is_compared_by_itself(capsys: pytest.CaptureFixture[str], journal: Path, other_policy: Path) -> None:
    put(other_policy, RATIO, "85%", "80%")
    code, found = diff(capsys, journal, "--policy", str(other_policy), "--case", "S2")
    assert (code, found["compared"], found["amounts"]["cash_fen"]["more_fen"]) == (0, 1, 56_303)
    assert diff(capsys, journal, "--case", "nobody")[0] == 4


def test_a_case_that_has_no_live_decision_is_not_compared(capsys: pytest.CaptureFixture[str], journal: Path) -> None:
    assert diff(capsys, journal, "--case", "Z")[1]["compared"] == 0


def test_facts_that_the_other_policy_can_not_read_are_told_and_counted(
    capsys: pytest.CaptureFixture[str], journal: Path
) -> None:
    workload = Path(__file__).resolve().parents[1] / "bench" / "workload_policy"
    code, found = diff(capsys, journal, "--policy", str(workload))
    assert (code, found["compared"], found["not_compared"]) == (1, 0, 3)
    assert [each["case"] for each in found["failed"]] == ["A1", "S1", "S2"]
    assert found["failed"][0]["problems"][0]["code"] == "unknown-field"


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (
            "en",
            "decisions compared: 3 (1 the same, 2 changed, 0 not compared)\n"
            "  pooled fund: less 1,126.06 yuan\n"
            "  all funds: less 1,126.06 yuan\n"
            "  personal part: more 1,126.06 yuan\n"
            "  in cash: more 1,126.06 yuan\n"
            "\n"
            "because of parameter 310000/employee-inpatient-ratio\n"
            "  decisions: 2\n",
        ),
        ("zh", "起因 参数 310000/employee-inpatient-ratio\n  裁决: 2\n  统筹基金支付: 减少 1,126.06 元\n"),
        ("zh", "  例如: S1 #3 统筹基金支付 -563.03; S2 #3 统筹基金支付 -563.03\n"),
    ],
)
def test_the_table_is_told_in_words(
    capsys: pytest.CaptureFixture[str], journal: Path, other_policy: Path, language: str, says: str
) -> None:
    put(other_policy, RATIO, "85%", "80%")
    capsys.readouterr()
    options = ("--journal", str(journal), "--policy", str(other_policy), "--lang", language)
    assert main(["audit", "diff", *options]) == 0
    assert says in capsys.readouterr().out


def test_a_forged_record_is_compared_as_it_is_and_a_broken_one_is_told(
    capsys: pytest.CaptureFixture[str], journal: Path, tmp_path: Path
) -> None:
    with Journal.open(journal, create=False) as kept:
        events = [dict(event) for event in kept.events("S1")]
    events[2] = {**events[2], "decision": {"outcome": "covered"}}
    with Journal.open(tmp_path / "forged.sqlite", create=True) as forged:
        forged.append("S1", 0, events)
    code, found = diff(capsys, tmp_path / "forged.sqlite")
    assert (code, found["not_compared"]) == (1, 1)
    assert found["failed"][0]["problems"][0]["code"] == "journal-damaged"
