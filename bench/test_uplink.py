"""What encoding a picture costs and saves: `pytest bench/test_uplink.py --benchmark-enable --benchmark-json=uplink.json`.

Four seconds of a talking head and of a street, at sizes in which a call sends pictures. The time is that of encoding all
of a film's pictures; beside it stand the bytes of a picture, what decoding one costs, and how far what is drawn of it at
half the size, as a call does, is from what would be drawn without coding.
"""

from __future__ import annotations

import time

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from asciichat._core.scale import scale
from asciichat.client.sending_size import sending_size
from asciichat.media.hevc import HevcDecoder, HevcEncoder

from .pictures_shown import BIKES, HEAD, load_pictures

SIZES = [(56, 42), (160, 120), (320, 240), (480, 270)]


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("scene", ["head", "street"])
def test_cost_of_encoding(benchmark: BenchmarkFixture, scene: str, size: tuple[int, int]) -> None:
    """Encoded pictures have a small part of the bytes and are drawn as what they were."""
    count = 15 if benchmark.disabled else 120
    width, height = size[0] & ~1, size[1] & ~1
    film = load_pictures(BIKES if scene == "street" else HEAD, 480, 270, count=count)
    pictures = [scale(picture, width, height) for picture in film]

    def encode() -> list[bytes]:
        encoder = HevcEncoder(width, height)
        return [encoder.encode(picture, key=number % 120 == 0) for number, picture in enumerate(pictures)]

    units = benchmark.pedantic(encode, rounds=1 if benchmark.disabled else 3)
    decoder = HevcDecoder()
    begun = time.perf_counter()
    decoded = [decoder.decode(unit) for unit in units]
    benchmark.extra_info["decoding, ms"] = 1000 * (time.perf_counter() - begun) / count
    benchmark.extra_info["bytes"] = sum(map(len, units)) / count
    benchmark.extra_info["raw bytes"] = 3 * width * height
    errors = []
    for sent, got in zip(pictures, decoded, strict=True):
        assert got is not None
        shown = [scale(picture, width // 2, height // 2).astype(int) for picture in (sent, got)]
        errors.append(np.square(shown[0] - shown[1]).mean())
    benchmark.extra_info["dB"] = 10 * np.log10(255**2 / np.mean(errors))
    assert benchmark.extra_info["bytes"] < benchmark.extra_info["raw bytes"] / 5
    assert benchmark.extra_info["dB"] > 35


@pytest.mark.parametrize("shown", [(80, 24), (26, 8), (26, 16), (160, 72)], ids="{0[0]}x{0[1]}".format)
def test_cost_of_scaling(benchmark: BenchmarkFixture, shown: tuple[int, int]) -> None:
    """Scaling a picture to the size it is sent at."""
    picture = load_pictures(HEAD, 480, 270, count=1)[0]
    size = sending_size(480, 270, shown)
    scaled = benchmark(scale, picture, *size)
    assert scaled.shape == (size[1], size[0], 3)
