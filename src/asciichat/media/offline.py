"""Reading a source as fast as it can be drawn, on a clock of its own, instead of watching it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Final, Protocol

from .source import SAMPLE_RATE, AudioSource, Frame, Samples

_LEAST_STEP: Final = 1e-3
"""Seconds the clock moves on at least: times are rounded, and one must not be waited for without end."""
_BLOCK: Final = 480
"""Samples read at once: a jump of what is played, as at the end of a loop, is heard within 10 ms of its time."""


class SteppedClock:
    """A clock that stands still until it is set: time is what the reader says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Scheduled(Protocol):
    """A source that knows when its next picture is due."""

    def read(self, now: float) -> Frame | None:
        """The newest picture due at `now`, or None if it was already read."""

    def due(self) -> float | None:
        """When the next picture is due; None after the last, infinity if nobody knows."""


class Live(Protocol):
    """A source that runs by itself."""

    def __iter__(self) -> Iterator[Frame]: ...


def scheduled_pictures(
    source: Scheduled, clock: SteppedClock, *, fps: float, seconds: float = math.inf
) -> Iterator[tuple[float, Frame]]:
    """The pictures of a source and the times they are due, in seconds from the first.

    Parameters
    ----------
    source
        What to read; `clock` is its clock.
    clock
        Is moved on from picture to picture.
    fps
        Pictures per second at most.
    seconds
        Where to end.
    """
    start = clock.now
    while clock.now - start < seconds:
        frame = source.read(clock.now)
        if frame is not None:
            yield clock.now - start, frame
        due = source.due()
        if due is None or math.isinf(due):
            return
        # A picture that is due a little before its turn is not one too many.
        turn = clock.now + (_LEAST_STEP if frame is None else 1 / fps)
        clock.now = due if due > turn - 0.2 / fps and due > clock.now + _LEAST_STEP else turn


def live_pictures(source: Live, *, fps: float, seconds: float = math.inf) -> Iterator[tuple[float, Frame]]:
    """The pictures of a source that runs by itself and the times they came, in seconds from the first."""
    start: float | None = None
    turn = 0.0
    for frame in source:
        now = time.monotonic()
        if start is None:
            start = now
        at = now - start
        if at >= seconds:
            return
        if at < turn - 0.2 / fps:
            continue
        turn = max(turn + 1 / fps, at)
        yield at, frame


class ScheduledSound:
    """The sound of a source that follows a stepped clock, from now on without a gap.

    Parameters
    ----------
    source
        What to read; `clock` is its clock.
    clock
        Is moved while sound is read, and put back: whoever reads the pictures does not notice.
    """

    def __init__(self, source: AudioSource, clock: SteppedClock) -> None:
        self._source = source
        self._clock = clock
        self._start = clock.now
        self._read = 0

    def until(self, seconds: float) -> Iterator[Samples]:
        """What has not been read of the sound up to a time, in seconds from the beginning."""
        end = round(seconds * SAMPLE_RATE)
        while self._read < end:
            now, self._clock.now = self._clock.now, self._start + self._read / SAMPLE_RATE
            count = min(_BLOCK, end - self._read)
            try:
                samples = self._source.read(count)
            finally:
                self._clock.now = now
            self._read += count
            yield samples
