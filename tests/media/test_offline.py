"""Sources read on a clock of their own: every picture at its time, without waiting for it."""

from __future__ import annotations

import time
from pathlib import Path

import av
import numpy as np
import pytest

from asciichat.media.effects import Adjusted
from asciichat.media.file import MediaFile
from asciichat.media.offline import SteppedClock, scheduled_pictures
from asciichat.media.pattern import TestPattern


def times(video: Adjusted, clock: SteppedClock, **limits: float) -> list[float]:
    return [at for at, _ in scheduled_pictures(video, clock, **limits)]


def test_a_film_gives_every_picture_once_at_its_time(film: Path) -> None:
    with av.open(str(film)) as container:
        expected = [frame.time - container.start_time / 1e6 for frame in container.decode(video=0)]
    clock = SteppedClock()
    media = MediaFile(film, clock=clock)
    began = time.monotonic()
    assert times(Adjusted(media.video, clock=clock), clock, fps=60) == pytest.approx(expected, abs=2e-3)
    assert time.monotonic() - began < 5 * expected[-1]  # it is not watched; a busy machine may be slow
    media.close()


def test_a_film_can_be_given_at_a_lower_rate(film: Path) -> None:
    clock = SteppedClock()
    media = MediaFile(film, clock=clock)
    shown = times(Adjusted(media.video, clock=clock), clock, fps=10)
    media.close()
    assert len(shown) == pytest.approx(52, abs=2)
    assert np.diff(shown).min() >= 0.09


def test_a_limit_ends_what_has_no_end() -> None:
    clock = SteppedClock()
    pattern = Adjusted(TestPattern(clock=clock), clock=clock)
    shown = times(pattern, clock, fps=60, seconds=2.0)
    assert shown == pytest.approx([n / 30 for n in range(60)], abs=1e-6)
    assert not pattern.live


def test_a_loop_goes_on_behind_its_end(talking_head: Path) -> None:
    clock = SteppedClock()
    media = MediaFile(talking_head, loop=True, clock=clock)
    assert media.endless
    pictures = list(scheduled_pictures(Adjusted(media.video, clock=clock), clock, fps=30, seconds=9.0))
    media.close()
    turn = media.timeline.duration
    assert turn is not None and 3 < turn < 4.5
    shown = np.array([at for at, _ in pictures])
    assert len(shown) > 9 * 29 - 6
    again = int(np.searchsorted(shown, turn - 1e-3))
    assert (pictures[again][1] == pictures[0][1]).all()
