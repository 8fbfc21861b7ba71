"""The commands as other programs use them: one JSON document on standard output, and the exit code."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.bundled import document, policy
from yibao.cli import main
from yibao.cli.schema import EXAMPLE
from yibao.coverage.rete import available
from yibao.readers.documents.locate import bundled_folder

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


def test_the_example_claim_decides_as_covered(run: Run) -> None:
    code, out, _ = run("schema", "claim", "--example")
    assert code == 0
    code, out, _ = run("decide", write("claim.json", json.loads(out)), "--json")
    assert (code, json.loads(out)["outcome"]) == (0, "covered")


def test_a_claim_comes_from_standard_input_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps(document()).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    code, out, _ = run("decide", "-", "--json")
    assert (code, json.loads(out)["outcome"]) == (0, "covered")


def test_not_covered_is_an_answer_and_no_failure(run: Run) -> None:
    code, out, _ = run("decide", write("claim.json", document(line__purpose="cosmetic")), "--json")
    assert (code, json.loads(out)["outcome"]) == (0, "not_covered")


def test_undetermined_has_its_own_exit_code_and_says_what_to_ask(run: Run) -> None:
    claim = write("claim.json", document(encounter__cause=...))
    code, out, _ = run("decide", claim, "--json")
    assert (code, json.loads(out)["missing"][0]["fact"]) == (3, "encounter.cause")
    code, out, _ = run("decide", claim)
    assert code == 3
    assert "encounter.cause" in out


def test_a_misspelt_field_is_a_problem_with_a_pointer_and_a_hint(run: Run) -> None:
    claim = document()
    claim["lines"][0]["purpos"] = claim["lines"][0].pop("purpose")
    code, out, err = run("decide", write("claim.json", claim), "--json")
    (problem,) = json.loads(out)["problems"]
    assert (code, err) == (2, "")
    assert (problem["code"], problem["pointer"]) == ("unknown-field", "/lines/0/purpos")
    assert problem["hint"] == "did you mean `purpose`?"
    code, out, err = run("decide", "claim.json")
    assert (code, out) == (2, "")
    assert "did you mean `purpose`?" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("decide",),
        ("decide", "no-such-file.json"),
        ("decide", "claim.json", "--engine", "prolog"),
        ("decide", "claim.json", "--as-of", "yesterday"),
        ("decide", "claim.json", "--as-of", "20240301"),
        ("decide", "claim.json", "--with", "claim.json"),
        ("no-such-command",),
        ("policy", "show", "no-such-rule"),
        ("schema", "event", "no-such-chart", "settle"),
        ("schema", "event", "out-of-province-inpatient", "setle"),
        ("policy", "trace", "--policy", "no-such-folder"),
    ],
)
def test_wrong_usage_is_a_listed_problem(run: Run, arguments: tuple[str, ...]) -> None:
    write("claim.json", document())
    code, out, _ = run(*arguments, "--json")
    assert code == 2
    assert json.loads(out)["problems"][0]["message"]


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["policy", "show", "cosmetic-surgry"], "unknown-rule", "did you mean `cosmetic-surgery`?"),
        (["policy", "show", "zzz"], "unknown-rule", None),
        (
            ["workflow", "draw", "zzz"],
            "unknown-chart",
            "known: agency-handling, appeal, cross-province-2023, cross-province-filing, direct-settlement, "
            "individual-account, out-of-province-inpatient, out-of-province-outpatient, "
            "resident-other-province-inpatient, social-security-card, third-party-advance",
        ),
        (
            ["schema", "event", "out-of-province-outpatient", "setle"],
            "unknown-event",
            "did you mean `settle`?",
        ),
        (["schema", "claim", "--example", "inpatient-apendicitis"], "unknown-claim", f"did you mean `{EXAMPLE}`?"),
    ],
)
def test_a_name_that_is_not_there_is_answered_with_the_nearest_or_with_a_few(
    run: Run, words: list[str], code: str, hint: str | None
) -> None:
    ending, out, _ = run(*words, "--json")
    (problem,) = json.loads(out)["problems"]
    assert (ending, problem["code"], problem["hint"]) == (2, code, hint)


@pytest.mark.skipif(not available(), reason="durable_rules is not here; the reference interpreter decides alone")
def test_both_engines_print_the_same_bytes(run: Run) -> None:
    claim = write("claim.json", document("out-of-province-inpatient"))
    answers = {run("decide", claim, "--json", "--engine", engine)[1] for engine in ("durable", "reference")}
    assert len(answers) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_text_is_in_the_language_asked_for(run: Run, language: str) -> None:
    _, out, _ = run("decide", write("claim.json", document(line__purpose="cosmetic")), "--lang", language)
    assert ("不予支付" in out) is (language == "zh")
    assert ("not covered" in out) is (language == "en")


def test_lines_from_the_national_interface_need_the_rest_of_the_claim(run: Run) -> None:
    message = {
        "infno": "2204",
        "output": {
            "result": [
                {
                    "feedetl_sn": "F1",
                    "det_item_fee_sumamt": 4.52,
                    "cnt": 1,
                    "pric": 4.52,
                    "pric_uplmt_amt": 999999,
                    "selfpay_prop": 0.05,
                    "fulamt_ownpay_amt": 0,
                    "overlmt_amt": 0,
                    "preselfpay_amt": 0.23,
                    "inscp_scp_amt": 4.29,
                    "chrgitm_lv": "02",
                    "med_chrgitm_type": "09",
                    "lmt_used_flag": "0",
                }
            ]
        },
    }
    code, out, _ = run("decide", "--from", "nhsa", write("message.json", message), "--json")
    facts = [one["fact"] for one in json.loads(out)["missing"]]
    assert code == 3
    assert facts[:2] == ["insured.insured_area", "encounter.treatment_area"]
    assert {"encounter.cause", "line.charged_on", "line.purpose"} <= set(facts)
    rest = document()
    del rest["lines"]
    code, out, _ = run("decide", "--from", "nhsa", "message.json", "--with", write("rest.json", rest), "--json")
    facts = {one["fact"] for one in json.loads(out)["missing"]}
    assert code == 3
    assert facts
    assert all(fact.startswith("line.") for fact in facts)


def test_the_schema_of_a_claim_tells_what_each_field_means(run: Run) -> None:
    _, out, _ = run("schema", "claim")
    schema = json.loads(out)
    purpose = schema["properties"]["lines"]["items"]["properties"]["purpose"]
    assert "cosmetic" in str(purpose)
    assert purpose["x-source"]
    assert schema["additionalProperties"] is False


def test_the_schema_of_an_event_tells_what_its_step_asks(run: Run) -> None:
    _, out, _ = run("schema", "event", "out-of-province-inpatient", "affix_seals")
    schema = json.loads(out)
    assert "filing.referral.seals" in schema["x-facts"]
    assert "social_security_window_seal" in schema["x-guards"]


def test_the_shipped_policy_checks_and_tests_clean(run: Run) -> None:
    code, out, _ = run("policy", "check", "--json")
    assert (code, json.loads(out)["digest"]) == (0, policy().digest)
    code, out, _ = run("policy", "test", "--json")
    tested = json.loads(out)
    beside = (*policy().examples.values(), *(item.examples for item in (*policy().plans, *policy().credits)))
    bundled = sum(map(len, beside))
    assert (code, tested["failed"], tested["own"], tested["bundled"]) == (0, 0, 0, bundled)


def test_a_check_that_finds_something_underlines_it(run: Run) -> None:
    Path("mine").mkdir()
    Path("mine/manifest.yaml").write_text(
        f"bundle: mine\ntitle: {{zh: 我的, en: Mine}}\nextends: {{bundle: yibao, digest: {policy().digest}}}\n", "utf-8"
    )
    Path("mine/city").mkdir()
    Path("mine/city/layer.yaml").write_text('layer: "990300"\ntitle: {zh: 市, en: C}\nextends: "990000"\n', "utf-8")
    Path("mine/city/odd.yaml").write_text(
        "rule: odd\ntitle: {zh: 规则, en: Rule}\ncites: [{source: 试, grade: C}]\nabout: line\n"
        "in_force: {by: line.charged_on, from: 2024-01-01}\nwhen: line.purpos == cosmetic\nthen: {admit: true}\n",
        "utf-8",
    )
    code, out, err = run("policy", "check", "mine")
    assert (code, out) == (1, "")
    assert "mine/city/odd.yaml:6:7: unknown-field: no fact is called `line.purpos`" in err
    assert "    when: line.purpos == cosmetic\n          ^^^^^^^^^^^\n" in err
    assert "did you mean `line.purpose`?" in err


def test_a_folder_that_extends_another_bundle_than_the_one_here_is_refused(run: Run) -> None:
    Path("mine").mkdir()
    Path("mine/manifest.yaml").write_text(
        "bundle: mine\ntitle: {zh: 我的, en: Mine}\nextends: {bundle: yibao, digest: sha256:0000}\n", "utf-8"
    )
    code, out, _ = run("policy", "check", "mine", "--json")
    (problem,) = json.loads(out)["problems"]
    assert (code, problem["code"]) == (1, "extends-changed")
    assert policy().digest in problem["message"]
    Path("mine/manifest.yaml").unlink()
    code, out, _ = run("decide", write("claim.json", document()), "--policy", "mine", "--json")
    assert (code, json.loads(out)["problems"][0]["code"]) == (2, "no-manifest")


def test_a_rule_of_an_authors_own_folder_changes_the_decision(run: Run) -> None:
    Path("mine/city").mkdir(parents=True)
    Path("mine/manifest.yaml").write_text(
        f"bundle: mine\ntitle: {{zh: 我的, en: Mine}}\nextends: {{bundle: yibao, digest: {policy().digest}}}\n", "utf-8"
    )
    Path("mine/city/layer.yaml").write_text('layer: "130000"\ntitle: {zh: 省, en: P}\nextends: national\n', "utf-8")
    Path("mine/city/no-drugs.yaml").write_text(
        "rule: no-drugs\ntitle: {zh: 不付药品, en: No drugs}\ncites: [{source: 试, grade: C}]\nabout: line\n"
        "in_force: {by: line.charged_on, from: 2024-01-01}\nwhen: line.category == drug\n"
        "then: {exclude: local_exclusion}\n",
        "utf-8",
    )
    claim = write("claim.json", document())
    before, after = run("decide", claim, "--json"), run("decide", claim, "--json", "--policy", "mine")
    assert json.loads(before[1])["outcome"] == "covered"
    decision = json.loads(after[1])
    assert (after[0], decision["outcome"]) == (0, "not_covered")
    assert decision["policy"]["jurisdictions"] == ["national", "130000"]
    assert decision["policy"]["digest"] != policy().digest


def test_the_trace_lists_every_row_of_the_ledger(run: Run) -> None:
    code, out, _ = run("policy", "trace", "--json")
    rows = {row["row"]: row for row in json.loads(out)["rows"]}
    assert code == 0
    assert len(rows) == 44
    # The indicators over a population come with populations.
    assert [name for name, row in rows.items() if row["status"] != "carried"] == ["S4.4"]
    assert [name for name, row in rows.items() if not row["tests"]] == ["S4.4"]


def test_a_rule_is_shown_with_its_period_and_its_file(run: Run) -> None:
    code, out, _ = run("policy", "show", "cosmetic-surgery", "--json")
    (version,) = json.loads(out)["versions"]
    assert code == 0
    assert version["when"]
    assert "cosmetic-surgery.yaml" in version["file"]


@pytest.fixture(scope="module")
def tour() -> list[dict[str, Any]]:
    """The stops of the tour, each with the document that its command prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["demo", "--json"]) == 0
    stops: list[dict[str, Any]] = json.loads(printed.getvalue())["stops"]
    return stops


