"""The bundled voices, and voices that go round."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.media.errors import MediaOpenError
from asciichat.media.people import PEOPLE
from asciichat.media.voices import RepeatedVoice, load_voice, voice_names


@pytest.mark.parametrize("name", voice_names())
def test_every_bundled_voice_is_speech_at_a_usable_level(name):
    voice = load_voice(name)
    assert voice.dtype == np.float32
    assert len(voice) > 48_000
    assert 0.01 < np.sqrt(np.mean(voice**2)) < 0.5
    assert np.abs(voice).max() <= 1.0


def test_an_unknown_voice_is_refused_and_the_known_ones_are_named():
    with pytest.raises(MediaOpenError, match="There is no voice 'nobody'; there is "):
        load_voice("nobody")


def test_there_is_a_voice_for_everybody_who_is_drawn():
    assert set(PEOPLE) <= set(voice_names())


def test_a_repeated_voice_begins_again_without_a_gap():
    samples = np.arange(1000, dtype=np.float32) / 1000
    voice = RepeatedVoice(samples)
    heard = np.concatenate([voice.read(480) for _ in range(5)])
    assert (heard == np.tile(samples, 3)[:2400]).all()


@given(
    st.integers(1, 3000),
    st.integers(0, 3000),
    st.integers(0, 3000),
    st.lists(st.integers(0, 1500), max_size=9),
)
def test_a_voice_is_said_at_its_time_and_silent_between(length, at, pause, blocks):
    """However it is read: sample n of the period is what stands there."""
    samples = np.arange(1, length + 1, dtype=np.float32)
    voice = RepeatedVoice(samples, at=at / 48_000, every=(length + pause) / 48_000)
    heard = np.concatenate([np.empty(0), *(voice.read(count) for count in blocks)])
    place = (np.arange(len(heard)) - at) % (length + pause)
    assert (heard == np.where(place < length, place + 1, 0)).all()


def test_three_voices_one_after_the_other_never_speak_at_once():
    voices = [RepeatedVoice(np.ones(4800, np.float32), at=0.15 * n, every=0.45) for n in range(3)]
    together = sum(voice.read(96_000) for voice in voices)
    assert set(np.unique(together)) == {0, 1}


def test_the_level_follows_the_loudness_and_falls_slowly(clock):
    voice = RepeatedVoice(np.full(960, 0.5, np.float32), every=2.0, clock=clock)
    assert voice.level() == 0
    voice.read(960)
    assert voice.level() == 1
    levels = []
    for _ in range(10):
        voice.read(960)
        levels.append(voice.level())
    assert levels == sorted(levels, reverse=True)
    assert 0.5 < levels[0] < 1
    assert levels[-1] < 0.2


def test_a_voice_nobody_reads_is_silent(clock):
    voice = RepeatedVoice(np.full(960, 0.5, np.float32), clock=clock)
    voice.read(960)
    clock.advance(0.3)
    assert voice.level() == 0


def test_a_voice_of_nothing_or_without_room_is_refused():
    with pytest.raises(ValueError, match="a voice needs samples"):
        RepeatedVoice(np.empty(0, np.float32))
    with pytest.raises(ValueError, match=r"1\.00 s do not fit into 0\.5 s"):
        RepeatedVoice(np.ones(48_000, np.float32), every=0.5)
