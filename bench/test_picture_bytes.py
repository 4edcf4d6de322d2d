"""How large pictures are on the wire: `pytest bench/test_picture_bytes.py --benchmark-enable --benchmark-json=bytes.json`.

Four seconds of a street, of a talking head, and of a picture in which nothing moves but the camera's noise;
`python -m bench.report bytes.json` makes the table of docs/performance.md. The time is that of drawing a scene.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
import zstandard
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from asciichat._core.canvas import Canvas
from asciichat._core.scale import scale
from asciichat.video import Style

from .pictures_shown import BIKES, HEAD, load_pictures, load_still

Pixels = NDArray[np.uint8]

SCENES = ["street", "head", "still"]
SCREENS = [(80, 24), (160, 45), (240, 67)]
LEVEL = 1
"""What the server compresses with."""
NOISE = 4
"""Up to so many levels of a channel the server takes for a camera's noise, and shows the value before."""


@pytest.mark.parametrize("color", ["none", "256", "truecolor"])
@pytest.mark.parametrize("mode", ["foreground", "half-block", "sextant"])
@pytest.mark.parametrize("screen", SCREENS, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("scene", SCENES)
def test_bytes_of_a_scene(
    benchmark: BenchmarkFixture, scene: str, screen: tuple[int, int], mode: str, color: str
) -> None:
    """The mean over a scene of what a viewer is sent for a picture: all of it, or what changed."""
    count = 12 if benchmark.disabled else 120
    if scene == "still":
        pictures = load_still(HEAD, 640, 480, count)
    else:
        pictures = load_pictures(BIKES if scene == "street" else HEAD, 640, 480, count=count)
    style = Style.of(color, mode)
    columns, rows = screen[0] * style.pixels_per_column, screen[1] * style.pixels_per_row
    pixels = held_still([scale(picture, columns, rows) for picture in pictures])

    def draw() -> tuple[list[bytes], list[bytes]]:
        canvases = [Canvas(picture, style.core) for picture in pixels]
        changes = [now.changes(before) for before, now in pairwise(canvases)]
        return [canvas.text() for canvas in canvases], changes

    full, changes = benchmark.pedantic(draw, rounds=1 if benchmark.disabled else 3)
    benchmark.extra_info["full"] = mean(full)
    benchmark.extra_info["full, zstd"] = mean(compressed(full))
    benchmark.extra_info["changes"] = mean(changes)
    benchmark.extra_info["changes, zstd"] = mean(compressed(changes))
    assert benchmark.extra_info["full, zstd"] < benchmark.extra_info["full"]


def held_still(pictures: list[Pixels]) -> list[Pixels]:
    """As the server shows them: what differs by noise alone keeps its value."""
    shown = [pictures[0]]
    for picture in pictures[1:]:
        moved = np.abs(picture.astype(np.int16) - shown[-1]) > NOISE
        shown.append(np.where(moved, picture, shown[-1]))
    return shown


def compressed(texts: Iterable[bytes]) -> list[bytes]:
    """Each by itself, as a packet is; or as it was, if that is shorter."""
    packer = zstandard.ZstdCompressor(level=LEVEL)
    return [min(packer.compress(text), text, key=len) for text in texts]


def mean(texts: list[bytes]) -> int:
    """Bytes of one of them."""
    return round(sum(map(len, texts)) / len(texts))
