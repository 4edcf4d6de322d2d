"""What the modes with several pixels a cell ought to show, in numpy."""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray
from reference import luminance

Frame = NDArray[np.uint8]
Numbers = NDArray[np.int64]

SHAPES = {
    "half-block": (1, 2),
    "quadrant": (2, 2),
    "sextant": (2, 3),
    "octant": (2, 4),
    "braille": (2, 4),
    "edge": (2, 4),
}
FLAT = 6

_QUADRANTS = {"UPPER LEFT": 1, "UPPER RIGHT": 2, "LOWER LEFT": 4, "LOWER RIGHT": 8}


def _quadrant_pattern(character: str) -> int:
    plain = {" ": 0, "▀": 3, "▄": 12, "▌": 5, "▐": 10, "█": 15}
    if character in plain:
        return plain[character]
    name = unicodedata.name(character).removeprefix("QUADRANT ")
    return sum(_QUADRANTS[part.strip()] for part in name.split(" AND "))


def _sextant_pattern(character: str) -> int:
    plain = {" ": 0, "▌": 0b010101, "▐": 0b101010, "█": 63}
    if character in plain:
        return plain[character]
    digits = unicodedata.name(character).removeprefix("BLOCK SEXTANT-")
    return sum(1 << (int(digit) - 1) for digit in digits)


# Unicode 16 lets U+1CD00 to U+1CDE5 follow the order of the patterns (octant n is bit n - 1), leaving out those that
# were encoded elsewhere.
_OLDER_OCTANTS = {
    " ": 0x00, "\U0001cea8": 0x01, "\U0001ceab": 0x02, "\U0001fb82": 0x03, "▘": 0x05, "▝": 0x0A, "▀": 0x0F,
    "\U0001fbe6": 0x14, "\U0001fbe7": 0x28, "\U0001fb85": 0x3F, "\U0001cea3": 0x40, "▖": 0x50, "▌": 0x55,
    "▞": 0x5A, "▛": 0x5F, "\U0001cea0": 0x80, "▗": 0xA0, "▚": 0xA5, "▐": 0xAA, "▜": 0xAF, "▂": 0xC0, "▄": 0xF0,
    "▙": 0xF5, "▟": 0xFA, "▆": 0xFC, "█": 0xFF,
}  # fmt: skip
_NEWER_OCTANTS = [pattern for pattern in range(256) if pattern not in _OLDER_OCTANTS.values()]


def _octant_pattern(character: str) -> int:
    if character in _OLDER_OCTANTS:
        return _OLDER_OCTANTS[character]
    return _NEWER_OCTANTS[ord(character) - 0x1CD00]


def _braille_pattern(character: str) -> int:
    if character == " ":
        return 0
    digits = unicodedata.name(character).removeprefix("BRAILLE PATTERN DOTS-")
    part = {"1": 0, "4": 1, "2": 2, "5": 3, "3": 4, "6": 5, "7": 6, "8": 7}
    return sum(1 << part[digit] for digit in digits)


PATTERNS = {
    "quadrant": _quadrant_pattern,
    "sextant": _sextant_pattern,
    "octant": _octant_pattern,
    "braille": _braille_pattern,
}


def patterns_of(glyphs: NDArray[np.str_], mode: str) -> Numbers:
    """The parts of each cell that show the front colour, bit by bit in reading order."""
    known = {character: PATTERNS[mode](character) for character in np.unique(glyphs)}
    return np.vectorize(known.__getitem__, otypes=[np.int64])(glyphs)


def parts_of(pixels: Frame, mode: str) -> Numbers:
    """(rows, columns, parts, 3) of the picture's pixels."""
    across, down = SHAPES[mode]
    rows, columns = pixels.shape[0] // down, pixels.shape[1] // across
    split = pixels.reshape(rows, down, columns, across, 3).transpose(0, 2, 1, 3, 4)
    return split.reshape(rows, columns, down * across, 3).astype(np.int64)


def mean(parts: Numbers, mask: NDArray[np.bool_]) -> Numbers:
    """Rounded half up over the parts in the mask; black where there are none."""
    count = mask.sum(-1)[..., None]
    total = (parts * mask[..., None]).sum(2)
    return np.where(count > 0, (total + count // 2) // np.maximum(count, 1), 0)


def two_tones(pixels: Frame, mode: str) -> tuple[NDArray[np.bool_], Numbers, Numbers]:
    """Which parts are lit, and the colours of the lit and the dark ones; for even cells the same."""
    parts = parts_of(pixels, mode)
    least, most = parts.min(2), parts.max(2)
    axis = (most - least).argmax(-1)[..., None]
    low, high = (np.take_along_axis(bound, axis, -1) for bound in (least, most))
    value = np.take_along_axis(parts, axis[..., None], -1)[..., 0]
    lit = 2 * value >= low + high
    even = (high - low <= FLAT)[..., 0]
    everything = np.ones_like(lit)
    dark = np.where(even[..., None], mean(parts, everything), mean(parts, ~lit))
    light = np.where(even[..., None], dark, mean(parts, lit))
    return lit & ~even[..., None], light, dark


BAYER = np.array([[0]])
for _ in range(3):
    BAYER = np.block([[4 * BAYER, 4 * BAYER + 2], [4 * BAYER + 3, 4 * BAYER + 1]])


def thresholds(width: int, height: int) -> Numbers:
    y, x = np.mgrid[0:height, 0:width]
    return np.asarray(BAYER[y % 8, x % 8] * 4 + 2)


def lit_parts(pixels: Frame, mode: str) -> NDArray[np.bool_]:
    """Which parts are brighter than the threshold of their place."""
    lit = luminance(pixels) > thresholds(pixels.shape[1], pixels.shape[0])
    return np.asarray(parts_of(np.repeat(lit[..., None], 3, -1).astype(np.uint8), mode)[..., 0] > 0)


def bits(lit: NDArray[np.bool_]) -> Numbers:
    """Masks of parts as numbers."""
    return np.asarray((lit << np.arange(lit.shape[-1])).sum(-1))
