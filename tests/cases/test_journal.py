"""Of many processes that command one case, one opens it and one takes each step."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

from tests.procedure.world import GOOD, law, opening, sending
from yibao.cases.carrying_out import carry_out, case_in
from yibao.journal.sqlite import Journal

WRITERS = 6


def in_processes(target: Any, path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=target, args=(path, writer)) for writer in range(WRITERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    assert [process.exitcode for process in processes] == [0] * WRITERS


def race(path: Path, writer: int) -> None:
    """Try to open the same case and to take its first step, expecting the version that a fresh case has."""
    with Journal.open(path, create=True) as journal:
        carry_out(journal, opening(actor=str(writer)), law())
        data = GOOD["issue_referral"]
        carry_out(journal, sending("issue_referral", data, actor=str(writer), expected_version=1), law())


def test_of_many_processes_one_opens_the_case_and_one_takes_the_step(tmp_path: Path) -> None:
    path = tmp_path / "cases.sqlite"
    in_processes(race, path)
    with Journal.open(path, create=False) as journal:
        events, case = journal.events("C1"), case_in(journal, "C1")
    kinds = [event["kind"] for event in events]
    assert kinds.count("opened") == kinds.count("step_taken") == 1
    reasons = [event["refusal"]["refused"] for event in events if event["kind"] == "step_refused"]
    assert sorted(reasons) == ["case_exists"] * (WRITERS - 1) + ["version_conflict"] * (WRITERS - 1)
    assert case is not None
    assert (case.state, case.version) == ("referred", 2)
