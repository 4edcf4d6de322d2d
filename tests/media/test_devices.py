"""Microphones and loudspeakers: with a PortAudio in the place of the real one, and without any."""

from __future__ import annotations

import sys
import threading
import time
import types
from typing import ClassVar

import numpy as np
import pytest

from asciichat.media import sound_card
from asciichat.media.devices import Microphone, Speaker, list_audio_devices
from asciichat.media.errors import AudioDeviceError
from asciichat.media.source import LiveMix
from waiting import wait_until


class PortAudioError(Exception):
    pass


class FakeStream:
    """A stream whose callback is driven by the test instead of a sound card."""

    opened: ClassVar[list[FakeStream]] = []
    unplugged: ClassVar[threading.Event] = threading.Event()
    works: ClassVar[threading.Event] = threading.Event()
    """Opening waits for it."""

    def __init__(
        self, *, samplerate, channels, dtype, blocksize, device, latency, callback, finished_callback
    ):
        assert (samplerate, channels, dtype) == (48_000, 1, "float32")
        self.works.wait()
        if device == 7 or self.unplugged.is_set():
            raise PortAudioError(f"Error querying device {device}")
        self.blocksize, self.device, self.callback = blocksize, device, callback
        self.finished = finished_callback
        self.running = False
        FakeStream.opened.append(self)

    def start(self):
        self.running = True

    def close(self):
        self.running = False

    def give(self):
        """What it would play in the next 10 ms."""
        out = np.full((self.blocksize, 1), np.nan, np.float32)
        self.callback(out, self.blocksize, None, None)
        return out[:, 0]


@pytest.fixture
def portaudio(monkeypatch):
    FakeStream.opened.clear()
    FakeStream.unplugged.clear()
    FakeStream.works.set()
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


def through(speaker, stream, said):
    """Give a speaker 10 ms every 10 ms and let its sound card play as much each time; what it plays."""
    heard = []
    start = time.monotonic()
    for number, at in enumerate(range(0, len(said), 480)):
        speaker.play(said[at : at + 480])
        heard.append(stream.give())
        time.sleep(max(0.0, start + (number + 1) / 100 - time.monotonic()))
    return np.concatenate(heard)


def test_what_is_given_to_a_speaker_reaches_the_sound_card(portaudio):
    said = np.random.default_rng(1).normal(0, 0.1, 28_800).astype(np.float32)
    matches = []
    while not matches or (matches[-1] <= 0.9 and len(matches) < 5):
        # A computer that is busy may hold a block up, and what was to be heard then is made up.
        speaker = Speaker()
        stream = portaudio.opened[-1]
        assert stream.running
        assert stream.device is None  # the system's choice
        heard = through(speaker, stream, said)
        begun = int(np.flatnonzero(heard)[0])
        assert 480 <= begun <= 9600  # held back, but not for long
        window = heard[begun + 960 : begun + 1920]  # beyond the fade
        matches.append(np.correlate(said, window, "valid").max() / np.dot(window, window))
        speaker.close()
        assert not stream.running
    assert max(matches) > 0.9


def test_volume_is_applied_without_a_jump(portaudio):
    speaker = Speaker(volume=0.5)
    (stream,) = portaudio.opened
    tone = 0.8 * np.sin(np.arange(24_000) * 2 * np.pi * 200 / 48_000).astype(np.float32)
    heard = through(speaker, stream, tone)
    assert np.abs(heard).max() == pytest.approx(0.4, rel=0.05)
    speaker.volume = 2.0  # more than all there is
    louder = through(speaker, stream, tone)
    assert np.abs(louder[-4800:]).max() == pytest.approx(0.8, rel=0.05)
    steepest = 0.8 * 2 * np.pi * 200 / 48_000
    assert np.abs(np.diff(louder[:4800])).max() < 1.5 * steepest
    speaker.close()


def test_a_callback_without_sound_gives_silence(portaudio):
    speaker = Speaker()
    (stream,) = portaudio.opened
    assert not stream.give().any()
    speaker.close()


