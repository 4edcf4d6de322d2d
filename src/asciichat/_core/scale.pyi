"""Area-average scaling of RGB24 pictures. Safe from any number of threads; the GIL is let go."""

from typing import Final

from numpy import uint8
from numpy.typing import NDArray

MAX_SIDE: Final[int]
"""8192 pixels."""

def scale(
    frame: NDArray[uint8],
    width: int,
    height: int,
    out: NDArray[uint8] | None = None,
    *,
    linear: bool = False,
) -> NDArray[uint8]:
    """Each output pixel is the mean of the area it covers, exactly, rounded half up.

    `frame` is (H, W, 3) with any row stride, red first. The result is (height, width, 3): `out`, when
    given, whose rows must be packed. Sides are 1 to 8192. Raises ValueError for other shapes and sizes.

    With `linear` it is the mean of the light the pixels give (sRGB, IEC 61966-2-1) instead of that of their values,
    within 1 of the exact result: fine bright detail keeps its brightness.
    """
