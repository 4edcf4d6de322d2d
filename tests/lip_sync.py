"""Films in which a white picture and a click come together, and where the two are found in a film."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE = 48_000


def write_flashes(path: Path, times: Sequence[float], *, seconds: float, fps: int = 30) -> Path:
    """A black film, 160 x 120, silent but for those times: then a white picture, and a click that begins with it."""
    shown = {round(time * fps) for time in times}
    sound = np.zeros(round(seconds * RATE), np.int16)
    for number in shown:
        begin = round(number * RATE / fps)
        click = 0.8 * 32767 * np.sin(np.arange(480) * 2 * np.pi * 1000 / RATE)
        sound[begin : begin + 480] = click[: len(sound) - begin]
    with av.open(str(path), "w") as container:
        video = container.add_stream("ffv1", rate=fps)
        video.width, video.height, video.pix_fmt = 160, 120, "bgr0"
        audio = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for number in range(round(seconds * fps)):
            picture = np.full((120, 160, 3), 255 if number in shown else 0, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format="bgr0")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(video.encode(frame))
            begin, end = (round(place * RATE / fps) for place in (number, number + 1))
            block = av.AudioFrame.from_ndarray(sound[None, begin:end], "s16", "mono")
            block.sample_rate, block.pts = RATE, begin
            container.mux(audio.encode(block))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    return path


def flashes(path: Path) -> list[float]:
    """When pictures of the brighter kind begin, in seconds."""
    with av.open(str(path)) as container:
        light = [(frame.time, frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]
    shades = [shade for _, shade in light]
    middle = (min(shades) + max(shades)) / 2
    found, before = [], False
    for time, shade in light:
        if shade > middle and not before:
            found.append(time)
        before = shade > middle
    return found


def sound(path: Path) -> np.ndarray:
    """The sound from the film's beginning, float32[n], mono."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        blocks = []
        for frame in container.decode(audio=0):
            if not blocks:
                blocks.append(np.zeros(max(0, round(frame.time * RATE)), np.float32))
            blocks += [block.to_ndarray().reshape(-1) for block in resampler.resample(frame)]
    return np.concatenate(blocks)


def clicks(path: Path, least: float = 0.2) -> list[float]:
    """When loud sound begins, in seconds, after at least 0.1 s of quiet."""
    loud = np.nonzero(np.abs(sound(path)) > least)[0]
    starts = loud[np.diff(loud, prepend=-RATE) > RATE // 10]
    return [float(start) / RATE for start in starts]
