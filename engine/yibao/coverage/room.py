"""How much the engines of one decider may remember together. What they remember, and what goes first, is theirs."""

from __future__ import annotations

from typing import Protocol
from weakref import WeakSet


class Remembering(Protocol):
    """What takes room."""

    @property
    def taken(self) -> int:
        """How many bytes, as it counts them."""

    def forget(self) -> bool:
        """Give some room back. False where nothing is left to forget."""


class Room:
    """So many bytes for all that share them. Whoever takes most forgets first, so that none is left without."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._sharing: WeakSet[Remembering] = WeakSet()

    @property
    def taken(self) -> int:
        """The bytes that are taken, by all together."""
        return sum(one.taken for one in self._sharing)

    def enter(self, one: Remembering) -> None:
        """Share the room, for as long as it lives."""
        self._sharing.add(one)

    def make(self) -> None:
        """Have things forgotten until what is taken has room."""
        while self.taken > self.most:
            largest_first = sorted(self._sharing, key=lambda one: one.taken, reverse=True)
            if not any(one.forget() for one in largest_first):
                return
