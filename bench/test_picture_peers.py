"""Ours beside others, in the same run: `pytest bench/test_picture_peers.py --benchmark-enable --benchmark-json=peers.json`.

`python -m bench.report peers.json` makes the table of docs/performance.md of it.
"""

from __future__ import annotations

import re

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from .picture_peers import PEERS, ModeMissingError
from .pictures_shown import FILM, load_pictures

SOURCES = [(640, 480), (1280, 720)]
SCREENS = [(80, 24), (160, 45), (240, 67)]
_SEQUENCE = re.compile("\x1b\\[[0-9;?]*[a-zA-Z]")


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("mode", ["foreground", "half-block", "sextant"])
@pytest.mark.parametrize("screen", SCREENS, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("source", SOURCES, ids="{0[0]}x{0[1]}".format)
def test_scaling_and_drawing(
    benchmark: BenchmarkFixture, source: tuple[int, int], screen: tuple[int, int], mode: str, peer: str
) -> None:
    """A picture of a film, two seconds in, to true colour on a screen of that size."""
    frame = load_pictures(FILM, *source, first=50, count=1)[0]
    try:
        draw = PEERS[peer](frame, screen, mode)
    except ModeMissingError:
        pytest.skip(f"{peer} has no mode {mode}")
    except ImportError as error:
        pytest.skip(f"{peer} is not installed ({error}): pip install asciichat[bench]")
    benchmark.group = f"{source[0]}x{source[1]} to {screen[0]}x{screen[1]}, {mode}"
    text = benchmark(draw)
    encoded = text.encode() if isinstance(text, str) else text
    benchmark.extra_info["bytes"] = len(encoded)
    rows = _SEQUENCE.sub("", encoded.decode()).rstrip("\n").split("\n")
    assert (len(rows[0].rstrip("\r")), len(rows)) == screen, "drawn at another size, it is not comparable"
