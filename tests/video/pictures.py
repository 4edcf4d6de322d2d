"""Pictures to draw: noise, slopes, patches, flat ones, and their mixtures."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

Frame = NDArray[np.uint8]


def noise(width: int, height: int, seed: int = 0) -> Frame:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def slope(width: int, height: int) -> Frame:
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), (x + y) % 256], -1).astype(
        np.uint8
    )


def patches(width: int, height: int, seed: int = 0) -> Frame:
    """Few colours in long runs: black, white, greys that differ little, strong ones."""
    rng = np.random.default_rng(seed)
    colors = np.array([[0] * 3, [255] * 3, [127] * 3, [128] * 3, [200, 30, 40], [10, 20, 230]], np.uint8)
    choice = rng.integers(0, len(colors), (height, -(-width // 7)))
    return colors[np.repeat(choice, 7, axis=1)[:, :width]]


def mixed(width: int, height: int, seed: int = 0) -> Frame:
    """Left noise, middle patches, right a slope."""
    third = width // 3
    return np.concatenate(
        [noise(third, height, seed), patches(third, height, seed), slope(width - 2 * third, height)], axis=1
    )


KINDS = {"noise": noise, "patches": patches, "mixed": mixed, "slope": lambda w, h, _seed: slope(w, h)}


@st.composite
def frames(draw: st.DrawFn, max_width: int = 120, max_height: int = 40) -> Frame:
    width = draw(st.integers(1, max_width))
    height = draw(st.integers(1, max_height))
    return KINDS[draw(st.sampled_from(sorted(KINDS)))](width, height, draw(st.integers(0, 2**32 - 1)))
