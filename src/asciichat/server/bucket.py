"""A token bucket: how much of something may be had over time. (The media's are in the core: ``allowance.c``.)"""

from __future__ import annotations

import time
from collections.abc import Callable


class Bucket:
    """Holds `most`, and fills at `rate` a second. Not thread-safe.

    Parameters
    ----------
    rate
        What comes back each second.
    most
        What can be had at once after a pause.
    clock
        Seconds; to be replaced in tests only.
    """

    __slots__ = ("_clock", "_last", "_level", "_most", "_rate")

    def __init__(self, rate: float, most: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._most = self._level = most
        self._clock = clock
        self._last = clock()

    def take(self, amount: float = 1.0) -> bool:
        """Take `amount` out if it is there; else take nothing and return False."""
        now = self._clock()
        self._level = min(self._most, self._level + (now - self._last) * self._rate)
        self._last = now
        if self._level < amount:
            return False
        self._level -= amount
        return True

    def spend(self, amount: float) -> bool:
        """Take `amount` out although it is spent already; False once more was spent than was there."""
        self.take(0.0)
        self._level -= amount
        return self._level >= 0.0
