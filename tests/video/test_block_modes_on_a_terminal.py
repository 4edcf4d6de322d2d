"""Quadrants, sextants, octants, braille and edges show what the reference says, on a terminal."""

from __future__ import annotations

import numpy as np
import pytest
import reference
from block_reference import SHAPES, bits, lit_parts, mean, parts_of, patterns_of, two_tones
from emulator import DEFAULT, Picture, rgb
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import Frame, frames, mixed, noise, slope

from asciichat._core.raster import render_cells
from asciichat.video import Glyphs, Style

COLORS = ["none", "16", "256", "truecolor"]
BLOCKS = ["quadrant", "sextant", "octant"]


def picture_of(pixels: Frame, mode: str, color: str, **more: object) -> Picture:
    style = Style.of(color, mode, **more)  # type: ignore[arg-type]
    across, down = SHAPES[mode]
    assert (style.pixels_per_column, style.pixels_per_row) == (across, down)
    text = render_cells(pixels, style.core).decode()
    picture = Picture(text, pixels.shape[1] // across, pixels.shape[0] // down)
    assert picture.ends_plain
    return picture


def whole_cells(pixels: Frame, mode: str) -> Frame:
    """The picture, repeated at its edges until it has whole cells."""
    across, down = SHAPES[mode]
    height, width = pixels.shape[:2]
    return np.pad(pixels, ((0, -height % down), (0, -width % across), (0, 0)), mode="edge")


def matches(wanted: np.ndarray, shown: np.ndarray, color: str) -> bool:
    if color == "truecolor":
        return bool((rgb(shown) == wanted).all())
    return bool((reference.excess(wanted.astype(np.uint8), rgb(shown), color) < 1e-4).all())


def check_blocks(pixels: Frame, mode: str, color: str) -> None:
    picture = picture_of(pixels, mode, color)
    pattern = patterns_of(picture.glyph, mode)
    if color == "none":
        assert (pattern == bits(lit_parts(pixels, mode))).all()
        return
    lit, light, dark = two_tones(pixels, mode)
    for part in range(lit.shape[-1]):
        shown = np.where(pattern >> part & 1, picture.front, picture.back)
        assert (shown != DEFAULT).all()
        assert matches(np.where(lit[..., part, None], light, dark), shown, color)


@pytest.mark.parametrize("color", COLORS)
@pytest.mark.parametrize("mode", BLOCKS)
def test_blocks_show_each_part_in_the_nearer_of_two_colours(mode: str, color: str) -> None:
    check_blocks(whole_cells(mixed(66, 24, 5), mode), mode, color)


@settings(max_examples=40, deadline=None)
@given(pixels=frames(160, 60), mode=st.sampled_from(BLOCKS), color=st.sampled_from(COLORS))
def test_blocks_show_any_picture(pixels: Frame, mode: str, color: str) -> None:
    check_blocks(whole_cells(pixels, mode), mode, color)


@pytest.mark.parametrize("mode", BLOCKS)
def test_every_pattern_has_its_own_glyph(mode: str) -> None:
    across, down = SHAPES[mode]
    count = 1 << across * down
    pixels = np.zeros((down, across * count, 3), np.uint8)
    for pattern in range(count):
        for part in range(across * down):
            if pattern >> part & 1:
                pixels[part // across, pattern * across + part % across] = 255
    style = Style.of("truecolor", mode)
    text = render_cells(pixels, style.core).decode()
    shown = patterns_of(Picture(text, count, 1).glyph, mode)
    picture = Picture(text, count, 1)
    for pattern in range(1, count - 1):
        turned = picture.front[0, pattern] == 0
        assert shown[0, pattern] == (count - 1 - pattern if turned else pattern)


@settings(max_examples=30, deadline=None)
@given(pixels=frames(120, 60), color=st.sampled_from(COLORS))
def test_braille_has_dots_where_the_picture_is_bright(pixels: Frame, color: str) -> None:
    pixels = whole_cells(pixels, "braille")
    picture = picture_of(pixels, "braille", color)
    lit = lit_parts(pixels, "braille")
    assert (patterns_of(picture.glyph, "braille") == bits(lit)).all()
    assert (picture.back == DEFAULT).all()
    if color != "none":
        inked = lit.any(-1)
        assert matches(mean(parts_of(pixels, "braille"), lit)[inked], picture.front[inked], color)


EDGE_MIN = 56


@settings(max_examples=30, deadline=None)
@given(pixels=frames(120, 60), color=st.sampled_from(COLORS))
def test_edges_are_drawn_in_the_colour_of_their_bright_side(pixels: Frame, color: str) -> None:
    pixels = whole_cells(pixels, "edge")
    picture = picture_of(pixels, "edge", color)
    parts = parts_of(pixels, "edge")
    light = reference.luminance(parts.astype(np.uint8))
    least, most = light.min(-1), light.max(-1)
    is_edge = most - least >= EDGE_MIN
    lit = np.where(is_edge[..., None], 2 * light >= (least + most)[..., None], True)
    colors = mean(parts, lit)
    inked = picture.glyph != " "
    plain = ~is_edge
    ramp = reference.glyphs(colors.astype(np.uint8), reference.RAMPS["standard"])
    assert (picture.glyph[plain] == ramp[plain]).all()
    if color != "none":
        assert matches(colors[inked], picture.front[inked], color)


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([".#", ".#", "#.", "#."], "/"),
        (["#.", "#.", ".#", ".#"], "\\"),
        (["#.", "#.", "#.", "#."], "|"),
        (["..", "##", "..", ".."], "-"),
        (["..", "..", "..", "##"], "_"),
        (["##", "#.", "#.", "#."], "F"),
        (["#.", "#.", "#.", "##"], "L"),
    ],
)
def test_an_edge_takes_the_glyph_of_its_shape(rows: list[str], wanted: str) -> None:
    pixels = np.array([[[255] * 3 if part == "#" else [0] * 3 for part in row] for row in rows], np.uint8)
    assert picture_of(pixels, "edge", "none").glyph.tolist() == [[wanted]]


