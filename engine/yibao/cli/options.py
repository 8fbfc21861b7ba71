"""Options that every command takes, and how paths and dates are read from the command line."""

from __future__ import annotations

import argparse
import datetime
import errno
import os
import re
import sys
from pathlib import Path

from yibao.basics.problems import Place, ProblemsFound, problem_of

STDIN = "stdin"
LONGEST_NAME = 100
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?)?")
_MONTH = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}")
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


def case_name(written: str, option: str) -> str:
    """The name of a case as it was given. Raises ProblemsFound for one that no case has."""
    return _name(written, option, "bad-case-name", "a case is named by")


def name(written: str, option: str) -> str:
    """The name of an event or actor, or a key. Raises ProblemsFound for what is none."""
    return _name(written, option, "bad-name", "it has")


def _name(written: str, option: str, code: str, says: str) -> str:
    if written.strip() == written and written.isprintable() and 0 < len(written) <= LONGEST_NAME:
        return written
    message = f"{says} 1 to {LONGEST_NAME} printable characters, none of them at its edges a blank"
    raise ProblemsFound([problem_of(code, message, Place(path=option))])


def recorded_at(written: str | None) -> str:
    """The time of `--at` in one spelling; now when none is given. Only here is the clock read. Raises ProblemsFound."""
    if written is None:
        return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    for reader in (datetime.date.fromisoformat, datetime.datetime.fromisoformat):
        try:
            if _TIME.fullmatch(written):
                return reader(written).isoformat()
        except ValueError:
            continue
    message = f"`{written}` is no date such as 2024-03-01, nor a time such as 2024-03-01T09:30:00+08:00"
    raise ProblemsFound([problem_of("bad-time", message, Place(path="--at"))])


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
