"""`yibao audit check-proof`: what it prints and how it ends, whoever gives it which documents."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.bundled import decide, document
from yibao.cli import main

CONVINCES, FINDS, WRONG_INPUT = 0, 1, 2


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Check the proof of a decision against a claim, in an empty folder: the exit code and the JSON that is printed."""
    monkeypatch.chdir(tmp_path)
    Path("claim.json").write_text(json.dumps(document()), "utf-8")
    Path("decision.json").write_text(json.dumps(decide(document())), "utf-8")

    def call(decision: str = "decision.json", claim: str = "claim.json", *more: str) -> tuple[int, dict[str, Any]]:
        code = main(["audit", "check-proof", decision, "--claim", claim, "--json", *more])
        return code, json.loads(capsys.readouterr().out)

    return call


def altered(**parts: Any) -> None:
    decision = json.loads(Path("decision.json").read_text("utf-8"))
    Path("decision.json").write_text(json.dumps({**decision, **parts}), "utf-8")


def test_a_true_decision_convinces(check: Any) -> None:
    assert check() == (CONVINCES, {"convinces": True, "findings": []})


def test_either_document_comes_from_standard_input(check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for given in (("-", "claim.json"), ("decision.json", "-")):
        content = Path("decision.json" if given[0] == "-" else "claim.json").read_bytes()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert check(*given)[0] == CONVINCES


def test_standard_input_gives_one_document(check: Any) -> None:
    code, found = check("-", "-")
    assert (code, [problem["code"] for problem in found["problems"]]) == (WRONG_INPUT, ["usage"])


def test_a_finding_has_its_place_in_the_document(check: Any) -> None:
    altered(outcome="not_covered")
    code, found = check()
    pointers = [finding["pointer"] for finding in found["findings"]]
    assert (code, found["convinces"], pointers) == (FINDS, False, ["/outcome"])


def test_a_decision_of_another_claim_is_refused(check: Any) -> None:
    Path("claim.json").write_text(json.dumps(document(line__purpose="cosmetic")), "utf-8")
    code, found = check()
    assert (code, [finding["code"] for finding in found["findings"]]) == (FINDS, ["other-claim"])


def test_a_decision_under_another_policy_is_refused(check: Any) -> None:
    altered(policy={"digest": "sha256:0", "as_of": None, "jurisdictions": ["national"]})
    code, found = check()
    assert (code, [finding["code"] for finding in found["findings"]]) == (FINDS, ["other-policy"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "json-syntax"),
        (b"{}", "not-a-decision"),
        (b"[" * 100, "json-too-deep"),
        (b'{"decision_id": 1, "decision_id": 2}', "json-duplicate-key"),
    ],
)
def test_what_can_not_be_read_is_wrong_input(check: Any, content: bytes, code: str) -> None:
    Path("decision.json").write_bytes(content)
    exit_code, found = check()
    assert (exit_code, [problem["code"] for problem in found["problems"]]) == (WRONG_INPUT, [code])


def test_a_decision_about_a_message_is_checked_with_the_message(check: Any, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"feedetl_sn": "1", "det_item_fee_sumamt": 12}
    Path("message.json").write_text(json.dumps({"infno": "2301", "output": {"result": [row]}}), "utf-8")
    rest = {key: value for key, value in document().items() if key != "lines"}
    Path("rest.json").write_text(json.dumps(rest), "utf-8")
    given = ("--from", "nhsa", "--with", "rest.json")
    assert main(["decide", "message.json", "--json", *given]) != WRONG_INPUT
    Path("decision.json").write_text(capsys.readouterr().out, "utf-8")
    assert check("decision.json", "message.json", *given) == (CONVINCES, {"convinces": True, "findings": []})
    assert check("decision.json", "claim.json")[1]["findings"][0]["code"] == "other-claim"
