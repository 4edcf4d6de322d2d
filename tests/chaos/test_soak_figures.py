"""The slope that the soak prints is that of its figures, and its interval holds what it should."""

from __future__ import annotations

import math
import random

import pytest
from soak import slope


def test_a_slope_is_found_in_noise() -> None:
    chance = random.Random(1)
    times = [float(second) for second in range(600)]
    rise, error = slope(times, [1000 + 0.5 * at + chance.gauss(0, 20) for at in times])
    assert error < 0.05
    assert rise == pytest.approx(0.5, abs=2 * error)


def test_noise_alone_has_no_slope() -> None:
    """In 95 of 100 cases the interval holds 0."""
    held = 0
    for seed in range(200):
        chance = random.Random(seed)
        times = [float(second) for second in range(300)]
        rise, error = slope(times, [chance.gauss(0, 1) for _ in times])
        held += abs(rise) <= error
    assert 180 <= held <= 199


def test_too_short_a_run_has_none() -> None:
    assert math.isnan(slope([1.0, 2.0], [3.0, 4.0])[0])
