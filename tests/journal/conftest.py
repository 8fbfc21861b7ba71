"""The stores that a journal can be in, for the tests of all of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Server, running_server
from yibao.journal.kept import KeptJournal
from yibao.journal.memory import MemoryStore
from yibao.journal.opening import open_journal

Opened = Callable[[], KeptJournal]
_numbers = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One PostgreSQL server for all tests of a run."""
    with running_server() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgres"])
def name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The name of a journal that is not there yet: a file, or a database."""
    if request.param == "sqlite":
        return str(tmp_path / "cases.sqlite")
    server: Server = request.getfixturevalue("server")
    return server.new_schema(f"journal_{next(_numbers)}")


@pytest.fixture
def journal(name: str) -> Iterator[KeptJournal]:
    """An empty journal that is kept."""
    with open_journal(name, create=True) as found:
        yield found


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeptJournal | MemoryStore]:
    """An empty store of any kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    url = str(tmp_path / "cases.sqlite")
    if request.param == "postgres":
        url = request.getfixturevalue("server").new_schema(f"journal_{next(_numbers)}")
    with open_journal(url, create=True) as found:
        yield found
