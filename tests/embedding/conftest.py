"""The journals that an embedder can keep cases in."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Server, running_server
from yibao import Casebook, InForce, in_force

_numbers = itertools.count()


@pytest.fixture(scope="session")
def law() -> InForce:
    """The bundled policy and charts, read once."""
    return in_force()


@pytest.fixture(scope="session")
def embedders_server() -> Iterator[Server]:
    """One PostgreSQL server for all tests of a run."""
    with running_server() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgres"])
def name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The name of a journal that is not there yet: a file, or a database."""
    if request.param == "sqlite":
        return str(tmp_path / "cases.sqlite")
    server: Server = request.getfixturevalue("embedders_server")
    return server.new_schema(f"embedding_{next(_numbers)}")


@pytest.fixture
def book(tmp_path: Path, law: InForce) -> Iterator[Casebook]:
    """A book of no cases yet, in a file."""
    with Casebook.at(str(tmp_path / "cases.sqlite"), law) as found:
        yield found
