"""Mirroring and tinting."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.media.effects import FILTERS, TINTS, Adjusted, tint
from asciichat.media.pattern import TestPattern


def grey(red: int, green: int, blue: int) -> int:
    return (77 * red + 150 * green + 29 * blue + 128) >> 8


@given(st.tuples(*[st.integers(0, 255)] * 3), st.sampled_from(list(TINTS)))
def test_a_tint_is_its_colour_times_the_grey_of_the_pixel(pixel, name):
    result = tint(np.full((1, 1, 3), pixel, np.uint8), name)[0, 0]
    expected = np.array(TINTS[name]) * grey(*pixel) / 255
    assert np.abs(result - expected).max() <= 0.5
    assert result.dtype == np.uint8


def test_black_turns_light_to_dark():
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    assert (tint(ramp, "black")[0, :, 0] == 255 - np.arange(256)).all()


def test_the_rainbow_goes_round_all_hues_and_is_never_too_dark():
    white = np.full((1, 1, 3), 255, np.uint8)
    colors = [tint(white, "rainbow", now)[0, 0] / 255 for now in np.arange(0, 3.5, 0.1)]
    hues = sorted(colorsys.rgb_to_hsv(*color)[0] for color in colors)
    assert max(np.diff(hues)) < 0.06
    assert all(np.dot(color, (0.2126, 0.7152, 0.0722)) * 255 > 118 for color in colors)
    assert (tint(white, "rainbow", 3.5) == tint(white, "rainbow", 0.0)).all()


def test_no_filter_changes_nothing():
    frame = TestPattern().draw(0)
    assert tint(frame, "none") is frame


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_keeps_shape_and_type(name):
    frame = TestPattern(64, 48).draw(0)
    result = tint(frame, name, 1.0)
    assert result.shape == frame.shape
    assert result.dtype == np.uint8


def test_mirroring_can_be_changed_while_it_plays(clock):
    source = Adjusted(TestPattern(64, 48, fps=10, clock=clock), clock=clock)
    plain = TestPattern(64, 48)
    assert (source.read(clock()) == plain.draw(0.0)).all()
    source.flip_x = True
    assert (source.read(clock.advance(0.1)) == plain.draw(0.1)[:, ::-1]).all()
    source.flip_y = True
    mirrored = source.read(clock.advance(0.1))
    assert (mirrored == plain.draw(0.2)[::-1, ::-1]).all()
    assert mirrored.flags.c_contiguous
    assert source.read(clock()) is None
    assert source.size == (64, 48)


def test_an_adjusted_source_is_iterated_and_closed_as_the_one_it_adjusts():
    source = Adjusted(TestPattern(64, 48, fps=100), color_filter="green")
    frames = iter(source)
    assert (next(frames)[..., 1] >= next(frames)[..., 0]).all()
    source.close()
    assert next(frames, None) is None
