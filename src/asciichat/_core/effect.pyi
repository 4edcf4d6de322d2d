"""Mirroring, colour filters and rain, on RGB24 pictures. Safe from any number of threads; the GIL is let go."""

from typing import Final

from numpy import uint8
from numpy.typing import NDArray

FILTERS: Final[tuple[str, ...]]
"""Names of colour filters. "none" changes nothing, "black" is dark on light, "rainbow" goes round the hues in 3.5
seconds, the others are shades of their colour."""

FLIPS: Final[tuple[str, ...]]
"""none, x (left to right), y (upside down), xy."""

def check(filter: str = "none", flip: str = "none") -> None:
    """Raise ValueError for a name that is neither in `FILTERS` nor in `FLIPS`."""

def apply(
    pixels: NDArray[uint8],
    *,
    filter: str = "none",
    flip: str = "none",
    rain: bool = False,
    now: float = 0.0,
    across: int = 1,
    down: int = 1,
) -> None:
    """Change a picture in place: mirror it, then tint it, then let it rain.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (H, W, 3)
        Red first, with packed rows that lie apart as they like; sides 1 to 32768.
    filter : str
        One of `FILTERS`. A pixel becomes its grey, (77 R + 150 G + 29 B + 128) >> 8, times the tint / 255, rounded.
    flip : str
        One of `FLIPS`.
    rain : bool
        Light cells by columns that fall, in the filter's colour, without a filter in green. It depends on the cell's
        place and on `now` alone.
    now : float
        Seconds, for the rainbow and the rain; at most 1e12.
    across, down : int
        Pixels that a cell is wide (1 or 2) and high (1 to 4), for the rain.

    Raises
    ------
    ValueError
        For another shape, rows that are not packed, or an unknown name.
    """
