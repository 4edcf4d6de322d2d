"""What a terminal shows, and how much it looks like a picture."""

from __future__ import annotations

import numpy as np
import pyte
from numpy.typing import NDArray

LUMA = np.array([77, 150, 29]) / 256
"""Weights of red, green and blue, as the rasteriser weighs them."""


def luminance(text: str, columns: int, rows: int) -> NDArray[np.float64]:
    """Show truecolour foreground text on a terminal of that size: float[rows, columns], 0 to 255, 0 where it is blank."""
    screen = pyte.Screen(columns, rows)
    stream = pyte.Stream(screen)
    stream.feed(text.replace("\n", "\r\n"))
    cells = np.zeros((rows, columns))
    for y in range(rows):
        for x in range(columns):
            cell = screen.buffer[y][x]
            if cell.data != " ":
                assert cell.fg != "default", f"cell {x},{y} shows {cell.data!r} without a colour"
                cells[y, x] = LUMA @ [int(cell.fg[i : i + 2], 16) for i in (0, 2, 4)]
    return cells


def shrink(picture: NDArray[np.uint8], columns: int, rows: int) -> NDArray[np.float64]:
    """The luminance of a picture averaged over cells: float[rows, columns]."""
    light = picture @ LUMA
    height, width = light.shape
    cells = np.zeros((rows, columns))
    for y in range(rows):
        top, bottom = y * height // rows, max(y * height // rows + 1, (y + 1) * height // rows)
        for x in range(columns):
            left, right = x * width // columns, max(x * width // columns + 1, (x + 1) * width // columns)
            cells[y, x] = light[top:bottom, left:right].mean()
    return cells


def likeness(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Pearson's correlation."""
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])
