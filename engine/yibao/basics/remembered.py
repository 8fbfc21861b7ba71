"""What was made of given things, kept so that it is not made again. What is made and of what is for the caller."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")


class Remembered(Generic[Key, Made]):
    """What was made by key, at most `most` of them: those asked for last. Several threads may use one.

    A key has to hold all that the thing is made of, such as the very bytes of a file: then nothing is ever out of date.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[Key, Made] = OrderedDict()
        self._lock = Lock()

    def of(self, key: Key, make: Callable[[], Made]) -> Made:
        """What was made for a key before, or is made now. What `make` raises is raised, and not remembered.

        No thread waits while another makes something. Two that make the same get the one that was kept first.
        """
        known = self.known(key)
        if known is not None:
            return known
        made = make()
        with self._lock:
            kept = self._made.setdefault(key, made)
            self._made.move_to_end(key)
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return kept

    def known(self, key: Key) -> Made | None:
        """What is kept for a key; None where nothing is."""
        with self._lock:
            if key not in self._made:
                return None
            self._made.move_to_end(key)
            return self._made[key]
