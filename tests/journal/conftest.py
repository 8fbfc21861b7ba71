"""The stores that a journal can be in, for the tests of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from yibao.journal.kept import KeptJournal
from yibao.journal.memory import MemoryStore
from yibao.journal.opening import open_journal

Opened = Callable[[], KeptJournal]


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
        url = request.getfixturevalue("database")
    with open_journal(url, create=True) as found:
        yield found
