"""A progress bar on standard error, where that is a terminal: how many of how many, and nothing else is said."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

_WIDTH = 30


class Progress:
    """Use it as a context manager; the bar is wiped away at the end. Without a terminal nothing is written."""

    def __init__(self, called: str) -> None:
        self._called = called
        self._shown = sys.stderr is not None and sys.stderr.isatty()
        self._length = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def tell(self, done: int, total: int) -> None:
        """Show that so many of all are done."""
        if not self._shown or total == 0:
            return
        part = min(done, total) * _WIDTH // total
        bar = "█" * part + "░" * (_WIDTH - part)
        text = f"{bar} {done:,} / {total:,} {self._called}"
        self._write(f"\r{text.ljust(self._length)}")
        self._length = len(text)

    def clear(self) -> None:
        """Wipe the bar away, so that something else can be printed where it stood."""
        if self._length:
            self._write("\r" + " " * self._length + "\r")
            self._length = 0

    def _write(self, text: str) -> None:
        # The terminal is steered here on purpose, by nothing that anybody else wrote.
        stream = getattr(sys.stderr, "plain", sys.stderr)
        stream.write(text)
        stream.flush()
