"""What every test shares: how property tests run here, and where a journal can be kept."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.postgres import Server, running_server

# No deadline: on a busy machine a slow example is no failure. A failing example prints what reproduces it.
settings.register_profile("yibao", deadline=None, print_blob=True)
settings.load_profile("yibao")

_schemas = (f"journal_{number}" for number in itertools.count())


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One PostgreSQL server for all tests of a run."""
    with running_server() as found:
        yield found


@pytest.fixture
def database(server: Server) -> str:
    """The URL of a journal in PostgreSQL that is not there yet."""
    return server.new_schema(next(_schemas))


@pytest.fixture(params=["sqlite", "postgres"])
def name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The name of a journal that is not there yet: a file, or a database."""
    if request.param == "sqlite":
        return str(tmp_path / "cases.sqlite")
    database: str = request.getfixturevalue("database")
    return database
