"""Mirroring and tinting pictures on their way."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import numpy as np

from asciichat._core import effect

from .source import Clock, Frame, Losable, PacedVideo, VideoSource


class Adjusted:
    """A video source whose pictures are mirrored and tinted, as is wanted at the moment.

    Attributes
    ----------
    flip_x, flip_y
        Left to right, upside down. May be changed at any time.
    filter
        One of :data:`asciichat._core.effect.FILTERS`. May be changed at any time.
    """

    def __init__(
        self,
        video: VideoSource,
        *,
        flip_x: bool = False,
        flip_y: bool = False,
        color_filter: str = "none",
        clock: Clock = time.monotonic,
    ) -> None:
        self._video = video
        self._clock = clock
        self.flip_x = flip_x
        self.flip_y = flip_y
        self.filter = color_filter

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels."""
        return self._video.size

    @property
    def live(self) -> bool:
        """Does the source run by itself, so that it can only be watched?"""
        return not isinstance(self._video, PacedVideo)

    @property
    def lost(self) -> str | None:
        """Why a device gives no picture at the moment, or None."""
        return self._video.lost if isinstance(self._video, Losable) else None

    def watch(self, changed: Callable[[], None]) -> None:
        """Have this called, on any thread, whenever :attr:`lost` has changed."""
        if isinstance(self._video, Losable):
            self._video.watch(changed)

    def due(self) -> float | None:
        """When the next picture is due on the source's clock; None after the last, infinity if nobody knows."""
        return self._video.due() if isinstance(self._video, PacedVideo) else math.inf

    def read(self, now: float) -> Frame | None:
        """The newest picture due at `now`, or None if it was already read."""
        frame = self._video.read(now)
        return None if frame is None else self._adjust(frame)

    def __iter__(self) -> Iterator[Frame]:
        return map(self._adjust, self._video)

    def close(self) -> None:
        """Close the source."""
        self._video.close()

    def _adjust(self, frame: Frame) -> Frame:
        flip = "x" * self.flip_x + "y" * self.flip_y or "none"
        if flip == self.filter == "none":
            return frame
        adjusted = np.array(frame, order="C")  # the source may keep its picture
        effect.apply(adjusted, filter=self.filter, flip=flip, now=self._clock())
        return adjusted
