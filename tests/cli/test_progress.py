"""A progress bar is for people at a terminal, goes to standard error, and leaves nothing behind."""

from __future__ import annotations

import io

import pytest

from yibao.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_bar_tells_how_many_are_done_and_is_wiped_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with Progress("events") as progress:
        progress.tell(0, 0)
        assert terminal.getvalue() == ""
        progress.tell(1_000, 4_000)
        assert terminal.getvalue() == "\r" + "█" * 7 + "░" * 23 + " 1,000 / 4,000 events"
        progress.tell(9_000, 4_000)
        assert terminal.getvalue().endswith("\r" + "█" * 30 + " 9,000 / 4,000 events")
    assert terminal.getvalue().endswith("\r" + " " * 51 + "\r")


def test_without_a_terminal_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = io.StringIO()
    monkeypatch.setattr("sys.stderr", plain)
    with Progress("events") as progress:
        progress.tell(1, 2)
    assert plain.getvalue() == ""
