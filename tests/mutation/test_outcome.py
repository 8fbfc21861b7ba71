"""What is counted as noticed, and the survivors that are explained: each still names a line of the kernel."""

from __future__ import annotations

import json
from pathlib import Path

from tests.mutation.kernel import GROUPS
from tests.mutation.outcome import Change, Tally, explained, tallies

ROOT = Path(__file__).resolve().parents[2]
SURVIVORS = Path(__file__).resolve().parent / "survivors.md"


def test_a_change_that_no_test_reached_counts_as_unnoticed(tmp_path: Path) -> None:
    codes = {"killed": 1, "timed out": 36, "refused by types": 37, "survived": 0, "no tests": 33, "not run": None}
    path = tmp_path / "src" / "yibao" / "module.py.meta"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"exit_code_by_key": codes}))
    (path.parent / "empty.py.meta").write_text('{"exit_code_by_key": {}}')
    assert tallies(tmp_path) == [
        Tally(module="yibao/module.py", changes=6, noticed=3, survived=("survived", "no tests", "not run"))
    ]


def test_an_explanation_is_read_from_its_block(tmp_path: Path) -> None:
    document = tmp_path / "survivors.md"
    document.write_text("Because it is so.\n\n```diff\n-    return one\n+    return two\n```\n\n- no change\n")
    assert explained(document) == {Change("return one", "return two")}


def test_what_is_explained_still_stands_in_the_kernel() -> None:
    modules = [path for group in GROUPS for name in group.modules for path in (ROOT / "engine").glob(name)]
    lines = {line.strip() for path in modules for line in path.read_text(encoding="utf-8").splitlines()}
    gone = [change.was for change in explained(SURVIVORS) if not set(change.was.splitlines()) <= lines]
    assert gone == []


def test_every_module_and_test_of_the_kernel_is_there() -> None:
    for group in GROUPS:
        for name in group.modules:
            assert [*(ROOT / "engine").glob(name)], name
        for name in group.tests:
            assert (ROOT / name).exists(), name
