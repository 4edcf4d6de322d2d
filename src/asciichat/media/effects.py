"""Mirroring and tinting pictures on their way."""

from __future__ import annotations

import colorsys
import math
import time
from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .source import Clock, Frame, PacedVideo, VideoSource

TINTS: Final[dict[str, tuple[int, int, int]]] = {
    "white": (255, 255, 255),
    "green": (0, 255, 65),
    "magenta": (255, 0, 255),
    "fuchsia": (255, 0, 170),
    "orange": (255, 136, 0),
    "teal": (0, 221, 221),
    "cyan": (0, 255, 255),
    "pink": (255, 182, 193),
    "red": (255, 51, 51),
    "yellow": (255, 235, 153),
}
"""The native program's tints."""

FILTERS: Final = ("none", "black", *TINTS, "rainbow")
"""Names of colour filters: "black" is dark on light, "rainbow" goes round the hues."""

_RAINBOW_PERIOD: Final = 3.5
"""Seconds for all hues."""
_RAINBOW_STEPS: Final = 105


def tint(frame: Frame, name: str, now: float = 0.0) -> Frame:
    """A picture in shades of one colour.

    Parameters
    ----------
    frame
        uint8[H, W, 3].
    name
        One of :data:`FILTERS`.
    now
        Seconds, for the rainbow.

    Returns
    -------
    uint8[H, W, 3]
        Each pixel is the tint times its grey, (77 R + 150 G + 29 B + 128) / 256.
    """
    if name == "none":
        return frame
    weighted = frame[..., 0].astype(np.uint16) * 77
    weighted += frame[..., 1] * np.uint16(150)
    weighted += frame[..., 2] * np.uint16(29)
    weighted += 128
    shades: Frame = _shades(name, int(now / _RAINBOW_PERIOD * _RAINBOW_STEPS) % _RAINBOW_STEPS)[weighted >> 8]
    return shades


def _shades(name: str, step: int) -> NDArray[np.uint8]:
    return _table(name, step if name == "rainbow" else 0)


@cache
def _table(name: str, step: int) -> NDArray[np.uint8]:
    """The colour of each grey: uint8[256, 3]."""
    grey = np.arange(256)[:, None]
    if name == "black":
        return np.repeat(255 - grey, 3, axis=1).astype(np.uint8)
    if name == "rainbow":
        red, green, blue = colorsys.hsv_to_rgb(step / _RAINBOW_STEPS, 1.0, 1.0)
        # Pure blue is too dark to tell shades in: every hue is lifted to the same least brightness (BT.709).
        bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        lift = max(0.0, (120 / 255 - bright) / (1 - bright))
        color = [255 * (part + (1 - part) * lift) for part in (red, green, blue)]
    else:
        color = [float(part) for part in TINTS[name]]
    return (np.array(color) * grey / 255 + 0.5).astype(np.uint8)


class Adjusted:
    """A video source whose pictures are mirrored and tinted, as is wanted at the moment.

    Attributes
    ----------
    flip_x, flip_y
        Left to right, upside down. May be changed at any time.
    filter
        One of :data:`FILTERS`. May be changed at any time.
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
        if self.flip_x or self.flip_y:
            rows, columns = (-1 if self.flip_y else 1), (-1 if self.flip_x else 1)
            frame = np.ascontiguousarray(frame[::rows, ::columns])
        return tint(frame, self.filter, self._clock())
