"""The process that fuzzes one target: the engine is imported under atheris' eye, so that coverage guides the inputs.

An exception that should not have come out is written down, and the run goes on. What ends the process (a signal, too
long a wait, too much memory) libFuzzer writes down itself.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

from tests.fuzz.findings import Findings

with atheris.instrument_imports(include=["yibao"]):
    from tests.fuzz.targets import targets


def main() -> None:
    """`NAME`, the folder for findings and the options of libFuzzer; never returns."""
    target = targets()[sys.argv.pop(1)]
    findings = Findings(target.name, Path(sys.argv.pop(1)))
    target.warm_up()

    def test_one_input(data: bytes) -> None:
        with findings.watching(data):
            target(data)

    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
