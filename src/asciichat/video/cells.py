"""Terminal text read back into cells, for those who show it without a terminal.

>>> cells = read_cells("\\x1b[38;2;255;0;0mab\\x1b[0m")
>>> cells.glyph.tolist(), cells.front[0, 0].tolist()
([[97, 98]], [255, 0, 0])
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy import uint8, uint32
from numpy.typing import NDArray

Color = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


class Theme(NamedTuple):
    """The colours of what sets none."""

    front: Color
    back: Color


THEMES: Final = {"dark": Theme((229, 229, 229), (0, 0, 0)), "light": Theme((0, 0, 0), (255, 255, 255))}

_CUBE: Final = (0, 95, 135, 175, 215, 255)
XTERM_COLORS: Final[tuple[Color, ...]] = (
    *((0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0)),
    *((0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)),
    *((127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0)),
    *((92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255)),
    *((red, green, blue) for red in _CUBE for green in _CUBE for blue in _CUBE),
    *((grey, grey, grey) for grey in range(8, 239, 10)),
)
"""xterm's 256 colours, by number: what the renderer takes 16 and 256 colours to be."""

_DEFAULT: Final[Color] = (-1, -1, -1)
"""Stands for the theme's colour."""

_PIECE: Final = re.compile("\x1b\\[(?:([0-9;]*)(m)|([0-9]+)b)|(\n)|([^\x1b\n]+)|\x1b(?:\\[[0-9:;]*m)?")


@dataclass(frozen=True, slots=True)
class Cells:
    """What a terminal would show.

    Attributes
    ----------
    glyph : ndarray of uint32, shape (rows, columns)
        Code points.
    front, back : ndarray of uint8, shape (rows, columns, 3)
        The glyphs' colours and those behind them.
    theme : Theme
        The colours of what set none.
    """

    glyph: NDArray[uint32]
    front: NDArray[uint8]
    back: NDArray[uint8]
    theme: Theme

    @property
    def columns(self) -> int:
        """Cells in a row."""
        return len(self.glyph[0])

    @property
    def rows(self) -> int:
        """Rows of cells."""
        return len(self.glyph)


def read_cells(text: str, theme: Theme = THEMES["dark"], *, within: tuple[int, int] | None = None) -> Cells:
    """The cells of a frame's text, as `asciichat.video.render` makes it.

    Parameters
    ----------
    text : str
        Rows joined by newlines, of characters that take one cell each; SGR colours and REP. Rows shorter than
        the longest are filled with blanks.
    theme : Theme
        The colours of what sets none.
    within : tuple of int, optional
        Of a text that somebody else made, what is to be seen of it on a screen of so many columns and rows, whatever
        more it holds: other control sequences are left out.

    Raises
    ------
    ValueError
        The text holds another control sequence.
    """
    most_columns, most_rows = within or (sys.maxsize, sys.maxsize)
    width = 0  # of the row so far
    texts: list[str] = []
    lengths: list[int] = []
    colors: list[tuple[Color, Color]] = []
    ends: list[int] = []
    look = plain = (theme.front, theme.back)
    for sgr, is_sgr, repeat, newline, shown in _PIECE.findall(text):
        if shown or (repeat and texts):
            piece = shown or texts[-1][-1:] * min(int(repeat), most_columns)
            if within is not None:
                piece = piece[: most_columns - width]
                if not piece:
                    continue
            width += len(piece)
            texts.append(piece)
        elif newline:
            if len(ends) + 1 == most_rows:
                break
            ends.append(len(texts))
            width = 0
            continue
        elif not is_sgr:
            if within is None:
                raise ValueError(
                    "a frame's text has no control sequences but SGR, and REP behind a character"
                )
            continue
        else:
            front, back = _selected(sgr, strict=within is None)
            look = (
                theme.front if front is _DEFAULT else front or look[0],
                theme.back if back is _DEFAULT else back or look[1],
            )
            continue
        lengths.append(len(texts[-1]))
        colors.append(look)
    ends.append(len(texts))
    starts = [0, *ends[:-1]]
    widths = [sum(lengths[start:end]) for start, end in zip(starts, ends, strict=True)]
    columns = max(widths)
    # Blanks behind a short row, written from the last so that the places of the others stay.
    for end, width in reversed(list(zip(ends, widths, strict=True))):
        if width < columns:
            texts.insert(end, " " * (columns - width))
            lengths.insert(end, columns - width)
            colors.insert(end, plain)
    glyph = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32).reshape(len(ends), columns)
    looks = np.repeat(np.array(colors or [plain], np.uint8), lengths or [0], axis=0)
    looks = looks.reshape(len(ends), columns, 2, 3)
    return Cells(glyph, looks[:, :, 0], looks[:, :, 1], theme)


@lru_cache(maxsize=4096)
def _selected(sgr: str, *, strict: bool) -> tuple[Color | None, Color | None]:
    """The colours, of glyphs and behind them, that a Select Graphic Rendition sets; None: it does not."""
    front: Color | None = None
    back: Color | None = None
    values = iter([int(value or 0) for value in sgr.split(";")])
    for value in values:
        if value == 0:
            front = back = _DEFAULT
        elif value in (38, 48):
            try:
                color = _extended(values, sgr)
            except ValueError:
                if strict:
                    raise
                break
            front, back = (color, back) if value == 38 else (front, color)
        elif 30 <= value <= 37 or 90 <= value <= 97:
            front = XTERM_COLORS[value - 30 if value < 90 else value - 82]
        elif 40 <= value <= 47 or 100 <= value <= 107:
            back = XTERM_COLORS[value - 40 if value < 100 else value - 92]
        elif value == 39:
            front = _DEFAULT
        elif value == 49:
            back = _DEFAULT
        elif strict:
            raise ValueError(f"a frame's text sets colours and nothing else, not {sgr!r}")
    return front, back


def _extended(values: Iterator[int], sgr: str) -> Color:
    try:
        kind = next(values)
        if kind == 5:
            return XTERM_COLORS[next(values)]
        if kind == 2:
            color = next(values), next(values), next(values)
            if max(color) <= 255:
                return color
    except (StopIteration, IndexError):
        pass
    raise ValueError(f"{sgr!r} names no colour")
