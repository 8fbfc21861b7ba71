"""Children that append are killed at a moment drawn from a seed, round after round, in one journal."""

from __future__ import annotations

import os
import random
import select
import signal
import time

from tests.crash.appender import acknowledged, append_one, in_a_child
from tests.crash.checking import CASE, check_end, check_whole
from yibao.journal.opening import open_existing_journal, open_journal

ROUNDS_BETWEEN_WHOLE_CHECKS = 100


def kill_rounds(name: str, rounds: int, seed: int) -> dict[str, int]:
    """How many events are there after so many rounds, and how many of them nobody was told of."""
    draw = random.Random(seed)
    open_journal(name, create=True).close()
    kept = unacknowledged = 0
    for number in range(1, rounds + 1):
        child, hears = in_a_child(name)
        # The journal is open once the first event is acknowledged: a kill before tells nothing.
        select.select([hears], [], [], 60)
        time.sleep(draw.random() * 0.03)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said = acknowledged(hears)
        assert said > kept, "the child was killed before it appended"
        with open_existing_journal(name) as journal:
            # A server may still be committing for a client that is gone: whoever appends waits for it.
            journal.append_together([])
            whole = number % ROUNDS_BETWEEN_WHOLE_CHECKS == 0 or number == rounds
            kept = (check_whole if whole else check_end)(journal, said)
            unacknowledged += kept - said
            append_one(journal, kept)
            kept += 1
            assert journal.last_sequence(CASE) == kept
    return {"rounds": rounds, "kept": kept, "unacknowledged": unacknowledged}
