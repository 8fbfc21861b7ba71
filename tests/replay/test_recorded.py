"""What a release recorded opens, verifies and replays byte for byte: today, elsewhere, and in both databases."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import yibao
from tests.architecture.test_packaging import interpreter
from tests.replay.record import record
from yibao.cli import main
from yibao.journal import Appended
from yibao.journal.bundles import Bundle, bundle_from
from yibao.journal.kept import KeptJournal
from yibao.journal.opening import open_existing_journal, open_journal

HERE = Path(__file__).parent
ENGINE = Path(yibao.__file__).parents[1]


def copied(release: str, folder: Path) -> Path:
    """A copy of what a release recorded; the original is never opened."""
    return Path(shutil.copy(HERE / release / "journal.sqlite", folder / "journal.sqlite"))


def with_bundles_of_0_2_0(journal: Path) -> None:
    """Put the bundles of that time, which layout 1 did not keep, into a copy."""
    contents = [path.read_bytes() for path in sorted((HERE / "0.2.0" / "bundles").iterdir())]
    with open_existing_journal(str(journal)) as kept:
        kept.append_together([], {bundle.digest: bundle for bundle in map(bundle_from, contents)})


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture(params=["0.2.0", "0.3.0"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of what each release recorded, with its bundles."""
    path = copied(request.param, tmp_path)
    if request.param == "0.2.0":
        with_bundles_of_0_2_0(path)
    return path


def test_what_every_release_recorded_verifies_and_replays_byte_for_byte(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "audit", "verify", "--journal", str(journal))[1]["alterations"] == []
    code, found = said(capsys, "audit", "replay", "--journal", str(journal))
    assert (code, found["different"], found["not_judged"]) == (0, 0, 0)
    assert (found["events"]["different"], found["events"]["not_judged"]) == (0, 0)
    assert found["same"] >= 2
    assert found["events"]["same"] >= 16


def test_what_every_release_recorded_went_by_its_charts(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = said(capsys, "audit", "replay", "--transitions", "--journal", str(journal))
    assert (code, found["replayed"], found["events"]["different"]) == (0, [], 0)
    assert found["events"]["same"] >= 16


def test_a_journal_of_0_2_0_is_carried_over_and_shows_its_cases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copied("0.2.0", tmp_path)
    _code, found = said(capsys, "case", "list", "--journal", str(path))
    assert [(each["case"], each["state"]) for each in found["cases"]] == [
        ("S-2022-0107", "settled"),
        ("S-2022-0520", "settled"),
    ]
    code, case = said(capsys, "case", "show", "S-2022-0107", "--history", "--journal", str(path))
    assert (code, len(case["events"]), case["decision"]["outcome"]) == (0, 12, "covered")


def test_without_bundles_what_0_2_0_recorded_can_not_be_judged_and_is_no_confirmation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = said(capsys, "audit", "replay", "--journal", str(copied("0.2.0", tmp_path)))
    assert (code, found["same"], found["different"], found["not_judged"]) == (1, 0, 0, 2)
    assert {each["verdict"] for each in found["replayed"]} == {"other_policy"}


def test_the_policy_and_the_charts_of_that_time_may_be_given_instead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copied("0.2.0", tmp_path)
    for content in sorted((HERE / "0.2.0" / "bundles").iterdir()):
        put_out(bundle_from(content.read_bytes()), tmp_path)
    folders = ("--policy", str(tmp_path / "policy"), "--workflows", str(tmp_path / "workflows"))
    code, found = said(capsys, "audit", "replay", "--journal", str(path), *folders)
    assert (code, found["events"]["same"]) == (0, 16)


def put_out(bundle: Bundle, folder: Path) -> None:
    """Write the files of a bundle into folders as an author has them."""
    for path, content in bundle.files.items():
        chart = content.decode().partition("chart: ")[2].split()[0] if path == "document" else ""
        target = folder / "workflows" / f"{chart}.yaml" if chart else folder / "policy" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def test_what_was_recorded_has_every_kind_of_event_and_every_chart(tmp_path: Path) -> None:
    with open_existing_journal(str(copied("0.3.0", tmp_path))) as journal:
        events = [json.loads(each.body) for each in journal.stored()]
    kinds = {event["kind"] for event in events}
    assert kinds == {
        *("opened", "step_taken", "step_refused", "corrected", "withdrawn", "redecided"),
        *("settlement_reversed", "key_voided", "step_deleted", "deadline_passed"),
    }
    charts = {event["chart"] for event in events if event["kind"] == "opened"}
    assert len(charts) == 11
    refused = {event["refusal"]["refused"] for event in events if event["kind"] == "step_refused"}
    assert {"case_exists", "version_conflict", "key_reused", "case_closed", "skipped_step", "too_late"} <= refused
    assert any(event.get("relied_on") for event in events)
    assert any(event["owed"].get("fund_total_fen") for event in events if event["kind"] == "redecided")


@pytest.mark.parametrize(
    ("seed", "zone"), [("0", "Asia/Shanghai"), ("7", "UTC"), ("0", "America/New_York"), ("7", "Asia/Shanghai")]
)
def test_a_replay_depends_on_no_seed_and_no_time_zone(tmp_path: Path, seed: str, zone: str) -> None:
    assert replayed_by(sys.executable, copied("0.3.0", tmp_path), ENGINE, PYTHONHASHSEED=seed, TZ=zone)


@pytest.mark.parametrize("version", ["3.11", "3.12"])
def test_a_replay_depends_on_no_version_of_python(tmp_path: Path, version: str) -> None:
    python = interpreter(version)
    if python != sys.executable:
        python = installed_for(python, tmp_path / "environment")
    assert replayed_by(python, copied("0.3.0", tmp_path), ENGINE)


def installed_for(python: str, folder: Path) -> str:
    """An environment of that interpreter with what yibao needs."""
    root = ENGINE.parent
    subprocess.run([python, "-m", "venv", folder], check=True, timeout=300)
    own = str(folder / "bin" / "python")
    installing = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(root)]
    subprocess.run(installing, check=True, timeout=600, capture_output=True)
    return own


