"""Where a file is being played."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.media.timeline import Timeline


def test_playing_begins_with_the_first_question():
    timeline = Timeline(10)
    assert timeline.place(500.0) == (0, 0.0, False)
    assert timeline.place(503.5).offset == 3.5


def test_the_end_is_final_without_a_loop():
    timeline = Timeline(10)
    timeline.place(0)
    assert timeline.place(9.99).ended is False
    assert timeline.place(10) == (0, 10, True)
    assert timeline.place(99) == (0, 10, True)


@given(st.floats(0.1, 100), st.floats(0, 1000))
def test_a_loop_comes_round_and_each_round_has_its_own_turn(duration, elapsed):
    timeline = Timeline(duration, loop=True)
    first = timeline.place(0.0)
    place = timeline.place(elapsed)
    assert not place.ended
    assert 0 <= place.offset < duration
    assert place.turn - first.turn == elapsed // duration
    assert (place.turn - first.turn) * duration + place.offset == pytest.approx(elapsed)


def test_a_pause_stops_the_position_and_going_on_continues_it():
    timeline = Timeline(10)
    timeline.place(0)
    timeline.pause(2)
    assert timeline.paused
    assert timeline.place(7).offset == 2
    assert timeline.when(5, 7) == math.inf
    timeline.resume(8)
    assert not timeline.paused
    assert timeline.place(9).offset == 3
    assert timeline.when(5, 9) == 11


@given(st.floats(-100, 100))
def test_a_seek_stays_within_the_file_and_begins_a_new_turn(offset):
    timeline = Timeline(10)
    before = timeline.place(0)
    timeline.seek(offset, 1)
    place = timeline.place(1)
    assert place.turn != before.turn
    assert place.offset == min(10, max(0, offset))


def test_a_seek_while_paused_moves_and_stays_paused():
    timeline = Timeline(10)
    timeline.place(0)
    timeline.pause(1)
    timeline.seek(6, 3)
    assert timeline.paused
    assert timeline.place(9).offset == 6


def test_an_unknown_duration_is_known_when_every_track_has_ended():
    timeline = Timeline(None, tracks=2, loop=True)
    timeline.place(0)
    timeline.found_end(4.0)
    assert timeline.duration is None
    assert timeline.place(5).offset == 5
    timeline.found_end(3.0)
    assert timeline.duration == 4.0
    assert timeline.place(5).offset == 1


def test_those_who_listen_are_told_of_every_jump():
    heard = []
    timeline = Timeline(10)
    timeline.listen(lambda: heard.append(1))
    timeline.place(0)
    timeline.pause(1)
    timeline.seek(3, 2)
    timeline.resume(3)
    assert len(heard) == 3
