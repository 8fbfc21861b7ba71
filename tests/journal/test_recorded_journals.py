"""What earlier releases recorded is carried over to this layout, and is unaltered, for ever."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from yibao.audit.verify import verify
from yibao.cli import main
from yibao.journal import Head
from yibao.journal.bundles import bundle_from
from yibao.journal.ledger import Ledger
from yibao.journal.sqlite import Journal

RECORDED = Path(__file__).parents[1] / "replay"
HEADS = {
    ("0.2.0", "journal.sqlite"): Head(16, "6873a9bb6742d9d3daa155e24847dccb6dff5dbf2c5b227d7e785448e479b222"),
    ("0.2.0", "ledger.sqlite"): Head(15, "587a154a9336f082a7ce4350b0f89490849c383fc6a7af75fe39ff013db6cb8b"),
    ("0.3.0", "journal.sqlite"): Head(680, "bbfb648b60d02423c9037d3eb8cae2db11fef5da7b5651393f0cd695d26566fa"),
}


def test_every_recorded_file_has_its_head_here() -> None:
    files = {(path.parent.name, path.name) for path in RECORDED.glob("*/*.sqlite")}
    assert files == set(HEADS)


@pytest.mark.parametrize(("release", "name"), HEADS)
def test_a_recorded_file_is_carried_over_byte_by_byte(tmp_path: Path, release: str, name: str) -> None:
    recorded, copy = RECORDED / release / name, tmp_path / name
    shutil.copyfile(recorded, copy)
    kind = Ledger if name.startswith("ledger") else Journal
    with kind.open(copy, create=False) as journal:
        assert journal.head() == HEADS[release, name]
        bodies = [(event.case_id, event.sequence, event.body.decode()) for event in journal.stored()]
        with journal.examined() as examined:
            assert list(verify(examined, HEADS[release, name])) == []
    with sqlite3.connect(f"{(RECORDED / release / name).as_uri()}?immutable=1", uri=True) as connection:
        assert bodies == connection.execute("SELECT case_id, sequence, body FROM event ORDER BY rowid").fetchall()
    connection.close()
    # A second opening finds nothing to carry over.
    with kind.open(copy, create=False) as journal:
        assert journal.head() == HEADS[release, name]


def test_the_bundles_beside_a_recorded_journal_are_those_that_its_events_name(tmp_path: Path) -> None:
    copy = tmp_path / "journal.sqlite"
    shutil.copyfile(RECORDED / "0.2.0" / "journal.sqlite", copy)
    with Journal.open(copy, create=False) as journal:
        envelopes = [json.loads(event.body)["envelope"] for event in journal.stored()]
    named = {envelope[key] for envelope in envelopes for key in ("policy_digest", "chart_digest")}
    kept = {path.stem: bundle_from(path.read_bytes()) for path in (RECORDED / "0.2.0" / "bundles").iterdir()}
    assert {bundle.digest for bundle in kept.values()} == named
    assert all(bundle.digest.removeprefix("sha256:").startswith(name) for name, bundle in kept.items())


def test_verify_says_that_nothing_was_altered_and_where_the_journal_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "journal.sqlite"
    shutil.copyfile(RECORDED / "0.2.0" / "journal.sqlite", copy)
    head = HEADS["0.2.0", "journal.sqlite"]
    words = ["audit", "verify", "--journal", str(copy)]
    assert main([*words, "--lang", "en", "--head", str(head)]) == 0
    assert capsys.readouterr().out == f"no alteration found\nhead (keep it elsewhere): {head}\n"
    connection = sqlite3.connect(copy)
    connection.execute("DROP TRIGGER event_is_never_deleted")
    connection.execute("DELETE FROM event WHERE position = 16")
    connection.commit()
    connection.close()
    assert main([*words, "--lang", "en", "--head", str(head)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "guard-missing: the trigger event_is_never_deleted is not there",
        "head-differs: the journal ends at 15, and its head says 16",
        "position 16: kept-head-differs: the journal once had 16 events, and the last of them is not there",
        "THE JOURNAL WAS ALTERED",
        f"head (keep it elsewhere): {head}",
    ]
    assert main([*words, "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["intact"], document["head"]) == (False, {"position": 16, "link": head.link})
    assert document["alterations"][0] == {
        "code": "guard-missing",
        "message": "the trigger event_is_never_deleted is not there",
        "position": None,
        "case": None,
        "sequence": None,
    }


@pytest.mark.parametrize("written", ["16", "x:" + "0" * 64, "1:abc", "01:" + "0" * 64])
def test_what_is_no_head_is_wrong_usage(tmp_path: Path, written: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify", "--journal", str(tmp_path / "j"), "--head", written]) == 2
    assert "is no head" in capsys.readouterr().err
