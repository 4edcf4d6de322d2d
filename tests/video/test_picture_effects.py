"""Filters, mirroring and rain do to pixels what the reference says, and show on the terminal."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from effect_reference import TINTS, brightness, filtered, rainbow, rained
from emulator import Picture, rgb
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import Frame, frames, mixed, noise, slope

from asciichat._core import effect
from asciichat.video import FILTERS, FLIPS, Renderer, Style, compose, render

TIMES = st.floats(0, 1e5)


def applied(pixels: Frame, **effects: object) -> Frame:
    result = pixels.copy()
    effect.apply(result, **effects)  # type: ignore[arg-type]
    return result


def test_there_are_twelve_filters_beside_none() -> None:
    assert set(FILTERS) == {"none", "black", "rainbow", *TINTS}
    assert len(FILTERS) == 13


@settings(max_examples=100, deadline=None)
@given(pixels=frames(70, 30), name=st.sampled_from(FILTERS), now=TIMES)
def test_a_filter_is_its_colour_times_the_grey_of_each_pixel(pixels: Frame, name: str, now: float) -> None:
    error = applied(pixels, filter=name, now=now) - filtered(pixels, name, now)
    assert np.abs(error).max() <= 0.5


def test_every_grey_has_its_shade() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    for name in FILTERS:
        assert np.abs(applied(ramp, filter=name) - filtered(ramp, name)).max() <= 0.5
    assert (applied(ramp, filter="black") == 255 - ramp).all()


def test_the_rainbow_goes_round_all_hues_and_is_never_too_dark() -> None:
    white = np.full((1, 1, 3), 255, np.uint8)
    colors = [applied(white, filter="rainbow", now=now)[0, 0] / 255 for now in np.arange(0, 3.5, 0.1)]
    hues = sorted(colorsys.rgb_to_hsv(*color)[0] for color in colors)
    assert max(np.diff(hues)) < 0.06
    assert all(np.dot(color, (0.2126, 0.7152, 0.0722)) * 255 > 118 for color in colors)
    for now in (0.0, 0.5, 3.5, 1e9, -1.0):
        assert np.abs(applied(white, filter="rainbow", now=now)[0, 0] - rainbow(now)).max() <= 0.5


@settings(max_examples=60, deadline=None)
@given(pixels=frames(80, 30), flip=st.sampled_from(FLIPS))
def test_mirroring_moves_pixels_and_twice_is_not_at_all(pixels: Frame, flip: str) -> None:
    once = applied(pixels, flip=flip)
    rows, columns = (-1 if "y" in flip else 1), (-1 if "x" in flip else 1)
    assert (once == pixels[::rows, ::columns]).all()
    assert (applied(once, flip=flip) == pixels).all()


@settings(max_examples=100, deadline=None)
@given(
    pixels=frames(80, 30),
    across=st.integers(1, 2),
    down=st.integers(1, 4),
    name=st.sampled_from(FILTERS),
    now=TIMES,
)
def test_rain_lights_each_cell_by_its_place_and_the_time(
    pixels: Frame, across: int, down: int, name: str, now: float
) -> None:
    height, width = pixels.shape[:2]
    pixels = np.ascontiguousarray(
        np.pad(pixels, ((0, -height % down), (0, -width % across), (0, 0)), mode="edge")
    )
    result = applied(pixels, filter=name, rain=True, now=now, across=across, down=down)
    tinted = filtered(pixels, "matrix" if name == "none" else name, now)
    wanted = rained(np.round(tinted).astype(np.uint8), across, down, now)
    # The weights are whole 256ths: where the reference is at the middle of two, either will do.
    assert np.abs(result - wanted).max() <= 1.5
    again = applied(pixels, filter=name, rain=True, now=now, across=across, down=down)
    assert (result == again).all()


def test_rain_falls() -> None:
    """A drop's head, below which it is darker, goes down a row at a time and never up."""
    white = np.full((60, 100, 3), 255, np.uint8)
    fallen = 0
    before = None
    for now in np.arange(20.0, 21.0, 0.05):
        light = applied(white, filter="white", rain=True, now=now)[..., 0]
        heads = light[:-1] > light[1:]
        if before is not None:
            below = np.roll(heads, -1, axis=0)
            assert (heads | below)[:-1][before[:-1]].all()
            fallen += (below & before & ~heads).sum()
        before = heads
    assert fallen > 200


