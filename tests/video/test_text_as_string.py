"""The string of a picture is its bytes, decoded."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from pictures import mixed

from asciichat._core.raster import render_cells, render_text
from asciichat.video import Style
from asciichat.video.style import COLOR_LEVELS, MODES

PALETTES = ["standard", "cool", " .:é#", " .é▒", "\N{BLOCK SEXTANT-1} "]
"""Whose longest character takes one byte, three, two, two and three, four."""


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("color", COLOR_LEVELS)
@pytest.mark.parametrize("mode", MODES)
def test_it_is_what_decoding_gives(mode: str, color: str, palette: str) -> None:
    style = Style.of(color, mode, palette)
    for columns, rows in ((1, 1), (5, 3), (77, 20)):
        width, height = columns * style.pixels_per_column, rows * style.pixels_per_row
        for pixels in (mixed(width, height), np.zeros((height, width, 3), np.uint8)):
            expected = render_cells(pixels, style.core).decode()
            text = render_text(pixels, style.core)
            assert text == expected
            # Python's strings have one form each, by their widest character; another would be equal to nothing.
            assert sys.getsizeof(text) <= sys.getsizeof(expected)
            assert hash(text) == hash(expected)


def test_it_refuses_what_is_no_picture() -> None:
    with pytest.raises(ValueError, match="3 values a pixel"):
        render_text(np.zeros((4, 4, 4), np.uint8), Style().core)
