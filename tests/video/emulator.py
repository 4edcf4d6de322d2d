"""A terminal that shows what a frame's text looks like."""

from __future__ import annotations

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


class Terminal(pyte.Screen):
    """A screen that knows REP (ECMA-48 8.3.103), and is strict with it.

    What it does after anything but a character is not defined, so it must follow one at once; and it must end within
    the row, for terminals differ in what they do at its end.
    """

    preceding: str | None = None

    def draw(self, data: str) -> None:
        super().draw(data)
        self.preceding = data[-1]

    def repeat_preceding_character(self, count: int = 1) -> None:
        assert self.preceding is not None, "nothing to repeat stands before"
        assert count > 0, "nothing is repeated"
        assert self.cursor.x + count <= self.columns, "a repetition goes beyond the row"
        self.draw(self.preceding * count)
        self.preceding = None

    def select_graphic_rendition(self, *attributes: int) -> None:
        super().select_graphic_rendition(*attributes)
        self.preceding = None

    def linefeed(self) -> None:
        super().linefeed()
        self.preceding = None

    def cursor_position(self, line: int | None = None, column: int | None = None) -> None:
        super().cursor_position(line, column)
        self.preceding = None


class Stream(pyte.Stream):
    """A parser that knows REP."""

    csi = pyte.Stream.csi | {"b": "repeat_preceding_character"}


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
        self.screen = Terminal(columns + 3, rows + 1)
        self.screen.set_mode(pyte.modes.LNM)
        Stream(self.screen).feed(text)
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
