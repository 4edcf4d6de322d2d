"""Small pictures with soft edges, drawn once and laid over others many times."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .source import Frame

Color: TypeAlias = tuple[int, int, int]


class Canvas:
    """A transparent picture to draw smooth shapes on, in pixels of the finished sprite.

    Parameters
    ----------
    width, height
        Pixels, at least 1.
    """

    def __init__(self, width: int, height: int) -> None:
        self._color = np.zeros((height, width, 3), np.float32)
        self._alpha = np.zeros((height, width, 1), np.float32)
        self._y, self._x = np.mgrid[0.5 : height + 0.5, 0.5 : width + 0.5].astype(np.float32)

    def ellipse(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        color: Color,
        *,
        above: float = 1e9,
        below: float = -1e9,
    ) -> None:
        """Fill an ellipse around (x, y); only its part above row `above` and below row `below`."""
        window = self._window(x - rx, max(y - ry, below), x + rx, min(y + ry, above))
        rows = self._y[window]
        f = np.hypot((self._x[window] - x) / rx, (rows - y) / ry)
        cover = np.clip((1 - f) * min(rx, ry) + 0.5, 0, 1)
        cover *= np.clip(above - rows + 0.5, 0, 1) * np.clip(rows - below + 0.5, 0, 1)
        self._paint(window, cover, color)

    def box(self, left: float, top: float, right: float, bottom: float, color: Color) -> None:
        """Fill a rectangle."""
        window = self._window(left, top, right, bottom)
        columns, rows = self._x[window], self._y[window]
        across = np.clip(np.minimum(columns - left, right - columns) + 0.5, 0, 1)
        self._paint(window, across * np.clip(np.minimum(rows - top, bottom - rows) + 0.5, 0, 1), color)

    def ring(self, x: float, y: float, rx: float, ry: float, width: float, color: Color) -> None:
        """Draw the outline of an ellipse."""
        window = self._window(x - rx - width, y - ry - width, x + rx + width, y + ry + width)
        f = np.hypot((self._x[window] - x) / rx, (self._y[window] - y) / ry)
        self._paint(window, np.clip(width / 2 - np.abs(1 - f) * min(rx, ry) + 0.5, 0, 1), color)

    def gradient(self, above: Color, below: Color) -> None:
        """Fill everything, from one colour at the top to another at the bottom."""
        part = self._y[..., None] / len(self._y)
        self._color[:] = np.array(above) * (1 - part) + np.array(below) * part
        self._alpha[:] = 1

    def shade(self, light: float, dark: float) -> None:
        """Brighten the upper left and darken the lower right, so that flat shapes look round."""
        height, width = self._x.shape
        slope = (self._x / width + self._y / height) / 2
        self._color *= (light + (dark - light) * slope)[..., None]

    def sprite(self) -> Sprite:
        """What was drawn, ready to be laid over pictures."""
        return Sprite(np.clip(self._color, 0, 255), self._alpha)

    def picture(self) -> Frame:
        """What was drawn, on black."""
        picture: Frame = np.clip(self._color * self._alpha + 0.5, 0, 255).astype(np.uint8)
        return picture

    def _window(self, left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
        """The pixels a shape with these borders can touch, soft edge included."""
        return (
            slice(max(0, math.floor(top) - 1), max(0, math.ceil(bottom) + 1)),
            slice(max(0, math.floor(left) - 1), max(0, math.ceil(right) + 1)),
        )

    def _paint(self, window: tuple[slice, slice], cover: NDArray[np.float32], color: Color) -> None:
        a = cover[..., None]
        under = self._alpha[window] * (1 - a)
        total = a + under
        mixed = np.array(color, np.float32) * a + self._color[window] * under
        np.divide(mixed, total, out=self._color[window], where=total > 0)
        self._alpha[window] = total


class Sprite:
    """A finished picture with transparency (made by :class:`Canvas`)."""

    def __init__(self, color: NDArray[np.float32], alpha: NDArray[np.float32]) -> None:
        opacity: Final = np.rint(alpha * 256)
        # color * alpha and 1 - alpha as 8.8 fixed point: the sum of both products is at most 255 * 256.
        self._ink = np.rint(color * opacity).astype(np.uint16)
        self._rest = (256 - opacity).astype(np.uint16)

    def lay_over(self, frame: Frame, x: int, y: int) -> None:
        """Blend onto `frame` in place with the upper left corner at (x, y); what falls outside is cut off."""
        height, width = self._ink.shape[:2]
        left, top = max(0, -x), max(0, -y)
        right, bottom = min(width, frame.shape[1] - x), min(height, frame.shape[0] - y)
        if left >= right or top >= bottom:
            return
        target = frame[y + top : y + bottom, x + left : x + right]
        mixed = target * self._rest[top:bottom, left:right]
        mixed += self._ink[top:bottom, left:right]
        mixed >>= 8
        target[:] = mixed
