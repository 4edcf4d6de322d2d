"""What is heard in a call and what we say in it, mixed for whoever records it."""

from __future__ import annotations

from typing import Final

from asciichat._core.jitter import JitterBuffer
from asciichat._core.sample_ring import SampleReader, SampleRing

from .source import SAMPLE_RATE, Samples

_KEPT: Final = 30 * SAMPLE_RATE
"""Samples that wait for a reader: what a disk that stands still for some time must not cost."""


class Tape:
    """Mixes two sounds at the pace of the one that is heard, and keeps them for a reader.

    Neither writer ever waits, and each may be a thread of its own.
    """

    def __init__(self) -> None:
        self._ring = SampleRing(_KEPT)
        self._said = JitterBuffer()  # two sound cards: their clocks differ

    def hear(self, samples: Samples) -> None:
        """What is heard goes on with these samples: the tape runs."""
        self._ring.write(samples + self._said.read(len(samples)))

    def say(self, samples: Samples) -> None:
        """We say this. One thread."""
        self._said.write(samples)

    def reader(self) -> SampleReader:
        """Reads what comes from now on."""
        return self._ring.reader()
