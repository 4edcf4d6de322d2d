"""What filters and rain ought to do, in numpy."""

from __future__ import annotations

import colorsys

import numpy as np
from numpy.typing import NDArray
from reference import luminance

Frame = NDArray[np.uint8]
Numbers = NDArray[np.float64]

TINTS = {
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
"""The native program's."""

RAIN_TINT = (0, 255, 80)


def rainbow(now: float) -> Numbers:
    """The hue of a moment at least as bright as 120 (ITU-R BT.709)."""
    step = int(now / 3.5 % 1 * 105)
    color = np.array(colorsys.hsv_to_rgb(step / 105, 1.0, 1.0))
    bright = color @ (0.2126, 0.7152, 0.0722)
    lift = max(0.0, (120 / 255 - bright) / (1 - bright))
    return np.floor(255 * (color + (1 - color) * lift) + 0.5)


def filtered(pixels: Frame, name: str, now: float = 0.0) -> Numbers:
    """The picture in shades of one colour, before rounding."""
    grey = luminance(pixels)[..., None]
    if name == "none":
        return pixels.astype(np.float64)
    if name == "black":
        return np.asarray(np.repeat(255.0 - grey, 3, -1))
    tint = rainbow(now) if name == "rainbow" else RAIN_TINT if name == "matrix" else TINTS[name]
    return np.asarray(np.array(tint) * grey / 255)


def _scatter(column: NDArray[np.uint64]) -> NDArray[np.uint64]:
    bits = (column + 1) * 0x9E3779B1 & 0xFFFFFFFF
    bits = (bits ^ bits >> 15) * 0x85EBCA77 & 0xFFFFFFFF
    return np.asarray(bits ^ bits >> 13)


def brightness(columns: int, rows: int, now: float) -> Numbers:
    """How bright the rain makes each cell: 0 to 2."""
    bits = _scatter(np.arange(columns, dtype=np.uint64))
    offset, speed = (bits & 0xFFFF) * (1000 / 65536), 0.5 + (bits >> 16) / 131072
    u = (offset + 3 * now * speed - np.arange(rows + 1)[:, None]) / 12
    place = u + 0.3 * np.sin(np.sqrt(2) * u) + 0.2 * np.sin(np.sqrt(5) * u)
    light = 1 - place % 1
    return np.asarray(np.where(light[:-1] > light[1:], 2, 1) * light[:-1])


def rained(pixels: Frame, across: int, down: int, now: float) -> Numbers:
    """The picture lit by the rain, before rounding."""
    light = brightness(pixels.shape[1] // across, pixels.shape[0] // down, now)
    light = np.round(light * 256) / 256
    return np.asarray(np.minimum(255, pixels * np.kron(light, np.ones((down, across)))[..., None]))
