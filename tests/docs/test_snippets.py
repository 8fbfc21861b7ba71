"""What the documents tell a reader to type is typed here, in their order, and does what they say.

A document is one sitting in a folder that holds the project's `policy` and nothing else. `console` blocks run in a
shell, with the output that is shown (`…` stands for anything) and the exit code that a comment names. `python`
blocks are executed. A block under `<!-- file: … -->` is put into that file; one under `<!-- shown: … -->` is what that
file of the project says.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import yibao
from tests.docs.markdown import DOCUMENTS, ROOT, Block, blocks, name_of
from tests.support.bundled import policy

RUN = ("console", "python", "yaml", "json")
READ_ELSEWHERE = (
    *("yibao-condition", "yibao-truth", "yibao-refused"),
    *("yibao-parameter", "yibao-plan", "yibao-amount", "yibao-amount-refused"),
)
NOT_RUN = ("text",)
PLACEHOLDER = "sha256:…"
MOST_COMMANDS = 100
SITTINGS = [document for document in DOCUMENTS if any(block.kind in RUN for block in blocks(document))]


@dataclass(frozen=True)
class Command:
    """One command of a console block, the lines shown under it, and the exit code that it ends with."""

    text: str
    shown: tuple[str, ...]
    exit_code: int
    place: str


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block. A line that ends in a backslash goes on in the next."""
    lines = block.text.splitlines()
    at = 0
    while at < len(lines):
        assert lines[at].startswith("$ "), f"{block.place}: a console block begins with a command"
        start, text = at, lines[at].removeprefix("$ ")
        while text.endswith("\\"):
            at += 1
            text += "\n" + lines[at]
        end = at + 1
        while end < len(lines) and not lines[end].startswith("$ "):
            end += 1
        code = re.search(r"# exit (\d+)$", text)
        shown = tuple(line.rstrip() for line in lines[at + 1 : end])
        place = f"{name_of(block.document)}:{block.line + start}"
        yield Command(text, shown, int(code[1]) if code else 0, place)
        at = end


def shows(shown: tuple[str, ...], output: list[str]) -> bool:
    """Whether the output is what is shown; a line `…` stands for any lines, and `…` in a line for any text."""
    if not shown:
        return not output
    if shown[0] == "…":
        return any(shows(shown[1:], output[skipped:]) for skipped in range(len(output) + 1))
    pattern = ".*".join(re.escape(piece) for piece in shown[0].split("…"))
    return bool(output) and re.fullmatch(pattern, output[0]) is not None and shows(shown[1:], output[1:])


class Sitting:
    """One reader of one document, in a folder of their own, with `yibao` on the path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "reader"
        self.folder.mkdir()
        (self.folder / "policy").symlink_to(ROOT / "policy")
        programs = folder / "bin"
        programs.mkdir()
        program = programs / "yibao"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m yibao "$@"\n', "utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.environment = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(Path(yibao.__file__).parents[1]),
            "PYTHONUTF8": "1",
        }
        self.names: dict[str, object] = {"__name__": "snippet"}

    def follow(self, block: Block) -> None:
        if block.shown is not None:
            assert block.text in (ROOT / block.shown).read_text("utf-8"), f"{block.place}: {block.shown} says otherwise"
        elif block.file is not None:
            path = self.folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text.replace(PLACEHOLDER, policy().digest), "utf-8")
        elif block.kind == "console":
            for command in commands(block):
                self._type(command)
        elif block.kind == "python":
            with contextlib.chdir(self.folder):
                exec(compile("\n" * (block.line - 1) + block.text, name_of(block.document), "exec"), self.names)
        else:
            pytest.fail(f"{block.place}: nobody knows what to do with this block")

    def _type(self, command: Command) -> None:
        done = subprocess.run(
            ["sh", "-c", command.text],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        said = f"{command.place}: {command.text}\n{done.stdout}"
        if done.returncode != command.exit_code:
            pytest.fail(f"this ends with {done.returncode}, not {command.exit_code}: {said}", pytrace=False)
        output = [line.rstrip() for line in done.stdout.strip("\n").splitlines()]
        if command.shown and not shows(command.shown, output):
            pytest.fail(f"this is not what is shown: {said}", pytrace=False)


@pytest.mark.parametrize("document", SITTINGS, ids=name_of)
def test_a_reader_who_types_what_a_document_says_sees_what_it_shows(document: Path, tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    for block in blocks(document):
        if block.kind in RUN:
            sitting.follow(block)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_no_block_of_a_document_is_left_unread(document: Path) -> None:
    kinds = {block.place: block.kind for block in blocks(document)}
    assert {place: kind for place, kind in kinds.items() if kind not in (*RUN, *READ_ELSEWHERE, *NOT_RUN)} == {}


def test_the_readme_is_among_the_documents_that_are_followed() -> None:
    assert ROOT / "README.md" in SITTINGS


def test_following_the_documents_stays_quick() -> None:
    typed = [
        command
        for document in SITTINGS
        for block in blocks(document)
        if block.kind == "console"
        for command in commands(block)
    ]
    assert len(typed) <= MOST_COMMANDS


@pytest.mark.parametrize(
    ("shown", "output", "same"),
    [
        (("a", "b"), ["a", "b"], True),
        (("a", "…"), ["a", "b", "c"], True),
        (("…", "c"), ["a", "b", "c"], True),
        (("a … c",), ["a b b c"], True),
        (("a",), ["a", "b"], False),
        (("a", "…", "d"), ["a", "b", "c"], False),
        (("a.c",), ["abc"], False),
        ((), ["a"], False),
    ],
)
def test_shown_output_is_held_to_line_by_line(shown: tuple[str, ...], output: list[str], same: bool) -> None:
    assert shows(shown, output) == same
