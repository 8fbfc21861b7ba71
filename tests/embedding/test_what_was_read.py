"""What is in force are the very bytes that were read: files that change afterwards change nothing."""

from __future__ import annotations

from pathlib import Path

from tests.support.bundled import policy
from yibao.api import Casebook, in_force
from yibao.journal.opening import open_journal

MANIFEST = f"""\
bundle: ours
title: {{zh: 本省, en: Ours}}
extends: {{bundle: yibao, digest: {policy().digest}}}
"""
LAYER = 'layer: "130000"\nextends: national\ntitle: {zh: 河北省, en: Hebei}\n'


def written(folder: Path, layer: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "manifest.yaml").write_text(MANIFEST, encoding="utf-8")
    (folder / "layer.yaml").write_text(layer, encoding="utf-8")
    return folder


def test_a_journal_keeps_the_files_that_were_read_though_others_stand_there_now(tmp_path: Path) -> None:
    folder = written(tmp_path / "ours", LAYER)
    law = in_force(folder)
    written(folder, LAYER.replace("Hebei", "Elsewhere"))
    with open_journal(str(tmp_path / "cases.sqlite"), create=True) as journal:
        Casebook(journal, law).open("out-of-province-inpatient", "C1", at="2024-03-01")
        kept = journal.bundle(law.policy.digest)
        assert kept is not None
        assert (kept.digest, kept.extends) == (law.policy.digest, policy().digest)
        assert kept.files["layer.yaml"] == LAYER.encode()


def test_a_changed_file_is_read_anew_and_the_old_one_again_is_the_same_policy(tmp_path: Path) -> None:
    folder = written(tmp_path / "ours", LAYER)
    first = in_force(folder)
    second = in_force(written(folder, LAYER.replace("Hebei", "Elsewhere")))
    assert second.policy.layers["130000"].title.en == "Elsewhere"
    assert second.policy.digest != first.policy.digest
    again = in_force(written(folder, LAYER))
    assert again.policy is first.policy
    assert again.charts is first.charts
