"""The fenced blocks, tables, headings and links of the project's documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
_FENCE = re.compile(r"```(?P<words>.*)")
_NOTE = re.compile(r"<!-- (?P<what>file|shown): (?P<path>\S+) -->")
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block. `file` is where a reader puts it, `shown` the file of the project that it shows."""

    document: Path
    line: int
    words: tuple[str, ...]
    text: str
    file: str | None
    shown: str | None

    @property
    def kind(self) -> str:
        return self.words[0] if self.words else ""

    @property
    def place(self) -> str:
        return f"{name_of(self.document)}:{self.line}"


@dataclass(frozen=True)
class Row:
    """A row of a table under its nearest heading."""

    heading: str
    cells: tuple[str, ...]


def name_of(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


@cache
def blocks(document: Path) -> tuple[Block, ...]:
    """Every fenced block of a document, in order."""
    return tuple(_blocks(document))


def _blocks(document: Path) -> Iterator[Block]:
    lines = document.read_text("utf-8").splitlines()
    note: dict[str, str] = {}
    at = 0
    while at < len(lines):
        fence = _FENCE.fullmatch(lines[at])
        if fence is None:
            noted = _NOTE.fullmatch(lines[at])
            note = {noted["what"]: noted["path"]} if noted else note if not lines[at].strip() else {}
            at += 1
            continue
        end = lines.index("```", at + 1)
        text = "\n".join(lines[at + 1 : end]) + "\n"
        words = tuple(fence["words"].split())
        yield Block(document, at + 2, words, text, note.get("file"), note.get("shown"))
        note, at = {}, end + 1


def prose(document: Path) -> list[str]:
    """The lines of a document outside its fenced blocks."""
    inside, kept = False, []
    for line in document.read_text("utf-8").splitlines():
        if line.startswith("```"):
            inside = not inside
        elif not inside:
            kept.append(line)
    return kept


def headings(document: Path) -> list[str]:
    return [line.lstrip("#").strip() for line in prose(document) if line.startswith("#")]


def anchors(document: Path) -> set[str]:
    """What a link to a heading of the document can say, as the usual renderers spell it."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(document)}


def links(document: Path) -> list[str]:
    return [found["target"] for line in prose(document) for found in _LINK.finditer(line)]


def rows(document: Path) -> Iterator[Row]:
    """The rows of all tables, without their heads."""
    heading, before = "", ""
    for line in prose(document):
        if line.startswith("#"):
            heading = line.lstrip("#").strip()
        is_row = line.startswith("|") and not set(line) <= set("|-: ")
        if is_row and before.startswith("|"):
            yield Row(heading, tuple(cell.strip() for cell in line.strip("|").split("|")))
        before = line


def codes(cell: str) -> list[str]:
    """What a cell holds in backticks."""
    return _CODE.findall(cell)
