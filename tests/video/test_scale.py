"""Scaling is the exact mean of the area an output pixel covers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import Frame, frames, noise, slope
from reference import area_average

from asciichat._core import cpu
from asciichat._core.scale import MAX_SIDE, scale


@settings(max_examples=150, deadline=None)
@given(frame=frames(24, 24), width=st.integers(1, 20), height=st.integers(1, 20))
def test_every_pixel_is_the_mean_of_its_area(frame: Frame, width: int, height: int) -> None:
    assert (scale(frame, width, height) == area_average(frame, width, height)).all()


def test_whole_ratios_are_block_means() -> None:
    frame = noise(640, 480)
    blocks = frame.reshape(120, 4, 160, 4, 3).astype(np.int64).sum((1, 3))
    assert (scale(frame, 160, 120) == (blocks + 8) // 16).all()


def test_a_noisy_still_scene_stays_still() -> None:
    scene = np.full((480, 640, 3), 90, np.int16)
    rng = np.random.default_rng(3)
    shots = [
        scale((scene + rng.integers(-8, 9, scene.shape)).astype(np.uint8), 160, 45).astype(int)
        for _ in range(2)
    ]
    assert np.abs(shots[0] - shots[1]).max() <= 5
    assert np.abs(shots[0] - 90).mean() < 1


@settings(max_examples=100, deadline=None)
@given(
    frame=frames(200, 60),
    width=st.integers(1, 130),
    height=st.integers(1, 60),
    sets=st.sampled_from(["avx2", None]),
)
def test_every_instruction_set_gives_the_same_picture(
    frame: Frame, width: int, height: int, sets: str | None
) -> None:
    try:
        cpu.restrict([])
        wanted = scale(frame, width, height)
        cpu.restrict(sets)
        assert (scale(frame, width, height) == wanted).all()
    finally:
        cpu.restrict()


def test_any_layout_in_memory_will_do() -> None:
    frame = slope(50, 40)
    wanted = scale(frame, 13, 7)
    big = np.zeros((40, 64, 3), np.uint8)
    big[:, 9:59] = frame
    upside_down = frame[::-1].copy()
    for same in (np.asfortranarray(frame), big[:, 9:59], upside_down[::-1], frame.copy()):
        assert (scale(same, 13, 7) == wanted).all()
    frame.flags.writeable = False
    assert (scale(frame, 13, 7) == wanted).all()


def test_the_result_can_go_into_part_of_another_picture() -> None:
    canvas = np.zeros((10, 20, 3), np.uint8)
    part = canvas[2:5, 4:8]
    assert scale(noise(30, 30), 4, 3, out=part) is part
    assert (part == scale(noise(30, 30), 4, 3)).all()
    part[:] = 0
    assert not canvas.any()


@pytest.mark.parametrize(
    ("frame", "width", "height", "message"),
    [
        (noise(4, 4), 0, 3, "1 to 8192"),
        (noise(4, 4), 3, MAX_SIDE + 1, "1 to 8192"),
        (noise(4, 4)[:0], 3, 3, "1 to 8192"),
        (noise(4, 4)[..., :1], 3, 3, "3 values a pixel"),
        (np.zeros((1, MAX_SIDE + 1, 3), np.uint8), 3, 3, "1 to 8192"),
    ],
)
def test_sizes_out_of_range_are_refused(frame: Frame, width: int, height: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scale(frame, width, height)


def test_an_unfit_place_for_the_result_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        scale(noise(4, 4), 2, 2, out=np.zeros((2, 3, 3), np.uint8))
    with pytest.raises(ValueError, match="packed"):
        scale(noise(4, 4), 2, 2, out=np.zeros((2, 4, 3), np.uint8)[:, ::2])
