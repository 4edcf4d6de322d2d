"""The buffer between those who write sound when it comes and those who need it on time."""

from __future__ import annotations

import numpy as np

from .source import SAMPLE_RATE, Samples

_FADE = 120
"""Samples of the fades around a gap (2.5 ms): a cut to or from silence clicks."""


class PlayoutBuffer:
    """Mono sound from one writing thread to one reading thread; neither ever waits.

    The reader gets silence until a cushion has gathered, and again after it ran dry. When more gathers than
    is wanted (the two clocks differ), the surplus is dropped, so that delay never grows.

    Parameters
    ----------
    cushion
        Seconds to gather before playing.
    most
        Seconds to hold at most.
    """

    def __init__(self, cushion: float = 0.06, most: float = 0.2) -> None:
        if not 0 <= cushion < most <= 10:
            raise ValueError("a cushion is shorter than the most to hold, and that is at most 10 seconds")
        self._cushion = round(cushion * SAMPLE_RATE)
        self._most = round(most * SAMPLE_RATE)
        self._ring = np.zeros(2 * self._most, np.float32)
        # Counted for ever; each is written by one thread alone.
        self._written = 0
        self._read = 0
        self._playing = False
        self._fade = np.linspace(0, 1, _FADE, dtype=np.float32)

    def __len__(self) -> int:
        """Samples waiting."""
        return self._written - self._read

    def write(self, samples: Samples) -> None:
        """Put samples behind the others; what does not fit is lost. Writing thread only."""
        samples = samples[: len(self._ring) - len(self)]
        start = self._written % len(self._ring)
        first = min(len(samples), len(self._ring) - start)
        self._ring[start : start + first] = samples[:first]
        self._ring[: len(samples) - first] = samples[first:]
        self._written += len(samples)

    def read_into(self, out: Samples) -> None:
        """Fill `out` with the next samples, or with silence. Reading thread only."""
        waiting = len(self)
        if not self._playing:
            if waiting < max(self._cushion, len(out)):
                out[:] = 0
                return
            self._playing = True
            self._copy(out)
            ramp = min(_FADE, len(out))
            out[:ramp] *= self._fade[:ramp]
            return
        if waiting > self._most:
            self._read += waiting - max(self._cushion, len(out))
            waiting = len(self)
        if waiting >= len(out):
            self._copy(out)
            return
        self._playing = False
        self._copy(out[:waiting])
        ramp = min(_FADE, waiting)
        out[waiting - ramp : waiting] *= self._fade[::-1][_FADE - ramp :]
        out[waiting:] = 0

    def _copy(self, out: Samples) -> None:
        start = self._read % len(self._ring)
        first = min(len(out), len(self._ring) - start)
        out[:first] = self._ring[start : start + first]
        out[first:] = self._ring[: len(out) - first]
        self._read += len(out)
