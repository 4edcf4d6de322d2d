"""What the picture kernels cost: `pytest bench/test_pictures.py --benchmark-enable`.

Frames are from a film, for what a picture costs depends on what is in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from asciichat._core import cpu, effect
from asciichat._core.crc32c import crc32c
from asciichat._core.raster import render_cells
from asciichat._core.scale import scale
from asciichat.video import Style, render
from asciichat.video.style import COLOR_LEVELS

from .pictures_shown import FILM, load_pictures

Frame = NDArray[np.uint8]

SOURCES = [(640, 480), (1280, 720)]
SCREENS = [(80, 24), (160, 45), (240, 67)]
MODES = ["foreground", "background", "half-block", "quadrant", "sextant", "octant", "braille", "edge"]


@pytest.fixture(scope="module", params=SOURCES, ids="{0[0]}x{0[1]}".format)
def frame(request: pytest.FixtureRequest) -> Frame:
    """A picture of the film, two seconds in."""
    return load_pictures(FILM, *request.param, first=50, count=1)[0]


@pytest.mark.parametrize("size", [64, 1024, 256 * 1024])
def test_crc32c(benchmark: BenchmarkFixture, size: int) -> None:
    data = np.random.default_rng(0).bytes(size)
    benchmark(crc32c, data)
    if benchmark.stats:
        benchmark.extra_info["GB/s"] = round(size / benchmark.stats.stats.min / 1e9, 1)


@pytest.mark.parametrize("screen", SCREENS, ids="{0[0]}x{0[1]}".format)
def test_scale(benchmark: BenchmarkFixture, frame: Frame, screen: tuple[int, int]) -> None:
    out = np.empty((screen[1], screen[0], 3), np.uint8)
    benchmark(scale, frame, *screen, out)


@pytest.mark.parametrize("screen", SCREENS, ids="{0[0]}x{0[1]}".format)
def test_scale_in_linear_light(benchmark: BenchmarkFixture, frame: Frame, screen: tuple[int, int]) -> None:
    out = np.empty((screen[1], screen[0], 3), np.uint8)
    benchmark(scale, frame, *screen, out, linear=True)


@pytest.mark.parametrize(
    "effects",
    [{"flip": "xy"}, {"filter": "green"}, {"rain": True, "now": 5.0}],
    ids=["flip", "filter", "rain"],
)
@pytest.mark.parametrize("screen", SCREENS, ids="{0[0]}x{0[1]}".format)
def test_effects(
    benchmark: BenchmarkFixture, frame: Frame, screen: tuple[int, int], effects: dict[str, object]
) -> None:
    pixels = scale(frame, *screen)
    benchmark(effect.apply, pixels, **effects)


@pytest.fixture(params=["baseline", "avx2", "avx512"])
def instruction_set(request: pytest.FixtureRequest) -> Iterator[None]:
    """The kernels of processors that have no more than this."""
    sets = {"baseline": [], "avx2": ["sse42", "avx2"], "avx512": ["sse42", "avx2", "avx512"]}[request.param]
    if not cpu.detected() >= set(sets):
        pytest.skip("this processor has not that set")
    cpu.restrict(sets)
    yield
    cpu.restrict()


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("mode", MODES)
def test_scale_and_raster_by_instruction_set(benchmark: BenchmarkFixture, frame: Frame, mode: str) -> None:
    benchmark(render, frame, 160, 45, mode=mode, stretch=True)


@pytest.mark.parametrize("color", COLOR_LEVELS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("screen", SCREENS, ids="{0[0]}x{0[1]}".format)
def test_raster(
    benchmark: BenchmarkFixture, frame: Frame, screen: tuple[int, int], mode: str, color: str
) -> None:
    style = Style.of(color, mode)
    pixels = scale(frame, screen[0] * style.pixels_per_column, screen[1] * style.pixels_per_row)
    text = benchmark(render_cells, pixels, style.core)
    benchmark.extra_info["bytes"] = len(text)


@pytest.mark.parametrize("mode", ["foreground", "half-block", "sextant"])
@pytest.mark.parametrize("screen", SCREENS, ids="{0[0]}x{0[1]}".format)
def test_scale_and_raster(
    benchmark: BenchmarkFixture, frame: Frame, screen: tuple[int, int], mode: str
) -> None:
    benchmark(render, frame, *screen, mode=mode, stretch=True)
