"""How large a picture is to be sent."""

from __future__ import annotations

import math
from typing import Final

MAX_WIDTH, MAX_HEIGHT = 480, 270
"""What a picture is scaled into before it is sent, as native clients do: no viewer's cell is larger."""

MARGIN: Final = 2
"""Pixels sent, across and down, for one that is shown. Averages of averages are what averages of the whole would have
been where the pixels divide evenly, and else differ by 1 or 2 of 255 in the mean; with less, pictures become soft."""

_LEAST: Final = 16
"""Pixels a side of a scaled picture has at least: HEVC has no smaller ones."""
_CHOICE: Final = 18
"""Pixels of height beyond what is needed among which the one is looked for that keeps the shape best: every even multiple of
9 keeps that of 16:9."""


def sending_size(width: int, height: int, shown: tuple[int, int] | None = None) -> tuple[int, int]:
    """The size at which to send a picture, its shape kept.

    Parameters
    ----------
    width, height
        Of the picture, pixels.
    shown
        The largest width and height at which it is drawn; None: nobody knows.

    Returns
    -------
    int, int
        Width and height in pixels; even where it is scaled for `shown`. Never larger than the picture, nor than what is
        sent at most.
    """
    most = min(1.0, MAX_WIDTH / width, MAX_HEIGHT / height)
    whole = max(1, round(width * most)), max(1, round(height * most))
    if shown is None:
        return whole
    needed = max(MARGIN * shown[0] / width, MARGIN * shown[1] / height)
    needed = max(needed, _LEAST / width, _LEAST / height)
    if needed >= most:
        return whole
    shape = width / height
    least = math.ceil(height * needed / 2) * 2
    sizes = ((2 * round(shape * down / 2), down) for down in range(least, least + _CHOICE, 2))
    best = min(sizes, key=lambda size: abs(size[0] / size[1] / shape - 1))
    return whole if best[0] > whole[0] or best[1] > whole[1] else best
