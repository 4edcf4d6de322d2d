"""The size pictures have on their way into a call."""

from __future__ import annotations

from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from .source import Frame

LARGEST: Final = (480, 270)
"""Width and height pictures are scaled down to fit: what a call can show, and what native clients send."""


class Converter:
    """Turns decoded pictures into RGB that fits LARGEST, upright, pixels square. One thread at a time."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def convert(self, frame: VideoFrame, pixel_aspect: float = 1.0) -> Frame:
        """The picture as uint8[H, W, 3], C-contiguous.

        Parameters
        ----------
        frame
            As decoded.
        pixel_aspect
            Width of its pixels divided by their height.
        """
        turns = round(frame.rotation / 90) % 4
        largest_width, largest_height = reversed(LARGEST) if turns % 2 else LARGEST
        width, height = fitted(frame.width * pixel_aspect, frame.height, largest_width, largest_height)
        scaled = self._reformatter.reformat(frame, width, height, "rgb24", interpolation="AREA", threads=1)
        # FFmpeg fills rows up to whole vectors: of some widths the array has gaps.
        return np.ascontiguousarray(np.rot90(scaled.to_ndarray(), turns), np.uint8)


def fitted(width: float, height: float, largest_width: int, largest_height: int) -> tuple[int, int]:
    """A size scaled down, never up, to fit; at least 1 x 1."""
    scale = min(1.0, largest_width / width, largest_height / height)
    return max(1, round(width * scale)), max(1, round(height * scale))
