"""Mirroring and tinting."""

from __future__ import annotations

import numpy as np
import pytest

from asciichat._core.effect import FILTERS
from asciichat.media.effects import Adjusted
from asciichat.media.pattern import TestPattern


def test_a_source_that_is_to_be_left_alone_is():
    frame = TestPattern().draw(0)
    source = Adjusted(Still(frame))
    assert source.read(0.0) is frame


class Still:
    """A source that keeps its picture."""

    def __init__(self, frame):
        self.frame = frame
        self.size = frame.shape[1], frame.shape[0]

    def read(self, now):
        return self.frame

    def __iter__(self):
        return iter([self.frame])

    def close(self):
        pass


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_gives_a_picture_of_its_own(name):
    frame = TestPattern(65, 47).draw(0)
    before = frame.copy()
    frame.flags.writeable = False
    result = Adjusted(Still(frame), color_filter=name, flip_y=True).read(0.0)
    assert result.shape == frame.shape
    assert result.dtype == np.uint8
    assert (frame == before).all()
    if name == "green":
        assert (result[..., 0] == 0).all()
        assert (np.abs(result[..., 2] - result[..., 1] * (65 / 255)) <= 1).all()
    if name == "none":
        assert (result == frame[::-1]).all()


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
