"""Frames read back into cells: what an independent terminal shows is what is read."""

from __future__ import annotations

import numpy as np
import pytest
from emulator import DEFAULT, Picture, rgb
from pictures import mixed

from asciichat.video import render
from asciichat.video.cells import THEMES, Cells, read_cells
from asciichat.video.style import COLOR_LEVELS, MODES


def assert_equal(cells: Cells, picture: Picture) -> None:
    shown = np.vectorize(ord, otypes=[np.uint32])(picture.glyph)
    assert (cells.glyph == shown).all()
    for mine, theirs, plain in (
        (cells.front, picture.front, cells.theme.front),
        (cells.back, picture.back, cells.theme.back),
    ):
        expected = np.where((theirs == DEFAULT)[..., None], plain, rgb(theirs))
        assert (mine == expected).all()


@pytest.mark.parametrize("rep", [False, True])
@pytest.mark.parametrize("color", COLOR_LEVELS)
@pytest.mark.parametrize("mode", MODES)
def test_they_are_what_a_terminal_shows(mode: str, color: str, rep: bool) -> None:
    frame = mixed(120, 60)
    text = render(frame, 30, 9, mode=mode, color=color, stretch=True, rep=rep)
    for theme in THEMES.values():
        cells = read_cells(text, theme)
        assert (cells.columns, cells.rows) == (30, 9)
        assert_equal(cells, Picture(text, 30, 9))


def test_short_rows_are_filled_with_blanks() -> None:
    cells = read_cells("\x1b[41ma\n\nlong\x1b[0m")
    assert ["".join(map(chr, row)) for row in cells.glyph] == ["a   ", "    ", "long"]
    red, black = [205, 0, 0], [0, 0, 0]
    assert cells.back[:, :, 0].tolist() == [[205, 0, 0, 0], [0] * 4, [205] * 4]
    assert cells.back[2, 3].tolist() == red and cells.back[0, 1].tolist() == black


def test_colours_go_back_to_the_themes() -> None:
    cells = read_cells("\x1b[38;5;196;48;5;21ma\x1b[39mb\x1b[49mc", THEMES["light"])
    assert cells.front[0].tolist() == [[255, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert cells.back[0].tolist() == [[0, 0, 255], [0, 0, 255], [255, 255, 255]]


@pytest.mark.parametrize(
    "text",
    ["\x1b[2J", "\x1b", "a\x1b[1mb", "\x1b[38;2;1m", "\x1b[38;5;256ma", "\x1b[38;2;256;0;0ma", "\x1b[3b"],
)
def test_what_a_frame_never_holds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"text|colour"):
        read_cells(text)
