"""Microphones and loudspeakers, through PortAudio when it is there.

What PortAudio calls waits for nothing but Python itself: a microphone's blocks go into a queue that is never full, a
loudspeaker's come out of a buffer without locks. Each has a stream of its own, so that neither holds the other up.
"""

from __future__ import annotations

import queue
from typing import Any, Final, NamedTuple

import numpy as np

from asciichat._core.jitter import JitterBuffer
from asciichat._core.sample_ring import SampleReader, SampleRing

from .sound_card import Direction, SoundCardStream, load_portaudio
from .source import SAMPLE_RATE, Samples
from .tape import Tape
from .voice_processing import VoiceProcessor

_BACKLOG: Final = 10
"""Blocks (0.1 s) that may wait for a reader that was held up; older ones are not worth hearing any more."""
_REFERENCE: Final = SAMPLE_RATE
"""Samples of what was played that are kept for the echo canceller."""


class AudioDevice(NamedTuple):
    """A microphone or loudspeaker."""

    number: int
    """What to choose it by."""
    name: str


def list_audio_devices(direction: Direction) -> list[AudioDevice]:
    """The microphones ("input") or loudspeakers ("output") of this computer.

    Raises
    ------
    AudioDeviceError
        There is no sound on this computer; the message says what is missing.
    """
    portaudio = load_portaudio()
    channels = f"max_{direction}_channels"
    return [AudioDevice(d["index"], d["name"]) for d in portaudio.query_devices() if d[channels] > 0]


class Microphone:
    """A microphone as a live source: what it captures can be taken at once.

    A microphone that goes away is looked for until it comes back; :attr:`lost` says so meanwhile.

    Parameters
    ----------
    index
        Which, as :func:`list_audio_devices` numbers them; -1 for the system's choice.
    volume
        0 to 1; may be changed at any time.
    processor
        What takes echo and noise out of it.

    Raises
    ------
    AudioDeviceError
        There is no such microphone, or no sound at all.
    """

    def __init__(
        self, index: int = -1, *, volume: float = 1.0, processor: VoiceProcessor | None = None
    ) -> None:
        self.volume = volume
        self._processor = processor
        self._blocks: queue.SimpleQueue[Samples | None] = queue.SimpleQueue()
        self._gain = _Gain(volume)
        self._stream = SoundCardStream("input", index, self._take)

    @property
    def lost(self) -> str | None:
        """Why nothing is captured at the moment, or None."""
        return self._stream.lost

    def next(self, timeout: float | None = None) -> Samples | None:
        """Wait for the next block; None after `timeout` seconds, and once it was closed. One thread."""
        while self._blocks.qsize() > _BACKLOG:
            self._blocks.get_nowait()
        try:
            block = self._blocks.get(timeout=timeout)
        except queue.Empty:
            return None
        if block is None:
            self._blocks.put(None)
            return None
        if self._processor is not None:
            block = self._processor.process(block)
        self._gain.apply(block, self.volume)
        return block

    def close(self) -> None:
        """Let go of the microphone."""
        self._stream.close()
        self._blocks.put(None)

    def _take(self, data: Any) -> None:
        self._blocks.put(data[:, 0].copy())


class Speaker:
    """A loudspeaker.

    One that goes away is looked for until it comes back; :attr:`lost` says so meanwhile.

    Parameters
    ----------
    index
        Which, as :func:`list_audio_devices` numbers them; -1 for the system's choice.
    volume
        0 to 1; may be changed at any time.

    Attributes
    ----------
    buffer
        What is written here when it comes is played as soon as it can be played evenly: by :meth:`play`, or by a
        call (:meth:`asciichat.Call.hear_into`). One writer.
    tape
        Gets what is played, as loud as it came, whatever the volume; None: nothing does.

    Raises
    ------
    AudioDeviceError
        There is no such loudspeaker, or no sound at all.
    """

    def __init__(self, index: int = -1, *, volume: float = 1.0) -> None:
        self.volume = volume
        self.buffer = JitterBuffer()
        self.tape: Tape | None = None
        self._gain = _Gain(volume)
        self._played = SampleRing(_REFERENCE)
        self._stream = SoundCardStream("output", index, self._give)

    @property
    def lost(self) -> str | None:
        """Why nothing is played at the moment, or None."""
        return self._stream.lost

    def play(self, samples: Samples) -> None:
        """Play samples that have just come. Never waits; call it from one thread, and not for a call's buffer."""
        self.buffer.write(samples)

    def played(self) -> SampleReader:
        """A reader of what is played from now on, for echo cancelling."""
        return self._played.reader()

    def close(self) -> None:
        """Let go of the loudspeaker."""
        self._stream.close()

    def _give(self, out: Any) -> None:
        samples = out[:, 0]
        self.buffer.read_into(samples)
        if self.tape is not None:
            self.tape.hear(samples)
        self._gain.apply(samples, self.volume)
        self._played.write(samples)


class _Gain:
    """A gain that changes along a line, a block long: a jump would click."""

    def __init__(self, gain: float) -> None:
        self._gain = _bounded(gain)

    def apply(self, samples: Samples, gain: float) -> None:
        """Multiply samples in place, arriving at `gain` with the last."""
        before, self._gain = self._gain, _bounded(gain)
        if before != self._gain:
            samples *= np.linspace(before, self._gain, len(samples) + 1, dtype=np.float32)[1:]
        elif before != 1.0:
            samples *= np.float32(before)


def _bounded(gain: float) -> float:
    return min(1.0, max(0.0, gain))
