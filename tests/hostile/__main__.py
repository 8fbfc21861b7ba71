"""`python -m tests.hostile [CORPUS …]` runs the hostile inputs and prints the computing time and memory of each."""

from __future__ import annotations

import argparse
import importlib
import sys

from tests.hostile.running import Case, Told, as_line, run

CORPORA = ("rule_files", "yaml_bombs", "bundles", "folders", "claim_documents", "messages_and_charts")


def main() -> int:
    """0 when every case was refused as expected."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("corpora", nargs="*", metavar="CORPUS", default=CORPORA)
    parser.add_argument("--json", action="store_true", help="one line of JSON for each case")
    arguments = parser.parse_args()
    wrong: list[str] = []

    def show(case: Case, told: Told) -> None:
        if arguments.json:
            print(as_line(told), flush=True)
            return
        expected = told.complaints[: len(case.expected)] if case.and_more else told.complaints
        good = told.raised is None and expected == case.expected
        if not good:
            wrong.append(case.name)
        said = told.raised or (told.complaints[0] if told.complaints else "accepted")
        mark = "" if good else "  NOT AS EXPECTED"
        print(f"{told.seconds * 1_000:8.1f} ms {told.growth / 1e6:6.1f} MB  {case.name}: {said}{mark}", flush=True)

    for corpus in arguments.corpora:
        module = importlib.import_module(f"tests.hostile.{corpus}")
        run(module.cases(), module.warm_up, show)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
