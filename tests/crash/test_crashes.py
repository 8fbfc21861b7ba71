"""Killed programs, failing disks and stopped servers lose nothing that was acknowledged. `make crash` tries more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def crashed(what: str, rounds: int) -> dict[str, Any]:
    """What one proof found. It fails with what did not hold."""
    words = [sys.executable, "-m", "tests.crash", what, "--rounds", str(rounds)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_hundred_killed_programs_lose_nothing() -> None:
    found = crashed("kills", 100)
    assert found["rounds"] == 100
    assert found["kept"] > 200, "each round acknowledges an event, and adds one afterwards"
    assert found["unacknowledged"] > 0, "no kill struck between the commit and its acknowledgement"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a library is preloaded as Linux does it")
def test_a_hundred_failing_writes_lose_nothing() -> None:
    found = crashed("faults", 100)
    assert sum(found["struck"].values()) == 100
    assert min(found["struck"].values()) > 10, "every kind of fault struck"
    assert found["failed_appends"] > 50, "faults were noticed by whoever appended"


def test_killed_clients_and_a_stopped_server_lose_nothing_in_postgresql() -> None:
    assert crashed("client-kills", 20)["rounds"] == 20
    assert crashed("stops", 2)["rounds"] == 2