def test_each_column_has_its_own_rain() -> None:
    light = brightness(200, 40, 12.0)
    assert len(np.unique(light[0])) == 200
    assert len({tuple(column) for column in np.round(light.T, 6)}) == 200
    # The first columns are the same whatever follows them.
    assert (brightness(20, 10, 12.0) == light[:10, :20]).all()


def test_a_part_of_a_larger_picture_can_be_changed() -> None:
    canvas = noise(60, 40)
    before = canvas.copy()
    effect.apply(canvas[5:25, 7:37], filter="red", flip="xy", rain=True, now=3.0)
    wanted = applied(before[5:25, 7:37].copy(), filter="red", flip="xy", rain=True, now=3.0)
    assert (canvas[5:25, 7:37] == wanted).all()
    canvas[5:25, 7:37] = before[5:25, 7:37]
    assert (canvas == before).all()
    upside_down = before.copy()
    effect.apply(upside_down[::-1], filter="red")
    assert (upside_down == applied(before, filter="red")).all()


@pytest.mark.parametrize(
    ("pixels", "effects", "message"),
    [
        (noise(4, 4), {"filter": "brown"}, "no colour filter 'brown': there are none, black"),
        (noise(4, 4), {"flip": "z"}, "no flip 'z': there are none, x, y, xy"),
        (noise(4, 4)[..., :2], {}, "3 values a pixel"),
        (noise(4, 4)[:0], {}, "1 to 32768"),
        (noise(8, 4)[:, ::2], {}, "packed rows"),
        (np.asfortranarray(noise(4, 4)), {}, "packed rows"),
        (noise(5, 4), {"across": 2}, "whole cells"),
        (noise(4, 5), {"down": 2}, "whole cells"),
        (noise(6, 6), {"across": 3}, "up to 2 x 4"),
        (noise(4, 4), {"now": float("nan")}, "a time is"),
        (noise(4, 4), {"now": 1e13}, "a time is"),
    ],
)
def test_what_cannot_be_done_is_refused(pixels: Frame, effects: dict[str, object], message: str) -> None:
    before = pixels.copy()
    with pytest.raises(ValueError, match=message):
        effect.apply(pixels, **effects)  # type: ignore[arg-type]
    assert (pixels == before).all()


def test_a_picture_that_must_not_change_is_refused() -> None:
    pixels = noise(4, 4)
    pixels.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        effect.apply(pixels, filter="red")


@pytest.mark.parametrize("mode", ["background", "half-block"])
def test_effects_show_on_the_terminal(mode: str) -> None:
    frame = mixed(40, 20, 4)
    picture = Picture(
        render(frame, 40, 20, mode=mode, stretch=True, filter="teal", flip="x", rain=True, now=7.0), 40, 20
    )
    pixels = frame[:, ::-1].repeat(2, axis=0) if mode == "half-block" else frame[:, ::-1].copy()
    down = 2 if mode == "half-block" else 1
    wanted = applied(np.ascontiguousarray(pixels), filter="teal", rain=True, now=7.0, down=down)
    upper, lower = picture.halves if mode == "half-block" else (picture.back, picture.back)
    assert (rgb(upper) == wanted[0::down]).all()
    assert (rgb(lower) == wanted[down - 1 :: down]).all()


def test_rain_moves_with_the_clock_unless_a_time_is_given() -> None:
    renderer = Renderer(30, 20, Style.of(rain=True, mode="background"))
    frame = slope(60, 40)
    assert renderer.render(frame, 5.0) == renderer.render(frame, 5.0)
    assert renderer.render(frame, 5.0) != renderer.render(frame, 6.0)
    assert (frame == slope(60, 40)).all()


def test_each_picture_of_a_grid_is_mirrored_in_its_own_place() -> None:
    frames = [slope(64, 40), noise(64, 40)]
    mirrored = [frame[:, ::-1] for frame in frames]
    assert compose(frames, 80, 20, flip="x") == compose(mirrored, 80, 20)
    assert compose(frames, 80, 20, filter="red", now=1.0) != compose(frames, 80, 20)


@pytest.mark.parametrize("more", [{"filter": "brown"}, {"flip": "sideways"}])
def test_a_style_with_an_unknown_effect_is_refused(more: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="there are none"):
        Style.of(**more)  # type: ignore[arg-type]
