"""How much of one sound is in another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


def delay(heard: Samples, said: Samples) -> int:
    """Where in `heard` `said` begins, in samples: the peak of their cross-correlation."""
    size = len(heard) + len(said)
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size))
    correlation = np.fft.irfft(spectrum, size)
    return int(np.argmax(correlation[: len(heard)]))


def placed(said: Samples, at: int, length: int) -> Samples:
    """`said`, silent before and after, in a recording of `length` samples."""
    whole = np.zeros(length, np.float32)
    end = min(length, at + len(said))
    whole[at:end] = said[: end - at]
    return whole


def likeness(heard: Samples, said: Samples) -> float:
    """Correlation of two recordings of equal length, without regard to loudness."""
    return float(np.dot(heard, said) / (np.linalg.norm(heard) * np.linalg.norm(said) + 1e-12))
