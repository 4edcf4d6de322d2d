"""Pictures with words over them, and what changes from one to the next. The GIL is let go while drawing."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from numpy import uint8
from numpy.typing import NDArray

from asciichat._core.raster import Style

LABELS: Final[int]
"""Labels that a canvas may have: 40."""
LABEL_BYTES: Final[int]
"""Bytes that a label may have in UTF-8: 56."""

class Label(NamedTuple):
    """Words over a picture, in place of the cells they cover.

    `x` and `y` are the leftmost cell's, `width` the cells that `text` takes on the terminal. `emphasis` makes it stand
    out.
    """

    x: int
    y: int
    width: int
    text: str
    emphasis: bool = False

class Canvas:
    """A picture whose pixels are the cells' pixels, with labels.

    `pixels` is (rows * pixels_per_row, columns * pixels_per_column, 3) uint8, C-contiguous; it is not copied and must not
    change. Labels lie wholly on the canvas and do not overlap. Raises ValueError otherwise. Safe from any number of
    threads.
    """

    def __init__(
        self, pixels: NDArray[uint8], style: Style, labels: Iterable[tuple[int, int, int, str] | Label] = ()
    ) -> None: ...
    @property
    def style(self) -> Style: ...
    def text(self) -> bytes:
        """The whole frame, as :func:`asciichat._core.raster.render_cells` writes it."""

    def changes(self, before: Canvas) -> bytes:
        """What to write to a terminal that shows `before` from its top left corner, so that it shows this canvas.

        Cursor moves (CUP, CUF) and the cells that differ; it begins and ends with no SGR in force, and is empty when
        nothing differs. Raises ValueError when the canvases differ in size or style.
        """
