"""How large pictures are on the wire: `pytest bench/test_picture_bytes.py --benchmark-enable --benchmark-json=bytes.json`.

Four seconds of a scene in which everything moves and of one in which hardly anything does; `python -m bench.plot_pictures
bytes.json` makes the table of docs/performance.md of it. The time is that of drawing the whole scene.
"""

from __future__ import annotations

import pytest
import zstandard
from pytest_benchmark.fixture import BenchmarkFixture

from asciichat._core.raster import render_cells
from asciichat._core.scale import scale
from asciichat.video import Style
from asciichat.video.cells import read_cells

from .pictures_shown import FILM, HEAD, load_pictures

SCREENS = [(80, 24), (160, 45), (240, 67)]
LEVEL = 1
"""What the server compresses with."""


@pytest.mark.parametrize("color", ["none", "256", "truecolor"])
@pytest.mark.parametrize("mode", ["foreground", "half-block", "sextant"])
@pytest.mark.parametrize("screen", SCREENS, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("scene", ["moving", "still"])
def test_bytes_of_a_scene(
    benchmark: BenchmarkFixture, scene: str, screen: tuple[int, int], mode: str, color: str
) -> None:
    """The mean over a scene of what a viewer is sent for a picture."""
    count = 12 if benchmark.disabled else 120
    pictures = load_pictures(FILM if scene == "moving" else HEAD, 640, 480, count=count)
    style = Style.of(color, mode)
    columns, rows = screen[0] * style.pixels_per_column, screen[1] * style.pixels_per_row

    def draw() -> list[bytes]:
        return [render_cells(scale(picture, columns, rows), style.core) for picture in pictures]

    texts = benchmark.pedantic(draw, rounds=1 if benchmark.disabled else 3)
    packer = zstandard.ZstdCompressor(level=LEVEL)
    benchmark.extra_info["scene"] = scene
    benchmark.extra_info["full"] = round(sum(map(len, texts)) / len(texts))
    benchmark.extra_info["full, zstd"] = round(sum(len(packer.compress(text)) for text in texts) / len(texts))
    benchmark.extra_info["cells changed"] = round(_changed(texts), 3)
    assert 0 <= benchmark.extra_info["cells changed"] <= 1


def _changed(texts: list[bytes]) -> float:
    """The share of cells that look different from the picture before, in a sample: reading cells takes time."""
    shares = []
    for place in range(1, len(texts), 10):
        before, now = (read_cells(text.decode()) for text in texts[place - 1 : place + 1])
        look = (now.front != before.front).any(-1) | (now.back != before.back).any(-1)
        shares.append(float(((now.glyph != before.glyph) | look).mean()))
    return sum(shares) / len(shares)
