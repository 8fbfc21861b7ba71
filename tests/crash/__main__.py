"""`python -m tests.crash WHAT`: kills, faults, client-kills or stops; the result is one JSON document.

Each runs in a process of its own, as its children are forked from one that has no threads.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.crash.faulting import fault_points
from tests.crash.kills import kill_rounds
from tests.crash.servers import client_kills, immediate_stops
from tests.support.postgres import running_server


def main() -> None:
    """Run one proof, so many rounds of it, drawn from a seed."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("what", choices=("kills", "faults", "client-kills", "stops"))
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yibao-crash-") as name:
        folder = Path(name)
        if arguments.what == "kills":
            found = kill_rounds(str(folder / "cases.sqlite"), arguments.rounds, arguments.seed)
        elif arguments.what == "faults":
            _preloaded(folder)
            found = fault_points(folder, arguments.rounds, arguments.seed)
        else:
            proof = client_kills if arguments.what == "client-kills" else immediate_stops
            with running_server() as server:
                found = proof(server, arguments.rounds, arguments.seed)
    print(json.dumps({"what": arguments.what, **found}, ensure_ascii=False))


def _preloaded(folder: Path) -> None:
    """Go on in a process that has the failing disk, when this one has not."""
    if hasattr(ctypes.CDLL(None), "faults_arm"):
        return
    library = folder / "faults.so"
    compiler = os.environ.get("CC", "cc")
    source = Path(__file__).with_name("faults.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    environment = {**os.environ, "LD_PRELOAD": str(library)}
    done = subprocess.run([sys.executable, "-m", "tests.crash", *sys.argv[1:]], env=environment, check=False)
    raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
