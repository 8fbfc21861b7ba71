"""What a child does until it is killed: append events, and say the number of each only once it is acknowledged."""

from __future__ import annotations

import os

from tests.crash.checking import CASE
from yibao.journal.kept import KeptJournal
from yibao.journal.opening import open_existing_journal


def append_for_ever(name: str, said: int) -> None:
    """Append events to one case and write the number of each to the descriptor `said`."""
    with open_existing_journal(name) as journal:
        sequence = journal.last_sequence(CASE)
        while True:
            append_one(journal, sequence)
            sequence += 1
            os.write(said, f"{sequence}\n".encode())


def append_one(journal: KeptJournal, sequence: int) -> None:
    """The event after number `sequence`. Now and then one is long, so that a commit takes several pages."""
    text = "记录" * (2_000 if sequence % 7 == 3 else 20)
    journal.append(CASE, sequence, [{"n": sequence + 1, "text": text}])


def in_a_child(name: str) -> tuple[int, int]:
    """A child that appends for ever: its number, and the descriptor to read from what it says."""
    hears, says = os.pipe()
    child = os.fork()
    if child:
        os.close(says)
        return child, hears
    os.close(hears)
    try:
        append_for_ever(name, says)
    finally:
        # Whatever happens, the child does not go on with its parent's work.
        os._exit(1)
    raise AssertionError("not reached")


def acknowledged(hears: int) -> int:
    """The last number that a child said before it was gone."""
    with os.fdopen(hears, "rb") as pipe:
        content = pipe.read()
    numbers = content[: content.rfind(b"\n") + 1].split()
    return int(numbers[-1]) if numbers else 0