@pytest.mark.parametrize(
    ("mode", "glyphs", "utf8", "wanted"),
    [
        ("octant", Glyphs.ALL, True, "octant"),
        ("octant", Glyphs.ALL & ~Glyphs.OCTANT, True, "sextant"),
        ("octant", Glyphs.QUADRANT, True, "quadrant"),
        ("octant", Glyphs.NONE, True, "half-block"),
        ("octant", Glyphs.ALL, False, "background"),
        ("sextant", Glyphs.OCTANT | Glyphs.QUADRANT, True, "quadrant"),
        ("quadrant", Glyphs.SEXTANT, True, "half-block"),
        ("braille", Glyphs.NONE, True, "foreground"),
        ("braille", Glyphs.ALL, False, "foreground"),
        ("edge", Glyphs.NONE, False, "edge"),
        ("half-block", Glyphs.NONE, True, "half-block"),
        ("half-block", Glyphs.ALL, False, "background"),
    ],
)
def test_modes_fall_back_to_what_the_terminal_has(mode: str, glyphs: Glyphs, utf8: bool, wanted: str) -> None:
    asked = Style.of("truecolor", mode, utf8=utf8, glyphs=glyphs)
    plain = Style.of("truecolor", wanted, utf8=utf8)
    across, down = asked.pixels_per_column, asked.pixels_per_row
    assert (across, down) == (plain.pixels_per_column, plain.pixels_per_row)
    pixels = noise(12 * across, 6 * down)
    assert render_cells(pixels, asked.core) == render_cells(pixels, plain.core)


@pytest.mark.parametrize("color", ["16", "256"])
@pytest.mark.parametrize("mode", ["foreground", "background", "half-block", "octant", "braille"])
def test_dithering_stands_still_and_comes_nearer_to_the_picture(mode: str, color: str) -> None:
    frame = slope(96, 64)
    plain, mixed_colors = (Style.of(color, mode, dither=dither) for dither in (False, True))
    pixels = frame[:: 4 // plain.pixels_per_row, :: 2 // plain.pixels_per_column].copy()
    once, again = (render_cells(pixels, mixed_colors.core) for _ in range(2))
    assert once == again
    assert once != render_cells(pixels, plain.core)


def test_dithered_areas_have_the_mean_of_what_they_show() -> None:
    """A colour between two of the palette's becomes a mixture of both."""
    flat = np.full((16, 16, 3), (115, 115, 115), np.uint8)
    shown = {}
    for dither in (False, True):
        text = render_cells(flat, Style.of("256", "background", " ", dither=dither).core).decode()
        shown[dither] = rgb(Picture(text, 16, 16).back)
    assert len(np.unique(shown[False].reshape(-1, 3), axis=0)) == 1
    assert len(np.unique(shown[True].reshape(-1, 3), axis=0)) >= 2
    assert np.abs(shown[True].mean((0, 1)) - 115).max() <= 4
