"""Characters by a font of this computer, through Pillow."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy import uint8
from numpy.typing import NDArray

MONOSPACED: Final = (
    "DejaVuSansMono.ttf", "LiberationMono-Regular.ttf", "NotoSansMono-Regular.ttf", "UbuntuMono-R.ttf",
    "FreeMono.ttf", "Menlo.ttc", "Monaco.ttf", "consola.ttf",
)  # fmt: skip
"""Files that are looked for where the system keeps its fonts, best first."""


class FontError(Exception):
    """There is no font to draw with; ``str(error)`` is a sentence that says what to do."""


class Font:
    """Draws single characters in cells.

    Parameters
    ----------
    width, height : int
        Pixels of a cell.
    name : str or Path, optional
        A font's file, or the name of a file among the system's fonts. Unless given, one of `MONOSPACED`;
        where none of these is, the font that Pillow has.

    Raises
    ------
    FontError
        Pillow is not installed, or the font cannot be used.
    """

    def __init__(self, width: int, height: int, name: str | Path | None = None) -> None:
        try:
            from PIL import Image, ImageDraw
        except ImportError:
            raise FontError(
                "Characters are drawn with Pillow: install it with `pip install asciichat[export]`, "
                "or choose a mode of blocks, such as half-block, which needs no font."
            ) from None
        self._image, self._draw = Image, ImageDraw
        self._width, self._height = width, height
        face = _load(name, 64)
        # The size at which its characters are as wide as a cell, and a row of them no higher.
        advance = face.getlength("0") / 64
        self._face = _load(name, max(1.0, min(width / advance, height / 1.1)))
        ascent, descent = self._face.getmetrics()
        self._baseline = (height - ascent - descent) / 2 + ascent

    def draw(self, character: str) -> NDArray[uint8]:
        """How much of each pixel the character covers, uint8[height, width], in the middle of the cell."""
        image = self._image.new("L", (self._width, self._height))
        left = (self._width - self._face.getlength(character)) / 2
        self._draw.Draw(image).text((left, self._baseline), character, 255, self._face, anchor="ls")
        return np.asarray(image, np.uint8)


def _load(name: str | Path | None, size: float) -> Any:
    from PIL import ImageFont

    for candidate in MONOSPACED if name is None else (str(name),):
        try:
            return ImageFont.truetype(candidate, size)
        except (OSError, ImportError) as error:
            if name is not None:
                raise FontError(f"The font {name} cannot be used: {error}.") from None
    return ImageFont.load_default(size)