def test_what_a_microphone_captures_can_be_taken_at_once_and_in_order(portaudio):
    microphone = Microphone(0, volume=0.5)
    (stream,) = portaudio.opened
    assert stream.device == 0
    tone = np.sin(np.arange(1920) / 7).astype(np.float32)
    heard = []
    for start in range(0, 1920, 480):
        stream.callback(tone[start : start + 480, None], 480, None, None)
        heard.append(microphone.next(0))
    assert np.allclose(np.concatenate(heard), tone / 2)
    assert microphone.next(0) is None
    microphone.close()


def test_who_was_held_up_gets_the_newest_tenth_of_a_second(portaudio):
    microphone = Microphone()
    (stream,) = portaudio.opened
    for number in range(100):
        stream.callback(np.full((480, 1), number, np.float32), 480, None, None)
    microphone.volume = 1.0
    taken = [microphone.next(0) for _ in range(10)]
    assert [block[0] for block in taken] == list(range(90, 100))
    assert microphone.next(0) is None
    microphone.close()


@pytest.mark.usefixtures("portaudio")
def test_closing_a_microphone_ends_a_wait():
    microphone = Microphone()
    ended = threading.Event()

    def wait():
        assert microphone.next() is None
        ended.set()

    thread = threading.Thread(target=wait)
    thread.start()
    microphone.close()
    assert ended.wait(5)
    thread.join()


def test_a_file_is_mixed_in_step_with_the_microphone(portaudio):
    class Ones:
        closed = False

        def read(self, count):
            return np.ones(count, np.float32)

        def close(self):
            self.closed = True

    ones = Ones()
    both = LiveMix(Microphone(), ones)
    (stream,) = portaudio.opened
    stream.callback(np.full((480, 1), 0.25, np.float32), 480, None, None)
    assert (both.next(1) == 1.25).all()
    both.close()
    assert ones.closed
    assert not stream.running


@pytest.mark.parametrize("how", ["it says so", "it falls silent"])
def test_a_device_that_goes_away_is_opened_again_when_it_comes_back(portaudio, monkeypatch, how):
    monkeypatch.setattr(sound_card, "_LOOK_EVERY", 0.05)
    speaker = Speaker(1)
    first = portaudio.opened[0]
    portaudio.unplugged.set()
    if how == "it says so":
        first.finished()
    wait_until(lambda: speaker.lost == "The loudspeaker went away.")
    assert not first.running
    portaudio.unplugged.clear()
    wait_until(lambda: len(portaudio.opened) > 1)
    second = portaudio.opened[1]
    assert second.device == 1

    def works_again():
        portaudio.opened[-1].give()
        return speaker.lost is None

    wait_until(works_again)
    speaker.close()


def test_while_the_device_is_away_another_does(portaudio, monkeypatch):
    monkeypatch.setattr(sound_card, "_LOOK_EVERY", 60.0)
    microphone = Microphone(0)
    monkeypatch.setattr(microphone._stream, "_index", 7)  # its number is nobody's any more
    portaudio.opened[0].finished()
    wait_until(lambda: len(portaudio.opened) == 2)
    assert portaudio.opened[1].device is None
    microphone.close()


def test_a_loudspeaker_that_hangs_does_not_hold_the_microphone_up(portaudio, monkeypatch):
    monkeypatch.setattr(sound_card, "_LOOK_EVERY", 60.0)
    speaker, microphone = Speaker(), Microphone()
    output, capture = portaudio.opened
    portaudio.works.clear()  # opening it again will hang ...
    output.finished()
    wait_until(lambda: speaker.lost)
    for number in range(5):  # ... and what is captured goes on
        capture.callback(np.full((480, 1), number, np.float32), 480, None, None)
        block = microphone.next(1)
        assert block is not None
        assert block[0] == number
    portaudio.works.set()
    speaker.close()
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
