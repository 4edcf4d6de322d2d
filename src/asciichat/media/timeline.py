"""Where a file is being played: one position that its pictures and its sound both follow."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import NamedTuple


class Place(NamedTuple):
    """A point in a played file."""

    turn: int
    """Changes when the position jumps: at a seek and at every start of a loop."""
    offset: float
    """Seconds from the start of the file."""
    ended: bool
    """The end was passed and there is no loop."""


class Timeline:
    """The play position of a file, from a clock that is given at every call.

    Safe from any number of threads.

    Parameters
    ----------
    duration
        Seconds of the file; None as long as nobody knows.
    tracks
        How many readers :meth:`found_end` waits for when nobody knows the duration.
    loop
        Begin again at the end.
    start
        Seconds from the start of the file at which playing begins.
    """

    def __init__(
        self, duration: float | None, *, tracks: int = 1, loop: bool = False, start: float = 0.0
    ) -> None:
        self._lock = threading.Lock()
        self._duration = duration
        self._running_tracks = tracks
        self._longest = 0.0
        self._loop = loop
        self._base = max(0.0, start)  # the position at the instant _since
        self._since: float | None = None  # None: the clock stands still
        self._begun = False
        self._seeks = 0
        self._listeners: list[Callable[[], None]] = []

    @property
    def duration(self) -> float | None:
        """Seconds of the file, or None as long as nobody knows."""
        return self._duration

    @property
    def paused(self) -> bool:
        """Playing was begun and paused."""
        with self._lock:
            return self._begun and self._since is None

    def listen(self, changed: Callable[[], None]) -> None:
        """Call `changed` after every pause, resumption, seek and found end, on the thread that caused it."""
        self._listeners.append(changed)

    def place(self, now: float) -> Place:
        """Where to be at `now`; the first call begins playing."""
        with self._lock:
            if not self._begun:
                self._begun = True
                self._since = now
            return self._place(self._position(now))

    def when(self, offset: float, now: float) -> float:
        """The instant at which `offset` of the present turn is reached; infinity while paused."""
        with self._lock:
            if self._since is None:
                return math.inf
            position = self._position(now)
            return now + offset - self._place(position).offset

    def pause(self, now: float) -> None:
        """Stand still."""
        with self._lock:
            self._base, self._since, self._begun = self._position(now), None, True
        self._tell()

    def resume(self, now: float) -> None:
        """Go on after a pause."""
        with self._lock:
            if self._since is None:
                self._since, self._begun = now, True
        self._tell()

    def seek(self, offset: float, now: float) -> None:
        """Go on from `offset` seconds, kept within the file."""
        with self._lock:
            self._base = max(0.0, offset if self._duration is None else min(offset, self._duration))
            self._seeks += 1
            if self._since is not None:
                self._since = now
        self._tell()

    def found_end(self, offset: float) -> None:
        """A reader met the end of its track: when all have, the duration is known."""
        with self._lock:
            if self._duration is not None:
                return
            self._longest = max(self._longest, offset)
            self._running_tracks -= 1
            if self._running_tracks:
                return
            self._duration = self._longest
        self._tell()

    def _position(self, now: float) -> float:
        return self._base if self._since is None else self._base + max(0.0, now - self._since)

    def _place(self, position: float) -> Place:
        # Seeks and loops share one number: a turn need only differ from the turn before it.
        duration = self._duration
        if not duration or position < duration:
            return Place(self._seeks << 32, position, False)
        if not self._loop:
            return Place(self._seeks << 32, duration, True)
        loops, offset = divmod(position, duration)
        return Place((self._seeks << 32) + int(loops), offset, False)

    def _tell(self) -> None:
        for changed in self._listeners:
            changed()
