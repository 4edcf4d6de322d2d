"""Where pictures stand on a screen of cells that are half as wide as high. Safe from any thread."""

from collections.abc import Iterable
from typing import Final, NamedTuple

MAX_SOURCES: Final[int]
"""32."""

class Rect(NamedTuple):
    """A rectangle of whole cells."""

    x: int
    y: int
    width: int
    height: int

class Grid(NamedTuple):
    """Where each source stands: `cells` is all its room, `images` the part its picture fills.

    Sources that would not get even one cell are left out: the first ``len(cells)`` have a place.
    """

    columns: int
    rows: int
    cells: tuple[Rect, ...]
    images: tuple[Rect, ...]

def fit(columns: int, rows: int, aspect: float) -> tuple[int, int]:
    """The largest width and height in cells of a picture of this aspect (width / height in square pixels).

    An aspect that is not a positive number counts as 1.6. Raises ValueError for a screen without cells.
    """

def grid(columns: int, rows: int, aspects: Iterable[float], *, stretch: bool = False) -> Grid:
    """The grid that shows the largest area of the sources; of equal ones, that with fewer columns.

    Remainder cells are spread, an incomplete last row stands in the middle. With `stretch` pictures fill
    their cells. Raises ValueError for a screen without cells or more than 32 sources.
    """
