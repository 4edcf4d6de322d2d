"""The glyphs that are geometry and need no font: blocks, quadrants, sextants, octants, shades, braille."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Parts = NDArray[np.bool_]
"""Which parts of a cell show the front colour: bool[down, across]."""

BRAILLE: Final = 0x2800
_SEXTANTS: Final = 0x1FB00
_OCTANTS: Final = 0x1CD00

_SHADES: Final = {"░": 0.25, "▒": 0.5, "▓": 0.75}

# Bit n is part n in reading order.
_QUADRANTS: Final = dict(zip("▘▝▀▖▌▞▛▗▚▐▜▄▙▟█", range(1, 16), strict=True))

# Octants whose shape was encoded before the others, or apart from them (Unicode 16, Symbols for Legacy Computing
# Supplement): the rest follow U+1CD00 in the order of their patterns.
_OCTANTS_ELSEWHERE: Final = {
    0x1CEA8: 0x01, 0x1CEAB: 0x02, 0x1FB82: 0x03, 0x1FBE6: 0x14, 0x1FBE7: 0x28, 0x1FB85: 0x3F, 0x1CEA3: 0x40,
    0x1CEA0: 0x80,
}  # fmt: skip
_OCTANTS_OF_QUADRANTS: Final = (
    0x00, 0x05, 0x0A, 0x0F, 0x50, 0x55, 0x5A, 0x5F, 0xA0, 0xA5, 0xAA, 0xAF, 0xF0, 0xF5, 0xFA, 0xFF,
)  # fmt: skip
_OCTANTS_OF_EIGHTHS: Final = (0xC0, 0xFC)


class Shape(NamedTuple):
    """A glyph as a grid.

    Attributes
    ----------
    parts : ndarray of bool, shape (down, across)
        The parts that show the front colour.
    dots : bool
        The parts are round dots with space between them.
    coverage : float
        How much of the parts the front colour covers: less than 1 for a shade.
    """

    parts: Parts
    dots: bool = False
    coverage: float = 1.0


@cache
def shape_of(code: int) -> Shape | None:
    """The shape of a character, by its code point, or None if a font must draw it."""
    character = chr(code)
    if character == " ":
        return Shape(np.zeros((1, 1), np.bool_))
    if character in _SHADES:
        return Shape(np.ones((1, 1), np.bool_), coverage=_SHADES[character])
    if character in _QUADRANTS:
        return Shape(_grid(_QUADRANTS[character], 2, 2))
    if "▁" <= character <= "▇":  # so many eighths from below
        return Shape(np.arange(8)[:, None] >= 8 - (code - ord("▁") + 1))
    if BRAILLE <= code < BRAILLE + 256:
        return Shape(_braille(code - BRAILLE), dots=True)
    if _SEXTANTS <= code < _SEXTANTS + 60:
        return Shape(_grid(_sextant_patterns()[code - _SEXTANTS], 2, 3))
    if code in _OCTANTS_ELSEWHERE:
        return Shape(_grid(_OCTANTS_ELSEWHERE[code], 2, 4))
    octants = _octant_patterns()
    if _OCTANTS <= code < _OCTANTS + len(octants):
        return Shape(_grid(octants[code - _OCTANTS], 2, 4))
    return None


def coverage(shape: Shape, width: int, height: int) -> NDArray[np.uint8]:
    """How much of each pixel of a cell a shape covers: uint8[height, width]."""
    down, across = shape.parts.shape
    if shape.dots:
        return _dots(shape.parts, width, height)
    # A pixel belongs to the part that its middle is in, so that neighbours leave no gap.
    rows = (2 * np.arange(height) + 1) * down // (2 * height)
    columns = (2 * np.arange(width) + 1) * across // (2 * width)
    covered = shape.parts[rows[:, None], columns[None, :]]
    return np.where(covered, np.uint8(255 * shape.coverage + 0.5), np.uint8(0))


def _dots(parts: Parts, width: int, height: int) -> NDArray[np.uint8]:
    down, across = parts.shape
    radius = 0.7 * min(width / across, height / down) / 2
    fine = 4  # samples across a pixel
    y = (np.arange(height * fine) + 0.5) / fine
    x = (np.arange(width * fine) + 0.5) / fine
    inside = np.zeros((height * fine, width * fine))
    for row, column in zip(*np.nonzero(parts), strict=True):
        middle_y, middle_x = (row + 0.5) * height / down, (column + 0.5) * width / across
        inside[(y[:, None] - middle_y) ** 2 + (x[None, :] - middle_x) ** 2 <= radius**2] = 255
    means: NDArray[np.uint8] = (inside.reshape(height, fine, width, fine).mean((1, 3)) + 0.5).astype(np.uint8)
    return means


def _grid(pattern: int, across: int, down: int) -> Parts:
    bits = pattern >> np.arange(across * down) & 1
    return bits.reshape(down, across).astype(np.bool_)


def _braille(pattern: int) -> Parts:
    # Dots 1 to 3 and 7 are the left column, 4 to 6 and 8 the right one.
    order = np.array([[0, 3], [1, 4], [2, 5], [6, 7]])
    return (pattern >> order & 1).astype(np.bool_)


@cache
def _sextant_patterns() -> tuple[int, ...]:
    halves = (0b010101, 0b101010)  # ▌ and ▐ are older
    return tuple(pattern for pattern in range(1, 63) if pattern not in halves)


@cache
def _octant_patterns() -> tuple[int, ...]:
    elsewhere = {*_OCTANTS_ELSEWHERE.values(), *_OCTANTS_OF_QUADRANTS, *_OCTANTS_OF_EIGHTHS}
    return tuple(pattern for pattern in range(256) if pattern not in elsewhere)
