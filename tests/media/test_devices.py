"""Microphones and loudspeakers: with a PortAudio in the place of the real one, and without any."""

from __future__ import annotations

import sys
import types
from typing import ClassVar

import numpy as np
import pytest

from asciichat.media.devices import Microphone, Speaker, list_audio_devices
from asciichat.media.errors import AudioDeviceError


class PortAudioError(Exception):
    pass


class FakeStream:
    """A stream whose callback is driven by the test instead of a sound card."""

    opened: ClassVar[list[FakeStream]] = []

    def __init__(self, *, samplerate, channels, dtype, blocksize, device, callback):
        assert (samplerate, channels, dtype) == (48_000, 1, "float32")
        if device == 7:
            raise PortAudioError("Error querying device 7")
        self.blocksize, self.device, self.callback = blocksize, device, callback
        self.running = False
        FakeStream.opened.append(self)

    def start(self):
        self.running = True

    def close(self):
        self.running = False


@pytest.fixture
def portaudio(monkeypatch):
    FakeStream.opened.clear()
    module = types.ModuleType("sounddevice")
    module.InputStream = module.OutputStream = FakeStream
    module.PortAudioError = PortAudioError
    module.query_devices = lambda: [
        {"index": 0, "name": "Built-in", "max_input_channels": 2, "max_output_channels": 2},
        {"index": 1, "name": "Headset", "max_input_channels": 0, "max_output_channels": 2},
    ]
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return FakeStream


@pytest.mark.usefixtures("portaudio")
def test_devices_are_listed_by_direction():
    assert list_audio_devices("input") == [(0, "Built-in")]
    assert list_audio_devices("output") == [(0, "Built-in"), (1, "Headset")]


def test_what_is_given_to_a_speaker_reaches_the_sound_card(portaudio):
    speaker = Speaker()
    (stream,) = portaudio.opened
    assert stream.running
    assert stream.device is None  # the system's choice
    tone = np.sin(np.arange(4800) / 10).astype(np.float32)
    speaker.play(tone)
    out = np.zeros((480, 1), np.float32)
    heard = []
    for _ in range(10):
        stream.callback(out, 480, None, None)
        heard.append(out[:, 0].copy())
    assert (np.concatenate(heard)[120:] == tone[120:]).all()
    speaker.close()
    assert not stream.running


def test_volume_is_applied_when_it_is_played(portaudio):
    speaker = Speaker(volume=0.25)
    (stream,) = portaudio.opened
    speaker.play(np.ones(9600, np.float32))
    out = np.zeros((480, 1), np.float32)
    stream.callback(out, 480, None, None)
    assert (out[120:] == 0.25).all()
    speaker.volume = 2.0  # more than all there is
    stream.callback(out, 480, None, None)
    assert (out == 1).all()


def test_a_callback_without_sound_gives_silence(portaudio):
    Speaker()
    (stream,) = portaudio.opened
    out = np.full((480, 1), np.nan, np.float32)
    stream.callback(out, 480, None, None)
    assert not out.any()


def test_what_a_microphone_captures_is_read_in_order(portaudio):
    microphone = Microphone(0)
    (stream,) = portaudio.opened
    assert stream.device == 0
    tone = np.sin(np.arange(1920) / 7).astype(np.float32)
    for start in range(0, 1920, 480):
        stream.callback(tone[start : start + 480, None], 480, None, None)
    heard = microphone.read(960)
    assert (heard[120:] == tone[120:960]).all()
    assert (microphone.read(960) == tone[960:]).all()
    assert not microphone.read(960).any()
    microphone.close()


@pytest.mark.parametrize(("kind", "what"), [(Microphone, "microphone"), (Speaker, "loudspeaker")])
@pytest.mark.usefixtures("portaudio")
def test_a_device_that_cannot_be_opened_is_named(kind, what):
    with pytest.raises(AudioDeviceError, match=f"No {what} 7 could be opened: Error querying device 7"):
        kind(7)


def test_without_sounddevice_one_sentence_says_how_to_get_sound(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    for attempt in (Speaker, Microphone, lambda: list_audio_devices("input")):
        with pytest.raises(AudioDeviceError, match=r"pip install asciichat\[audio\]"):
            attempt()


def test_without_the_library_one_sentence_says_what_is_missing(monkeypatch, tmp_path):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(AudioDeviceError, match="PortAudio library is missing"):
        Speaker()
