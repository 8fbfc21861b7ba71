"""Texts in Chinese and English put together: the pieces that tellings of values and conditions are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from yibao.model.facts import Title

_CHINESE = "\u4e00-\u9fff"
_LATIN = r"A-Za-z0-9%"
_SEAMS = re.compile(rf"[{_CHINESE}][{_LATIN}]|[{_LATIN}][{_CHINESE}]")


def same(text: str) -> Title:
    """A text that is the same in both languages: figures and signs."""
    return Title(zh=text, en=text)


def joined(parts: Iterable[Title], between: Title) -> Title:
    """The texts one after the other."""
    listed = [*parts]
    return Title(zh=between.zh.join([part.zh for part in listed]), en=between.en.join([part.en for part in listed]))


def followed(first: Title, *others: Title) -> Title:
    """Texts written together."""
    zh = first.zh + "".join([other.zh for other in others])
    return Title(zh=zh, en=first.en + "".join([other.en for other in others]))


def valued(title: Title, value: Title) -> Title:
    """A title with its value behind it."""
    return Title(zh=f"{title.zh} {value.zh}", en=f"{title.en} {value.en}")


def phrase(*parts: Title) -> Title:
    """Pieces of one phrase: English with spaces; Chinese without, except between Chinese and Latin or figures."""
    zh = ""
    for part in parts:
        zh += f" {part.zh}" if _SEAMS.fullmatch(zh[-1:] + part.zh[:1]) else part.zh
    return Title(zh=zh, en=" ".join([part.en for part in parts if part.en]))


def filled(frame: Title, *titles: Title) -> Title:
    """A frame with `{}` for each title, in both languages in the same order."""
    return Title(
        zh=frame.zh.format(*(title.zh for title in titles)), en=frame.en.format(*(title.en for title in titles))
    )


def enumerated(titles: Iterable[Title]) -> Title:
    """`a, b, c`."""
    return joined(titles, Title(zh="、", en=", "))
