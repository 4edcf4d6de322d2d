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


def placed_as_heard(said: Samples, heard: Samples, *, piece: int = 12_000, astray: int = 4_800) -> Samples:
    """`said`, in a recording as long as `heard`, each quarter of a second where it is heard.

    A jitter buffer on a busy machine moves by some ms now and then, in pauses: what is said is whole, but not equally late.
    """
    whole = np.zeros(len(heard), np.float32)
    at = delay(heard, said)
    for start in range(0, len(said), piece):
        part = said[start : start + piece]
        begin = max(0, at + start - astray)
        near = heard[begin : at + start + len(part) + astray]
        if len(near) < len(part):
            break
        place = begin + delay(near, part) if np.abs(part).max() > 0.01 else at + start
        end = min(len(whole), place + len(part))
        whole[place:end] = np.where(part[: end - place] == 0, whole[place:end], part[: end - place])
    return whole


def likeness(heard: Samples, said: Samples) -> float:
    """Correlation of two recordings of equal length, without regard to loudness."""
    return float(np.dot(heard, said) / (np.linalg.norm(heard) * np.linalg.norm(said) + 1e-12))
