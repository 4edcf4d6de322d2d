"""Somebody who speaks and somebody who listens, each with a sound card of no delay: for measuring how late sound is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asciichat import Call
from asciichat.audio import JitterBuffer

Samples = NDArray[np.float32]

RATE = 48_000
BLOCK = 480
"""Samples a sound card gives or takes at once: 10 ms."""
PULSE_EVERY = 0.25
PULSE = 960


def marked(seconds: float, first: float = 0.1, seed: int = 5) -> Samples:
    """A pulse of noise every quarter of a second, each unlike the others; silence between, as between words."""
    random = np.random.default_rng(seed)
    samples = np.zeros(round(seconds * RATE), np.float32)
    hertz = np.fft.rfftfreq(PULSE, 1 / RATE)
    for at in range(round(first * RATE), len(samples) - PULSE, round(PULSE_EVERY * RATE)):
        spectrum = np.fft.rfft(random.normal(0, 1, PULSE)) * ((hertz > 300) & (hertz < 3500))
        pulse = np.fft.irfft(spectrum) * np.hanning(PULSE)
        samples[at : at + PULSE] = 0.4 * pulse / np.abs(pulse).max()
    return samples


def pulse_starts(said: Samples) -> list[int]:
    """Where the pulses of `marked` begin."""
    begun = np.flatnonzero(said)
    return [int(at) - 1 for at in begun[np.diff(begun, prepend=-RATE) > RATE // 100]]


def paced(stop: threading.Event, seconds: float, work: Callable[[int, float], None]) -> float:
    """Call `work` with 0, 1, 2 ... every so many seconds, and the time each is due at. When 0 was due."""
    start = time.monotonic()
    number = 0
    while not stop.is_set():
        work(number, start + number * seconds)
        number += 1
        time.sleep(max(0.0, start + number * seconds - time.monotonic()))
    return start


class Mouth:
    """Says something into a call; what is said in a block is given when its last sample is.

    Parameters
    ----------
    together
        Blocks that are given together: 1 as our client does, 4 as native clients do.
    """

    def __init__(self, call: Call, said: Samples, *, together: int = 1) -> None:
        self.start = 0.0
        self._call = call
        self._said = said
        self._size = BLOCK * together
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._speak, daemon=True)
        self._thread.start()

    def _speak(self) -> None:
        seconds = self._size / RATE

        def give(number: int, due: float) -> None:
            if number == 0:
                self.start = due - seconds
            at = number * self._size
            if at < len(self._said):
                self._call.send_audio(self._said[at : at + self._size])

        paced(self._stop, seconds, give)

    def close(self) -> None:
        """Fall silent."""
        self._stop.set()
        self._thread.join()


class Ear:
    """Plays what a call brings, a block every 10 ms."""

    def __init__(self, call: Call) -> None:
        self.start = 0.0
        self.buffer = JitterBuffer()
        call.hear_into(self.buffer)
        self._blocks: list[Samples] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        def take(number: int, due: float) -> None:
            if number == 0:
                self.start = due
            self._blocks.append(self.buffer.read(BLOCK))

        paced(self._stop, BLOCK / RATE, take)

    def close(self) -> None:
        """Stop listening."""
        self._stop.set()
        self._thread.join()

    def heard(self) -> Samples:
        """All of it; the first sample was played at `start`."""
        return np.concatenate([np.zeros(0, np.float32), *self._blocks])


@dataclass(frozen=True)
class Delays:
    """How late the pulses were heard, in milliseconds."""

    each: list[float]

    @property
    def settled(self) -> float:
        """The median of the last third: the buffers have learnt by then what there is to expect."""
        return float(np.median(self.each[-len(self.each) // 3 :]))

    def __str__(self) -> str:
        if not self.each:
            return "not heard"
        return f"{self.settled:.0f} ms ({min(self.each):.0f} to {max(self.each):.0f})"


def measure(mouth: Mouth, ear: Ear, said: Samples) -> Delays:
    """From a pulse at the mouth to the same pulse at the ear, for each pulse that was heard well."""
    heard = ear.heard()
    each = []
    for at in pulse_starts(said):
        pulse = said[at : at + PULSE]
        # Where it would be heard without any delay, and the half second after.
        begin = max(0, round((mouth.start - ear.start) * RATE) + at)
        window = heard[begin : begin + RATE // 2 + PULSE]
        if len(window) < RATE // 2:
            break
        match = np.correlate(window, pulse, "valid")
        energy = np.convolve(np.square(window, dtype=np.float64), np.ones(PULSE), "valid")
        likeness = match / np.sqrt(energy * np.dot(pulse, pulse) + 1e-12)
        best = int(np.argmax(likeness))
        if likeness[best] > 0.5:
            each.append((ear.start + (begin + best) / RATE - mouth.start - at / RATE) * 1000)
    return Delays(each)
