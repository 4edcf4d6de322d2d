"""Signals and measures the sound tests share."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

import asciichat
from asciichat.audio import BLOCKS_PER_SECOND, RATE, Mixer, VoiceCounts, block_start

Samples = npt.NDArray[np.float32]


def sine(hertz: float, decibels: float, seconds: float) -> Samples:
    """A sine whose peak is at so many dBFS."""
    t = np.arange(round(seconds * RATE)) / RATE
    return (10 ** (decibels / 20) * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


def noise(decibels: float, seconds: float, seed: int) -> Samples:
    """Noise of voice-like bandwidth whose RMS is at so many dBFS."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=round(seconds * RATE)))
    hertz = np.fft.rfftfreq(round(seconds * RATE), 1 / RATE)
    spectrum[(hertz < 150) | (hertz > 6000)] = 0
    signal = np.fft.irfft(spectrum, round(seconds * RATE))
    return (signal * 10 ** (decibels / 20) / np.sqrt(np.mean(signal**2))).astype(np.float32)


def speech(name: str) -> Samples:
    """One of the voices that come with the package."""
    path = Path(asciichat.__file__).parent / "media" / "voices" / f"{name}.opus"
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        return np.concatenate(
            [
                part.to_ndarray()[0]
                for frame in container.decode(audio=0)
                for part in resampler.resample(frame)
            ]
        )


def level_db(signal: npt.ArrayLike) -> float:
    """RMS in dBFS."""
    power = float(np.mean(np.square(np.asarray(signal, np.float64))))
    return 10 * np.log10(power) if power > 0 else -200.0


def delay_of(heard: Samples, wanted: npt.NDArray[np.floating], limit: int = RATE) -> int:
    """By how many samples `heard` is `wanted` late, from their correlation."""
    size = 1 << (len(heard) + len(wanted)).bit_length()
    correlation = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    return int(np.argmax(correlation[:limit]))


def error_db(heard: Samples, wanted: npt.NDArray[np.floating]) -> float:
    """Power of the difference over power of what was wanted."""
    return level_db(heard.astype(np.float64) - wanted) - level_db(wanted)


SETTLED = 3 * BLOCKS_PER_SECOND
"""Blocks of silence after which jitter buffers have learnt that there is no jitter, and come down to their least delay."""


def settle(mixer: Mixer, talkers: list[int], listeners: list[int]) -> None:
    """Let that many blocks of silence pass."""
    for block in range(SETTLED):
        for slot in talkers:
            mixer.write(slot, np.zeros(block_start(block + 1) - block_start(block), np.float32))
        for slot in listeners:
            mixer.mix(slot, block)


def conference(sources: list[Samples], listeners: int | None = None) -> list[Samples]:
    """Play the sources into a settled mixer, one slot each, and return what all slots hear."""
    mixer = Mixer()
    slots = [mixer.add() for _ in range(listeners or len(sources))]
    settle(mixer, slots[: len(sources)], slots)
    heard: list[list[Samples]] = [[] for _ in slots]
    blocks = len(sources[0]) * 172 // RATE
    for block in range(blocks):
        for slot, source in zip(slots, sources, strict=False):
            mixer.write(slot, source[block_start(block) : block_start(block + 1)])
        for slot in slots:
            heard[slot].append(mixer.mix(slot, SETTLED + block))
    return [np.concatenate(parts) for parts in heard]


Packets = list[tuple[float, Samples]]  # when each comes, in seconds


def packets(
    signal: Samples,
    size: int,
    *,
    jitter: float = 0.0,
    burst: int = 1,
    ppm: float = 0.0,
    seed: int = 0,
) -> Packets:
    """Cut a signal into packets.

    Each comes when the last sample of its burst was captured, by a clock that is `ppm` slow, and up to
    `jitter` seconds later; none overtakes another, as on a stream.
    """
    count = len(signal) // size
    last = np.minimum((np.arange(count) // burst + 1) * burst, count) * size / RATE * (1 + ppm * 1e-6)
    times = np.maximum.accumulate(last + np.random.default_rng(seed).uniform(0, jitter, count))
    return [(times[i], signal[i * size : (i + 1) * size]) for i in range(count)]


@dataclass
class Played:
    """What a listener heard of a source, and the jitter buffer's state after every block."""

    heard: Samples
    lateness: npt.NDArray[np.float64]  # ms
    target: npt.NDArray[np.float64]  # ms
    counts: VoiceCounts


def play(sent: Packets, seconds: float) -> Played:
    """Write packets as they come, mix blocks as they are due."""
    mixer = Mixer()
    talker, listener = mixer.add(), mixer.add()
    heard, lateness, target = [], [], []
    coming = iter(sent)
    packet = next(coming, None)
    for block in range(int(seconds * BLOCKS_PER_SECOND)):
        now = mixer.deadline(block)
        while packet is not None and packet[0] * 1e9 <= now:
            mixer.write(talker, packet[1], now_ns=int(packet[0] * 1e9))
            packet = next(coming, None)
        heard.append(mixer.mix(listener, block))
        counts = mixer.counts(talker)
        lateness.append(counts.lateness * 1000 / RATE)
        target.append(counts.target * 1000 / RATE)
    return Played(np.concatenate(heard), np.array(lateness), np.array(target), mixer.counts(talker))


def sharpest(signal: Samples, above: float = 8000.0) -> float:
    """The most there is above so many Hz in any 5 ms, as an amplitude: what a click sticks out by."""
    window = np.hanning(240)
    frames = np.lib.stride_tricks.sliding_window_view(signal, 240)[::24] * window
    high = np.fft.rfftfreq(240, 1 / RATE) > above
    return float(np.sqrt((np.abs(np.fft.rfft(frames)[:, high]) ** 2).sum(1)).max() / window.sum())
