"""The generated sources: the test pattern and the people who talk."""

from __future__ import annotations

import itertools
import threading
import time

import numpy as np
import pytest

from asciichat.media.pattern import BARS, TestPattern
from asciichat.media.people import PEOPLE, Person, TalkingPerson


def test_a_test_pattern_shows_its_bars_in_order_and_a_grey_ramp_below():
    frame = TestPattern(280, 160).draw(1.0)
    assert frame.shape == (160, 280, 3)
    assert frame.dtype == np.uint8
    assert frame.flags.c_contiguous
    # The row above the ramp: the ball passes, but never covers more than two bars.
    seen = [tuple(int(c) for c in frame[118, 20 + 40 * bar]) for bar in range(7)]
    assert sum(color == bar for color, bar in zip(seen, BARS, strict=True)) >= 5
    ramp = frame[159].astype(int)
    assert (np.diff(ramp[:, 0]) >= 0).all()
    assert ramp[0, 0] == 0
    assert ramp[-1, 0] == 255
    assert (ramp == ramp[:, :1]).all()


def test_every_picture_of_the_test_pattern_differs_from_the_one_before():
    pattern = TestPattern()
    frames = [pattern.draw(n / 30) for n in range(90)]
    assert all((a != b).any() for a, b in itertools.pairwise(frames))


def test_a_mirrored_or_upside_down_pattern_is_told_from_the_right_one():
    frame = TestPattern().draw(0.7)
    assert (frame != frame[:, ::-1]).mean() > 0.3
    assert (frame != frame[::-1]).mean() > 0.3


def test_a_source_gives_each_picture_once_and_skips_those_it_is_too_late_for(clock):
    pattern = TestPattern(fps=10, clock=clock)
    assert pattern.read(clock()) is not None
    assert pattern.read(clock.advance(0.05)) is None
    second = pattern.read(clock.advance(0.05))
    assert (second == TestPattern().draw(0.1)).all()
    late = pattern.read(clock.advance(1.02))
    assert (late == TestPattern().draw(1.1)).all()
    assert pattern.due() == pytest.approx(101.2)


def test_iterating_keeps_the_asked_rate():
    pattern = TestPattern(64, 48, fps=50)
    started = time.monotonic()
    frames = list(itertools.islice(pattern, 26))
    elapsed = time.monotonic() - started
    assert len(frames) == 26
    assert elapsed >= 0.5 - 1e-3  # never early: 25 intervals of 20 ms


def test_closing_from_another_thread_ends_an_iteration_at_once():
    took = []
    while not took or (took[-1] >= 0.9 and len(took) < 4):  # a busy computer may hold one up
        pattern = TestPattern(64, 48, fps=1, clock=lambda: 100.0)  # the next picture is never due
        frames = iter(pattern)
        next(frames)
        timer = threading.Timer(0.05, pattern.close)
        timer.start()
        started = time.monotonic()
        assert next(frames, None) is None
        took.append(time.monotonic() - started)
        timer.join()
    assert min(took) < 0.9  # it does not even wait until it would have looked again, after a second


@pytest.mark.parametrize(
    ("width", "height", "fps"), [(15, 240, 30), (320, 5000, 30), (320, 240, 0), (320, 240, 145)]
)
def test_a_pattern_of_an_impossible_size_or_rate_is_refused(width, height, fps):
    with pytest.raises(ValueError, match=r"not \d"):
        TestPattern(width, height, fps=fps)


@pytest.mark.parametrize("name", PEOPLE)
def test_a_mouth_opens_with_the_level_of_the_voice(name):
    person = Person(name)
    # The same instant at every level: what differs is the mouth and the lifted head.
    silent = person.draw(0.0, 0.0).astype(int)
    changed = [(np.abs(person.draw(0.0, level) - silent) > 24).sum() for level in (0.0, 0.3, 0.6, 1.0)]
    assert changed[0] == 0
    assert changed == sorted(changed)
    assert changed[3] > 1000


@pytest.mark.parametrize("name", PEOPLE)
def test_people_blink_now_and_then(name):
    person = Person(name)
    shut = [person._lids(n / 30) > 2 for n in range(30 * 30)]
    blinks = sum(now and not before for before, now in itertools.pairwise(shut))
    assert 4 <= blinks <= 12  # in half a minute
    assert sum(shut) / len(shut) < 0.1


def test_people_move_but_their_walls_do_not():
    person = Person("alice")
    frames = np.stack([person.draw(n / 10, 0.5) for n in range(40)])
    moving = (frames.max(0).astype(int) - frames.min(0)).max(-1) > 8
    assert 0.05 < moving.mean() < 0.6
    assert not moving[:20, :60].any()


def test_people_are_told_from_each_other_even_when_tiny():
    """At 8 x 6 pixels, two moments of one person are nearer to each other than to any other person."""

    def tiny(name: str, seconds: float) -> np.ndarray:
        return Person(name).draw(seconds, 0.5).reshape(6, 40, 8, 40, 3).mean((1, 3))

    for name, other in itertools.permutations(PEOPLE, 2):
        same = np.abs(tiny(name, 1.0) - tiny(name, 9.0)).mean()
        assert np.abs(tiny(name, 1.0) - tiny(other, 1.0)).mean() > 3 * same


def test_a_talking_person_asks_for_the_level_once_a_picture(clock):
    levels = iter([0.0, 1.0, 0.5])
    source = TalkingPerson("bob", lambda: next(levels), fps=30, clock=clock)
    assert source.size == (320, 240)
    assert (source.read(clock()) == Person("bob").draw(0.0, 0.0)).all()
    assert source.read(clock()) is None
    assert (source.read(clock.advance(1 / 30)) == Person("bob").draw(1 / 30, 1.0)).all()


def test_nobody_unknown_can_be_drawn():
    with pytest.raises(ValueError, match="nobody called 'dora'; there are alice, bob, carol"):
        Person("dora")
