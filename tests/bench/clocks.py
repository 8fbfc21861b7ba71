"""Two clocks at once: on a machine that others use, the wall's tells more of them and the processor's more of us."""

from __future__ import annotations

import time

from attrs import frozen


@frozen
class Seconds:
    """How long something took by the wall's clock, and for how long it kept the processor."""

    wall: float
    processor: float


class Clock:
    """Runs from the moment that it is made."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def read(self) -> Seconds:
        """The seconds since."""
        return Seconds(time.perf_counter() - self._wall, time.process_time() - self._processor)
