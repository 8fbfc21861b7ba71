"""Options that every command takes, and how paths and dates are read from the command line."""

from __future__ import annotations

import argparse
import datetime
import errno
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.readers.charts import submissions

if TYPE_CHECKING:
    from yibao.journal import Head

STDIN = "stdin"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}")
_HEAD = re.compile(r"(0|[1-9][0-9]{0,17}):[0-9a-f]{64}")
MOST_PROCESSES = 256
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")


def add_common(parser: argparse.ArgumentParser, *, as_of: bool = False) -> None:
    """Add `--json`, `--lang`, `--policy` and, where a date matters, `--as-of`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--lang", choices=("zh", "en"), help="print in one language (default: both)")
    parser.add_argument("--policy", type=Path, metavar="PATH", help="a policy folder (default: the bundled policy)")
    if as_of:
        parser.add_argument("--as-of", type=day, metavar="DATE", help="decide by what was published by this day")


def add_workflows(parser: argparse.ArgumentParser) -> None:
    """Add `--workflows`."""
    parser.add_argument(
        "--workflows", type=Path, metavar="PATH", help="a folder of charts (default: the bundled charts)"
    )


def day(text: str) -> datetime.date:
    """A date argument. Raises ArgumentTypeError, which argparse turns into a usage message."""
    try:
        if _DAY.fullmatch(text):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"`{text}` is no date such as 2024-03-01")


def month(text: str) -> datetime.date:
    """A month argument, as its first day. Raises ArgumentTypeError, which argparse turns into a usage message."""
    try:
        if _MONTH.fullmatch(text):
            return datetime.date.fromisoformat(f"{text}-01")
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"`{text}` is no month such as 2024-03")


def number(text: str) -> int:
    """A count from 0 up, in plain digits. Raises ArgumentTypeError, which argparse turns into a usage message."""
    if not _NUMBER.fullmatch(text):
        raise argparse.ArgumentTypeError(f"`{text}` is no number such as 0 or 12")
    return int(text)


def processes(text: str) -> int:
    """A count from 1 up. Raises ArgumentTypeError, which argparse turns into a usage message."""
    found = number(text)
    if not 1 <= found <= MOST_PROCESSES:
        raise argparse.ArgumentTypeError(f"`{text}` is no number from 1 to {MOST_PROCESSES}")
    return found


def cores() -> int:
    """How many processes can run at the same time here."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(there, MOST_PROCESSES)


def head(text: str) -> Head:
    """The head of a journal as it was printed. Raises ArgumentTypeError, which argparse turns into a usage message."""
    from yibao.journal import Head

    if not _HEAD.fullmatch(text):
        raise argparse.ArgumentTypeError(f"`{text}` is no head such as `audit verify` prints: POSITION:LINK")
    position, _colon, link = text.partition(":")
    return Head(int(position), link)


def recorded_at(written: str | None) -> str:
    """The time of `--at` in one spelling; now when none is given. Only here is the clock read. Raises ProblemsFound."""
    if written is None:
        return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return submissions.time(written, "--at")


def called(path: str) -> str:
    """What messages call the document of a path."""
    return STDIN if path == "-" else path


def content_of(path: str, largest: int = 20_000_000) -> bytes:
    """The bytes of a file, or of standard input for `-`. Raises ProblemsFound when it can't be read."""
    try:
        if path == "-":
            content = _standard_input(largest + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(largest + 1)
    except (OSError, ValueError) as error:
        message = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ProblemsFound([problem_of("unreadable-file", message, Place(path=called(path)))]) from None
    if len(content) > largest:
        message = f"the file is larger than {largest} bytes"
        raise ProblemsFound([problem_of("file-too-large", message, Place(path=called(path)))])
    return content


def _standard_input(size: int) -> bytes:
    if sys.stdin is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return sys.stdin.buffer.read(size)
