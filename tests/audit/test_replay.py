"""A replay confirms what was recorded, and says so when it can't: nothing that was altered goes through unseen."""

from __future__ import annotations

import contextlib
import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.audit.replaying import SETTLED, Alter, Event, Recording, record_decided
from yibao import Casebook, in_force
from yibao.cli import main
from yibao.journal.sqlite import Journal
from yibao.model.scenarios import Move

Replay = Callable[..., tuple[int, Any]]
ROOT = Path(__file__).resolve().parents[2]
OTHER_POLICY = ROOT / "tests" / "bench" / "workload_policy"
POLICY, WORKFLOWS = ROOT / "policy", ROOT / "workflows"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path = tmp_path_factory.mktemp("recorded") / "cases.sqlite"
    record_decided(path)
    return Recording(path, ["A1"])


@pytest.fixture
def replay(
    recorded: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Replay:
    """Replays a journal that holds the recorded case A1 as somebody altered it; gives exit code and document."""
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()

    def replayed(*options: str, alter: Alter | None = None, as_json: bool = True, **kept: str) -> tuple[int, Any]:
        recorded.written(Path("cases.sqlite"), alter, **kept)
        return again(*options, as_json=as_json)

    def again(*options: str, as_json: bool = True) -> tuple[int, Any]:
        code = main(["audit", "replay", "--journal", "cases.sqlite", *options, *(["--json"] if as_json else [])])
        printed = capsys.readouterr().out
        return code, json.loads(printed) if as_json else printed

    return replayed


def counts(found: Any) -> tuple[int, int, int]:
    return found["same"], found["different"], found["not_judged"]


def decision_in(found: Any) -> Any:
    (decision,) = [each for each in found["replayed"] if each["decision_id"] is not None]
    return decision


def differing(found: Any) -> list[tuple[int, str]]:
    """The events that are not the same, by their numbers, with the verdict."""
    return [(each["sequence"], each["verdict"]) for each in found["replayed"] if each["verdict"] != "same"]


def told(entry: Any, kind: str) -> list[tuple[str | None, str, object, object, int | None]]:
    """The differences of a kind: line, name, recorded, again, fen."""
    return [
        (each["line_id"], each["name"], each["recorded"], each["again"], each["fen"])
        for each in entry["differences"]
        if each["kind"] == kind
    ]


def test_every_event_and_the_decision_are_made_again_byte_for_byte(replay: Replay) -> None:
    code, found = replay()
    decision = decision_in(found)
    assert (code, counts(found)) == (0, (1, 0, 0))
    assert found["events"] == {"same": SETTLED + 1, "different": 0, "not_judged": 0}
    assert (decision["case"], decision["sequence"], decision["verdict"]) == ("A1", SETTLED + 1, "same")
    assert (decision["differs"], decision["differences"], decision["problems"]) == ([], [], [])


def dearer_for_the_fund(events: list[Event]) -> None:
    """The recorded decision is made to take five yuan more into scope."""
    decision = events[SETTLED]["decision"]
    for amounts in (decision["lines"][0]["amounts"], decision["amounts"]):
        amounts["in_scope_fen"] += 500


def test_amounts_altered_in_a_journal_whose_chain_was_worked_out_anew_are_found_to_the_fen(replay: Replay) -> None:
    code, found = replay(alter=dearer_for_the_fund)
    assert (code, counts(found), differing(found)) == (1, (0, 1, 0), [(SETTLED + 1, "different")])
    entry = decision_in(found)
    assert entry["differs"] == ["amounts", "lines"]
    amounts = told(entry, "amount")
    assert [(line, name, fen) for line, name, _recorded, _again, fen in amounts] == [
        (None, "in_scope_fen", -500),
        (entry["differences"][1]["line_id"], "in_scope_fen", -500),
    ]
    assert all(recorded - again == 500 for _line, _name, recorded, again, _fen in amounts)


def without_its_rules(events: list[Event]) -> None:
    """The first line is made to be excluded by another rule than the one that admitted it."""
    line = events[SETTLED]["decision"]["lines"][0]
    line["outcome"] = "excluded"
    line["reasons"] = [{**line["reasons"][0], "rule": "cosmetic-surgery", "effect": "exclude"}]


def test_the_rules_that_appear_and_disappear_on_a_line_are_told(replay: Replay) -> None:
    _code, found = replay(alter=without_its_rules)
    entry = decision_in(found)
    (outcome,) = told(entry, "outcome")
    assert outcome[2:4] == ("excluded", "covered")
    rules = {name: (recorded, again) for _line, name, recorded, again, _fen in told(entry, "rule")}
    assert rules.pop("cosmetic-surgery") == ("exclude", None)
    assert [recorded for recorded, _again in rules.values()] == [None] * len(rules) != []


def another_state(events: list[Event]) -> None:
    events[2]["target"] = events[2]["envelope"]["state"] = "treated"
    events[3]["source"] = "treated"


def test_an_altered_transition_is_told_with_both_states(replay: Replay) -> None:
    code, found = replay(alter=another_state)
    entry = found["replayed"][0]
    assert (code, entry["sequence"], entry["kind"]) == (1, 3, "step_taken")
    assert ("target", "treated", "sealed") in [each[1:4] for each in told(entry, "state")]


def cosmetic(events: list[Event]) -> None:
    """The opening is made to say that the care was cosmetic."""
    for line in events[0]["data"]["lines"]:
        line["purpose"] = "cosmetic"


def cheaper(events: list[Event]) -> None:
    """One fen less on the first line."""
    events[0]["data"]["lines"][0]["amount_fen"] -= 1


@pytest.mark.parametrize(("alter", "differs"), [(cosmetic, "outcome"), (cheaper, "amounts")])
def test_one_altered_fact_makes_another_decision_and_is_not_what_was_asked(
    replay: Replay, alter: Alter, differs: str
) -> None:
    code, found = replay(alter=alter)
    assert (code, counts(found)) == (1, (0, 1, 0))
    assert found["replayed"][0]["sequence"] == 1
    assert found["replayed"][0]["differences"][0]["pointer"] == "/envelope/command"
    assert {differs, "claim_digest", "decision_id"} <= set(decision_in(found)["differs"])


def test_facts_that_are_no_claim_any_more_end_the_case_there(replay: Replay) -> None:
    def alter(events: list[Event]) -> None:
        events[0]["data"]["insured"]["scheme"] = "nobility"

    code, found = replay(alter=alter)
    first, *rest = found["replayed"]
    assert (code, first["sequence"], first["verdict"]) == (1, 1, "different")
    assert [problem["code"] for problem in first["problems"]] == ["unknown-code"]
    assert {each["verdict"] for each in rest} == {"not_reached"}
    assert len(rest) == SETTLED


@pytest.mark.parametrize(
    ("part", "value"),
    [("outcome", "not_covered"), ("claim_digest", "sha256:0"), ("missing", None), ("note", "paid twice")],
)
def test_one_altered_word_of_a_decision_is_found(replay: Replay, part: str, value: object) -> None:
    def alter(events: list[Event]) -> None:
        events[SETTLED]["decision"][part] = value

    code, found = replay(alter=alter)
    assert (code, counts(found)) == (1, (0, 1, 0))
    assert decision_in(found)["differs"] == [part]


@pytest.mark.parametrize(
    ("place", "alter"),
    [
        (3, lambda event: event["envelope"].update(version=9)),
        (3, lambda event: event["envelope"].update(state="settled")),
        (3, lambda event: event["envelope"].update(command="sha256:0")),
        (3, lambda event: event["envelope"].update(actor="somebody else")),
        (3, lambda event: event.update(step="seal")),
        (3, lambda event: event.update(note="a word more")),
        (3, lambda event: event.update(brought={"filing": None})),
        (SETTLED, lambda event: event.update(decision=None)),
        (SETTLED, lambda event: event.update(relied_on=None, invoice={"issuer": "H", "number": "1"})),
    ],
)
def test_an_alteration_anywhere_in_an_event_is_found(
    replay: Replay, place: int, alter: Callable[[Event], object]
) -> None:
    code, found = replay(alter=lambda events: alter(events[place]))
    assert code == 1
    assert (place + 1, "different") in differing(found)


@pytest.mark.parametrize(
    "alter",
    [
        lambda events: events[SETTLED].update(decision={"outcome": "covered"}),
        lambda events: events[SETTLED].update(decision={**events[SETTLED]["decision"], "settlement": 3}),
        lambda events: events[SETTLED]["decision"].update(lines=[{"line_id": 1}]),
        lambda events: events[0]["data"].update(lines=3),
        lambda events: events[0]["data"].update(lines=[{}]),
        lambda events: events[0].update(kind="moved"),
        lambda events: events[0]["envelope"].pop("actor"),
        lambda events: events.pop(3),
        lambda events: events[1].update(data={"documents": ["\\ud800"]}),
    ],
)
def test_what_nobody_of_ours_wrote_is_found_and_breaks_nothing(replay: Replay, alter: Alter) -> None:
    code, found = replay(alter=alter)
    assert code == 1
    assert differing(found) != []


def test_a_body_that_nests_without_end_is_a_finding(replay: Replay, recorded: Recording) -> None:
    def alter(events: list[Event]) -> None:
        deep: Any = None
        for _level in range(400):
            deep = {"a": deep}
        for event in events[1:4]:
            event["data"] = deep

    code, found = replay(alter=alter)
    assert (code, found["replayed"][0]["sequence"], found["replayed"][0]["verdict"]) == (1, 2, "different")


@pytest.mark.parametrize("key", ["policy_digest", "chart_digest"])
def test_a_bundle_that_is_missing_is_a_finding_with_the_digest(
    replay: Replay, recorded: Recording, key: str, tmp_path: Path
) -> None:
    (tmp_path / "workflows").mkdir()
    folders = ("--policy", str(OTHER_POLICY), "--workflows", str(tmp_path / "workflows"))
    code, found = replay(*folders, without=key)
    assert (code, counts(found)) == (1, (0, 0, 1))
    assert {verdict for _sequence, verdict in differing(found)} == {"no_law"}
    (problem,) = found["replayed"][0]["problems"]
    assert (problem["code"], problem["path"]) == ("bundle-missing", "cases.sqlite")
    assert recorded.events["A1"][0]["envelope"][key] in problem["message"]


@pytest.mark.parametrize("key", ["policy_digest", "chart_digest"])
def test_what_is_installed_does_not_stand_in_for_a_missing_bundle_even_of_the_same_digest(
    replay: Replay, key: str
) -> None:
    code, found = replay(without=key)
    assert (code, counts(found)) == (1, (0, 0, 1))
    assert {verdict for _sequence, verdict in differing(found)} == {"no_law"}
    assert found["replayed"][0]["problems"][0]["code"] == "bundle-missing"


@pytest.mark.parametrize(
    ("key", "option", "folder"), [("policy_digest", "--policy", POLICY), ("chart_digest", "--workflows", WORKFLOWS)]
)
def test_a_folder_that_is_named_stands_in_for_a_missing_bundle_of_the_same_digest(
    replay: Replay, key: str, option: str, folder: Path
) -> None:
    assert replay(option, str(folder), without=key)[0] == 0


def test_a_bundle_that_was_replaced_is_a_finding(replay: Replay, recorded: Recording) -> None:
    assert replay()[0] == 0
    names = recorded.events["A1"][0]["envelope"]
    connection = sqlite3.connect("cases.sqlite")
    connection.execute("DROP TRIGGER bundle_is_never_changed")
    other = connection.execute("SELECT content FROM bundle WHERE digest = ?", (names["chart_digest"],)).fetchone()[0]
    connection.execute("UPDATE bundle SET content = ? WHERE digest = ?", (other, names["policy_digest"]))
    connection.commit()
    connection.close()
    code, found = replayed_as_it_is()
    assert (code, found["replayed"][0]["verdict"]) == (1, "no_law")
    assert found["replayed"][0]["problems"][0]["code"] == "journal-damaged"
    assert names["policy_digest"] in found["replayed"][0]["problems"][0]["message"]


def replayed_as_it_is() -> tuple[int, Any]:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        code = main(["audit", "replay", "--journal", "cases.sqlite", "--json"])
    return code, json.loads(printed.getvalue())


def test_a_journal_without_decisions_is_replayed_all_the_same(replay: Replay) -> None:
    def alter(events: list[Event]) -> None:
        del events[SETTLED:]

    code, found = replay(alter=alter)
    assert (code, found["replayed"], counts(found)) == (0, [], (0, 0, 0))
    assert found["events"]["same"] == SETTLED


def test_one_case_is_replayed_by_itself(replay: Replay) -> None:
    code, found = replay("--case", "A1")
    assert (code, counts(found), found["events"]["same"]) == (0, (1, 0, 0), SETTLED + 1)


def test_a_case_that_was_never_opened_is_refused(replay: Replay) -> None:
    code, refusal = replay("--case", "A2")
    assert (code, refusal["refused"], refusal["case"]) == (4, "unknown_case", "A2")


def test_a_journal_that_is_not_there_is_a_problem_and_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for options in ((), ("--case", "A1")):
        code = main(["audit", "replay", "--journal", "case.sqlite", *options, "--json"])
        (problem,) = json.loads(capsys.readouterr().out)["problems"]
        assert (code, problem["code"], problem["path"]) == (2, "no-such-journal", "case.sqlite")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("language", "alter", "says"),
    [
        (["--lang", "en"], None, "… the same bytes\ndecisions replayed: 1 (1 same, 0 different, 0 not judged)\n"),
        (["--lang", "zh"], None, "… 复核一致\n复核的裁决: 1 (1 一致, 0 不一致, 0 未复核)\n"),
        (["--lang", "en"], cosmetic, "… DIFFERENT amounts, claim_digest, decision_id, "),
        (["--lang", "en"], dearer_for_the_fund, "(-500 fen)\n"),
        (["--lang", "zh"], dearer_for_the_fund, "(-500 分)\n"),
        (["--lang", "en"], without_its_rules, "no more there is the rule `cosmetic-surgery`\n"),
        (["--lang", "zh"], without_its_rules, "不再适用规则 `cosmetic-surgery`\n"),
        (["--lang", "en"], another_state, "/target: treated → sealed\n"),
    ],
)
def test_a_replay_is_told_in_words_and_counted(
    replay: Replay, language: list[str], alter: Alter | None, says: str
) -> None:
    assert says in replay(*language, alter=alter, as_json=False)[1]


