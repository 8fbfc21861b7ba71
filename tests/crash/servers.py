"""PostgreSQL stopped at once, and clients of it killed, while journals are written."""

from __future__ import annotations

import os
import random
import select
import signal
import time

from tests.crash.appender import acknowledged, append_one, in_a_child
from tests.crash.checking import check_whole
from tests.crash.kills import kill_rounds
from tests.support.postgres import Server
from yibao.journal.opening import open_existing_journal, open_journal


def client_kills(server: Server, rounds: int, seed: int) -> dict[str, int]:
    """Clients are killed while they append."""
    return kill_rounds(server.new_schema("client_kills"), rounds, seed)


def immediate_stops(server: Server, rounds: int, seed: int) -> dict[str, int]:
    """The server is stopped at once while a client appends, and started again."""
    name, draw = server.new_schema("immediate_stops"), random.Random(seed)
    open_journal(name, create=True).close()
    kept = unacknowledged = 0
    for _round in range(rounds):
        child, hears = in_a_child(name)
        select.select([hears], [], [], 60)
        time.sleep(draw.random() * 0.05)
        server.stop("immediate")
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said = acknowledged(hears)
        assert said > kept, "the server was stopped before the client appended"
        server.start()
        with open_existing_journal(name) as journal:
            kept = check_whole(journal, said)
            unacknowledged += kept - said
            append_one(journal, kept)
            kept += 1
    return {"rounds": rounds, "kept": kept, "unacknowledged": unacknowledged}
