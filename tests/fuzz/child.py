"""The process that fuzzes one target: the engine is imported under atheris' eye, so that coverage guides the inputs."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["yibao"]):
    from tests.fuzz.targets import targets


def main() -> None:
    """`NAME` and the options of libFuzzer; never returns."""
    target = targets()[sys.argv.pop(1)]
    target(next(target.seeds()))

    def test_one_input(data: bytes) -> None:
        target(data)

    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
