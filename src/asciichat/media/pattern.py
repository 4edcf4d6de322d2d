"""A moving test pattern: colour bars over a grey ramp, a bouncing ball and a running spot.

A stall, a tear, a swap of red and blue or a mirrored picture is seen at once.
"""

from __future__ import annotations

import math
import time
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .source import Clock, DrawnVideo, Frame

BARS: Final = (
    (235, 235, 235),
    (235, 235, 16),
    (16, 235, 235),
    (16, 235, 16),
    (235, 16, 235),
    (235, 16, 16),
    (16, 16, 235),
)
"""The colours of the bars, left to right: SMPTE's order at full saturation."""


class TestPattern(DrawnVideo):
    """The generated picture that stands in for a camera.

    Parameters
    ----------
    width, height
        Pixels, 16 to 4096.
    fps
        Pictures per second, 1 to 144.
    clock
        See :class:`~asciichat.media.source.DrawnVideo`.
    """

    __test__ = False  # the name is not a test class for pytest

    def __init__(
        self, width: int = 320, height: int = 240, *, fps: float = 30.0, clock: Clock = time.monotonic
    ) -> None:
        if not (16 <= width <= 4096 and 16 <= height <= 4096):
            raise ValueError(f"a test pattern is 16 to 4096 pixels each way, not {width}x{height}")
        super().__init__(fps, clock)
        self._still = self._draw_still(width, height)
        self._rows = np.arange(height, dtype=np.float32)[:, None]
        self._columns = np.arange(width, dtype=np.float32)[None, :]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels."""
        return self._still.shape[1], self._still.shape[0]

    def draw(self, seconds: float) -> Frame:
        """The picture at a time since the start: uint8[height, width, 3]."""
        frame = self._still.copy()
        width, height = self.size
        radius = height / 9
        # Two incommensurate triangle waves: the ball comes by every place and never repeats its path.
        self._disc(
            frame,
            _bounce(seconds * 0.31, radius, width - radius),
            _bounce(seconds * 0.43, radius, height * 0.75 - radius),
            radius,
            (255, 128, 0),
        )
        angle = 2 * math.pi * (seconds / 2 - 0.25)
        reach = height * 0.12
        self._disc(
            frame,
            width / 2 + reach * math.cos(angle) * 2.2,
            height * 0.875 + reach * math.sin(angle) * 0.6,
            height / 24,
            (255, 255, 255),
        )
        return frame

    @staticmethod
    def _draw_still(width: int, height: int) -> NDArray[np.uint8]:
        still = np.empty((height, width, 3), np.uint8)
        bar = np.arange(width) * len(BARS) // width
        still[:] = np.array(BARS, np.uint8)[bar]
        ramp = np.linspace(0, 255, width).astype(np.uint8)
        still[height * 3 // 4 :] = ramp[:, None]
        return still

    def _disc(self, frame: Frame, x: float, y: float, radius: float, color: tuple[int, int, int]) -> None:
        height, width = frame.shape[:2]
        top, bottom = max(0, math.floor(y - radius)), min(height, math.ceil(y + radius) + 1)
        left, right = max(0, math.floor(x - radius)), min(width, math.ceil(x + radius) + 1)
        inside = (self._rows[top:bottom] - y) ** 2 + (self._columns[:, left:right] - x) ** 2 <= radius**2
        frame[top:bottom, left:right][inside] = color


def _bounce(turns: float, low: float, high: float) -> float:
    """A triangle wave between `low` and `high`: one way and back is one turn."""
    phase = turns % 1.0
    return low + (high - low) * (2 * phase if phase < 0.5 else 2 - 2 * phase)
