"""The buffer between sound that comes when it comes and a device that needs it on time."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.media.playout import PlayoutBuffer


def take(buffer: PlayoutBuffer, count: int) -> np.ndarray:
    out = np.full(count, np.nan, np.float32)
    buffer.read_into(out)
    return out


def ramp(start: int, count: int) -> np.ndarray:
    return np.arange(start, start + count, dtype=np.float32)


def test_nothing_is_played_before_the_cushion_is_full():
    buffer = PlayoutBuffer(cushion=0.02, most=0.1)
    buffer.write(ramp(1, 900))
    assert not take(buffer, 480).any()
    buffer.write(ramp(901, 60))
    played = take(buffer, 480)
    assert (played[120:] == ramp(121, 360)).all()  # nothing was lost meanwhile


def test_playing_begins_with_a_fade_and_goes_on_without_one():
    buffer = PlayoutBuffer(cushion=0.01, most=0.1)
    buffer.write(np.ones(960, np.float32))
    first, second = take(buffer, 480), take(buffer, 480)
    assert first[0] == 0
    assert (np.diff(first[:120]) > 0).all()
    assert (first[120:] == 1).all()
    assert (second == 1).all()


def test_running_dry_fades_out_and_gathers_a_cushion_again():
    buffer = PlayoutBuffer(cushion=0.02, most=0.1)
    buffer.write(np.ones(1200, np.float32))
    take(buffer, 480)
    take(buffer, 480)
    last = take(buffer, 480)  # only 240 are left
    assert last[0] == 1
    assert (np.diff(last[120:240]) < 0).all()
    assert last[239] == 0
    assert not last[240:].any()
    buffer.write(np.ones(700, np.float32))
    assert not take(buffer, 480).any()
    buffer.write(np.ones(260, np.float32))
    assert take(buffer, 480).any()


def test_delay_never_grows_beyond_the_most():
    buffer = PlayoutBuffer(cushion=0.02, most=0.1)
    position = 0
    for _ in range(50):  # a writer that is twice as fast as the reader
        buffer.write(ramp(position, 960))
        position += 960
        played = take(buffer, 480)
        assert position - played[-1] <= 4800 + 960 + 1


def test_a_writer_that_is_far_ahead_loses_its_surplus_and_nothing_else():
    buffer = PlayoutBuffer(cushion=0.01, most=0.1)
    buffer.write(ramp(0, 100_000))
    assert len(buffer) == 9600
    take(buffer, 480)
    assert np.array_equal(np.diff(take(buffer, 480)), np.ones(479))


@given(st.lists(st.tuples(st.integers(0, 700), st.integers(0, 700)), max_size=60))
def test_what_is_played_is_what_was_written_in_order(steps):
    """However the two sides alternate, and fades aside: only samples that were written, each at most once."""
    buffer = PlayoutBuffer(cushion=0.005, most=0.05)
    buffer._fade[:] = 1
    position, last = 1, 0
    for write, read in steps:
        buffer.write(ramp(position, write))
        position += write
        played = take(buffer, read)
        assert not np.isnan(played).any()
        sound = played[played > 0]
        assert (np.diff(sound) >= 1).all()
        if len(sound):
            assert sound[0] > last
            last = sound[-1]
        assert last < position


def test_two_threads_pass_every_sample_once():
    buffer = PlayoutBuffer(cushion=0.0, most=2.0)
    total = 96_000
    done = threading.Event()

    def write() -> None:
        for start in range(1, total, 480):
            buffer.write(ramp(start, 480))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    played = []
    while not (done.is_set() and len(buffer) < 240):
        if len(buffer) >= 240:
            played.append(take(buffer, 240))
    writer.join()
    heard = np.concatenate(played)
    assert len(heard) == total
    assert (heard[120:] == ramp(121, total - 120)).all()


@pytest.mark.parametrize(("cushion", "most"), [(-0.1, 0.1), (0.2, 0.1), (0.1, 0.1), (0.1, 11)])
def test_impossible_measures_are_refused(cushion, most):
    with pytest.raises(ValueError, match="cushion"):
        PlayoutBuffer(cushion, most)
