"""Cells to terminal text. Safe from any number of threads; the GIL is let go while drawing."""

from typing import Final

from numpy import uint8
from numpy.typing import NDArray

MAX_SIDE: Final[int]
"""8192 columns or rows."""

class Palette:
    """A luminance ramp, dark to bright: 1 to 255 characters that take one cell each.

    Raises ValueError for anything else: nothing, control characters, combining marks, wide characters.
    """

    def __init__(self, ramp: str) -> None: ...
    def __len__(self) -> int: ...
    @property
    def ramp(self) -> str:
        """The characters."""

    @property
    def ascii(self) -> bool:
        """Is none of them beyond ASCII?"""

    def glyph(self, luminance: int) -> str:
        """The character for a luminance, 0 to 255: number (L * (n - 1) + 127) // 255 of n."""

def builtin(name: str) -> Palette:
    """The palette named standard, blocks, digital, minimal or cool. Raises ValueError for another name."""

class Style:
    """What pictures are drawn with: levels, modes and glyph sets are the numbers of `asciichat.video.style`.

    Raises ValueError for numbers out of range. Immutable.
    """

    def __init__(
        self,
        *,
        color_level: int,
        render_mode: int,
        palette: Palette,
        utf8: bool = True,
        rep: bool = False,
        glyphs: int = 0,
        dither: bool = False,
    ) -> None: ...
    @property
    def palette(self) -> Palette: ...
    @property
    def effective_mode(self) -> int:
        """The mode that the terminal can show: itself, or one it falls back to."""

    @property
    def pixels_per_column(self) -> int:
        """Pixels that a cell is wide in the effective mode: 1 or 2."""

    @property
    def pixels_per_row(self) -> int:
        """Pixels that a cell is high in the effective mode: 1 to 4."""

def render_cells(pixels: NDArray[uint8], style: Style) -> bytes:
    """Draw a picture whose pixels are the cells' pixels.

    `pixels` is (rows * pixels_per_row, columns * pixels_per_column, 3) uint8, red first. The text has rows
    joined by newlines, each `columns` cells wide, and ends with ``ESC[0m`` when colours are in force. Raises
    ValueError for other shapes.
    """

def render_text(pixels: NDArray[uint8], style: Style) -> str:
    """What `render_cells` draws, as a string: the same and quicker than decoding it."""
