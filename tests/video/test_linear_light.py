"""Scaling in linear light is the mean of what the covered area shines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pictures import Frame, frames, noise, slope

from asciichat._core import cpu
from asciichat._core.scale import scale
from asciichat.video import render


def light(values: Frame) -> NDArray[np.float64]:
    share = values / 255.0
    return np.asarray(np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4))


def value(light: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(255 * np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055))


def weights(source: int, target: int) -> NDArray[np.float64]:
    """How much of each source pixel is in each target pixel, of rows that sum to 1."""
    edges = np.arange(target + 1) * source / target
    left, right = edges[:-1, None], edges[1:, None]
    pixel = np.arange(source)
    covered = np.minimum(right, pixel + 1) - np.maximum(left, pixel)
    return np.asarray(np.maximum(covered, 0) * target / source)


def exact(frame: Frame, width: int, height: int) -> NDArray[np.float64]:
    down, across = weights(frame.shape[0], height), weights(frame.shape[1], width)
    return value(np.einsum("yv,vuc,xu->yxc", down, light(frame), across))


@settings(max_examples=150, deadline=None)
@given(frame=frames(90, 60), width=st.integers(1, 110), height=st.integers(1, 80))
def test_every_pixel_is_within_one_of_the_exact_mean(frame: Frame, width: int, height: int) -> None:
    error = scale(frame, width, height, linear=True) - exact(frame, width, height)
    assert np.abs(error).max() < 0.75


def test_a_picture_of_the_same_size_stays_as_it_is() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    assert (scale(ramp, 256, 1, linear=True) == ramp).all()
    for level in range(256):
        flat = np.full((7, 13, 3), level, np.uint8)
        assert (scale(flat, 5, 3, linear=True) == level).all()


def test_a_fine_pattern_keeps_its_light() -> None:
    board = np.zeros((40, 40, 3), np.uint8)
    board[::2, ::2] = board[1::2, 1::2] = 255
    assert (scale(board, 4, 4, linear=True) == 188).all()
    assert (scale(board, 4, 4) == 128).all()


def test_a_border_pixel_counts_by_the_part_covered() -> None:
    row = np.array([[[0] * 3, [255] * 3, [0] * 3]], np.uint8)
    third = round(float(value(np.array(1 / 3))))
    assert (scale(row, 2, 1, linear=True) == third).all()


@pytest.mark.parametrize(
    ("width", "height", "columns", "rows"),
    [(8192, 3, 3, 1), (3, 8192, 2, 5), (8191, 2, 1021, 2), (300, 3, 8192, 2), (4099, 511, 5, 7)],
)
def test_large_pictures_are_done_in_parts(width: int, height: int, columns: int, rows: int) -> None:
    frame = noise(width, height)
    down, across = weights(height, rows), weights(width, columns)
    exact_light = np.stack([down @ light(frame[..., c]) @ across.T for c in range(3)], -1)
    error = scale(frame, columns, rows, linear=True) - value(exact_light)
    assert np.abs(error).max() < 0.75


@settings(max_examples=60, deadline=None)
@given(frame=frames(200, 60), width=st.integers(1, 130), height=st.integers(1, 60))
def test_every_instruction_set_gives_the_same_picture(frame: Frame, width: int, height: int) -> None:
    try:
        cpu.restrict([])
        wanted = scale(frame, width, height, linear=True)
    finally:
        cpu.restrict()
    assert (scale(frame, width, height, linear=True) == wanted).all()


def test_any_layout_in_memory_will_do() -> None:
    frame = slope(50, 40)
    wanted = scale(frame, 13, 7, linear=True)
    big = np.zeros((40, 64, 3), np.uint8)
    big[:, 9:59] = frame
    upside_down = frame[::-1].copy()
    for same in (np.asfortranarray(frame), big[:, 9:59], upside_down[::-1]):
        assert (scale(same, 13, 7, linear=True) == wanted).all()
    canvas = np.zeros((10, 20, 3), np.uint8)
    assert (scale(frame, 13, 7, out=canvas[2:9, 3:16], linear=True) == wanted).all()
    canvas[2:9, 3:16] = 0
    assert not canvas.any()


def test_a_picture_can_be_drawn_so() -> None:
    board = np.zeros((40, 40, 3), np.uint8)
    board[::2, ::2] = board[1::2, 1::2] = 255
    assert "48;2;188;188;188m" in render(board, 4, 2, mode="background", linear=True)
    assert "48;2;128;128;128m" in render(board, 4, 2, mode="background")
