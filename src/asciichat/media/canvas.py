"""Pictures of any size put onto a canvas of one."""

from __future__ import annotations

import numpy as np
from av.video.frame import VideoFrame

from .scaling import fitted
from .source import Frame


def put_onto(frame: Frame, width: int, height: int, ground: tuple[int, int, int]) -> Frame:
    """The picture in the middle of a canvas; as large as it is, or scaled down to fit.

    Parameters
    ----------
    frame
        uint8[H, W, 3], RGB.
    width, height
        Pixels of the canvas.
    ground
        The colour around the picture.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        The picture itself if it is of that size.
    """
    if frame.shape[:2] == (height, width):
        return frame
    canvas: Frame = np.full((height, width, 3), ground, np.uint8)
    if not frame.size:
        return canvas
    columns, rows = fitted(frame.shape[1], frame.shape[0], width, height)
    if frame.shape[:2] != (rows, columns):
        whole = VideoFrame.from_ndarray(frame, "rgb24")
        scaled = whole.reformat(columns, rows, "rgb24", interpolation="AREA")
        frame = np.asarray(scaled.to_ndarray(), np.uint8)
    left, top = (width - columns) // 2, (height - rows) // 2
    canvas[top : top + rows, left : left + columns] = frame
    return canvas
