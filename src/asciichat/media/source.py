"""The two things every source of a call is: something that yields pictures, something that yields samples."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Frame: TypeAlias = NDArray[np.uint8]
"""A picture: uint8[height, width, 3], RGB, C-contiguous."""

Samples: TypeAlias = NDArray[np.float32]
"""Sound: float32[n], mono, 48 kHz, full scale -1 to 1."""

SAMPLE_RATE = 48_000

Clock: TypeAlias = Callable[[], float]
"""Seconds that only move forward, like :func:`time.monotonic`."""


class VideoSource(Protocol):
    """Pictures over time.

    Iterating waits for each new picture and ends with the source, or when another thread calls :meth:`close`.
    """

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures, in pixels."""

    def read(self, now: float) -> Frame | None:
        """The newest picture due at `now` (seconds of the source's clock), or None if it was already read."""

    def __iter__(self) -> Iterator[Frame]: ...

    def close(self) -> None:
        """Let go of files and devices and end every iteration. May be called twice, and from any thread."""


@runtime_checkable
class AudioSource(Protocol):
    """Sound, as fast as it is asked for."""

    def read(self, count: int) -> Samples:
        """The next `count` samples; silence where the source has none. Never waits, but for decoding."""

    def close(self) -> None:
        """Let go of files and devices. May be called twice."""


class LiveAudio(Protocol):
    """Sound as it is captured, at the pace of a sound card."""

    def next(self, timeout: float | None = None) -> Samples | None:
        """Wait for the next block; None after `timeout` seconds, and once it was closed. One thread."""

    def close(self) -> None:
        """Let go of the device and end a wait. May be called from any thread."""


@runtime_checkable
class Losable(Protocol):
    """A source that may go away for some time, as a camera does that is unplugged."""

    @property
    def lost(self) -> str | None:
        """Why there is no picture at the moment, or None."""

    def watch(self, changed: Callable[[], None]) -> None:
        """Have this called, on any thread, whenever :attr:`lost` has changed."""


class LiveMix:
    """A live source and another that is read in step with it.

    Parameters
    ----------
    live
        Sets the pace.
    other
        Is asked for as many samples as `live` gives.
    """

    def __init__(self, live: LiveAudio, other: AudioSource) -> None:
        self._live = live
        self._other = other

    def next(self, timeout: float | None = None) -> Samples | None:
        """The sum of the next blocks; see :class:`LiveAudio`."""
        block = self._live.next(timeout)
        return None if block is None else block + self._other.read(len(block))

    def close(self) -> None:
        """Close both."""
        self._live.close()
        self._other.close()


class PacedVideo:
    """A video source that knows when its next picture is due, and can so be iterated over in real time.

    Parameters
    ----------
    clock
        The source's clock; its start is the first :meth:`read`.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._closed = False
        self._changes = 0
        self._changed = threading.Condition()

    def read(self, now: float) -> Frame | None:
        """The newest picture due at `now`, or None if it was already read."""
        raise NotImplementedError

    def due(self) -> float | None:
        """When the next picture is due on the source's clock; infinity while paused, None after the last."""
        raise NotImplementedError

    def poke(self) -> None:
        """Wake iterations: what :meth:`due` said no longer holds."""
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    def close(self) -> None:
        """End every iteration."""
        self._closed = True
        self.poke()

    def __iter__(self) -> Iterator[Frame]:
        while not self._closed:
            seen = self._changes
            frame = self.read(self._clock())
            if frame is not None:
                yield frame
            due = self.due()
            if due is None:
                return
            self._wait(due, seen)

    def _wait(self, due: float, seen: int) -> None:
        with self._changed:
            while self._changes == seen and (left := due - self._clock()) > 0:
                self._changed.wait(min(left, threading.TIMEOUT_MAX))


class DrawnVideo(PacedVideo):
    """A source that can draw its picture for any time.

    Parameters
    ----------
    fps
        Pictures per second, 1 to 144; anything else is a ValueError.
    clock
        See :class:`PacedVideo`.
    """

    def __init__(self, fps: float, clock: Clock = time.monotonic) -> None:
        if not 1 <= fps <= 144:
            raise ValueError(f"a source has 1 to 144 pictures a second, not {fps}")
        super().__init__(clock)
        self._fps = fps
        self._start: float | None = None
        self._last = -1

    def draw(self, seconds: float) -> Frame:
        """The picture at a time since the start."""
        raise NotImplementedError

    def read(self, now: float) -> Frame | None:
        """The picture due at `now`, or None if it was already read."""
        if self._start is None:
            self._start = now
        # A microsecond of grace: waiting until (n + 1) / fps must not come out as picture n by rounding.
        number = math.floor((now - self._start + 1e-6) * self._fps)
        if number <= self._last:
            return None
        self._last = number
        return self.draw(number / self._fps)

    def due(self) -> float | None:
        """When the next picture is due."""
        return None if self._start is None else self._start + (self._last + 1) / self._fps
