"""The journal that a name leads to: a SQLite file, or a PostgreSQL database by its URL."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.journal.kept import KeptJournal
from yibao.journal.sqlite import Journal

_OF_POSTGRES = ("postgresql", "postgres")


def open_journal(name: str, *, create: bool) -> KeptJournal:
    """The journal. One that is not there is made when `create` is set, else read as empty.

    Raises ProblemsFound for what is no journal, can't be reached or read, or is of a newer layout.
    """
    if "://" not in name:
        return Journal.open(Path(name), create)
    return _in_postgres(name, create) or Journal.empty(shown(name))


def open_existing_journal(name: str) -> KeptJournal:
    """The journal. Raises ProblemsFound for one that is not there, and as `open_journal` does."""
    if "://" in name:
        journal = _in_postgres(name, create=False)
    else:
        journal = Journal.open(Path(name), create=False) if Path(name).exists() else None
    if journal is None:
        hint = "cases are kept in the file or database that `yibao case --journal` names"
        message = "there is no such journal" if "://" in name else "there is no such file"
        raise ProblemsFound([problem_of("no-such-journal", message, Place(path=shown(name)), hint)])
    return journal


def shown(name: str) -> str:
    """A name as problems show it: a URL without user and password. Raises ProblemsFound for a URL of nothing known."""
    if "://" not in name:
        return name
    try:
        parts = urlsplit(name)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in _OF_POSTGRES:
        message = "this is no journal; journals are SQLite files, and databases such as postgresql://host/name"
        raise ProblemsFound([problem_of("unsupported-journal", message, Place(path="--journal"))])
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def _in_postgres(url: str, create: bool) -> KeptJournal | None:
    name = shown(url)
    try:
        from yibao.journal.postgres import PostgresJournal
    except ImportError:
        hint = "install yibao with it: pip install 'yibao[postgres]'"
        message = "the driver for PostgreSQL is not installed"
        raise ProblemsFound([problem_of("postgres-not-installed", message, Place(path="--journal"), hint)]) from None
    return PostgresJournal.open(url, name, create)
