"""What reaches the terminal: no character that steers it, nothing lost, and words that are true of the decision."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.bundled import decide, document, policy
from yibao import api
from yibao.basics.problems import Fault
from yibao.cli import main
from yibao.cli.decision_text import decision_text

NOT_SETTLED = "no plan applies: not settled"
FULL = Path("/dev/full")
STEERING = "\x1b[31m \x07 \x7f \x9b \u202e \u2066 \u200f"


def typed(folder: Path, *words: str | bytes, closed: bool = False) -> subprocess.CompletedProcess[bytes]:
    """`yibao …` in a process of its own, with standard input closed if asked."""
    starting = [sys.executable, "-c", "import os, sys; os.close(0); os.execv(sys.executable, sys.argv[1:])"]
    command = [sys.executable, "-m", "yibao", *words]
    return subprocess.run([*starting, *command] if closed else command, cwd=folder, capture_output=True, check=False)


def test_a_name_that_holds_no_text_is_a_problem(tmp_path: Path) -> None:
    ended = typed(tmp_path, "decide", os.fsencode("\udcff.json"), "--json")
    (problem,) = json.loads(ended.stdout)["problems"]
    assert (ended.returncode, problem["code"], problem["path"]) == (2, "unreadable-file", "\udcff.json")
    ended = typed(tmp_path, "decide", os.fsencode("\udcff.json"))
    assert (ended.returncode, ended.stderr.splitlines()[0]) == (
        2,
        rb"\udcff.json: unreadable-file: No such file or directory",
    )


def test_a_closed_standard_input_is_a_problem(tmp_path: Path) -> None:
    ended = typed(tmp_path, "decide", "-", "--json", closed=True)
    (problem,) = json.loads(ended.stdout)["problems"]
    assert (ended.returncode, problem["code"], problem["path"]) == (2, "unreadable-file", "stdin")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("words", "gone"),
    [
        (("schema", "claim"), "stdout"),
        (("decide", "nowhere.json", "--json"), "stdout"),
        (("decide", "nowhere.json"), "stderr"),
    ],
)
def test_a_reader_that_goes_away_ends_a_command_quietly(words: tuple[str, ...], gone: str, unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    out, err = (writing if gone == name else subprocess.PIPE for name in ("stdout", "stderr"))
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    command = [sys.executable, "-m", "yibao", *words]
    ended = subprocess.run(command, env=environment, check=False, stdout=out, stderr=err)
    os.close(writing)
    assert (ended.returncode, ended.stdout or b"", ended.stderr or b"") == (141, b"", b"")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "words", [("schema", "claim"), ("policy", "show"), ("decide", "nowhere.json", "--json"), ("--help",)]
)
def test_an_output_that_takes_nothing_is_a_problem_and_no_fault(words: tuple[str, ...], unbuffered: str) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    command = [sys.executable, "-m", "yibao", *words]
    with FULL.open("w") as full:
        ended = subprocess.run(command, env=environment, check=False, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (ended.returncode, ended.stderr.splitlines()) == (
        2,
        [
            "stdout: output-not-written: the output can't be written: No space left on device",
            "    what the command recorded stays recorded",
            "1 problem found",
        ],
    )


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_where_neither_output_takes_anything_the_exit_code_alone_says_it() -> None:
    command = [sys.executable, "-m", "yibao", "schema", "claim"]
    with FULL.open("w") as full:
        assert subprocess.run(command, check=False, stdout=full, stderr=full).returncode == 2


def test_problems_of_standard_input_say_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    claim = document()
    claim["lines"][0]["purpos"] = "x"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(claim).encode())))
    assert main(["decide", "-"]) == 2
    assert capsys.readouterr().err.startswith("stdin#/lines/0/purpos: unknown-field")


def test_a_fault_of_ours_is_a_document_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_folder: object) -> None:
        raise Fault("the floor gave way")

    monkeypatch.setattr(api, "load_policy", broken)
    with pytest.raises(SystemExit) as left:
        main(["policy", "show", "--json"])
    printed = capsys.readouterr()
    (problem,) = json.loads(printed.out)["problems"]
    assert (left.value.code, problem["code"]) == (70, "fault")
    assert "the floor gave way" in problem["message"]
    assert "the floor gave way" in printed.err


def test_text_never_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "show", STEERING]) == 2
    said = capsys.readouterr().err
    assert r"\x1b[31m \x07 \x7f \x9b \u202e \u2066 \u200f" in said
    assert set(STEERING) & set(said) <= set("[31m ")


def test_documents_keep_every_character(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "show", STEERING, "--json"]) == 2
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert STEERING in problem["message"]


def test_standard_output_is_as_it_was_afterwards() -> None:
    before = sys.stdout, sys.stderr
    main(["policy", "show", "no-such-rule"])
    assert before == (sys.stdout, sys.stderr)


def told(claim: dict[str, Any], **changes: Any) -> str:
    """The decision of a claim in English; the changes go to its first line."""
    decision = decide(claim)
    decision["lines"][0].update(changes)
    return decision_text(decision, api.read_claim(claim, policy()), policy(), "en")


def test_a_claim_for_which_no_plan_speaks_is_said_to_be_not_settled() -> None:
    claim = document("shanghai-inpatient")
    assert NOT_SETTLED not in told(claim)
    claim["insured"]["insured_area"] = claim["encounter"]["treatment_area"] = "130300"
    assert decide(claim)["settlement"] is None
    assert NOT_SETTLED in told(claim)
    del claim["encounter"]["cause"]
    assert NOT_SETTLED not in told(claim)


def test_an_undetermined_line_does_not_say_that_it_is_admitted() -> None:
    assert "    admits: " in told(document())
    text = told(document(encounter__cause=...))
    assert "    would admit: " in text
    assert "    admits: " not in text


def test_a_fact_to_be_asked_names_three_rules_at_most_and_counts_the_others() -> None:
    claim = document(encounter__cause=...)
    asked_by = decide(claim)["missing"][0]["asked_by"]
    assert len(asked_by) > 3
    assert f"  ← {', '.join(asked_by[:3])}, … +{len(asked_by) - 3}\n" in told(claim)


def test_a_reason_that_may_or_may_not_hold_is_told_as_a_possibility() -> None:
    claim = document(line__purpose="cosmetic")
    reasons = [one for one in decide(claim)["lines"][0]["reasons"] if one["rule"] == "cosmetic-surgery"]
    text = told(claim, reasons=[], possible_reasons=reasons)
    assert "    possibly: excludes: Plastic and cosmetic surgery is not paid for [cosmetic-surgery]\n" in text


def test_a_rule_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "show", "cosmetic-surgery", "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {"overrides: none", "carries: S0.2, S1.1", "illustrative: no"} <= set(lines)
    assert "source: 《哪些情况下医保不能报销（S0）》 “不能报销的情形，第2项” [grade C S0.2]" in lines


def test_check_counts_what_there_is_and_show_counts_the_rules_alike(capsys: pytest.CaptureFixture[str]) -> None:
    law = policy()
    rules, files = ({rule.id for rule in law.rules}, {rule.place.path for rule in law.rules})
    plans = {(plan.layer, plan.id) for plan in law.plans}
    counted = f"{len(rules)} rules in {len(files)} files"
    beside = f"{len(law.parameters)} parameters, {len(plans)} plans, {len(law.catalogues)} catalogues"
    for action, line in (("check", f"✓ {counted}, {beside}: no problems"), ("show", f"rules: {counted}\n")):
        assert main(["policy", action, "--lang", "en"]) == 0
        assert line in capsys.readouterr().out