def replayed_by(python: str, journal: Path, engine: Path, **environment: str) -> bool:
    """Whether an interpreter finds every event of the journal the same."""
    words = [python, "-m", "yibao", "audit", "replay", "--processes", "1", "--journal", str(journal), "--json"]
    around = {**os.environ, "PYTHONPATH": str(engine), **environment}
    done = subprocess.run(words, env=around, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    events = json.loads(done.stdout)["events"]
    return bool(events["same"] and not events["different"] and not events["not_judged"])


def test_a_replay_is_the_same_in_postgres(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copied("0.3.0", tmp_path)
    with open_existing_journal(str(path)) as kept, open_journal(database, create=True) as target:
        copy_events(kept, target)
    first = said(capsys, "audit", "replay", "--journal", str(path))
    second = said(capsys, "audit", "replay", "--journal", database)
    assert first == second
    assert first[0] == 0


def copy_events(kept: KeptJournal, target: KeptJournal) -> None:
    """Append what one journal has to another, in its order."""
    bundles: dict[str, Bundle] = {}
    for each in kept.stored():
        event = json.loads(each.body)
        for digest in (event["envelope"]["policy_digest"], event["envelope"]["chart_digest"]):
            bundle = None if digest in bundles else kept.bundle(digest)
            if bundle is not None:
                bundles[digest] = bundle
        target.append_together([Appended(each.case_id, each.sequence - 1, [event])], bundles)


def test_what_is_recorded_today_replays_and_is_recorded_the_same_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = []
    for name in ("first.sqlite", "second.sqlite"):
        record(tmp_path / name, ["out-of-province-outpatient"])
        with open_existing_journal(str(tmp_path / name)) as journal:
            heads.append(journal.head())
    assert heads[0] == heads[1]
    code, found = said(capsys, "audit", "replay", "--journal", str(tmp_path / "first.sqlite"))
    assert (code, found["events"]["different"]) == (0, 0)
