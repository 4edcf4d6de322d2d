"""A terminal that shows what a frame's text looks like."""

from __future__ import annotations

import re

import numpy as np
import pyte
from numpy.typing import NDArray
from reference import XTERM_16

_NAMES = ["black", "red", "green", "brown", "blue", "magenta", "cyan", "white"]
_NAMED = dict(zip(_NAMES, XTERM_16[:8], strict=True)) | {
    "bright" + name: rgb for name, rgb in zip(_NAMES, XTERM_16[8:], strict=True)
}
_NAMED["bfightmagenta"] = XTERM_16[13]  # as the emulator spells it

DEFAULT = -1
"""Where no colour is set."""

_REPEAT = re.compile("(.)\x1b\\[([0-9]+)b", re.DOTALL)


def expand_repeats(text: str) -> str:
    """REP written out: the emulator does not know it."""
    return _REPEAT.sub(lambda match: match[1] * (1 + int(match[2])), text)


def _number(color: str) -> int:
    if color == "default":
        return DEFAULT
    if color in _NAMED:
        r, g, b = _NAMED[color]
        return r << 16 | g << 8 | b
    return int(color, 16)


class Picture:
    """The cells of a screen: `glyph`, `front` and `back` are (rows, columns), colours 0xRRGGBB or DEFAULT."""

    def __init__(self, text: str, columns: int, rows: int) -> None:
        # One row and some columns more than the picture, so that anything beyond its edges is seen.
        self.screen = pyte.Screen(columns + 3, rows + 1)
        self.screen.set_mode(pyte.modes.LNM)
        pyte.Stream(self.screen).feed(expand_repeats(text))
        shape = (rows + 1, columns + 3)
        self.glyph = np.full(shape, " ")
        self.front = np.full(shape, DEFAULT, np.int64)
        self.back = np.full(shape, DEFAULT, np.int64)
        for y, row in self.screen.buffer.items():
            for x, cell in row.items():
                self.glyph[y, x] = cell.data
                self.front[y, x] = _number(cell.fg)
                self.back[y, x] = _number(cell.bg)
        assert (self.glyph[rows:] == " ").all() and (self.glyph[:, columns:] == " ").all()
        assert (self.back[rows:] == DEFAULT).all() and (self.back[:, columns:] == DEFAULT).all()
        self.glyph, self.front, self.back = (a[:rows, :columns] for a in (self.glyph, self.front, self.back))

    @property
    def ends_plain(self) -> bool:
        """Would what is written next have the terminal's own colours?"""
        attributes = self.screen.cursor.attrs
        return bool(attributes.fg == "default" and attributes.bg == "default")

    @property
    def halves(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The colours of the cells' upper and lower halves."""
        upper = np.where(np.isin(self.glyph, ["▀", "█"]), self.front, self.back)
        lower = np.where(np.isin(self.glyph, ["▄", "█"]), self.front, self.back)
        return upper, lower


def rgb(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """0xRRGGBB to (..., 3)."""
    return np.stack([numbers >> 16 & 255, numbers >> 8 & 255, numbers & 255], -1)
