"""`yibao nhsa` and what `yibao decide` has to do with it: what is printed, and the exit codes."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.nhsa.interface_messages import PUBLISHED, stay
from tests.nhsa.test_cancels import cancel
from tests.support.bundled import document
from yibao.cli import main

Run = Any


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder: its exit code, what it printed, and what it said on standard error."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def write(name: str, content: object) -> str:
    Path(name).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return name


@pytest.mark.parametrize("path", sorted(PUBLISHED.glob("*.json")), ids=lambda path: path.stem)
def test_every_published_message_passes(run: Run, path: Path) -> None:
    code, out, err = run("nhsa", "check", str(path))
    assert (code, err) == (0, "")
    assert "0 不成立 · FAIL" in out


def test_a_failure_is_printed_with_its_fields_sides_and_difference(run: Run) -> None:
    message = write("message.json", stay(psn_cash_pay="1999.99"))
    code, out, _ = run("nhsa", "check", message, "--lang", "en")
    assert code == 1
    assert "I3 FAIL: the personal part is account and cash" in out
    assert "psn_part_amt = acct_pay + psn_cash_pay" in out
    assert "2700.00 ≠ 2699.99 (difference 0.01)" in out
    assert "I1 I2 I4 I5 I8 hold" in out
    code, out, _ = run("nhsa", "check", message, "--json")
    found = json.loads(out)
    assert (code, found["counts"]["fails"], found["notices"]) == (1, 1, [])


def test_a_message_comes_from_standard_input_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(stay()).encode())))
    assert run("nhsa", "check", "-")[0] == 0


def test_what_is_not_known_is_noted_on_standard_error_or_in_the_document(run: Run) -> None:
    message = write("message.json", stay(local_pay="3.00"))
    assert "unknown-field" in run("nhsa", "check", message)[2]
    code, out, err = run("nhsa", "check", message, "--json")
    assert (code, err, json.loads(out)["notices"][0]["code"]) == (0, "", "unknown-field")


def test_a_cancel_is_held_against_its_original(run: Run) -> None:
    original = write("original.json", stay())
    assert run("nhsa", "check", write("cancel.json", cancel()), "--original", original)[0] == 0
    assert run("nhsa", "check", write("cancel.json", cancel(acct_pay="-699.99")), "--original", original)[0] == 1


def test_a_reversal_is_printed_and_is_the_cancel_of_what_was_recorded(run: Run) -> None:
    recorded = write("recorded.json", stay())
    code, out, _ = run("nhsa", "reverse", recorded, "--json")
    made = write("made.json", {"infno": "2305", "output": json.loads(out)})
    assert (code, run("nhsa", "check", made, "--original", recorded)[0]) == (0, 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nhsa",),
        ("nhsa", "check"),
        ("nhsa", "check", "no-such-file.json"),
        ("nhsa", "check", "nothing.json"),
        ("nhsa", "check", "-", "--original", "-"),
        ("nhsa", "reverse", "nothing.json"),
        ("decide", "claim.json", "--to", "fhir"),
    ],
)
def test_what_can_not_be_read_is_a_listed_problem(run: Run, arguments: tuple[str, ...]) -> None:
    write("nothing.json", {})
    write("claim.json", document())
    code, out, _ = run(*arguments, "--json")
    assert code == 2
    assert json.loads(out)["problems"][0]["message"]


def test_a_question_beside_its_lines_decides_with_less_of_a_claim(run: Run) -> None:
    """The scheme and the kind of care come from the message; the claim need not repeat them."""
    claim = document()
    yuan, fen = divmod(claim["lines"][0]["amount_fen"], 100)
    amount = f"{yuan}.{fen:02d}"
    row = {"feedetl_sn": claim["lines"][0]["line_id"], "det_item_fee_sumamt": amount}
    kinds = {"inpatient": "21", "outpatient": "11"}
    data = {"insutype": "310", "med_type": kinds[claim["encounter"].pop("kind")], "medfee_sumamt": amount}
    claim["insured"].pop("scheme")
    claim["lines"] = claim["lines"][:1]
    messages = [{"infno": "2301", "output": {"result": [row]}}, {"infno": "2303", "input": {"data": data}}]
    files = write("messages.json", messages), write("rest.json", claim)
    code, out, _ = run("decide", "--from", "nhsa", files[0], "--with", files[1], "--json")
    assert (code, json.loads(out)["outcome"]) == (0, "covered")


def test_an_undetermined_claim_is_answered_as_ever_when_its_settlement_is_asked_for(run: Run) -> None:
    code, out, _ = run("decide", write("claim.json", document(encounter__cause=...)), "--to", "nhsa", "--json")
    assert (code, json.loads(out)["outcome"]) == (3, "undetermined")
