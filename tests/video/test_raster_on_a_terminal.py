"""On a terminal every frame shows its picture: the right glyph in the right colours in every cell."""

from __future__ import annotations

import numpy as np
import pytest
import reference
from emulator import DEFAULT, Picture, rgb
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pictures import Frame, frames, mixed, noise, patches
from reference import RAMPS, XTERM_16, XTERM_256, Style

from asciichat._core import raster
from asciichat.video.style import COLOR_LEVELS, Glyphs
from asciichat.video.style import MODES as MODES_BY_NAME

COLORS = list(COLOR_LEVELS)
MODES = ["foreground", "background", "half-block"]
CUSTOM = {"custom": "-:é→█", "one": "#", "blank ends": " ab "}
PALETTES = RAMPS | CUSTOM


def render(pixels: Frame, style: Style) -> str:
    core = raster.Style(
        color_level=COLOR_LEVELS[style.color],
        render_mode=MODES_BY_NAME[style.mode],
        palette=raster.Palette(style.ramp),
        utf8=style.utf8,
        rep=style.rep,
        glyphs=Glyphs.ALL,
    )
    return raster.render_cells(pixels, core).decode()


def colors_match(pixels: Frame, shown: np.ndarray, color: str) -> bool:
    """Is every shown colour the pixel's, or the nearest the level has?"""
    if (shown == DEFAULT).any():
        return False
    if color == "truecolor":
        return bool((rgb(shown) == pixels).all())
    return bool((reference.excess(pixels, rgb(shown), color) < 1e-4).all())


def check(pixels: Frame, asked: Style) -> None:
    style = asked.effective()
    per_row = 2 if style.mode == "half-block" else 1
    columns, rows = pixels.shape[1], pixels.shape[0] // per_row
    text = render(pixels, asked)
    assert text.count("\n") == rows - 1
    picture = Picture(text, columns, rows)
    assert picture.ends_plain

    if style.mode == "half-block":
        upper, lower = pixels[0::2], pixels[1::2]
        if style.color == "none":
            excess = reference.shade_excess(
                reference.luminance(upper), reference.luminance(lower), picture.glyph
            )
            assert (excess == 0).all()
            return
        shown_upper, shown_lower = picture.halves
        assert np.isin(picture.glyph, list(" ▀▄█")).all()
        assert colors_match(upper, shown_upper, style.color)
        assert colors_match(lower, shown_lower, style.color)
        return

    assert (picture.glyph == reference.glyphs(pixels, style.ramp)).all()
    inked = picture.glyph != " "
    if style.color == "none":
        assert "\x1b[0m" not in text and "m" not in "".join(c for c in text if c not in style.ramp)
    elif style.mode == "foreground":
        assert colors_match(pixels[inked], picture.front[inked], style.color)
        assert (picture.back == DEFAULT).all()
    else:
        assert colors_match(pixels, picture.back, style.color)
        bright = reference.luminance(pixels)[inked] >= 128
        assert (picture.front[inked] == np.where(bright, 0x000000, 0xFFFFFF)).all()


@pytest.mark.parametrize("rep", [False, True], ids=["plain", "rep"])
@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("color", COLORS)
def test_every_combination_shows_the_picture(color: str, mode: str, palette: str, rep: bool) -> None:
    check(mixed(45, 8, 1), Style(color, mode, PALETTES[palette], rep=rep))


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("color", COLORS)
def test_a_terminal_without_utf8_gets_ascii_that_shows_the_picture(
    color: str, mode: str, palette: str
) -> None:
    style = Style(color, mode, PALETTES[palette], utf8=False)
    pixels = mixed(30, 6, 2)
    assert render(pixels, style).isascii()
    check(pixels, style)


@settings(max_examples=60, deadline=None)
@given(
    pixels=frames(),
    color=st.sampled_from(COLORS),
    mode=st.sampled_from(MODES),
    palette=st.sampled_from(list(PALETTES)),
    rep=st.booleans(),
)
@example(pixels=noise(1, 2), color="truecolor", mode="half-block", palette="standard", rep=True)
@example(pixels=noise(120, 40), color="truecolor", mode="background", palette="cool", rep=False)
@example(pixels=patches(120, 40), color="256", mode="half-block", palette="blocks", rep=True)
@example(pixels=patches(119, 40), color="16", mode="foreground", palette="blocks", rep=True)
def test_any_picture_of_any_size_is_shown(
    pixels: Frame, color: str, mode: str, palette: str, rep: bool
) -> None:
    if mode == "half-block" and pixels.shape[0] % 2:
        pixels = np.concatenate([pixels, pixels[-1:]])
    check(pixels, Style(color, mode, PALETTES[palette], rep=rep))


@pytest.mark.parametrize("color", ["16", "256"])
def test_every_box_of_colours_gets_the_nearest_by_eye(color: str) -> None:
    five, six = np.arange(32, dtype=np.uint8) << 3, np.arange(64, dtype=np.uint8) << 2
    boxes = np.stack(np.meshgrid(five, six, five, indexing="ij"), -1).reshape(256, 256, 3)
    picture = Picture(render(boxes, Style(color, "background", " ")), 256, 256)
    assert colors_match(boxes, picture.back, color)


@pytest.mark.parametrize(("color", "palette"), [("16", XTERM_16), ("256", XTERM_256[16:])])
def test_every_colour_of_a_palette_is_shown_as_it_is(color: str, palette: list[tuple[int, int, int]]) -> None:
    pixels = np.array([palette], np.uint8)
    picture = Picture(render(pixels, Style(color, "background", " ")), len(palette), 1)
    assert (rgb(picture.back) == pixels).all()


@pytest.mark.parametrize(("color", "most", "mean"), [("16", 0.05, 0.0005), ("256", 0.03, 0.0006)])
def test_the_colour_shown_is_hardly_farther_than_the_nearest(color: str, most: float, mean: float) -> None:
    """Against all colours of the palette, for pixels anywhere in their boxes."""
    pixels = noise(128, 64, 9)
    picture = Picture(render(pixels, Style(color, "background", " ")), 128, 64)
    colors = reference.oklab(np.array(XTERM_16 if color == "16" else XTERM_256[16:]))
    seen, wanted = reference.oklab(rgb(picture.back)), reference.oklab(pixels.astype(np.int64))
    nearest = np.sqrt(((wanted[..., None, :] - colors) ** 2).sum(-1)).min(-1)
    excess = np.sqrt(((wanted - seen) ** 2).sum(-1)) - nearest
    assert excess.max() < most
    assert excess.mean() < mean


@pytest.mark.parametrize("color", ["16", "256"])
def test_black_and_white_stay_black_and_white(color: str) -> None:
    pixels = np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)
    picture = Picture(render(pixels, Style(color, "background", " ")), 2, 1)
    assert picture.back.tolist() == [[0x000000, 0xFFFFFF]]
