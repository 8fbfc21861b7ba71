"""Whole processes, as a person at a shell waits for them: a claim decided by the command, the package imported."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.tasks import Timing, timing_of

_IMPORTS = {
    "import yibao": "import yibao",
    "import of the public names": "from yibao import Decider, decide, load_charts, load_policy, read_claim",
}


def timed_processes(runs: int) -> dict[str, Timing]:
    """`yibao decide` from outside, and the imports as the interpreter itself takes them; no processor time is known."""
    found = {name: timing_of([_import_ns(code) for _run in range(runs)], 0) for name, code in _IMPORTS.items()}
    with tempfile.TemporaryDirectory() as folder:
        claim = Path(folder) / "claim.json"
        claim.write_bytes(_output([*_command(), "schema", "claim", "--example"]))
        decide = [*_command(), "decide", str(claim), "--json"]
        found["yibao decide"] = timing_of([_run_ns(decide) for _run in range(runs)], 0)
    return found


def _command() -> list[str]:
    """The installed command, or the module where it is not installed."""
    script = Path(sys.executable).with_name("yibao")
    return [str(script)] if script.is_file() else [sys.executable, "-m", "yibao"]


def _import_ns(code: str) -> int:
    timed = f"import time; begun = time.perf_counter_ns(); {code}; print(time.perf_counter_ns() - begun)"
    return int(_output([sys.executable, "-c", timed]))


def _run_ns(command: Sequence[str]) -> int:
    begun = time.perf_counter_ns()
    _output(command)
    return time.perf_counter_ns() - begun


def _output(command: Sequence[str]) -> bytes:
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
