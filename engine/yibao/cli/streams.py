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


class OutputNotWritten(Exception):
    """A stream takes no more, such as a file on a full disk. That its reader has gone away is no such failure."""

    def __init__(self, failure: OSError) -> None:
        super().__init__(str(failure))
        self.failure = failure


class _PassingStream(io.StringIO):
    """Passes text on to another stream, and raises OutputNotWritten where that fails. Keeps nothing itself."""

    def __init__(self, plain: TextIO) -> None:
        super().__init__()
        self.plain = plain

    def write(self, text: str) -> int:
        with _failing_as_output():
            self.plain.write(text)
        return len(text)

    def flush(self) -> None:
        with _failing_as_output():
            self.plain.flush()


class EscapingStream(_PassingStream):
    """Passes text on to another stream, escaped."""

    def write(self, text: str) -> int:
        super().write(escaped(text))
        return len(text)


@contextmanager
def _failing_as_output() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputNotWritten(error) from None


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
    stream = sys.stdout
    return _PassingStream(stream.plain) if isinstance(stream, EscapingStream) else stream


def unsent() -> tuple[OSError, ...]:
    """Send what waits to be written; why standard output or standard error did not take it, if they did not."""
    failures = (_failure(_plain(stream)) for stream in (sys.stdout, sys.stderr))
    return tuple(failure for failure in failures if failure is not None)


def forget_the_rest() -> None:
    """Let what could not be written go nowhere, so that the end of the process does not fail on it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (_plain(sys.stdout), _plain(sys.stderr)):
        if stream is not None and _failure(stream) is not None:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _failure(stream: TextIO | None) -> OSError | None:
    try:
        if stream is not None and not stream.closed:
            stream.flush()
    except OSError as error:
        return error
    return None


def _plain(stream: TextIO | None) -> TextIO | None:
    return stream.plain if isinstance(stream, EscapingStream) else stream


def _escaping(stream: TextIO | None) -> TextIO | None:
    return stream if stream is None or isinstance(stream, EscapingStream) else EscapingStream(stream)
