"""What was made of something is not made again while it is remembered, and the memory is bounded."""

from __future__ import annotations

from functools import partial
from threading import Barrier, Thread

import pytest

from yibao.basics.remembered import Remembered


def test_a_thing_is_made_once_for_its_key() -> None:
    remembered: Remembered[str, list[str]] = Remembered(2)
    first = remembered.of("a", lambda: ["made"])
    assert remembered.of("a", lambda: ["made"]) is first
    assert remembered.known("a") is first
    assert remembered.known("b") is None


def test_what_was_not_asked_for_the_longest_is_forgotten_first() -> None:
    remembered: Remembered[str, str] = Remembered(2)
    for key in ("a", "b", "a", "c"):
        remembered.of(key, partial(str, key))
    assert [remembered.known(key) for key in ("a", "b", "c")] == ["a", None, "c"]


def test_a_failure_is_not_remembered() -> None:
    remembered: Remembered[str, int] = Remembered(2)
    with pytest.raises(ZeroDivisionError):
        remembered.of("a", lambda: 1 // 0)
    assert remembered.of("a", lambda: 1) == 1


def test_two_threads_that_make_the_same_get_the_same() -> None:
    remembered: Remembered[str, list[int]] = Remembered(2)
    both_make, got = Barrier(2), []

    def make() -> list[int]:
        both_make.wait(timeout=10)
        return [1]

    threads = [Thread(target=lambda: got.append(remembered.of("a", make))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = got
    assert first is second
