"""Cells painted as pixels, as a terminal would."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy import uint8
from numpy.typing import NDArray

from .cells import Cells
from .font import Font
from .shapes import coverage, shape_of

_SMALLEST: Final = 4
_LARGEST: Final = 256


class CellPainter:
    """Paints cells with shapes and, for characters that are none, a font.

    Parameters
    ----------
    cell_height : int
        Pixels a cell is high, 4 to 256, even: it is half as wide.
    font : str or Path, optional
        A font's file or its file's name; a monospaced one of this computer unless given. It is looked for when
        the first character needs it.

    Notes
    -----
    Not for several threads at once: it keeps the glyphs it has drawn.
    """

    def __init__(self, cell_height: int = 16, font: str | Path | None = None) -> None:
        if not _SMALLEST <= cell_height <= _LARGEST or cell_height % 2:
            raise ValueError(
                f"a cell is {_SMALLEST} to {_LARGEST} pixels high, an even number, not {cell_height}"
            )
        self.cell_width = cell_height // 2
        self.cell_height = cell_height
        self._font_name = font
        self._font: Font | None = None
        self._places: dict[int, int] = {}
        self._masks = np.empty((0, self.cell_height, self.cell_width), np.uint8)

    def paint(self, cells: Cells) -> NDArray[uint8]:
        """The picture of the cells, uint8[rows * cell_height, columns * cell_width, 3].

        Raises
        ------
        asciichat.video.font.FontError
            There is a character that needs a font, and none can be had.
        """
        codes, where = np.unique(cells.glyph, return_inverse=True)
        masks = self._masks_of(codes)[where.reshape(cells.glyph.shape)]
        front, back = (_packed(color)[:, :, None, None] for color in (cells.front, cells.back))
        # (rows, columns, cell height, cell width); most pixels are wholly of one colour
        packed = np.where(masks >= 128, front, back)
        pixels = packed.view(np.uint8).reshape(*packed.shape, 4)[..., :3]
        partly = np.nonzero((masks > 0) & (masks < 255))
        if len(partly[0]):
            share = masks[partly].astype(np.uint16)[:, None]
            above, below = cells.front[partly[:2]], cells.back[partly[:2]]
            pixels[partly] = (above * share + below * (255 - share) + 127) // 255
        rows, columns, height, width = packed.shape
        picture = pixels.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, 3)
        return np.ascontiguousarray(picture)

    def _masks_of(self, codes: NDArray[np.uint32]) -> NDArray[uint8]:
        new = [int(code) for code in codes if int(code) not in self._places]
        if new:
            drawn = [self._draw(code) for code in new]
            self._places.update(zip(new, range(len(self._masks), len(self._masks) + len(new)), strict=True))
            self._masks = np.concatenate([self._masks, drawn])
        return self._masks[[self._places[int(code)] for code in codes]]

    def _draw(self, code: int) -> NDArray[uint8]:
        shape = shape_of(code)
        if shape is not None:
            return coverage(shape, self.cell_width, self.cell_height)
        if self._font is None:
            self._font = Font(self.cell_width, self.cell_height, self._font_name)
        return self._font.draw(chr(code))


def _packed(colors: NDArray[uint8]) -> NDArray[np.uint32]:
    """Red, green and blue in the first three bytes of a number, whatever the machine's byte order."""
    bytes_ = np.zeros((*colors.shape[:2], 4), np.uint8)
    bytes_[..., :3] = colors
    return bytes_.view(np.uint32)[..., 0]
