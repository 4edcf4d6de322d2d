"""The sound of a recording, and the time that goes with it."""

from __future__ import annotations

from typing import Final

import numpy as np

from asciichat._core.sample_ring import SampleReader
from asciichat.media.source import SAMPLE_RATE, Samples

_STOPPED: Final = 0.3
"""Seconds without sound from which on silence is written: the sound card went away, or the computer slept."""
_AVERAGE: Final = 0.02
"""Weight of one look at how far the two clocks are apart: sound comes in blocks, and is looked at when it suits us."""


class SoundTrack:
    """Reads a tape without a gap, and tells where in it an instant lies.

    A sound card has a clock of its own, which differs from the computer's by up to a second in some hours. The
    recording's time is the card's: not a sample is cut out or put in to keep the two together, pictures follow instead.
    One thread.

    Parameters
    ----------
    reader
        Where the sound comes from.
    """

    def __init__(self, reader: SampleReader) -> None:
        self._reader = reader
        self._begun = 0.0
        self._given = 0  # samples
        self._lost = 0
        self._apart = 0.0  # seconds the computer's clock is ahead of the card's
        self.lost = 0.0
        """Seconds of sound that were lost because nobody took them."""

    def begin(self, since: float, now: float) -> Samples:
        """Begin the recording, at an instant a little before `now`: what came before it is forgotten."""
        self._reader.read(self._reader.available)
        self._lost = self._reader.lost
        self._begun = since
        return self._give(np.zeros(round((now - since) * SAMPLE_RATE), np.float32))

    def take(self, now: float) -> Samples:
        """What came since the last time; silence if nothing has come for long."""
        samples = self._reader.read(self._reader.available)
        lost, self._lost = self._reader.lost - self._lost, self._reader.lost
        if lost:
            self.lost += lost / SAMPLE_RATE
            samples = np.concatenate([np.zeros(lost, np.float32), samples])
        given = (self._given + len(samples)) / SAMPLE_RATE
        late = now - self._begun - given - self._apart
        if late > _STOPPED:
            samples = np.concatenate([samples, np.zeros(round(late * SAMPLE_RATE), np.float32)])
        else:
            self._apart += _AVERAGE * late
        return self._give(samples)

    def place(self, instant: float) -> float:
        """Seconds from the beginning of the recording at which something that is seen now belongs."""
        return max(0.0, instant - self._begun - self._apart)

    def _give(self, samples: Samples) -> Samples:
        self._given += len(samples)
        return samples