def test_a_journal_whose_bytes_are_not_those_of_their_digest_is_damaged_and_the_document_ends_well(
    replay: Replay,
) -> None:
    assert replay()[0] == 0
    connection = sqlite3.connect("cases.sqlite")
    connection.execute("DROP TRIGGER event_is_never_changed")
    connection.execute("UPDATE event SET body = replace(body, 'step_taken', 'step_token') WHERE position = 2")
    connection.commit()
    connection.close()
    code, found = replayed_as_it_is()
    assert (code, [problem["code"] for problem in found["problems"]]) == (2, ["journal-damaged"])


def test_many_cases_are_replayed_in_several_processes_in_one_order(
    recorded: Recording, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "many.sqlite"
    with Journal.open(path, create=True) as journal:
        for number in range(250):
            event = json.loads(json.dumps(recorded.events["A1"][0]).replace("A1", f"C{number:03}"))
            journal.append(f"C{number:03}", 0, [event], recorded.bundles)
    printed = []
    for processes in ("1", "2"):
        code = main(["audit", "replay", "--journal", str(path), "--processes", processes, "--json"])
        printed.append((code, capsys.readouterr().out))
    assert printed[0] == printed[1]
    found = json.loads(printed[0][1])
    # The command of each was about the case A1, so that every one differs in the digest of what was asked.
    assert [each["case"] for each in found["replayed"]] == [f"C{number:03}" for number in range(250)]
    assert {each["differences"][0]["pointer"] for each in found["replayed"]} == {"/envelope/command"}


def test_a_refusal_for_an_invoice_that_a_new_decision_brought_is_confirmed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    law, path = in_force(), str(tmp_path / "cases.sqlite")
    good = law.scenarios()["out-of-province-outpatient"][0]
    invoice = {"invoice": {"issuer": "H1", "number": "1"}}
    with Casebook.at(path, law) as book:
        for case_id in ("A1", "A2"):
            book.open("out-of-province-outpatient", case_id, good.opening, at="2024-03-18")
            for move in good.moves:
                assert isinstance(move, Move)
                data = {key: value for key, value in json.loads(json.dumps(move.data)).items() if key != "invoice"}
                assert not book.do(case_id, move.event, data, at="2024-03-18").refused
        why = {"change": {"reason": "补录票据"}}
        assert not book.do("A1", "redecide", {**invoice, **why}, at="2024-03-19").refused
        refusal = book.do("A2", "redecide", {**invoice, **why}, at="2024-03-19").document
        assert (refusal["refused"], refusal["invoice_with"]) == ("duplicate_invoice", "A1")
    capsys.readouterr()
    assert main(["audit", "replay", "--journal", path, "--json"]) == 0
    assert counts(json.loads(capsys.readouterr().out)) == (3, 0, 0)


def test_a_refusal_is_the_same_whatever_the_order_of_the_keys_that_were_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "cases.sqlite")
    with Casebook.at(path, in_force()) as book:
        opening = {"invoice": {"issuer": "H1", "number": "1", "amount_fen": 9}, "encounter": {"kind": "inpatient"}}
        book.open("agency-handling", "A1", opening, at="2024-03-18")
        other = {"invoice": {"number": "2", "amount_fen": 1}, "encounter": {"kind": "outpatient"}}
        refusal = book.do("A1", "submit", other, at="2024-03-18").document
        facts = [conflict["fact"] for conflict in refusal["conflicts"]]
        assert facts == ["encounter.kind", "invoice.amount_fen", "invoice.number"]
    capsys.readouterr()
    assert main(["audit", "replay", "--journal", path, "--json"]) == 0
