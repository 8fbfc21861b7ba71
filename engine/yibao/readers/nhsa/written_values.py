"""How messages of the national interface write single values: nothing, numbers, days.

White space around a value is no part of it. It is taken off here and nowhere else, for all readers of messages.
"""

from __future__ import annotations

import datetime
import re
from fractions import Fraction

from yibao.basics.periods import FIRST_DAY, LAST_DAY
from yibao.readers.documents.strict_json import Json, WrittenNumber

_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?([eE][-+]?\d{1,2})?", re.ASCII)
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?", re.ASCII)


def value_of(written: Json) -> Json:
    """The value that is written, a text without the white space around it; None for `null` and for a blank text."""
    value = written.strip() if isinstance(written, str) else written
    return None if value == "" else value


def number_of(value: Json) -> Fraction | None:
    """The exact number that a JSON number or a text writes; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str | WrittenNumber) and _NUMBER.fullmatch(str(value)):
        return Fraction(str(value))
    return None


def day_of(text: str) -> str | None:
    """The day of a time such as 2023-01-01 08:30:00, or of a day alone; None for what is neither.

    A time with a zone is neither: on which day it was here would have to be worked out.
    """
    matched = _TIME.fullmatch(text)
    if matched is None:
        return None
    try:
        day = datetime.date.fromisoformat(matched[1])
    except ValueError:
        return None
    return day.isoformat() if FIRST_DAY <= day <= LAST_DAY else None


def say_the_same(one: Json, other: Json) -> bool:
    """Whether two values are one text or one number (`"01"`, `1` and `"1.0"` are)."""
    number = number_of(one)
    return str(one) == str(other) or (number is not None and number == number_of(other))
