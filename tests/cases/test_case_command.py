"""`yibao case` as it is typed: what it prints, the file it keeps, and how it ends."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.procedure.world import GOOD, INPATIENT, OUTPATIENT, WORKFLOWS
from yibao.cli import main

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Types `yibao case …` in an empty folder; gives the exit code, and the JSON document or the text."""
    monkeypatch.chdir(tmp_path)

    def typed(*words: str, as_json: bool = True) -> tuple[int, Any]:
        code = main(["case", *words, *(["--json"] if as_json else [])])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if as_json else printed.out

    return typed


def data(event: str) -> str:
    return json.dumps(GOOD[event])


@pytest.fixture
def referred(run: Run) -> Run:
    """A case C1 that has its referral."""
    assert run("open", INPATIENT, "--case", "C1", "--at", "2022-03-01")[0] == 0
    assert run("do", "C1", "issue_referral", "--data", data("issue_referral"), "--at", "2022-03-02")[0] == 0
    return run


def test_a_case_is_opened_moved_and_shown(referred: Run) -> None:
    code, shown = referred("show", "C1")
    assert code == 0
    assert (shown["case"], shown["chart"], shown["state"], shown["version"]) == ("C1", INPATIENT, "referred", 2)
    assert shown["steps"] == [{"step": "referral", "event": "issue_referral", "at": "2022-03-02", "actor": None}]
    assert shown["claim"]["documents"] == ["referral_certificate"]
    assert shown["decision"] is None
    assert referred("list") == (0, {"cases": [{"case": "C1", "chart": INPATIENT, "state": "referred", "version": 2}]})
    assert Path("yibao-journal.sqlite").is_file()


def test_a_skip_ends_with_4_and_leaves_the_case_byte_for_byte_as_it_was(referred: Run) -> None:
    before = referred("show", "C1", as_json=False), referred("show", "C1")
    code, refusal = referred("do", "C1", "settle")
    assert code == 4
    assert refusal["refused"] == "skipped_step"
    assert refusal["missing_steps"] == ["seal", "registration", "treatment", "invoice"]
    assert before == (referred("show", "C1", as_json=False), referred("show", "C1"))
    _code, with_history = referred("show", "C1", "--history")
    assert [event["kind"] for event in with_history["events"]] == ["opened", "step_taken", "step_refused"]


def test_what_is_possible_now_has_titles_and_needs(referred: Run) -> None:
    code, document = referred("next", "C1")
    assert code == 0
    (possible,) = document["possible_now"]
    assert (possible["event"], possible["step"], possible["until"]) == ("affix_seals", "seal", None)
    assert possible["needs"] == ["hospital_seal", "social_security_window_seal"]
    assert possible["title"] == {
        "zh": "医院及社保窗口盖章",
        "en": "Seal of the hospital and of its social-security window",
    }


@pytest.mark.parametrize(
    ("language", "says", "does_not_say"),
    [
        (
            ["--lang", "zh"],
            ["不予办理", "前面还有步骤没有办理", "参保地社保局登记备案 (registration)", "S0.6"],
            "Refused",
        ),
        (["--lang", "en"], ["Refused", "earlier steps have not been taken", "(registration)", "S0.6"], "不予办理"),
        ([], ["不予办理", "Refused"], "Anything"),
    ],
)
def test_a_refusal_is_told_in_the_language_asked_for_or_in_both(
    referred: Run, language: list[str], says: list[str], does_not_say: str
) -> None:
    code, text = referred("do", "C1", "settle", *language, as_json=False)
    assert code == 4
    assert [words for words in says if words not in text] == []
    assert does_not_say not in text


def test_every_kind_of_answer_can_be_told_as_text(referred: Run) -> None:
    assert "案件已经存在" in referred("open", INPATIENT, "--case", "C1", as_json=False)[1]
    assert "no such event" in referred("do", "C1", "sing", as_json=False)[1]
    assert "affix_seals" in referred("next", "C1", "--lang", "zh", as_json=False)[1]
    assert "C1" in referred("list", as_json=False)[1]


