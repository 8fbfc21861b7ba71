"""What the two databases of a journal have in common: a session that runs statements, written once for both.

A statement marks its values with `?`. Neither door to a database is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

Row = tuple[Any, ...]
Result = TypeVar("Result")


class Session(Protocol):
    """One connection to a database, used by one thread at a time.

    `lock` is what a reading of the head ends with so that other writers wait; `as_bytes` the expression that gives a
    text as its UTF-8 bytes, and `as_text` the one that gives UTF-8 bytes as a text.
    """

    lock: ClassVar[str]
    as_bytes: ClassVar[str]
    as_text: ClassVar[str]

    def rows(self, statement: str, *values: object) -> list[Row]: ...

    def row(self, statement: str, *values: object) -> Row | None: ...

    def run(self, statement: str, *values: object) -> None: ...

    def run_many(self, statement: str, rows: Sequence[Row]) -> None: ...

    def stream(self, statement: str, *values: object) -> Iterator[Row]:
        """The rows one after the other, never all at once; inside a transaction."""
        ...

    def begin_reading(self) -> None:
        """Begin a transaction that sees one state of the journal, whatever others write meanwhile."""
        ...

    def begin_writing(self) -> None: ...

    def commit(self) -> None: ...

    def roll_back(self) -> None:
        """Leave the transaction, if there is one."""
        ...

    def faults(self) -> list[str]:
        """What is wrong with the tables themselves, so that their rows can't be relied on to be rows of ours."""
        ...

    def missing_guards(self) -> list[str]:
        """The triggers that keep the tables append-only and are not there."""
        ...

    def close(self) -> None: ...


def in_transaction(session: Session, work: Callable[[Session], Result]) -> Result:
    """The result of the work, done in one transaction that writes; nothing of it is kept when it raises."""
    session.begin_writing()
    try:
        result = work(session)
        session.commit()
    except BaseException:
        session.roll_back()
        raise
    return result
