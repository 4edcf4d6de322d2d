"""The text itself: what it costs, and that it says nothing twice."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import Frame, frames, noise

from asciichat._core import raster
from asciichat.video.style import COLOR_LEVELS, MODES, Glyphs

STANDARD = raster.builtin("standard")
BASIC_MODES = ["foreground", "background", "half-block"]


def render(
    pixels: Frame, color: str, mode: str = "foreground", *, rep: bool = False, ramp: str = " .#"
) -> str:
    style = raster.Style(
        color_level=COLOR_LEVELS[color],
        render_mode=MODES[mode],
        palette=raster.Palette(ramp),
        rep=rep,
        glyphs=Glyphs.ALL,
    )
    return raster.render_cells(pixels, style).decode()


def flat(width: int, height: int, *color: int) -> Frame:
    return np.full((height, width, 3), color, np.uint8)


def test_a_colour_is_set_once_for_a_whole_frame() -> None:
    assert render(flat(3, 2, 255, 0, 0), "truecolor", ramp="#") == "\x1b[38;2;255;0;0m###\n###\x1b[0m"
    assert render(flat(2, 1, 255, 255, 255), "256", ramp="#") == "\x1b[38;5;231m##\x1b[0m"
    assert render(flat(2, 1, 255, 255, 255), "16", ramp="#") == "\x1b[97m##\x1b[0m"


def test_a_cell_sets_both_its_colours_in_one_sequence() -> None:
    assert render(flat(1, 1, 0, 0, 9), "truecolor", "background", ramp="#") == (
        "\x1b[38;2;255;255;255;48;2;0;0;9m#\x1b[0m"
    )
    two = np.array([[[1, 2, 3]], [[4, 5, 6]]], np.uint8)
    assert render(two, "truecolor", "half-block") == "\x1b[38;2;1;2;3;48;2;4;5;6m▀\x1b[0m"


def test_blanks_need_no_colour() -> None:
    assert render(flat(4, 2, 0, 0, 0), "truecolor") == "    \n    "


def test_a_row_break_has_no_background_to_paint_with() -> None:
    assert render(flat(1, 2, 0, 0, 0), "16", "background") == "\x1b[40m \x1b[0m\n\x1b[40m \x1b[0m"
    assert render(flat(1, 4, 0, 0, 0), "16", "half-block") == "\x1b[40m \x1b[0m\n\x1b[40m \x1b[0m"


def test_half_blocks_turn_over_when_that_saves_a_colour() -> None:
    a, b = [255, 0, 0], [0, 255, 0]
    text = render(np.array([[a, b, a], [b, a, a]], np.uint8), "truecolor", "half-block")
    assert text == "\x1b[38;2;255;0;0;48;2;0;255;0m▀▄█\x1b[0m"


def test_repeats_are_used_from_where_they_are_shorter() -> None:
    def row(n: int) -> str:
        return render(flat(n, 1, 255, 255, 255), "none", rep=True)

    assert row(5) == "#####"
    assert row(6) == "#\x1b[5b"
    assert row(200) == "#\x1b[199b"
    assert render(flat(3, 1, 255, 255, 255), "none", rep=True, ramp="█") == "█\x1b[2b"


def test_repeats_do_not_reach_over_a_row() -> None:
    assert render(flat(9, 2, 255, 255, 255), "none", rep=True) == "#\x1b[8b\n#\x1b[8b"


def test_repeats_do_not_reach_over_a_change_of_colour() -> None:
    pixels = np.concatenate([flat(7, 1, 255, 0, 0), flat(7, 1, 255, 0, 1), flat(7, 1, 255, 0, 1)], axis=1)
    assert render(pixels, "truecolor", rep=True, ramp="#") == (
        "\x1b[38;2;255;0;0m#\x1b[6b\x1b[38;2;255;0;1m#\x1b[13b\x1b[0m"
    )


@settings(max_examples=60, deadline=None)
@given(
    pixels=frames(90, 16),
    color=st.sampled_from(list(COLOR_LEVELS)),
    mode=st.sampled_from(list(MODES)),
    ramp=st.sampled_from([" .#", "#", "░▒▓█"]),
)
def test_repeats_written_out_are_the_text_without_them(
    pixels: Frame, color: str, mode: str, ramp: str
) -> None:
    """Within a row, after the very character, with the colours it has: so they can be no more than what they replace."""
    pixels = np.repeat(np.repeat(pixels, 2, axis=1), 12, axis=0)
    text = render(pixels, color, mode, rep=True, ramp=ramp)
    written_out = re.sub("([^\x00-\x1f])\x1b\\[([0-9]+)b", lambda match: match[1] * (1 + int(match[2])), text)
    assert written_out == render(pixels, color, mode, ramp=ramp)


@settings(max_examples=80, deadline=None)
@given(
    pixels=frames(60, 20),
    color=st.sampled_from(list(COLOR_LEVELS)),
    mode=st.sampled_from(BASIC_MODES),
    rep=st.booleans(),
)
def test_no_sequence_says_what_is_so_already(pixels: Frame, color: str, mode: str, rep: bool) -> None:
    if mode == "half-block":
        pixels = np.repeat(pixels, 2, axis=0)
    text = render(pixels, color, mode, rep=rep)
    state = {"3": "", "4": ""}
    for sequence in re.findall("\x1b\\[([0-9;]*)m", text):
        if sequence == "0":
            assert any(state.values()), "a reset with nothing to reset"
            state = {"3": "", "4": ""}
            continue
        for part in re.findall("[34]8;2;[0-9]+;[0-9]+;[0-9]+|[34]8;5;[0-9]+|[0-9]+", sequence):
            # 30 to 37 and 90 to 97 set the foreground, 40 to 47 and 100 to 107 the background.
            ground = "4" if part.startswith(("4", "10")) else "3"
            assert state[ground] != part, f"{part} is set already"
            state[ground] = part
    assert "\x1b[m" not in text and not text.endswith("\n")


@settings(max_examples=60, deadline=None)
@given(pixels=frames(60, 20), color=st.sampled_from(list(COLOR_LEVELS)), mode=st.sampled_from(BASIC_MODES))
def test_repeats_never_cost_bytes(pixels: Frame, color: str, mode: str) -> None:
    if mode == "half-block":
        pixels = np.repeat(pixels, 2, axis=0)
    assert len(render(pixels, color, mode, rep=True).encode()) <= len(render(pixels, color, mode).encode())


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (noise(3, 3)[..., :2], "3 values a pixel"),
        (noise(3, 3)[:0], "columns and rows"),
        (noise(3, 3)[:, :0], "columns and rows"),
    ],
)
def test_other_shapes_are_refused(pixels: Frame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        render(pixels, "none")


def test_half_blocks_need_an_even_number_of_rows() -> None:
    with pytest.raises(ValueError, match="1 x 2 pixels"):
        render(noise(2, 3), "none", "half-block")


@pytest.mark.parametrize(("level", "mode"), [(-1, 0), (4, 0), (0, -1), (0, 8)])
def test_unknown_levels_and_modes_are_refused(level: int, mode: int) -> None:
    with pytest.raises(ValueError, match="is 0 to"):
        raster.Style(color_level=level, render_mode=mode, palette=STANDARD)


def test_pictures_that_lie_otherwise_in_memory_are_drawn_alike() -> None:
    pixels = noise(20, 10)
    wanted = render(pixels, "truecolor")
    assert render(np.asfortranarray(pixels), "truecolor") == wanted
    wide = np.zeros((10, 33, 3), np.uint8)
    wide[:, 5:25] = pixels
    assert render(wide[:, 5:25], "truecolor") == wanted
    upside_down = pixels[::-1].copy()
    assert render(upside_down[::-1], "truecolor") == wanted
    every_second = np.repeat(pixels, 2, axis=1)
    assert render(every_second[:, ::2], "truecolor") == wanted
