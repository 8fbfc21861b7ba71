"""Options that every command takes, and how paths and dates are read from the command line."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

from yibao.basics.problems import Place, ProblemsFound, problem_of


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
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is no date such as 2024-03-01") from None


def content_of(path: str, largest: int = 20_000_000) -> bytes:
    """The bytes of a file, or of standard input for `-`. Raises ProblemsFound when it can't be read."""
    try:
        if path == "-":
            content = sys.stdin.buffer.read(largest + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(largest + 1)
    except OSError as error:
        raise ProblemsFound([problem_of("unreadable-file", str(error.strerror), Place(path=path))]) from None
    if len(content) > largest:
        message = f"the file is larger than {largest} bytes"
        raise ProblemsFound([problem_of("file-too-large", message, Place(path=path))])
    return content