def stops_of(tour: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    """What the commands under a number print."""
    return [stop["output"] for stop in tour if stop["title"]["en"].startswith(f"{number}. ")]


def test_the_tour_ends_well_and_shows_nine_outcomes(tour: list[dict[str, Any]], run: Run) -> None:
    assert [stop["exit_code"] for stop in tour] == [0, 0, 3, 2, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]
    code, out, _ = run("demo")
    assert code == 0
    for number in range(1, 10):
        assert f" · {number}. " in out


def test_the_tour_decides_excludes_and_asks(tour: list[dict[str, Any]]) -> None:
    outcomes = [output["outcome"] for number in (1, 2, 3) for output in stops_of(tour, number)]
    assert outcomes == ["covered", "not_covered", "undetermined"]
    (misspelt,) = stops_of(tour, 4)
    assert misspelt["problems"][0]["hint"] == "did you mean `purpose`?"


def test_the_two_regions_of_the_tour_differ(tour: list[dict[str, Any]]) -> None:
    assert [output["outcome"] for output in stops_of(tour, 5)] == ["partly_covered", "not_covered"]


def test_the_refusal_of_the_tour_names_the_steps_that_were_skipped_and_a_document(tour: list[dict[str, Any]]) -> None:
    (refusal,) = stops_of(tour, 6)
    assert refusal["refused"] == "skipped_step"
    assert refusal["missing_steps"] == ["seal", "registration", "treatment", "invoice"]
    assert "hospital_invoice" in refusal["missing_documents"]
    assert [possible["event"] for possible in refusal["possible_now"]] == ["affix_seals"]


def test_the_tour_goes_on_where_the_case_was_and_reproduces_its_decision(tour: list[dict[str, Any]]) -> None:
    (accepted,), (shown,), (replayed,) = (stops_of(tour, number) for number in (7, 8, 9))
    assert (accepted["state"], accepted["version"]) == (shown["state"], shown["version"]) == ("sealed", 3)
    assert [each["verdict"] for each in replayed["replayed"]] == ["same"]
    assert (replayed["same"], replayed["different"], replayed["not_judged"]) == (1, 0, 0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_tour_is_told_in_the_language_asked_for(run: Run, language: str) -> None:
    _, out, _ = run("demo", "--lang", language)
    assert ("不予办理" in out) is (language == "zh")
    assert ("Refused" in out) is (language == "en")


def test_examples_are_counted_by_whose_they_are(run: Run) -> None:
    beside = (*policy().examples.values(), *(item.examples for item in (*policy().plans, *policy().credits)))
    bundled = sum(map(len, beside))
    Path("policy/city").mkdir(parents=True)
    Path("policy/manifest.yaml").write_text(
        f"bundle: mine\ntitle: {{zh: 我的, en: Mine}}\nextends: {{bundle: yibao, digest: {policy().digest}}}\n", "utf-8"
    )
    Path("policy/city/layer.yaml").write_text('layer: "130000"\ntitle: {zh: 省, en: P}\nextends: national\n', "utf-8")
    Path("policy/city/no-drugs.yaml").write_text(
        "rule: no-drugs\ntitle: {zh: 不付药品, en: No drugs}\ncites: [{source: 试, grade: C}]\nabout: line\n"
        "in_force: {by: line.charged_on, from: 2024-01-01}\nwhen: line.category == drug\n"
        "then: {exclude: local_exclusion}\n"
        "examples: [{it: excludes a drug, from: inpatient-appendicitis, fires: yes, outcome: excluded}]\n",
        "utf-8",
    )
    _, out, _ = run("policy", "test", "policy")
    assert f"{bundled + 1} examples, 1 of policy and {bundled} of the bundled policy, × " in out


def test_charts_of_an_authors_own_have_schemas_and_are_traced(run: Run) -> None:
    Path("charts").mkdir()
    for path in bundled_folder("workflows").glob("out-of-province-outpatient*"):
        Path("charts", path.name).write_bytes(path.read_bytes())
    code, out, _ = run("schema", "event", "out-of-province-outpatient", "settle", "--workflows", "charts")
    assert (code, json.loads(out)["title"]) == (0, "out-of-province-outpatient: settle")
    code, out, _ = run("schema", "event", "out-of-province-inpatient", "settle", "--workflows", "charts", "--json")
    (problem,) = json.loads(out)["problems"]
    assert (code, problem["code"], problem["hint"]) == (
        2,
        "unknown-chart",
        "did you mean `out-of-province-outpatient`?",
    )
    rows = {
        folder: {
            name for row in json.loads(run("policy", "trace", *folder, "--json")[1])["rows"] for name in row["tests"]
        }
        for folder in ((), ("--workflows", "charts"))
    }
    lost = {name.partition(": ")[0] for name in rows[()] - rows["--workflows", "charts"]}
    assert "out-of-province-inpatient" in lost
    assert "out-of-province-outpatient" not in lost