def test_the_values_of_facts_are_told_by_their_titles_and_in_yuan(referred: Run) -> None:
    line = {"line_id": "1", "purpose": "therapeutic", "amount_fen": 123456}
    bill = {"lines": [line], "insured": {"scheme": "employee"}, **GOOD["affix_seals"]}
    assert referred("do", "C1", "affix_seals", "--data", json.dumps(bill))[0] == 0
    now = {"lines": [{"line_id": "1", "purpose": "cosmetic", "amount_fen": 1}], "insured": {"scheme": "resident"}}
    text = referred("do", "C1", "register", "--data", json.dumps(now), "--lang", "en", as_json=False)[1]
    contradicting = text[text.index("Contradicting facts:\n") :].splitlines()[1:4]
    assert contradicting == [
        "  Scheme (insured.scheme): established Employee basic medical insurance, "
        "given now Resident basic medical insurance",
        "  Amount (line.amount_fen): established 1,234.56 yuan, given now 0.01 yuan",
        "  Purpose (line.purpose): established Therapeutic, given now Cosmetic",
    ]


def test_the_history_tells_attempts_by_what_became_of_them(referred: Run) -> None:
    referred("do", "C1", "settle", "--at", "2022-03-03")
    text = referred("show", "C1", "--history", "--lang", "en", as_json=False)[1]
    assert text.splitlines()[-4:] == [
        "All records:",
        "  1  2022-03-01  Opened",
        "  2  2022-03-02  Done  Referral certificate (issue_referral)",
        "  3  2022-03-03  Refused: earlier steps have not been taken  "
        "Settlement at the bureau of the place of insurance (settle)",
    ]


def test_a_case_says_whom_it_waits_for(referred: Run) -> None:
    assert referred("next", "C1")[1]["waits_for"] == "referring_hospital"
    for words in (("next", "C1"), ("show", "C1")):
        assert "等待 · Waits for: 转出医院 · Referring hospital\n" in referred(*words, as_json=False)[1]


def test_a_case_of_a_chart_that_is_not_there_is_a_problem(referred: Run, tmp_path: Path) -> None:
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / f"{OUTPATIENT}.yaml").write_bytes((WORKFLOWS / f"{OUTPATIENT}.yaml").read_bytes())
    for words in (("next", "C1"), ("show", "C1")):
        assert referred(*words, "--workflows", "charts", as_json=False) == (2, "")


def test_an_unknown_case_ends_with_4(referred: Run) -> None:
    for words in (("do", "C9", "settle"), ("next", "C9"), ("show", "C9")):
        code, refusal = referred(*words)
        assert (code, refusal["refused"], refusal["case"], refusal["state"]) == (4, "unknown_case", "C9", None)


