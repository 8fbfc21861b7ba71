"""What text may reach a terminal: characters that steer it are written out instead of sent.

Names and texts come from documents that others wrote. A control character in them could move the cursor or colour the
screen, and a bidirectional one could show words in another order than they stand in.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TextIO

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def escaped(text: str) -> str:
    """The text with each steering character as `\\x1b` or `\\u202e`; newlines and tabs stay."""
    return _STEERING.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


class EscapingStream(io.StringIO):
    """Passes text on to another stream, escaped. Keeps nothing itself."""

    def __init__(self, plain: TextIO) -> None:
        super().__init__()
        self.plain = plain

    def write(self, text: str) -> int:
        self.plain.write(escaped(text))
        return len(text)

    def flush(self) -> None:
        self.plain.flush()


@contextmanager
def escaping_output() -> Iterator[None]:
    """Standard output and standard error as escaping streams in UTF-8. One that is closed stays closed."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # The name of a file may hold bytes that are no text.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    with redirect_stdout(_escaping(sys.stdout)), redirect_stderr(_escaping(sys.stderr)):
        yield


def plain_output() -> TextIO | None:
    """Standard output as it is, for documents, which have escapes of their own."""
    return _plain(sys.stdout)


def all_is_sent() -> bool:
    """Send what waits to be written; False where whoever read standard output or standard error has gone away."""
    return all(map(_is_sent, (plain_output(), _plain(sys.stderr))))


def forget_the_rest() -> None:
    """Let what could not be written go nowhere, so that the end of the process does not fail on it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (plain_output(), _plain(sys.stderr)):
        if not _is_sent(stream) and stream is not None:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _is_sent(stream: TextIO | None) -> bool:
    try:
        if stream is not None and not stream.closed:
            stream.flush()
    except BrokenPipeError:
        return False
    except OSError:
        # Such as a full disk: Python tries once more at its end, and says so.
        pass
    return True


def _plain(stream: TextIO | None) -> TextIO | None:
    return stream.plain if isinstance(stream, EscapingStream) else stream


def _escaping(stream: TextIO | None) -> TextIO | None:
    return stream if stream is None or isinstance(stream, EscapingStream) else EscapingStream(stream)
