"""A replay confirms what was recorded, and says so when it can't: nothing that was altered goes through unseen."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.bundled import document
from yibao.cli import main
from yibao.journal.sqlite import Journal
from yibao.model.case import Document

CHART = "out-of-province-inpatient"
STEPS = ("issue_referral", "affix_seals", "register", "treat", "issue_invoice", "settle")
SETTLED = len(STEPS)
"""The place of the event that decides, after the opening and the steps before it."""

Event = dict[str, Any]
Alter = Callable[[list[Event]], None]
Replay = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Document]:
    """The events of a case A1 that was opened with all its facts and went the whole way."""
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "claim.json").write_text(json.dumps(document(CHART)), "utf-8")
    where = ("--journal", str(folder / "cases.sqlite"), "--at", "2024-03-20", "--json")
    assert main(["case", "open", CHART, "--case", "A1", "--data", f"@{folder / 'claim.json'}", *where]) == 0
    for step in STEPS:
        assert main(["case", "do", "A1", step, *where]) == 0
    with Journal.open(folder / "cases.sqlite", create=False) as journal:
        return journal.events("A1")


@pytest.fixture
def replay(
    recorded: Sequence[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Replay:
    """Replays a journal that holds the recorded case A1 as somebody altered it; gives exit code and document."""
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()

    def replayed(*options: str, alter: Alter | None = None, as_json: bool = True) -> tuple[int, Any]:
        events: list[Event] = [copy.deepcopy(dict(event)) for event in recorded]
        if alter is not None:
            alter(events)
        with Journal.open(Path("cases.sqlite"), create=True) as journal:
            journal.append("A1", 0, events)
        code = main(["audit", "replay", "--journal", "cases.sqlite", *options, *(["--json"] if as_json else [])])
        printed = capsys.readouterr().out
        return code, json.loads(printed) if as_json else printed

    return replayed


def counts(found: Any) -> tuple[int, int, int]:
    return found["same"], found["different"], found["not_judged"]


def test_a_decision_is_made_again_byte_for_byte(replay: Replay) -> None:
    code, found = replay()
    (decision,) = found["replayed"]
    assert (code, counts(found)) == (0, (1, 0, 0))
    assert (decision["case"], decision["sequence"], decision["verdict"]) == ("A1", SETTLED + 1, "same")
    assert (decision["differs"], decision["problems"]) == ([], [])


def cosmetic(events: list[Event]) -> None:
    """The opening is made to say that the care was cosmetic."""
    for line in events[0]["data"]["lines"]:
        line["purpose"] = "cosmetic"


def cheaper(events: list[Event]) -> None:
    """One fen less on the first line."""
    events[0]["data"]["lines"][0]["amount_fen"] -= 1


@pytest.mark.parametrize(("alter", "differs"), [(cosmetic, "outcome"), (cheaper, "amounts")])
def test_one_altered_fact_makes_another_decision(replay: Replay, alter: Alter, differs: str) -> None:
    code, found = replay(alter=alter)
    (decision,) = found["replayed"]
    assert (code, counts(found), decision["verdict"]) == (1, (0, 1, 0), "different")
    assert {differs, "claim_digest", "decision_id"} <= set(decision["differs"])


def test_facts_that_are_no_claim_any_more_are_no_confirmation(replay: Replay) -> None:
    def alter(events: list[Event]) -> None:
        events[0]["data"]["insured"]["scheme"] = "nobility"

    code, found = replay(alter=alter)
    (decision,) = found["replayed"]
    assert (code, decision["verdict"]) == (1, "different")
    assert [problem["code"] for problem in decision["problems"]] == ["unknown-code"]


@pytest.mark.parametrize(
    ("part", "value"),
    [("outcome", "not_covered"), ("claim_digest", "sha256:0"), ("missing", None), ("note", "paid twice")],
)
def test_one_altered_word_of_a_decision_is_found(replay: Replay, part: str, value: object) -> None:
    def alter(events: list[Event]) -> None:
        events[SETTLED]["decision"][part] = value

    code, found = replay(alter=alter)
    assert (code, counts(found)) == (1, (0, 1, 0))
    assert found["replayed"][0]["differs"] == [part]


def under_another_policy(events: list[Event]) -> None:
    events[SETTLED]["envelope"]["policy_digest"] = "sha256:another"


def test_a_decision_under_another_policy_is_not_confirmed_by_this_one(replay: Replay) -> None:
    code, found = replay(alter=under_another_policy)
    assert (code, counts(found)) == (1, (0, 0, 1))
    assert found["replayed"][0]["verdict"] == "other_policy"


def test_where_some_decisions_can_be_judged_the_others_are_counted(
    replay: Replay, recorded: Sequence[Document]
) -> None:
    other: list[Event] = [copy.deepcopy(dict(event)) for event in recorded]
    under_another_policy(other)
    with Journal.open(Path("cases.sqlite"), create=True) as journal:
        journal.append("B2", 0, other)
    code, found = replay()
    assert (code, counts(found)) == (0, (1, 0, 1))
    assert [(each["case"], each["verdict"]) for each in found["replayed"]] == [("A1", "same"), ("A1", "other_policy")]


def test_a_journal_without_decisions_has_nothing_to_confirm(replay: Replay) -> None:
    def alter(events: list[Event]) -> None:
        del events[SETTLED:]

    code, found = replay(alter=alter)
    assert (code, found["replayed"], counts(found)) == (0, [], (0, 0, 0))


def test_a_case_that_was_never_opened_is_refused(replay: Replay) -> None:
    code, refusal = replay("--case", "A2")
    assert (code, refusal["refused"], refusal["case"]) == (4, "unknown_case", "A2")
    assert replay_text_of_unknown(replay) == "✗ Refused: there is no such case\n"


def replay_text_of_unknown(replay: Replay) -> str:
    Path("cases.sqlite").unlink()
    code, printed = replay("--case", "A2", "--lang", "en", as_json=False)
    assert code == 4
    return str(printed)


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
    ("place", "field", "value", "says"),
    [
        (SETTLED, "source", "opened", "does not follow"),
        (2, "data", {"insured": {"scheme": "resident"}}, "contradicts"),
    ],
)
def test_events_that_can_not_follow_each_other_are_a_damaged_journal(
    replay: Replay, place: int, field: str, value: object, says: str
) -> None:
    def alter(events: list[Event]) -> None:
        events[place][field] = value

    code, found = replay(alter=alter)
    (problem,) = found["problems"]
    assert (code, problem["code"]) == (2, "journal-damaged")
    assert f"(event {place + 1}) of the case A1 {says}" in problem["message"]


@pytest.mark.parametrize(
    ("language", "alter", "says"),
    [
        (["--lang", "en"], None, "… the same bytes\ndecisions replayed: 1 (1 same, 0 different, 0 not judged)\n"),
        (["--lang", "zh"], None, "… 复核一致\n复核的裁决: 1 (1 一致, 0 不一致, 0 未复核)\n"),
        (["--lang", "en"], cosmetic, "… DIFFERENT amounts, claim_digest, decision_id, "),
        (["--lang", "en"], under_another_policy, "… made under another policy, not judged\n"),
        ([], under_another_policy, "依据另一政策作出，未复核 · made under another policy, not judged\n"),
    ],
)
def test_a_replay_is_told_in_words_and_counted(
    replay: Replay, language: list[str], alter: Alter | None, says: str
) -> None:
    assert says in replay(*language, alter=alter, as_json=False)[1]
