"""Echo and noise are taken out where pywebrtc-audio is installed; where it is not, one sentence says so."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from asciichat._core.sample_ring import SampleRing
from asciichat.media.errors import AudioDeviceError
from asciichat.media.voice_processing import VoiceProcessor
from asciichat.media.voices import load_voice


def test_without_it_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pywebrtc_audio", None)
    with pytest.raises(AudioDeviceError, match=r"pip install asciichat\[voice\]"):
        VoiceProcessor()


def level(samples):
    """RMS in dBFS."""
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12)


def processed(near, far):
    """What comes out when `far` is played and `near` captured, 10 ms at a time."""
    ring = SampleRing(48_000)
    processor = VoiceProcessor(None if far is None else ring.reader())
    out = []
    for at in range(0, len(near) - 479, 480):
        if far is not None:
            ring.write(far[at : at + 480])
        out.append(processor.process(near[at : at + 480]))
    return np.concatenate(out)


def test_the_echo_of_a_voice_is_taken_out():
    pytest.importorskip("pywebrtc_audio", reason="comes with the voice extra")
    far = np.tile(load_voice("alice"), 3)
    echo = 0.3 * np.concatenate([np.zeros(2400, np.float32), far[:-2400]])  # 50 ms later
    heard = processed(echo, far)
    last = slice(len(heard) * 2 // 3, None)
    assert level(heard[last]) < level(echo[last]) - 20


def test_a_voice_without_an_echo_stays():
    pytest.importorskip("pywebrtc_audio", reason="comes with the voice extra")
    voice = np.tile(load_voice("bob"), 2)
    heard = processed(voice, np.zeros_like(voice))
    assert level(heard[len(heard) // 2 :]) > level(voice[len(heard) // 2 :]) - 6


def test_noise_is_lowered():
    pytest.importorskip("pywebrtc_audio", reason="comes with the voice extra")
    noise = np.random.default_rng(3).normal(0, 0.01, 5 * 48_000).astype(np.float32)
    heard = processed(noise, None)
    assert level(heard[-96_000:]) < level(noise[-96_000:]) - 5
