"""The bundled voices: short recordings in the package, for the demo and for tests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from typing import Final

import av
import av.error
import numpy as np
from av.audio.resampler import AudioResampler

from .errors import MediaDecodeError, MediaOpenError
from .source import SAMPLE_RATE, Clock, Samples

_LOUD: Final = 0.18
"""The root mean square of loud speech at full scale 1: where a mouth is wide open."""


def voice_names() -> list[str]:
    """The names of the bundled voices, in alphabetical order."""
    return sorted(_recordings())


def load_voice(name: str) -> Samples:
    """A bundled voice, whole: float32[n], mono, 48 kHz.

    Raises
    ------
    MediaOpenError
        There is no voice of that name.
    MediaDecodeError
        The recording is damaged.
    """
    recording = _recordings().get(name)
    if recording is None:
        raise MediaOpenError(f"There is no voice {name!r}; there is {', '.join(voice_names()) or 'none'}.")
    resampler = AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    try:
        with as_file(recording) as path, av.open(str(path)) as container:
            blocks = [
                resampled.to_ndarray().reshape(-1)
                for frame in (*container.decode(audio=0), None)
                for resampled in resampler.resample(frame)
            ]
    except (av.error.FFmpegError, OSError, IndexError) as error:
        raise MediaDecodeError(f"The voice {name!r} is damaged: {error}.") from None
    return np.concatenate(blocks).astype(np.float32, copy=False)


class RepeatedVoice:
    """A recording said again and again, with its level for whoever draws the speaker.

    Several of them with the same `every` and one `at` after the other make a conversation.

    Parameters
    ----------
    samples
        float32[n], mono, 48 kHz, at least one.
    at
        Seconds after the start at which it is said.
    every
        Seconds from one time to the next, at least as long as the recording; None for without a pause.
    clock
        Drives :meth:`level`.

    Raises
    ------
    ValueError
        There are no samples, or `every` is too short for them.
    """

    def __init__(
        self, samples: Samples, *, at: float = 0.0, every: float | None = None, clock: Clock = time.monotonic
    ) -> None:
        if len(samples) == 0:
            raise ValueError("a voice needs samples")
        self._samples = samples
        self._period = len(samples) if every is None else round(every * SAMPLE_RATE)
        if self._period < len(samples):
            raise ValueError(f"{len(samples) / SAMPLE_RATE:.2f} s do not fit into {every} s")
        self._cursor = -round(at * SAMPLE_RATE)
        self._clock = clock
        self._level = 0.0
        self._heard = clock()

    def read(self, count: int) -> Samples:
        """The next `count` samples."""
        block = np.zeros(count, np.float32)
        done = 0
        while done < count:
            place = self._cursor % self._period
            if place < len(self._samples):
                part = self._samples[place : place + count - done]
                block[done : done + len(part)] = part
                step = len(part)
            else:
                step = min(self._period - place, count - done)
            done += step
            self._cursor += step
        loud = float(np.sqrt(np.mean(np.square(block, dtype=np.float64)))) if count else 0.0
        # A mouth opens faster than it shuts.
        self._level = max(min(1.0, loud / _LOUD), self._level * 0.8)
        self._heard = self._clock()
        return block

    def level(self) -> float:
        """How loud the voice is now, 0 to 1; 0 when nobody reads it."""
        return self._level if self._clock() - self._heard < 0.2 else 0.0

    def close(self) -> None:
        """Nothing is held."""


def _recordings() -> dict[str, Traversable]:
    folder = files("asciichat.media") / "voices"
    return dict(_opus(folder)) if folder.is_dir() else {}


def _opus(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.name.endswith(".opus"):
            yield entry.name.removesuffix(".opus"), entry