def test_only_opening_a_case_makes_the_journal(run: Run) -> None:
    for words in (("next", "C9"), ("show", "C9"), ("show", "C9", "--history"), ("list",)):
        code, document = run(*words)
        (problem,) = document["problems"]
        assert (code, problem["code"], problem["path"]) == (2, "no-such-journal", "yibao-journal.sqlite")
    code, refusal = run("do", "C9", "settle")
    assert (code, refusal["refused"]) == (4, "unknown_case")
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["open", "out-of-province", "--case", "C2"], "unknown-chart"),
        (["open", INPATIENT, "--case", ""], "bad-case-name"),
        (["open", INPATIENT, "--case", "x" * 101], "bad-case-name"),
        (["open", INPATIENT, "--case", "a\nb"], "bad-case-name"),
        (["open", INPATIENT, "--case", "C2", "--at", "yesterday"], "bad-time"),
        (["open", INPATIENT, "--case", "C2", "--at", "2022-02-30"], "bad-time"),
        (["open", INPATIENT, "--case", "C2", "--at", "20220228"], "bad-time"),
        (["open", INPATIENT, "--case", "C2", "--at", "2022-W09-1"], "bad-time"),
        (["open", INPATIENT, "--case", "C2", "--at", "20220228T0930"], "bad-time"),
        (["open", INPATIENT, "--case", "C2", "--at", "2022-02-28 09:30Z"], "bad-time"),
        (["open", INPATIENT, "--case", "C2", "--actor", ""], "bad-name"),
        (["open", INPATIENT, "--case", "C2", "--key", "k" * 101], "bad-name"),
        (["open", INPATIENT, "--case", "C2", "--data", "{"], "json-syntax"),
        (["open", INPATIENT, "--case", "C2", "--data", "\udcff"], "json-syntax"),
        (["open", INPATIENT, "--case", "C2", "--data", "@nowhere.json"], "unreadable-file"),
        (["open", INPATIENT, "--case", "C2", "--data", '{"insured": {"scheme": "emploee"}}'], "unknown-code"),
        (["open", INPATIENT, "--case", "C2", "--journal", "mysql://host/db"], "unsupported-journal"),
        (["open", INPATIENT], "usage"),
        (["do", "C1", "settle", "--expect-version", "two"], "usage"),
        (["do", "C1", "settle", "--expect-version", "-1"], "usage"),
        (["do", "C1", "settle", "--expect-version", "1_0"], "usage"),
        (["do", "C1", "settle", "--expect-version", "٢"], "usage"),
        (["do", "C1", "settle\n"], "bad-name"),
        (["do", "C1", "settle", "--actor", "\udcff"], "bad-name"),
        (["do", "\udcff", "settle"], "bad-case-name"),
        (["do", "C1", "settle", "--data", '{"filling": {}}'], "unknown-field"),
        (["do", "C1", "settle", "--workflows", "nowhere"], "no-such-folder"),
    ],
)
def test_wrong_input_ends_with_2_and_records_nothing(referred: Run, words: list[str], code: str) -> None:
    before = referred("show", "C1", "--history"), referred("list")
    ending, document = referred(*words)
    assert ending == 2
    assert [problem["code"] for problem in document["problems"]] == [code]
    assert before == (referred("show", "C1", "--history"), referred("list"))


def test_data_come_from_a_file_or_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("referral.json").write_text(data("issue_referral"), encoding="utf-8")
    run("open", INPATIENT, "--case", "C1")
    assert run("do", "C1", "issue_referral", "--data", "@referral.json")[1]["state"] == "referred"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data("affix_seals").encode())))
    assert run("do", "C1", "affix_seals", "--data", "@-")[1]["state"] == "sealed"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2022-03-01", "2022-03-01"),
        ("2022-03-01T09:30", "2022-03-01T09:30:00"),
        ("2022-03-01T09:30Z", "2022-03-01T09:30:00+00:00"),
        ("2022-03-01T09:30:00+08:00", "2022-03-01T09:30:00+08:00"),
    ],
)
def test_the_time_of_recording_is_kept_as_given(run: Run, written: str, kept: str) -> None:
    assert run("open", INPATIENT, "--case", "C1", "--at", written)[1]["at"] == kept


def test_key_version_actor_and_journal_are_passed_on(run: Run) -> None:
    where = ("--journal", "other.sqlite")
    opened = run("open", INPATIENT, "--case", "C1", "--actor", "Li", "--key", "k1", *where)
    assert opened[1]["actor"] == "Li"
    assert run("open", INPATIENT, "--case", "C1", "--actor", "Li", "--key", "k1", *where) == opened
    code, refusal = run("do", "C1", "settle", "--expect-version", "7", *where)
    assert (code, refusal["refused"]) == (4, "version_conflict")
    assert sorted(path.name for path in Path().glob("*.sqlite")) == ["other.sqlite"]


def test_a_file_that_is_no_journal_ends_with_2(run: Run) -> None:
    Path("yibao-journal.sqlite").write_text(
        "these are my notes, and they are longer than a header\n" * 10, encoding="utf-8"
    )
    code, document = run("list")
    assert code == 2
    assert [problem["code"] for problem in document["problems"]] == ["journal-unreadable"]
