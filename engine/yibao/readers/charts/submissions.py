"""How a command was sent, as its sender wrote it: the names of cases, events and actors, keys, and times."""

from __future__ import annotations

import datetime
import re

from yibao.basics.problems import Place, ProblemsFound, problem_of

LONGEST_NAME = 100
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?)?")


def case_name(written: str, where: str) -> str:
    """The name of a case. `where` is what problems name. Raises ProblemsFound for one that no case has."""
    return _name(written, where, "bad-case-name", "a case is named by")


def name(written: str, where: str) -> str:
    """The name of an event or actor, or a key. Raises ProblemsFound for what is none."""
    return _name(written, where, "bad-name", "it has")


def time(written: str, where: str) -> str:
    """A date or time in one spelling. Raises ProblemsFound for what is none."""
    for reader in (datetime.date.fromisoformat, datetime.datetime.fromisoformat):
        try:
            if isinstance(written, str) and _TIME.fullmatch(written):
                return reader(written).isoformat()
        except ValueError:
            continue
    message = f"`{written}` is no date such as 2024-03-01, nor a time such as 2024-03-01T09:30:00+08:00"
    hint = None if isinstance(written, str) else "give it as a text, as `isoformat()` writes it"
    raise ProblemsFound([problem_of("bad-time", message, Place(path=where), hint)])


def _name(written: str, where: str, code: str, says: str) -> str:
    # A program that embeds us may give anything.
    fits = isinstance(written, str) and 0 < len(written) <= LONGEST_NAME
    if fits and written.strip() == written and written.isprintable():
        return written
    message = f"{says} 1 to {LONGEST_NAME} printable characters, none of them at its edges a blank"
    raise ProblemsFound([problem_of(code, message, Place(path=where))])
