"""The journals that an embedder can keep cases in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from yibao import Casebook, InForce, in_force


@pytest.fixture(scope="session")
def law() -> InForce:
    """The bundled policy and charts, read once."""
    return in_force()


@pytest.fixture
def book(tmp_path: Path, law: InForce) -> Iterator[Casebook]:
    """A book of no cases yet, in a file."""
    with Casebook.at(str(tmp_path / "cases.sqlite"), law) as found:
        yield found
